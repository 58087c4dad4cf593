/**
 * MetaStore: the ordered, transactional half of the storage engine.
 *
 * Records live under binary keys in tables; a table is split into parts (a bucket's records are one
 * part). Within a part, keys order by memcmp. Every record carries a `seq`, a number that no other
 * commit has given to a record under that key: read, plan, commit with `seq` guards, retry on conflict.
 *
 * Adapters: `lmdb.ts` (embedded default), `memory.ts` (tests, throw-away servers). All of them pass
 * `store/contract/meta.ts`.
 */

/** The tables of the engine; the number is the table's first key byte on disk and never changes. */
export const metaTables = {
  /** Format version, server identity, leases. Part: empty. */
  system: 1,
  /** Accounts by namespace and id. Part: empty. */
  account: 2,
  /** Access keys by access key id. Part: empty. */
  accessKey: 3,
  /** Buckets by namespace and name. Part: empty. */
  bucket: 4,
  /** Current objects by key. Part: bucket id. */
  object: 5,
  /** Noncurrent versions by key and version. Part: bucket id. */
  version: 6,
  /** Multipart uploads by key and upload id. Part: bucket id. */
  upload: 7,
  /** Parts by upload id and part number. Part: bucket id. */
  part: 8,
  /** Where bytes are, by blob id. Part: empty. */
  blob: 9,
  /** Blobs whose bytes may be removed, by time and blob id. Part: empty. */
  garbage: 10,
  /** Counters by writer. Part: bucket id. */
  usage: 11,
  /** Configuration subresources of a bucket, by name. Part: bucket id. */
  bucketConfig: 12,
  /** Delete markers that are the current version of their key, by key. Part: bucket id. */
  marker: 13,
  /** Renames that were done, by the token that the client gave. Part: bucket id. */
  renameToken: 14,
  /** Annotations of objects, by set and name. Part: bucket id. */
  annotation: 15,
  /** Namespaces, and users, groups, roles, policies and identity providers of accounts. Part: empty. */
  identity: 16,
} as const;

export type MetaTable = keyof typeof metaTables;

/** Longest part in bytes. */
export const maxPartBytes = 16;
/** Longest key within a part, in bytes: an object key, a separator and a version or upload id fit. */
export const maxMetaKeyBytes = 1500;
/** Largest record in bytes. */
export const maxMetaValueBytes = 16 * 1024 * 1024;
/** Most operations in one commit. */
export const maxCommitOps = 30_000;
/** Most records in one page of a scan. */
export const maxScanLimit = 10_000;

export interface MetaKey {
  readonly table: MetaTable;
  /** Partition within the table, at most `maxPartBytes`; empty for tables that are not split. */
  readonly part: Buffer;
  /** At most `maxMetaKeyBytes`; not empty. */
  readonly key: Buffer;
}

export interface MetaRecord {
  readonly key: Buffer;
  /** Valid until the caller drops it; adapters never hand out memory that changes later. */
  readonly value: Buffer;
  readonly seq: number;
}

/** What must hold for a commit to happen: nothing is there, or exactly the record that was read. */
export type MetaGuard = { readonly absent: true } | { readonly seq: number };

/**
 * One step of a commit. At most one op a key in a commit (`add` included).
 * - `put` replaces the record; `delete` removes it (absent is success unless guarded);
 * - `check` only guards;
 * - `add` adds to a vector of signed 64-bit counters (stored as little-endian int64s, absent = zeros,
 *   a shorter stored vector is widened). It commutes: concurrent adds to one key never conflict. With `most`
 *   the commit happens only if no counter that grows by it passes its bound; one that shrinks may be beyond.
 */
export type MetaOp =
  | { readonly op: 'put'; readonly at: MetaKey; readonly value: Buffer; readonly guard?: MetaGuard }
  | { readonly op: 'delete'; readonly at: MetaKey; readonly guard?: MetaGuard }
  | { readonly op: 'check'; readonly at: MetaKey; readonly guard: MetaGuard }
  | {
      readonly op: 'add';
      readonly at: MetaKey;
      readonly deltas: readonly number[];
      readonly most?: readonly (number | undefined)[];
    };

/** `committed: false` means that nothing changed: the first failing op and the record that is there. */
export type CommitResult =
  | { readonly committed: true }
  | {
      readonly committed: false;
      readonly failedOp: number;
      readonly current: MetaRecord | undefined;
    };

