/** GetObjectTagging, in order of key. No ACL lets others read tags. */
import { defineOperation } from '../operation.ts';
import { tagSetOf } from '../tags.ts';
import { assertNullVersion } from '../version-id.ts';

export const GetObjectTagging = defineOperation({
  name: 'GetObjectTagging',
  access: { on: 'object', action: 's3:GetObjectTagging', permission: undefined },
  accepts: ['Bucket', 'Key', 'VersionId', 'RequestPayer', 'ExpectedBucketOwner'],
  run(input, { object }) {
    assertNullVersion(input.VersionId);
    return { TagSet: tagSetOf(object.tags) };
  },
});
