/**
 * Every operation that Kist has, by S3's name. What isn't here is known to the router all the same and
 * answered NotImplemented.
 */
import type { OperationName } from '../model/operations.gen.ts';
import { CreateBucket } from './bucket/create-bucket.ts';
import { DeleteBucket } from './bucket/delete-bucket.ts';
import { GetBucketAcl } from './bucket/get-bucket-acl.ts';
import { GetBucketLocation } from './bucket/get-bucket-location.ts';
import { GetBucketVersioning } from './bucket/get-bucket-versioning.ts';
import { HeadBucket } from './bucket/head-bucket.ts';
import { ListMultipartUploads } from './bucket/list-multipart-uploads.ts';
import { ListObjectVersions } from './bucket/list-object-versions.ts';
import { ListObjects } from './bucket/list-objects.ts';
import { ListObjectsV2 } from './bucket/list-objects-v2.ts';
import { PutBucketAcl } from './bucket/put-bucket-acl.ts';
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
import { PutObject } from './object/put-object.ts';
import { PutObjectAcl } from './object/put-object-acl.ts';
import { PutObjectTagging } from './object/put-object-tagging.ts';
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
  DeleteObject,
  DeleteObjectTagging,
  DeleteObjects,
  GetBucketAcl,
  GetBucketLocation,
  GetBucketVersioning,
  GetObject,
  GetObjectAcl,
  GetObjectAttributes,
  GetObjectTagging,
  HeadBucket,
  HeadObject,
  ListBuckets,
  ListMultipartUploads,
  ListObjectVersions,
  ListObjects,
  ListObjectsV2,
  ListParts,
  PutBucketAcl,
  PutObject,
  PutObjectAcl,
  PutObjectTagging,
  UploadPart,
  UploadPartCopy,
};
