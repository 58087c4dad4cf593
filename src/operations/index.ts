/**
 * Every operation that Kist has, by S3's name. What isn't here is known to the router all the same and
 * answered NotImplemented.
 */
import type { OperationName } from '../model/operations.gen.ts';
import { CreateBucket } from './bucket/create-bucket.ts';
import { DeleteBucket } from './bucket/delete-bucket.ts';
import { GetBucketAcl } from './bucket/get-bucket-acl.ts';
import { GetBucketLocation } from './bucket/get-bucket-location.ts';
import { HeadBucket } from './bucket/head-bucket.ts';
import { ListMultipartUploads } from './bucket/list-multipart-uploads.ts';
import { ListObjectVersions } from './bucket/list-object-versions.ts';
import { ListObjects } from './bucket/list-objects.ts';
import { ListObjectsV2 } from './bucket/list-objects-v2.ts';
import { PutBucketAcl } from './bucket/put-bucket-acl.ts';
import {
  GetBucketAccelerateConfiguration,
  PutBucketAccelerateConfiguration,
} from './bucket-config/accelerate-configuration.ts';
import { GetBucketLogging, PutBucketLogging } from './bucket-config/bucket-logging.ts';
import {
  DeleteBucketPolicy,
  GetBucketPolicy,
  GetBucketPolicyStatus,
  PutBucketPolicy,
} from './bucket-config/bucket-policy.ts';
import {
  DeleteBucketTagging,
  GetBucketTagging,
  PutBucketTagging,
} from './bucket-config/bucket-tagging.ts';
import { GetBucketVersioning, PutBucketVersioning } from './bucket-config/bucket-versioning.ts';
import { DeleteBucketCors, GetBucketCors, PutBucketCors } from './bucket-config/cors.ts';
import {
  DeleteBucketEncryption,
  GetBucketEncryption,
  PutBucketEncryption,
} from './bucket-config/encryption.ts';
import {
  DeleteBucketInventoryConfiguration,
  GetBucketInventoryConfiguration,
  ListBucketInventoryConfigurations,
  PutBucketInventoryConfiguration,
} from './bucket-config/inventory-configuration.ts';
import {
  DeleteBucketLifecycle,
  GetBucketLifecycleConfiguration,
  PutBucketLifecycleConfiguration,
} from './bucket-config/lifecycle.ts';
import {
  GetBucketNotificationConfiguration,
  PutBucketNotificationConfiguration,
} from './bucket-config/notification-configuration.ts';
import {
  GetObjectLockConfiguration,
  PutObjectLockConfiguration,
} from './bucket-config/object-lock-configuration.ts';
import {
  DeleteBucketOwnershipControls,
  GetBucketOwnershipControls,
  PutBucketOwnershipControls,
} from './bucket-config/ownership-controls.ts';
import {
  DeletePublicAccessBlock,
  GetPublicAccessBlock,
  PutPublicAccessBlock,
} from './bucket-config/public-access-block.ts';
import {
  GetBucketRequestPayment,
  PutBucketRequestPayment,
} from './bucket-config/request-payment.ts';
import {
  DeleteBucketWebsite,
  GetBucketWebsite,
  PutBucketWebsite,
} from './bucket-config/website.ts';
import { AbortMultipartUpload } from './multipart/abort-multipart-upload.ts';
import { CompleteMultipartUpload } from './multipart/complete-multipart-upload.ts';
import { CreateMultipartUpload } from './multipart/create-multipart-upload.ts';
import { ListParts } from './multipart/list-parts.ts';
import { UploadPart } from './multipart/upload-part.ts';
import { UploadPartCopy } from './multipart/upload-part-copy.ts';
import { CopyObject } from './object/copy-object.ts';
import { DeleteObject } from './object/delete-object.ts';
import { DeleteObjectTagging } from './object/delete-object-tagging.ts';
import { DeleteObjects } from './object/delete-objects.ts';
import { GetObject } from './object/get-object.ts';
import { GetObjectAcl } from './object/get-object-acl.ts';
import { GetObjectAttributes } from './object/get-object-attributes.ts';
import { GetObjectTagging } from './object/get-object-tagging.ts';
import { HeadObject } from './object/head-object.ts';
import {
  DeleteObjectAnnotation,
  GetObjectAnnotation,
  ListObjectAnnotations,
  PutObjectAnnotation,
} from './object/object-annotation.ts';
import { GetObjectLegalHold, PutObjectLegalHold } from './object/object-legal-hold.ts';
import { GetObjectRetention, PutObjectRetention } from './object/object-retention.ts';
import { PutObject } from './object/put-object.ts';
import { PutObjectAcl } from './object/put-object-acl.ts';
import { PutObjectTagging } from './object/put-object-tagging.ts';
import { RenameObject } from './object/rename-object.ts';
import { RestoreObject } from './object/restore-object.ts';
import { SelectObjectContent } from './object/select-object-content.ts';
import { UpdateObjectEncryption } from './object/update-object-encryption.ts';
import type { Operation } from './operation.ts';
import { ListBuckets } from './service/list-buckets.ts';

