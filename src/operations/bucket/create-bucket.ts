/**
 * CreateBucket. Any location constraint, or none, is accepted in any region and kept.
 *
 * Making one's own bucket again is BucketAlreadyOwnedByYou, but in us-east-1, where as in S3 it succeeds and
 * gives the bucket the ACL that this request asks for. Directory buckets, object lock and ownership other than
 * ObjectWriter are refused by name.
 */
import type { CreateBucketRequest } from '../../model/types.gen.ts';
import { aclOfNew } from '../../policy/requested-acl.ts';
import { S3Error } from '../../protocol/errors.ts';
import { assertBucketName } from '../../protocol/names.ts';
import { callerId } from '../caller.ts';
import { defineOperation, type OperationContext } from '../operation.ts';

/** Buckets that an account may have in its namespace; creations at the same moment may pass it by a few. */
export const maxBucketsPerAccount = 10_000;

const legacyRegion = 'us-east-1';

export const CreateBucket = defineOperation({
  name: 'CreateBucket',
  access: { on: 'account', action: 's3:CreateBucket' },
  accepts: [
    'ACL',
    'CreateBucketConfiguration',
    'GrantFullControl',
    'GrantRead',
    'GrantReadACP',
    'GrantWrite',
    'GrantWriteACP',
    'ObjectOwnership',
  ],
  async run(input, context) {
    const { identity, namespace, region, store } = context;
    assertBucketName(input.Bucket);
    const locationConstraint = locationOf(input);
    const owner = callerId(context);
    if (owner === undefined) throw new S3Error('AccessDenied');
    const acl = aclOfNew(input, { on: 'bucket', owner, bucketOwner: owner }, identity);
    const taken = await store.buckets.get(namespace, input.Bucket);
    if (taken === undefined) await assertMayHaveMore(owner, context);
    const { created, bucket } = await store.buckets.create({
      namespace,
      name: input.Bucket,
      locationConstraint,
      acl,
    });
    if (!created) {
      const fields = { BucketName: input.Bucket };
      if (bucket.acl.owner !== owner) throw new S3Error('BucketAlreadyExists', { fields });
      if (region !== legacyRegion) throw new S3Error('BucketAlreadyOwnedByYou', { fields });
      const own = await store.buckets.get(namespace, input.Bucket);
      if (own !== undefined) await store.buckets.update(own, (now) => ({ ...now, acl }));
    }
    return { Location: `/${input.Bucket}` };
  },
});

function locationOf({ CreateBucketConfiguration, ObjectOwnership }: CreateBucketRequest): string {
  if (ObjectOwnership !== undefined && ObjectOwnership !== 'ObjectWriter') {
    throw notImplemented('x-amz-object-ownership', `Object ownership ${ObjectOwnership}`);
  }
  const { Bucket, Location, LocationConstraint, Tags } = CreateBucketConfiguration ?? {};
  if (Bucket !== undefined || Location !== undefined) {
    throw notImplemented('CreateBucketConfiguration', 'A directory bucket');
  }
  if (Tags !== undefined) {
    throw notImplemented('CreateBucketConfiguration', 'Tagging a bucket as it is created');
  }
  return LocationConstraint ?? '';
}

function notImplemented(header: string, what: string): S3Error {
  return new S3Error('NotImplemented', {
    message: `${what} is not implemented.`,
    fields: { Header: header },
  });
}

async function assertMayHaveMore(
  owner: string,
  { namespace, store }: OperationContext,
): Promise<void> {
  const { buckets } = await store.buckets.list({ namespace, owner, limit: maxBucketsPerAccount });
  if (buckets.length >= maxBucketsPerAccount) throw new S3Error('TooManyBuckets');
}
