/** DeleteObjectTagging: all tags at once. */
import { defineOperation } from '../operation.ts';
import { assertNullVersion } from '../version-id.ts';
import { replaceTags } from './replace-tags.ts';

export const DeleteObjectTagging = defineOperation({
  name: 'DeleteObjectTagging',
  access: { on: 'object', action: 's3:DeleteObjectTagging', permission: undefined },
  accepts: ['Bucket', 'Key', 'VersionId', 'ExpectedBucketOwner'],
  async run(input, context) {
    assertNullVersion(input.VersionId);
    await replaceTags(input.Key, undefined, context);
    return {};
  },
});
