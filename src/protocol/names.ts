/**
 * What buckets, keys and namespaces may be called.
 *
 * User guide, "General purpose bucket naming rules" and "Naming Amazon S3 objects".
 */
import { S3Error } from './errors.ts';

export const minBucketNameLength = 3;
export const maxBucketNameLength = 63;
/** In UTF-8. */
export const maxKeyBytes = 1024;

const bucketName = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])$/;
const misplacedDot = /\.\.|\.-|-\./;
const ipAddress = /^\d{1,3}(?:\.\d{1,3}){3}$/;
const reservedPrefixes = ['xn--', 'sthree-', 'amzn-s3-demo-'];
const reservedSuffixes = ['-s3alias', '--ol-s3', '.mrap', '--x-s3', '--table-s3'];

export function isBucketName(name: string): boolean {
  return (
    name.length >= minBucketNameLength &&
    name.length <= maxBucketNameLength &&
    bucketName.test(name) &&
    !misplacedDot.test(name) &&
    !ipAddress.test(name) &&
    !reservedPrefixes.some((prefix) => name.startsWith(prefix)) &&
    !reservedSuffixes.some((suffix) => name.endsWith(suffix))
  );
}

/** Throws InvalidBucketName. */
export function assertBucketName(name: string): void {
  if (!isBucketName(name)) throw new S3Error('InvalidBucketName', { fields: { BucketName: name } });
}

/**
 * Throws KeyTooLongError, or InvalidArgument for an empty key. A NUL counts as two bytes: that is what
 * it takes in the records of uploads and versions.
 */
export function assertKey(key: string): void {
  if (key === '') {
    throw new S3Error('InvalidArgument', {
      message: 'Object key must not be empty',
      fields: { ArgumentName: 'Key', ArgumentValue: '' },
    });
  }
  // A UTF-16 unit is at most three bytes: most keys need no counting.
  if (key.length * 3 <= maxKeyBytes) return;
  const size = Buffer.byteLength(key) + (key.includes('\0') ? key.split('\0').length - 1 : 0);
  if (size <= maxKeyBytes) return;
  throw new S3Error('KeyTooLongError', {
    fields: { Size: String(size), MaxSizeAllowed: String(maxKeyBytes) },
  });
}

const dnsLabel = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** A namespace is one label of a host name. */
export function isNamespaceName(name: string): boolean {
  return dnsLabel.test(name);
}
