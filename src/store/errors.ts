/** The storage engine's own errors; operations map them to S3's once. */

/** The bucket went away while an operation worked on it. */
export class BucketGoneError extends Error {
  override readonly name = 'BucketGoneError';
}

/** A record's blob is not there: the object was removed long ago, or the store is damaged. */
export class BlobMissingError extends Error {
  override readonly name = 'BlobMissingError';
}

/** A record differs from its checksum or is not what its key promises. */
export class RecordCorruptError extends Error {
  override readonly name = 'RecordCorruptError';
}

/** Buckets can't be made in a namespace, or for an account, that is being deleted, or was. */
export class TenantClosedError extends Error {
  override readonly name = 'TenantClosedError';
}

/** What was to be stored is more than a quota allows. */
export class QuotaExceededError extends Error {
  override readonly name = 'QuotaExceededError';
}

/** The same record changed under us in every attempt. */
export class ContentionError extends Error {
  override readonly name = 'ContentionError';
}

/** The data directory was written by a newer version. */
export class FormatVersionError extends Error {
  override readonly name = 'FormatVersionError';
}