type Operations = { readonly [Name in OperationName]?: Operation<Name> };

export const operations: Operations = {
  AbortMultipartUpload,
  CompleteMultipartUpload,
  CopyObject,
  CreateBucket,
  CreateMultipartUpload,
  DeleteBucket,
  DeleteBucketCors,
  DeleteBucketEncryption,
  DeleteBucketInventoryConfiguration,
  DeleteBucketLifecycle,
  DeleteBucketOwnershipControls,
  DeleteBucketPolicy,
  DeleteBucketTagging,
  DeleteBucketWebsite,
  DeleteObject,
  DeleteObjectAnnotation,
  DeleteObjects,
  DeleteObjectTagging,
  DeletePublicAccessBlock,
  GetBucketAccelerateConfiguration,
  GetBucketAcl,
  GetBucketCors,
  GetBucketEncryption,
  GetBucketInventoryConfiguration,
  GetBucketLifecycleConfiguration,
  GetBucketLocation,
  GetBucketLogging,
  GetBucketNotificationConfiguration,
  GetBucketOwnershipControls,
  GetBucketPolicy,
  GetBucketPolicyStatus,
  GetBucketRequestPayment,
  GetBucketTagging,
  GetBucketVersioning,
  GetBucketWebsite,
  GetObject,
  GetObjectAcl,
  GetObjectAnnotation,
  GetObjectAttributes,
  GetObjectLegalHold,
  GetObjectLockConfiguration,
  GetObjectRetention,
  GetObjectTagging,
  GetPublicAccessBlock,
  HeadBucket,
  HeadObject,
  ListBucketInventoryConfigurations,
  ListBuckets,
  ListMultipartUploads,
  ListObjectAnnotations,
  ListObjects,
  ListObjectsV2,
  ListObjectVersions,
  ListParts,
  PutBucketAccelerateConfiguration,
  PutBucketAcl,
  PutBucketCors,
  PutBucketEncryption,
  PutBucketInventoryConfiguration,
  PutBucketLifecycleConfiguration,
  PutBucketLogging,
  PutBucketNotificationConfiguration,
  PutBucketOwnershipControls,
  PutBucketPolicy,
  PutBucketRequestPayment,
  PutBucketTagging,
  PutBucketVersioning,
  PutBucketWebsite,
  PutObject,
  PutObjectAcl,
  PutObjectAnnotation,
  PutObjectLegalHold,
  PutObjectLockConfiguration,
  PutObjectRetention,
  PutObjectTagging,
  PutPublicAccessBlock,
  RenameObject,
  RestoreObject,
  SelectObjectContent,
  UpdateObjectEncryption,
  UploadPart,
  UploadPartCopy,
};
