/**
 * Drops records that differ from their checksum, for a store that nobody else has open. What they said is lost;
 * while they lie there, they fail whatever needs them and keep all else from being repaired.
 *
 * A record goes only where it stands for one thing. What says who may do what, or names others (buckets and
 * their configuration, accounts, keys, the server's own records), stays: without it there would be too much
 * allowed or too much gone. docs/decisions/0010-damaged-records.md
 */
import { type BlobListEntry, type BlobStore, listPages } from './blob/port.ts';
import { bucketOf } from './buckets.ts';
import { keyName } from './census.ts';
import { garbageOp } from './garbage.ts';
import { type IdSource, orderOnTop } from './ids.ts';
import {
  afterKey,
  keyAndId,
  markerKey,
  nullPointer,
  splitKeyAndId,
  versionKey,
} from './keyspace.ts';
import {
  type MetaGuard,
  type MetaKey,
  type MetaOp,
  type MetaRecord,
  type MetaStore,
  type MetaTable,
  scanPages,
} from './meta/port.ts';
import { decodeRecord, encodeBlobRecord, encodeRecord } from './record-codec.ts';
import { damageOfRecord, type RecordPage } from './record-walk.ts';
import type { Bucket, MarkerRecord, VersionRecord } from './records.ts';
import { nullVersionId } from './versions.ts';

export interface DropDeps {
  readonly meta: MetaStore;
  readonly blobs: Pick<BlobStore, 'list'>;
  readonly ids: IdSource;
  readonly now: () => number;
  /** All records of one moment. */
  readonly snapshot: () => Iterable<RecordPage>;
  /** Puts the records aside, a line of JSON for each, durably: they are removed after that. */
  readonly keep: (lines: string) => Promise<void>;
  readonly signal?: AbortSignal | undefined;
}

interface Damaged {
  readonly table: MetaTable;
  readonly part: Buffer;
  readonly record: MetaRecord;
  /** For people. */
  readonly name: string;
  /** Undefined for tables without buckets, and where the bucket was deleted. */
  readonly bucket: Bucket | undefined;
}

const droppable: readonly MetaTable[] = [
  'object',
  'marker',
  'version',
  'upload',
  'part',
  'annotation',
  'renameToken',
  'garbage',
  'blob',
];

/** What is damaged beyond that is nothing to be dropped one by one. */
const maxDropped = 10_000;
const maxDroppedBytes = 64 * 1024 * 1024;
const pageRecords = 500;
const noPart = Buffer.alloc(0);

/** What was dropped, one name each, and what has become of it. */
export async function dropDamaged(deps: DropDeps): Promise<readonly string[]> {
  const found = findDamaged(deps);
  if (found.length === 0) return [];
  const lines = found.map(({ table, part, record, name }) => {
    const { key, value } = record;
    const said = { table, name, part: part.toString('hex'), key: key.toString('hex') };
    return `${JSON.stringify({ ...said, value: value.toString('base64') })}\n`;
  });
  await deps.keep(lines.join(''));
  const places = await placesOf(deps, found);
  const dropped: string[] = [];
  for (const damaged of found) {
    deps.signal?.throwIfAborted();
    const { ops, becomes = 'dropped' } = await planOf(deps, damaged, places);
    const outcome = await deps.meta.commit(ops);
    if (!outcome.committed) throw new Error(`${damaged.name} changed while it was dropped`);
    dropped.push(`${damaged.table} ${damaged.name}: ${becomes}`);
  }
  return dropped;
}

function findDamaged({ snapshot, signal }: DropDeps): readonly Damaged[] {
  const found: Damaged[] = [];
  const buckets = new Map<string, Bucket>();
  let lostBuckets = 0;
  let bytes = 0;
  // Buckets come before what is in them.
  for (const { table, part, records } of snapshot()) {
    signal?.throwIfAborted();
    for (const record of records) {
      const isDamaged = damageOfRecord(table, record) !== undefined;
      if (table === 'bucket') {
        if (isDamaged) lostBuckets += 1;
        else {
          const bucket = bucketOf(record);
          buckets.set(bucket.id, bucket);
        }
      }
      if (!isDamaged || !droppable.includes(table)) continue;
      const bucket = buckets.get(part.toString('hex'));
      // Nobody knows whether the bucket has versions.
      if (part.length > 0 && bucket === undefined && lostBuckets > 0) continue;
      bytes += record.value.length;
      if (found.length === maxDropped || bytes > maxDroppedBytes) {
        throw new Error(
          `More than ${maxDropped} records or ${maxDroppedBytes} bytes of records are damaged: nothing was dropped. Restore the directory from a backup.`,
        );
      }
      const where = bucket === undefined ? '' : `${bucket.namespace}/${bucket.name}/`;
      const name = `${where}${keyName(table, bucket === undefined ? part : noPart, record.key)}`;
      found.push({ table, part, record, name, bucket });
    }
  }
  return found;
}

