/**
 * UploadPart. A part of an upload with a composite checksum must bring its own; elsewhere it is computed.
 *
 * An upload that asked for no algorithm takes parts with any: what the client announces is verified and kept.
 */
import type { ChecksumAlgorithm } from '../../digest/algorithms.ts';
import { S3Error } from '../../protocol/errors.ts';
import { formatETag } from '../../protocol/etag.ts';
import type { StoredUpload } from '../../store/records.ts';
import { checksumMembers } from '../checksum-members.ts';
import { customerKeyMembers, encryptionOutput } from '../object-encryption.ts';
import { defineOperation } from '../operation.ts';
import { announcedAlgorithm, receiveBytes, receivedMembers } from '../receive-bytes.ts';
import { defaultChecksum, noSuchUpload, openUpload } from './upload.ts';
import { sealerOfPart } from './upload-encryption.ts';

export const UploadPart = defineOperation({
  name: 'UploadPart',
  access: { on: 'bucket', action: 's3:PutObject', permission: 'WRITE' },
  accepts: ['PartNumber', 'UploadId', ...customerKeyMembers, ...receivedMembers],
  async run(input, context) {
    const { bucket, store } = context;
    const upload = await openUpload(input, context);
    assertUploadsAlgorithm(upload, announcedAlgorithm(input, context));
    const sealer = await sealerOfPart(input, upload, context);
    if (bucket.quotas !== undefined) {
      await store.room.forPart(bucket, upload, input.PartNumber, input.Body?.length ?? 0);
    }
    const { staged, ...facts } = await receiveBytes(
      input,
      context,
      upload.checksumAlgorithm ?? defaultChecksum,
      sealer,
    );
    const part = await store.uploads.putPart(bucket, upload, input.PartNumber, staged, facts);
    if (part === undefined) throw noSuchUpload(input.UploadId);
    return {
      ETag: formatETag(part.etag),
      ...checksumMembers(part.checksum?.algorithm, part.checksum?.value),
      ...encryptionOutput(upload.encryption),
    };
  },
});

function assertUploadsAlgorithm(
  { checksumAlgorithm: expected, checksumType }: StoredUpload,
  announced: ChecksumAlgorithm | undefined,
): void {
  if (expected === undefined || announced === expected) return;
  if (announced === undefined && checksumType === 'FULL_OBJECT') return;
  const actual = announced?.toLowerCase() ?? 'null';
  throw new S3Error('InvalidRequest', {
    message: `Checksum Type mismatch occurred, expected checksum Type: ${expected.toLowerCase()}, actual checksum Type: ${actual}`,
  });
}
