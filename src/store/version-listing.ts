/**
 * ListObjectVersions' page: three ordered walks (current objects, current delete markers, noncurrent
 * versions) merged by key, each key's versions newest first.
 *
 * Each walk reads a page ahead of what it gives and seeks past common prefixes.
 */
import { commonPrefixOf } from './common-prefix.ts';
import { escapeKey, nullPointer, splitKeyAndId } from './keyspace.ts';
import { keyAfter, keyAfterPrefix, type MetaRecord, type MetaStore } from './meta/port.ts';
import type { Bucket, StoredVersion, VersionRecord } from './records.ts';
import type { ListedVersion, ListObjectsQuery } from './store.ts';
import { loadNoncurrent, nullVersionId, storedVersion } from './versions.ts';

type Table = 'object' | 'marker' | 'version';

interface Listed {
  readonly key: string;
  /** Key bytes: what the walks are merged by. */
  readonly bytes: Buffer;
  readonly version: StoredVersion;
}

/** One ordered walk; `peek` is the next entry without taking it. */
interface Walk {
  peek(): Promise<Listed | undefined>;
  take(): void;
  /** Goes on at the first key >= this. */
  seek(key: Buffer): void;
}

const pageEntries = 256;

/** How a table's keys relate to object keys. */
const composite: Readonly<Record<Table, boolean>> = { object: false, marker: false, version: true };

function createWalk(
  meta: MetaStore,
  bucket: Bucket,
  table: Table,
  from: Buffer,
  to: Buffer | undefined,
): Walk {
  let next: Buffer | undefined = from;
  let page: readonly MetaRecord[] = [];
  let at = 0;

  const fill = async (): Promise<void> => {
    while (at >= page.length && next !== undefined) {
      const scanned = await meta.scan({
        table,
        part: bucket.part,
        from: next,
        to,
        limit: pageEntries,
      });
      page = scanned.entries;
      at = 0;
      next = scanned.more ? keyAfter(page.at(-1)!.key) : undefined;
      if (page.length === 0) return;
    }
  };

  const listed = (record: MetaRecord): Listed | undefined => {
    if (!composite[table]) {
      const key = record.key.toString();
      return { key, bytes: record.key, version: version(key, record) };
    }
    const { key, id } = splitKeyAndId(record.key);
    if (id === nullPointer) return undefined;
    return { key, bytes: Buffer.from(key), version: version(key, record) };
  };

  return {
    async peek() {
      for (;;) {
        await fill();
        const record = page[at];
        if (record === undefined) return undefined;
        const entry = listed(record);
        if (entry !== undefined) return entry;
        at++;
      }
    },
    take() {
      at++;
    },
    seek(key) {
      const target = composite[table] ? escapeKey(key) : key;
      while (at < page.length && Buffer.compare(page[at]!.key, target) < 0) at++;
      if (at < page.length) return;
      if (next !== undefined && Buffer.compare(next, target) < 0) next = target;
    },
  };
}

const version = (key: string, record: MetaRecord): StoredVersion =>
  storedVersion<VersionRecord>(key, record) as StoredVersion;

export async function listVersions(
  meta: MetaStore,
  bucket: Bucket,
  query: ListObjectsQuery & { readonly afterVersionId?: string },
): Promise<{ readonly entries: readonly ListedVersion[]; readonly more: boolean }> {
  const { prefix, delimiter, after, limit } = query;
  const entries: ListedVersion[] = [];
  if (limit === 0) return { entries, more: false };
  const start = Buffer.from(prefix);
  const afterOrder = await orderOfMarker(meta, bucket, query);
  const from = startOf(start, query, afterOrder);
  if (from === undefined) return { entries, more: false };
  const end = keyAfterPrefix(start);
  const tables: readonly Table[] =
    bucket.versioning === undefined ? ['object'] : ['object', 'marker', 'version'];
  const walks = tables.map((table) =>
    createWalk(
      meta,
      bucket,
      table,
      composite[table] ? escapeKey(from) : from,
      end && (composite[table] ? escapeKey(end) : end),
    ),
  );

  let lastKey: string | undefined;
  for (;;) {
    const nextOne = await least(walks);
    if (nextOne === undefined) return { entries, more: false };
    const { entry, walk } = nextOne;
    const resumed = entry.key === after && afterOrder !== undefined;
    if (resumed && entry.version.order <= afterOrder) {
      lastKey = entry.key;
      walk.take();
      continue;
    }
    if (entries.length === limit) return { entries, more: true };
    const rolled = commonPrefixOf(entry.key, prefix, delimiter);
    if (rolled !== undefined) {
      entries.push({ kind: 'prefix', prefix: rolled });
      const beyond = keyAfterPrefix(Buffer.from(rolled));
      if (beyond === undefined) return { entries, more: false };
      for (const each of walks) each.seek(beyond);
      continue;
    }
    entries.push({ kind: 'version', version: entry.version, latest: entry.key !== lastKey });
    lastKey = entry.key;
    walk.take();
  }
}

/** The walk whose next entry comes first; current versions come before noncurrent ones of their key. */
async function least(
  walks: readonly Walk[],
): Promise<{ readonly entry: Listed; readonly walk: Walk } | undefined> {
  let found: { readonly entry: Listed; readonly walk: Walk } | undefined;
  for (const walk of walks) {
    const entry = await walk.peek();
    if (entry === undefined) continue;
    if (found === undefined || Buffer.compare(entry.bytes, found.entry.bytes) < 0) {
      found = { entry, walk };
    }
  }
  return found;
}

/** Where a listing begins; undefined if nothing can follow its marker. */
function startOf(
  start: Buffer,
  { prefix, delimiter, after }: ListObjectsQuery,
  afterOrder: string | undefined,
): Buffer | undefined {
  if (after === undefined) return start;
  const rolled = commonPrefixOf(after, prefix, delimiter);
  const key = Buffer.from(after);
  const from =
    rolled !== undefined
      ? keyAfterPrefix(Buffer.from(rolled))
      : afterOrder === undefined
        ? keyAfter(key)
        : key;
  if (from === undefined) return undefined;
  return Buffer.compare(from, start) < 0 ? start : from;
}

/** The order of the version that the marker names; undefined to go on with the next key. */
async function orderOfMarker(
  meta: MetaStore,
  bucket: Bucket,
  { after, afterVersionId }: ListObjectsQuery & { readonly afterVersionId?: string },
): Promise<string | undefined> {
  if (after === undefined || afterVersionId === undefined) return undefined;
  if (afterVersionId !== nullVersionId) return afterVersionId;
  for (const table of ['object', 'marker'] as const) {
    const record = await meta.get({ table, part: bucket.part, key: Buffer.from(after) });
    if (record === undefined) continue;
    const current = version(after, record);
    if (current.versionId === nullVersionId) return current.order;
  }
  return (await loadNoncurrent(meta, bucket, after, nullVersionId))?.version.order;
}