/** Where the bytes of blobs are whose records are damaged: what lies on the disk says whose it is. */
async function placesOf(
  { blobs, signal }: DropDeps,
  found: readonly Damaged[],
): Promise<ReadonlyMap<string, BlobListEntry>> {
  const wanted = new Set(
    found.filter(({ table }) => table === 'blob').map(({ record }) => record.key.toString('hex')),
  );
  const places = new Map<string, BlobListEntry>();
  if (wanted.size === 0) return places;
  for await (const entries of listPages(blobs, signal)) {
    for (const entry of entries) {
      const id = entry.id.toString('hex');
      if (!wanted.has(id)) continue;
      // Of a body that was moved the old place is garbage.
      if ((places.get(id)?.writtenAt ?? 0) <= entry.writtenAt) places.set(id, entry);
    }
  }
  return places;
}

interface Plan {
  readonly ops: readonly MetaOp[];
  readonly becomes?: string;
}

async function planOf(
  deps: DropDeps,
  { table, part, record, bucket }: Damaged,
  places: ReadonlyMap<string, BlobListEntry>,
): Promise<Plan> {
  const at: MetaKey = { table, part, key: record.key };
  const guard = { seq: record.seq };
  const drop: MetaOp = { op: 'delete', at, guard };
  switch (table) {
    case 'object':
    case 'marker':
      if (bucket?.versioning === undefined) return { ops: [drop] };
      return {
        ops: await deleteMarkerOps(deps, bucket, at, guard),
        becomes: 'a delete marker is in its place',
      };
    case 'version':
      return { ops: await noncurrentOps(deps.meta, part, record, drop) };
    case 'upload': {
      const { id: uploadId } = splitKeyAndId(record.key);
      const entry = { kind: 'parts', bucket: part.toString('hex'), uploadId } as const;
      return { ops: [drop, garbageOp(deps.ids, entry)] };
    }
    case 'blob': {
      const place = places.get(record.key.toString('hex'));
      if (place === undefined) return { ops: [drop] };
      const { locator, length } = place;
      // The references are counted after this.
      const home = { kind: 'stored', locator } as const;
      const value = encodeBlobRecord({ references: 1, length, home });
      return {
        ops: [{ op: 'put', at, value, guard }],
        becomes: 'made anew from what surrounds its bytes',
      };
    }
    default:
      return { ops: [drop] };
  }
}

/**
 * In the place of a current version: an older one must not show as if it were the newest, nor must something
 * come back that was deleted.
 */
async function deleteMarkerOps(
  { meta, ids, now }: DropDeps,
  { part, acl }: Bucket,
  damaged: MetaKey,
  guard: MetaGuard,
): Promise<readonly MetaOp[]> {
  const key = damaged.key.toString();
  const range = { part, from: keyAndId(key, ''), to: afterKey(key), limit: 1 };
  const page = await meta.scan({ table: 'version', ...range });
  const newest = page.entries[0] && splitKeyAndId(page.entries[0].key).id;
  const order = orderOnTop(ids, newest === nullPointer ? undefined : newest);
  const marker: MarkerRecord = {
    deleteMarker: true,
    versionId: order,
    order,
    lastModified: now(),
    owner: acl.owner,
  };
  const value = encodeRecord(marker);
  const at = markerKey(part, key);
  if (damaged.table === 'marker') return [{ op: 'put', at, value, guard }];
  return [
    { op: 'delete', at: damaged, guard },
    { op: 'put', at, value, guard: { absent: true } },
  ];
}

/** A noncurrent version, or the pointer to the null one: the two agree afterwards. */
async function noncurrentOps(
  meta: MetaStore,
  part: Buffer,
  { key: composite, seq }: MetaRecord,
  drop: MetaOp,
): Promise<readonly MetaOp[]> {
  const { key, id } = splitKeyAndId(composite);
  const at = versionKey(part, key, nullPointer);
  if (id === nullPointer) {
    const order = await orderOfNull(meta, part, key);
    if (order === undefined) return [drop];
    return [{ op: 'put', at, value: encodeRecord({ order }), guard: { seq } }];
  }
  const pointer = await meta.get(at);
  // A damaged pointer comes after the versions, and is on the list itself.
  if (pointer === undefined || damageOfRecord('version', pointer) !== undefined) return [drop];
  const { order } = decodeRecord<{ readonly order: string }>(pointer.value);
  return order === id ? [drop, { op: 'delete', at }] : [drop];
}

async function orderOfNull(
  meta: MetaStore,
  part: Buffer,
  key: string,
): Promise<string | undefined> {
  const keys = { from: keyAndId(key, ''), to: afterKey(key) };
  const range = { table: 'version', part, ...keys, limit: pageRecords } as const;
  for await (const records of scanPages(meta, range)) {
    for (const record of records) {
      const { id } = splitKeyAndId(record.key);
      if (id === nullPointer || damageOfRecord('version', record) !== undefined) continue;
      if (decodeRecord<VersionRecord>(record.value).versionId === nullVersionId) return id;
    }
  }
  return undefined;
}
