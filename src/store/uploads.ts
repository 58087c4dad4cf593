/**
 * Multipart uploads.
 *
 * A part guards on its upload's record, so none can come once the record is gone (abort, complete), and on the
 * bucket's, as all does that is counted.
 * Completion first marks the record, then reads the parts, then commits if the mark still stands; a
 * part that arrives meanwhile takes the mark away. The object becomes a list of extents of the
 * parts' blobs: the parts' references pass to it, no bytes move.
 */
import { type Blobs, newBlobOp, shareBlobOp, sliceExtents, stagedBlobOps } from './blobs.ts';
import { transactInBucket } from './buckets.ts';
import { type KeyedQueue, transact } from './commit.ts';
import { garbageOp, releaseOps } from './garbage.ts';
import type { IdSource } from './ids.ts';
import { blobKey, partKey, partNumberKey, partNumberOf, uploadKey } from './keyspace.ts';
import { keyAfterPrefix, type MetaOp, type MetaRecord, type MetaStore } from './meta/port.ts';
import { countedOps, keepOrDiscard, objectRecord } from './objects.ts';
import { quotaOps } from './quota-ops.ts';
import { decodeRecord, encodeRecord } from './record-codec.ts';
import type {
  Bucket,
  Extent,
  ObjectPart,
  ObjectRecord,
  PartRecord,
  StoredPart,
  StoredUpload,
  UploadRecord,
} from './records.ts';
import type { CompletedPart, UploadStore } from './store.ts';
import { type UsageChange, usageOp } from './usage.ts';
import { loadReplaceable, replaceCurrent, unchanged } from './versions.ts';

/** Parts read at once while completing. */
const partsPerPage = 1_000;
/** A copied range takes over this many extents of its source at most; beyond, it refers to the source. */
const maxFlattenedExtents = 256;
/** Beyond so many extents of an object, copied parts are referred to: each extent is an op when they are freed. */
const maxDissolvedExtents = 15_000;

interface UploadDeps {
  readonly meta: MetaStore;
  readonly blobs: Blobs;
  readonly ids: IdSource;
  readonly now: () => number;
  readonly writer: number;
  readonly queue: KeyedQueue;
  /** Of an upload that is gone. */
  readonly removeParts: (bucket: Buffer, uploadId: string) => Promise<void>;
}

type CopiedPart = Awaited<ReturnType<UploadStore['copyPart']>>;

export function storedUpload(key: string, uploadId: string, record: MetaRecord): StoredUpload {
  const upload = decodeRecord<UploadRecord>(record.value);
  return Object.assign(upload, { key, uploadId, seq: record.seq });
}

function recordOf(upload: StoredUpload): UploadRecord {
  const { key: _key, uploadId: _id, seq: _seq, completing: _completing, ...record } = upload;
  return record;
}

const storedPart = (record: MetaRecord): StoredPart =>
  Object.assign(decodeRecord<PartRecord>(record.value), {
    number: partNumberOf(record.key),
    seq: record.seq,
  });

