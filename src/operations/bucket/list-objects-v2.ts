/** ListObjectsV2. A continuation token outranks `start-after`; both are repeated in the answer. */
import { afterToken, continuationToken, keyMarker } from '../list-parameters.ts';
import { defineOperation } from '../operation.ts';
import { listObjectsMembers, objectEntry, objectPage, ownerShapes } from './list-page.ts';

export const ListObjectsV2 = defineOperation({
  name: 'ListObjectsV2',
  access: { on: 'bucket', action: 's3:ListBucket', permission: 'READ' },
  accepts: [...listObjectsMembers, 'ContinuationToken', 'FetchOwner', 'StartAfter'],
  async run(input, context) {
    const startAfter = keyMarker(input.StartAfter);
    const after = afterToken(input.ContinuationToken) ?? startAfter;
    const page = await objectPage(input, after, context);
    const { objects, prefixes, last, more, echoed } = page;
    const ownerOf = ownerShapes(context.identity);
    return {
      ...echoed,
      KeyCount: objects.length + prefixes.length,
      ContinuationToken: input.ContinuationToken,
      NextContinuationToken: more && last !== undefined ? continuationToken(last) : undefined,
      StartAfter: startAfter,
      Contents:
        input.FetchOwner === true
          ? objects.map((object) => objectEntry(object, ownerOf(object.owner)))
          : objects.map((object) => objectEntry(object)),
    };
  },
});
