/** Parts of an encrypted upload: all with its data key, each sealed on its own, SSE-C with the same customer's key. */
import type { CustomerKey } from '../../features/encryption/customer-key.ts';
import { sameText } from '../../features/encryption/customer-key.ts';
import type { Sealer } from '../../features/encryption/encryption.ts';
import { S3Error } from '../../protocol/errors.ts';
import type { StoredUpload } from '../../store/records.ts';
import { type CustomerKeyInput, customerKey } from '../object-encryption.ts';
import type { OperationContext } from '../operation.ts';

/**
 * What seals one part; undefined for an upload without encryption.
 * @throws S3Error InvalidRequest unless the request brings the upload's key
 */
export async function sealerOfPart(
  input: CustomerKeyInput,
  upload: StoredUpload,
  context: OperationContext,
): Promise<Sealer | undefined> {
  const key = customerKey(input, context);
  const { encryption } = upload;
  if (key === undefined) assertNeedsNoKey(upload);
  assertUploadsKey(key, upload);
  if (encryption === undefined) return undefined;
  const dataKey = await context.encryption.open(encryption, key);
  return context.encryption.sealer({ encryption, dataKey });
}

/** For requests that may leave the key out. */
export function assertUploadKey(
  input: CustomerKeyInput,
  upload: StoredUpload,
  context: OperationContext,
): void {
  assertUploadsKey(customerKey(input, context), upload);
}

/**
 * For CompleteMultipartUpload: it must bring the key where the upload has a checksum algorithm
 * ("CompleteMultipartUpload" in the API reference).
 */
export function assertCompletingKey(
  input: CustomerKeyInput,
  upload: StoredUpload,
  context: OperationContext,
): void {
  const key = customerKey(input, context);
  if (key === undefined && upload.checksumAlgorithm !== undefined) assertNeedsNoKey(upload);
  assertUploadsKey(key, upload);
}

function assertNeedsNoKey({ encryption }: StoredUpload): void {
  if (encryption?.algorithm !== 'SSE-C') return;
  throw new S3Error('InvalidRequest', {
    message:
      'The multipart upload initiate requested encryption. Subsequent part requests must include the appropriate encryption parameters.',
  });
}

function assertUploadsKey(key: CustomerKey | undefined, { encryption }: StoredUpload): void {
  if (key === undefined) return;
  if (encryption?.algorithm !== 'SSE-C') {
    throw new S3Error('InvalidRequest', {
      message:
        'The multipart upload initiate did not request encryption with a customer provided key. Part requests must not include encryption parameters.',
    });
  }
  if (sameText(key.md5, encryption.keyMd5 ?? '')) return;
  throw new S3Error('InvalidRequest', {
    message: 'The provided encryption parameters did not match the ones used originally.',
  });
}
