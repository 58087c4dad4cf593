/**
 * Whatever was thrown → the S3Error that the client gets. What has no words in S3 is a bug or damage, and
 * becomes InternalError.
 */
import { mapStoreError } from '../operations/store-errors.ts';
import { S3Error } from '../protocol/errors.ts';

const noSpaceCodes: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT']);

export function s3ErrorOf(thrown: unknown): S3Error {
  const error = mapStoreError(thrown);
  if (error instanceof S3Error) return error;
  if (error instanceof Error && 'code' in error && noSpaceCodes.has(error.code)) {
    return new S3Error('InsufficientStorage', { cause: error });
  }
  return new S3Error('InternalError', { cause: error });
}
