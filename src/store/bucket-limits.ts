/** What requests to a bucket are held to, and what the administration of namespaces asks of the store. */
import { checkAddressRule } from '../limits/addresses.ts';
import { type AddressRule, checkRateLimit, type RateLimit } from '../limits/shapes.ts';
import type { QuotaUsage } from './quota-ops.ts';
import type { TenantScope } from './quota-records.ts';
import type { QuotaStore } from './quotas.ts';
import type { Bucket, BucketLimits, BucketRecord } from './records.ts';
import type { BucketStore } from './store.ts';

/** What is not named stays as it is; undefined takes it away. */
export interface GivenBucketLimits {
  readonly rate?: RateLimit | undefined;
  readonly addresses?: AddressRule | undefined;
}

/**
 * The quota of a bucket is `QuotaStore.set`'s.
 * @returns undefined if the bucket is gone
 * @throws InvalidLimitError
 */
export async function setBucketLimits(
  buckets: Pick<BucketStore, 'update'>,
  bucket: Bucket,
  given: GivenBucketLimits,
): Promise<BucketRecord | undefined> {
  const newRate = checkRateLimit(given.rate);
  const newAddresses = checkAddressRule(given.addresses);
  return buckets.update(bucket, ({ limits: before, ...record }) => {
    const rate = 'rate' in given ? newRate : before?.rate;
    const addresses = 'addresses' in given ? newAddresses : before?.addresses;
    const limits: BucketLimits = {
      ...(rate && { rate }),
      ...(addresses && addresses !== 'public' && { addresses }),
    };
    return { ...record, ...(Object.keys(limits).length > 0 && { limits }) };
  });
}

const tenantHoldings = (quotas: QuotaStore, scopeOf: (name: string) => TenantScope) => ({
  close: (name: string): Promise<boolean> => quotas.close(scopeOf(name)),
  open: (name: string): Promise<void> => quotas.open(scopeOf(name)),
  forget: (name: string): Promise<void> => quotas.set(scopeOf(name), undefined),
});

/** As `src/identity/tenants.ts` needs it. */
export const accountHoldings = (quotas: QuotaStore) =>
  tenantHoldings(quotas, (account) => ({ account }));

/** As `src/identity/namespaces.ts` needs it. */
export const namespaceHoldings = (quotas: QuotaStore) => ({
  ...tenantHoldings(quotas, (namespace) => ({ namespace })),
  used: (namespace: string): Promise<QuotaUsage & { readonly buckets: number }> =>
    quotas.used({ namespace }),
});
