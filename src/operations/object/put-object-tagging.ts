/** PutObjectTagging: replaces the whole set. No ACL lets others write tags. */
import { defineOperation } from '../operation.ts';
import { tagsOfSet } from '../tags.ts';
import { versionIdOf } from '../version-id.ts';
import { changeObject } from './change-object.ts';

export const PutObjectTagging = defineOperation({
  name: 'PutObjectTagging',
  access: {
    on: 'object',
    notOnMarkers: true,
    action: 's3:PutObjectTagging',
    permission: undefined,
    ofVersion: { action: 's3:PutObjectVersionTagging', permission: undefined },
  },
  accepts: ['Tagging', 'VersionId'],
  async run(input, context) {
    const tags = tagsOfSet(input.Tagging.TagSet);
    const changed = await changeObject(input, context, (now) => ({ ...now, tags }));
    return { VersionId: versionIdOf(context.bucket, changed) };
  },
});
