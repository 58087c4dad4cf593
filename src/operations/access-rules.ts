/**
 * The access rules of a bucket, at hand wherever the bucket is: its policy, public access block and object
 * ownership. Whoever loads a bucket to decide about it loads its rules with it; they belong to that very
 * reading of the bucket's record, which changes with every configuration.
 */
import {
  type BucketRules,
  bucketPolicyOf,
  ownershipConfig,
  type PublicAccessBlock,
  policyConfig,
  publicAccessBlockConfig,
  type StoredOwnership,
  type StoredPolicy,
} from '../policy/bucket-rules.ts';
import type { Bucket } from '../store/records.ts';
import type { Store } from '../store/store.ts';

type MaybePromise<T> = T | Promise<T>;

const ruleConfigs = [policyConfig, publicAccessBlockConfig, ownershipConfig] as const;
const loaded = new WeakMap<Bucket, BucketRules>();

function hasRules({ configured }: Bucket): boolean {
  return configured !== undefined && ruleConfigs.some((name) => configured.includes(name));
}

/** The bucket itself, from now on with its rules at hand. */
export function withRules(bucket: Bucket, store: Store): MaybePromise<Bucket> {
  if (!hasRules(bucket) || loaded.has(bucket)) return bucket;
  return loadRules(bucket, store);
}

async function loadRules(bucket: Bucket, { buckets }: Store): Promise<Bucket> {
  const policy = await buckets.config<StoredPolicy>(bucket, policyConfig);
  const ownership = await buckets.config<StoredOwnership>(bucket, ownershipConfig);
  loaded.set(bucket, {
    policy: policy && bucketPolicyOf(policy, bucket.name),
    publicAccessBlock: await buckets.config<PublicAccessBlock>(bucket, publicAccessBlockConfig),
    ownership: ownership?.objectOwnership,
  });
  return bucket;
}

/** Undefined for a bucket without any. */
export function rulesOf(bucket: Bucket): BucketRules | undefined {
  if (!hasRules(bucket)) return undefined;
  const rules = loaded.get(bucket);
  if (rules === undefined) throw new Error(`the access rules of ${bucket.name} were not loaded`);
  return rules;
}
