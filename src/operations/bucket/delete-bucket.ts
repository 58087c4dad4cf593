/** DeleteBucket: for the bucket's owner, once nothing is in it. Uploads that were not completed go with it. */
import { S3Error } from '../../protocol/errors.ts';
import { defineOperation } from '../operation.ts';

export const DeleteBucket = defineOperation({
  name: 'DeleteBucket',
  access: { on: 'bucket', action: 's3:DeleteBucket', permission: undefined },
  accepts: [],
  async run({ Bucket }, { bucket, store }) {
    const outcome = await store.buckets.remove(bucket);
    const fields = { BucketName: Bucket };
    if (outcome === 'not-empty') throw new S3Error('BucketNotEmpty', { fields });
    if (outcome === 'absent') throw new S3Error('NoSuchBucket', { fields });
    return {};
  },
});
