/**
 * UpdateObjectEncryption: another key for an object that is encrypted with SSE-S3 or SSE-KMS, which becomes or
 * stays SSE-KMS. Its data key is wrapped anew; bytes, ETag, time and metadata stay ("Updating server-side
 * encryption for existing objects" in the user guide).
 *
 * S3 takes a key's whole ARN; here a key may be named as in PutObject.
 */
import { assertRemovable } from '../../features/object-lock/rules.ts';
import type { ObjectEncryption as WantedEncryption } from '../../model/types.gen.ts';
import { S3Error } from '../../protocol/errors.ts';
import type { ObjectEncryption, StoredObject } from '../../store/records.ts';
import { assertKnownCaller } from '../object-encryption.ts';
import { defineOperation, type OperationContext } from '../operation.ts';
import { changeObject } from './change-object.ts';

export const UpdateObjectEncryption = defineOperation({
  name: 'UpdateObjectEncryption',
  access: { on: 'object', action: 's3:UpdateObjectEncryption', permission: undefined },
  accepts: ['ObjectEncryption', 'VersionId'],
  async run(input, context) {
    assertKnownCaller(context);
    const from = changeableEncryption(context.object);
    const encryption = await rewrapped(from, input.ObjectEncryption, context);
    await changeObject(input, context, (now) => {
      assertRemovable(now.lock, context.now(), false);
      // The bytes are others now, or wrapped by somebody else meanwhile.
      if (now.encryption?.dataKey !== from.dataKey) throw new S3Error('OperationAborted');
      return { ...now, encryption };
    });
    return {};
  },
});

/** @throws S3Error InvalidRequest */
function changeableEncryption({ encryption }: StoredObject): ObjectEncryption {
  const allowed = 'Only source objects encrypted with SSE-S3 or SSE-KMS are supported.';
  if (encryption === undefined) {
    throw new S3Error('InvalidRequest', {
      message: `The UpdateObjectEncryption operation doesn't support unencrypted source objects. ${allowed}`,
    });
  }
  if (encryption.algorithm === 'SSE-C') {
    throw new S3Error('InvalidRequest', {
      message: `The UpdateObjectEncryption operation doesn't support source objects with the encryption type DSSE-KMS or SSE-C. ${allowed}`,
    });
  }
  return encryption;
}

async function rewrapped(
  from: ObjectEncryption,
  { SSEKMS: wanted }: WantedEncryption,
  { encryption }: OperationContext,
): Promise<ObjectEncryption> {
  if (wanted === undefined) {
    throw new S3Error('InvalidRequest', {
      message:
        'Requests that modify an object encryption configuration require a valid new encryption type. Valid values are SSEKMS.',
    });
  }
  const dataKey = await encryption.open(from);
  const sealed = await encryption.seal(
    {
      algorithm: 'aws:kms',
      keyId: wanted.KMSKeyArn,
      context: from.context,
      bucketKey: wanted.BucketKeyEnabled,
    },
    dataKey,
  );
  return { ...sealed.encryption, nonce: from.nonce };
}
