/** The upload that a request names, and whose it is. */
import type { ChecksumAlgorithm } from '../../digest/algorithms.ts';
import { S3Error } from '../../protocol/errors.ts';
import type { StoredUpload } from '../../store/records.ts';
import { callerId } from '../caller.ts';
import type { OperationContext } from '../operation.ts';
import { isUploadId } from '../upload-id.ts';

interface UploadInput {
  readonly Key: string;
  readonly UploadId: string;
}

/** Of a part, and so the most parts that an object has. */
export const maxPartNumber = 10_000;

/** Computed for parts of an upload that asked for no algorithm. */
export const defaultChecksum: ChecksumAlgorithm = 'CRC64NVME';

export async function findUpload(
  { Key, UploadId }: UploadInput,
  { bucket, store }: OperationContext,
): Promise<StoredUpload | undefined> {
  return isUploadId(UploadId) ? store.uploads.get(bucket, Key, UploadId) : undefined;
}

/** @throws S3Error NoSuchUpload */
export async function openUpload(
  input: UploadInput,
  context: OperationContext,
): Promise<StoredUpload> {
  const upload = await findUpload(input, context);
  if (upload === undefined) throw noSuchUpload(input.UploadId);
  return upload;
}

export function noSuchUpload(uploadId: string): S3Error {
  return new S3Error('NoSuchUpload', { fields: { UploadId: uploadId } });
}

/**
 * Listing parts and giving up is for who initiated the upload, the bucket's owner, and whom the bucket's policy
 * allows it ("Multipart upload API and permissions" in the user guide): who may only write to the bucket
 * doesn't meddle with the uploads of others.
 * @throws S3Error AccessDenied
 */
export async function assertOwnUpload(
  action: 's3:AbortMultipartUpload' | 's3:ListMultipartUploadParts',
  upload: StoredUpload,
  context: OperationContext,
): Promise<void> {
  if (callerId(context) === upload.initiator) return;
  if (!(await context.may(action, upload.key))) throw new S3Error('AccessDenied');
}
