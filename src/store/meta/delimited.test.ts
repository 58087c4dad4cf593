/** What a delimited scan reads follows what it answers, not what lies under the prefixes. */
import { describe, expect, it } from 'vitest';
import { scanDelimitedWith } from './delimited.ts';
import type { MetaRecord } from './port.ts';

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
    count.records += page.length;
    return page;
  };
  return { read, count };
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
  it('reads a record or two of each prefix, however many lie under it', () => {
    const { read, count } = engineOf(under(30, 200));
    const page = scanDelimitedWith(scan, read);
    expect(page.entries).toHaveLength(20);
    expect(page.more).toBe(true);
    expect(count.seeks).toBeLessThanOrEqual(22);
    expect(count.records).toBeLessThanOrEqual(45);
  });

  it('reads prefixes with one key under each several at a time', () => {
    const { read, count } = engineOf(under(30, 1));
    const page = scanDelimitedWith(scan, read);
    expect(page.entries).toHaveLength(20);
    expect(count.seeks).toBeLessThanOrEqual(5);
    expect(count.records).toBeLessThanOrEqual(40);
  });
});
