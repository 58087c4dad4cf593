/**
 * What is no longer needed, and the job that removes it.
 *
 * Deleting or replacing something writes a garbage entry in the same commit; bytes go later, after
 * a grace that lets readers finish. An entry means one dropped reference to a blob ('blob'), bytes
 * without a record ('bytes'), the parts of an upload that is gone ('parts'), the annotations of a
 * version that is gone ('annotations'), what a deleted bucket left ('bucket') or a token that has had
 * its time ('rename-token'; its entry is dated ahead).
 *
 * Every step can be repeated after a crash, and done by two collectors at once: one may have been held
 * up for so long that another took its lease.
 */
import type { BlobStore } from './blob/port.ts';
import type { Blobs } from './blobs.ts';
import { locatorOf, shareBlobOp } from './blobs.ts';
import { type IdSource, idAt, postponed } from './ids.ts';
import {
  annotationPrefix,
  blobKey,
  garbageKey,
  partNumberKey,
  renameTokenKey,
} from './keyspace.ts';
import {
  keyAfterPrefix,
  type MetaOp,
  type MetaRecord,
  type MetaStore,
  type MetaTable,
  scanPages,
} from './meta/port.ts';
import { quotaOps } from './quota-ops.ts';
import { decodeRecord, encodeRecord } from './record-codec.ts';
import type { AnnotationRecord, Bucket, ObjectRecord, PartRecord } from './records.ts';
import { type UsageChange, usageOp } from './usage.ts';

export type GarbageEntry =
  | { readonly kind: 'blob'; readonly blob: string }
  | { readonly kind: 'bytes'; readonly locator: string }
  | { readonly kind: 'parts'; readonly bucket: string; readonly uploadId: string }
  | { readonly kind: 'bucket'; readonly bucket: string }
  | { readonly kind: 'annotations'; readonly bucket: string; readonly set: string }
  | { readonly kind: 'rename-token'; readonly bucket: string; readonly token: string };

export interface GarbageReport {
  /** Entries worked off. */
  readonly entries: number;
  /** Blobs whose bytes were removed, and how many bytes. */
  readonly blobs: number;
  readonly bytes: number;
  /** Entries that could not be worked off, and stay for the next time. */
  readonly failed: number;
  /** What went wrong with the first of them. */
  readonly failures: readonly unknown[];
}

/** Entries looked at in one round. */
const roundEntries = 512;
/** Entries worked on at once; their commits are grouped by the engine. */
const concurrency = 64;
/** Records removed in one commit. */
const recordsPerCommit = 500;
/** Of each run; of a disk that is broken all would be the same. */
const maxFailures = 16;
const noPart = Buffer.alloc(0);

/** @param delayMs how long it stays beyond the grace that all garbage has */
export const garbageOp = (ids: IdSource, entry: GarbageEntry, delayMs = 0): MetaOp => ({
  op: 'put',
  at: garbageKey(postponed(ids.next(), delayMs)),
  value: encodeRecord(entry),
});

/** Drops one reference to a blob, where there is one. */
export const releaseOps = (ids: IdSource, blob: string | undefined): MetaOp[] =>
  blob === undefined ? [] : [garbageOp(ids, { kind: 'blob', blob })];

/** Drops what a version had beside its blob. */
export const releaseAnnotationsOps = (
  ids: IdSource,
  bucket: Bucket,
  { annotations }: Pick<ObjectRecord, 'annotations'>,
): MetaOp[] =>
  annotations === undefined
    ? []
    : [garbageOp(ids, { kind: 'annotations', bucket: bucket.id, set: annotations.set })];

export interface HeldBucket {
  readonly bucket: Bucket;
  readonly hold: MetaOp;
}

export interface GarbageCollector {
  /**
   * The parts of an upload that is gone, at once: where quotas count them, who aborts has the room again. The entry
   * in the garbage finds nothing then.
   */
  removeParts(bucket: Buffer, uploadId: string): Promise<void>;
  /** Works off every entry made before `before` (milliseconds since the epoch). */
  collect(before: number, signal?: AbortSignal): Promise<GarbageReport>;
}

