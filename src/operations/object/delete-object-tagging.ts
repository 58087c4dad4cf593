/** DeleteObjectTagging: all tags at once. */
import { defineOperation } from '../operation.ts';
import { versionIdOf } from '../version-id.ts';
import { changeObject } from './change-object.ts';

export const DeleteObjectTagging = defineOperation({
  name: 'DeleteObjectTagging',
  access: {
    on: 'object',
    notOnMarkers: true,
    action: 's3:DeleteObjectTagging',
    permission: undefined,
    ofVersion: { action: 's3:DeleteObjectVersionTagging', permission: undefined },
  },
  accepts: ['VersionId'],
  async run(input, context) {
    const changed = await changeObject(input, context, (now) => ({ ...now, tags: undefined }));
    return { VersionId: versionIdOf(context.bucket, changed) };
  },
});
