/**
 * Delimited scans over any engine that can read a few records from a key onwards. Each common prefix
 * costs one seek, whatever lies under it. How many records a seek reads adapts: runs of plain records
 * are read in growing steps, runs of prefixes one record a seek.
 */

import { checkScanLimit } from './keys.ts';
import {
  type DelimitedEntry,
  type DelimitedScan,
  keyAfter,
  keyAfterPrefix,
  type MetaRecord,
  type Page,
} from './port.ts';

/** Up to `limit` records of the scan's part from `from` (inclusive) up to `to` (exclusive). */
export type ReadRecords = (
  from: Buffer,
  to: Buffer | undefined,
  limit: number,
) => readonly MetaRecord[];

const firstStep = 4;
const stepGrowth = 4;

export function scanDelimitedWith(scan: DelimitedScan, read: ReadRecords): Page<DelimitedEntry> {
  const { prefix, delimiter, limit } = scan;
  checkScanLimit(limit);
  if (delimiter.length === 0) throw new RangeError('empty delimiter');
  const to = keyAfterPrefix(prefix);
  let from = scan.from !== undefined && scan.from.compare(prefix) > 0 ? scan.from : prefix;
  let step = firstStep;
  const entries: DelimitedEntry[] = [];

  for (;;) {
    const records = read(from, to, step);
    let underPrefix: Buffer | undefined;
    for (const record of records) {
      if (underPrefix !== undefined && startsWith(record.key, underPrefix)) continue;
      if (entries.length === limit) return { entries, more: true };
      const at = record.key.indexOf(delimiter, prefix.length);
      if (at === -1) {
        underPrefix = undefined;
        entries.push({ kind: 'record', record });
      } else {
        underPrefix = record.key.subarray(0, at + delimiter.length);
        entries.push({ kind: 'prefix', prefix: underPrefix });
      }
    }
    if (records.length < step) return { entries, more: false };
    if (underPrefix === undefined) {
      from = keyAfter(records[records.length - 1]!.key);
      step = Math.min(step * stepGrowth, limit - entries.length + 1);
    } else {
      const after = keyAfterPrefix(underPrefix);
      if (after === undefined) return { entries, more: false };
      from = after;
      step = 1;
    }
  }
}

function startsWith(key: Buffer, prefix: Buffer): boolean {
  return (
    key.length >= prefix.length && key.compare(prefix, 0, prefix.length, 0, prefix.length) === 0
  );
}
