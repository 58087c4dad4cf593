/**
 * ListObjectVersions' page: current objects, current delete markers and noncurrent versions, merged by key,
 * each key's versions newest first.
 *
 * What a change of a key moves from one of the three tables to another must be listed once and not be missed,
 * so they are read ahead together, as of one moment. Where one of them is used up, all are read again from
 * where the list stands. Common prefixes are seeked past.
 */
import { commonPrefixOf } from './common-prefix.ts';
import { RecordCorruptError } from './errors.ts';
import { escapeKey, keyAndId, nullPointer, splitKeyAndId } from './keyspace.ts';
import {
  keyAfter,
  keyAfterPrefix,
  type MetaRecord,
  type MetaStore,
  type ScanRange,
} from './meta/port.ts';
import type { Bucket, StoredVersion, VersionRecord } from './records.ts';
import type { ListedVersion, ListVersionsQuery, PageOf } from './store.ts';
import { loadCurrent, loadNoncurrent, nullVersionId, storedVersion } from './versions.ts';

/** A list names no key in the log by itself: its error says which record it was. */
function readOrName<Version>(
  read: (key: string, record: MetaRecord) => Version,
  key: string,
  record: MetaRecord,
): Version {
  try {
    return read(key, record);
  } catch (error) {
    if (!(error instanceof RecordCorruptError)) throw error;
    const name = JSON.stringify(key);
    throw new RecordCorruptError(`a version of ${name}: ${error.message}`, { cause: error });
  }
}

/** Where a list stands. */
interface Position {
  /** Bytes of the first key that is still to come. */
  readonly key: Buffer;
  /** Of that key, only versions that come after this order. */
  readonly after?: string;
}

const allTables = ['object', 'marker', 'version'] as const;

/** Records read ahead of a table; of fewer use where prefixes are rolled up, as those are seeked past. */
const aheadOfKeys = 256;
const aheadOfPrefixes = 16;
/** At least so many: at most one record of a table lies before the position, so that every round goes on. */
const leastAhead = 2;

interface Entry {
  readonly key: string;
  /** Key bytes: what tables are merged by. */
  readonly bytes: Buffer;
  /** Says where the null version of its key is; no version itself. */
  readonly isPointer: boolean;
  readonly record: MetaRecord;
}

/** What was read ahead of one table. */
interface Ahead {
  readonly isCurrent: boolean;
  readonly entries: readonly Entry[];
  readonly more: boolean;
  /** Index of the next entry. */
  next: number;
}

export const storedOfAnyKind = (key: string, record: MetaRecord): StoredVersion =>
  storedVersion<VersionRecord>(key, record) as StoredVersion;

/** Versions as `read` makes them of their records. */
export async function listVersions<Version extends Pick<StoredVersion, 'order'>>(
  meta: MetaStore,
  bucket: Bucket,
  query: ListVersionsQuery,
  read: (key: string, record: MetaRecord) => Version,
): Promise<PageOf<ListedVersion<Version>>> {
  const { prefix, delimiter, limit } = query;
  const entries: ListedVersion<Version>[] = [];
  if (limit === 0) return { entries, more: false };
  const readAhead = delimiter === '' ? aheadOfKeys : aheadOfPrefixes;
  let position = await startOf(meta, bucket, query);
  while (position !== undefined) {
    const ahead = Math.min(limit - entries.length + leastAhead, readAhead);
    const tables = await readTogether(meta, bucket, prefix, position, ahead);
    while (!tables.some(isUsedUp)) {
      const from = least(tables);
      if (from === undefined) return { entries, more: false };
      const { key, bytes, isPointer, record } = from.entries[from.next]!;
      if (isPointer) {
        from.next++;
        position = { key: bytes, after: nullPointer };
        continue;
      }
      const version = readOrName(read, key, record);
      if (isListed(version, bytes, position)) {
        from.next++;
        continue;
      }
      if (entries.length === limit) return { entries, more: true };
      const rolled = commonPrefixOf(key, prefix, delimiter);
      if (rolled === undefined) {
        entries.push({ kind: 'version', version, latest: from.isCurrent });
        from.next++;
        position = { key: bytes, after: version.order };
        continue;
      }
      entries.push({ kind: 'prefix', prefix: rolled });
      const beyond = keyAfterPrefix(Buffer.from(rolled));
      if (beyond === undefined) return { entries, more: false };
      for (const one of tables) seek(one, beyond);
      position = { key: beyond };
    }
  }
  return { entries, more: false };
}

