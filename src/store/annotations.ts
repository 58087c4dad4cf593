/**
 * Annotations: named payloads beside an object's version, gone with it. They are records of their own under the
 * version's set id, so that listing, copying and deleting objects never reads them; the object's record says which
 * set and how many there are, and every change guards on it.
 */
import { stagedBlobOps } from './blobs.ts';
import { transactInBucket } from './buckets.ts';
import type { Plan } from './commit.ts';
import { releaseOps } from './garbage.ts';
import { annotationKey, annotationName, annotationPrefix, objectKey } from './keyspace.ts';
import { keyAfter, keyAfterPrefix, type MetaKey, type MetaOp } from './meta/port.ts';
import { countedOps, keepOrDiscard, type ObjectDeps } from './objects.ts';
import { decodeRecord, encodeRecord } from './record-codec.ts';
import type {
  AnnotationRecord,
  Bucket,
  ObjectRecord,
  StoredAnnotation,
  StoredObject,
} from './records.ts';
import type { AnnotationStore } from './store.ts';
import {
  type CurrentVersion,
  holdCurrentOps,
  loadCurrent,
  loadNoncurrent,
  recordOf,
  unchanged,
} from './versions.ts';

interface Found {
  readonly version: StoredObject;
  readonly at: MetaKey;
}

export function createAnnotationStore(deps: ObjectDeps): AnnotationStore {
  const { meta, blobs, ids, queue } = deps;

  /** The very version that was given, wherever it lies by now. */
  const find = async (
    bucket: Bucket,
    { key, versionId, order }: StoredObject,
    current: CurrentVersion,
  ): Promise<Found | undefined> => {
    const { object } = current;
    if (object?.order === order) return { version: object, at: objectKey(bucket.part, key) };
    if (bucket.versioning === undefined) return undefined;
    const found = await loadNoncurrent(meta, bucket, key, versionId);
    if (found === undefined || found.version.deleteMarker) return undefined;
    return found.version.order === order ? { version: found.version, at: found.at } : undefined;
  };

  const get = async (
    bucket: Bucket,
    { annotations }: StoredObject,
    name: string,
  ): Promise<StoredAnnotation | undefined> => {
    if (annotations === undefined) return undefined;
    const record = await meta.get(annotationKey(bucket.part, annotations.set, name));
    if (record === undefined) return undefined;
    return { ...decodeRecord<AnnotationRecord>(record.value), name, seq: record.seq };
  };

  /** Plans a change of one annotation of the version. */
  const change = <T>(
    bucket: Bucket,
    object: StoredObject,
    plan: (now: Bucket, found: Found) => Promise<Plan<T>>,
  ): Promise<T | 'no-object'> =>
    queue.run(`${bucket.id}/${object.key}`, () =>
      transactInBucket<T | 'no-object'>(meta, bucket, async (now, holdBucket) => {
        const current = await loadCurrent(meta, now, object.key);
        const found = await find(now, object, current);
        if (found === undefined) {
          const result = 'no-object' as const;
          if (now.versioning === undefined) return { done: result };
          return { ops: [holdBucket, ...holdCurrentOps(now, object.key, current)], result };
        }
        const planned = await plan(now, found);
        return 'done' in planned ? planned : { ...planned, ops: [holdBucket, ...planned.ops] };
      }),
    );

  /** The object's record with another number of annotations. */
  const counted = ({ version, at }: Found, set: string, count: number): MetaOp => {
    const record: ObjectRecord = {
      ...recordOf<ObjectRecord>(version),
      annotations: { set, count },
    };
    return { op: 'put', at, value: encodeRecord(record), guard: unchanged(version) };
  };

  const countOps = (bucket: Bucket, annotationBytes: number): MetaOp[] =>
    countedOps(deps, bucket, { ops: [], usage: { annotationBytes } });

  return {
    get,

    async list(bucket, { annotations }, { prefix, after, limit }) {
      if (annotations === undefined || limit === 0) return { annotations: [], more: false };
      const start = annotationPrefix(annotations.set, prefix);
      const afterKey = after && keyAfter(annotationPrefix(annotations.set, after));
      const page = await meta.scan({
        table: 'annotation',
        part: bucket.part,
        from: afterKey && Buffer.compare(afterKey, start) > 0 ? afterKey : start,
        to: keyAfterPrefix(start),
        limit,
      });
      return {
        annotations: page.entries.map((record) => ({
          ...decodeRecord<AnnotationRecord>(record.value),
          name: annotationName(record.key),
          seq: record.seq,
        })),
        more: page.more,
      };
    },

    async put(bucket, object, name, staged, facts, { max, precondition }) {
      const put = await keepOrDiscard(blobs, staged, (refusing) =>
        change<AnnotationRecord | 'too-many'>(bucket, object, (now, found) =>
          refusing<AnnotationRecord | 'too-many'>(async () => {
            const { version } = found;
            precondition?.(version);
            const { set, count } = version.annotations ?? { set: ids.next(), count: 0 };
            const before = await get(now, version, name);
            if (before === undefined && count >= max) return { done: 'too-many' };
            const record: AnnotationRecord = {
              ...facts,
              size: staged.length,
              storedLength: staged.storedLength,
              blob: staged.blob!.id,
              lastModified: deps.now(),
            };
            const held: MetaOp =
              before === undefined
                ? counted(found, set, count + 1)
                : { op: 'check', at: found.at, guard: unchanged(version) };
            return {
              ops: [
                held,
                {
                  op: 'put',
                  at: annotationKey(now.part, set, name),
                  value: encodeRecord(record),
                  guard: unchanged(before),
                },
                ...stagedBlobOps(staged),
                ...releaseOps(ids, before?.blob),
                ...countOps(now, record.size - (before?.size ?? 0)),
              ],
              result: record,
            };
          }),
        ),
      );
      if (typeof put === 'string') await blobs.discard(staged);
      return put;
    },

    remove(bucket, object, name, precondition) {
      return change<boolean>(bucket, object, async (now, found) => {
        precondition?.(found.version);
        const before = await get(now, found.version, name);
        if (before === undefined) return { done: false };
        const { set, count } = found.version.annotations!;
        return {
          ops: [
            counted(found, set, count - 1),
            {
              op: 'delete',
              at: annotationKey(now.part, set, name),
              guard: unchanged(before),
            },
            ...releaseOps(ids, before.blob),
            ...countOps(now, -before.size),
          ],
          result: true,
        };
      });
    },

    async read({ blob, size, storedLength = size }) {
      const bytes = await blobs.read(blob, 0, storedLength);
      if (Buffer.isBuffer(bytes)) return bytes;
      const chunks: Buffer[] = [];
      for await (const chunk of bytes) chunks.push(chunk);
      return Buffer.concat(chunks);
    },
  };
}
