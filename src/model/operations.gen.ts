/**
 * S3's operations and the requests that mean them.
 *
 * Written by scripts/generate-model.ts from @aws-sdk/client-s3 (Apache-2.0). Do not edit.
 */

import type { OperationRow } from './operation.ts';
import * as shapes from './shapes.gen.ts';

export const AbortMultipartUpload = { name: 'AbortMultipartUpload', method: 'DELETE', level: 'object', status: 204, query: [], requiredQuery: ['uploadId'], requiredHeaders: [], input: shapes.AbortMultipartUploadRequest, output: shapes.AbortMultipartUploadOutput } as const satisfies OperationRow;
export const CompleteMultipartUpload = { name: 'CompleteMultipartUpload', method: 'POST', level: 'object', status: 200, query: [], requiredQuery: ['uploadId'], requiredHeaders: [], input: shapes.CompleteMultipartUploadRequest, output: shapes.CompleteMultipartUploadOutput } as const satisfies OperationRow;
export const CopyObject = { name: 'CopyObject', method: 'PUT', level: 'object', status: 200, query: [], requiredQuery: [], requiredHeaders: ['x-amz-copy-source'], input: shapes.CopyObjectRequest, output: shapes.CopyObjectOutput } as const satisfies OperationRow;
export const CreateBucket = { name: 'CreateBucket', method: 'PUT', level: 'bucket', status: 200, query: [], requiredQuery: [], requiredHeaders: [], input: shapes.CreateBucketRequest, output: shapes.CreateBucketOutput } as const satisfies OperationRow;
export const CreateMultipartUpload = { name: 'CreateMultipartUpload', method: 'POST', level: 'object', status: 200, query: ['uploads'], requiredQuery: [], requiredHeaders: [], input: shapes.CreateMultipartUploadRequest, output: shapes.CreateMultipartUploadOutput } as const satisfies OperationRow;
export const DeleteBucket = { name: 'DeleteBucket', method: 'DELETE', level: 'bucket', status: 204, query: [], requiredQuery: [], requiredHeaders: [], input: shapes.DeleteBucketRequest } as const satisfies OperationRow;
export const DeleteBucketAnalyticsConfiguration = { name: 'DeleteBucketAnalyticsConfiguration', method: 'DELETE', level: 'bucket', status: 204, query: ['analytics'], requiredQuery: ['id'], requiredHeaders: [], input: shapes.DeleteBucketAnalyticsConfigurationRequest } as const satisfies OperationRow;
export const DeleteBucketCors = { name: 'DeleteBucketCors', method: 'DELETE', level: 'bucket', status: 204, query: ['cors'], requiredQuery: [], requiredHeaders: [], input: shapes.DeleteBucketCorsRequest } as const satisfies OperationRow;
export const DeleteBucketEncryption = { name: 'DeleteBucketEncryption', method: 'DELETE', level: 'bucket', status: 204, query: ['encryption'], requiredQuery: [], requiredHeaders: [], input: shapes.DeleteBucketEncryptionRequest } as const satisfies OperationRow;
export const DeleteBucketIntelligentTieringConfiguration = { name: 'DeleteBucketIntelligentTieringConfiguration', method: 'DELETE', level: 'bucket', status: 204, query: ['intelligent-tiering'], requiredQuery: ['id'], requiredHeaders: [], input: shapes.DeleteBucketIntelligentTieringConfigurationRequest } as const satisfies OperationRow;
export const DeleteBucketInventoryConfiguration = { name: 'DeleteBucketInventoryConfiguration', method: 'DELETE', level: 'bucket', status: 204, query: ['inventory'], requiredQuery: ['id'], requiredHeaders: [], input: shapes.DeleteBucketInventoryConfigurationRequest } as const satisfies OperationRow;
export const DeleteBucketLifecycle = { name: 'DeleteBucketLifecycle', method: 'DELETE', level: 'bucket', status: 204, query: ['lifecycle'], requiredQuery: [], requiredHeaders: [], input: shapes.DeleteBucketLifecycleRequest } as const satisfies OperationRow;
export const DeleteBucketMetricsConfiguration = { name: 'DeleteBucketMetricsConfiguration', method: 'DELETE', level: 'bucket', status: 204, query: ['metrics'], requiredQuery: ['id'], requiredHeaders: [], input: shapes.DeleteBucketMetricsConfigurationRequest } as const satisfies OperationRow;
export const DeleteBucketOwnershipControls = { name: 'DeleteBucketOwnershipControls', method: 'DELETE', level: 'bucket', status: 204, query: ['ownershipControls'], requiredQuery: [], requiredHeaders: [], input: shapes.DeleteBucketOwnershipControlsRequest } as const satisfies OperationRow;
export const DeleteBucketPolicy = { name: 'DeleteBucketPolicy', method: 'DELETE', level: 'bucket', status: 204, query: ['policy'], requiredQuery: [], requiredHeaders: [], input: shapes.DeleteBucketPolicyRequest } as const satisfies OperationRow;
export const DeleteBucketReplication = { name: 'DeleteBucketReplication', method: 'DELETE', level: 'bucket', status: 204, query: ['replication'], requiredQuery: [], requiredHeaders: [], input: shapes.DeleteBucketReplicationRequest } as const satisfies OperationRow;
export const DeleteBucketTagging = { name: 'DeleteBucketTagging', method: 'DELETE', level: 'bucket', status: 204, query: ['tagging'], requiredQuery: [], requiredHeaders: [], input: shapes.DeleteBucketTaggingRequest } as const satisfies OperationRow;
export const DeleteBucketWebsite = { name: 'DeleteBucketWebsite', method: 'DELETE', level: 'bucket', status: 204, query: ['website'], requiredQuery: [], requiredHeaders: [], input: shapes.DeleteBucketWebsiteRequest } as const satisfies OperationRow;
export const DeleteObject = { name: 'DeleteObject', method: 'DELETE', level: 'object', status: 204, query: [], requiredQuery: [], requiredHeaders: [], input: shapes.DeleteObjectRequest, output: shapes.DeleteObjectOutput } as const satisfies OperationRow;
export const DeleteObjectAnnotation = { name: 'DeleteObjectAnnotation', method: 'DELETE', level: 'object', status: 204, query: ['annotation'], requiredQuery: ['annotationName'], requiredHeaders: [], input: shapes.DeleteObjectAnnotationRequest, output: shapes.DeleteObjectAnnotationOutput } as const satisfies OperationRow;
export const DeleteObjectTagging = { name: 'DeleteObjectTagging', method: 'DELETE', level: 'object', status: 204, query: ['tagging'], requiredQuery: [], requiredHeaders: [], input: shapes.DeleteObjectTaggingRequest, output: shapes.DeleteObjectTaggingOutput } as const satisfies OperationRow;
export const DeleteObjects = { name: 'DeleteObjects', method: 'POST', level: 'bucket', status: 200, query: ['delete'], requiredQuery: [], requiredHeaders: [], input: shapes.DeleteObjectsRequest, output: shapes.DeleteObjectsOutput } as const satisfies OperationRow;
export const DeletePublicAccessBlock = { name: 'DeletePublicAccessBlock', method: 'DELETE', level: 'bucket', status: 204, query: ['publicAccessBlock'], requiredQuery: [], requiredHeaders: [], input: shapes.DeletePublicAccessBlockRequest } as const satisfies OperationRow;
export const GetBucketAbac = { name: 'GetBucketAbac', method: 'GET', level: 'bucket', status: 200, query: ['abac'], requiredQuery: [], requiredHeaders: [], input: shapes.GetBucketAbacRequest, output: shapes.GetBucketAbacOutput } as const satisfies OperationRow;
export const GetBucketAccelerateConfiguration = { name: 'GetBucketAccelerateConfiguration', method: 'GET', level: 'bucket', status: 200, query: ['accelerate'], requiredQuery: [], requiredHeaders: [], input: shapes.GetBucketAccelerateConfigurationRequest, output: shapes.GetBucketAccelerateConfigurationOutput } as const satisfies OperationRow;
export const GetBucketAcl = { name: 'GetBucketAcl', method: 'GET', level: 'bucket', status: 200, query: ['acl'], requiredQuery: [], requiredHeaders: [], input: shapes.GetBucketAclRequest, output: shapes.GetBucketAclOutput } as const satisfies OperationRow;
export const GetBucketAnalyticsConfiguration = { name: 'GetBucketAnalyticsConfiguration', method: 'GET', level: 'bucket', status: 200, query: ['analytics'], requiredQuery: ['id'], requiredHeaders: [], input: shapes.GetBucketAnalyticsConfigurationRequest, output: shapes.GetBucketAnalyticsConfigurationOutput } as const satisfies OperationRow;
export const GetBucketCors = { name: 'GetBucketCors', method: 'GET', level: 'bucket', status: 200, query: ['cors'], requiredQuery: [], requiredHeaders: [], input: shapes.GetBucketCorsRequest, output: shapes.GetBucketCorsOutput } as const satisfies OperationRow;
export const GetBucketEncryption = { name: 'GetBucketEncryption', method: 'GET', level: 'bucket', status: 200, query: ['encryption'], requiredQuery: [], requiredHeaders: [], input: shapes.GetBucketEncryptionRequest, output: shapes.GetBucketEncryptionOutput } as const satisfies OperationRow;
export const GetBucketIntelligentTieringConfiguration = { name: 'GetBucketIntelligentTieringConfiguration', method: 'GET', level: 'bucket', status: 200, query: ['intelligent-tiering'], requiredQuery: ['id'], requiredHeaders: [], input: shapes.GetBucketIntelligentTieringConfigurationRequest, output: shapes.GetBucketIntelligentTieringConfigurationOutput } as const satisfies OperationRow;
export const GetBucketInventoryConfiguration = { name: 'GetBucketInventoryConfiguration', method: 'GET', level: 'bucket', status: 200, query: ['inventory'], requiredQuery: ['id'], requiredHeaders: [], input: shapes.GetBucketInventoryConfigurationRequest, output: shapes.GetBucketInventoryConfigurationOutput } as const satisfies OperationRow;
export const GetBucketLifecycleConfiguration = { name: 'GetBucketLifecycleConfiguration', method: 'GET', level: 'bucket', status: 200, query: ['lifecycle'], requiredQuery: [], requiredHeaders: [], input: shapes.GetBucketLifecycleConfigurationRequest, output: shapes.GetBucketLifecycleConfigurationOutput } as const satisfies OperationRow;
export const GetBucketLocation = { name: 'GetBucketLocation', method: 'GET', level: 'bucket', status: 200, query: ['location'], requiredQuery: [], requiredHeaders: [], input: shapes.GetBucketLocationRequest, output: shapes.GetBucketLocationOutput } as const satisfies OperationRow;
export const GetBucketLogging = { name: 'GetBucketLogging', method: 'GET', level: 'bucket', status: 200, query: ['logging'], requiredQuery: [], requiredHeaders: [], input: shapes.GetBucketLoggingRequest, output: shapes.GetBucketLoggingOutput } as const satisfies OperationRow;
export const GetBucketMetricsConfiguration = { name: 'GetBucketMetricsConfiguration', method: 'GET', level: 'bucket', status: 200, query: ['metrics'], requiredQuery: ['id'], requiredHeaders: [], input: shapes.GetBucketMetricsConfigurationRequest, output: shapes.GetBucketMetricsConfigurationOutput } as const satisfies OperationRow;
export const GetBucketNotificationConfiguration = { name: 'GetBucketNotificationConfiguration', method: 'GET', level: 'bucket', status: 200, query: ['notification'], requiredQuery: [], requiredHeaders: [], input: shapes.GetBucketNotificationConfigurationRequest, output: shapes.NotificationConfiguration } as const satisfies OperationRow;
export const GetBucketOwnershipControls = { name: 'GetBucketOwnershipControls', method: 'GET', level: 'bucket', status: 200, query: ['ownershipControls'], requiredQuery: [], requiredHeaders: [], input: shapes.GetBucketOwnershipControlsRequest, output: shapes.GetBucketOwnershipControlsOutput } as const satisfies OperationRow;
export const GetBucketPolicy = { name: 'GetBucketPolicy', method: 'GET', level: 'bucket', status: 200, query: ['policy'], requiredQuery: [], requiredHeaders: [], input: shapes.GetBucketPolicyRequest, output: shapes.GetBucketPolicyOutput } as const satisfies OperationRow;
export const GetBucketPolicyStatus = { name: 'GetBucketPolicyStatus', method: 'GET', level: 'bucket', status: 200, query: ['policyStatus'], requiredQuery: [], requiredHeaders: [], input: shapes.GetBucketPolicyStatusRequest, output: shapes.GetBucketPolicyStatusOutput } as const satisfies OperationRow;
export const GetBucketReplication = { name: 'GetBucketReplication', method: 'GET', level: 'bucket', status: 200, query: ['replication'], requiredQuery: [], requiredHeaders: [], input: shapes.GetBucketReplicationRequest, output: shapes.GetBucketReplicationOutput } as const satisfies OperationRow;
export const GetBucketRequestPayment = { name: 'GetBucketRequestPayment', method: 'GET', level: 'bucket', status: 200, query: ['requestPayment'], requiredQuery: [], requiredHeaders: [], input: shapes.GetBucketRequestPaymentRequest, output: shapes.GetBucketRequestPaymentOutput } as const satisfies OperationRow;
export const GetBucketTagging = { name: 'GetBucketTagging', method: 'GET', level: 'bucket', status: 200, query: ['tagging'], requiredQuery: [], requiredHeaders: [], input: shapes.GetBucketTaggingRequest, output: shapes.GetBucketTaggingOutput } as const satisfies OperationRow;
export const GetBucketVersioning = { name: 'GetBucketVersioning', method: 'GET', level: 'bucket', status: 200, query: ['versioning'], requiredQuery: [], requiredHeaders: [], input: shapes.GetBucketVersioningRequest, output: shapes.GetBucketVersioningOutput } as const satisfies OperationRow;
export const GetBucketWebsite = { name: 'GetBucketWebsite', method: 'GET', level: 'bucket', status: 200, query: ['website'], requiredQuery: [], requiredHeaders: [], input: shapes.GetBucketWebsiteRequest, output: shapes.GetBucketWebsiteOutput } as const satisfies OperationRow;
export const GetObject = { name: 'GetObject', method: 'GET', level: 'object', status: 200, query: [], requiredQuery: [], requiredHeaders: [], input: shapes.GetObjectRequest, output: shapes.GetObjectOutput } as const satisfies OperationRow;
export const GetObjectAcl = { name: 'GetObjectAcl', method: 'GET', level: 'object', status: 200, query: ['acl'], requiredQuery: [], requiredHeaders: [], input: shapes.GetObjectAclRequest, output: shapes.GetObjectAclOutput } as const satisfies OperationRow;
export const GetObjectAnnotation = { name: 'GetObjectAnnotation', method: 'GET', level: 'object', status: 200, query: ['annotation'], requiredQuery: ['annotationName'], requiredHeaders: [], input: shapes.GetObjectAnnotationRequest, output: shapes.GetObjectAnnotationOutput } as const satisfies OperationRow;
export const GetObjectAttributes = { name: 'GetObjectAttributes', method: 'GET', level: 'object', status: 200, query: ['attributes'], requiredQuery: [], requiredHeaders: ['x-amz-object-attributes'], input: shapes.GetObjectAttributesRequest, output: shapes.GetObjectAttributesOutput } as const satisfies OperationRow;
export const GetObjectLegalHold = { name: 'GetObjectLegalHold', method: 'GET', level: 'object', status: 200, query: ['legal-hold'], requiredQuery: [], requiredHeaders: [], input: shapes.GetObjectLegalHoldRequest, output: shapes.GetObjectLegalHoldOutput } as const satisfies OperationRow;
export const GetObjectLockConfiguration = { name: 'GetObjectLockConfiguration', method: 'GET', level: 'bucket', status: 200, query: ['object-lock'], requiredQuery: [], requiredHeaders: [], input: shapes.GetObjectLockConfigurationRequest, output: shapes.GetObjectLockConfigurationOutput } as const satisfies OperationRow;
export const GetObjectRetention = { name: 'GetObjectRetention', method: 'GET', level: 'object', status: 200, query: ['retention'], requiredQuery: [], requiredHeaders: [], input: shapes.GetObjectRetentionRequest, output: shapes.GetObjectRetentionOutput } as const satisfies OperationRow;
export const GetObjectTagging = { name: 'GetObjectTagging', method: 'GET', level: 'object', status: 200, query: ['tagging'], requiredQuery: [], requiredHeaders: [], input: shapes.GetObjectTaggingRequest, output: shapes.GetObjectTaggingOutput } as const satisfies OperationRow;
export const GetObjectTorrent = { name: 'GetObjectTorrent', method: 'GET', level: 'object', status: 200, query: ['torrent'], requiredQuery: [], requiredHeaders: [], input: shapes.GetObjectTorrentRequest, output: shapes.GetObjectTorrentOutput } as const satisfies OperationRow;
export const GetPublicAccessBlock = { name: 'GetPublicAccessBlock', method: 'GET', level: 'bucket', status: 200, query: ['publicAccessBlock'], requiredQuery: [], requiredHeaders: [], input: shapes.GetPublicAccessBlockRequest, output: shapes.GetPublicAccessBlockOutput } as const satisfies OperationRow;
export const HeadBucket = { name: 'HeadBucket', method: 'HEAD', level: 'bucket', status: 200, query: [], requiredQuery: [], requiredHeaders: [], input: shapes.HeadBucketRequest, output: shapes.HeadBucketOutput } as const satisfies OperationRow;
export const HeadObject = { name: 'HeadObject', method: 'HEAD', level: 'object', status: 200, query: [], requiredQuery: [], requiredHeaders: [], input: shapes.HeadObjectRequest, output: shapes.HeadObjectOutput } as const satisfies OperationRow;
export const ListBucketAnalyticsConfigurations = { name: 'ListBucketAnalyticsConfigurations', method: 'GET', level: 'bucket', status: 200, query: ['analytics'], requiredQuery: [], requiredHeaders: [], input: shapes.ListBucketAnalyticsConfigurationsRequest, output: shapes.ListBucketAnalyticsConfigurationsOutput } as const satisfies OperationRow;
export const ListBucketIntelligentTieringConfigurations = { name: 'ListBucketIntelligentTieringConfigurations', method: 'GET', level: 'bucket', status: 200, query: ['intelligent-tiering'], requiredQuery: [], requiredHeaders: [], input: shapes.ListBucketIntelligentTieringConfigurationsRequest, output: shapes.ListBucketIntelligentTieringConfigurationsOutput } as const satisfies OperationRow;
export const ListBucketInventoryConfigurations = { name: 'ListBucketInventoryConfigurations', method: 'GET', level: 'bucket', status: 200, query: ['inventory'], requiredQuery: [], requiredHeaders: [], input: shapes.ListBucketInventoryConfigurationsRequest, output: shapes.ListBucketInventoryConfigurationsOutput } as const satisfies OperationRow;
export const ListBucketMetricsConfigurations = { name: 'ListBucketMetricsConfigurations', method: 'GET', level: 'bucket', status: 200, query: ['metrics'], requiredQuery: [], requiredHeaders: [], input: shapes.ListBucketMetricsConfigurationsRequest, output: shapes.ListBucketMetricsConfigurationsOutput } as const satisfies OperationRow;
export const ListBuckets = { name: 'ListBuckets', method: 'GET', level: 'service', status: 200, query: [], requiredQuery: [], requiredHeaders: [], input: shapes.ListBucketsRequest, output: shapes.ListBucketsOutput } as const satisfies OperationRow;
export const ListMultipartUploads = { name: 'ListMultipartUploads', method: 'GET', level: 'bucket', status: 200, query: ['uploads'], requiredQuery: [], requiredHeaders: [], input: shapes.ListMultipartUploadsRequest, output: shapes.ListMultipartUploadsOutput } as const satisfies OperationRow;
export const ListObjectAnnotations = { name: 'ListObjectAnnotations', method: 'GET', level: 'object', status: 200, query: ['annotation'], requiredQuery: [], requiredHeaders: [], input: shapes.ListObjectAnnotationsRequest, output: shapes.ListObjectAnnotationsOutput } as const satisfies OperationRow;
export const ListObjectVersions = { name: 'ListObjectVersions', method: 'GET', level: 'bucket', status: 200, query: ['versions'], requiredQuery: [], requiredHeaders: [], input: shapes.ListObjectVersionsRequest, output: shapes.ListObjectVersionsOutput } as const satisfies OperationRow;
export const ListObjects = { name: 'ListObjects', method: 'GET', level: 'bucket', status: 200, query: [], requiredQuery: [], requiredHeaders: [], input: shapes.ListObjectsRequest, output: shapes.ListObjectsOutput } as const satisfies OperationRow;
export const ListObjectsV2 = { name: 'ListObjectsV2', method: 'GET', level: 'bucket', status: 200, query: ['list-type=2'], requiredQuery: [], requiredHeaders: [], input: shapes.ListObjectsV2Request, output: shapes.ListObjectsV2Output } as const satisfies OperationRow;
export const ListParts = { name: 'ListParts', method: 'GET', level: 'object', status: 200, query: [], requiredQuery: ['uploadId'], requiredHeaders: [], input: shapes.ListPartsRequest, output: shapes.ListPartsOutput } as const satisfies OperationRow;
export const PutBucketAbac = { name: 'PutBucketAbac', method: 'PUT', level: 'bucket', status: 200, query: ['abac'], requiredQuery: [], requiredHeaders: [], input: shapes.PutBucketAbacRequest } as const satisfies OperationRow;
export const PutBucketAccelerateConfiguration = { name: 'PutBucketAccelerateConfiguration', method: 'PUT', level: 'bucket', status: 200, query: ['accelerate'], requiredQuery: [], requiredHeaders: [], input: shapes.PutBucketAccelerateConfigurationRequest } as const satisfies OperationRow;
export const PutBucketAcl = { name: 'PutBucketAcl', method: 'PUT', level: 'bucket', status: 200, query: ['acl'], requiredQuery: [], requiredHeaders: [], input: shapes.PutBucketAclRequest } as const satisfies OperationRow;
export const PutBucketAnalyticsConfiguration = { name: 'PutBucketAnalyticsConfiguration', method: 'PUT', level: 'bucket', status: 200, query: ['analytics'], requiredQuery: ['id'], requiredHeaders: [], input: shapes.PutBucketAnalyticsConfigurationRequest } as const satisfies OperationRow;
export const PutBucketCors = { name: 'PutBucketCors', method: 'PUT', level: 'bucket', status: 200, query: ['cors'], requiredQuery: [], requiredHeaders: [], input: shapes.PutBucketCorsRequest } as const satisfies OperationRow;
export const PutBucketEncryption = { name: 'PutBucketEncryption', method: 'PUT', level: 'bucket', status: 200, query: ['encryption'], requiredQuery: [], requiredHeaders: [], input: shapes.PutBucketEncryptionRequest } as const satisfies OperationRow;
export const PutBucketIntelligentTieringConfiguration = { name: 'PutBucketIntelligentTieringConfiguration', method: 'PUT', level: 'bucket', status: 200, query: ['intelligent-tiering'], requiredQuery: ['id'], requiredHeaders: [], input: shapes.PutBucketIntelligentTieringConfigurationRequest } as const satisfies OperationRow;
export const PutBucketInventoryConfiguration = { name: 'PutBucketInventoryConfiguration', method: 'PUT', level: 'bucket', status: 200, query: ['inventory'], requiredQuery: ['id'], requiredHeaders: [], input: shapes.PutBucketInventoryConfigurationRequest } as const satisfies OperationRow;
export const PutBucketLifecycleConfiguration = { name: 'PutBucketLifecycleConfiguration', method: 'PUT', level: 'bucket', status: 200, query: ['lifecycle'], requiredQuery: [], requiredHeaders: [], input: shapes.PutBucketLifecycleConfigurationRequest, output: shapes.PutBucketLifecycleConfigurationOutput } as const satisfies OperationRow;
export const PutBucketLogging = { name: 'PutBucketLogging', method: 'PUT', level: 'bucket', status: 200, query: ['logging'], requiredQuery: [], requiredHeaders: [], input: shapes.PutBucketLoggingRequest } as const satisfies OperationRow;
export const PutBucketMetricsConfiguration = { name: 'PutBucketMetricsConfiguration', method: 'PUT', level: 'bucket', status: 200, query: ['metrics'], requiredQuery: ['id'], requiredHeaders: [], input: shapes.PutBucketMetricsConfigurationRequest } as const satisfies OperationRow;
export const PutBucketNotificationConfiguration = { name: 'PutBucketNotificationConfiguration', method: 'PUT', level: 'bucket', status: 200, query: ['notification'], requiredQuery: [], requiredHeaders: [], input: shapes.PutBucketNotificationConfigurationRequest } as const satisfies OperationRow;
export const PutBucketOwnershipControls = { name: 'PutBucketOwnershipControls', method: 'PUT', level: 'bucket', status: 200, query: ['ownershipControls'], requiredQuery: [], requiredHeaders: [], input: shapes.PutBucketOwnershipControlsRequest } as const satisfies OperationRow;
export const PutBucketPolicy = { name: 'PutBucketPolicy', method: 'PUT', level: 'bucket', status: 200, query: ['policy'], requiredQuery: [], requiredHeaders: [], input: shapes.PutBucketPolicyRequest } as const satisfies OperationRow;
export const PutBucketReplication = { name: 'PutBucketReplication', method: 'PUT', level: 'bucket', status: 200, query: ['replication'], requiredQuery: [], requiredHeaders: [], input: shapes.PutBucketReplicationRequest } as const satisfies OperationRow;
export const PutBucketRequestPayment = { name: 'PutBucketRequestPayment', method: 'PUT', level: 'bucket', status: 200, query: ['requestPayment'], requiredQuery: [], requiredHeaders: [], input: shapes.PutBucketRequestPaymentRequest } as const satisfies OperationRow;
export const PutBucketTagging = { name: 'PutBucketTagging', method: 'PUT', level: 'bucket', status: 200, query: ['tagging'], requiredQuery: [], requiredHeaders: [], input: shapes.PutBucketTaggingRequest } as const satisfies OperationRow;
export const PutBucketVersioning = { name: 'PutBucketVersioning', method: 'PUT', level: 'bucket', status: 200, query: ['versioning'], requiredQuery: [], requiredHeaders: [], input: shapes.PutBucketVersioningRequest } as const satisfies OperationRow;
export const PutBucketWebsite = { name: 'PutBucketWebsite', method: 'PUT', level: 'bucket', status: 200, query: ['website'], requiredQuery: [], requiredHeaders: [], input: shapes.PutBucketWebsiteRequest } as const satisfies OperationRow;
export const PutObject = { name: 'PutObject', method: 'PUT', level: 'object', status: 200, query: [], requiredQuery: [], requiredHeaders: [], input: shapes.PutObjectRequest, output: shapes.PutObjectOutput } as const satisfies OperationRow;
export const PutObjectAcl = { name: 'PutObjectAcl', method: 'PUT', level: 'object', status: 200, query: ['acl'], requiredQuery: [], requiredHeaders: [], input: shapes.PutObjectAclRequest, output: shapes.PutObjectAclOutput } as const satisfies OperationRow;
export const PutObjectAnnotation = { name: 'PutObjectAnnotation', method: 'PUT', level: 'object', status: 200, query: ['annotation'], requiredQuery: ['annotationName'], requiredHeaders: [], input: shapes.PutObjectAnnotationRequest, output: shapes.PutObjectAnnotationOutput } as const satisfies OperationRow;
export const PutObjectLegalHold = { name: 'PutObjectLegalHold', method: 'PUT', level: 'object', status: 200, query: ['legal-hold'], requiredQuery: [], requiredHeaders: [], input: shapes.PutObjectLegalHoldRequest, output: shapes.PutObjectLegalHoldOutput } as const satisfies OperationRow;
export const PutObjectLockConfiguration = { name: 'PutObjectLockConfiguration', method: 'PUT', level: 'bucket', status: 200, query: ['object-lock'], requiredQuery: [], requiredHeaders: [], input: shapes.PutObjectLockConfigurationRequest, output: shapes.PutObjectLockConfigurationOutput } as const satisfies OperationRow;
export const PutObjectRetention = { name: 'PutObjectRetention', method: 'PUT', level: 'object', status: 200, query: ['retention'], requiredQuery: [], requiredHeaders: [], input: shapes.PutObjectRetentionRequest, output: shapes.PutObjectRetentionOutput } as const satisfies OperationRow;
export const PutObjectTagging = { name: 'PutObjectTagging', method: 'PUT', level: 'object', status: 200, query: ['tagging'], requiredQuery: [], requiredHeaders: [], input: shapes.PutObjectTaggingRequest, output: shapes.PutObjectTaggingOutput } as const satisfies OperationRow;
export const PutPublicAccessBlock = { name: 'PutPublicAccessBlock', method: 'PUT', level: 'bucket', status: 200, query: ['publicAccessBlock'], requiredQuery: [], requiredHeaders: [], input: shapes.PutPublicAccessBlockRequest } as const satisfies OperationRow;
export const RenameObject = { name: 'RenameObject', method: 'PUT', level: 'object', status: 200, query: ['renameObject'], requiredQuery: [], requiredHeaders: ['x-amz-rename-source'], input: shapes.RenameObjectRequest, output: shapes.RenameObjectOutput } as const satisfies OperationRow;
export const RestoreObject = { name: 'RestoreObject', method: 'POST', level: 'object', status: 200, query: ['restore'], requiredQuery: [], requiredHeaders: [], input: shapes.RestoreObjectRequest, output: shapes.RestoreObjectOutput } as const satisfies OperationRow;
export const SelectObjectContent = { name: 'SelectObjectContent', method: 'POST', level: 'object', status: 200, query: ['select', 'select-type=2'], requiredQuery: [], requiredHeaders: [], input: shapes.SelectObjectContentRequest, output: shapes.SelectObjectContentOutput } as const satisfies OperationRow;
export const UpdateObjectEncryption = { name: 'UpdateObjectEncryption', method: 'PUT', level: 'object', status: 200, query: ['encryption'], requiredQuery: [], requiredHeaders: [], input: shapes.UpdateObjectEncryptionRequest, output: shapes.UpdateObjectEncryptionResponse } as const satisfies OperationRow;
export const UploadPart = { name: 'UploadPart', method: 'PUT', level: 'object', status: 200, query: [], requiredQuery: ['partNumber', 'uploadId'], requiredHeaders: [], input: shapes.UploadPartRequest, output: shapes.UploadPartOutput } as const satisfies OperationRow;
export const UploadPartCopy = { name: 'UploadPartCopy', method: 'PUT', level: 'object', status: 200, query: [], requiredQuery: ['partNumber', 'uploadId'], requiredHeaders: ['x-amz-copy-source'], input: shapes.UploadPartCopyRequest, output: shapes.UploadPartCopyOutput } as const satisfies OperationRow;

