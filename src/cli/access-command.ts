/**
 * `kist access explain`: why somebody may or may not do something. It asks the server of an alias; without one it reads
 * the data directory itself, whether a server has it open or not, and writes nothing.
 */
import { Command } from 'commander';
import type { Config } from '../config/schema.ts';
import type { AccessQuestion } from '../http/explain-access.ts';
import {
  configOf,
  type DirectoryOptions,
  isDataDirectory,
  withDirectoryOptions,
} from './directory-options.ts';

type Explain = (
  config: Config,
  question: AccessQuestion,
) => Promise<{ readonly explanation: { readonly allowed: boolean }; readonly text: string }>;

export interface AccessDependencies {
  /** Late, so that the storage engine is loaded only where it is used. */
  readonly loadOffline: () => Promise<{ readonly explainOffline: Explain }>;
}

/** A mistake of the user's: told without a stack. */
export class AccessError extends Error {
  override readonly name = 'AccessError';
}

interface Options extends DirectoryOptions {
  readonly alias?: string;
  readonly masterKeyFile?: string;
  readonly accessKeyId?: string;
  readonly arn?: string;
  readonly anonymous?: true;
  readonly action: string;
  readonly bucket?: string;
  readonly key?: string;
  readonly versionId?: string;
  readonly namespace?: string;
  readonly sourceIp?: string;
  readonly tls?: true;
  readonly header?: readonly string[];
  readonly query?: readonly string[];
  readonly condition?: readonly string[];
  readonly json?: true;
}

const examples = `
With --alias, or with a place that names one, it asks the server, on its console port. Without, it looks into the
data directory, which is found with the master key as "kist serve" finds them.
Exit code 0: allowed, 3: refused.

Examples:
  kist access explain local/photos/a.jpg --access-key-id AKIA... --action s3:GetObject
  kist access explain --access-key-id AKIA... --action s3:GetObject --bucket photos --key a.jpg
  kist access explain --anonymous --action s3:ListBucket --bucket photos --source-ip 192.0.2.7
  kist access explain --access-key-id AKIA... --action s3:PutObject --bucket photos --key a.jpg \\
    --header x-amz-acl=public-read --condition aws:Referer=https://example.com/ --json`;

/** Refused, and told why: not a failure of the command. */
const refusedExitCode = 3;

export function createAccessCommand(
  program: Command,
  { loadOffline }: AccessDependencies,
  ended: (exitCode: number) => void,
): Command {
  const command = new Command('access')
    .copyInheritedSettings(program)
    .description('Why somebody may or may not do something.');
  withDirectoryOptions(command.command('explain'))
    .argument('[place]', 'ALIAS/BUCKET/KEY, in place of --alias, --bucket and --key')
    .option('--alias <name>', 'Ask this server, rather than look into a data directory')
    .description('Name what decides about a request: statement, ACL grant, ownership or block.')
    .requiredOption('--action <action>', 'Such as s3:GetObject')
    .option('--access-key-id <id>', 'Who asks')
    .option('--arn <arn>', 'Who asks: a user, a role, or an account (…:root)')
    .option('--anonymous', 'Nobody in particular asks')
    .option('--bucket <name>', 'Bucket that the request names')
    .option('--key <key>', 'Object that the request names')
    .option('--version-id <id>', 'Version that the request names')
    .option('--namespace <name>', "Namespace that the host name says (default: the key's)")
    .option('--source-ip <address>', 'Where the request comes from')
    .option('--tls', 'The request comes over TLS')
    .option('--header <name=value...>', 'Headers of the request')
    .option('--query <name=value...>', 'Query parameters of the request')
    .option('--condition <key=value...>', 'What a condition key is taken to be')
    .option('--master-key-file <file>', 'File with the master key')
    .option('--json', 'Print JSON')
    .addHelpText('after', examples)
    .action(async (place: string | undefined, given: Options) => {
      const { alias, ...options } = place === undefined ? given : await placed(place, given);
      const question = questionOf(options);
      if (alias !== undefined) {
        const { dataDir, config, masterKeyFile } = options;
        if ([dataDir, config, masterKeyFile].some((one) => one !== undefined)) {
          throw new AccessError(
            'A server and a data directory are two places to look: name one, with --alias or with --data-dir.',
          );
        }
        const { loadExplain } = await import('./late-commands.ts');
        const { explainOverNetwork } = await loadExplain();
        const json = options.json === true;
        ended((await explainOverNetwork(question, { alias, json })) ? 0 : refusedExitCode);
        return;
      }
      const config = configFrom(options);
      const { explainOffline } = await loadOffline();
      const { explanation, text } = await explainOffline(config, question);
      process.stdout.write(options.json ? `${JSON.stringify(explanation, undefined, 2)}\n` : text);
      if (!explanation.allowed) ended(refusedExitCode);
    });
  return command;
}

async function placed(text: string, options: Options): Promise<Options> {
  const { alias, bucket, key } = options;
  if ([alias, bucket, key].some((one) => one !== undefined)) {
    throw new AccessError(`Say ${text}, or --alias, --bucket and --key: not both.`);
  }
  const { loadExplain } = await import('./late-commands.ts');
  const place = (await loadExplain()).placeOf(text);
  return {
    ...options,
    alias: place.alias,
    ...(place.bucket !== '' && { bucket: place.bucket }),
    ...(place.key !== '' && { key: place.key }),
  };
}

function configFrom({ masterKeyFile, config: file, dataDir }: Options): Config {
  const given = { ...(file && { config: file }), ...(dataDir && { dataDir }) };
  const config = configOf(given, masterKeyFile === undefined ? {} : { masterKeyFile });
  if (isDataDirectory(config.dataDir)) return config;
  throw new AccessError(
    `${config.dataDir} is not a data directory yet. Start "kist serve" on it once, or name another one with --data-dir.`,
  );
}

function questionOf(options: Options): AccessQuestion {
  const { accessKeyId, arn, anonymous, action, bucket, key, versionId, namespace, sourceIp } =
    options;
  if ([accessKeyId, arn, anonymous].filter((one) => one !== undefined).length !== 1) {
    throw new AccessError(
      'Say who asks: --access-key-id ID, --arn ARN or --anonymous, one of them.',
    );
  }
  const conditions = new Map<string, string[]>();
  for (const [name, value] of pairsOf('--condition', options.condition)) {
    conditions.set(name, [...(conditions.get(name) ?? []), value]);
  }
  const headers = pairsOf('--header', options.header).map(
    ([name, value]) => [name.toLowerCase(), value] as const,
  );
  return {
    ...{ accessKeyId, arn, action, bucket, key, versionId, namespace, sourceIp },
    secure: options.tls,
    headers: Object.fromEntries(headers),
    query: pairsOf('--query', options.query),
    conditions: Object.fromEntries(conditions),
  };
}

function pairsOf(flag: string, texts: readonly string[] = []): (readonly [string, string])[] {
  return texts.map((text) => {
    const at = text.indexOf('=');
    if (at <= 0) throw new AccessError(`${flag} ${text}: give it as NAME=VALUE.`);
    return [text.slice(0, at), text.slice(at + 1)];
  });
}
