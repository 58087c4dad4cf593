/**
 * The orphan sweep: bytes that no record refers to.
 *
 * A crash between writing bytes and committing their record, or a commit whose outcome was never
 * known, leaves them. Bytes younger than the grace are left alone: their commit may be under way.
 */
import type { BlobStore } from './blob/port.ts';
import { blobKey } from './keyspace.ts';
import type { MetaStore } from './meta/port.ts';
import { decodeBlobRecord } from './record-codec.ts';

export interface OrphanReport {
  /** Blobs looked at. */
  readonly seen: number;
  /** Orphans removed, and how many bytes. */
  readonly removed: number;
  readonly bytes: number;
}

/** Sweeps bytes written before `before` (milliseconds since the epoch). */
export async function sweepOrphans(
  meta: MetaStore,
  blobs: BlobStore,
  before: number,
  signal?: AbortSignal,
): Promise<OrphanReport> {
  const report = { seen: 0, removed: 0, bytes: 0 };
  let cursor: string | undefined;
  do {
    signal?.throwIfAborted();
    const page = await blobs.list(cursor);
    const old = page.entries.filter((entry) => entry.writtenAt < before);
    const records = await meta.getMany(old.map((entry) => blobKey(entry.id.toString('hex'))));
    report.seen += page.entries.length;
    for (const [i, entry] of old.entries()) {
      const record = records[i];
      if (record !== undefined) {
        const { home } = decodeBlobRecord(record.value);
        if (home.kind === 'stored' && home.locator.equals(entry.locator)) continue;
      }
      await blobs.remove(entry.locator);
      report.removed += 1;
      report.bytes += entry.length;
    }
    cursor = page.next;
  } while (cursor !== undefined);
  return report;
}
