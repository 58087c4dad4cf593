import { beforeEach, describe, expect, it } from 'vitest';
import { createMemoryMetaStore } from './meta/memory.ts';
import type { MetaKey, MetaStore } from './meta/port.ts';
import { createRecordCache, type RecordCacheOptions } from './record-cache.ts';

const at = (name: string): MetaKey => ({
  table: 'system',
  part: Buffer.alloc(0),
  key: Buffer.from(name),
});

describe.each([
  { store: 'a store that answers at once', later: false },
  { store: 'a store that answers later', later: true },
])('a kept record of $store', ({ later }) => {
  let meta: MetaStore;
  let decoded: string[];
  let lookups: boolean[];

  beforeEach(() => {
    meta = createMemoryMetaStore();
    decoded = [];
    lookups = [];
  });

  const maybe = <T>(value: T) => (later ? Promise.resolve(value) : value);
  const put = (name: string, value: string) =>
    meta.commit([{ op: 'put', at: at(name), value: Buffer.from(value) }]);

  function open(options: Partial<RecordCacheOptions<string>> = {}) {
    const cache = createRecordCache<string>({
      meta: { ...meta, get: (key) => maybe(meta.get(key)), seqOf: (key) => maybe(meta.seqOf(key)) },
      decode: (record) => {
        const value = record.value.toString();
        decoded.push(value);
        return value;
      },
      maxRecords: 10,
      maxRecordBytes: 10,
      onLookup: (hit) => lookups.push(hit),
      ...options,
    });
    return (name: string) => cache.get(name, () => at(name));
  }

  it('is decoded once while it is the same', async () => {
    const get = open();
    await put('a', 'one');
    expect(await get('a')).toBe('one');
    expect(await get('a')).toBe('one');
    expect(decoded).toEqual(['one']);
    expect(lookups).toEqual([false, true]);
  });

  it('is the new one as soon as it was replaced, though with the same bytes', async () => {
    const get = open();
    await put('a', 'one');
    await get('a');
    await put('a', 'two');
    expect(await get('a')).toBe('two');
    await put('a', 'two');
    expect(await get('a')).toBe('two');
    expect(decoded).toEqual(['one', 'two', 'two']);
  });

  it('is gone as soon as it was removed, and there again with what comes later', async () => {
    const get = open();
    await put('a', 'one');
    await get('a');
    await meta.commit([{ op: 'delete', at: at('a') }]);
    expect(await get('a')).toBeUndefined();
    await put('a', 'two');
    expect(await get('a')).toBe('two');
  });

  it('of more bytes than are kept is decoded each time', async () => {
    const get = open();
    await put('a', 'short');
    await get('a');
    await put('a', 'longer than ten');
    expect(await get('a')).toBe('longer than ten');
    expect(await get('a')).toBe('longer than ten');
    expect(decoded).toEqual(['short', 'longer than ten', 'longer than ten']);
  });

  it('is forgotten with all others when there are too many', async () => {
    const get = open({ maxRecords: 2 });
    for (const name of ['a', 'b', 'c']) await put(name, name);
    for (const name of ['a', 'b', 'c', 'c', 'a']) await get(name);
    expect(decoded).toEqual(['a', 'b', 'c', 'a']);
  });
});
