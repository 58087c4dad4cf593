/**
 * What a bucket's lifecycle rules say about an object or upload, for the headers of answers:
 * `x-amz-expiration`, `x-amz-abort-date` and `x-amz-abort-rule-id`.
 *
 * The dates are those of S3, days of 24 hours up to the next midnight, whatever `lifecycleDaySeconds` is.
 */
import {
  abortionOf,
  dayMs,
  expiryOf,
  lastDate,
  type VersionFacts,
} from '../features/lifecycle/evaluate.ts';
import {
  type LifecycleConfiguration,
  lifecycleConfig,
  type Rule,
  rulesOf,
} from '../features/lifecycle/rules.ts';
import type { OperationContext } from './operation.ts';

type BucketContext = Pick<OperationContext, 'bucket' | 'store'>;

interface ExpirationOutput {
  readonly Expiration?: string;
}

const none: ExpirationOutput = {};

/** For answers about the current object. Costs nothing in a bucket without a lifecycle. */
export function expirationOutput(
  context: BucketContext,
  key: string,
  object: Omit<VersionFacts, 'key'>,
): ExpirationOutput | Promise<ExpirationOutput> {
  if (!context.bucket.configured?.includes(lifecycleConfig)) return none;
  return lifecycleRules(context).then((rules) => {
    const due = expiryOf(rules, { ...object, key }, dayMs);
    if (due === undefined || due.at > lastDate) return none;
    const ruleId = encodeURIComponent(due.ruleId);
    const Expiration = `expiry-date="${new Date(due.at).toUTCString()}", rule-id="${ruleId}"`;
    return { Expiration };
  });
}

/** For answers about an upload. */
export async function abortOutput(
  context: BucketContext,
  key: string,
  { initiatedAt }: { readonly initiatedAt: number },
): Promise<{ readonly AbortDate?: Date; readonly AbortRuleId?: string }> {
  const due = abortionOf(await lifecycleRules(context), { key, initiatedAt }, dayMs);
  return due === undefined || due.at > lastDate
    ? {}
    : { AbortDate: new Date(due.at), AbortRuleId: due.ruleId };
}

async function lifecycleRules({ bucket, store }: BucketContext): Promise<readonly Rule[]> {
  const kept = await store.buckets.config<LifecycleConfiguration>(bucket, lifecycleConfig);
  return kept === undefined ? [] : rulesOf(kept);
}
