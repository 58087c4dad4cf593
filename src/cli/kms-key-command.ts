/**
 * `kist kms-key`: the keys of SSE-KMS. It works on the data directory itself, whether a server has it
 * open or not: a server reads a key for every use, so that a change is in force at once.
 */
import { Command } from 'commander';
import { type Config, settingOf } from '../config/schema.ts';
import {
  configOf,
  type DirectoryOptions,
  isDataDirectory,
  withDirectoryOptions,
} from './directory-options.ts';

interface KeyLine {
  readonly id: string;
  readonly state: 'Enabled' | 'Disabled';
  readonly versions: number;
  readonly createdAt: number;
  readonly rotatedAt: number;
}

/** As much of the key ring as is needed here. */
interface Keys {
  ensure(id: string): Promise<boolean>;
  list(): Promise<readonly KeyLine[]>;
  rotate(id: string): Promise<void>;
  setState(id: string, state: KeyLine['state']): Promise<void>;
}

type UseKeys = <T>(config: Config, use: (keys: Keys) => Promise<T>) => Promise<T>;

/** Tells the audit log of what is done. */
type Audited = <T>(
  config: Config,
  said: { readonly action: string; readonly parameters?: Readonly<Record<string, unknown>> },
  act: () => Promise<T>,
) => Promise<T>;

export interface KmsKeyDependencies {
  /** Late, so that the storage engine is loaded only where it is used. */
  readonly loadKeyRing: () => Promise<UseKeys>;
  readonly loadOffline: () => Promise<{ readonly audited: Audited }>;
}

interface Options extends DirectoryOptions {
  readonly masterKeyFile?: string;
}

const examples = `
The directory and the master key are found as "kist serve" finds them: flags win over the
environment (KIST_DATA_DIR, KIST_MASTER_KEY_FILE), the environment over the file.

Examples:
  kist kms-key create reports        Encrypt with it: x-amz-server-side-encryption-aws-kms-key-id: reports
  kist kms-key rotate reports        New objects get the new version; old ones stay readable
  kist kms-key disable reports       What it protects can be neither read nor written`;

/** A mistake of the user's: told without a stack. */
export class KmsKeyError extends Error {
  override readonly name = 'KmsKeyError';
}

export function createKmsKeyCommand(
  program: Command,
  { loadKeyRing, loadOffline }: KmsKeyDependencies,
): Command {
  const command = new Command('kms-key')
    .copyInheritedSettings(program)
    .description('Manage the keys of SSE-KMS in a data directory.')
    .addHelpText('after', examples);

  const add = (
    usage: string,
    description: string,
    act: (keys: Keys, id: string) => Promise<string>,
  ): void => {
    withDirectoryOptions(command.command(usage))
      .description(description)
      .option('--master-key-file <file>', 'File with the master key')
      .action(async (...given: unknown[]) => {
        const options = given.at(-2) as Options;
        const id = typeof given[0] === 'string' ? given[0] : '';
        const config = configFrom(options);
        const useKeys = await loadKeyRing();
        const run = () => useKeys(config, (keys) => act(keys, id));
        const [verb = ''] = usage.split(' ');
        if (verb === 'list') return void process.stdout.write(await run());
        const { audited } = await loadOffline();
        const said = { action: `kms-key ${verb}`, parameters: { KeyId: id } };
        process.stdout.write(await audited(config, said, run));
      });
  };

  add('create <id>', 'Make a key.', async (keys, id) => {
    if (settingOf('kmsKeyIds').kind.check([id]).problems !== undefined) {
      throw new KmsKeyError('The id must be 1 to 256 letters, digits, or /_-.');
    }
    if (await keys.ensure(id)) return `Made key ${id}.\n`;
    throw new KmsKeyError(`There is a key ${id} already; "kist kms-key rotate ${id}" renews it.`);
  });
  add('list', 'List the keys.', async (keys) => tableOf(await keys.list()));
  add('rotate <id>', 'Give a key a new version, which encrypts from now on.', async (keys, id) => {
    await existing(id, keys.rotate(id));
    return `Rotated key ${id}.\n`;
  });
  add('enable <id>', 'Let a disabled key be used again.', async (keys, id) => {
    await existing(id, keys.setState(id, 'Enabled'));
    return `Enabled key ${id}.\n`;
  });
  add('disable <id>', 'Refuse every use of a key until it is enabled again.', async (keys, id) => {
    await existing(id, keys.setState(id, 'Disabled'));
    return `Disabled key ${id}.\n`;
  });
  return command;
}

function configFrom({ masterKeyFile, ...options }: Options): Config {
  const config = configOf(options, masterKeyFile === undefined ? {} : { masterKeyFile });
  if (!isDataDirectory(config.dataDir)) {
    throw new KmsKeyError(
      `${config.dataDir} is not a data directory yet. Start "kist serve" on it once, or name another one with --data-dir.`,
    );
  }
  return config;
}

async function existing(id: string, change: Promise<void>): Promise<void> {
  try {
    await change;
  } catch (cause) {
    const isMissing =
      cause instanceof Error && 'code' in cause && cause.code === 'KMS.NotFoundException';
    if (!isMissing) throw cause;
    throw new KmsKeyError(`There is no key ${id}; "kist kms-key list" shows those there are.`);
  }
}

function tableOf(keys: readonly KeyLine[]): string {
  const head = ['ID', 'STATE', 'VERSIONS', 'CREATED', 'ROTATED'];
  const rows = keys.map(({ id, state, versions, createdAt, rotatedAt }) => [
    id,
    state,
    String(versions),
    new Date(createdAt).toISOString(),
    versions > 1 ? new Date(rotatedAt).toISOString() : '-',
  ]);
  const widths = head.map((_, at) => Math.max(...[head, ...rows].map((row) => row[at]!.length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, at) => cell.padEnd(widths[at]!))
      .join('  ')
      .trimEnd();
  return `${[head, ...rows].map(line).join('\n')}\n`;
}
