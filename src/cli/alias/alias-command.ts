/** `kist alias`: names for servers and their keys, so that places can be written as ALIAS/BUCKET/KEY. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { CommandError, usageError } from '../command-error.ts';
import type { Ended } from '../late-commands.ts';
import { aliasName } from '../location.ts';
import { createOutput, tableOf } from '../output.ts';
import { parseEndpoint } from '../s3-environment.ts';
import { aliasFile, readAliases, type StoredAlias, writeAliases } from './alias-file.ts';
import {
  type Alias,
  defaultAliasName,
  environmentAlias,
  findAlias,
  localAlias,
  reservedNames,
} from './aliases.ts';
import { readSecret } from './read-secret.ts';

const help = `
Aliases are kept in aliases.json in KIST_CONFIG_HOME, XDG_CONFIG_HOME/kist or ~/.config/kist, which
nobody else may read. These are there without being set:
  local        a server on this machine, with the keys in ./kist-data or KIST_DATA_DIR
  env          what AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_PROFILE, … say
  aws:PROFILE  a profile of ~/.aws/config and ~/.aws/credentials
s3://BUCKET/KEY is on the server of KIST_ALIAS, else of env where the environment says something of
a server or keys, else of local.`;

const setHelp = `
The secret is asked for on the terminal; or it comes from --secret-file (- for standard input) or from
KIST_SECRET_ACCESS_KEY. It is never taken from the command line, which other users can read.

Example:
  kist alias set work https://s3.example.com --access-key-id KISTEXAMPLE`;

interface SetFlags {
  readonly accessKeyId?: string;
  readonly secretFile?: string;
  readonly region?: string;
  readonly signatureVersion?: StoredAlias['signatureVersion'];
  readonly addressingStyle?: StoredAlias['addressingStyle'];
  readonly consoleUrl?: string;
}

interface JsonFlag {
  readonly json?: boolean;
}

export function createAliasCommand(ended: Ended): Command {
  const command = new Command('alias')
    .description('Names for servers and their keys.')
    .addHelpText('after', help);
  const set = command
    .command('set')
    .description('Make an alias, or replace it.')
    .argument('<name>', 'letters, digits, _ and -', parseName)
    .argument('<endpoint>', 'such as https://s3.example.com', parseEndpoint)
    .option('--access-key-id <id>', 'Access key (default: none, requests go unsigned)')
    .option('--secret-file <file>', 'File with its secret; - for standard input')
    .option('--region <region>', 'Region to sign for (default: us-east-1)')
    .addOption(new Option('--signature-version <version>', 'Of requests').choices(['s3v4', 's3']))
    .addOption(
      new Option('--addressing-style <style>', 'Whether buckets stand in host names').choices([
        'auto',
        'path',
        'virtual',
      ]),
    )
    .option('--console-url <url>', 'Where the server has its console port', parseEndpoint)
    .addHelpText('after', setHelp);
  set.action((name: string, endpoint: string) => setAlias(name, endpoint, set.opts<SetFlags>()));
  const list = command
    .command('list')
    .description('List the aliases; no secret is shown.')
    .option('--json', 'One JSON object a line');
  list.action(() => listAliases(list.opts<JsonFlag>()));
  command
    .command('remove')
    .description('Remove an alias, with its keys.')
    .argument('<name>', 'as in the list')
    .action(removeAlias);
  const test = command
    .command('test')
    .description('Ask the server of an alias whether it answers and knows the key.')
    .argument('[name]', 'default: the one that s3:// means')
    .option('--json', 'One JSON object a line');
  test.action(async (name?: string) => {
    const { testAlias } = await import('./test-alias.ts');
    ended(await testAlias(name, test.opts<JsonFlag>()));
  });
  return command;
}

function parseName(text: string): string {
  if (reservedNames.has(text)) throw new InvalidArgumentError(`${text} means something already.`);
  if (aliasName.test(text)) return text;
  throw new InvalidArgumentError(
    'It must be 1 to 63 letters, digits, _ and -, with a letter at its beginning.',
  );
}

async function setAlias(
  name: string,
  endpoint: string,
  { secretFile, ...flags }: SetFlags,
): Promise<void> {
  if (flags.accessKeyId === undefined && secretFile !== undefined) {
    throw usageError('--secret-file is the secret of a key: say --access-key-id, too.');
  }
  const secret =
    flags.accessKeyId === undefined ? {} : { secretAccessKey: await readSecret(secretFile) };
  const aliases = new Map(readAliases(process.env));
  const verb = aliases.has(name) ? 'Replaced' : 'Made';
  aliases.set(name, { endpoint, ...flags, ...secret });
  writeAliases(process.env, aliases);
  const keys = flags.accessKeyId === undefined ? ', without keys' : '';
  process.stdout.write(
    `${verb} the alias ${name} for ${endpoint}${keys}. "kist alias test ${name}" tries it.\n`,
  );
}

function listAliases({ json = false }: JsonFlag): void {
  const out = createOutput(json);
  const byDefault = defaultAliasName(process.env);
  const names = [...readAliases(process.env).keys()];
  for (const name of [localAlias, environmentAlias]) if (!names.includes(name)) names.push(name);
  const rows = names.map((name) => describe(name, name === byDefault));
  if (json) for (const row of rows) out.record({ type: 'alias', ...row });
  else {
    const cells = rows.map(({ name, kind, endpoint, accessKeyId, isDefault }) => [
      `${name}${isDefault ? ' *' : ''}`,
      endpoint ?? '-',
      accessKeyId ?? '-',
      kind,
    ]);
    for (const line of tableOf(['ALIAS', 'ENDPOINT', 'ACCESS KEY', 'FROM'], cells)) {
      out.record({ type: 'alias' }, line);
    }
  }
}

/** Neither secrets nor what a variable holds that may be one. */
function describe(name: string, isDefault: boolean) {
  let alias: Alias | undefined;
  try {
    alias = findAlias(name, process.env);
  } catch (error) {
    // A machine without a server has no keys of one.
    if (!(error instanceof CommandError)) throw error;
  }
  const { credentials, region, signatureVersion, endpoint } = alias?.client ?? {};
  const keys = typeof credentials === 'object' ? credentials : undefined;
  const ofEnvironment = name === environmentAlias ? process.env.AWS_ACCESS_KEY_ID : undefined;
  return {
    name,
    kind: alias?.kind ?? 'local',
    isDefault,
    endpoint,
    accessKeyId: keys?.accessKeyId ?? (ofEnvironment || undefined),
    region,
    signatureVersion,
    consoleUrl: alias?.consoleUrl,
  };
}

function removeAlias(name: string): void {
  const aliases = new Map(readAliases(process.env));
  if (!aliases.delete(name)) {
    throw new CommandError(
      `There is no alias ${name} in ${aliasFile(process.env)}; "kist alias list" shows those there are.`,
    );
  }
  writeAliases(process.env, aliases);
  process.stdout.write(`Removed the alias ${name}.\n`);
}
