/**
 * Objects: the current version of each key, and what happens to its bytes.
 *
 * Bytes first, record second: `stage` makes bytes durable, `put` commits the record that refers to
 * them together with the counters and the garbage entry for what it replaced.
 */
import { type Blobs, shareBlobOp, stagedBlobOps } from './blobs.ts';
import { transactInBucket } from './buckets.ts';
import { type KeyedQueue, type Plan, transact } from './commit.ts';
import { BucketGoneError } from './errors.ts';
import { releaseOps } from './garbage.ts';
import type { IdSource } from './ids.ts';
import { objectKey } from './keyspace.ts';
import type { MetaGuard, MetaOp, MetaRecord, MetaStore } from './meta/port.ts';
import { decodeRecord, encodeRecord } from './record-codec.ts';
import type { Bucket, ObjectRecord, StoredObject } from './records.ts';
import type { ObjectStore, PutObject, StagedBytes } from './store.ts';
import { type UsageChange, usageOp } from './usage.ts';

export interface ObjectDeps {
  readonly meta: MetaStore;
  readonly blobs: Blobs;
  readonly ids: IdSource;
  readonly now: () => number;
  readonly writer: number;
  readonly queue: KeyedQueue;
}

export function storedObject(key: string, record: MetaRecord): StoredObject {
  return Object.assign(decodeRecord<ObjectRecord>(record.value), { key, seq: record.seq });
}

/** The record without what `storedObject` adds. */
function recordOf(object: ObjectRecord & { key?: string; seq?: number }): ObjectRecord {
  const { key: _key, seq: _seq, ...record } = object;
  return record;
}

export const unchanged = (current: { readonly seq: number } | undefined): MetaGuard =>
  current === undefined ? { absent: true } : { seq: current.seq };

/** The ops that make `record` the current object in place of `current`, counters included. */
export function replaceObjectOps(
  deps: Pick<ObjectDeps, 'ids' | 'writer'>,
  bucket: Bucket,
  key: string,
  current: StoredObject | undefined,
  record: ObjectRecord,
  alsoCount: UsageChange = {},
): MetaOp[] {
  const usage = usageOp(bucket.part, deps.writer, {
    ...alsoCount,
    objects: current === undefined ? 1 : 0,
    bytes: record.size - (current?.size ?? 0),
  });
  return [
    {
      op: 'put',
      at: objectKey(bucket.part, key),
      value: encodeRecord(record),
      guard: unchanged(current),
    },
    ...releaseOps(deps.ids, current?.blob),
    ...(usage === undefined ? [] : [usage]),
  ];
}

/** What a put makes of bytes and what was said about them. */
export function objectRecord(
  object: PutObject,
  facts: {
    readonly size: number;
    readonly blob?: string;
    readonly lastModified: number;
    readonly uploadId?: string;
    readonly partsCount?: number;
  },
): ObjectRecord {
  const { headers, metadata, tags, storageClass, acl, etag, checksum } = object;
  return {
    versionId: 'null',
    etag,
    ...facts,
    headers,
    metadata,
    tags,
    storageClass,
    acl,
    checksum,
  };
}

export function createObjectStore(deps: ObjectDeps): ObjectStore {
  const { meta, blobs, queue } = deps;

  const load = async (bucket: Bucket, key: string): Promise<StoredObject | undefined> => {
    const record = await meta.get(objectKey(bucket.part, key));
    return record === undefined ? undefined : storedObject(key, record);
  };

  const inTurn = <T>(bucket: Bucket, key: string, task: () => Promise<T>): Promise<T> =>
    queue.run(`${bucket.id}/${key}`, task);

  return {
    get(bucket, key) {
      const record = meta.get(objectKey(bucket.part, key));
      if (record instanceof Promise)
        return record.then((found) => found && storedObject(key, found));
      return record === undefined ? undefined : storedObject(key, record);
    },

    stage: blobs.stage,
    discard: blobs.discard,

    put(bucket, key, staged, object, precondition) {
      return inTurn(bucket, key, () =>
        keepOrDiscard(blobs, staged, (refusing) =>
          transactInBucket<ObjectRecord>(meta, bucket, (holdBucket) =>
            refusing(async () => {
              const current = await load(bucket, key);
              precondition?.(current);
              const record = objectRecord(object, {
                size: staged.length,
                blob: staged.blob?.id,
                lastModified: deps.now(),
              });
              const ops = [
                holdBucket,
                ...replaceObjectOps(deps, bucket, key, current, record),
                ...stagedBlobOps(staged),
              ];
              return { ops, result: record };
            }),
          ),
        ),
      );
    },

    copy(source, bucket, key, object, precondition) {
      return inTurn(bucket, key, () =>
        transactInBucket<ObjectRecord | undefined>(meta, bucket, async (holdBucket) => {
          const shared = source.blob === undefined ? undefined : await blobs.get(source.blob);
          if (source.blob !== undefined && shared === undefined) return { done: undefined };
          const current = await load(bucket, key);
          precondition?.(current);
          const record = objectRecord(object, {
            size: source.size,
            blob: source.blob,
            lastModified: deps.now(),
            partsCount: source.partsCount,
          });
          const ops = [holdBucket, ...replaceObjectOps(deps, bucket, key, current, record)];
          if (shared !== undefined) ops.push(shareBlobOp(source.blob!, shared));
          return { ops, result: record };
        }),
      );
    },

    update(bucket, key, change) {
      return inTurn(bucket, key, () =>
        transact<ObjectRecord | undefined>(meta, async () => {
          const current = await load(bucket, key);
          if (current === undefined) return { done: undefined };
          const record = change(recordOf(current));
          const at = objectKey(bucket.part, key);
          return {
            ops: [{ op: 'put', at, value: encodeRecord(record), guard: { seq: current.seq } }],
            result: record,
          };
        }),
      );
    },

    remove(bucket, key, precondition) {
      return inTurn(bucket, key, () =>
        transact<ObjectRecord | undefined>(meta, async () => {
          const current = await load(bucket, key);
          precondition?.(current);
          if (current === undefined) return { done: undefined };
          const usage = usageOp(bucket.part, deps.writer, { objects: -1, bytes: -current.size });
          const ops: MetaOp[] = [
            { op: 'delete', at: objectKey(bucket.part, key), guard: { seq: current.seq } },
            ...releaseOps(deps.ids, current.blob),
          ];
          if (usage !== undefined) ops.push(usage);
          return { ops, result: current };
        }),
      );
    },

    async read(object, start, end, signal) {
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
 * Runs a commit of staged bytes. Where a plan refuses (precondition, bucket gone) the bytes are
 * given up. Where the commit itself fails they stay for the orphan sweep: a record may refer to
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
    if (refused || error instanceof BucketGoneError) await blobs.discard(staged).catch(() => {});
    throw error;
  }
}
