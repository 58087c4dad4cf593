/**
 * Objects: putting, copying, changing and removing them, and what happens to their bytes.
 *
 * Bytes first, record second: `stage` makes bytes durable, `put` commits the record that refers to
 * them together with the counters and the garbage entry for what it replaced.
 */
import { newAnnotationSet } from './annotation-set.ts';
import { type Blobs, shareBlobOp, stagedBlobOps } from './blobs.ts';
import { transactInBucket } from './buckets.ts';
import type { KeyedQueue, Plan } from './commit.ts';
import { BucketGoneError, ContentionError, QuotaExceededError } from './errors.ts';
import type { IdSource } from './ids.ts';
import { markerKey, objectKey } from './keyspace.ts';
import type { MetaOp, MetaStore } from './meta/port.ts';
import { quotaOps } from './quota-ops.ts';
import { createRecordCache } from './record-cache.ts';
import { encodeRecord } from './record-codec.ts';
import type { Bucket, MarkerRecord, ObjectRecord, StoredObject, VersionRecord } from './records.ts';
import type { ObjectStore, PutObject, Removal, RenameStore, StagedBytes } from './store.ts';
import { addUsage, type UsageChange, usageOp } from './usage.ts';
import {
  type CurrentVersion,
  dropNoncurrent,
  findVersion,
  holdCurrentOps,
  loadCurrent,
  loadNoncurrent,
  loadReplaceable,
  newVersion,
  recordOf,
  removeCurrent,
  replaceCurrent,
  type Step,
  storedVersion,
} from './versions.ts';

export interface ObjectDeps {
  readonly meta: MetaStore;
  readonly blobs: Blobs;
  readonly ids: IdSource;
  readonly now: () => number;
  readonly writer: number;
  readonly queue: KeyedQueue;
}

/**
 * A step of a commit with its counters as ops, those of quotas among them.
 * @param bucket as the commit holds it
 */
export function countedOps(
  { writer }: Pick<ObjectDeps, 'writer'>,
  bucket: Bucket,
  { ops, usage }: Step,
  alsoCount: UsageChange = {},
): MetaOp[] {
  const change = addUsage(usage, alsoCount);
  const count = usageOp(bucket.part, writer, change);
  if (count === undefined) return [...ops];
  if (bucket.quotas === undefined) return [...ops, count];
  return [...ops, count, ...quotaOps(bucket, change)];
}

/** The same of a step that leaves a delete marker, which no quota refuses. */
function markedOps({ writer }: ObjectDeps, bucket: Bucket, { ops, usage }: Step): MetaOp[] {
  const count = usageOp(bucket.part, writer, usage);
  return count === undefined ? [...ops] : [...ops, count, ...quotaOps(bucket, usage, true)];
}

interface ObjectFacts {
  readonly size: number;
  readonly blob?: string;
  readonly lastModified: number;
  readonly uploadId?: string;
  readonly partsCount?: number;
  readonly annotations?: ObjectRecord['annotations'];
}

/** What a put makes of bytes and what was said about them, on top of the current version. */
export function objectRecord(
  { ids }: Pick<ObjectDeps, 'ids'>,
  bucket: Bucket,
  current: CurrentVersion,
  object: PutObject,
  facts: ObjectFacts,
): ObjectRecord {
  const { etag, checksum, headers, metadata, tags, storageClass, acl, lock, encryption } = object;
  const { size, blob, lastModified, uploadId, partsCount, annotations } = facts;
  const { versionId, order } = newVersion(ids, bucket, current);
  // Spelled out: spread together from four objects it took longer than writing it as JSON.
  return {
    versionId,
    order,
    etag,
    size,
    blob,
    lastModified,
    uploadId,
    partsCount,
    annotations,
    headers,
    metadata,
    tags,
    storageClass,
    acl,
    lock,
    encryption,
    checksum,
  };
}

/** Objects kept decoded; beyond, all are forgotten and read again. */
const maxCachedObjects = 4096;
/** Records larger than this are not kept decoded: with the number, it bounds the memory. */
const maxCachedRecordBytes = 2048;

