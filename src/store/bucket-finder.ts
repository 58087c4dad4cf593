/** Buckets by id, for what refers to them by nothing else. */
import { bucketOf, holdBucketOp } from './buckets.ts';
import type { HeldBucket } from './garbage.ts';
import { type MetaKey, type MetaStore, maxScanLimit, scanPages } from './meta/port.ts';
import type { Bucket } from './records.ts';

/** Ids whose place is remembered; beyond, all are forgotten and looked for again. */
const maxKnown = 10_000;
const noPart = Buffer.alloc(0);

/** Looks through all buckets the first time, and again for one that is not among them. */
export function createBucketFinder(
  meta: MetaStore,
): (id: string) => Promise<HeldBucket | undefined> {
  const known = new Map<string, MetaKey>();

  const load = async (id: string): Promise<Bucket | undefined> => {
    const at = known.get(id);
    const record = at && (await meta.get(at));
    const bucket = record && bucketOf(record);
    return bucket?.id === id ? bucket : undefined;
  };

  const search = async (id: string): Promise<Bucket | undefined> => {
    let found: Bucket | undefined;
    const range = { table: 'bucket', part: noPart, limit: maxScanLimit } as const;
    for await (const records of scanPages(meta, range)) {
      for (const record of records) {
        const bucket = bucketOf(record);
        if (known.size >= maxKnown) known.clear();
        known.set(bucket.id, { table: 'bucket', part: noPart, key: record.key });
        if (bucket.id === id) found = bucket;
      }
    }
    return found;
  };

  return async (id) => {
    const bucket = (await load(id)) ?? (await search(id));
    return bucket && { bucket, hold: holdBucketOp(bucket) };
  };
}
