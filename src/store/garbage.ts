/**
 * What is no longer needed, and the job that removes it.
 *
 * Deleting or replacing something writes a garbage entry in the same commit; bytes go later, after
 * a grace that lets readers finish. An entry means one dropped reference to a blob ('blob'), bytes
 * without a record ('bytes'), the parts of an upload that is gone ('parts'), the annotations of a
 * version that is gone ('annotations'), what a deleted bucket left ('bucket') or a token that has had its time ('rename-token'; its entry is dated ahead).
 * Every step can be repeated after a crash.
 */
import type { BlobStore } from './blob/port.ts';
import type { Blobs } from './blobs.ts';
import { locatorOf, shareBlobOp } from './blobs.ts';
import { type IdSource, idAt } from './ids.ts';
import {
  annotationPrefix,
  blobKey,
  garbageKey,
  partNumberKey,
  renameTokenKey,
  splitKeyAndId,
  uploadKey,
} from './keyspace.ts';
import {
  keyAfter,
  keyAfterPrefix,
  type MetaOp,
  type MetaRecord,
  type MetaStore,
} from './meta/port.ts';
import { decodeRecord, encodeRecord } from './record-codec.ts';
import type { AnnotationRecord, Bucket, ObjectRecord, PartRecord } from './records.ts';
import { usageOp } from './usage.ts';

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
  /** What went wrong with entries that stay for the next time. */
  readonly failures: readonly unknown[];
}

/** Entries looked at in one round. */
const roundEntries = 512;
/** Entries worked on at once; their commits are grouped by the engine. */
const concurrency = 64;
/** Part records removed in one commit. */
const partsPerCommit = 500;
const noPart = Buffer.alloc(0);

export const garbageOp = (ids: IdSource, entry: GarbageEntry): MetaOp => ({
  op: 'put',
  at: garbageKey(ids.next()),
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

export interface GarbageCollector {
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
}): GarbageCollector {
  const { meta, ids } = deps;

  const forget = async (at: Buffer): Promise<void> => {
    await meta.commit([{ op: 'delete', at: { table: 'garbage', part: noPart, key: at } }]);
  };

  const dropReference = async (at: Buffer, id: string): Promise<number> => {
    const garbage = { table: 'garbage', part: noPart, key: at } as const;
    for (;;) {
      const blob = await deps.blobs.get(id);
      if (blob === undefined) {
        await forget(at);
        return 0;
      }
      const guard = { seq: blob.seq };
      if (blob.references > 1) {
        const { committed } = await meta.commit([
          shareBlobOp(id, blob, -1),
          { op: 'delete', at: garbage },
        ]);
        if (committed) return 0;
        continue;
      }
      const locator = locatorOf(blob.home);
      const children = blob.home.kind === 'extents' ? blob.home.extents : [];
      const { committed } = await meta.commit([
        { op: 'delete', at: blobKey(id), guard },
        ...children.map((child) => garbageOp(ids, { kind: 'blob', blob: child.blob })),
        locator === undefined
          ? { op: 'delete', at: garbage }
          : {
              op: 'put',
              at: garbage,
              value: encodeRecord({ kind: 'bytes', locator: locator.toString('hex') }),
            },
      ]);
      if (!committed) continue;
      if (locator !== undefined) await removeBytes(at, locator);
      return blob.home.kind === 'extents' ? 0 : blob.length;
    }
  };

  const removeBytes = async (at: Buffer, locator: Buffer): Promise<void> => {
    await deps.blobStore.remove(locator);
    await forget(at);
  };

  /** No part can come any more: whoever dropped the upload removed its record first. */
  const removeParts = async (bucket: Buffer, uploadId: string): Promise<void> => {
    const prefix = Buffer.from(uploadId, 'hex');
    for (;;) {
      const page = await meta.scan({
        table: 'part',
        part: bucket,
        from: partNumberKey(uploadId, 0),
        to: keyAfterPrefix(prefix),
        limit: partsPerCommit,
      });
      if (page.entries.length === 0) return;
      await meta.commit(removePartOps(bucket, page.entries));
    }
  };

  const removePartOps = (bucket: Buffer, records: readonly MetaRecord[]): MetaOp[] => {
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
    const usage = usageOp(bucket, deps.writer, { parts: -records.length, partBytes });
    return usage === undefined ? ops : [...ops, usage];
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
        limit: partsPerCommit,
      });
      if (page.entries.length === 0) return;
      await meta.commit(
        page.entries.flatMap(({ key, seq, value }): MetaOp[] => [
          { op: 'delete', at: { table: 'annotation', part: bucket, key }, guard: { seq } },
          ...releaseOps(ids, decodeRecord<AnnotationRecord>(value).blob),
        ]),
      );
    }
  };

  const removeBucketRemains = async (bucket: Buffer): Promise<void> => {
    for (;;) {
      const page = await meta.scan({ table: 'upload', part: bucket, limit: partsPerCommit });
      if (page.entries.length === 0) break;
      for (const record of page.entries) {
        const { key, id } = splitKeyAndId(record.key);
        await meta.commit([{ op: 'delete', at: uploadKey(bucket, key, id) }]);
        await removeParts(bucket, id);
      }
    }
    for (const table of ['usage', 'bucketConfig', 'renameToken'] as const) {
      for (;;) {
        const page = await meta.scan({ table, part: bucket, limit: partsPerCommit });
        if (page.entries.length === 0) break;
        await meta.commit(
          page.entries.map(({ key }) => ({ op: 'delete', at: { table, part: bucket, key } })),
        );
      }
    }
  };

  const work = async (record: MetaRecord): Promise<number> => {
    const entry = decodeRecord<GarbageEntry>(record.value);
    switch (entry.kind) {
      case 'blob':
        return dropReference(record.key, entry.blob);
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
    async collect(before, signal) {
      const report = { entries: 0, blobs: 0, bytes: 0, failures: [] as unknown[] };
      const to = Buffer.from(idAt(before), 'hex');
      let from: Buffer | undefined;
      for (;;) {
        signal?.throwIfAborted();
        const page = await meta.scan({
          table: 'garbage',
          part: noPart,
          from,
          to,
          limit: roundEntries,
        });
        for (let at = 0; at < page.entries.length; at += concurrency) {
          const worked = await Promise.allSettled(
            page.entries.slice(at, at + concurrency).map(work),
          );
          for (const one of worked) {
            if (one.status === 'rejected') {
              report.failures.push(one.reason);
              continue;
            }
            report.entries += 1;
            report.blobs += one.value > 0 ? 1 : 0;
            report.bytes += one.value;
          }
        }
        if (!page.more) return report;
        from = keyAfter(page.entries.at(-1)!.key);
      }
    },
  };
}