export function createObjectStore(deps: ObjectDeps): Omit<ObjectStore, keyof RenameStore> {
  const { meta, blobs, queue } = deps;
  /** 5 µs less for an object that is read again. */
  const objects = createRecordCache<StoredObject>({
    meta,
    decode: (record) => storedVersion<ObjectRecord>(record.key.toString(), record),
    maxRecords: maxCachedObjects,
    maxRecordBytes: maxCachedRecordBytes,
  });

  const inTurn = <T>(bucket: Bucket, key: string, task: () => Promise<T>): Promise<T> =>
    queue.run(`${bucket.id}/${key}`, task);

  return {
    get: (bucket, key) => objects.get(`${bucket.id}/${key}`, () => objectKey(bucket.part, key)),

    async currentMarker(bucket, key) {
      if (bucket.versioning === undefined) return undefined;
      const record = await meta.get(markerKey(bucket.part, key));
      return record === undefined ? undefined : storedVersion<MarkerRecord>(key, record);
    },

    version: (bucket, key, versionId) => findVersion(meta, bucket, key, versionId),

    stage: blobs.stage,
    discard: blobs.discard,

    put(bucket, key, staged, object, precondition) {
      return inTurn(bucket, key, () =>
        keepOrDiscard(blobs, staged, (refusing) =>
          transactInBucket<ObjectRecord>(meta, bucket, (now, holdBucket) =>
            refusing(async () => {
              const current = await loadReplaceable(meta, now, key, precondition);
              precondition?.(current.object);
              const annotating = newAnnotationSet(deps, now, object.annotations);
              const annotated = annotating instanceof Promise ? await annotating : annotating;
              if (annotated === undefined) throw new ContentionError('annotations are gone');
              const facts = {
                size: staged.length,
                blob: staged.blob?.id,
                lastModified: deps.now(),
                annotations: annotated.field.annotations,
              };
              const record = objectRecord(deps, now, current, object, facts);
              const step = await replaceCurrent(deps, now, key, current, record);
              const counted = countedOps(deps, now, step, annotated.usage);
              const ops = [holdBucket, ...counted, ...stagedBlobOps(staged)];
              return { ops: [...ops, ...annotated.ops], result: record };
            }),
          ),
        ),
      );
    },

    copy(source, bucket, key, object, precondition) {
      return inTurn(bucket, key, () =>
        transactInBucket<ObjectRecord | undefined>(meta, bucket, async (now, holdBucket) => {
          const shared = source.blob === undefined ? undefined : await blobs.get(source.blob);
          if (source.blob !== undefined && shared === undefined) return { done: undefined };
          const current = await loadReplaceable(meta, now, key, precondition);
          precondition?.(current.object);
          const annotated = await newAnnotationSet(deps, now, object.annotations);
          if (annotated === undefined) return { done: undefined };
          const record = objectRecord(deps, now, current, object, {
            size: source.size,
            blob: source.blob,
            lastModified: deps.now(),
            partsCount: source.partsCount,
            ...annotated.field,
          });
          const step = await replaceCurrent(deps, now, key, current, record);
          const counted = countedOps(deps, now, step, annotated.usage);
          const ops = [holdBucket, ...counted, ...annotated.ops];
          if (shared !== undefined) ops.push(shareBlobOp(source.blob!, shared));
          return { ops, result: record };
        }),
      );
    },

    update(bucket, key, change, versionId) {
      return inTurn(bucket, key, () =>
        transactInBucket<ObjectRecord | undefined>(meta, bucket, async (now, holdBucket) => {
          const current = await loadCurrent(meta, now, key);
          const { object } = current;
          const isCurrent = versionId === undefined || object?.versionId === versionId;
          const found = isCurrent
            ? object && { version: object, at: objectKey(now.part, key) }
            : await loadNoncurrent(meta, now, key, versionId);
          if (found === undefined) return absent(now, holdBucket, key, current, undefined);
          if (found.version.deleteMarker) return { done: undefined };
          const record = change(recordOf<ObjectRecord>(found.version));
          const guard = { seq: found.version.seq };
          return {
            ops: [holdBucket, { op: 'put', at: found.at, value: encodeRecord(record), guard }],
            result: record,
          };
        }),
      );
    },

    remove(bucket, key, precondition) {
      return inTurn(bucket, key, () =>
        transactInBucket<Removal>(meta, bucket, async (now, holdBucket) => {
          const current = await loadReplaceable(meta, now, key, precondition);
          precondition?.(current.object ?? current.marker);
          if (now.versioning === undefined) {
            const { object, damaged } = current;
            if ((object ?? damaged) === undefined) return { done: {} };
            const step = await removeCurrent(deps, now, key, current);
            const ops = [holdBucket, ...countedOps(deps, now, step)];
            return { ops, result: object ? { removed: recordOf<ObjectRecord>(object) } : {} };
          }
          const marker: MarkerRecord = {
            deleteMarker: true,
            ...newVersion(deps.ids, now, current),
            lastModified: deps.now(),
            owner: now.acl.owner,
          };
          const step = await replaceCurrent(deps, now, key, current, marker);
          return { ops: [holdBucket, ...markedOps(deps, now, step)], result: { marker } };
        }),
      );
    },

    removeVersion(bucket, key, versionId, precondition) {
      return inTurn(bucket, key, () =>
        transactInBucket<Removal>(meta, bucket, async (now, holdBucket) => {
          const current = await loadCurrent(meta, now, key);
          const top = current.object ?? current.marker;
          if (top?.versionId === versionId) {
            precondition?.(top, true);
            const step = await removeCurrent(deps, now, key, current);
            const ops = [holdBucket, ...countedOps(deps, now, step)];
            return { ops, result: { removed: recordOf<VersionRecord>(top) } };
          }
          const found =
            now.versioning === undefined
              ? undefined
              : await loadNoncurrent(meta, now, key, versionId);
          precondition?.(found?.version, false);
          if (found === undefined) return absent<Removal>(now, holdBucket, key, current, {});
          const step = dropNoncurrent(deps.ids, now, key, found);
          const ops = [holdBucket, ...countedOps(deps, now, step)];
          return { ops, result: { removed: recordOf<VersionRecord>(found.version) } };
        }),
      );
    },

    read(object, start, end, signal) {
      if (object.blob === undefined || start === end) return Buffer.alloc(0);
      return blobs.read(object.blob, start, end, signal);
    },

    async parts(object) {
      if (object.partsCount === undefined || object.blob === undefined) return undefined;
      const blob = await blobs.get(object.blob);
      return blob?.home.kind === 'extents' ? blob.home.parts : undefined;
    },
  };
}

