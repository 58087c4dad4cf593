/**
 * Quotas at a commit: what changes in a bucket changes the counters of the quotas that hold for it, in the same
 * commit, and a counter that would grow beyond its quota fails the commit.
 *
 * Which quotas these are stands in the bucket's record. Every commit that changes what a bucket holds guards on that
 * record, so none is planned with quotas of before.
 */
import { QuotaExceededError } from './errors.ts';
import { quotaKey } from './keyspace.ts';
import { readCounter } from './meta/counters.ts';
import type { MetaOp } from './meta/port.ts';
import type { BucketRecord, HeldQuota } from './records.ts';
import type { BucketUsage, UsageChange } from './usage.ts';

/** The counters of a quota, in their order on disk. */
export interface QuotaUsage {
  /** Of objects, noncurrent versions, parts of unfinished uploads, and annotations. */
  readonly bytes: number;
  /** Objects, noncurrent versions, delete markers and unfinished uploads. */
  readonly objects: number;
}

type Add = MetaOp & { readonly op: 'add' };

/** What of a bucket's counters, or of a change of them, quotas count. */
export const countedOf = (usage: BucketUsage | UsageChange): QuotaUsage => ({
  bytes:
    (usage.bytes ?? 0) +
    (usage.noncurrentBytes ?? 0) +
    (usage.partBytes ?? 0) +
    (usage.annotationBytes ?? 0),
  objects:
    (usage.objects ?? 0) +
    (usage.noncurrentVersions ?? 0) +
    (usage.deleteMarkers ?? 0) +
    (usage.uploads ?? 0),
});

const none: readonly MetaOp[] = [];

/**
 * @param isRemoval a delete: the marker that it leaves is counted, and never refused
 */
export function quotaOps(
  { quotas }: BucketRecord,
  change: UsageChange,
  isRemoval = false,
): readonly MetaOp[] {
  if (quotas === undefined) return none;
  const { bytes, objects } = countedOf(change);
  if (bytes === 0 && objects === 0) return none;
  return quotas.map((quota) => ({
    op: 'add',
    at: quotaKey(quota.scope),
    deltas: [bytes, objects],
    ...(!isRemoval && { most: [quota.maxBytes, quota.maxObjects] }),
  }));
}

export const quotaUsage = (stored: Buffer | undefined): QuotaUsage => ({
  bytes: readCounter(stored, 0),
  objects: readCounter(stored, 1),
});

/** @param stored the counters, as they were when the op failed */
export function quotaExceeded(
  { at, deltas, most = [] }: Add,
  stored: Buffer | undefined,
): QuotaExceededError {
  const [maxBytes, maxObjects] = most;
  const quota = {
    scope: at.key.toString(),
    ...(maxBytes !== undefined && { maxBytes }),
    ...(maxObjects !== undefined && { maxObjects }),
  };
  const more = { bytes: deltas[0] ?? 0, objects: deltas[1] ?? 0 };
  const error = beyond(quota, quotaUsage(stored), more);
  if (error === undefined) throw new Error('a commit failed on a quota that holds');
  return error;
}

/** The refusal, if so much more is too much. */
export function beyond(
  { scope, maxBytes, maxObjects }: HeldQuota,
  used: QuotaUsage,
  more: QuotaUsage,
): QuotaExceededError | undefined {
  const refusal = (limit: number, unit: keyof QuotaUsage) =>
    new QuotaExceededError(
      `The quota of ${nameOf(scope)} would be exceeded: it allows ${limit} ${unit}, holds ${used[unit]}, and this would add ${more[unit]}.`,
    );
  if (maxBytes !== undefined && more.bytes > 0 && used.bytes + more.bytes > maxBytes) {
    return refusal(maxBytes, 'bytes');
  }
  if (maxObjects !== undefined && more.objects > 0 && used.objects + more.objects > maxObjects) {
    return refusal(maxObjects, 'objects');
  }
  return undefined;
}

/** For people: ids of buckets tell them nothing. */
function nameOf(scope: string): string {
  const slash = scope.indexOf('/');
  const kind = scope.slice(0, slash);
  return kind === 'bucket' ? 'the bucket' : `the ${kind} ${scope.slice(slash + 1)}`;
}
