/**
 * ListBuckets: the caller's own buckets in the request's namespace; root's too are its own only.
 *
 * Every bucket is in the server's region, so that `bucket-region` lists all or none.
 */
import { ownerShape } from '../../policy/access-control-policy.ts';
import { S3Error } from '../../protocol/errors.ts';
import { maxBucketsPerAccount } from '../bucket/create-bucket.ts';
import { callerId } from '../caller.ts';
import { afterToken, continuationToken, keyParameter, pageSize } from '../list-parameters.ts';
import { defineOperation } from '../operation.ts';

export const ListBuckets = defineOperation({
  name: 'ListBuckets',
  access: { on: 'account', action: 's3:ListAllMyBuckets' },
  accepts: ['BucketRegion', 'ContinuationToken', 'MaxBuckets', 'Prefix'],
  async run(input, context) {
    const { identity, namespace, region, store } = context;
    const owner = callerId(context);
    if (owner === undefined) throw new S3Error('AccessDenied');
    const after = afterToken(input.ContinuationToken);
    const { buckets, more } =
      input.BucketRegion === undefined || input.BucketRegion === region
        ? await store.buckets.list({
            namespace,
            owner,
            prefix: keyParameter(input.Prefix),
            after,
            limit: pageSize(input.MaxBuckets, maxBucketsPerAccount),
          })
        : { buckets: [], more: false };
    const last = buckets.at(-1);
    return {
      Buckets: buckets.map(({ name, createdAt }) => ({
        Name: name,
        CreationDate: new Date(createdAt),
        BucketRegion: region,
      })),
      Owner: ownerShape(owner, identity),
      ContinuationToken: more && last !== undefined ? continuationToken(last.name) : undefined,
      Prefix: input.Prefix,
    };
  },
});
