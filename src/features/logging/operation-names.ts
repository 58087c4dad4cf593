/**
 * What server access logs call requests: `REST.METHOD.RESOURCE`, `WEBSITE.METHOD.RESOURCE`. The user guide shows
 * examples and has no list; the names are those that S3 is seen to write.
 */
import type { LifecycleAction } from '../lifecycle/evaluate.ts';

/** By S3 operation; what isn't here is named by whether it has a key. */
const resources: Readonly<Record<string, string>> = {
  AbortMultipartUpload: 'UPLOAD',
  CompleteMultipartUpload: 'UPLOAD',
  CreateMultipartUpload: 'UPLOADS',
  DeleteBucketCors: 'CORS',
  DeleteBucketEncryption: 'ENCRYPTION',
  DeleteBucketInventoryConfiguration: 'INVENTORY',
  DeleteBucketLifecycle: 'LIFECYCLE',
  DeleteBucketOwnershipControls: 'OWNERSHIP_CONTROLS',
  DeleteBucketPolicy: 'BUCKETPOLICY',
  DeleteBucketTagging: 'TAGGING',
  DeleteBucketWebsite: 'WEBSITE',
  DeleteObjects: 'MULTI_OBJECT_DELETE',
  DeleteObjectTagging: 'OBJECT_TAGGING',
  DeletePublicAccessBlock: 'PUBLIC_ACCESS_BLOCK',
  GetBucketAccelerateConfiguration: 'ACCELERATE',
  GetBucketAcl: 'ACL',
  GetBucketCors: 'CORS',
  GetBucketEncryption: 'ENCRYPTION',
  GetBucketInventoryConfiguration: 'INVENTORY',
  GetBucketLifecycleConfiguration: 'LIFECYCLE',
  GetBucketLocation: 'LOCATION',
  GetBucketLogging: 'LOGGING_STATUS',
  GetBucketNotificationConfiguration: 'NOTIFICATION',
  GetBucketOwnershipControls: 'OWNERSHIP_CONTROLS',
  GetBucketPolicy: 'BUCKETPOLICY',
  GetBucketPolicyStatus: 'POLICY_STATUS',
  GetBucketRequestPayment: 'REQUEST_PAYMENT',
  GetBucketTagging: 'TAGGING',
  GetBucketVersioning: 'VERSIONING',
  GetBucketWebsite: 'WEBSITE',
  GetObjectAcl: 'ACL',
  GetObjectAttributes: 'OBJECT_ATTRIBUTES',
  GetObjectLegalHold: 'LEGAL_HOLD',
  GetObjectLockConfiguration: 'OBJECT_LOCK_CONFIGURATION',
  GetObjectRetention: 'OBJECT_LOCK_RETENTION',
  GetObjectTagging: 'OBJECT_TAGGING',
  GetPublicAccessBlock: 'PUBLIC_ACCESS_BLOCK',
  ListBucketInventoryConfigurations: 'INVENTORY',
  ListMultipartUploads: 'UPLOADS',
  ListObjectVersions: 'BUCKETVERSIONS',
  ListParts: 'UPLOAD',
  Preflight: 'PREFLIGHT',
  PutBucketAccelerateConfiguration: 'ACCELERATE',
  PutBucketAcl: 'ACL',
  PutBucketCors: 'CORS',
  PutBucketEncryption: 'ENCRYPTION',
  PutBucketInventoryConfiguration: 'INVENTORY',
  PutBucketLifecycleConfiguration: 'LIFECYCLE',
  PutBucketLogging: 'LOGGING_STATUS',
  PutBucketNotificationConfiguration: 'NOTIFICATION',
  PutBucketOwnershipControls: 'OWNERSHIP_CONTROLS',
  PutBucketPolicy: 'BUCKETPOLICY',
  PutBucketRequestPayment: 'REQUEST_PAYMENT',
  PutBucketTagging: 'TAGGING',
  PutBucketVersioning: 'VERSIONING',
  PutBucketWebsite: 'WEBSITE',
  PutObjectAcl: 'ACL',
  PutObjectLegalHold: 'LEGAL_HOLD',
  PutObjectLockConfiguration: 'OBJECT_LOCK_CONFIGURATION',
  PutObjectRetention: 'OBJECT_LOCK_RETENTION',
  PutObjectTagging: 'OBJECT_TAGGING',
  PutPublicAccessBlock: 'PUBLIC_ACCESS_BLOCK',
  RestoreObject: 'RESTORE',
  SelectObjectContent: 'SELECT',
  UploadPart: 'PART',
};

/** Names that don't tell the method. */
const whole: Readonly<Record<string, string>> = {
  CopyObject: 'REST.COPY.OBJECT',
  UploadPartCopy: 'REST.COPY.PART',
};

/** What reading the source of a copy is called; it is logged by the source's bucket. */
const ofSource: Readonly<Record<string, string>> = {
  CopyObject: 'REST.COPY.OBJECT_GET',
  UploadPartCopy: 'REST.COPY.PART_GET',
};

export interface LoggedRequest {
  /** As routed; undefined where routing did not get that far. */
  readonly operation: string | undefined;
  readonly method: string;
  readonly key: string | undefined;
}

export function loggedOperation({ operation = '', method, key }: LoggedRequest): string {
  const resource = resources[operation] ?? (key === undefined ? 'BUCKET' : 'OBJECT');
  if (operation === 'Website') return `WEBSITE.${method}.${resource}`;
  return whole[operation] ?? `REST.${method}.${resource}`;
}

export function loggedSourceOperation(operation: string | undefined): string {
  return ofSource[operation ?? ''] ?? 'REST.GET.OBJECT';
}

/** One for each key of a DeleteObjects, beside the request's own record. */
export const batchDelete = 'BATCH.DELETE.OBJECT';

/** Who does what the lifecycle asks for. */
export const lifecycleRequester = 'AmazonS3';

/** "Lifecycle and logging" in the user guide. A current object of a versioned bucket gets a delete marker. */
export function loggedLifecycleAction(action: LifecycleAction, isVersioned: boolean): string {
  if (action === 'abort-upload') return 'S3.DELETE.UPLOAD';
  return action === 'expire' && isVersioned ? 'S3.CREATE.DELETEMARKER' : 'S3.EXPIRE.OBJECT';
}
