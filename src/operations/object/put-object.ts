/**
 * PutObject. Conditions are looked at before the first byte is asked for, and hold when the object is
 * committed. Appending (`x-amz-write-offset-bytes`) and encryption are refused.
 */
import { checkWriteConditions } from '../../protocol/conditions.ts';
import { formatETag } from '../../protocol/etag.ts';
import { checksumOutput } from '../checksum-members.ts';
import { attributesOfNew, newObjectMembers } from '../new-object.ts';
import { defineOperation } from '../operation.ts';
import { receiveBytes, receivedMembers } from '../receive-bytes.ts';

export const PutObject = defineOperation({
  name: 'PutObject',
  access: { on: 'bucket', action: 's3:PutObject', permission: 'WRITE' },
  accepts: [...newObjectMembers, ...receivedMembers, 'IfMatch', 'IfNoneMatch'],
  async run(input, context) {
    const { bucket, store } = context;
    const attributes = attributesOfNew(input, context);
    const isConditional = input.IfMatch !== undefined || input.IfNoneMatch !== undefined;
    if (isConditional) {
      checkWriteConditions(input, (await store.objects.get(bucket, input.Key))?.etag);
    }
    const { staged, etag, checksum } = await receiveBytes(input, context);
    const object = await store.objects.put(
      bucket,
      input.Key,
      staged,
      { ...attributes, etag, checksum },
      isConditional ? (current) => checkWriteConditions(input, current?.etag) : undefined,
    );
    return { ETag: formatETag(object.etag), ...checksumOutput(object.checksum) };
  },
});
