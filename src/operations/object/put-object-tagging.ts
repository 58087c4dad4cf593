/** PutObjectTagging: replaces the whole set. No ACL lets others write tags. */
import { defineOperation } from '../operation.ts';
import { tagsOfSet } from '../tags.ts';
import { replaceTags } from './replace-tags.ts';

export const PutObjectTagging = defineOperation({
  name: 'PutObjectTagging',
  access: { on: 'object', action: 's3:PutObjectTagging', permission: undefined },
  accepts: ['Tagging', 'VersionId'],
  async run(input, context) {
    await replaceTags(input.Key, tagsOfSet(input.Tagging.TagSet), context);
    return {};
  },
});
