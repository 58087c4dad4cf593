/** `kist master-key`: another master key for a data directory, whether a server has it open or not. */
import { Command } from 'commander';
import type { Config } from '../config/schema.ts';
import {
  configOf,
  type DirectoryOptions,
  isDataDirectory,
  withDirectoryOptions,
} from './directory-options.ts';

interface Resealing {
  readonly accessKeys: number;
  readonly unreadable: number;
  readonly kmsKeys: number;
}

type Reseal = (config: Config) => Promise<Resealing>;

export interface MasterKeyDependencies {
  /** Late, so that the storage engine is loaded only where it is used. */
  readonly loadOffline: () => Promise<{
    readonly rotateMasterKeyOffline: Reseal;
    readonly resealOffline: Reseal;
  }>;
}

interface Options extends DirectoryOptions {
  readonly masterKeyFile?: string;
}

const examples = `
The file of the master key gets the new key as its first line; the lines below it are the keys before, which objects
of SSE-S3 still need: keep all of them. A running server reads the file when it meets something that it can't open.

Examples:
  kist master-key rotate
  kist master-key reseal             Finish a rotation that was cut off`;

export function createMasterKeyCommand(
  program: Command,
  { loadOffline }: MasterKeyDependencies,
): Command {
  const command = new Command('master-key')
    .copyInheritedSettings(program)
    .description('Rotate the master key of a data directory.')
    .addHelpText('after', examples);
  const add = (verb: string, description: string, act: () => Promise<Reseal>): void => {
    withDirectoryOptions(command.command(verb))
      .description(description)
      .option('--master-key-file <file>', 'File with the master key')
      .action(async ({ masterKeyFile, ...options }: Options) => {
        const config = configOf(options, masterKeyFile === undefined ? {} : { masterKeyFile });
        if (!isDataDirectory(config.dataDir)) {
          throw new Error(`${config.dataDir} is not a data directory yet.`, { cause: verb });
        }
        const { accessKeys, unreadable, kmsKeys } = await (await act())(config);
        process.stdout.write(
          `Sealed anew: ${accessKeys} access keys, ${kmsKeys} keys of the key ring.\n`,
        );
        if (unreadable > 0) {
          process.stderr.write(
            `kist: ${unreadable} access keys were sealed under a master key that is not at hand.\n`,
          );
        }
      });
  };
  add(
    'rotate',
    'Make a new master key and seal under it what the old one sealed.',
    async () => (await loadOffline()).rotateMasterKeyOffline,
  );
  add(
    'reseal',
    'Seal under the newest master key what is still sealed under others.',
    async () => (await loadOffline()).resealOffline,
  );
  return command;
}
