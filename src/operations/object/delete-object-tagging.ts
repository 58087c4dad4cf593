/** DeleteObjectTagging: all tags at once. */
import { defineOperation } from '../operation.ts';
import { replaceTags } from './replace-tags.ts';

export const DeleteObjectTagging = defineOperation({
  name: 'DeleteObjectTagging',
  access: { on: 'object', action: 's3:DeleteObjectTagging', permission: undefined },
  accepts: ['VersionId'],
  async run(input, context) {
    await replaceTags(input.Key, undefined, context);
    return {};
  },
});