export function createUploadStore(deps: UploadDeps): UploadStore {
  const { meta, blobs, ids } = deps;

  const load = async (
    bucket: Bucket,
    key: string,
    uploadId: string,
  ): Promise<StoredUpload | undefined> => {
    const record = await meta.get(uploadKey(bucket.part, key, uploadId));
    return record === undefined ? undefined : storedUpload(key, uploadId, record);
  };

  /** Keeps the upload in place while a part is committed, and ends a completion under way. */
  const holdUploadOp = (bucket: Bucket, upload: StoredUpload): MetaOp => {
    const at = uploadKey(bucket.part, upload.key, upload.uploadId);
    const guard = { seq: upload.seq };
    if (!upload.completing) return { op: 'check', at, guard };
    return { op: 'put', at, value: encodeRecord(recordOf(upload)), guard };
  };

  const putPartOps = (
    bucket: Bucket,
    holdBucket: MetaOp,
    upload: StoredUpload,
    number: number,
    before: StoredPart | undefined,
    part: PartRecord,
  ): MetaOp[] => [
    holdBucket,
    holdUploadOp(bucket, upload),
    {
      op: 'put',
      at: partKey(bucket.part, upload.uploadId, number),
      value: encodeRecord(part),
      guard: unchanged(before),
    },
    ...releaseOps(ids, before?.blob),
    ...countOps(bucket, {
      parts: before === undefined ? 1 : 0,
      partBytes: part.size - (before?.size ?? 0),
    }),
  ];

  /** @param bucket as the commit holds it */
  const countOps = (bucket: Bucket, change: UsageChange): MetaOp[] => {
    const op = usageOp(bucket.part, deps.writer, change);
    return op === undefined ? [] : [op, ...quotaOps(bucket, change)];
  };

  const loadPart = async (
    bucket: Bucket,
    upload: StoredUpload,
    number: number,
  ): Promise<StoredPart | undefined> => {
    const record = await meta.get(partKey(bucket.part, upload.uploadId, number));
    return record === undefined ? undefined : storedPart(record);
  };

  const readParts = async (
    bucket: Bucket,
    upload: StoredUpload,
    after: number,
    limit: number,
  ): Promise<{ readonly parts: readonly StoredPart[]; readonly more: boolean }> => {
    const page = await meta.scan({
      table: 'part',
      part: bucket.part,
      from: partNumberKey(upload.uploadId, after + 1),
      to: keyAfterPrefix(Buffer.from(upload.uploadId, 'hex')),
      limit,
    });
    return { parts: page.entries.map(storedPart), more: page.more };
  };

  const allParts = async (
    bucket: Bucket,
    upload: StoredUpload,
  ): Promise<ReadonlyMap<number, StoredPart>> => {
    const all = new Map<number, StoredPart>();
    let after = 0;
    for (;;) {
      const page = await readParts(bucket, upload, after, partsPerPage);
      for (const part of page.parts) all.set(part.number, part);
      if (!page.more) return all;
      after = page.parts.at(-1)!.number;
    }
  };

  /** Marks the upload as being completed; undefined if it is gone. */
  const mark = (bucket: Bucket, key: string, uploadId: string): Promise<StoredUpload | undefined> =>
    transact<boolean>(meta, async () => {
      const now = await load(bucket, key, uploadId);
      if (now === undefined) return { done: false };
      const at = uploadKey(bucket.part, key, uploadId);
      const value = encodeRecord({ ...recordOf(now), completing: true });
      return { ops: [{ op: 'put', at, value, guard: { seq: now.seq } }], result: true };
    }).then((marked) => (marked ? load(bucket, key, uploadId) : undefined));

  /**
   * The extents that the parts' blobs come to, and the ops that take them over. A copied part's own
   * list of extents is dissolved, so that lists don't nest deeper with every copy, but for very long ones.
   */
  const joinParts = async (
    parts: readonly CompletedPart[],
  ): Promise<{ readonly extents: Extent[]; readonly ops: MetaOp[] } | undefined> => {
    const extents: Extent[] = [];
    const ops: MetaOp[] = [];
    for (const { part } of parts) {
      if (part.blob === undefined) continue;
      if (part.copied) {
        const blob = await blobs.get(part.blob);
        if (blob === undefined) return undefined;
        const inner = blob.home.kind === 'extents' && blob.references === 1 && blob.home.extents;
        if (inner && extents.length + inner.length <= maxDissolvedExtents) {
          extents.push(...inner);
          ops.push({ op: 'delete', at: blobKey(part.blob), guard: { seq: blob.seq } });
          continue;
        }
      }
      extents.push({ blob: part.blob, offset: 0, length: part.storedLength ?? part.size });
    }
    return { extents, ops };
  };

  return {
    create(bucket, key, upload) {
      const uploadId = ids.next();
      const record: UploadRecord = { ...upload, initiatedAt: deps.now() };
      return transactInBucket(meta, bucket, async (now, holdBucket) => ({
        ops: [
          holdBucket,
          {
            op: 'put',
            at: uploadKey(bucket.part, key, uploadId),
            value: encodeRecord(record),
            guard: { absent: true },
          },
          ...countOps(now, { uploads: 1 }),
        ],
        result: { ...record, uploadId },
      }));
    },

    get: load,

    putPart(bucket, upload, number, staged, facts) {
      return deps.queue.run(`${upload.uploadId}/${number}`, () =>
        keepOrDiscard(blobs, staged, (refusing) =>
          transactInBucket<PartRecord | undefined>(meta, bucket, (held, holdBucket) =>
            refusing(async () => {
              const now = await load(bucket, upload.key, upload.uploadId);
              if (now === undefined) {
                await blobs.discard(staged);
                return { done: undefined };
              }
              const before = await loadPart(bucket, upload, number);
              const part: PartRecord = {
                size: staged.length,
                storedLength: staged.storedLength,
                lastModified: deps.now(),
                blob: staged.blob?.id,
                ...facts,
              };
              const ops = [
                ...putPartOps(held, holdBucket, now, number, before, part),
                ...stagedBlobOps(staged),
              ];
              return { ops, result: part };
            }),
          ),
        ),
      );
    },

    copyPart(bucket, upload, number, { object, start, end }, facts) {
      return deps.queue.run(`${upload.uploadId}/${number}`, () =>
        transactInBucket<CopiedPart>(meta, bucket, async (held, holdBucket) => {
          const now = await load(bucket, upload.key, upload.uploadId);
          if (now === undefined) return { done: 'no-upload' };
          const before = await loadPart(bucket, upload, number);
          const common = { size: end - start, lastModified: deps.now(), ...facts };
          if (object.blob === undefined || start === end) {
            return {
              ops: putPartOps(held, holdBucket, now, number, before, common),
              result: common,
            };
          }
          const shared = await shareRange(object.blob, start, end);
          if (shared === undefined) return { done: 'source-changed' };
          const blob = ids.next();
          const part: PartRecord = { ...common, blob, copied: true };
          const ops = [
            ...putPartOps(held, holdBucket, now, number, before, part),
            ...shared.ops,
            newBlobOp(blob, {
              length: end - start,
              references: 1,
              home: { kind: 'extents', extents: shared.extents, parts: [] },
            }),
          ];
          return { ops, result: part };
        }),
      );
    },

    listParts: (bucket, upload, { after, limit }) => readParts(bucket, upload, after, limit),

    async complete(bucket, { key, uploadId }, choose, precondition) {
      /** Of parts that quotas count and nobody chose. */
      let leavesParts = false;
      const completed = await deps.queue.run(`${bucket.id}/${key}`, () =>
        transactInBucket<ObjectRecord | undefined>(meta, bucket, async (now, holdBucket) => {
          const upload = await mark(bucket, key, uploadId);
          if (upload === undefined) return { done: undefined };
          const parts = await allParts(bucket, upload);
          const chosen = choose(parts);
          const joined = await joinParts(chosen.parts);
          if (joined === undefined) return { done: undefined };
          const current = await loadReplaceable(meta, now, key, precondition);
          precondition?.(current.object);

          const manifest: ObjectPart[] = chosen.parts.map(({ part, checksum }) => ({
            number: part.number,
            size: part.size,
            checksum,
            nonce: part.nonce,
          }));
          const size = manifest.reduce((sum, part) => sum + part.size, 0);
          const used = chosen.parts.map(({ part }) => part);
          const blob = size === 0 ? undefined : ids.next();
          const object = objectRecord(deps, now, current, chosen.object, {
            size,
            blob,
            lastModified: deps.now(),
            uploadId,
            partsCount: manifest.length,
          });
          const step = await replaceCurrent(deps, now, key, current, object);
          const ops: MetaOp[] = [
            holdBucket,
            {
              op: 'delete',
              at: uploadKey(bucket.part, key, uploadId),
              guard: { seq: upload.seq },
            },
            ...countedOps(deps, now, step, {
              uploads: -1,
              parts: -used.length,
              partBytes: -size,
            }),
            ...joined.ops,
            ...used.map(
              ({ number }): MetaOp => ({
                op: 'delete',
                at: partKey(bucket.part, uploadId, number),
              }),
            ),
          ];
          if (blob !== undefined) {
            ops.push(
              newBlobOp(blob, {
                length: joined.extents.reduce((sum, { length }) => sum + length, 0),
                references: 1,
                home: { kind: 'extents', extents: joined.extents, parts: manifest },
              }),
            );
          }
          if (parts.size > used.length) {
            ops.push(garbageOp(ids, { kind: 'parts', bucket: bucket.id, uploadId }));
          }
          leavesParts = now.quotas !== undefined && parts.size > used.length;
          return { ops, result: object };
        }),
      );
      if (completed !== undefined && leavesParts) await deps.removeParts(bucket.part, uploadId);
      return completed;
    },

    async abort(bucket, { key, uploadId }) {
      let isCounted = false;
      const aborted = await transactInBucket<boolean>(meta, bucket, async (now, holdBucket) => {
        const upload = await load(bucket, key, uploadId);
        if (upload === undefined) return { done: false };
        isCounted = now.quotas !== undefined;
        return {
          ops: [
            holdBucket,
            {
              op: 'delete',
              at: uploadKey(bucket.part, key, uploadId),
              guard: { seq: upload.seq },
            },
            garbageOp(ids, { kind: 'parts', bucket: bucket.id, uploadId }),
            ...countOps(now, { uploads: -1 }),
          ],
          result: true,
        };
      });
      if (aborted && isCounted) await deps.removeParts(bucket.part, uploadId);
      return aborted;
    },
  };

  /** A range of a blob as extents with a reference of their own; undefined if the blob is gone. */
  async function shareRange(
    id: string,
    start: number,
    end: number,
  ): Promise<{ readonly extents: readonly Extent[]; readonly ops: MetaOp[] } | undefined> {
    const blob = await blobs.get(id);
    if (blob === undefined) return undefined;
    const inside = blob.home.kind === 'extents' ? sliceExtents(blob.home.extents, start, end) : [];
    if (inside.length === 0 || inside.length > maxFlattenedExtents) {
      const extent = { blob: id, offset: start, length: end - start };
      return { extents: [extent], ops: [shareBlobOp(id, blob)] };
    }
    const uses = new Map<string, number>();
    for (const { blob: child } of inside) uses.set(child, (uses.get(child) ?? 0) + 1);
    // The outer blob stays as it is, but must still be there: its references keep the inner ones.
    const ops: MetaOp[] = [{ op: 'check', at: blobKey(id), guard: { seq: blob.seq } }];
    for (const [child, references] of uses) {
      const record = await blobs.get(child);
      if (record === undefined) return undefined;
      ops.push(shareBlobOp(child, record, references));
    }
    return { extents: inside, ops };
  }
}
