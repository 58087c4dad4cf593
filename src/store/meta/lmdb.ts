/**
 * MetaStore over LMDB, the embedded default: one environment, one ordered key space (keys.ts), shared
 * by all processes of a server. A record's seq is its lmdb-js version: eight bytes before the value.
 *
 * Opened so that an awaited commit is on disk: with `overlappingSync` off, LMDB flushes the data pages
 * and then writes the meta page through O_DSYNC before the write's promise resolves. All conditions are
 * lmdb-js's own (`ifVersion`, `ifNoExists`), checked by its writer thread: no callback of ours ever runs
 * under the write lock, so processes don't hold each other up.
 */

import { open as openFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { getLastVersion, open as openLmdb, type RootDatabase } from 'lmdb';
import type { BatchGuard, BatchWrite, StoredRecord } from './batch.ts';
import { scanDelimitedWith } from './delimited.ts';
import { type CommitEngine, createGroupCommit, type OnBatch } from './group-commit.ts';
import { checkScanLimit, encodeBound, encodeMetaKey, encodeRange, keyOffset } from './keys.ts';
import { createLeases } from './leases.ts';
import {
  keyAfter,
  type MetaKey,
  type MetaRecord,
  type MetaStore,
  type Page,
  type ScanRange,
} from './port.ts';
import { createRandomSeqs } from './random-seqs.ts';

/** Fixed: the longest key that LMDB takes follows from it (1,978 bytes), and files move between machines. */
const pageBytes = 4096;
/** Readers of all processes together; each has one or two. */
const maxReaders = 1024;
/**
 * Address space reserved for the map, not memory or disk. LMDB grows the map beyond it by remapping,
 * which a roomy start avoids.
 */
const defaultMapBytes = 64 * 1024 ** 3;
/** Conditions nested in each other are JavaScript frames: 1,000 fit the default stack, 2,000 don't. */
const maxNestedGuards = 500;

/**
 * A walk hands out each record in memory of its own. lmdb-js would allocate that for each key and each value;
 * from Node's pool it takes half of the time.
 */
function copy(from: Buffer, start: number, end: number): Buffer {
  const bytes = Buffer.allocUnsafe(end - start);
  // `from` may be a buffer of lmdb-js whose own `length` says nothing of the memory behind it.
  bytes.set(new Uint8Array(from.buffer, from.byteOffset + start, end - start));
  return bytes;
}

function writeKey(key: Buffer, target: Buffer, start: number): number {
  target.set(key, start);
  return start + key.length;
}

const lmdbOptions = {
  /** `path` is a directory, dot in its name or not. */
  noSubdir: false,
  encoding: 'binary',
  encoder: {
    encode: (value: Buffer) => value,
    decode: (bytes: Buffer, length: number) => copy(bytes, 0, length),
  },
  keyEncoder: {
    writeKey,
    readKey: (from: Buffer, start: number, end: number) => copy(from, start, end),
  },
  useVersions: true,
  cache: false,
  overlappingSync: false,
  /** A batch is one write of ours: it waits for no other writes of its event turn. */
  eventTurnBatching: false,
  /** The writer starts once the batch is described to its end, so that it never waits under the lock. */
  batchStartThreshold: Number.MAX_SAFE_INTEGER,
  noMemInit: true,
  pageSize: pageBytes,
  maxReaders,
} as const;

/** Table byte 0 is this adapter's own; no record of the port lies there. */
const guardChainKey = Buffer.from('\0guard-chain', 'latin1');
const healthKey = Buffer.from('\0health', 'latin1');
/** Large enough not to fit what a full disk has left over. */
const healthProbeBytes = 64 * 1024;
const empty = Buffer.alloc(0);
/** Before every record of the port, after all that is the adapter's own. */
const firstKey = Buffer.of(1);
const snapshotPageRecords = 256;

export interface LmdbMetaStoreOptions {
  /** Directory of the environment; made if missing. */
  readonly path: string;
  /** Milliseconds since the epoch; leases run by it. */
  readonly now?: () => number;
  /** A fresh number for each record written: a positive integer below 2^53 that no process repeats. */
  readonly nextSeq?: () => number;
  readonly mapBytes?: number;
  readonly onBatch?: OnBatch;
}

/** An open environment: records by full key, and writes that are atomic and durable. */
export interface LmdbEngine extends CommitEngine {
  /** Up to `limit` records in order, from `start` (inclusive) to `end` (exclusive). */
  range(
    start: Buffer,
    end: Buffer,
    limit: number,
    reverse: boolean,
  ): { readonly fullKey: Buffer; readonly record: StoredRecord }[];
  /** The first key from `start` (inclusive) to `end` (exclusive), without its record. */
  firstKey(start: Buffer, end: Buffer): Buffer | undefined;
  /**
   * Every record of the port as of one moment, in order, whatever is committed meanwhile. Until it ends,
   * LMDB reuses no page of that moment: the environment grows by what is written.
   */
  snapshot(): Generator<FullRecord>;
  close(): Promise<void>;
}

export interface FullRecord {
  readonly fullKey: Buffer;
  readonly record: StoredRecord;
}

export interface LmdbMetaStore extends MetaStore {
  snapshot(): Generator<FullRecord>;
}

export async function openLmdbEngine(
  path: string,
  mapBytes = defaultMapBytes,
): Promise<LmdbEngine> {
  const db: RootDatabase<Buffer, Buffer> = openLmdb<Buffer, Buffer>({
    ...lmdbOptions,
    path,
    mapSize: mapBytes,
  });
  await syncDirectory(path);
  await syncDirectory(dirname(path));

  return {
    /**
     * lmdb-js keeps its read transaction until a timer of this event turn runs; another process's commit
     * may be acknowledged before that. Letting go of it costs 0.6 µs (a get: 4 µs), so every call of the
     * port starts with that.
     */
    refresh: () => db.resetReadTxn(),

    read(fullKey) {
      const value = db.getBinary(fullKey);
      return value && { value: ownBytes(value), seq: getLastVersion() };
    },

    readSeq(fullKey) {
      // The value lands in a scratch buffer of lmdb-js; nobody looks at it.
      return db.getBinaryFast(fullKey) === undefined ? undefined : getLastVersion();
    },

    range(start, end, limit, reverse) {
      const records: { fullKey: Buffer; record: StoredRecord }[] = [];
      if (start.compare(end) >= 0) return records;
      const versions = true;
      const bounds = reverse
        ? { start: end, end: start, reverse, versions, exclusiveStart: true, inclusiveEnd: true }
        : { start, end, versions };
      for (const { key, value, version } of db.getRange(bounds)) {
        records.push({ fullKey: key, record: { value: ownBytes(value), seq: version! } });
        // Leaving the loop closes the cursor.
        if (records.length === limit) break;
      }
      return records;
    },

    firstKey(start, end) {
      if (start.compare(end) >= 0) return undefined;
      for (const key of db.getKeys({ start, end })) return key;
      return undefined;
    },

    *snapshot() {
      db.resetReadTxn();
      const transaction = db.useReadTransaction();
      try {
        for (let start: Buffer = firstKey; ; ) {
          // By pages, so that no cursor is open while the consumer waits for something.
          const options = { start, limit: snapshotPageRecords, versions: true, transaction };
          const page: FullRecord[] = [];
          for (const { key, value, version } of db.getRange(options)) {
            page.push({ fullKey: key, record: { value: ownBytes(value), seq: version! } });
          }
          yield* page;
          if (page.length < snapshotPageRecords) return;
          start = keyAfter(page.at(-1)!.fullKey);
        }
      } finally {
        transaction.done();
      }
    },

    write: (guards, writes) => writeAtomically(db, guards, writes),
    close: () => db.close(),
  };
}

export async function openLmdbMetaStore(options: LmdbMetaStoreOptions): Promise<LmdbMetaStore> {
  const { path, now = Date.now, nextSeq = createRandomSeqs() } = options;
  const engine = await openLmdbEngine(path, options.mapBytes);
  const group = createGroupCommit(engine, { nextSeq, onBatch: options.onBatch });
  let closing = false;

  function assertOpen(): void {
    if (closing) throw new Error('The metadata store is closed.');
  }

  function refresh(): void {
    assertOpen();
    engine.refresh();
  }

  function getFresh(at: MetaKey): MetaRecord | undefined {
    const record = engine.read(encodeMetaKey(at));
    return record && { key: at.key, value: record.value, seq: record.seq };
  }

  function read(range: ScanRange): MetaRecord[] {
    const { start, end } = encodeRange(range);
    const skip = keyOffset(range.part);
    return engine
      .range(start, end, range.limit, range.reverse ?? false)
      .map(({ fullKey, record: { value, seq } }) => ({ key: fullKey.subarray(skip), value, seq }));
  }

  function page(range: ScanRange): Page<MetaRecord> {
    const records = read({ ...range, limit: range.limit + 1 });
    const more = records.length > range.limit;
    if (more) records.pop();
    return { entries: records, more };
  }

  const store: Pick<MetaStore, 'get' | 'commit'> = {
    get(at) {
      refresh();
      return getFresh(at);
    },
    async commit(ops) {
      assertOpen();
      return await group.commit(ops);
    },
  };

  return {
    ...store,
    ...createLeases(store, now),
    seqOf(at) {
      refresh();
      return engine.readSeq(encodeMetaKey(at));
    },
    getMany(keys) {
      refresh();
      return keys.map(getFresh);
    },
    scan(range) {
      checkScanLimit(range.limit);
      refresh();
      return page(range);
    },
    scanMany(ranges) {
      for (const { limit } of ranges) checkScanLimit(limit);
      // One read transaction serves all reads until it is let go of.
      refresh();
      return ranges.map(page);
    },
    scanDelimited(scan) {
      refresh();
      const { table, part } = scan;
      return scanDelimitedWith(scan, (to) => {
        const { end } = encodeRange({ table, part, to });
        return {
          records: (from, limit) => read({ table, part, from, to, limit }),
          firstKey: (from) =>
            engine.firstKey(encodeBound(table, part, from), end)?.subarray(keyOffset(part)),
        };
      });
    },
    async health() {
      refresh();
      engine.readSeq(healthKey);
      if (group.failure() === undefined) return;
      // The last batch failed: only another write can tell whether the cause is gone.
      const probe = {
        fullKey: healthKey,
        record: { value: Buffer.alloc(healthProbeBytes), seq: nextSeq() },
      };
      await engine.write([], [probe]);
    },
    snapshot() {
      assertOpen();
      return engine.snapshot();
    },
    async close() {
      if (closing) return;
      closing = true;
      await group.idle();
      await engine.close();
    },
  };
}

/**
 * One LMDB transaction: the conditions nested, the writes innermost. lmdb-js reports each condition for
 * itself, so the batch was written if all of them held.
 */
async function writeAtomically(
  db: RootDatabase<Buffer, Buffer>,
  guards: readonly BatchGuard[],
  writes: readonly BatchWrite[],
): Promise<boolean> {
  const held: Promise<boolean>[] = [];

  function when({ fullKey, seq }: BatchGuard, then: () => void): void {
    held.push(seq === undefined ? db.ifNoExists(fullKey, then) : db.ifVersion(fullKey, seq, then));
  }
  function whenAll(conditions: readonly BatchGuard[], then: () => void, from = 0): void {
    const condition = conditions[from];
    if (condition === undefined) then();
    else when(condition, () => whenAll(conditions, then, from + 1));
  }
  function put(fullKey: Buffer, value: Buffer, seq: number): void {
    // Within a block, lmdb-js answers with the block's promise.
    void db.put(fullKey, value, seq);
  }
  function apply(): void {
    for (const { fullKey, record } of writes) {
      if (record) put(fullKey, record.value, record.seq);
      else void db.remove(fullKey);
    }
  }

  if (guards.length > 0 && guards.length <= maxNestedGuards) whenAll(guards, apply);
  else {
    held.push(
      db.batch(() => {
        if (guards.length === 0) return apply();
        // More guards than can nest: they go in groups, within the one transaction. Each group that
        // holds moves a marker one step on, and the next one, and at last the writes, ask for its step.
        let step = 1;
        put(guardChainKey, empty, step);
        for (let i = 0; i < guards.length; i += maxNestedGuards) {
          const groupStep = step++;
          const marker = { fullKey: guardChainKey, seq: groupStep };
          whenAll([marker, ...guards.slice(i, i + maxNestedGuards)], () =>
            put(guardChainKey, empty, groupStep + 1),
          );
        }
        when({ fullKey: guardChainKey, seq: step }, apply);
        void db.remove(guardChainKey);
      }),
    );
  }
  try {
    return (await Promise.all(held)).every(Boolean);
  } catch (error) {
    throw new Error('The metadata could not be written.', { cause: await commitError(error) });
  }
}

/** lmdb-js rejects with a promise of the reason. */
async function commitError(error: unknown): Promise<unknown> {
  if (!(error instanceof Error) || !('commitError' in error)) return error;
  const reason = Promise.resolve(error.commitError).catch((cause: unknown) => cause);
  return await Promise.race([reason, new Promise((resolve) => setImmediate(resolve, error))]);
}

/**
 * lmdb-js gives large values in buffers whose `length` is redefined as an own property; the same bytes
 * as a plain Buffer.
 */
function ownBytes(value: Buffer): Buffer {
  return Object.hasOwn(value, 'length')
    ? Buffer.from(value.buffer as ArrayBuffer, value.byteOffset, value.byteLength)
    : value;
}

/** Makes the names in a directory durable: a file is found after a crash only if its name is on disk. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await openFile(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
