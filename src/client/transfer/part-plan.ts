/**
 * How large the parts of an upload and the ranges of a download are.
 *
 * S3 User Guide, "Amazon S3 multipart upload limits".
 */
import { S3Error } from '../s3-error.ts';

const MiB = 1024 * 1024;

/** Of all parts but the last, unless there would be too many. */
export const defaultPartBytes = 8 * MiB;
/** As S3 allows. */
export const maxParts = 10_000;
/** As S3 allows. */
export const maxPartBytes = 5 * 1024 * MiB;
/** Parts of a stream of unknown length are doubled after each so many: 10,000 of them are 8 TiB. */
const partsBeforeGrowth = 1000;

/**
 * Of something whose size is known, `partBytes` or as much more as it takes for `maxParts` to suffice.
 * @throws S3Error InvalidInput for more than S3 can store
 */
export function partBytesOf(size: number, partBytes: number): number {
  if (size <= partBytes * maxParts) return partBytes;
  const grown = Math.ceil(size / maxParts / MiB) * MiB;
  if (grown > maxPartBytes) {
    throw new S3Error('InvalidInput', `${size} bytes are more than ${maxParts} parts can hold`);
  }
  return grown;
}

/** Of the part with this number, from 1, of a stream that may be of any length. */
export function partBytesAt(partNumber: number, partBytes: number): number {
  const doublings = Math.floor((partNumber - 1) / partsBeforeGrowth);
  return Math.min(maxPartBytes, partBytes * 2 ** doublings);
}

/** A piece of an object; `end` is the byte after its last. */
export interface ByteRange {
  /** From 0. */
  readonly index: number;
  readonly start: number;
  readonly end: number;
}

/** In order; none of nothing. */
export function* rangesOf(size: number, rangeBytes: number): Generator<ByteRange, void, undefined> {
  for (let index = 0; index * rangeBytes < size; index++) {
    const start = index * rangeBytes;
    yield { index, start, end: Math.min(start + rangeBytes, size) };
  }
}
