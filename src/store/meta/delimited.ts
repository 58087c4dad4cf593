/**
 * Delimited scans over any engine that can read a few records from a key onwards. Each common prefix
 * costs one seek, whatever lies under it. How many records a seek reads adapts: it grows while each of them
 * is an entry, as in runs of plain records and of prefixes with one key. Where many keys lie under each prefix,
 * seeks read one key and no record, but for one now and then that looks whether this still holds.
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

/** What lies in the scan's part from a key (inclusive) to the end of the prefix. */
export interface DelimitedReader {
  /** The first `limit` records, in order. */
  records(from: Buffer, limit: number): readonly MetaRecord[];
  /** The first key. */
  firstKey(from: Buffer): Buffer | undefined;
}

const firstStep = 4;
const stepGrowth = 4;
/** Records read past a prefix that nobody asked for cost less than a tenth of a seek each. */
const maxStepAfterPrefix = 64;
/** Seeks for a key alone, until one reads records again. */
const seeksForKeys = 16;

export function scanDelimitedWith(
  scan: DelimitedScan,
  openReader: (to: Buffer | undefined) => DelimitedReader,
): Page<DelimitedEntry> {
  const { prefix, delimiter, limit } = scan;
  checkScanLimit(limit);
  if (delimiter.length === 0) throw new RangeError('empty delimiter');
  const reader = openReader(keyAfterPrefix(prefix));
  let from = scan.from !== undefined && scan.from.compare(prefix) > 0 ? scan.from : prefix;
  let step = firstStep;
  let seeksLeft = 0;
  const entries: DelimitedEntry[] = [];

  const commonPrefixOf = (key: Buffer): Buffer | undefined => {
    const at = key.indexOf(delimiter, prefix.length);
    return at === -1 ? undefined : key.subarray(0, at + delimiter.length);
  };

  for (;;) {
    if (seeksLeft > 0) {
      const key = reader.firstKey(from);
      if (key === undefined) return { entries, more: false };
      if (entries.length === limit) return { entries, more: true };
      const underPrefix = commonPrefixOf(key);
      if (underPrefix === undefined) {
        from = key;
        step = firstStep;
        seeksLeft = 0;
        continue;
      }
      entries.push({ kind: 'prefix', prefix: underPrefix });
      const after = keyAfterPrefix(underPrefix);
      if (after === undefined) return { entries, more: false };
      from = after;
      seeksLeft -= 1;
      continue;
    }

    const records = reader.records(from, step);
    let underPrefix: Buffer | undefined;
    const before = entries.length;
    for (const record of records) {
      if (underPrefix !== undefined && startsWith(record.key, underPrefix)) continue;
      if (entries.length === limit) return { entries, more: true };
      underPrefix = commonPrefixOf(record.key);
      entries.push(
        underPrefix === undefined
          ? { kind: 'record', record }
          : { kind: 'prefix', prefix: underPrefix },
      );
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
      // One entry of several records says that many keys lie under it, one of one record says nothing.
      if (found === 1 && step > 1) seeksLeft = seeksForKeys;
      step = found < step ? Math.max(2, found) : Math.min(step * 2, maxStepAfterPrefix);
    }
  }
}

function startsWith(key: Buffer, prefix: Buffer): boolean {
  return (
    key.length >= prefix.length && key.compare(prefix, 0, prefix.length, 0, prefix.length) === 0
  );
}
