/** Walking the buckets that have a configuration, in all namespaces: the units that jobs work in. */
import { bucketOf } from '../store/buckets.ts';
import { type MetaStore, scanPages } from '../store/meta/port.ts';
import type { Bucket } from '../store/records.ts';

const noPart = Buffer.alloc(0);
const pageBuckets = 1_000;

/** Pages of buckets that have a configuration of such a name, in order of namespace and name. */
export async function* configuredBuckets(
  meta: Pick<MetaStore, 'scan'>,
  isOfInterest: (name: string) => boolean,
  signal: AbortSignal,
): AsyncGenerator<readonly Bucket[]> {
  const range = { table: 'bucket', part: noPart, limit: pageBuckets } as const;
  for await (const records of scanPages(meta, range, signal)) {
    const buckets = records.map(bucketOf).filter((one) => one.configured?.some(isOfInterest));
    if (buckets.length > 0) yield buckets;
  }
}
