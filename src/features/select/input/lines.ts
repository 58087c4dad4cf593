/** Bytes → records that a delimiter ends, in batches: JSON lines, and CSV without quoted delimiters. */
import { isUtf8 } from 'node:buffer';
import { S3Error } from '../../../protocol/errors.ts';
import { maxRecordBytes } from '../limits.ts';

/** Where records must begin to count, in bytes of the object; the last may go on beyond. */
export interface ScanRange {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

/** Where to read from, so that the first record that begins in the range is found. */
export function readFrom({ start }: ScanRange, delimiter: Buffer): number {
  return Math.max(0, start - delimiter.length);
}

const byteOrderMark = '\uFEFF';

/**
 * @param pieces bytes from `readFrom` on, or all of them
 * @throws S3Error OverMaxRecordSize, InvalidTextEncoding
 */
export async function* splitLines(
  pieces: AsyncIterable<Buffer>,
  delimiter: Buffer,
  range?: ScanRange,
): AsyncGenerator<readonly string[]> {
  const { start, end } = range ?? { start: 0, end: Number.POSITIVE_INFINITY };
  let offset = range === undefined ? 0 : readFrom(range, delimiter);
  let isInside = start === 0;
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of pieces) {
    const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    const lines: string[] = [];
    let at = 0;
    // What of the rest was searched before holds no delimiter, but maybe the first half of one.
    let found = bytes.indexOf(delimiter, Math.max(0, rest.length - delimiter.length + 1));
    while (found >= 0) {
      if (isInside) {
        if (offset + at >= end) break;
        lines.push(textOf(bytes.subarray(at, found)));
      }
      at = found + delimiter.length;
      isInside ||= offset + at >= start;
      found = bytes.indexOf(delimiter, at);
    }
    if (isInside && offset === 0 && lines[0]?.startsWith(byteOrderMark)) {
      lines[0] = lines[0].slice(1);
    }
    yield lines;
    offset += at;
    if (isInside && offset >= end) return;
    rest = bytes.subarray(at);
    if (rest.length > maxRecordBytes) {
      if (isInside) throw new S3Error('OverMaxRecordSize');
      // Of a record that began before the range only its end matters.
      const kept = delimiter.length - 1;
      offset += rest.length - kept;
      rest = rest.subarray(rest.length - kept);
    }
  }
  if (rest.length > 0 && isInside && offset < end) {
    const line = textOf(rest);
    yield [offset === 0 && line.startsWith(byteOrderMark) ? line.slice(1) : line];
  }
}

function textOf(bytes: Buffer): string {
  if (bytes.length > maxRecordBytes) throw new S3Error('OverMaxRecordSize');
  if (!isUtf8(bytes)) throw new S3Error('InvalidTextEncoding');
  return bytes.toString('utf8');
}