export const operations = {
  AbortMultipartUpload,
  CompleteMultipartUpload,
  CopyObject,
  CreateBucket,
  CreateMultipartUpload,
  DeleteBucket,
  DeleteBucketAnalyticsConfiguration,
  DeleteBucketCors,
  DeleteBucketEncryption,
  DeleteBucketIntelligentTieringConfiguration,
  DeleteBucketInventoryConfiguration,
  DeleteBucketLifecycle,
  DeleteBucketMetricsConfiguration,
  DeleteBucketOwnershipControls,
  DeleteBucketPolicy,
  DeleteBucketReplication,
  DeleteBucketTagging,
  DeleteBucketWebsite,
  DeleteObject,
  DeleteObjectAnnotation,
  DeleteObjectTagging,
  DeleteObjects,
  DeletePublicAccessBlock,
  GetBucketAbac,
  GetBucketAccelerateConfiguration,
  GetBucketAcl,
  GetBucketAnalyticsConfiguration,
  GetBucketCors,
  GetBucketEncryption,
  GetBucketIntelligentTieringConfiguration,
  GetBucketInventoryConfiguration,
  GetBucketLifecycleConfiguration,
  GetBucketLocation,
  GetBucketLogging,
  GetBucketMetricsConfiguration,
  GetBucketNotificationConfiguration,
  GetBucketOwnershipControls,
  GetBucketPolicy,
  GetBucketPolicyStatus,
  GetBucketReplication,
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
  GetObjectTorrent,
  GetPublicAccessBlock,
  HeadBucket,
  HeadObject,
  ListBucketAnalyticsConfigurations,
  ListBucketIntelligentTieringConfigurations,
  ListBucketInventoryConfigurations,
  ListBucketMetricsConfigurations,
  ListBuckets,
  ListMultipartUploads,
  ListObjectAnnotations,
  ListObjectVersions,
  ListObjects,
  ListObjectsV2,
  ListParts,
  PutBucketAbac,
  PutBucketAccelerateConfiguration,
  PutBucketAcl,
  PutBucketAnalyticsConfiguration,
  PutBucketCors,
  PutBucketEncryption,
  PutBucketIntelligentTieringConfiguration,
  PutBucketInventoryConfiguration,
  PutBucketLifecycleConfiguration,
  PutBucketLogging,
  PutBucketMetricsConfiguration,
  PutBucketNotificationConfiguration,
  PutBucketOwnershipControls,
  PutBucketPolicy,
  PutBucketReplication,
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
} as const satisfies Readonly<Record<string, OperationRow>>;

