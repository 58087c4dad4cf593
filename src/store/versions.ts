/**
 * The versions of a key: where each lies and how one becomes current, noncurrent or gone.
 *
 * The current version is a record in `object`, or in `marker` if it is a delete marker; never both.
 * Noncurrent versions are in `version`, newest first. Every change of a key's versions guards on both
 * current records, so changes of one key follow each other; only removing a noncurrent version guards
 * on that version alone. A version is 'null' if it came without versioning; there is at most one, and
 * if it is noncurrent a pointer tells its order.
 */
import { ContentionError, RecordCorruptError } from './errors.ts';
import { releaseAnnotationsOps, releaseOps } from './garbage.ts';
import { type IdSource, orderOnTop } from './ids.ts';
import { afterKey, keyAndId, markerKey, nullPointer, objectKey, versionKey } from './keyspace.ts';
import type { MetaGuard, MetaKey, MetaOp, MetaRecord, MetaStore } from './meta/port.ts';
import { decodeRecord, encodeRecord } from './record-codec.ts';
import { damageOfRecord } from './record-walk.ts';
import type {
  Bucket,
  MarkerRecord,
  ObjectRecord,
  StoredMarker,
  StoredObject,
  StoredVersion,
  VersionRecord,
} from './records.ts';
import { addUsage, type UsageChange } from './usage.ts';

export const nullVersionId = 'null';

/** The current version of a key: an object, a delete marker, or nothing. */
export interface CurrentVersion {
  readonly object: StoredObject | undefined;
  readonly marker: StoredMarker | undefined;
  /** A damaged record in the place of the object (`loadReplaceable`). */
  readonly damaged?: { readonly seq: number };
}

/** Part of a commit: operations, and what they change in the bucket's counters. */
export interface Step {
  readonly ops: readonly MetaOp[];
  readonly usage: UsageChange;
}

const join = (...steps: readonly Step[]): Step => ({
  ops: steps.flatMap(({ ops }) => ops),
  usage: steps.reduce((sum: UsageChange, { usage }) => addUsage(sum, usage), {}),
});

const nothing: Step = { ops: [], usage: {} };

export const unchanged = (current: { readonly seq: number } | undefined): MetaGuard =>
  current === undefined ? { absent: true } : { seq: current.seq };

/** Of objects that came before format version 2: they are null versions, older than any other of their key. */
export const oldestOrder = 'f'.repeat(32);

export function storedVersion<T extends VersionRecord>(
  key: string,
  record: MetaRecord,
): T & { readonly key: string; readonly seq: number } {
  const version: { order?: string } & T = decodeRecord<T>(record.value);
  version.order ??= oldestOrder;
  return Object.assign(version, { key, seq: record.seq });
}

/** A record without what `storedVersion` adds. */
export function recordOf<T extends VersionRecord>(version: T & { key?: string; seq?: number }): T {
  const { key: _key, seq: _seq, ...record } = version;
  return record as T;
}

export async function loadCurrent(
  meta: MetaStore,
  bucket: Bucket,
  key: string,
): Promise<CurrentVersion> {
  const reading = meta.get(objectKey(bucket.part, key));
  const found = reading instanceof Promise ? await reading : reading;
  if (found !== undefined) {
    return { object: storedVersion<ObjectRecord>(key, found), marker: undefined };
  }
  // A bucket that was never versioned has no delete markers.
  const mark =
    bucket.versioning === undefined ? undefined : await meta.get(markerKey(bucket.part, key));
  return { object: undefined, marker: mark && storedVersion<MarkerRecord>(key, mark) };
}

/**
 * The current version for whoever replaces or removes it without a condition. In a bucket that was never
 * versioned, and so has no locks, a damaged record is in nobody's way: what it said is lost already. What it
 * referred to stays until the doctor counts. docs/decisions/0010-damaged-records.md
 * @throws RecordCorruptError in other buckets, and where there is a condition
 */
export async function loadReplaceable(
  meta: MetaStore,
  bucket: Bucket,
  key: string,
  precondition: unknown,
): Promise<CurrentVersion> {
  try {
    return await loadCurrent(meta, bucket, key);
  } catch (error) {
    const isReplaceable = bucket.versioning === undefined && precondition === undefined;
    if (!isReplaceable || !(error instanceof RecordCorruptError)) throw error;
    const found = await meta.get(objectKey(bucket.part, key));
    // Replaced meanwhile.
    if (found === undefined || damageOfRecord('object', found) === undefined) {
      return await loadCurrent(meta, bucket, key);
    }
    return { object: undefined, marker: undefined, damaged: { seq: found.seq } };
  }
}

/** A noncurrent version, with where it lies. */
export interface Noncurrent {
  readonly version: StoredVersion;
  readonly at: MetaKey;
}

