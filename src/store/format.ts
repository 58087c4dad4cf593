/**
 * The format record: which version of the on-disk format a data directory is in.
 *
 * Written when a directory is first used. A directory of a newer version is refused before anything
 * else in it is read; one of an older version is of this one from then on, so that the Kist that made it
 * refuses it. docs/on-disk-format.md describes each version. No record has to be rewritten for version 2:
 * see `storedVersion`; nor for 3. Version 4 counts what annotations hold, which was not counted before.
 */
import { transact } from './commit.ts';
import { FormatVersionError } from './errors.ts';
import { systemKey } from './keyspace.ts';
import { type MetaOp, type MetaStore, maxScanLimit, scanPages } from './meta/port.ts';
import { decodeRecord, encodeRecord } from './record-codec.ts';
import { damageOfRecord } from './record-walk.ts';
import type { AnnotationRecord, BucketRecord } from './records.ts';
import { usageOp } from './usage.ts';
import { unchanged } from './versions.ts';

export const formatVersion = 4;

export interface FormatRecord {
  readonly version: number;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

/** The version from which on usage has the bytes of annotations. */
const countsAnnotations = 4;
/** The usage record that takes what was there before: a bucket's usage is the sum over all of them. */
const writerOfBefore = 0;
const noPart = Buffer.alloc(0);

const at = systemKey('format');

/** Undefined in a directory that was never used. */
export async function readFormat(meta: MetaStore): Promise<FormatRecord | undefined> {
  const found = await meta.get(at);
  return found && decodeRecord<FormatRecord>(found.value);
}

/** @throws FormatVersionError if the directory was written by a newer version. */
export function assertReadable({ version }: FormatRecord): void {
  if (version <= formatVersion) return;
  throw new FormatVersionError(
    `the data directory is in format ${version}; this version of Kist reads up to ${formatVersion}. Use a newer Kist.`,
  );
}

/** @throws FormatVersionError as `assertReadable` does. */
export function ensureFormat(meta: MetaStore, now: () => number): Promise<void> {
  return transact<void>(meta, async () => {
    const found = await meta.get(at);
    const record: FormatRecord =
      found === undefined
        ? { version: formatVersion, createdAt: now() }
        : decodeRecord<FormatRecord>(found.value);
    assertReadable(record);
    if (found !== undefined && record.version === formatVersion) return { done: undefined };
    const value = encodeRecord({ ...record, version: formatVersion });
    const put: MetaOp = { op: 'put', at, value, guard: unchanged(found) };
    const counts =
      found !== undefined && record.version < countsAnnotations ? await annotationCounts(meta) : [];
    return { ops: [put, ...counts], result: undefined };
  });
}

/** What the annotations of each bucket hold, as additions to its usage. Nobody else has the directory open. */
async function annotationCounts(meta: MetaStore): Promise<readonly MetaOp[]> {
  const ops: MetaOp[] = [];
  const all = { table: 'bucket', part: noPart, limit: maxScanLimit } as const;
  for await (const buckets of scanPages(meta, all)) {
    for (const record of buckets) {
      // What is damaged is the doctor's, who counts anew afterwards.
      if (damageOfRecord('bucket', record) !== undefined) continue;
      const part = Buffer.from(decodeRecord<BucketRecord>(record.value).id, 'hex');
      let annotationBytes = 0;
      const range = { table: 'annotation', part, limit: maxScanLimit } as const;
      for await (const annotations of scanPages(meta, range)) {
        for (const one of annotations) {
          if (damageOfRecord('annotation', one) !== undefined) continue;
          annotationBytes += decodeRecord<AnnotationRecord>(one.value).size;
        }
      }
      const op = usageOp(part, writerOfBefore, { annotationBytes });
      if (op !== undefined) ops.push(op);
    }
  }
  return ops;
}
