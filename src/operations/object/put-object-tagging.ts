/** PutObjectTagging: replaces the whole set. No ACL lets others write tags. */
import { defineOperation } from '../operation.ts';
import { tagsOfSet } from '../tags.ts';
import { assertNullVersion } from '../version-id.ts';
import { replaceTags } from './replace-tags.ts';

export const PutObjectTagging = defineOperation({
  name: 'PutObjectTagging',
  access: { on: 'object', action: 's3:PutObjectTagging', permission: undefined },
  accepts: [
    'Bucket',
    'Key',
    'Tagging',
    'ChecksumAlgorithm',
    'ContentMD5',
    'VersionId',
    'RequestPayer',
    'ExpectedBucketOwner',
  ],
  async run(input, context) {
    assertNullVersion(input.VersionId);
    await replaceTags(input.Key, tagsOfSet(input.Tagging.TagSet), context);
    return {};
  },
});
