/** `kist export` and `kist import`: between a bucket of any S3 server and plain files. */
import { setMaxListeners } from 'node:events';
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { errorText, S3Error } from '../client/s3-error.ts';
import type { Sender } from '../client/sender.ts';
import { inMiB } from './byte-amounts.ts';
import { CommandError } from './command-error.ts';
import { interruptible } from './interruptible.ts';
import { createProgressLine } from './progress-line.ts';
import {
  chosenEndpoint,
  credentialsFrom,
  endpointOption,
  noCredentials,
  noOrigin,
  regionFrom,
} from './s3-environment.ts';
import { emptyTally, type Tally } from './transfer/tally.ts';

/** Keys that are told by name. */
const maxToldKeys = 100;

const exportHelp = `
Each object becomes a file whose path is its key; content type, metadata and ETags go to
.kist/objects.jsonl beside them. A key that can't be a path, or whose place is taken (a/b beside
a/b/c, names that differ in case alone where the file system doesn't tell them apart), is told by
name and its file goes to .kist/aside/. Run it again to go on: what is there stays.

Example:
  kist export photos ./photos`;

const importHelp = `
Each file becomes an object whose key is its path. What an export noted in .kist/objects.jsonl is
given back. Run it again to go on: what is there, with the same size and ETag, is not sent again.
Files of more than 64 MiB go in parts.

Example:
  kist import ./photos photos`;

/** What ended a transfer as a whole: told without a stack. */
class TransferError extends CommandError {}

interface Flags {
  readonly endpoint?: string;
  readonly region: string;
}

interface Connection {
  readonly sender: Sender;
  readonly signal: AbortSignal;
  readonly tally: Tally;
}

type Run = (connection: Connection) => Promise<Tally>;

export function createExportCommand(ended: (exitCode: number) => void): Command {
  const command = withServer(new Command('export'))
    .description('Copy the objects of a bucket to plain files.')
    .argument('<bucket>', 'bucket of the server')
    .argument('<directory>', 'made if it is missing')
    .addHelpText('after', exportHelp);
  return command.action(async (bucket: string, directory: string) => {
    const to = resolve(directory);
    const tally = await transfer(command.opts<Flags>(), async (connection) => {
      const { exportBucket } = await import('./transfer/export-bucket.ts');
      return exportBucket({ ...connection, bucket, directory: to });
    });
    for (const key of tally.aside.slice(0, maxToldKeys)) {
      process.stderr.write(`kist: aside, as its name is no free path: ${JSON.stringify(key)}\n`);
    }
    ended(tell('Exported', tally));
  });
}

/** Makes a command copy plain files. Below another one that does, that one takes their options. */
export function addDirectoryImport(command: Command, ended: (exitCode: number) => void): void {
  withServer(command)
    .argument('<directory>', 'all files in it and below')
    .argument('<bucket>', 'bucket of the server, which must exist')
    .addHelpText('after', importHelp);
  if (command.description() === '') command.description('Copy plain files to a bucket.');
  command.action(async (directory: string, bucket: string) => {
    const from = resolve(directory);
    if (!statSync(from, { throwIfNoEntry: false })?.isDirectory()) {
      throw new TransferError(`${from} is not a directory.`);
    }
    const tally = await transfer(command.optsWithGlobals<Flags>(), async (connection) => {
      const { sender, signal } = connection;
      const { HeadBucket } = await import('../model/operations.gen.ts');
      await sender.send(HeadBucket, { Bucket: bucket }, { signal });
      const { importDirectory } = await import('./transfer/import-directory.ts');
      return importDirectory({ ...connection, directory: from, bucket });
    });
    ended(tell('Imported', tally));
  });
}

function withServer(command: Command): Command {
  return command
    .addOption(endpointOption())
    .option('--region <region>', 'Region to sign for (also AWS_REGION)', regionFrom(process.env));
}

async function transfer({ endpoint: flag, region }: Flags, run: Run): Promise<Tally> {
  const endpoint = chosenEndpoint(flag, process.env);
  if (endpoint === undefined) throw new TransferError(noOrigin);
  const credentials = credentialsFrom(process.env);
  if (credentials === undefined) throw new TransferError(noCredentials);
  // Not before it is needed: other commands start without it.
  const { createPatientSender } = await import('../client/node/patient-sender.ts');
  const sender = createPatientSender({ endpoint, region, credentials });
  const tally = emptyTally();
  const line = createProgressLine(process.stderr);
  line.follow(() => `${amounts(tally)} `);
  try {
    return await interruptible(interrupted, async (signal) => {
      // Each request under way listens to it.
      setMaxListeners(0, signal);
      try {
        return await run({ sender, signal, tally });
      } catch (error) {
        signal.throwIfAborted();
        const isTheirs = error instanceof S3Error || (error instanceof Error && 'code' in error);
        if (isTheirs) throw new TransferError(`${endpoint}: ${errorText(error)}`);
        throw error;
      }
    });
  } finally {
    line.clear();
    sender.close();
  }
}

const interrupted = () => new TransferError('Interrupted. Run it again to go on.');

/** Gives the exit code. */
function tell(what: string, tally: Tally): number {
  for (const { name, reason } of tally.failures) {
    process.stderr.write(`kist: failed: ${JSON.stringify(name)}: ${reason}\n`);
  }
  process.stdout.write(`${what} ${amounts(tally)}.\n`);
  return tally.failed > 0 ? 1 : 0;
}

const amounts = ({ done, bytes, skipped, failed }: Tally): string =>
  `${done} objects, ${inMiB(bytes)}; ${skipped} were there${failed > 0 ? `; ${failed} failed` : ''}`;
