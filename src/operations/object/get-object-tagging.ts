/** GetObjectTagging, in order of key. No ACL lets others read tags. */
import { defineOperation } from '../operation.ts';
import { tagSetOf } from '../tags.ts';

export const GetObjectTagging = defineOperation({
  name: 'GetObjectTagging',
  access: { on: 'object', action: 's3:GetObjectTagging', permission: undefined },
  accepts: ['VersionId'],
  run: (_input, { object }) => ({ TagSet: tagSetOf(object.tags) }),
});