export interface ScanRange {
  readonly table: MetaTable;
  readonly part: Buffer;
  /** First key, inclusive; absent = from the start of the part. */
  readonly from?: Buffer;
  /** Last key, exclusive; absent = to the end of the part. */
  readonly to?: Buffer;
  /** Most records to return, 1..maxScanLimit. */
  readonly limit: number;
  /** Descending order, from just below `to` downwards. */
  readonly reverse?: boolean;
}

export interface DelimitedScan {
  readonly table: MetaTable;
  readonly part: Buffer;
  /** Only keys that start with this; may be empty. */
  readonly prefix: Buffer;
  /** Not empty. */
  readonly delimiter: Buffer;
  /**
   * Start at the first key >= this (inclusive). If it lies inside a common prefix, that common
   * prefix is still returned: callers that have returned it already pass `keyAfterPrefix(prefix)`.
   */
  readonly from?: Buffer;
  /** Most entries to return: records and common prefixes together. */
  readonly limit: number;
}

/** Entries in key order: a record, or a common prefix (delimiter included) standing for all under it. */
export type DelimitedEntry =
  | { readonly kind: 'record'; readonly record: MetaRecord }
  | { readonly kind: 'prefix'; readonly prefix: Buffer };

export interface Page<T> {
  readonly entries: readonly T[];
  /** Whether at least one more entry follows in the range. */
  readonly more: boolean;
}

export interface MetaStore {
  /** The record, as of every commit acknowledged before the call, by any process. */
  get(at: MetaKey): MetaRecord | undefined | Promise<MetaRecord | undefined>;
  /** The sequence number of that record alone: whoever has it decoded already needs no copy of it. */
  seqOf(at: MetaKey): number | undefined | Promise<number | undefined>;
  /** As many results as keys, in their order. */
  getMany(
    keys: readonly MetaKey[],
  ): readonly (MetaRecord | undefined)[] | Promise<readonly (MetaRecord | undefined)[]>;
  /** One bounded page in key order; no cursor stays open. */
  scan(range: ScanRange): Page<MetaRecord> | Promise<Page<MetaRecord>>;
  /**
   * A page of each range, all as of one moment: a record that one commit moves from one range to another is
   * in exactly one of them.
   */
  scanMany(
    ranges: readonly ScanRange[],
  ): readonly Page<MetaRecord>[] | Promise<readonly Page<MetaRecord>[]>;
  /** One bounded page that seeks past each common prefix: cost follows the answer. */
  scanDelimited(scan: DelimitedScan): Page<DelimitedEntry> | Promise<Page<DelimitedEntry>>;
  /** Atomic, and durable when it resolves. Concurrent commits are grouped. */
  commit(ops: readonly MetaOp[]): Promise<CommitResult>;
  /**
   * One holder for a named job among processes. Takes or renews the lease for `ttlMs` from now;
   * false while another holder's lease runs.
   */
  lease(name: string, holder: string, ttlMs: number): Promise<boolean>;
  /** Gives a lease back; only its holder can. */
  release(name: string, holder: string): Promise<void>;
  /** Throws if the engine cannot serve. */
  health(): Promise<void>;
  /** Waits for commits under way, then closes. */
  close(): Promise<void>;
}

/**
 * The engine cannot take the commit now: too many wait, or other processes were faster too often. Nothing
 * changed; the caller may try again later.
 */
export class MetaBusyError extends Error {
  override readonly name = 'MetaBusyError';
}

/** The least key greater than every key that starts with `prefix`; undefined if there is none. */
export function keyAfterPrefix(prefix: Buffer): Buffer | undefined {
  for (let i = prefix.length - 1; i >= 0; i--) {
    const byte = prefix[i]!;
    if (byte !== 0xff) {
      const next = Buffer.from(prefix.subarray(0, i + 1));
      next[i] = byte + 1;
      return next;
    }
  }
  return undefined;
}

/** The least key greater than `key`. */
export const keyAfter = (key: Buffer): Buffer => Buffer.concat([key, Buffer.of(0)]);

/**
 * The records of a range, a page at a time, each page as of when it is asked for. None is empty.
 * @param range `limit` is that of a page
 */
export async function* scanPages(
  meta: Pick<MetaStore, 'scan'>,
  range: Omit<ScanRange, 'reverse'>,
  signal?: AbortSignal,
): AsyncGenerator<readonly MetaRecord[]> {
  for (let from = range.from; ; ) {
    signal?.throwIfAborted();
    const { entries, more } = await meta.scan({ ...range, from });
    const last = entries.at(-1);
    if (last === undefined) return;
    yield entries;
    if (!more) return;
    from = keyAfter(last.key);
  }
}
