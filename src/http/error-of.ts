/**
 * Whatever was thrown → the S3Error that the client gets, and its document. What has no words in S3 is a bug or
 * damage, and becomes InternalError.
 */
import { mapStoreError } from '../operations/store-errors.ts';
import { encodeError } from '../protocol/error-document.ts';
import { S3Error } from '../protocol/errors.ts';
import type { Exchange } from './exchange.ts';

export function s3ErrorOf(thrown: unknown): S3Error {
  const error = mapStoreError(thrown);
  if (error instanceof S3Error) return error;
  return new S3Error('InternalError', { cause: error });
}

export function errorDocument(
  error: S3Error,
  { requestId, incoming, target }: Exchange,
  hostId: string,
) {
  const url = incoming.url ?? '/';
  const mark = url.indexOf('?');
  const resource = mark < 0 ? url : url.slice(0, mark);
  const { bucket, key } = target;
  const { status, headers, body } = encodeError(error, {
    requestId,
    hostId,
    resource,
    bucket,
    key,
  });
  return { status, headers, body: Buffer.isBuffer(body) ? body : undefined };
}
