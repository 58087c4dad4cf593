/**
 * What a bucket is configured with as to access: policy, public access block, object ownership; and the
 * names and values under which these are stored.
 */
import type {
  ObjectOwnership as ObjectOwnershipValue,
  PublicAccessBlockConfiguration,
} from '../model/types.gen.ts';
import type { Policy } from './language/document.ts';
import { parsePolicy } from './language/parse.ts';
import { isPublicPolicy } from './language/public-policy.ts';

export type ObjectOwnership = ObjectOwnershipValue;

/** Names of the configurations. */
export const policyConfig = 'policy';
export const publicAccessBlockConfig = 'publicAccessBlock';
export const ownershipConfig = 'ownershipControls';

export interface StoredPolicy {
  /** As it was put. */
  readonly text: string;
}

/** All four are there. */
export type PublicAccessBlock = {
  readonly [Name in keyof PublicAccessBlockConfiguration]-?: boolean;
};

export interface StoredOwnership {
  readonly objectOwnership: ObjectOwnership;
}

export interface BucketPolicy {
  readonly compiled: Policy;
  readonly isPublic: boolean;
}

export interface BucketRules {
  readonly policy?: BucketPolicy | undefined;
  readonly publicAccessBlock?: PublicAccessBlock | undefined;
  readonly ownership?: ObjectOwnership | undefined;
}

const compiled = new WeakMap<StoredPolicy, BucketPolicy>();

/** Compiles a policy the first time that it is asked for. */
export function bucketPolicyOf(stored: StoredPolicy, bucket: string): BucketPolicy {
  let policy = compiled.get(stored);
  if (policy === undefined) {
    policy = compilePolicy(stored.text, bucket);
    compiled.set(stored, policy);
  }
  return policy;
}

/** @throws S3Error MalformedPolicy */
export function compilePolicy(text: string, bucket: string): BucketPolicy {
  const policy = parsePolicy(text, bucket);
  return { compiled: policy, isPublic: isPublicPolicy(policy) };
}
