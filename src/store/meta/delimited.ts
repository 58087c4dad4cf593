/**
 * Delimited scans over any engine that can read a few records from a key onwards. Each common prefix
 * costs one seek, whatever lies under it. How many records a seek reads adapts: it grows while each of them
 * is an entry, as in runs of plain records and of prefixes with one key, and falls to one or two where many
 * keys lie under each prefix.
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
/** Records read past a prefix that nobody asked for cost less than a tenth of a seek each. */
const maxStepAfterPrefix = 64;

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
    const before = entries.length;
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
      const found = entries.length - before;
      step = found < step ? Math.max(1, found) : Math.min(step * 2, maxStepAfterPrefix);
    }
  }
}

function startsWith(key: Buffer, prefix: Buffer): boolean {
  return (
    key.length >= prefix.length && key.compare(prefix, 0, prefix.length, 0, prefix.length) === 0
  );
}
