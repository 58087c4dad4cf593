/**
 * The orphan sweep: bytes that no record refers to.
 *
 * A crash between writing bytes and committing their record, or a commit whose outcome was never
 * known, leaves them. Bytes younger than the grace are left alone while their writer lives: their commit may be under way. So are
 * those that wait in the garbage, above all where compaction moved a body: a reader may have the old place.
 * At last it lets go of packs that a crash left half readable and that no record needs.
 */
import { type BlobListEntry, type BlobStore, listPages } from './blob/port.ts';
import { RecordCorruptError } from './errors.ts';
import type { GarbageEntry } from './garbage.ts';
import { type DoubtfulPacks, settleDoubtfulPacks } from './hidden-bodies.ts';
import { blobKey } from './keyspace.ts';
import { type MetaRecord, type MetaStore, maxScanLimit, scanPages } from './meta/port.ts';
import { isAt } from './move-body.ts';
import { decodeBlobRecord, decodeRecord } from './record-codec.ts';

const noPart = Buffer.alloc(0);

export interface OrphanReport {
  /** Blobs looked at. */
  readonly seen: number;
  /** Orphans removed, and how many bytes. */
  readonly removed: number;
  readonly bytes: number;
}

/** Sweeps bytes written before `before` (milliseconds since the epoch), or by processes that have ended. */
export async function sweepOrphans(
  meta: MetaStore,
  blobs: BlobStore,
  before: number,
  signal?: AbortSignal,
): Promise<OrphanReport> {
  const report = { seen: 0, removed: 0, bytes: 0 };
  for await (const entries of listPages(blobs, signal)) {
    const old = entries.filter(
      ({ writtenAt, writerIsGone }) => writerIsGone === true || writtenAt < before,
    );
    report.seen += entries.length;
    for (const entry of await findStrays(meta, old)) {
      await blobs.remove(entry.locator);
      report.removed += 1;
      report.bytes += entry.length;
    }
  }
  if (hasPacks(blobs)) await settleDoubtfulPacks(meta, blobs, signal);
  return report;
}

const hasPacks = (blobs: BlobStore): blobs is BlobStore & DoubtfulPacks => 'doubtfulPacks' in blobs;

/** Those bytes among these that neither a record nor the garbage refers to. */
export async function findStrays(
  meta: Pick<MetaStore, 'getMany' | 'scan'>,
  entries: readonly BlobListEntry[],
): Promise<readonly BlobListEntry[]> {
  const records = await meta.getMany(entries.map(({ id }) => blobKey(id.toString('hex'))));
  const left = new Map<string, BlobListEntry>();
  for (const [i, entry] of entries.entries()) {
    if (!mayBeAt(records[i], entry.locator)) left.set(entry.locator.toString('hex'), entry);
  }
  // After the records: a body that had been moved by then has its entry already.
  if (left.size === 0) return [];
  const range = { table: 'garbage', part: noPart, limit: maxScanLimit } as const;
  for await (const page of scanPages(meta, range)) {
    for (const { value } of page) {
      const garbage = readable(value);
      if (garbage?.kind === 'bytes') left.delete(garbage.locator);
    }
    if (left.size === 0) break;
  }
  return [...left.values()];
}

/** Undefined where it is damaged: what it held back goes like any other, and no later sweep waits for it. */
function readable(value: Buffer): GarbageEntry | undefined {
  try {
    return decodeRecord<GarbageEntry>(value);
  } catch (error) {
    if (error instanceof RecordCorruptError) return undefined;
    throw error;
  }
}

function mayBeAt(record: MetaRecord | undefined, locator: Buffer): boolean {
  if (record === undefined) return false;
  try {
    return isAt(decodeBlobRecord(record.value), locator);
  } catch (error) {
    // Nobody knows where its bytes are: these may be the last ones.
    if (error instanceof RecordCorruptError) return true;
    throw error;
  }
}
