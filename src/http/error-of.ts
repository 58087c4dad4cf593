/**
 * Whatever was thrown → the S3Error that the client gets. What has no words in S3 is a bug or damage, and
 * becomes InternalError.
 */
import { mapStoreError } from '../operations/store-errors.ts';
import { S3Error } from '../protocol/errors.ts';

export function s3ErrorOf(thrown: unknown): S3Error {
  const error = mapStoreError(thrown);
  if (error instanceof S3Error) return error;
  return new S3Error('InternalError', { cause: error });
}
