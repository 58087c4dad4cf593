/** A bucket for who may: of an account that may not have it as little is told as of one that is not there. */
import type { KistAction } from '../../policy/language/kist-actions.ts';
import { assertBucketName } from '../../protocol/names.ts';
import type { Bucket } from '../../store/records.ts';
import type { BucketStore } from '../../store/store.ts';
import type { Ask } from '../ask.ts';
import { arns, authorise, isRoot } from '../authorise.ts';
import { AdminError, notFound } from '../errors.ts';

interface Wanted {
  readonly namespace: string;
  readonly name: string;
  /** Who may be allowed it: the account that owns the bucket, or the server's root alone. */
  readonly whose: 'owner' | 'server';
}

/** @throws AdminError AccessDenied, NotFound; S3Error InvalidBucketName */
export async function findBucket(
  buckets: Pick<BucketStore, 'get'>,
  ask: Ask,
  action: Extract<KistAction, `kist:${string}Bucket${string}`>,
  { namespace, name, whose }: Wanted,
): Promise<Bucket> {
  assertBucketName(name);
  const bucket = await buckets.get(namespace, name);
  const accountId = bucket?.acl.owner ?? ask.signer.account.accountId;
  authorise(
    ask,
    action,
    arns.bucket(namespace, name),
    whose === 'server' ? 'server' : { accountId },
  );
  if (bucket === undefined) {
    // Who may not look around in the namespace doesn't learn what is not there.
    if (!isRoot(ask) && namespace !== ask.signer.account.namespace) {
      throw new AdminError('AccessDenied');
    }
    throw notFound('bucket', name);
  }
  return bucket;
}