export type OperationName = keyof typeof operations;

/** Outside what Kist is for (directory buckets, table buckets); known so that they are refused by name. */
export const refusedOperations = {
  CreateBucketMetadataConfiguration: { name: 'CreateBucketMetadataConfiguration', method: 'POST', level: 'bucket', status: 200, query: ['metadataConfiguration'], requiredQuery: [], requiredHeaders: [] },
  CreateBucketMetadataTableConfiguration: { name: 'CreateBucketMetadataTableConfiguration', method: 'POST', level: 'bucket', status: 200, query: ['metadataTable'], requiredQuery: [], requiredHeaders: [] },
  CreateSession: { name: 'CreateSession', method: 'GET', level: 'bucket', status: 200, query: ['session'], requiredQuery: [], requiredHeaders: [] },
  DeleteBucketMetadataConfiguration: { name: 'DeleteBucketMetadataConfiguration', method: 'DELETE', level: 'bucket', status: 204, query: ['metadataConfiguration'], requiredQuery: [], requiredHeaders: [] },
  DeleteBucketMetadataTableConfiguration: { name: 'DeleteBucketMetadataTableConfiguration', method: 'DELETE', level: 'bucket', status: 204, query: ['metadataTable'], requiredQuery: [], requiredHeaders: [] },
  GetBucketMetadataConfiguration: { name: 'GetBucketMetadataConfiguration', method: 'GET', level: 'bucket', status: 200, query: ['metadataConfiguration'], requiredQuery: [], requiredHeaders: [] },
  GetBucketMetadataTableConfiguration: { name: 'GetBucketMetadataTableConfiguration', method: 'GET', level: 'bucket', status: 200, query: ['metadataTable'], requiredQuery: [], requiredHeaders: [] },
  UpdateBucketMetadataAnnotationTableConfiguration: { name: 'UpdateBucketMetadataAnnotationTableConfiguration', method: 'PUT', level: 'bucket', status: 200, query: ['metadataAnnotationTable'], requiredQuery: [], requiredHeaders: [] },
  UpdateBucketMetadataInventoryTableConfiguration: { name: 'UpdateBucketMetadataInventoryTableConfiguration', method: 'PUT', level: 'bucket', status: 200, query: ['metadataInventoryTable'], requiredQuery: [], requiredHeaders: [] },
  UpdateBucketMetadataJournalTableConfiguration: { name: 'UpdateBucketMetadataJournalTableConfiguration', method: 'PUT', level: 'bucket', status: 200, query: ['metadataJournalTable'], requiredQuery: [], requiredHeaders: [] },
} as const satisfies Readonly<Record<string, OperationRow>>;

export type RefusedOperationName = keyof typeof refusedOperations;
