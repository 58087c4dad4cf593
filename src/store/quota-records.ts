/**
 * The records of quotas, and what they mean for a bucket that comes or goes.
 */
import type { Quota } from '../limits/shapes.ts';
import { quotaKey, systemKey } from './keyspace.ts';
import { type MetaKey, type MetaOp, type MetaStore, maxScanLimit } from './meta/port.ts';
import { countedOf } from './quota-ops.ts';
import { decodeRecord } from './record-codec.ts';
import type { Bucket, HeldQuota } from './records.ts';
import { sumUsage } from './usage.ts';
import { unchanged } from './versions.ts';

/** Who may have buckets. */
export type TenantScope = { readonly account: string } | { readonly namespace: string };

/** What a quota is for: a bucket, what an account's buckets hold, or a namespace's. */
export type QuotaScope =
  | { readonly bucket: Pick<Bucket, 'id' | 'namespace' | 'name'> }
  | TenantScope;

/** In table `system`, under `quota/` and the scope. */
export interface QuotaRecord {
  /** Absent where it is closed, and nothing else. */
  readonly scope?: QuotaScope;
  /** Absent once it is taken away, and while it never was set. */
  readonly quota?: Quota;
  /** It is in all buckets and counted. */
  readonly exact?: true;
  /** Of a namespace or an account that is being deleted, or was. */
  readonly closed?: true;
}

export const quotaRecordPrefix = 'quota/';

export function scopeName(scope: QuotaScope): string {
  if ('bucket' in scope) return `bucket/${scope.bucket.id}`;
  return 'account' in scope ? `account/${scope.account}` : `namespace/${scope.namespace}`;
}

/** Of a scope's name that is a tenant's. */
export function tenantNamed(name: string): TenantScope {
  const slash = name.indexOf('/');
  const id = name.slice(slash + 1);
  return name.startsWith('account/') ? { account: id } : { namespace: id };
}

export const recordKey = (scope: string): MetaKey => systemKey(`${quotaRecordPrefix}${scope}`);

/** Quotas that a new bucket is born under, and what keeps them so until it is there. */
export async function birthQuotas(
  meta: MetaStore,
  { namespace, owner }: { readonly namespace: string; readonly owner: string },
): Promise<{
  readonly quotas: readonly HeldQuota[];
  /** The scope of the two that takes no bucket any more. */
  readonly closed: string | undefined;
  readonly guards: readonly MetaOp[];
}> {
  const scopes = [scopeName({ account: owner }), scopeName({ namespace })];
  const found = await meta.getMany(scopes.map(recordKey));
  const records = found.map((one) => one && decodeRecord<QuotaRecord>(one.value));
  return {
    quotas: records.flatMap((one, i) => (one?.quota ? [heldQuota(scopes[i]!, one.quota)] : [])),
    closed: scopes.find((_, i) => records[i]?.closed === true),
    guards: scopes.map((scope, i) => ({
      op: 'check',
      at: recordKey(scope),
      guard: unchanged(found[i]),
    })),
  };
}

/** What a bucket that goes takes off the counters, and what goes with it. */
export async function farewellOps(meta: MetaStore, bucket: Bucket): Promise<readonly MetaOp[]> {
  const own = scopeName({ bucket });
  const ops: MetaOp[] = [
    { op: 'delete', at: recordKey(own) },
    { op: 'delete', at: quotaKey(own) },
  ];
  const others = (bucket.quotas ?? []).filter(({ scope }) => scope !== own);
  if (others.length === 0) return ops;
  const page = await meta.scan({ table: 'usage', part: bucket.part, limit: maxScanLimit });
  const { bytes, objects } = countedOf(sumUsage(page.entries.map(({ value }) => value)));
  const deltas = [-bytes, -objects];
  return [
    ...ops,
    ...others.map(({ scope }): MetaOp => ({ op: 'add', at: quotaKey(scope), deltas })),
  ];
}

export const heldQuota = (scope: string, { maxBytes, maxObjects }: Quota): HeldQuota => ({
  scope,
  ...(maxBytes !== undefined && { maxBytes }),
  ...(maxObjects !== undefined && { maxObjects }),
});
