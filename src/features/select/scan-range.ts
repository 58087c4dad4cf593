/** ScanRange → which bytes records must begin in: "ScanRange" in the API reference. Both ends are inclusive. */
import type { ScanRange as WireRange } from '../../model/types.gen.ts';
import { S3Error } from '../../protocol/errors.ts';
import type { ScanRange } from './input/lines.ts';
import type { Input } from './serialization.ts';

/**
 * An end alone means that many bytes at the object's end.
 * @throws S3Error InvalidScanRange, UnsupportedScanRangeInput
 */
export function scanRangeOf(
  { Start, End }: WireRange,
  input: Input,
  size: number,
): ScanRange | undefined {
  if (Start === undefined && End === undefined) return undefined;
  if (!isSplittable(input)) throw new S3Error('UnsupportedScanRangeInput');
  if (Start === undefined) {
    if (End! <= 0) throw new S3Error('InvalidScanRange');
    return { start: Math.max(0, size - End!), end: size };
  }
  const end = End === undefined ? size : Math.min(End + 1, size);
  if (Start < 0 || Start >= end) throw new S3Error('InvalidScanRange');
  return { start: Start, end };
}

/** Where a record begins can be told from any place within. */
function isSplittable(input: Input): boolean {
  if (input.format === 'Parquet' || input.compression !== 'NONE') return false;
  return input.format === 'CSV' ? !input.csv.quotedDelimiters : input.type === 'LINES';
}