/** The noncurrent version with an id; 'null' is found through its pointer. */
export async function loadNoncurrent(
  meta: MetaStore,
  bucket: Bucket,
  key: string,
  versionId: string,
): Promise<Noncurrent | undefined> {
  let order = versionId;
  if (versionId === nullVersionId) {
    const pointer = await meta.get(versionKey(bucket.part, key, nullPointer));
    if (pointer === undefined) return undefined;
    order = decodeRecord<{ order: string }>(pointer.value).order;
  }
  const at = versionKey(bucket.part, key, order);
  const record = await meta.get(at);
  if (record === undefined) return undefined;
  const version = storedVersion<VersionRecord>(key, record) as StoredVersion;
  return version.versionId === versionId ? { version, at } : undefined;
}

/** Times that a key's current version may change while a version of it is looked for. */
const maxLooks = 200;

/**
 * Any version of a key. One that is found nowhere is looked for again if the current version changed
 * meanwhile: it may have become current after it was not found there.
 * @throws ContentionError
 */
export async function findVersion(
  meta: MetaStore,
  bucket: Bucket,
  key: string,
  versionId: string,
): Promise<StoredVersion | undefined> {
  let before = await loadCurrent(meta, bucket, key);
  for (let look = 0; look < maxLooks; look++) {
    const top = before.object ?? before.marker;
    if (top?.versionId === versionId) return top;
    if (bucket.versioning === undefined) return undefined;
    const found = await loadNoncurrent(meta, bucket, key, versionId);
    if (found !== undefined) return found.version;
    const after = await loadCurrent(meta, bucket, key);
    if ((after.object ?? after.marker)?.seq === top?.seq) return undefined;
    before = after;
  }
  throw new ContentionError(`the versions of a key changed ${maxLooks} times while one was read`);
}

/** Ops that let a commit happen only while the current version is the one that was read. */
export function holdCurrentOps(
  bucket: Bucket,
  key: string,
  { object, marker }: CurrentVersion,
): MetaOp[] {
  return [
    { op: 'check', at: objectKey(bucket.part, key), guard: unchanged(object) },
    { op: 'check', at: markerKey(bucket.part, key), guard: unchanged(marker) },
  ];
}

/** The newest noncurrent version of a key. */
async function newestNoncurrent(
  meta: MetaStore,
  bucket: Bucket,
  key: string,
): Promise<Noncurrent | undefined> {
  const from = keyAndId(key, '');
  const page = await meta.scan({
    table: 'version',
    part: bucket.part,
    from,
    to: afterKey(key),
    limit: 1,
  });
  const record = page.entries[0];
  if (record === undefined) return undefined;
  const order = record.key.toString('utf8', from.length);
  if (order === nullPointer) return undefined;
  const version = storedVersion<VersionRecord>(key, record) as StoredVersion;
  return { version, at: versionKey(bucket.part, key, order) };
}

/** Version id and order for what comes on top of the current version. */
export function newVersion(
  ids: IdSource,
  bucket: Bucket,
  { object, marker }: CurrentVersion,
): { readonly versionId: string; readonly order: string } {
  const order = orderOnTop(ids, (object ?? marker)?.order);
  return { versionId: bucket.versioning === 'Enabled' ? order : nullVersionId, order };
}

/** Makes `next` the current version on top of what is there. */
export function replaceCurrent(
  deps: { readonly meta: MetaStore; readonly ids: IdSource },
  bucket: Bucket,
  key: string,
  current: CurrentVersion,
  next: VersionRecord,
): Step | Promise<Step> {
  const put = putCurrent(bucket, key, current, next);
  if (bucket.versioning === undefined) {
    const top = current.object ?? current.marker;
    if (current.damaged !== undefined) return join(lost, put);
    return top === undefined ? put : join(dropped(deps.ids, bucket, top), put);
  }
  return displace(deps, bucket, key, current).then((displaced) => join(displaced, put));
}

/**
 * What becomes of the current version in a bucket that was ever versioned: a noncurrent one, or nothing where it
 * is the null version and another null version comes. An older null version goes, too.
 */
async function displace(
  deps: { readonly meta: MetaStore; readonly ids: IdSource },
  bucket: Bucket,
  key: string,
  { object, marker }: CurrentVersion,
): Promise<Step> {
  const top = object ?? marker;
  const keepsNull = bucket.versioning === 'Enabled';
  const old = keepsNull ? nothing : await dropNoncurrentNull(deps, bucket, key);
  if (top === undefined) return old;
  const isReplaced = !keepsNull && top.versionId === nullVersionId;
  const leaves = isReplaced ? dropped(deps.ids, bucket, top) : toNoncurrent(bucket, key, top);
  return join(old, leaves);
}

/** Of a damaged record nobody knows more: the doctor counts its bytes and references. */
const lost: Step = { ops: [], usage: { objects: -1 } };