export function createGarbageCollector(deps: {
  readonly meta: MetaStore;
  readonly blobStore: BlobStore;
  readonly blobs: Blobs;
  readonly ids: IdSource;
  /** The usage shard to count in. */
  readonly writer: number;
  /** The bucket with an id, if there is one, and what holds it in place for a commit. */
  readonly findBucket: (id: string) => Promise<HeldBucket | undefined>;
}): GarbageCollector {
  const { meta, ids } = deps;

  const forget = async (at: Buffer): Promise<void> => {
    await meta.commit([{ op: 'delete', at: { table: 'garbage', part: noPart, key: at } }]);
  };

  /** Each entry once: who finds it worked off by another collector leaves the blob alone. */
  const dropReference = async ({ key: at, seq }: MetaRecord, id: string): Promise<number> => {
    const garbage = { at: { table: 'garbage', part: noPart, key: at }, guard: { seq } } as const;
    const workedOff: MetaOp = { op: 'delete', ...garbage };
    for (;;) {
      const blob = await deps.blobs.get(id);
      if (blob === undefined || blob.references > 1) {
        const drop = blob === undefined ? [] : [shareBlobOp(id, blob, -1)];
        const outcome = await meta.commit([workedOff, ...drop]);
        if (outcome.committed || outcome.failedOp === 0) return 0;
        continue;
      }
      const locator = locatorOf(blob.home);
      const children = blob.home.kind === 'extents' ? blob.home.extents : [];
      const outcome = await meta.commit([
        locator === undefined
          ? workedOff
          : {
              op: 'put',
              ...garbage,
              value: encodeRecord({ kind: 'bytes', locator: locator.toString('hex') }),
            },
        { op: 'delete', at: blobKey(id), guard: { seq: blob.seq } },
        ...children.map((child) => garbageOp(ids, { kind: 'blob', blob: child.blob })),
      ]);
      if (!outcome.committed) {
        if (outcome.failedOp === 0) return 0;
        continue;
      }
      if (locator !== undefined) await removeBytes(at, locator);
      return blob.home.kind === 'extents' ? 0 : blob.length;
    }
  };

  const removeBytes = async (at: Buffer, locator: Buffer): Promise<void> => {
    await deps.blobStore.remove(locator);
    await forget(at);
  };

  /**
   * The parts of an upload, or of all that a bucket had. None can come any more: whoever dropped the upload
   * removed its record first.
   */
  const removeParts = async (bucket: Buffer, uploadId?: string): Promise<void> => {
    const range = uploadId !== undefined && {
      from: partNumberKey(uploadId, 0),
      to: keyAfterPrefix(Buffer.from(uploadId, 'hex')),
    };
    for (;;) {
      const page = await meta.scan({
        table: 'part',
        part: bucket,
        ...range,
        limit: recordsPerCommit,
      });
      if (page.entries.length === 0) return;
      const held = await deps.findBucket(bucket.toString('hex'));
      const ops = removePartOps(bucket, page.entries, held?.bucket);
      await meta.commit(held === undefined ? ops : [held.hold, ...ops]);
    }
  };

  const removePartOps = (
    bucket: Buffer,
    records: readonly MetaRecord[],
    of: Bucket | undefined,
  ): MetaOp[] => {
    const ops: MetaOp[] = [];
    let partBytes = 0;
    for (const record of records) {
      const part = decodeRecord<PartRecord>(record.value);
      partBytes -= part.size;
      ops.push(
        {
          op: 'delete',
          at: { table: 'part', part: bucket, key: record.key },
          guard: { seq: record.seq },
        },
        ...releaseOps(ids, part.blob),
      );
    }
    return [...ops, ...countOps(bucket, of, { parts: -records.length, partBytes })];
  };

  /** @param of undefined where the bucket is gone, which took its quotas' counters along */
  const countOps = (
    bucket: Buffer,
    of: Bucket | undefined,
    change: UsageChange,
  ): readonly MetaOp[] => {
    const usage = usageOp(bucket, deps.writer, change);
    if (usage === undefined) return [];
    return of === undefined ? [usage] : [usage, ...quotaOps(of, change)];
  };

  /** None can come any more: whoever adds one holds the version's record. */
  const removeAnnotations = async (bucket: Buffer, set: string): Promise<void> => {
    const from = annotationPrefix(set, '');
    const to = keyAfterPrefix(from);
    for (;;) {
      const page = await meta.scan({
        table: 'annotation',
        part: bucket,
        from,
        to,
        limit: recordsPerCommit,
      });
      if (page.entries.length === 0) return;
      const held = await deps.findBucket(bucket.toString('hex'));
      let annotationBytes = 0;
      const ops = page.entries.flatMap(({ key, seq, value }): MetaOp[] => {
        const { blob, size } = decodeRecord<AnnotationRecord>(value);
        annotationBytes -= size;
        return [
          { op: 'delete', at: { table: 'annotation', part: bucket, key }, guard: { seq } },
          ...releaseOps(ids, blob),
        ];
      });
      const counted = countOps(bucket, held?.bucket, { annotationBytes });
      await meta.commit([...(held === undefined ? [] : [held.hold]), ...ops, ...counted]);
    }
  };

  const removeBucketRemains = async (bucket: Buffer): Promise<void> => {
    await removeAll(bucket, 'upload');
    await removeParts(bucket);
    for (const table of ['usage', 'bucketConfig', 'renameToken'] as const) {
      await removeAll(bucket, table);
    }
  };

  const removeAll = async (bucket: Buffer, table: MetaTable): Promise<void> => {
    for (;;) {
      const page = await meta.scan({ table, part: bucket, limit: recordsPerCommit });
      if (page.entries.length === 0) return;
      await meta.commit(
        page.entries.map(({ key }) => ({ op: 'delete', at: { table, part: bucket, key } })),
      );
    }
  };

  const work = async (record: MetaRecord): Promise<number> => {
    const entry = decodeRecord<GarbageEntry>(record.value);
    switch (entry.kind) {
      case 'blob':
        return dropReference(record, entry.blob);
      case 'bytes':
        await removeBytes(record.key, Buffer.from(entry.locator, 'hex'));
        return 0;
      case 'parts':
        await removeParts(Buffer.from(entry.bucket, 'hex'), entry.uploadId);
        await forget(record.key);
        return 0;
      case 'bucket':
        await removeBucketRemains(Buffer.from(entry.bucket, 'hex'));
        await forget(record.key);
        return 0;
      case 'annotations':
        await removeAnnotations(Buffer.from(entry.bucket, 'hex'), entry.set);
        await forget(record.key);
        return 0;
      case 'rename-token':
        await meta.commit([
          { op: 'delete', at: renameTokenKey(Buffer.from(entry.bucket, 'hex'), entry.token) },
          { op: 'delete', at: { table: 'garbage', part: noPart, key: record.key } },
        ]);
        return 0;
    }
  };

  return {
    removeParts,
    async collect(before, signal) {
      const failures: unknown[] = [];
      const report = { entries: 0, blobs: 0, bytes: 0, failed: 0, failures };
      const to = Buffer.from(idAt(before), 'hex');
      const range = { table: 'garbage', part: noPart, to, limit: roundEntries } as const;
      for await (const records of scanPages(meta, range, signal)) {
        for (let at = 0; at < records.length; at += concurrency) {
          const worked = await Promise.allSettled(records.slice(at, at + concurrency).map(work));
          for (const one of worked) {
            if (one.status === 'rejected') {
              report.failed += 1;
              if (failures.length < maxFailures) failures.push(one.reason);
              continue;
            }
            report.entries += 1;
            report.blobs += one.value > 0 ? 1 : 0;
            report.bytes += one.value;
          }
        }
      }
      return report;
    },
  };
}
