/**
 * `kist backup` and `kist restore`: snapshots of a data directory. A backup works on the directory itself,
 * whether a server has it open or not.
 */
import { resolve, sep } from 'node:path';
import { Command } from 'commander';
import { BackupError } from '../backup/backup-error.ts';
import type { BackupAddress, BackupRequest, RestoreRequest } from '../server-backup.ts';
import { parseBackupAddress, type ServerFlags } from './backup-address.ts';
import { inMiB } from './byte-amounts.ts';
import {
  configOf,
  type DirectoryOptions,
  isDataDirectory,
  withDirectoryOptions,
} from './directory-options.ts';
import { interruptible } from './interruptible.ts';
import { createProgressLine } from './progress-line.ts';
import { endpointOption } from './s3-environment.ts';

interface Amounts {
  readonly snapshot: string;
  readonly records: number;
  readonly files: number;
  readonly bytes: number;
}

/** As much of the two as is needed here. */
interface Backups {
  backupDataDirectory(
    request: BackupRequest,
  ): Promise<Amounts & { readonly copiedBytes: number; readonly dropped: number }>;
  restoreDataDirectory(request: RestoreRequest): Promise<Amounts>;
}

export interface BackupDependencies {
  /** Late, so that the storage engine is loaded only where it is used. */
  readonly loadBackups: () => Promise<Backups>;
}

interface Options extends ServerFlags, DirectoryOptions {
  readonly keep?: string;
  readonly snapshot?: string;
}

const backupHelp = `
A server may be at work on the data directory: all that it had answered when the backup began is in
it. What an earlier backup copied is not copied again. The target has the master key and root's
credentials beside the data, unless these come from the settings: guard it as the data directory.

In a bucket of an S3 server it lies under s3://BUCKET/PREFIX, with keys from AWS_ACCESS_KEY_ID,
AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.

Examples:
  kist backup /mnt/backup/kist                      Back ./kist-data up
  kist backup s3://backups/kist --endpoint https://s3.example.com
  kist backup /mnt/backup/kist --keep 7             Keep the newest seven snapshots
  kist restore /mnt/backup/kist --data-dir /srv/new`;

export function createBackupCommand({ loadBackups }: BackupDependencies): Command {
  return withOptions(new Command('backup'))
    .argument('<target>', 'directory or s3://BUCKET/PREFIX: a new one, or that of earlier backups')
    .description('Back a data directory up, while a server works on it or not.')
    .option('--keep <count>', 'Keep this many of the newest snapshots (default: all)')
    .addHelpText('after', backupHelp)
    .action(async (target: string, options: Options) => {
      const keep = keepFrom(options.keep);
      const dataDir = resolve(configOf(options).dataDir);
      if (!isDataDirectory(dataDir)) {
        throw new BackupError(
          `${dataDir} is not a data directory. Name the one to back up with --data-dir.`,
        );
      }
      const address = addressFrom(target, options, dataDir);
      const { backupDataDirectory } = await loadBackups();
      const progress = createProgress('copied');
      const report = await interruptible(interrupted, (signal) =>
        backupDataDirectory({
          dataDir,
          target: address,
          keep,
          signal,
          onProgress: ({ copiedBytes, totalBytes }) => progress.tell(copiedBytes, totalBytes),
        }),
      ).finally(progress.end);
      process.stdout.write(
        `Snapshot ${report.snapshot}: ${amounts(report)}; ${inMiB(report.copiedBytes)} copied` +
          `${report.dropped > 0 ? `, ${report.dropped} older removed` : ''}.\n`,
      );
    });
}

export function createRestoreCommand({ loadBackups }: BackupDependencies): Command {
  return withOptions(new Command('restore'))
    .argument('<source>', 'directory of the backup, or s3://BUCKET/PREFIX')
    .description('Make a data directory out of a backup. It must not exist yet, or be empty.')
    .option('--snapshot <id>', 'Which snapshot (default: the newest)')
    .action(async (source: string, options: Options) => {
      const dataDir = resolve(configOf(options).dataDir);
      const address = addressFrom(source, options, dataDir);
      const { restoreDataDirectory } = await loadBackups();
      const progress = createProgress('restored');
      const report = await interruptible(interrupted, (signal) =>
        restoreDataDirectory({
          dataDir,
          source: address,
          snapshot: options.snapshot,
          signal,
          onProgress: ({ restoredBytes, totalBytes }) => progress.tell(restoredBytes, totalBytes),
        }),
      ).finally(progress.end);
      process.stdout.write(
        `Restored snapshot ${report.snapshot} to ${dataDir}: ${amounts(report)}.\n`,
      );
    });
}

function withOptions(command: Command): Command {
  return withDirectoryOptions(command)
    .addOption(endpointOption('Server of s3://…', 'AWS'))
    .option('--region <region>', 'Region to sign for (also AWS_REGION; default: us-east-1)');
}

function addressFrom(text: string, { endpoint, region }: Options, dataDir: string): BackupAddress {
  const flags = { ...(endpoint && { endpoint }), ...(region && { region }) };
  const address = parseBackupAddress(text, flags, process.env);
  if ('directory' in address) apart(dataDir, address.directory);
  return address;
}

function keepFrom(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const keep = Number(text);
  if (Number.isSafeInteger(keep) && keep >= 1) return keep;
  throw new BackupError('--keep must be a whole number, 1 or more.');
}

function apart(dataDir: string, path: string): void {
  const inside = (inner: string, outer: string) => `${inner}${sep}`.startsWith(`${outer}${sep}`);
  if (inside(path, dataDir) || inside(dataDir, path)) {
    throw new BackupError('The backup and the data directory must not lie in each other.');
  }
}

function createProgress(verb: string) {
  const line = createProgressLine(process.stderr);
  let text = '';
  line.follow(() => text);
  return {
    tell(done: number, total: number): void {
      text = `${inMiB(done)} of ${inMiB(total)} ${verb}`;
    },
    end: line.clear,
  };
}

const interrupted = () => new BackupError('Interrupted.');

const amounts = ({ records, files, bytes }: Amounts): string =>
  `${records} records, ${files} files with ${inMiB(bytes)}`;