/**
 * The plan where no such version was found. It holds only if the current version is still the one that
 * was read before: what was noncurrent may have become current meanwhile, and been looked for in neither
 * place.
 */
function absent<T>(
  bucket: Bucket,
  holdBucket: MetaOp,
  key: string,
  current: CurrentVersion,
  result: T,
): Plan<T> {
  if (bucket.versioning === undefined) return { done: result };
  return { ops: [holdBucket, ...holdCurrentOps(bucket, key, current)], result };
}

/**
 * Runs a commit of staged bytes. Where a plan refuses (precondition, bucket gone) or a quota does, the bytes
 * are given up. Where the commit itself fails they stay for the orphan sweep: a record may refer to
 * them after all.
 */
export async function keepOrDiscard<T>(
  blobs: Blobs,
  staged: StagedBytes,
  run: (refusing: <R>(plan: () => Promise<Plan<R>>) => Promise<Plan<R>>) => Promise<T>,
): Promise<T> {
  let refused = false;
  try {
    return await run(async (plan) => {
      try {
        return await plan();
      } catch (error) {
        refused = true;
        throw error;
      }
    });
  } catch (error) {
    // Bytes that can't be removed now are found by the orphan sweep; the refusal is the answer.
    const isUnwritten =
      refused || error instanceof BucketGoneError || error instanceof QuotaExceededError;
    if (isUnwritten) await blobs.discard(staged).catch(() => {});
    throw error;
  }
}
