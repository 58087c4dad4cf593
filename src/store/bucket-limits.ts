/** What requests to a bucket are held to, and what the administration of namespaces asks of the store. */
import { checkAddressRule } from '../limits/addresses.ts';
import { checkRateLimit } from '../limits/shapes.ts';
import type { QuotaUsage } from './quota-ops.ts';
import type { QuotaStore } from './quotas.ts';
import type { Bucket, BucketLimits, BucketRecord } from './records.ts';
import type { BucketStore } from './store.ts';

/**
 * What is absent has no limit. The quota of a bucket is `QuotaStore.set`'s.
 * @returns undefined if the bucket is gone
 * @throws InvalidLimitError
 */
export async function setBucketLimits(
  buckets: Pick<BucketStore, 'update'>,
  bucket: Bucket,
  given: BucketLimits,
): Promise<BucketRecord | undefined> {
  const rate = checkRateLimit(given.rate);
  const addresses = checkAddressRule(given.addresses);
  const limits: BucketLimits = {
    ...(rate && { rate }),
    ...(addresses && addresses !== 'public' && { addresses }),
  };
  return buckets.update(bucket, ({ limits: _, ...record }) => ({
    ...record,
    ...(Object.keys(limits).length > 0 && { limits }),
  }));
}

/** As `src/identity/namespaces.ts` needs it. */
export const namespaceHoldings = (quotas: QuotaStore) => ({
  used: (namespace: string): Promise<QuotaUsage & { readonly buckets: number }> =>
    quotas.used({ namespace }),
  close: (namespace: string): Promise<boolean> => quotas.close(namespace),
  open: (namespace: string): Promise<void> => quotas.open(namespace),
});
