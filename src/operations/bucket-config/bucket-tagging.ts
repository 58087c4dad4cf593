/** GetBucketTagging, PutBucketTagging, DeleteBucketTagging: a bucket's own tags. No ACL lets others see them. */
import type { Tag } from '../../model/types.gen.ts';
import { S3Error } from '../../protocol/errors.ts';
import { defineOperation } from '../operation.ts';
import { bucketTagsOfSet } from '../tags.ts';
import { configOf, removeConfig, replaceConfig } from './subresource.ts';

export const bucketTaggingConfig = 'tagging';

export interface BucketTaggingRecord {
  /** At least one; in the order given. */
  readonly tags: readonly Tag[];
}

export const GetBucketTagging = defineOperation({
  name: 'GetBucketTagging',
  access: { on: 'bucket', action: 's3:GetBucketTagging', permission: undefined },
  accepts: [],
  async run(_input, context) {
    const record = await configOf<BucketTaggingRecord>(context, bucketTaggingConfig);
    if (record === undefined) throw new S3Error('NoSuchTagSet');
    return { TagSet: record.tags };
  },
});

export const PutBucketTagging = defineOperation({
  name: 'PutBucketTagging',
  access: { on: 'bucket', action: 's3:PutBucketTagging', permission: undefined },
  accepts: ['Tagging'],
  async run({ Tagging }, context) {
    const tags = bucketTagsOfSet(Tagging.TagSet);
    if (tags.length === 0) await removeConfig(context, bucketTaggingConfig);
    else await replaceConfig(context, bucketTaggingConfig, { tags } satisfies BucketTaggingRecord);
    return {};
  },
});

export const DeleteBucketTagging = defineOperation({
  name: 'DeleteBucketTagging',
  access: { on: 'bucket', action: 's3:PutBucketTagging', permission: undefined },
  accepts: [],
  async run(_input, context) {
    await removeConfig(context, bucketTaggingConfig);
    return {};
  },
});
