/**
 * Records kept decoded, so that one that is read again is neither copied nor decoded: its sequence number tells
 * whether it is still the same. No number comes back under a key, so what was replaced, or removed and put again,
 * by whichever process, is told apart.
 *
 * What is decoded is shared by all who read it: nobody changes it.
 */
import type { MetaKey, MetaRecord, MetaStore } from './meta/port.ts';

export interface RecordCacheOptions<T> {
  readonly meta: MetaStore;
  readonly decode: (record: MetaRecord) => T;
  /** Records kept; beyond, all are forgotten and read again. */
  readonly maxRecords: number;
  /** Larger ones are not kept: with the number, it bounds the memory. */
  readonly maxRecordBytes: number;
  /** Told of each lookup of a record that is there: whether it was kept. */
  readonly onLookup?: ((hit: boolean) => void) | undefined;
}

export interface RecordCache<T> {
  /**
   * What the record says now; undefined if there is none.
   * @param id names the record among those of this cache
   * @param keyOf its key, for the first time
   */
  get(id: string, keyOf: () => MetaKey): T | undefined | Promise<T | undefined>;
}

interface Kept<T> {
  readonly at: MetaKey;
  readonly seq: number;
  readonly value: T;
}

export function createRecordCache<T>(options: RecordCacheOptions<T>): RecordCache<T> {
  const { meta, decode, maxRecords, maxRecordBytes, onLookup } = options;
  const records = new Map<string, Kept<T>>();

  function keep(id: string, at: MetaKey, record: MetaRecord | undefined): T | undefined {
    if (record === undefined) {
      records.delete(id);
      return undefined;
    }
    onLookup?.(false);
    const value = decode(record);
    if (record.value.length > maxRecordBytes) {
      records.delete(id);
      return value;
    }
    if (records.size >= maxRecords) records.clear();
    records.set(id, { at, seq: record.seq, value });
    return value;
  }

  function read(id: string, at: MetaKey): T | undefined | Promise<T | undefined> {
    const record = meta.get(at);
    return record instanceof Promise
      ? record.then((found) => keep(id, at, found))
      : keep(id, at, record);
  }

  function check(
    id: string,
    known: Kept<T>,
    seq: number | undefined,
  ): T | undefined | Promise<T | undefined> {
    if (seq !== known.seq) return read(id, known.at);
    onLookup?.(true);
    return known.value;
  }

  return {
    get(id, keyOf) {
      const known = records.get(id);
      if (known === undefined) return read(id, keyOf());
      const seq = meta.seqOf(known.at);
      return seq instanceof Promise
        ? seq.then((found) => check(id, known, found))
        : check(id, known, seq);
    },
  };
}
