/**
 * CreateMultipartUpload. Not for anonymous callers, as in S3. A bucket's default retention begins when the
 * upload is completed.
 */
import type { ChecksumAlgorithm } from '../../digest/algorithms.ts';
import type { CreateMultipartUploadRequest } from '../../model/types.gen.ts';
import { S3Error } from '../../protocol/errors.ts';
import type { ChecksumType } from '../../store/records.ts';
import { callerId } from '../caller.ts';
import { abortOutput } from '../lifecycle-headers.ts';
import { attributesOfNew, newObjectMembers } from '../new-object.ts';
import { encryptionMembers, encryptionOutput, wantedEncryption } from '../object-encryption.ts';
import { objectLockMembers, requestedLock } from '../object-lock.ts';
import { defineOperation } from '../operation.ts';

export const CreateMultipartUpload = defineOperation({
  name: 'CreateMultipartUpload',
  access: { on: 'bucket', action: 's3:PutObject', permission: 'WRITE' },
  accepts: [
    ...newObjectMembers,
    ...objectLockMembers,
    ...encryptionMembers,
    'ChecksumAlgorithm',
    'ChecksumType',
  ],
  async run(input, context) {
    const { bucket, store } = context;
    const initiator = callerId(context);
    if (initiator === undefined) {
      throw new S3Error('AccessDenied', {
        message: 'Anonymous users cannot initiate multipart uploads.  Please authenticate.',
      });
    }
    const checksumAlgorithm = input.ChecksumAlgorithm;
    const checksumType = checksumTypeOf(input);
    const wanted = await wantedEncryption(input, context);
    const sealed = wanted && (await context.encryption.seal(wanted));
    const upload = await store.uploads.create(bucket, input.Key, {
      ...attributesOfNew(input, context),
      lock: await requestedLock(input, context),
      encryption: sealed?.encryption,
      initiator,
      checksumAlgorithm,
      checksumType,
    });
    return {
      Bucket: input.Bucket,
      Key: input.Key,
      UploadId: upload.uploadId,
      ChecksumAlgorithm: checksumAlgorithm,
      ChecksumType: checksumType,
      ...encryptionOutput(upload.encryption),
      ...(await abortOutput(context, input.Key, upload)),
    };
  },
});

const both = ['COMPOSITE', 'FULL_OBJECT'] as const;

/** The first is what an upload has that doesn't choose ("Checking object integrity" in the user guide). */
const allowedTypes: Readonly<Partial<Record<ChecksumAlgorithm, readonly ChecksumType[]>>> = {
  CRC32: both,
  CRC32C: both,
  CRC64NVME: ['FULL_OBJECT'],
};
const compositeOnly: readonly ChecksumType[] = ['COMPOSITE'];

/** Undefined where the client asks for no checksum: the object has a CRC64NVME of its whole then. */
function checksumTypeOf({
  ChecksumAlgorithm: algorithm,
  ChecksumType: type,
}: CreateMultipartUploadRequest): ChecksumType | undefined {
  if (algorithm === undefined) {
    if (type === undefined) return undefined;
    throw new S3Error('InvalidRequest', {
      message:
        'The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.',
    });
  }
  const allowed = allowedTypes[algorithm] ?? compositeOnly;
  if (type === undefined) return allowed[0];
  if (allowed.includes(type)) return type;
  throw new S3Error('InvalidRequest', {
    message: `The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
  });
}
