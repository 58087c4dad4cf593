/**
 * An S3Error as it goes over the wire: API reference, "REST error responses".
 *
 * The document has no namespace. Elements come in S3's order: Code, Message, what the error adds, Resource,
 * RequestId, HostId.
 */
import type { EncodedResponse } from './encode.ts';
import type { ErrorCode, S3Error } from './errors.ts';
import { textElement, xmlDeclaration } from './xml/build.ts';

export interface ErrorContext {
  readonly requestId: string;
  readonly hostId: string;
  /** The path as sent, without the query. */
  readonly resource: string;
  readonly bucket: string | undefined;
  readonly key: string | undefined;
}

/** Errors about a bucket, whose name S3 repeats in BucketName. */
const bucketErrors: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'BucketAlreadyExists',
  'BucketAlreadyOwnedByYou',
  'BucketNotEmpty',
  'InvalidBucketName',
  'NoSuchBucket',
  'NoSuchBucketPolicy',
  'NoSuchCORSConfiguration',
  'NoSuchLifecycleConfiguration',
  'NoSuchPublicAccessBlockConfiguration',
  'NoSuchTagSet',
  'NoSuchWebsiteConfiguration',
  'ObjectLockConfigurationNotFoundError',
  'OwnershipControlsNotFoundError',
  'ReplicationConfigurationNotFoundError',
  'ServerSideEncryptionConfigurationNotFoundError',
]);

/** Errors about an object, whose name S3 repeats in Key. */
const keyErrors: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['NoSuchKey', 'NoSuchVersion']);

const notModified = 304;

function fieldsOf({ code, fields }: S3Error, { bucket, key }: ErrorContext) {
  if (bucketErrors.has(code) && bucket !== undefined && fields.BucketName === undefined) {
    return { BucketName: bucket, ...fields };
  }
  if (keyErrors.has(code) && key !== undefined && fields.Key === undefined) {
    return { Key: key, ...fields };
  }
  return fields;
}

/** The caller leaves the body out of answers to HEAD. */
export function encodeError(error: S3Error, context: ErrorContext): EncodedResponse {
  const headers = Object.entries(error.headers).flat();
  if (error.status === notModified) return { status: error.status, headers, body: undefined };
  const elements = [
    textElement('Code', error.code),
    textElement('Message', error.message),
    ...Object.entries(fieldsOf(error, context)).map(([name, value]) => textElement(name, value)),
    textElement('Resource', context.resource),
    textElement('RequestId', context.requestId),
    textElement('HostId', context.hostId),
  ];
  return {
    status: error.status,
    headers: [...headers, 'Content-Type', 'application/xml'],
    body: Buffer.from(`${xmlDeclaration}<Error>${elements.join('')}</Error>`, 'utf8'),
  };
}
