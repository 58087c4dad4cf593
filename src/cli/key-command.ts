/**
 * `kist key rotate`: another secret for an access key, beside the one that is in use. It asks the server of an alias;
 * without one it works on the data directory itself, whether a server has it open or not: a server takes the new secret
 * from the first request that is signed with it.
 */
import { writeFileSync } from 'node:fs';
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
  readonly alias?: string;
  readonly masterKeyFile?: string;
  readonly secretFile?: string;
  readonly grace: string;
  readonly json?: true;
}

/** A mistake of the user's: told without a stack. */
export class KeyError extends Error {
  override readonly name = 'KeyError';
}

const examples = `
Both secrets are good until the grace period ends. With --alias the server does it, on its console port. Without, it is
done in the data directory, which is found with the master key as "kist serve" finds them.

Examples:
  kist key rotate AKIA...                 The secret before is good for another day
  kist key rotate AKIA... --grace 2h --alias work --secret-file secret
  kist key rotate AKIA... --grace 0s      Only the new secret is good, at once`;

/** Beside the commands of `key` that ask a server. */
export function addRotateCommand(
  command: Command,
  { loadOffline }: KeyDependencies,
  ended: (exitCode: number) => void,
): void {
  withDirectoryOptions(command.command('rotate <access-key-id>'))
    .description('Give a key another secret, beside the one that is in use.')
    .option('--alias <name>', 'Ask this server, rather than change a data directory')
    .option('--grace <time>', 'How long the secret before stays good: 30s, 15m, 24h or 7d', '24h')
    .option('--master-key-file <file>', 'File with the master key')
    .option(
      '--secret-file <file>',
      'Write the secret there, for nobody else to read, and print none',
    )
    .option('--json', 'Print JSON')
    .addHelpText('after', examples)
    .action(async (accessKeyId: string, given: Options) => {
      const { alias, masterKeyFile, secretFile, grace, json, ...options } = given;
      const graceMs = millisecondsOf(grace);
      if (alias !== undefined) {
        if ([options.dataDir, options.config, masterKeyFile].some((one) => one !== undefined)) {
          throw new KeyError(
            'A server and a data directory are two places to change: name one, with --alias or with --data-dir.',
          );
        }
        const { loadKeys } = await import('./late-commands.ts');
        const { rotateOverNetwork } = await loadKeys();
        const flags = { alias, graceMs, secretFile, json: json === true };
        ended(await rotateOverNetwork(accessKeyId, flags));
        return;
      }
      const config = configOf(options, masterKeyFile === undefined ? {} : { masterKeyFile });
      if (!isDataDirectory(config.dataDir)) {
        throw new KeyError(
          `${config.dataDir} is not a data directory yet. Start "kist serve" on it once, or name another one with --data-dir.`,
        );
      }
      const { rotateKeyOffline } = await loadOffline();
      // Before: what can't be kept would be lost.
      if (secretFile !== undefined) writeFileSync(secretFile, '', { mode: 0o600, flag: 'wx' });
      const key = await rotateKeyOffline(config, accessKeyId, graceMs);
      const { secretAccessKey, ...about } = key;
      if (secretFile !== undefined) writeFileSync(secretFile, `${secretAccessKey}\n`);
      const told = secretFile === undefined ? key : about;
      process.stdout.write(json ? `${JSON.stringify(told)}\n` : keyText(key, secretFile));
    });
}

function keyText(
  { accessKeyId, secretAccessKey, previousUntil }: RotatedKey,
  secretFile: string | undefined,
): string {
  const secret = secretFile === undefined ? secretAccessKey : `in ${secretFile}`;
  const until = new Date(previousUntil).toISOString();
  return `Access key id      ${accessKeyId}\nSecret access key  ${secret}\nThe secret before is good until ${until}. This one is not told again.\n`;
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