/** A bucket that was never versioned has objects only. */
async function readTogether(
  meta: MetaStore,
  { part, versioning }: Bucket,
  prefix: string,
  { key, after }: Position,
  limit: number,
): Promise<readonly Ahead[]> {
  const end = keyAfterPrefix(Buffer.from(prefix));
  const named = versioning === undefined ? (['object'] as const) : allTables;
  const ranges = named.map((table): ScanRange => {
    if (table !== 'version') return { table, part, from: key, to: end, limit };
    const from =
      after === undefined ? escapeKey(key) : keyAfter(keyAndId(key.toString('utf8'), after));
    return { table, part, from, to: end && escapeKey(end), limit };
  });
  const pages = await meta.scanMany(ranges);
  return pages.map(({ entries, more }, i) => {
    const isCurrent = named[i] !== 'version';
    return {
      isCurrent,
      entries: entries.map(isCurrent ? currentEntry : olderEntry),
      more,
      next: 0,
    };
  });
}

function currentEntry(record: MetaRecord): Entry {
  return { key: record.key.toString(), bytes: record.key, isPointer: false, record };
}

function olderEntry(record: MetaRecord): Entry {
  const { key, id } = splitKeyAndId(record.key);
  return { key, bytes: Buffer.from(key), isPointer: id === nullPointer, record };
}

function isUsedUp({ entries, more, next }: Ahead): boolean {
  return more && next === entries.length;
}

/** The table whose next entry comes first; current versions come before noncurrent ones of their key. */
function least(read: readonly Ahead[]): Ahead | undefined {
  let found: Ahead | undefined;
  for (const one of read) {
    const entry = one.entries[one.next];
    if (entry === undefined) continue;
    const first = found?.entries[found.next];
    if (first === undefined || Buffer.compare(entry.bytes, first.bytes) < 0) found = one;
  }
  return found;
}

/** The current version of the key that the list stands at may have been listed before. */
function isListed(
  { order }: Pick<StoredVersion, 'order'>,
  bytes: Buffer,
  { key, after }: Position,
): boolean {
  return after !== undefined && order <= after && bytes.equals(key);
}

function seek(ahead: Ahead, key: Buffer): void {
  const { entries } = ahead;
  while (ahead.next < entries.length && Buffer.compare(entries[ahead.next]!.bytes, key) < 0) {
    ahead.next++;
  }
}

/** Undefined if nothing can follow the marker. */
async function startOf(
  meta: MetaStore,
  bucket: Bucket,
  query: ListVersionsQuery,
): Promise<Position | undefined> {
  const { prefix, delimiter, after } = query;
  const first: Position = { key: Buffer.from(prefix) };
  if (after === undefined) return first;
  const rolled = commonPrefixOf(after, prefix, delimiter);
  const key = Buffer.from(after);
  let position: Position;
  if (rolled === undefined) {
    const order = await orderOfMarker(meta, bucket, query);
    position = order === undefined ? { key: keyAfter(key) } : { key, after: order };
  } else {
    const beyond = keyAfterPrefix(Buffer.from(rolled));
    if (beyond === undefined) return undefined;
    position = { key: beyond };
  }
  return Buffer.compare(position.key, first.key) < 0 ? first : position;
}

/** Less than every order: all versions of a key come after it. */
const beforeAll = '';

/**
 * The order of the version that the marker names; undefined to go on with the next key. Where the null
 * version is gone since, nobody knows any more where it was: its key is listed from the first version, so
 * that who deletes page by page misses none.
 */
async function orderOfMarker(
  meta: MetaStore,
  bucket: Bucket,
  { after, afterVersionId }: ListVersionsQuery,
): Promise<string | undefined> {
  if (after === undefined || afterVersionId === undefined) return undefined;
  if (afterVersionId !== nullVersionId) return afterVersionId;
  const { object, marker } = await loadCurrent(meta, bucket, after);
  const top = object ?? marker;
  if (top?.versionId === nullVersionId) return top.order;
  const noncurrent = await loadNoncurrent(meta, bucket, after, nullVersionId);
  return noncurrent?.version.order ?? beforeAll;
}
