/**
 * PutObject. Conditions and quotas are looked at before the first byte is asked for, and hold when the object is
 * committed. Appending (`x-amz-write-offset-bytes`) is refused.
 */
import { checkWriteConditions } from '../../protocol/conditions.ts';
import { S3Error } from '../../protocol/errors.ts';
import { formatETag } from '../../protocol/etag.ts';
import { checksumOutput } from '../checksum-members.ts';
import { assertMayMatch } from '../etag-condition.ts';
import { expirationOutput } from '../lifecycle-headers.ts';
import { attributesOfNew, newObjectMembers } from '../new-object.ts';
import { encryptionMembers, encryptionOutput, sealOfNew } from '../object-encryption.ts';
import { lockOfNew, objectLockMembers } from '../object-lock.ts';
import { defineOperation, type OperationContext } from '../operation.ts';
import {
  announcedAlgorithm,
  type BytesInput,
  receiveBytes,
  receivedMembers,
} from '../receive-bytes.ts';
import { versionIdOfNew } from '../version-id.ts';

export const PutObject = defineOperation({
  name: 'PutObject',
  access: { on: 'bucket', action: 's3:PutObject', permission: 'WRITE' },
  accepts: [
    ...newObjectMembers,
    ...objectLockMembers,
    ...encryptionMembers,
    ...receivedMembers,
    'IfMatch',
    'IfNoneMatch',
  ],
  async run(input, context) {
    const { bucket, store } = context;
    const { headers, metadata, tags, storageClass, acl } = attributesOfNew(input, context);
    const locking = lockOfNew(input, context);
    const lock = locking instanceof Promise ? await locking : locking;
    if (lock !== undefined) assertChecked(input, context);
    const sealing = sealOfNew(input, context);
    const seal = sealing instanceof Promise ? await sealing : sealing;
    const isConditional = input.IfMatch !== undefined || input.IfNoneMatch !== undefined;
    if (isConditional) {
      await assertMayMatch(input.IfMatch, { key: input.Key }, context);
      await assertMayMatch(input.IfNoneMatch, { key: input.Key }, context);
      checkWriteConditions(input, (await store.objects.get(bucket, input.Key))?.etag);
    }
    if (bucket.quotas !== undefined) {
      await store.room.forObject(bucket, input.Key, input.Body?.length ?? 0);
    }
    const { staged, etag, checksum } = await receiveBytes(input, context, undefined, seal?.sealer);
    const encryption = seal?.encryption;
    const object = await store.objects.put(
      bucket,
      input.Key,
      staged,
      // Spelled out: spreading the attributes and adding to them took 7 µs.
      { headers, metadata, tags, storageClass, acl, lock, encryption, etag, checksum },
      isConditional ? (current) => checkWriteConditions(input, current?.etag) : undefined,
    );
    const expiring = expirationOutput(context, input.Key, object);
    const { Expiration } = expiring instanceof Promise ? await expiring : expiring;
    return {
      ETag: formatETag(object.etag),
      VersionId: versionIdOfNew(object),
      Expiration,
      ...checksumOutput(object.checksum),
      ...encryptionOutput(object.encryption),
    };
  },
});

/** What is locked, by the request or by the bucket's default, can't be corrected: S3 wants it checked. */
function assertChecked(input: BytesInput, context: OperationContext): void {
  if (input.ContentMD5 !== undefined || announcedAlgorithm(input, context) !== undefined) return;
  throw new S3Error('InvalidRequest', {
    message:
      'Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters',
  });
}
