/** PutBucketAcl: by canned name, grant headers or document, one of them. */
import { replacedAcl } from '../../policy/governed-acl.ts';
import { S3Error } from '../../protocol/errors.ts';
import { rulesOf } from '../access-rules.ts';
import { defineOperation } from '../operation.ts';

export const PutBucketAcl = defineOperation({
  name: 'PutBucketAcl',
  access: { on: 'bucket', action: 's3:PutBucketAcl', permission: 'WRITE_ACP' },
  accepts: [
    'ACL',
    'AccessControlPolicy',
    'GrantFullControl',
    'GrantRead',
    'GrantReadACP',
    'GrantWrite',
    'GrantWriteACP',
  ],
  async run(input, { bucket, identity, store }) {
    const { owner } = bucket.acl;
    const of = { on: 'bucket', owner, bucketOwner: owner } as const;
    const acl = replacedAcl(input, of, rulesOf(bucket), identity);
    const changed = await store.buckets.update(bucket, (now) => ({ ...now, acl }));
    if (changed === undefined) {
      throw new S3Error('NoSuchBucket', { fields: { BucketName: input.Bucket } });
    }
    return {};
  },
});
