/**
 * The Range header (RFC 9110, section 14) as S3 reads it: one range of bytes. A header that isn't one, or
 * that asks for several, is ignored and the whole object answered.
 */
import { S3Error } from './errors.ts';

export interface ByteRange {
  /** Offset of the first byte. */
  readonly start: number;
  /** Offset behind the last byte. */
  readonly end: number;
}

const rangeHeader = /^\s*bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*$/i;

/**
 * @param size of the object in bytes
 * @returns undefined if the whole object is to be answered, with status 200
 * @throws InvalidRange if no byte of the object is in the range
 */
export function parseRange(header: string, size: number): ByteRange | undefined {
  const match = rangeHeader.exec(header);
  if (match === null) return undefined;
  const [, first, last] = match;
  if (first === '' && last === '') return undefined;
  if (first === '') {
    const length = Math.min(Number(last), size);
    if (length === 0) throw unsatisfiable(header, size);
    return { start: size - length, end: size };
  }
  const start = Number(first);
  if (last !== '' && Number(last) < start) return undefined;
  if (start >= size) throw unsatisfiable(header, size);
  return { start, end: last === '' ? size : Math.min(Number(last) + 1, size) };
}

function unsatisfiable(header: string, size: number): S3Error {
  return new S3Error('InvalidRange', {
    fields: { RangeRequested: header, ActualObjectSize: String(size) },
    headers: { 'Content-Range': `bytes */${size}` },
  });
}

export function formatContentRange({ start, end }: ByteRange, size: number): string {
  return `bytes ${start}-${end - 1}/${size}`;
}

const copySourceRange = /^bytes=(\d+)-(\d+)$/;

/** `x-amz-copy-source-range`, which unlike Range must be complete and inside the source. */
export function parseCopySourceRange(header: string, size: number): ByteRange {
  const match = copySourceRange.exec(header);
  const start = Number(match?.[1]);
  const end = Number(match?.[2]) + 1;
  if (match === null || end <= start) {
    throw invalidCopyRange(
      header,
      'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy',
    );
  }
  if (end > size) {
    throw invalidCopyRange(
      header,
      `Range specified is not valid for source object of size: ${size}`,
    );
  }
  return { start, end };
}

function invalidCopyRange(header: string, message: string): S3Error {
  return new S3Error('InvalidArgument', {
    message,
    fields: { ArgumentName: 'x-amz-copy-source-range', ArgumentValue: header },
  });
}
