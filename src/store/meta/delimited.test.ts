/** What a delimited scan reads follows what it answers, not what lies under the prefixes. */
import { describe, expect, it } from 'vitest';
import { type DelimitedReader, scanDelimitedWith } from './delimited.ts';
import { keyAfter, keyAfterPrefix, type MetaRecord } from './port.ts';

/** Keys in order, read as an engine does, with a count of what was asked for. */
function engineOf(keys: readonly string[]) {
  const records = keys.map((key): MetaRecord => {
    return { key: Buffer.from(key), value: Buffer.alloc(0), seq: 1 };
  });
  const count = { seeks: 0, records: 0 };
  const read = (from: Buffer, to: Buffer | undefined, limit: number) => {
    const page: MetaRecord[] = [];
    for (const record of records) {
      if (page.length === limit) break;
      const isBelow = to === undefined || record.key.compare(to) < 0;
      if (record.key.compare(from) >= 0 && isBelow) page.push(record);
    }
    count.seeks += 1;
    return page;
  };
  const open = (to: Buffer | undefined): DelimitedReader => ({
    records(from, limit) {
      const page = read(from, to, limit);
      count.records += page.length;
      return page;
    },
    firstKey: (from) => read(from, to, 1)[0]?.key,
  });
  return { open, count };
}

const numbered = (n: number): string => String(n).padStart(4, '0');
const under = (prefixes: number, keys: number): string[] =>
  Array.from({ length: prefixes * keys }, (_, n) => {
    return `${numbered(Math.floor(n / keys))}/${numbered(n % keys)}`;
  });
const scan = {
  table: 'object',
  part: Buffer.alloc(8),
  prefix: Buffer.alloc(0),
  delimiter: Buffer.from('/'),
  limit: 20,
} as const;

describe('A delimited scan', () => {
  it('reads a key of each prefix and hardly a record, however many lie under it', () => {
    const { open, count } = engineOf(under(30, 200));
    const page = scanDelimitedWith(scan, open);
    expect(page.entries).toHaveLength(20);
    expect(page.more).toBe(true);
    expect(count.seeks).toBeLessThanOrEqual(22);
    expect(count.records).toBeLessThanOrEqual(10);
  });

  it('reads prefixes with one key under each several at a time', () => {
    const { open, count } = engineOf(under(30, 1));
    const page = scanDelimitedWith(scan, open);
    expect(page.entries).toHaveLength(20);
    expect(count.seeks).toBeLessThanOrEqual(5);
    expect(count.records).toBeLessThanOrEqual(40);
  });

  it('gives every entry in order where single keys, plain ones and full prefixes take turns', () => {
    const keys = [
      ...under(40, 30),
      ...under(40, 1).map((key) => `1${key}`),
      ...under(20, 30).flatMap((key, n) =>
        n % 30 === 0 ? [`2${key.slice(0, 4)}-`, `2${key}`] : [`2${key}`],
      ),
      '3',
      ...under(3, 50).map((key) => `4${key}`),
    ].sort();
    const expected = [...new Set(keys.map((key) => key.replace(/\/.*/, '/')))];
    const { open } = engineOf(keys);
    const found: string[] = [];
    for (const limit of [1, 7, 500]) {
      found.length = 0;
      for (let from: Buffer | undefined, more = true; more; ) {
        const page = scanDelimitedWith({ ...scan, limit, ...(from && { from }) }, open);
        for (const entry of page.entries) {
          const text = entry.kind === 'prefix' ? entry.prefix : entry.record.key;
          found.push(text.toString());
          from = entry.kind === 'prefix' ? keyAfterPrefix(text) : keyAfter(text);
        }
        more = page.more;
      }
      expect(found).toEqual(expected);
    }
  });
});