/** The counters and bytes of a current version that goes for good. */
function dropped(ids: IdSource, bucket: Bucket, top: VersionRecord): Step {
  if (top.deleteMarker) return { ops: [], usage: { deleteMarkers: -1 } };
  const ops = [...releaseOps(ids, top.blob), ...releaseAnnotationsOps(ids, bucket, top)];
  return { ops, usage: { objects: -1, bytes: -top.size } };
}

function toNoncurrent(bucket: Bucket, key: string, top: StoredVersion): Step {
  const put: MetaOp = {
    op: 'put',
    at: versionKey(bucket.part, key, top.order),
    value: encodeRecord(recordOf<VersionRecord>(top)),
  };
  const ops = top.versionId === nullVersionId ? [put, pointOp(bucket, key, top.order)] : [put];
  if (top.deleteMarker) return { ops, usage: {} };
  return {
    ops,
    usage: { objects: -1, bytes: -top.size, noncurrentVersions: 1, noncurrentBytes: top.size },
  };
}

const pointOp = (bucket: Bucket, key: string, order: string): MetaOp => ({
  op: 'put',
  at: versionKey(bucket.part, key, nullPointer),
  value: encodeRecord({ order }),
});

const unpointOp = (bucket: Bucket, key: string): MetaOp => ({
  op: 'delete',
  at: versionKey(bucket.part, key, nullPointer),
});

async function dropNoncurrentNull(
  { meta, ids }: { readonly meta: MetaStore; readonly ids: IdSource },
  bucket: Bucket,
  key: string,
): Promise<Step> {
  const found = await loadNoncurrent(meta, bucket, key, nullVersionId);
  return found === undefined ? nothing : dropNoncurrent(ids, bucket, key, found);
}

/** A noncurrent version goes for good. */
export function dropNoncurrent(
  ids: IdSource,
  bucket: Bucket,
  key: string,
  { version, at }: Noncurrent,
): Step {
  const ops: MetaOp[] = [{ op: 'delete', at, guard: { seq: version.seq } }];
  if (version.versionId === nullVersionId) ops.push(unpointOp(bucket, key));
  if (version.deleteMarker) return { ops, usage: { deleteMarkers: -1 } };
  return {
    ops: [...ops, ...releaseOps(ids, version.blob), ...releaseAnnotationsOps(ids, bucket, version)],
    usage: { noncurrentVersions: -1, noncurrentBytes: -version.size },
  };
}

/** The records of what is current: `next`, in the place of `current`. */
function putCurrent(
  bucket: Bucket,
  key: string,
  { object, marker, damaged }: CurrentVersion,
  next: VersionRecord | undefined,
): Step {
  const ops: MetaOp[] = [];
  const place = (at: MetaKey, held: { readonly seq: number } | undefined, comes: boolean): void => {
    const guard = unchanged(held);
    if (comes) ops.push({ op: 'put', at, value: encodeRecord(next!), guard });
    else if (held !== undefined) ops.push({ op: 'delete', at, guard });
    else ops.push({ op: 'check', at, guard });
  };
  const isMarker = next?.deleteMarker === true;
  place(objectKey(bucket.part, key), object ?? damaged, next !== undefined && !isMarker);
  if (bucket.versioning !== undefined) {
    place(markerKey(bucket.part, key), marker, isMarker);
  }
  if (next === undefined) return { ops, usage: {} };
  const usage = next.deleteMarker ? { deleteMarkers: 1 } : { objects: 1, bytes: next.size };
  return { ops, usage };
}

/** The current version goes for good; the newest noncurrent one takes its place. */
export async function removeCurrent(
  { meta, ids }: { readonly meta: MetaStore; readonly ids: IdSource },
  bucket: Bucket,
  key: string,
  current: CurrentVersion,
): Promise<Step> {
  const top = current.object ?? current.marker;
  if (current.damaged !== undefined) return join(lost, putCurrent(bucket, key, current, undefined));
  if (top === undefined) return nothing;
  const heir =
    bucket.versioning === undefined ? undefined : await newestNoncurrent(meta, bucket, key);
  const steps = [dropped(ids, bucket, top)];
  if (heir !== undefined) steps.push(fromNoncurrent(bucket, key, heir));
  const next = heir && recordOf<VersionRecord>(heir.version);
  return join(...steps, putCurrent(bucket, key, current, next));
}

/** A noncurrent version leaves its place to become current; `putCurrent` counts it again. */
function fromNoncurrent(bucket: Bucket, key: string, { version, at }: Noncurrent): Step {
  const ops: MetaOp[] = [{ op: 'delete', at, guard: { seq: version.seq } }];
  if (version.versionId === nullVersionId) ops.push(unpointOp(bucket, key));
  if (version.deleteMarker) return { ops, usage: { deleteMarkers: -1 } };
  return { ops, usage: { noncurrentVersions: -1, noncurrentBytes: -version.size } };
}
