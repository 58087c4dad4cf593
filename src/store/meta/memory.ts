/**
 * MetaStore in memory: for tests and throw-away servers. Records live in one ordered list of small
 * chunks (a two-level B-tree), so that an insert moves a few hundred pointers at most.
 */

import { type BatchWrite, planBatch, prepareCommit, type StoredRecord } from './batch.ts';
import { scanDelimitedWith } from './delimited.ts';
import { checkScanLimit, encodeMetaKey, encodeRange, keyOffset } from './keys.ts';
import { createLeases } from './leases.ts';
import type { CommitResult, MetaRecord, MetaStore, Page, ScanRange } from './port.ts';

const maxChunkEntries = 512;

interface Entry {
  readonly fullKey: Buffer;
  record: StoredRecord;
}

export interface MemoryMetaStoreOptions {
  /** Milliseconds since the epoch; leases run by it. */
  readonly now?: () => number;
}

export function createMemoryMetaStore({ now = Date.now }: MemoryMetaStoreOptions = {}): MetaStore {
  const entries = createOrderedEntries();
  let lastSeq = 0;
  let closed = false;

  const stored = {
    read: (fullKey: Buffer) => entries.get(fullKey),
    readSeq: (fullKey: Buffer) => entries.get(fullKey)?.seq,
  };

  function assertOpen(): void {
    if (closed) throw new Error('The metadata store is closed.');
  }

  function get(at: Parameters<MetaStore['get']>[0]): MetaRecord | undefined {
    assertOpen();
    const record = entries.get(encodeMetaKey(at));
    return record && { key: at.key, ...record };
  }

  function read(range: ScanRange): MetaRecord[] {
    assertOpen();
    const { start, end } = encodeRange(range);
    const skip = keyOffset(range.part);
    const records: MetaRecord[] = [];
    for (const { fullKey, record } of entries.range(start, end, range.reverse ?? false)) {
      if (records.length === range.limit) break;
      records.push({ key: fullKey.subarray(skip), ...record });
    }
    return records;
  }

  function commitNow(ops: Parameters<MetaStore['commit']>[0]): CommitResult {
    assertOpen();
    const plan = planBatch([prepareCommit(ops)], stored, () => ++lastSeq);
    const verdict = plan.verdicts[0]!;
    if (verdict.kind === 'invalid') throw verdict.error;
    if (verdict.kind === 'fails') return verdict.result;
    for (const write of plan.writes) entries.apply(write);
    return { committed: true };
  }

  function scan(range: ScanRange): Page<MetaRecord> {
    checkScanLimit(range.limit);
    const records = read({ ...range, limit: range.limit + 1 });
    const more = records.length > range.limit;
    return { entries: more ? records.slice(0, range.limit) : records, more };
  }

  const store: Pick<MetaStore, 'get' | 'commit'> = {
    get,
    async commit(ops) {
      return commitNow(ops);
    },
  };

  return {
    ...store,
    seqOf(at) {
      assertOpen();
      return stored.readSeq(encodeMetaKey(at));
    },
    ...createLeases(store, now),
    getMany: (keys) => keys.map(get),
    scan,
    scanMany: (ranges) => ranges.map(scan),
    scanDelimited(scan) {
      const { table, part } = scan;
      return scanDelimitedWith(scan, (to) => ({
        records: (from, limit) => read({ table, part, from, to, limit }),
        firstKey: (from) => read({ table, part, from, to, limit: 1 })[0]?.key,
      }));
    },
    async health() {
      assertOpen();
    },
    async close() {
      closed = true;
    },
  };
}

/** Full keys in memcmp order. Chunks are never empty; each chunk's keys come before the next one's. */
function createOrderedEntries() {
  const chunks: Entry[][] = [];

  /** The last chunk that starts at or before the key; 0 if none does. */
  function chunkOf(fullKey: Buffer): number {
    let low = 0;
    let high = chunks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (chunks[middle]![0]!.fullKey.compare(fullKey) <= 0) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Index of the first entry of the chunk whose key is at or after this one. */
  function indexIn(chunk: readonly Entry[], fullKey: Buffer): number {
    let low = 0;
    let high = chunk.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (chunk[middle]!.fullKey.compare(fullKey) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  function find(fullKey: Buffer) {
    const chunkIndex = chunkOf(fullKey);
    const chunk = chunks[chunkIndex] ?? [];
    const index = indexIn(chunk, fullKey);
    const entry = chunk[index];
    return { chunkIndex, chunk, index, found: entry?.fullKey.equals(fullKey) ? entry : undefined };
  }

  return {
    get(fullKey: Buffer): StoredRecord | undefined {
      return find(fullKey).found?.record;
    },

    apply({ fullKey, record }: BatchWrite): void {
      const { chunkIndex, chunk, index, found } = find(fullKey);
      if (record === undefined) {
        if (!found) return;
        chunk.splice(index, 1);
        if (chunk.length === 0) chunks.splice(chunkIndex, 1);
        return;
      }
      // The caller may reuse its buffer once the commit has resolved.
      const own = { value: Buffer.from(record.value), seq: record.seq };
      if (found) {
        found.record = own;
        return;
      }
      chunk.splice(index, 0, { fullKey, record: own });
      if (chunks.length === 0) chunks.push(chunk);
      else if (chunk.length > maxChunkEntries) {
        chunks.splice(chunkIndex + 1, 0, chunk.splice(chunk.length >>> 1));
      }
    },

    *range(start: Buffer, end: Buffer, reverse: boolean): Generator<Entry> {
      if (chunks.length === 0 || start.compare(end) >= 0) return;
      const from = reverse ? end : start;
      const step = reverse ? -1 : 1;
      let chunkIndex = chunkOf(from);
      let index = indexIn(chunks[chunkIndex]!, from) - (reverse ? 1 : 0);
      for (;;) {
        const chunk = chunks[chunkIndex];
        if (!chunk) return;
        const entry = chunk[index];
        if (entry) {
          const outside = reverse
            ? entry.fullKey.compare(start) < 0
            : entry.fullKey.compare(end) >= 0;
          if (outside) return;
          yield entry;
          index += step;
        } else {
          chunkIndex += step;
          index = reverse ? (chunks[chunkIndex]?.length ?? 0) - 1 : 0;
        }
      }
    },
  };
}
