/** GetObjectTagging, in order of key. No ACL lets others read tags. */
import { defineOperation } from '../operation.ts';
import { tagSetOf } from '../tags.ts';
import { versionIdOf } from '../version-id.ts';

export const GetObjectTagging = defineOperation({
  name: 'GetObjectTagging',
  access: {
    on: 'object',
    notOnMarkers: true,
    action: 's3:GetObjectTagging',
    permission: undefined,
    ofVersion: { action: 's3:GetObjectVersionTagging', permission: undefined },
  },
  accepts: ['VersionId'],
  run: (_input, { bucket, object }) => ({
    TagSet: tagSetOf(object.tags),
    VersionId: versionIdOf(bucket, object),
  }),
});
