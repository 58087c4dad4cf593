/** What `kist bench` is asked to do, and how it says that it was asked wrongly. */
import { InvalidArgumentError } from 'commander';
import { bytes, milliseconds, type ValueKind, wholeNumber } from '../../config/value-kinds.ts';

export const benchOperations = ['put', 'get', 'stat', 'list', 'delete', 'mixed'] as const;
export type BenchOperation = (typeof benchOperations)[number];

/** Plain data, as it travels to worker processes. */
export interface BenchOptions {
  readonly operations: readonly BenchOperation[];
  /** `http://host:port` or `https://host:port`. */
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  /** undefined: one is made and removed. */
  readonly bucket: string | undefined;
  /** Of bodies, taken in turn. */
  readonly sizes: readonly number[];
  /** Connections of all workers together, each with one request at a time. */
  readonly concurrency: number;
  readonly durationMs: number;
  /** Prepared for what reads, lists and deletes. */
  readonly objects: number;
  /** Processes that make the load. */
  readonly workers: number;
  readonly json: boolean;
}

const objectBytes = bytes(0, 5 * 1024 ** 3);
const duration = milliseconds(100, 24 * 3_600_000);
const maxSizes = 64;

export const parseConcurrency = parserOf(wholeNumber(1, 10_000));
export const parseObjects = parserOf(wholeNumber(1, 100_000_000));
export const parseWorkers = parserOf(wholeNumber(1, 256));
export const parseDuration = parserOf(duration);
const parseBytes = parserOf(objectBytes);

/** `4KiB`, or a mix such as `4KiB,4KiB,1MiB`. */
export function parseSizes(text: string): readonly number[] {
  const parts = text.split(',');
  if (parts.length > maxSizes) throw new InvalidArgumentError(`At most ${maxSizes} sizes.`);
  return parts.map(parseBytes);
}

/** An operation, after those that were named before it. */
export function parseOperation(
  text: string,
  before: readonly BenchOperation[] | undefined,
): readonly BenchOperation[] {
  const operation = benchOperations.find((name) => name === text);
  if (operation === undefined) {
    throw new InvalidArgumentError(`Operations are ${benchOperations.join(', ')}.`);
  }
  return [...(before ?? []), operation];
}

function parserOf<T>({ check, allowed }: ValueKind<T>): (text: string) => T {
  return (text) => {
    const checked = check(text);
    if (checked.problems === undefined) return checked.value;
    throw new InvalidArgumentError(`It must be ${allowed}.`);
  };
}
