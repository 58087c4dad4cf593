/**
 * The storage engine's errors in S3's words, mapped once, for the pipeline and for the entries of
 * DeleteObjects. What isn't here (damaged or missing bytes, a damaged record, a failing device) is not the
 * client's to know: it is logged and answered InternalError.
 */
import { S3Error } from '../protocol/errors.ts';
import { BlobBusyError } from '../store/blob/port.ts';
import {
  BucketGoneError,
  ContentionError,
  QuotaExceededError,
  TenantClosedError,
} from '../store/errors.ts';
import { type StorageFault, storageFault } from '../store/faults.ts';
import { MetaBusyError } from '../store/meta/port.ts';

/** Clients try a 503 again by themselves; on a full disk that would not help, so it has a name of its own. */
const faultCodes = {
  full: 'InsufficientStorage',
  'read-only': 'ServiceUnavailable',
  descriptors: 'ServiceUnavailable',
  io: 'InternalError',
} as const satisfies Readonly<Record<StorageFault, string>>;

/** An S3Error where S3 has words for it; else the error itself. */
export function mapStoreError(error: unknown): unknown {
  if (error instanceof BucketGoneError) return new S3Error('NoSuchBucket', { cause: error });
  if (error instanceof QuotaExceededError) {
    return new S3Error('QuotaExceeded', { message: error.message, cause: error });
  }
  if (error instanceof TenantClosedError) {
    return new S3Error('AllAccessDisabled', { cause: error });
  }
  if (error instanceof ContentionError) return new S3Error('OperationAborted', { cause: error });
  if (error instanceof BlobBusyError || error instanceof MetaBusyError) {
    return new S3Error('SlowDown', { cause: error });
  }
  if (error instanceof S3Error) return error;
  const fault = storageFault(error);
  return fault === undefined ? error : new S3Error(faultCodes[fault], { cause: error });
}
