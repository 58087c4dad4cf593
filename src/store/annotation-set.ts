/**
 * The annotations that a new object begins with: those that a copy takes over from its source. They live under a
 * set id, which the object's record carries along wherever the version goes.
 */
import { type Blobs, shareBlobOp, stagedBlobOps } from './blobs.ts';
import type { IdSource } from './ids.ts';
import { annotationKey } from './keyspace.ts';
import type { MetaOp } from './meta/port.ts';
import { encodeRecord } from './record-codec.ts';
import type { AnnotationRecord, Bucket, ObjectRecord } from './records.ts';
import type { NewAnnotation } from './store.ts';
import type { UsageChange } from './usage.ts';

export interface AnnotationSet {
  readonly field: Pick<ObjectRecord, 'annotations'>;
  readonly ops: readonly MetaOp[];
  readonly usage: UsageChange;
}

const none: AnnotationSet = { field: {}, ops: [], usage: {} };

interface SetDeps {
  readonly blobs: Blobs;
  readonly ids: IdSource;
  readonly now: () => number;
}

/** Without a promise where there are none. Undefined if bytes that were to be shared are gone. */
export function newAnnotationSet(
  deps: SetDeps,
  bucket: Bucket,
  annotations: readonly NewAnnotation[] | undefined,
): AnnotationSet | Promise<AnnotationSet | undefined> {
  if (annotations === undefined || annotations.length === 0) return none;
  return setOf(deps, bucket, annotations);
}

async function setOf(
  { blobs, ids, now }: SetDeps,
  bucket: Bucket,
  annotations: readonly NewAnnotation[],
): Promise<AnnotationSet | undefined> {
  const set = ids.next();
  const ops: MetaOp[] = [];
  /** Of one blob that several annotations are to share, as copies of copies do. */
  const shares = new Map<string, number>();
  for (const { name, bytes, ...facts } of annotations) {
    const id = typeof bytes === 'string' ? bytes : bytes.blob?.id;
    if (id === undefined) throw new Error('an annotation has no bytes');
    if (typeof bytes === 'string') shares.set(id, (shares.get(id) ?? 0) + 1);
    else ops.push(...stagedBlobOps(bytes));
    const record: AnnotationRecord = { ...facts, blob: id, lastModified: now() };
    ops.push({
      op: 'put',
      at: annotationKey(bucket.part, set, name),
      value: encodeRecord(record),
    });
  }
  for (const [id, count] of shares) {
    const blob = await blobs.get(id);
    if (blob === undefined) return undefined;
    ops.push(shareBlobOp(id, blob, count));
  }
  const annotationBytes = annotations.reduce((sum, { size }) => sum + size, 0);
  return {
    field: { annotations: { set, count: annotations.length } },
    ops,
    usage: { annotationBytes },
  };
}
