/** How much buckets hold, one and all together. */
import type { Bucket } from '../../store/records.ts';
import type { BucketStore } from '../../store/store.ts';
import type { BucketUsage, UsageStore } from '../../store/usage.ts';

const bucketsAtOnce = 1000;

export async function* allBuckets(
  buckets: BucketStore,
  query: { readonly namespace: string; readonly owner?: string },
): AsyncGenerator<Bucket> {
  let after: string | undefined;
  for (;;) {
    const found = await buckets.list({ ...query, after, limit: bucketsAtOnce });
    yield* found.buckets;
    after = found.buckets.at(-1)?.name;
    if (!found.more || after === undefined) return;
  }
}

export type Usage = Omit<BucketUsage, 'parts'>;

export function usageShape({ parts: _, ...usage }: BucketUsage): Usage {
  return usage;
}

const nothing: Usage = {
  objects: 0,
  bytes: 0,
  uploads: 0,
  partBytes: 0,
  annotationBytes: 0,
  noncurrentVersions: 0,
  noncurrentBytes: 0,
  deleteMarkers: 0,
};

export async function addUp(
  all: AsyncIterable<Bucket>,
  usage: UsageStore,
): Promise<{ readonly buckets: number; readonly usage: Usage }> {
  let buckets = 0;
  const sum: Record<keyof Usage, number> = { ...nothing };
  for await (const bucket of all) {
    buckets++;
    const held = usageShape(await usage.of(bucket));
    for (const name of Object.keys(sum) as (keyof Usage)[]) sum[name] += held[name];
  }
  return { buckets, usage: sum };
}
