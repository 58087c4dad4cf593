/**
 * `kist key rotate`: another secret for an access key, beside the one that is in use. It works on the data directory
 * itself, whether a server has it open or not: a server takes the new secret from the first request that is signed with it.
 */
import type { Command } from 'commander';
import type { Config } from '../config/schema.ts';
import {
  configOf,
  type DirectoryOptions,
  isDataDirectory,
  withDirectoryOptions,
} from './directory-options.ts';

interface RotatedKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly previousUntil: number;
}

type RotateKey = (config: Config, accessKeyId: string, graceMs: number) => Promise<RotatedKey>;

export interface KeyDependencies {
  /** Late, so that the storage engine is loaded only where it is used. */
  readonly loadOffline: () => Promise<{ readonly rotateKeyOffline: RotateKey }>;
}

interface Options extends DirectoryOptions {
  readonly masterKeyFile?: string;
  readonly grace: string;
  readonly json?: true;
}

/** A mistake of the user's: told without a stack. */
export class KeyError extends Error {
  override readonly name = 'KeyError';
}

const examples = `
Both secrets are good until the grace period ends. The directory and the master key are found as "kist serve" finds them.

Examples:
  kist key rotate AKIA...                 The secret before is good for another day
  kist key rotate AKIA... --grace 2h
  kist key rotate AKIA... --grace 0s      Only the new secret is good, at once`;

/** Beside the commands of `key` that ask a server. */
export function addRotateCommand(command: Command, { loadOffline }: KeyDependencies): void {
  withDirectoryOptions(command.command('rotate <access-key-id>'))
    .description('Give a key in a data directory another secret, beside the one that is in use.')
    .option('--grace <time>', 'How long the secret before stays good: 30s, 15m, 24h or 7d', '24h')
    .option('--master-key-file <file>', 'File with the master key')
    .option('--json', 'Print JSON')
    .addHelpText('after', examples)
    .action(async (accessKeyId: string, { masterKeyFile, grace, json, ...options }: Options) => {
      const graceMs = millisecondsOf(grace);
      const config = configOf(options, masterKeyFile === undefined ? {} : { masterKeyFile });
      if (!isDataDirectory(config.dataDir)) {
        throw new KeyError(
          `${config.dataDir} is not a data directory yet. Start "kist serve" on it once, or name another one with --data-dir.`,
        );
      }
      const { rotateKeyOffline } = await loadOffline();
      const key = await rotateKeyOffline(config, accessKeyId, graceMs);
      process.stdout.write(json ? `${JSON.stringify(key)}\n` : keyText(key));
    });
}

function keyText({ accessKeyId, secretAccessKey, previousUntil }: RotatedKey): string {
  const until = new Date(previousUntil).toISOString();
  return `Access key id      ${accessKeyId}\nSecret access key  ${secretAccessKey}\nThe secret before is good until ${until}. This one is not told again.\n`;
}

const units: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

function millisecondsOf(text: string): number {
  const [, count, unit = ''] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  if (count === undefined) throw new KeyError(`--grace ${text}: give it as 30s, 15m, 24h or 7d.`);
  return Number(count) * units[unit]!;
}
