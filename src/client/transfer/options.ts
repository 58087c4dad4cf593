/** What uploads and downloads are told beside what goes where. */
import { S3Error } from '../s3-error.ts';
import { defaultPartBytes, maxPartBytes } from './part-plan.ts';

export interface TransferProgress {
  /** Of the object; what is sent or fetched again is counted once, and what an earlier run did counts. */
  readonly transferredBytes: number;
  /** Undefined for a stream of unknown length. */
  readonly totalBytes: number | undefined;
}

export interface TransferOptions {
  /** Parts under way at once; 6 if undefined, 64 at most. What isn't in files is held in memory meanwhile. */
  readonly concurrency?: number | undefined;
  /** Bytes of a part, and the least of those where it has to grow; 8 MiB if undefined. */
  readonly partBytes?: number | undefined;
  /** Told when it begins, and as it goes on: never less than before. */
  readonly onProgress?: ((progress: TransferProgress) => void) | undefined;
  /** Ends it; it then fails with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Path of a small file in which it is noted how far it came. After a crash, a failure or an abort, the same call
   * goes on from there; the file is removed at the end.
   */
  readonly resumeFrom?: string | undefined;
}

export const defaultConcurrency = 6;
export const maxConcurrency = 64;

/** @throws S3Error InvalidInput for options that are unknown or can't be */
export function checkOptions(options: object, known: ReadonlySet<string>): void {
  for (const name of Object.keys(options)) {
    if (!known.has(name)) throw new S3Error('InvalidInput', `there is no option ${name}`);
  }
  const { concurrency, partBytes } = options as TransferOptions;
  wholeNumber('concurrency', concurrency, maxConcurrency);
  wholeNumber('partBytes', partBytes, maxPartBytes);
}

export const optionNames: readonly string[] = [
  'concurrency',
  'onProgress',
  'partBytes',
  'resumeFrom',
  'signal',
] satisfies readonly (keyof TransferOptions)[];

export const chosenConcurrency = ({ concurrency = defaultConcurrency }: TransferOptions): number =>
  concurrency;

export const chosenPartBytes = ({ partBytes = defaultPartBytes }: TransferOptions): number =>
  partBytes;

export function wholeNumber(name: string, value: number | undefined, most: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= 1 && value <= most)) return;
  throw new S3Error('InvalidInput', `${name} must be a whole number from 1 to ${most}`);
}
