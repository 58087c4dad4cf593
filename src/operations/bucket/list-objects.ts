/** ListObjects, the first version. NextMarker is given with a delimiter only: without, it is the last key. */
import { keyMarker } from '../list-parameters.ts';
import { defineOperation } from '../operation.ts';
import { listObjectsMembers, objectEntry, objectPage, ownerShapes } from './list-page.ts';

export const ListObjects = defineOperation({
  name: 'ListObjects',
  access: { on: 'bucket', action: 's3:ListBucket', permission: 'READ' },
  accepts: [...listObjectsMembers, 'Marker'],
  async run(input, context) {
    const marker = keyMarker(input.Marker);
    const { objects, last, more, echoed } = await objectPage(input, marker, context);
    const ownerOf = ownerShapes(context.identity);
    return {
      ...echoed,
      Marker: marker ?? '',
      NextMarker: more && echoed.Delimiter !== undefined ? last : undefined,
      Contents: objects.map((object) => objectEntry(object, ownerOf(object.owner))),
    };
  },
});
