/**
 * Repairs what can be made right from what is there: counters, reference counts, leftovers. Lost or damaged
 * data is not among it.
 *
 * Nothing is removed, and no count is lowered, while a record cannot be read: it may be the one that refers
 * to what seems to belong to nobody. Only for a store that nobody else has open.
 */
import type { BlobLocator, BlobStore, FrameStore } from './blob/port.ts';
import type { Fault } from './doctor.ts';
import { garbageOp } from './garbage.ts';
import type { IdSource } from './ids.ts';
import { blobKey, garbageKey, quotaKey } from './keyspace.ts';
import type { MetaOp, MetaStore } from './meta/port.ts';
import { createBodyMover } from './move-body.ts';
import { decodeBlobRecord, decodeRecord, encodeBlobRecord, encodeRecord } from './record-codec.ts';
import type { ObjectRecord } from './records.ts';
import { type BucketUsage, usageOp } from './usage.ts';

export interface RepairDeps {
  readonly meta: MetaStore;
  readonly blobs: Pick<BlobStore, 'read' | 'write' | 'remove'> &
    Pick<FrameStore, 'flaws'> & {
      resealPack(pack: string): Promise<void>;
      packOf(locator: BlobLocator): string | undefined;
    };
  readonly ids: IdSource;
  /** How many records could not be read. */
  readonly unreadable: number;
}

/** The usage shard that takes the correction: a bucket's usage is the sum over all of them. */
const correctedShard = 0;

/** True if the fault is gone. */
export async function repair(deps: RepairDeps, fault: Fault): Promise<boolean> {
  const { meta, blobs, ids, unreadable } = deps;
  switch (fault.kind) {
    case 'usage': {
      if (unreadable > 0) return false;
      const op = usageOp(
        Buffer.from(fault.part, 'hex'),
        correctedShard,
        difference(fault.counted, fault.said),
      );
      return op === undefined || (await meta.commit([op])).committed;
    }
    case 'quota': {
      if (unreadable > 0) return false;
      const { scope, said, counted } = fault;
      const deltas = [counted.bytes - said.bytes, counted.objects - said.objects];
      return (await meta.commit([{ op: 'add', at: quotaKey(scope), deltas }])).committed;
    }
    case 'references':
      if (unreadable > 0 && fault.counted < fault.said) return false;
      return await setReferences(deps, fault.blob, fault.counted);
    case 'annotations':
      return unreadable === 0 && (await setAnnotationCount(meta, fault));
    case 'stray-annotations': {
      if (unreadable > 0) return false;
      const { part: bucket, set } = fault;
      return (await meta.commit([garbageOp(ids, { kind: 'annotations', bucket, set })])).committed;
    }
    case 'dangling-garbage': {
      if (unreadable > 0) return false;
      const ops = fault.keys.map((key): MetaOp => ({ op: 'delete', at: garbageKey(key) }));
      return (await meta.commit(ops)).committed;
    }
    case 'orphan-bytes':
      if (unreadable > 0) return false;
      await blobs.remove(Buffer.from(fault.locator, 'hex'));
      return true;
    case 'frame':
      return await moveOut(deps, fault.blob);
    case 'pack': {
      await blobs.resealPack(fault.pack);
      return !(await blobs.flaws()).some(({ id }) => id === fault.pack);
    }
    default:
      return false;
  }
}

/** A body in a pack gets a new place, and with it a new frame; a file is named by its blob and stays. */
async function moveOut({ meta, blobs, ids }: RepairDeps, blob: string): Promise<boolean> {
  const record = await meta.get(blobKey(blob));
  if (record === undefined) return false;
  const { home, length } = decodeBlobRecord(record.value);
  if (home.kind !== 'stored' || blobs.packOf(home.locator) === undefined) return false;
  const move = createBodyMover({ meta, blobs, ids });
  return await move({ id: record.key, locator: home.locator, length });
}

async function setAnnotationCount(
  meta: MetaStore,
  { at, set, counted }: Extract<Fault, { kind: 'annotations' }>,
): Promise<boolean> {
  const record = await meta.get(at);
  if (record === undefined) return false;
  const object = decodeRecord<ObjectRecord>(record.value);
  const value = encodeRecord({ ...object, annotations: { set, count: counted } });
  return (await meta.commit([{ op: 'put', at, value, guard: { seq: record.seq } }])).committed;
}

/** A blob that nothing refers to goes the way of all garbage: one reference, and an entry that drops it. */
async function setReferences(
  { meta, ids }: RepairDeps,
  blob: string,
  counted: number,
): Promise<boolean> {
  const at = blobKey(blob);
  const record = await meta.get(at);
  if (record === undefined) return false;
  const references = Math.max(1, counted);
  const value = encodeBlobRecord({ ...decodeBlobRecord(record.value), references });
  const put: MetaOp = { op: 'put', at, value, guard: { seq: record.seq } };
  const drop = counted === 0 ? [garbageOp(ids, { kind: 'blob', blob })] : [];
  return (await meta.commit([put, ...drop])).committed;
}

function difference(a: BucketUsage, b: BucketUsage): BucketUsage {
  const names = Object.keys(a) as (keyof BucketUsage)[];
  return Object.fromEntries(
    names.map((name) => [name, a[name] - b[name]]),
  ) as unknown as BucketUsage;
}
