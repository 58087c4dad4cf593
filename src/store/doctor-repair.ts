/**
 * Repairs what can be made right from what is there: counters, reference counts, leftovers. Lost or damaged
 * data is not among it.
 *
 * Nothing is removed, and no count is lowered, while a record cannot be read: it may be the one that refers
 * to what seems to belong to nobody. Only for a store that nobody else has open.
 */
import type { BlobStore } from './blob/port.ts';
import type { Fault } from './doctor.ts';
import { garbageOp } from './garbage.ts';
import type { IdSource } from './ids.ts';
import { blobKey, garbageKey } from './keyspace.ts';
import type { MetaOp, MetaStore } from './meta/port.ts';
import { decodeBlobRecord, encodeBlobRecord } from './record-codec.ts';
import type { BucketUsage } from './store.ts';
import { usageOp } from './usage.ts';

export interface RepairDeps {
  readonly meta: MetaStore;
  readonly blobs: Pick<BlobStore, 'remove'>;
  readonly ids: IdSource;
  /** How many records could not be read. */
  readonly unreadable: number;
}

/** The usage shard that takes the correction: a bucket's usage is the sum over all of them. */
const correctedShard = 0;

/** True if the fault is gone. */
export async function repair(deps: RepairDeps, fault: Fault): Promise<boolean> {
  const { meta, blobs, unreadable } = deps;
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
    case 'references':
      if (unreadable > 0 && fault.counted < fault.said) return false;
      return await setReferences(deps, fault.blob, fault.counted);
    case 'dangling-garbage': {
      if (unreadable > 0) return false;
      const ops = fault.keys.map((key): MetaOp => ({ op: 'delete', at: garbageKey(key) }));
      return (await meta.commit(ops)).committed;
    }
    case 'orphan-bytes':
      if (unreadable > 0) return false;
      await blobs.remove(Buffer.from(fault.locator, 'hex'));
      return true;
    default:
      return false;
  }
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
