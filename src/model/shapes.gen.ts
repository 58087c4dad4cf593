/**
 * Where each member of every input, output and nested shape travels; see shape.ts.
 *
 * Written by scripts/generate-model.ts from @aws-sdk/client-s3 (Apache-2.0). Do not edit.
 */

import type { Shape } from './shape.ts';

export const AbortMultipartUploadRequest: Shape = { name: 'AbortMultipartUploadRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'Key', kind: 'string', in: 'label', required: true },
    { name: 'UploadId', kind: 'string', in: 'query', wire: 'uploadId', required: true },
    { name: 'RequestPayer', kind: 'string', in: 'header', wire: 'x-amz-request-payer', enum: 'RequestPayer' },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
    { name: 'IfMatchInitiatedTime', kind: 'http-date', in: 'header', wire: 'x-amz-if-match-initiated-time' },
  ] };

export const AbortMultipartUploadOutput: Shape = { name: 'AbortMultipartUploadOutput', members: [
    { name: 'RequestCharged', kind: 'string', in: 'header', wire: 'x-amz-request-charged', enum: 'RequestCharged' },
  ] };

export const CompletedPart: Shape = { name: 'CompletedPart', members: [
    { name: 'ETag', kind: 'string' },
    { name: 'ChecksumCRC32', kind: 'string' },
    { name: 'ChecksumCRC32C', kind: 'string' },
    { name: 'ChecksumCRC64NVME', kind: 'string' },
    { name: 'ChecksumSHA1', kind: 'string' },
    { name: 'ChecksumSHA256', kind: 'string' },
    { name: 'ChecksumSHA512', kind: 'string' },
    { name: 'ChecksumMD5', kind: 'string' },
    { name: 'ChecksumXXHASH64', kind: 'string' },
    { name: 'ChecksumXXHASH3', kind: 'string' },
    { name: 'ChecksumXXHASH128', kind: 'string' },
    { name: 'PartNumber', kind: 'integer' },
  ] };

export const CompletedMultipartUpload: Shape = { name: 'CompletedMultipartUpload', members: [
    { name: 'Parts', kind: 'list', of: CompletedPart, flattened: true, wire: 'Part' },
  ] };

export const CompleteMultipartUploadRequest: Shape = { name: 'CompleteMultipartUploadRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'Key', kind: 'string', in: 'label', required: true },
    { name: 'UploadId', kind: 'string', in: 'query', wire: 'uploadId', required: true },
    { name: 'MultipartUpload', kind: 'structure', of: CompletedMultipartUpload, in: 'payload', wire: 'CompleteMultipartUpload' },
    { name: 'ChecksumCRC32', kind: 'string', in: 'header', wire: 'x-amz-checksum-crc32' },
    { name: 'ChecksumCRC32C', kind: 'string', in: 'header', wire: 'x-amz-checksum-crc32c' },
    { name: 'ChecksumCRC64NVME', kind: 'string', in: 'header', wire: 'x-amz-checksum-crc64nvme' },
    { name: 'ChecksumSHA1', kind: 'string', in: 'header', wire: 'x-amz-checksum-sha1' },
    { name: 'ChecksumSHA256', kind: 'string', in: 'header', wire: 'x-amz-checksum-sha256' },
    { name: 'ChecksumSHA512', kind: 'string', in: 'header', wire: 'x-amz-checksum-sha512' },
    { name: 'ChecksumMD5', kind: 'string', in: 'header', wire: 'x-amz-checksum-md5' },
    { name: 'ChecksumXXHASH64', kind: 'string', in: 'header', wire: 'x-amz-checksum-xxhash64' },
    { name: 'ChecksumXXHASH3', kind: 'string', in: 'header', wire: 'x-amz-checksum-xxhash3' },
    { name: 'ChecksumXXHASH128', kind: 'string', in: 'header', wire: 'x-amz-checksum-xxhash128' },
    { name: 'ChecksumType', kind: 'string', in: 'header', wire: 'x-amz-checksum-type', enum: 'ChecksumType' },
    { name: 'MpuObjectSize', kind: 'long', in: 'header', wire: 'x-amz-mp-object-size' },
    { name: 'RequestPayer', kind: 'string', in: 'header', wire: 'x-amz-request-payer', enum: 'RequestPayer' },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
    { name: 'IfMatch', kind: 'string', in: 'header', wire: 'If-Match' },
    { name: 'IfNoneMatch', kind: 'string', in: 'header', wire: 'If-None-Match' },
    { name: 'SSECustomerAlgorithm', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-customer-algorithm' },
    { name: 'SSECustomerKey', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-customer-key', secret: true },
    { name: 'SSECustomerKeyMD5', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-customer-key-MD5' },
  ] };

export const CompleteMultipartUploadOutput: Shape = { name: 'CompleteMultipartUploadOutput', root: 'CompleteMultipartUploadResult', members: [
    { name: 'Location', kind: 'string' },
    { name: 'Bucket', kind: 'string' },
    { name: 'Key', kind: 'string' },
    { name: 'Expiration', kind: 'string', in: 'header', wire: 'x-amz-expiration' },
    { name: 'ETag', kind: 'string' },
    { name: 'ChecksumCRC32', kind: 'string' },
    { name: 'ChecksumCRC32C', kind: 'string' },
    { name: 'ChecksumCRC64NVME', kind: 'string' },
    { name: 'ChecksumSHA1', kind: 'string' },
    { name: 'ChecksumSHA256', kind: 'string' },
    { name: 'ChecksumSHA512', kind: 'string' },
    { name: 'ChecksumMD5', kind: 'string' },
    { name: 'ChecksumXXHASH64', kind: 'string' },
    { name: 'ChecksumXXHASH3', kind: 'string' },
    { name: 'ChecksumXXHASH128', kind: 'string' },
    { name: 'ChecksumType', kind: 'string', enum: 'ChecksumType' },
    { name: 'ServerSideEncryption', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption', enum: 'ServerSideEncryption' },
    { name: 'VersionId', kind: 'string', in: 'header', wire: 'x-amz-version-id' },
    { name: 'SSEKMSKeyId', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-aws-kms-key-id', secret: true },
    { name: 'BucketKeyEnabled', kind: 'boolean', in: 'header', wire: 'x-amz-server-side-encryption-bucket-key-enabled' },
    { name: 'RequestCharged', kind: 'string', in: 'header', wire: 'x-amz-request-charged', enum: 'RequestCharged' },
  ] };

export const CopyObjectRequest: Shape = { name: 'CopyObjectRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'CopySource', kind: 'string', in: 'header', wire: 'x-amz-copy-source', required: true },
    { name: 'Key', kind: 'string', in: 'label', required: true },
    { name: 'ACL', kind: 'string', in: 'header', wire: 'x-amz-acl', enum: 'ObjectCannedACL' },
    { name: 'CacheControl', kind: 'string', in: 'header', wire: 'Cache-Control' },
    { name: 'ChecksumAlgorithm', kind: 'string', in: 'header', wire: 'x-amz-checksum-algorithm', enum: 'ChecksumAlgorithm' },
    { name: 'ContentDisposition', kind: 'string', in: 'header', wire: 'Content-Disposition' },
    { name: 'ContentEncoding', kind: 'string', in: 'header', wire: 'Content-Encoding' },
    { name: 'ContentLanguage', kind: 'string', in: 'header', wire: 'Content-Language' },
    { name: 'ContentType', kind: 'string', in: 'header', wire: 'Content-Type' },
    { name: 'CopySourceIfMatch', kind: 'string', in: 'header', wire: 'x-amz-copy-source-if-match' },
    { name: 'CopySourceIfModifiedSince', kind: 'http-date', in: 'header', wire: 'x-amz-copy-source-if-modified-since' },
    { name: 'CopySourceIfNoneMatch', kind: 'string', in: 'header', wire: 'x-amz-copy-source-if-none-match' },
    { name: 'CopySourceIfUnmodifiedSince', kind: 'http-date', in: 'header', wire: 'x-amz-copy-source-if-unmodified-since' },
    { name: 'ExpiresString', kind: 'string', in: 'header', wire: 'Expires' },
    { name: 'GrantFullControl', kind: 'string', in: 'header', wire: 'x-amz-grant-full-control' },
    { name: 'GrantRead', kind: 'string', in: 'header', wire: 'x-amz-grant-read' },
    { name: 'GrantReadACP', kind: 'string', in: 'header', wire: 'x-amz-grant-read-acp' },
    { name: 'GrantWriteACP', kind: 'string', in: 'header', wire: 'x-amz-grant-write-acp' },
    { name: 'IfMatch', kind: 'string', in: 'header', wire: 'If-Match' },
    { name: 'IfNoneMatch', kind: 'string', in: 'header', wire: 'If-None-Match' },
    { name: 'Metadata', kind: 'map', in: 'headers', wire: 'x-amz-meta-' },
    { name: 'MetadataDirective', kind: 'string', in: 'header', wire: 'x-amz-metadata-directive', enum: 'MetadataDirective' },
    { name: 'TaggingDirective', kind: 'string', in: 'header', wire: 'x-amz-tagging-directive', enum: 'TaggingDirective' },
    { name: 'AnnotationDirective', kind: 'string', in: 'header', wire: 'x-amz-object-annotation-directive', enum: 'AnnotationDirective' },
    { name: 'ServerSideEncryption', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption', enum: 'ServerSideEncryption' },
    { name: 'StorageClass', kind: 'string', in: 'header', wire: 'x-amz-storage-class', enum: 'StorageClass' },
    { name: 'WebsiteRedirectLocation', kind: 'string', in: 'header', wire: 'x-amz-website-redirect-location' },
    { name: 'SSECustomerAlgorithm', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-customer-algorithm' },
    { name: 'SSECustomerKey', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-customer-key', secret: true },
    { name: 'SSECustomerKeyMD5', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-customer-key-MD5' },
    { name: 'SSEKMSKeyId', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-aws-kms-key-id', secret: true },
    { name: 'SSEKMSEncryptionContext', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-context', secret: true },
    { name: 'BucketKeyEnabled', kind: 'boolean', in: 'header', wire: 'x-amz-server-side-encryption-bucket-key-enabled' },
    { name: 'CopySourceSSECustomerAlgorithm', kind: 'string', in: 'header', wire: 'x-amz-copy-source-server-side-encryption-customer-algorithm' },
    { name: 'CopySourceSSECustomerKey', kind: 'string', in: 'header', wire: 'x-amz-copy-source-server-side-encryption-customer-key', secret: true },
    { name: 'CopySourceSSECustomerKeyMD5', kind: 'string', in: 'header', wire: 'x-amz-copy-source-server-side-encryption-customer-key-MD5' },
    { name: 'RequestPayer', kind: 'string', in: 'header', wire: 'x-amz-request-payer', enum: 'RequestPayer' },
    { name: 'Tagging', kind: 'string', in: 'header', wire: 'x-amz-tagging' },
    { name: 'ObjectLockMode', kind: 'string', in: 'header', wire: 'x-amz-object-lock-mode', enum: 'ObjectLockMode' },
    { name: 'ObjectLockRetainUntilDate', kind: 'date-time', in: 'header', wire: 'x-amz-object-lock-retain-until-date' },
    { name: 'ObjectLockLegalHoldStatus', kind: 'string', in: 'header', wire: 'x-amz-object-lock-legal-hold', enum: 'ObjectLockLegalHoldStatus' },
    { name: 'ObjectLockEventHold', kind: 'string', in: 'header', wire: 'x-amz-object-lock-event-hold', enum: 'ObjectLockEventHold' },
    { name: 'ObjectLockEventHoldDurationDays', kind: 'integer', in: 'header', wire: 'x-amz-object-lock-event-hold-duration-days' },
    { name: 'ObjectLockEventHoldDurationYears', kind: 'integer', in: 'header', wire: 'x-amz-object-lock-event-hold-duration-years' },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
    { name: 'ExpectedSourceBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-source-expected-bucket-owner' },
  ] };

export const CopyObjectResult: Shape = { name: 'CopyObjectResult', members: [
    { name: 'ETag', kind: 'string' },
    { name: 'LastModified', kind: 'date-time' },
    { name: 'ChecksumType', kind: 'string', enum: 'ChecksumType' },
    { name: 'ChecksumCRC32', kind: 'string' },
    { name: 'ChecksumCRC32C', kind: 'string' },
    { name: 'ChecksumCRC64NVME', kind: 'string' },
    { name: 'ChecksumSHA1', kind: 'string' },
    { name: 'ChecksumSHA256', kind: 'string' },
    { name: 'ChecksumSHA512', kind: 'string' },
    { name: 'ChecksumMD5', kind: 'string' },
    { name: 'ChecksumXXHASH64', kind: 'string' },
    { name: 'ChecksumXXHASH3', kind: 'string' },
    { name: 'ChecksumXXHASH128', kind: 'string' },
  ] };

export const CopyObjectOutput: Shape = { name: 'CopyObjectOutput', members: [
    { name: 'CopyObjectResult', kind: 'structure', of: CopyObjectResult, in: 'payload' },
    { name: 'Expiration', kind: 'string', in: 'header', wire: 'x-amz-expiration' },
    { name: 'CopySourceVersionId', kind: 'string', in: 'header', wire: 'x-amz-copy-source-version-id' },
    { name: 'VersionId', kind: 'string', in: 'header', wire: 'x-amz-version-id' },
    { name: 'ServerSideEncryption', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption', enum: 'ServerSideEncryption' },
    { name: 'SSECustomerAlgorithm', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-customer-algorithm' },
    { name: 'SSECustomerKeyMD5', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-customer-key-MD5' },
    { name: 'SSEKMSKeyId', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-aws-kms-key-id', secret: true },
    { name: 'SSEKMSEncryptionContext', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-context', secret: true },
    { name: 'BucketKeyEnabled', kind: 'boolean', in: 'header', wire: 'x-amz-server-side-encryption-bucket-key-enabled' },
    { name: 'RequestCharged', kind: 'string', in: 'header', wire: 'x-amz-request-charged', enum: 'RequestCharged' },
  ] };

export const LocationInfo: Shape = { name: 'LocationInfo', members: [
    { name: 'Type', kind: 'string', enum: 'LocationType' },
    { name: 'Name', kind: 'string' },
  ] };

export const BucketInfo: Shape = { name: 'BucketInfo', members: [
    { name: 'DataRedundancy', kind: 'string', enum: 'DataRedundancy' },
    { name: 'Type', kind: 'string', enum: 'BucketType' },
  ] };

export const Tag: Shape = { name: 'Tag', members: [
    { name: 'Key', kind: 'string', required: true },
    { name: 'Value', kind: 'string', required: true },
  ] };

export const CreateBucketConfiguration: Shape = { name: 'CreateBucketConfiguration', members: [
    { name: 'LocationConstraint', kind: 'string', enum: 'BucketLocationConstraint' },
    { name: 'Location', kind: 'structure', of: LocationInfo },
    { name: 'Bucket', kind: 'structure', of: BucketInfo },
    { name: 'Tags', kind: 'list', of: Tag, item: 'Tag' },
  ] };

export const CreateBucketRequest: Shape = { name: 'CreateBucketRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'ACL', kind: 'string', in: 'header', wire: 'x-amz-acl', enum: 'BucketCannedACL' },
    { name: 'CreateBucketConfiguration', kind: 'structure', of: CreateBucketConfiguration, in: 'payload', wire: 'CreateBucketConfiguration' },
    { name: 'GrantFullControl', kind: 'string', in: 'header', wire: 'x-amz-grant-full-control' },
    { name: 'GrantRead', kind: 'string', in: 'header', wire: 'x-amz-grant-read' },
    { name: 'GrantReadACP', kind: 'string', in: 'header', wire: 'x-amz-grant-read-acp' },
    { name: 'GrantWrite', kind: 'string', in: 'header', wire: 'x-amz-grant-write' },
    { name: 'GrantWriteACP', kind: 'string', in: 'header', wire: 'x-amz-grant-write-acp' },
    { name: 'ObjectLockEnabledForBucket', kind: 'boolean', in: 'header', wire: 'x-amz-bucket-object-lock-enabled' },
    { name: 'ObjectOwnership', kind: 'string', in: 'header', wire: 'x-amz-object-ownership', enum: 'ObjectOwnership' },
    { name: 'BucketNamespace', kind: 'string', in: 'header', wire: 'x-amz-bucket-namespace', enum: 'BucketNamespace' },
  ] };

export const CreateBucketOutput: Shape = { name: 'CreateBucketOutput', members: [
    { name: 'Location', kind: 'string', in: 'header', wire: 'Location' },
    { name: 'BucketArn', kind: 'string', in: 'header', wire: 'x-amz-bucket-arn' },
  ] };

export const CreateMultipartUploadRequest: Shape = { name: 'CreateMultipartUploadRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'Key', kind: 'string', in: 'label', required: true },
    { name: 'ACL', kind: 'string', in: 'header', wire: 'x-amz-acl', enum: 'ObjectCannedACL' },
    { name: 'CacheControl', kind: 'string', in: 'header', wire: 'Cache-Control' },
    { name: 'ContentDisposition', kind: 'string', in: 'header', wire: 'Content-Disposition' },
    { name: 'ContentEncoding', kind: 'string', in: 'header', wire: 'Content-Encoding' },
    { name: 'ContentLanguage', kind: 'string', in: 'header', wire: 'Content-Language' },
    { name: 'ContentType', kind: 'string', in: 'header', wire: 'Content-Type' },
    { name: 'ExpiresString', kind: 'string', in: 'header', wire: 'Expires' },
    { name: 'GrantFullControl', kind: 'string', in: 'header', wire: 'x-amz-grant-full-control' },
    { name: 'GrantRead', kind: 'string', in: 'header', wire: 'x-amz-grant-read' },
    { name: 'GrantReadACP', kind: 'string', in: 'header', wire: 'x-amz-grant-read-acp' },
    { name: 'GrantWriteACP', kind: 'string', in: 'header', wire: 'x-amz-grant-write-acp' },
    { name: 'Metadata', kind: 'map', in: 'headers', wire: 'x-amz-meta-' },
    { name: 'ServerSideEncryption', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption', enum: 'ServerSideEncryption' },
    { name: 'StorageClass', kind: 'string', in: 'header', wire: 'x-amz-storage-class', enum: 'StorageClass' },
    { name: 'WebsiteRedirectLocation', kind: 'string', in: 'header', wire: 'x-amz-website-redirect-location' },
    { name: 'SSECustomerAlgorithm', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-customer-algorithm' },
    { name: 'SSECustomerKey', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-customer-key', secret: true },
    { name: 'SSECustomerKeyMD5', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-customer-key-MD5' },
    { name: 'SSEKMSKeyId', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-aws-kms-key-id', secret: true },
    { name: 'SSEKMSEncryptionContext', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-context', secret: true },
    { name: 'BucketKeyEnabled', kind: 'boolean', in: 'header', wire: 'x-amz-server-side-encryption-bucket-key-enabled' },
    { name: 'RequestPayer', kind: 'string', in: 'header', wire: 'x-amz-request-payer', enum: 'RequestPayer' },
    { name: 'Tagging', kind: 'string', in: 'header', wire: 'x-amz-tagging' },
    { name: 'ObjectLockMode', kind: 'string', in: 'header', wire: 'x-amz-object-lock-mode', enum: 'ObjectLockMode' },
    { name: 'ObjectLockRetainUntilDate', kind: 'date-time', in: 'header', wire: 'x-amz-object-lock-retain-until-date' },
    { name: 'ObjectLockLegalHoldStatus', kind: 'string', in: 'header', wire: 'x-amz-object-lock-legal-hold', enum: 'ObjectLockLegalHoldStatus' },
    { name: 'ObjectLockEventHold', kind: 'string', in: 'header', wire: 'x-amz-object-lock-event-hold', enum: 'ObjectLockEventHold' },
    { name: 'ObjectLockEventHoldDurationDays', kind: 'integer', in: 'header', wire: 'x-amz-object-lock-event-hold-duration-days' },
    { name: 'ObjectLockEventHoldDurationYears', kind: 'integer', in: 'header', wire: 'x-amz-object-lock-event-hold-duration-years' },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
    { name: 'ChecksumAlgorithm', kind: 'string', in: 'header', wire: 'x-amz-checksum-algorithm', enum: 'ChecksumAlgorithm' },
    { name: 'ChecksumType', kind: 'string', in: 'header', wire: 'x-amz-checksum-type', enum: 'ChecksumType' },
  ] };

export const CreateMultipartUploadOutput: Shape = { name: 'CreateMultipartUploadOutput', root: 'InitiateMultipartUploadResult', members: [
    { name: 'AbortDate', kind: 'http-date', in: 'header', wire: 'x-amz-abort-date' },
    { name: 'AbortRuleId', kind: 'string', in: 'header', wire: 'x-amz-abort-rule-id' },
    { name: 'Bucket', kind: 'string', wire: 'Bucket' },
    { name: 'Key', kind: 'string' },
    { name: 'UploadId', kind: 'string' },
    { name: 'ServerSideEncryption', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption', enum: 'ServerSideEncryption' },
    { name: 'SSECustomerAlgorithm', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-customer-algorithm' },
    { name: 'SSECustomerKeyMD5', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-customer-key-MD5' },
    { name: 'SSEKMSKeyId', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-aws-kms-key-id', secret: true },
    { name: 'SSEKMSEncryptionContext', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-context', secret: true },
    { name: 'BucketKeyEnabled', kind: 'boolean', in: 'header', wire: 'x-amz-server-side-encryption-bucket-key-enabled' },
    { name: 'RequestCharged', kind: 'string', in: 'header', wire: 'x-amz-request-charged', enum: 'RequestCharged' },
    { name: 'ChecksumAlgorithm', kind: 'string', in: 'header', wire: 'x-amz-checksum-algorithm', enum: 'ChecksumAlgorithm' },
    { name: 'ChecksumType', kind: 'string', in: 'header', wire: 'x-amz-checksum-type', enum: 'ChecksumType' },
  ] };

export const DeleteBucketRequest: Shape = { name: 'DeleteBucketRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const DeleteBucketAnalyticsConfigurationRequest: Shape = { name: 'DeleteBucketAnalyticsConfigurationRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'Id', kind: 'string', in: 'query', wire: 'id', required: true },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const DeleteBucketCorsRequest: Shape = { name: 'DeleteBucketCorsRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const DeleteBucketEncryptionRequest: Shape = { name: 'DeleteBucketEncryptionRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const DeleteBucketIntelligentTieringConfigurationRequest: Shape = { name: 'DeleteBucketIntelligentTieringConfigurationRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'Id', kind: 'string', in: 'query', wire: 'id', required: true },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const DeleteBucketInventoryConfigurationRequest: Shape = { name: 'DeleteBucketInventoryConfigurationRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'Id', kind: 'string', in: 'query', wire: 'id', required: true },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const DeleteBucketLifecycleRequest: Shape = { name: 'DeleteBucketLifecycleRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const DeleteBucketMetricsConfigurationRequest: Shape = { name: 'DeleteBucketMetricsConfigurationRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'Id', kind: 'string', in: 'query', wire: 'id', required: true },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const DeleteBucketOwnershipControlsRequest: Shape = { name: 'DeleteBucketOwnershipControlsRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const DeleteBucketPolicyRequest: Shape = { name: 'DeleteBucketPolicyRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const DeleteBucketReplicationRequest: Shape = { name: 'DeleteBucketReplicationRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const DeleteBucketTaggingRequest: Shape = { name: 'DeleteBucketTaggingRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const DeleteBucketWebsiteRequest: Shape = { name: 'DeleteBucketWebsiteRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const DeleteObjectRequest: Shape = { name: 'DeleteObjectRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'Key', kind: 'string', in: 'label', required: true },
    { name: 'MFA', kind: 'string', in: 'header', wire: 'x-amz-mfa' },
    { name: 'VersionId', kind: 'string', in: 'query', wire: 'versionId' },
    { name: 'RequestPayer', kind: 'string', in: 'header', wire: 'x-amz-request-payer', enum: 'RequestPayer' },
    { name: 'BypassGovernanceRetention', kind: 'boolean', in: 'header', wire: 'x-amz-bypass-governance-retention' },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
    { name: 'IfMatch', kind: 'string', in: 'header', wire: 'If-Match' },
    { name: 'IfMatchLastModifiedTime', kind: 'http-date', in: 'header', wire: 'x-amz-if-match-last-modified-time' },
    { name: 'IfMatchSize', kind: 'long', in: 'header', wire: 'x-amz-if-match-size' },
  ] };

export const DeleteObjectOutput: Shape = { name: 'DeleteObjectOutput', members: [
    { name: 'DeleteMarker', kind: 'boolean', in: 'header', wire: 'x-amz-delete-marker' },
    { name: 'VersionId', kind: 'string', in: 'header', wire: 'x-amz-version-id' },
    { name: 'RequestCharged', kind: 'string', in: 'header', wire: 'x-amz-request-charged', enum: 'RequestCharged' },
  ] };

export const DeleteObjectAnnotationRequest: Shape = { name: 'DeleteObjectAnnotationRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'Key', kind: 'string', in: 'label', required: true },
    { name: 'AnnotationName', kind: 'string', in: 'query', wire: 'annotationName', required: true },
    { name: 'VersionId', kind: 'string', in: 'query', wire: 'versionId' },
    { name: 'RequestPayer', kind: 'string', in: 'header', wire: 'x-amz-request-payer', enum: 'RequestPayer' },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
    { name: 'ObjectIfMatch', kind: 'string', in: 'header', wire: 'x-amz-object-if-match' },
  ] };

export const DeleteObjectAnnotationOutput: Shape = { name: 'DeleteObjectAnnotationOutput', members: [
    { name: 'ObjectVersionId', kind: 'string', in: 'header', wire: 'x-amz-object-version-id' },
    { name: 'RequestCharged', kind: 'string', in: 'header', wire: 'x-amz-request-charged', enum: 'RequestCharged' },
  ] };

export const DeleteObjectTaggingRequest: Shape = { name: 'DeleteObjectTaggingRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'Key', kind: 'string', in: 'label', required: true },
    { name: 'VersionId', kind: 'string', in: 'query', wire: 'versionId' },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const DeleteObjectTaggingOutput: Shape = { name: 'DeleteObjectTaggingOutput', members: [
    { name: 'VersionId', kind: 'string', in: 'header', wire: 'x-amz-version-id' },
  ] };

export const ObjectIdentifier: Shape = { name: 'ObjectIdentifier', members: [
    { name: 'Key', kind: 'string', required: true },
    { name: 'VersionId', kind: 'string' },
    { name: 'ETag', kind: 'string' },
    { name: 'LastModifiedTime', kind: 'http-date' },
    { name: 'Size', kind: 'long' },
  ] };

export const Delete: Shape = { name: 'Delete', members: [
    { name: 'Objects', kind: 'list', of: ObjectIdentifier, flattened: true, wire: 'Object', required: true },
    { name: 'Quiet', kind: 'boolean' },
  ] };

export const DeleteObjectsRequest: Shape = { name: 'DeleteObjectsRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'Delete', kind: 'structure', of: Delete, in: 'payload', wire: 'Delete', required: true },
    { name: 'MFA', kind: 'string', in: 'header', wire: 'x-amz-mfa' },
    { name: 'RequestPayer', kind: 'string', in: 'header', wire: 'x-amz-request-payer', enum: 'RequestPayer' },
    { name: 'BypassGovernanceRetention', kind: 'boolean', in: 'header', wire: 'x-amz-bypass-governance-retention' },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
    { name: 'ChecksumAlgorithm', kind: 'string', in: 'header', wire: 'x-amz-sdk-checksum-algorithm', enum: 'ChecksumAlgorithm' },
  ] };

export const DeletedObject: Shape = { name: 'DeletedObject', members: [
    { name: 'Key', kind: 'string' },
    { name: 'VersionId', kind: 'string' },
    { name: 'DeleteMarker', kind: 'boolean' },
    { name: 'DeleteMarkerVersionId', kind: 'string' },
  ] };

export const _Error: Shape = { name: 'Error', members: [
    { name: 'Key', kind: 'string' },
    { name: 'VersionId', kind: 'string' },
    { name: 'Code', kind: 'string' },
    { name: 'Message', kind: 'string' },
  ] };

export const DeleteObjectsOutput: Shape = { name: 'DeleteObjectsOutput', root: 'DeleteResult', members: [
    { name: 'Deleted', kind: 'list', of: DeletedObject, flattened: true },
    { name: 'RequestCharged', kind: 'string', in: 'header', wire: 'x-amz-request-charged', enum: 'RequestCharged' },
    { name: 'Errors', kind: 'list', of: _Error, flattened: true, wire: 'Error' },
  ] };

export const DeletePublicAccessBlockRequest: Shape = { name: 'DeletePublicAccessBlockRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const GetBucketAbacRequest: Shape = { name: 'GetBucketAbacRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const AbacStatus: Shape = { name: 'AbacStatus', members: [
    { name: 'Status', kind: 'string', enum: 'BucketAbacStatus' },
  ] };

export const GetBucketAbacOutput: Shape = { name: 'GetBucketAbacOutput', members: [
    { name: 'AbacStatus', kind: 'structure', of: AbacStatus, in: 'payload' },
  ] };

export const GetBucketAccelerateConfigurationRequest: Shape = { name: 'GetBucketAccelerateConfigurationRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
    { name: 'RequestPayer', kind: 'string', in: 'header', wire: 'x-amz-request-payer', enum: 'RequestPayer' },
  ] };

export const GetBucketAccelerateConfigurationOutput: Shape = { name: 'GetBucketAccelerateConfigurationOutput', root: 'AccelerateConfiguration', members: [
    { name: 'Status', kind: 'string', enum: 'BucketAccelerateStatus' },
    { name: 'RequestCharged', kind: 'string', in: 'header', wire: 'x-amz-request-charged', enum: 'RequestCharged' },
  ] };

export const GetBucketAclRequest: Shape = { name: 'GetBucketAclRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const Owner: Shape = { name: 'Owner', members: [
    { name: 'DisplayName', kind: 'string' },
    { name: 'ID', kind: 'string' },
  ] };

export const Grantee: Shape = { name: 'Grantee', members: [
    { name: 'Type', kind: 'string', in: 'attribute', wire: 'xsi:type', enum: 'Type', required: true },
    { name: 'DisplayName', kind: 'string' },
    { name: 'EmailAddress', kind: 'string' },
    { name: 'ID', kind: 'string' },
    { name: 'URI', kind: 'string' },
  ] };

export const Grant: Shape = { name: 'Grant', members: [
    { name: 'Grantee', kind: 'structure', of: Grantee },
    { name: 'Permission', kind: 'string', enum: 'Permission' },
  ] };

export const GetBucketAclOutput: Shape = { name: 'GetBucketAclOutput', root: 'AccessControlPolicy', members: [
    { name: 'Owner', kind: 'structure', of: Owner },
    { name: 'Grants', kind: 'list', of: Grant, item: 'Grant', wire: 'AccessControlList' },
  ] };

export const GetBucketAnalyticsConfigurationRequest: Shape = { name: 'GetBucketAnalyticsConfigurationRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'Id', kind: 'string', in: 'query', wire: 'id', required: true },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const AnalyticsS3BucketDestination: Shape = { name: 'AnalyticsS3BucketDestination', members: [
    { name: 'Format', kind: 'string', enum: 'AnalyticsS3ExportFileFormat', required: true },
    { name: 'Bucket', kind: 'string', required: true },
    { name: 'BucketAccountId', kind: 'string' },
    { name: 'Prefix', kind: 'string' },
  ] };

export const AnalyticsExportDestination: Shape = { name: 'AnalyticsExportDestination', members: [
    { name: 'S3BucketDestination', kind: 'structure', of: AnalyticsS3BucketDestination, required: true },
  ] };

export const StorageClassAnalysisDataExport: Shape = { name: 'StorageClassAnalysisDataExport', members: [
    { name: 'OutputSchemaVersion', kind: 'string', enum: 'StorageClassAnalysisSchemaVersion', required: true },
    { name: 'Destination', kind: 'structure', of: AnalyticsExportDestination, required: true },
  ] };

export const StorageClassAnalysis: Shape = { name: 'StorageClassAnalysis', members: [
    { name: 'DataExport', kind: 'structure', of: StorageClassAnalysisDataExport },
  ] };

export const AnalyticsAndOperator: Shape = { name: 'AnalyticsAndOperator', members: [
    { name: 'Prefix', kind: 'string' },
    { name: 'Tags', kind: 'list', of: Tag, flattened: true, wire: 'Tag' },
  ] };

export const AnalyticsFilter: Shape = { name: 'AnalyticsFilter', union: true, members: [
    { name: 'Prefix', kind: 'string' },
    { name: 'Tag', kind: 'structure', of: Tag },
    { name: 'And', kind: 'structure', of: AnalyticsAndOperator },
  ] };

export const AnalyticsConfiguration: Shape = { name: 'AnalyticsConfiguration', members: [
    { name: 'Id', kind: 'string', required: true },
    { name: 'StorageClassAnalysis', kind: 'structure', of: StorageClassAnalysis, required: true },
    { name: 'Filter', kind: 'structure', of: AnalyticsFilter },
  ] };

export const GetBucketAnalyticsConfigurationOutput: Shape = { name: 'GetBucketAnalyticsConfigurationOutput', members: [
    { name: 'AnalyticsConfiguration', kind: 'structure', of: AnalyticsConfiguration, in: 'payload' },
  ] };

export const GetBucketCorsRequest: Shape = { name: 'GetBucketCorsRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const CORSRule: Shape = { name: 'CORSRule', members: [
    { name: 'AllowedMethods', kind: 'list', of: 'string', flattened: true, wire: 'AllowedMethod', required: true },
    { name: 'AllowedOrigins', kind: 'list', of: 'string', flattened: true, wire: 'AllowedOrigin', required: true },
    { name: 'ID', kind: 'string' },
    { name: 'AllowedHeaders', kind: 'list', of: 'string', flattened: true, wire: 'AllowedHeader' },
    { name: 'ExposeHeaders', kind: 'list', of: 'string', flattened: true, wire: 'ExposeHeader' },
    { name: 'MaxAgeSeconds', kind: 'integer' },
  ] };

export const GetBucketCorsOutput: Shape = { name: 'GetBucketCorsOutput', root: 'CORSConfiguration', members: [
    { name: 'CORSRules', kind: 'list', of: CORSRule, flattened: true, wire: 'CORSRule' },
  ] };

export const GetBucketEncryptionRequest: Shape = { name: 'GetBucketEncryptionRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const ServerSideEncryptionByDefault: Shape = { name: 'ServerSideEncryptionByDefault', members: [
    { name: 'SSEAlgorithm', kind: 'string', enum: 'ServerSideEncryption', required: true },
    { name: 'KMSMasterKeyID', kind: 'string', secret: true },
  ] };

export const BlockedEncryptionTypes: Shape = { name: 'BlockedEncryptionTypes', members: [
    { name: 'EncryptionType', kind: 'list', of: 'string', flattened: true, enum: 'EncryptionType' },
  ] };

export const ServerSideEncryptionRule: Shape = { name: 'ServerSideEncryptionRule', members: [
    { name: 'ApplyServerSideEncryptionByDefault', kind: 'structure', of: ServerSideEncryptionByDefault },
    { name: 'BucketKeyEnabled', kind: 'boolean' },
    { name: 'BlockedEncryptionTypes', kind: 'structure', of: BlockedEncryptionTypes },
  ] };

export const ServerSideEncryptionConfiguration: Shape = { name: 'ServerSideEncryptionConfiguration', members: [
    { name: 'Rules', kind: 'list', of: ServerSideEncryptionRule, flattened: true, wire: 'Rule', required: true },
  ] };

export const GetBucketEncryptionOutput: Shape = { name: 'GetBucketEncryptionOutput', members: [
    { name: 'ServerSideEncryptionConfiguration', kind: 'structure', of: ServerSideEncryptionConfiguration, in: 'payload' },
  ] };

export const GetBucketIntelligentTieringConfigurationRequest: Shape = { name: 'GetBucketIntelligentTieringConfigurationRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'Id', kind: 'string', in: 'query', wire: 'id', required: true },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const Tiering: Shape = { name: 'Tiering', members: [
    { name: 'Days', kind: 'integer', required: true },
    { name: 'AccessTier', kind: 'string', enum: 'IntelligentTieringAccessTier', required: true },
  ] };

export const IntelligentTieringAndOperator: Shape = { name: 'IntelligentTieringAndOperator', members: [
    { name: 'Prefix', kind: 'string' },
    { name: 'Tags', kind: 'list', of: Tag, flattened: true, wire: 'Tag' },
  ] };

export const IntelligentTieringFilter: Shape = { name: 'IntelligentTieringFilter', members: [
    { name: 'Prefix', kind: 'string' },
    { name: 'Tag', kind: 'structure', of: Tag },
    { name: 'And', kind: 'structure', of: IntelligentTieringAndOperator },
  ] };

export const IntelligentTieringConfiguration: Shape = { name: 'IntelligentTieringConfiguration', members: [
    { name: 'Id', kind: 'string', required: true },
    { name: 'Status', kind: 'string', enum: 'IntelligentTieringStatus', required: true },
    { name: 'Tierings', kind: 'list', of: Tiering, flattened: true, wire: 'Tiering', required: true },
    { name: 'Filter', kind: 'structure', of: IntelligentTieringFilter },
  ] };

export const GetBucketIntelligentTieringConfigurationOutput: Shape = { name: 'GetBucketIntelligentTieringConfigurationOutput', members: [
    { name: 'IntelligentTieringConfiguration', kind: 'structure', of: IntelligentTieringConfiguration, in: 'payload' },
  ] };

export const GetBucketInventoryConfigurationRequest: Shape = { name: 'GetBucketInventoryConfigurationRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'Id', kind: 'string', in: 'query', wire: 'id', required: true },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const SSES3: Shape = { name: 'SSES3', root: 'SSE-S3', members: [] };

export const SSEKMS: Shape = { name: 'SSEKMS', root: 'SSE-KMS', members: [
    { name: 'KeyId', kind: 'string', required: true, secret: true },
  ] };

export const InventoryEncryption: Shape = { name: 'InventoryEncryption', members: [
    { name: 'SSES3', kind: 'structure', of: SSES3, wire: 'SSE-S3' },
    { name: 'SSEKMS', kind: 'structure', of: SSEKMS, wire: 'SSE-KMS' },
  ] };

export const InventoryS3BucketDestination: Shape = { name: 'InventoryS3BucketDestination', members: [
    { name: 'Bucket', kind: 'string', required: true },
    { name: 'Format', kind: 'string', enum: 'InventoryFormat', required: true },
    { name: 'AccountId', kind: 'string' },
    { name: 'Prefix', kind: 'string' },
    { name: 'Encryption', kind: 'structure', of: InventoryEncryption },
  ] };

export const InventoryDestination: Shape = { name: 'InventoryDestination', members: [
    { name: 'S3BucketDestination', kind: 'structure', of: InventoryS3BucketDestination, required: true },
  ] };

export const InventorySchedule: Shape = { name: 'InventorySchedule', members: [
    { name: 'Frequency', kind: 'string', enum: 'InventoryFrequency', required: true },
  ] };

export const InventoryFilter: Shape = { name: 'InventoryFilter', members: [
    { name: 'Prefix', kind: 'string', required: true },
  ] };

export const InventoryConfiguration: Shape = { name: 'InventoryConfiguration', members: [
    { name: 'Destination', kind: 'structure', of: InventoryDestination, required: true },
    { name: 'IsEnabled', kind: 'boolean', required: true },
    { name: 'Id', kind: 'string', required: true },
    { name: 'IncludedObjectVersions', kind: 'string', enum: 'InventoryIncludedObjectVersions', required: true },
    { name: 'Schedule', kind: 'structure', of: InventorySchedule, required: true },
    { name: 'Filter', kind: 'structure', of: InventoryFilter },
    { name: 'OptionalFields', kind: 'list', of: 'string', item: 'Field', enum: 'InventoryOptionalField' },
  ] };

export const GetBucketInventoryConfigurationOutput: Shape = { name: 'GetBucketInventoryConfigurationOutput', members: [
    { name: 'InventoryConfiguration', kind: 'structure', of: InventoryConfiguration, in: 'payload' },
  ] };

export const GetBucketLifecycleConfigurationRequest: Shape = { name: 'GetBucketLifecycleConfigurationRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const LifecycleExpiration: Shape = { name: 'LifecycleExpiration', members: [
    { name: 'Date', kind: 'date-time' },
    { name: 'Days', kind: 'integer' },
    { name: 'ExpiredObjectDeleteMarker', kind: 'boolean' },
  ] };

export const LifecycleRuleAndOperator: Shape = { name: 'LifecycleRuleAndOperator', members: [
    { name: 'Prefix', kind: 'string' },
    { name: 'Tags', kind: 'list', of: Tag, flattened: true, wire: 'Tag' },
    { name: 'ObjectSizeGreaterThan', kind: 'long' },
    { name: 'ObjectSizeLessThan', kind: 'long' },
  ] };

export const LifecycleRuleFilter: Shape = { name: 'LifecycleRuleFilter', members: [
    { name: 'Prefix', kind: 'string' },
    { name: 'Tag', kind: 'structure', of: Tag },
    { name: 'ObjectSizeGreaterThan', kind: 'long' },
    { name: 'ObjectSizeLessThan', kind: 'long' },
    { name: 'And', kind: 'structure', of: LifecycleRuleAndOperator },
  ] };

export const Transition: Shape = { name: 'Transition', members: [
    { name: 'Date', kind: 'date-time' },
    { name: 'Days', kind: 'integer' },
    { name: 'StorageClass', kind: 'string', enum: 'TransitionStorageClass' },
  ] };

export const NoncurrentVersionTransition: Shape = { name: 'NoncurrentVersionTransition', members: [
    { name: 'NoncurrentDays', kind: 'integer' },
    { name: 'StorageClass', kind: 'string', enum: 'TransitionStorageClass' },
    { name: 'NewerNoncurrentVersions', kind: 'integer' },
  ] };

export const NoncurrentVersionExpiration: Shape = { name: 'NoncurrentVersionExpiration', members: [
    { name: 'NoncurrentDays', kind: 'integer' },
    { name: 'NewerNoncurrentVersions', kind: 'integer' },
  ] };

export const AbortIncompleteMultipartUpload: Shape = { name: 'AbortIncompleteMultipartUpload', members: [
    { name: 'DaysAfterInitiation', kind: 'integer' },
  ] };

export const LifecycleRule: Shape = { name: 'LifecycleRule', members: [
    { name: 'Status', kind: 'string', enum: 'ExpirationStatus', required: true },
    { name: 'Expiration', kind: 'structure', of: LifecycleExpiration },
    { name: 'ID', kind: 'string' },
    { name: 'Prefix', kind: 'string' },
    { name: 'Filter', kind: 'structure', of: LifecycleRuleFilter },
    { name: 'Transitions', kind: 'list', of: Transition, flattened: true, wire: 'Transition' },
    { name: 'NoncurrentVersionTransitions', kind: 'list', of: NoncurrentVersionTransition, flattened: true, wire: 'NoncurrentVersionTransition' },
    { name: 'NoncurrentVersionExpiration', kind: 'structure', of: NoncurrentVersionExpiration },
    { name: 'AbortIncompleteMultipartUpload', kind: 'structure', of: AbortIncompleteMultipartUpload },
  ] };

export const GetBucketLifecycleConfigurationOutput: Shape = { name: 'GetBucketLifecycleConfigurationOutput', root: 'LifecycleConfiguration', members: [
    { name: 'Rules', kind: 'list', of: LifecycleRule, flattened: true, wire: 'Rule' },
    { name: 'TransitionDefaultMinimumObjectSize', kind: 'string', in: 'header', wire: 'x-amz-transition-default-minimum-object-size', enum: 'TransitionDefaultMinimumObjectSize' },
  ] };

export const GetBucketLocationRequest: Shape = { name: 'GetBucketLocationRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const GetBucketLocationOutput: Shape = { name: 'GetBucketLocationOutput', root: 'LocationConstraint', members: [
    { name: 'LocationConstraint', kind: 'string', enum: 'BucketLocationConstraint' },
  ] };

export const GetBucketLoggingRequest: Shape = { name: 'GetBucketLoggingRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const TargetGrant: Shape = { name: 'TargetGrant', members: [
    { name: 'Grantee', kind: 'structure', of: Grantee },
    { name: 'Permission', kind: 'string', enum: 'BucketLogsPermission' },
  ] };

export const SimplePrefix: Shape = { name: 'SimplePrefix', root: 'SimplePrefix', members: [] };

export const PartitionedPrefix: Shape = { name: 'PartitionedPrefix', root: 'PartitionedPrefix', members: [
    { name: 'PartitionDateSource', kind: 'string', enum: 'PartitionDateSource' },
  ] };

export const TargetObjectKeyFormat: Shape = { name: 'TargetObjectKeyFormat', members: [
    { name: 'SimplePrefix', kind: 'structure', of: SimplePrefix, wire: 'SimplePrefix' },
    { name: 'PartitionedPrefix', kind: 'structure', of: PartitionedPrefix, wire: 'PartitionedPrefix' },
  ] };

export const LoggingEnabled: Shape = { name: 'LoggingEnabled', members: [
    { name: 'TargetBucket', kind: 'string', required: true },
    { name: 'TargetPrefix', kind: 'string', required: true },
    { name: 'TargetGrants', kind: 'list', of: TargetGrant, item: 'Grant' },
    { name: 'TargetObjectKeyFormat', kind: 'structure', of: TargetObjectKeyFormat },
  ] };

export const GetBucketLoggingOutput: Shape = { name: 'GetBucketLoggingOutput', root: 'BucketLoggingStatus', members: [
    { name: 'LoggingEnabled', kind: 'structure', of: LoggingEnabled },
  ] };

export const GetBucketMetricsConfigurationRequest: Shape = { name: 'GetBucketMetricsConfigurationRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'Id', kind: 'string', in: 'query', wire: 'id', required: true },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const MetricsAndOperator: Shape = { name: 'MetricsAndOperator', members: [
    { name: 'Prefix', kind: 'string' },
    { name: 'Tags', kind: 'list', of: Tag, flattened: true, wire: 'Tag' },
    { name: 'AccessPointArn', kind: 'string' },
  ] };

export const MetricsFilter: Shape = { name: 'MetricsFilter', union: true, members: [
    { name: 'Prefix', kind: 'string' },
    { name: 'Tag', kind: 'structure', of: Tag },
    { name: 'AccessPointArn', kind: 'string' },
    { name: 'And', kind: 'structure', of: MetricsAndOperator },
  ] };

export const MetricsConfiguration: Shape = { name: 'MetricsConfiguration', members: [
    { name: 'Id', kind: 'string', required: true },
    { name: 'Filter', kind: 'structure', of: MetricsFilter },
  ] };

export const GetBucketMetricsConfigurationOutput: Shape = { name: 'GetBucketMetricsConfigurationOutput', members: [
    { name: 'MetricsConfiguration', kind: 'structure', of: MetricsConfiguration, in: 'payload' },
  ] };

export const GetBucketNotificationConfigurationRequest: Shape = { name: 'GetBucketNotificationConfigurationRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const FilterRule: Shape = { name: 'FilterRule', members: [
    { name: 'Name', kind: 'string', enum: 'FilterRuleName' },
    { name: 'Value', kind: 'string' },
  ] };

export const S3KeyFilter: Shape = { name: 'S3KeyFilter', members: [
    { name: 'FilterRules', kind: 'list', of: FilterRule, flattened: true, wire: 'FilterRule' },
  ] };

export const NotificationConfigurationFilter: Shape = { name: 'NotificationConfigurationFilter', members: [
    { name: 'Key', kind: 'structure', of: S3KeyFilter, wire: 'S3Key' },
  ] };

export const TopicConfiguration: Shape = { name: 'TopicConfiguration', members: [
    { name: 'TopicArn', kind: 'string', wire: 'Topic', required: true },
    { name: 'Events', kind: 'list', of: 'string', flattened: true, wire: 'Event', enum: 'Event', required: true },
    { name: 'Id', kind: 'string' },
    { name: 'Filter', kind: 'structure', of: NotificationConfigurationFilter },
  ] };

export const QueueConfiguration: Shape = { name: 'QueueConfiguration', members: [
    { name: 'QueueArn', kind: 'string', wire: 'Queue', required: true },
    { name: 'Events', kind: 'list', of: 'string', flattened: true, wire: 'Event', enum: 'Event', required: true },
    { name: 'Id', kind: 'string' },
    { name: 'Filter', kind: 'structure', of: NotificationConfigurationFilter },
  ] };

export const LambdaFunctionConfiguration: Shape = { name: 'LambdaFunctionConfiguration', members: [
    { name: 'LambdaFunctionArn', kind: 'string', wire: 'CloudFunction', required: true },
    { name: 'Events', kind: 'list', of: 'string', flattened: true, wire: 'Event', enum: 'Event', required: true },
    { name: 'Id', kind: 'string' },
    { name: 'Filter', kind: 'structure', of: NotificationConfigurationFilter },
  ] };

export const EventBridgeConfiguration: Shape = { name: 'EventBridgeConfiguration', members: [] };

export const NotificationConfiguration: Shape = { name: 'NotificationConfiguration', members: [
    { name: 'TopicConfigurations', kind: 'list', of: TopicConfiguration, flattened: true, wire: 'TopicConfiguration' },
    { name: 'QueueConfigurations', kind: 'list', of: QueueConfiguration, flattened: true, wire: 'QueueConfiguration' },
    { name: 'LambdaFunctionConfigurations', kind: 'list', of: LambdaFunctionConfiguration, flattened: true, wire: 'CloudFunctionConfiguration' },
    { name: 'EventBridgeConfiguration', kind: 'structure', of: EventBridgeConfiguration },
  ] };

export const GetBucketOwnershipControlsRequest: Shape = { name: 'GetBucketOwnershipControlsRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const OwnershipControlsRule: Shape = { name: 'OwnershipControlsRule', members: [
    { name: 'ObjectOwnership', kind: 'string', enum: 'ObjectOwnership', required: true },
  ] };

export const OwnershipControls: Shape = { name: 'OwnershipControls', members: [
    { name: 'Rules', kind: 'list', of: OwnershipControlsRule, flattened: true, wire: 'Rule', required: true },
  ] };

export const GetBucketOwnershipControlsOutput: Shape = { name: 'GetBucketOwnershipControlsOutput', members: [
    { name: 'OwnershipControls', kind: 'structure', of: OwnershipControls, in: 'payload' },
  ] };

export const GetBucketPolicyRequest: Shape = { name: 'GetBucketPolicyRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const GetBucketPolicyOutput: Shape = { name: 'GetBucketPolicyOutput', members: [
    { name: 'Policy', kind: 'string', in: 'payload' },
  ] };

export const GetBucketPolicyStatusRequest: Shape = { name: 'GetBucketPolicyStatusRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const PolicyStatus: Shape = { name: 'PolicyStatus', members: [
    { name: 'IsPublic', kind: 'boolean', wire: 'IsPublic' },
  ] };

export const GetBucketPolicyStatusOutput: Shape = { name: 'GetBucketPolicyStatusOutput', members: [
    { name: 'PolicyStatus', kind: 'structure', of: PolicyStatus, in: 'payload' },
  ] };

export const GetBucketReplicationRequest: Shape = { name: 'GetBucketReplicationRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const AccessControlTranslation: Shape = { name: 'AccessControlTranslation', members: [
    { name: 'Owner', kind: 'string', enum: 'OwnerOverride', required: true },
  ] };

export const EncryptionConfiguration: Shape = { name: 'EncryptionConfiguration', members: [
    { name: 'ReplicaKmsKeyID', kind: 'string' },
  ] };

export const ReplicationTimeValue: Shape = { name: 'ReplicationTimeValue', members: [
    { name: 'Minutes', kind: 'integer' },
  ] };

export const ReplicationTime: Shape = { name: 'ReplicationTime', members: [
    { name: 'Status', kind: 'string', enum: 'ReplicationTimeStatus', required: true },
    { name: 'Time', kind: 'structure', of: ReplicationTimeValue, required: true },
  ] };

export const Metrics: Shape = { name: 'Metrics', members: [
    { name: 'Status', kind: 'string', enum: 'MetricsStatus', required: true },
    { name: 'EventThreshold', kind: 'structure', of: ReplicationTimeValue },
  ] };

export const Destination: Shape = { name: 'Destination', members: [
    { name: 'Bucket', kind: 'string', required: true },
    { name: 'Account', kind: 'string' },
    { name: 'StorageClass', kind: 'string', enum: 'StorageClass' },
    { name: 'AccessControlTranslation', kind: 'structure', of: AccessControlTranslation },
    { name: 'EncryptionConfiguration', kind: 'structure', of: EncryptionConfiguration },
    { name: 'ReplicationTime', kind: 'structure', of: ReplicationTime },
    { name: 'Metrics', kind: 'structure', of: Metrics },
  ] };

export const ReplicationRuleAndOperator: Shape = { name: 'ReplicationRuleAndOperator', members: [
    { name: 'Prefix', kind: 'string' },
    { name: 'Tags', kind: 'list', of: Tag, flattened: true, wire: 'Tag' },
  ] };

export const ReplicationRuleFilter: Shape = { name: 'ReplicationRuleFilter', members: [
    { name: 'Prefix', kind: 'string' },
    { name: 'Tag', kind: 'structure', of: Tag },
    { name: 'And', kind: 'structure', of: ReplicationRuleAndOperator },
  ] };

export const SseKmsEncryptedObjects: Shape = { name: 'SseKmsEncryptedObjects', members: [
    { name: 'Status', kind: 'string', enum: 'SseKmsEncryptedObjectsStatus', required: true },
  ] };

export const ReplicaModifications: Shape = { name: 'ReplicaModifications', members: [
    { name: 'Status', kind: 'string', enum: 'ReplicaModificationsStatus', required: true },
  ] };

export const SourceSelectionCriteria: Shape = { name: 'SourceSelectionCriteria', members: [
    { name: 'SseKmsEncryptedObjects', kind: 'structure', of: SseKmsEncryptedObjects },
    { name: 'ReplicaModifications', kind: 'structure', of: ReplicaModifications },
  ] };

export const ExistingObjectReplication: Shape = { name: 'ExistingObjectReplication', members: [
    { name: 'Status', kind: 'string', enum: 'ExistingObjectReplicationStatus', required: true },
  ] };

export const DeleteMarkerReplication: Shape = { name: 'DeleteMarkerReplication', members: [
    { name: 'Status', kind: 'string', enum: 'DeleteMarkerReplicationStatus' },
  ] };

export const ReplicationRule: Shape = { name: 'ReplicationRule', members: [
    { name: 'Status', kind: 'string', enum: 'ReplicationRuleStatus', required: true },
    { name: 'Destination', kind: 'structure', of: Destination, required: true },
    { name: 'ID', kind: 'string' },
    { name: 'Priority', kind: 'integer' },
    { name: 'Prefix', kind: 'string' },
    { name: 'Filter', kind: 'structure', of: ReplicationRuleFilter },
    { name: 'SourceSelectionCriteria', kind: 'structure', of: SourceSelectionCriteria },
    { name: 'ExistingObjectReplication', kind: 'structure', of: ExistingObjectReplication },
    { name: 'DeleteMarkerReplication', kind: 'structure', of: DeleteMarkerReplication },
  ] };

export const ReplicationConfiguration: Shape = { name: 'ReplicationConfiguration', members: [
    { name: 'Role', kind: 'string', required: true },
    { name: 'Rules', kind: 'list', of: ReplicationRule, flattened: true, wire: 'Rule', required: true },
  ] };

export const GetBucketReplicationOutput: Shape = { name: 'GetBucketReplicationOutput', members: [
    { name: 'ReplicationConfiguration', kind: 'structure', of: ReplicationConfiguration, in: 'payload' },
  ] };

export const GetBucketRequestPaymentRequest: Shape = { name: 'GetBucketRequestPaymentRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const GetBucketRequestPaymentOutput: Shape = { name: 'GetBucketRequestPaymentOutput', root: 'RequestPaymentConfiguration', members: [
    { name: 'Payer', kind: 'string', enum: 'Payer' },
  ] };

export const GetBucketTaggingRequest: Shape = { name: 'GetBucketTaggingRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const GetBucketTaggingOutput: Shape = { name: 'GetBucketTaggingOutput', root: 'Tagging', members: [
    { name: 'TagSet', kind: 'list', of: Tag, item: 'Tag', required: true },
  ] };

export const GetBucketVersioningRequest: Shape = { name: 'GetBucketVersioningRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const GetBucketVersioningOutput: Shape = { name: 'GetBucketVersioningOutput', root: 'VersioningConfiguration', members: [
    { name: 'Status', kind: 'string', enum: 'BucketVersioningStatus' },
    { name: 'MFADelete', kind: 'string', wire: 'MfaDelete', enum: 'MFADeleteStatus' },
  ] };

export const GetBucketWebsiteRequest: Shape = { name: 'GetBucketWebsiteRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const RedirectAllRequestsTo: Shape = { name: 'RedirectAllRequestsTo', members: [
    { name: 'HostName', kind: 'string', required: true },
    { name: 'Protocol', kind: 'string', enum: 'Protocol' },
  ] };

export const IndexDocument: Shape = { name: 'IndexDocument', members: [
    { name: 'Suffix', kind: 'string', required: true },
  ] };

export const ErrorDocument: Shape = { name: 'ErrorDocument', members: [
    { name: 'Key', kind: 'string', required: true },
  ] };

export const Redirect: Shape = { name: 'Redirect', members: [
    { name: 'HostName', kind: 'string' },
    { name: 'HttpRedirectCode', kind: 'string' },
    { name: 'Protocol', kind: 'string', enum: 'Protocol' },
    { name: 'ReplaceKeyPrefixWith', kind: 'string' },
    { name: 'ReplaceKeyWith', kind: 'string' },
  ] };

export const Condition: Shape = { name: 'Condition', members: [
    { name: 'HttpErrorCodeReturnedEquals', kind: 'string' },
    { name: 'KeyPrefixEquals', kind: 'string' },
  ] };

export const RoutingRule: Shape = { name: 'RoutingRule', members: [
    { name: 'Redirect', kind: 'structure', of: Redirect, required: true },
    { name: 'Condition', kind: 'structure', of: Condition },
  ] };

export const GetBucketWebsiteOutput: Shape = { name: 'GetBucketWebsiteOutput', root: 'WebsiteConfiguration', members: [
    { name: 'RedirectAllRequestsTo', kind: 'structure', of: RedirectAllRequestsTo },
    { name: 'IndexDocument', kind: 'structure', of: IndexDocument },
    { name: 'ErrorDocument', kind: 'structure', of: ErrorDocument },
    { name: 'RoutingRules', kind: 'list', of: RoutingRule, item: 'RoutingRule' },
  ] };

export const GetObjectRequest: Shape = { name: 'GetObjectRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'Key', kind: 'string', in: 'label', required: true },
    { name: 'IfMatch', kind: 'string', in: 'header', wire: 'If-Match' },
    { name: 'IfModifiedSince', kind: 'http-date', in: 'header', wire: 'If-Modified-Since' },
    { name: 'IfNoneMatch', kind: 'string', in: 'header', wire: 'If-None-Match' },
    { name: 'IfUnmodifiedSince', kind: 'http-date', in: 'header', wire: 'If-Unmodified-Since' },
    { name: 'Range', kind: 'string', in: 'header', wire: 'Range' },
    { name: 'ResponseCacheControl', kind: 'string', in: 'query', wire: 'response-cache-control' },
    { name: 'ResponseContentDisposition', kind: 'string', in: 'query', wire: 'response-content-disposition' },
    { name: 'ResponseContentEncoding', kind: 'string', in: 'query', wire: 'response-content-encoding' },
    { name: 'ResponseContentLanguage', kind: 'string', in: 'query', wire: 'response-content-language' },
    { name: 'ResponseContentType', kind: 'string', in: 'query', wire: 'response-content-type' },
    { name: 'ResponseExpires', kind: 'string', in: 'query', wire: 'response-expires' },
    { name: 'VersionId', kind: 'string', in: 'query', wire: 'versionId' },
    { name: 'SSECustomerAlgorithm', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-customer-algorithm' },
    { name: 'SSECustomerKey', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-customer-key', secret: true },
    { name: 'SSECustomerKeyMD5', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-customer-key-MD5' },
    { name: 'RequestPayer', kind: 'string', in: 'header', wire: 'x-amz-request-payer', enum: 'RequestPayer' },
    { name: 'PartNumber', kind: 'integer', in: 'query', wire: 'partNumber' },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
    { name: 'ChecksumMode', kind: 'string', in: 'header', wire: 'x-amz-checksum-mode', enum: 'ChecksumMode' },
  ] };

export const GetObjectOutput: Shape = { name: 'GetObjectOutput', members: [
    { name: 'Body', kind: 'stream', in: 'payload' },
    { name: 'DeleteMarker', kind: 'boolean', in: 'header', wire: 'x-amz-delete-marker' },
    { name: 'AcceptRanges', kind: 'string', in: 'header', wire: 'accept-ranges' },
    { name: 'Expiration', kind: 'string', in: 'header', wire: 'x-amz-expiration' },
    { name: 'Restore', kind: 'string', in: 'header', wire: 'x-amz-restore' },
    { name: 'LastModified', kind: 'http-date', in: 'header', wire: 'Last-Modified' },
    { name: 'ContentLength', kind: 'long', in: 'header', wire: 'Content-Length' },
    { name: 'ETag', kind: 'string', in: 'header', wire: 'ETag' },
    { name: 'ChecksumCRC32', kind: 'string', in: 'header', wire: 'x-amz-checksum-crc32' },
    { name: 'ChecksumCRC32C', kind: 'string', in: 'header', wire: 'x-amz-checksum-crc32c' },
    { name: 'ChecksumCRC64NVME', kind: 'string', in: 'header', wire: 'x-amz-checksum-crc64nvme' },
    { name: 'ChecksumSHA1', kind: 'string', in: 'header', wire: 'x-amz-checksum-sha1' },
    { name: 'ChecksumSHA256', kind: 'string', in: 'header', wire: 'x-amz-checksum-sha256' },
    { name: 'ChecksumSHA512', kind: 'string', in: 'header', wire: 'x-amz-checksum-sha512' },
    { name: 'ChecksumMD5', kind: 'string', in: 'header', wire: 'x-amz-checksum-md5' },
    { name: 'ChecksumXXHASH64', kind: 'string', in: 'header', wire: 'x-amz-checksum-xxhash64' },
    { name: 'ChecksumXXHASH3', kind: 'string', in: 'header', wire: 'x-amz-checksum-xxhash3' },
    { name: 'ChecksumXXHASH128', kind: 'string', in: 'header', wire: 'x-amz-checksum-xxhash128' },
    { name: 'ChecksumType', kind: 'string', in: 'header', wire: 'x-amz-checksum-type', enum: 'ChecksumType' },
    { name: 'MissingMeta', kind: 'integer', in: 'header', wire: 'x-amz-missing-meta' },
    { name: 'VersionId', kind: 'string', in: 'header', wire: 'x-amz-version-id' },
    { name: 'CacheControl', kind: 'string', in: 'header', wire: 'Cache-Control' },
    { name: 'ContentDisposition', kind: 'string', in: 'header', wire: 'Content-Disposition' },
    { name: 'ContentEncoding', kind: 'string', in: 'header', wire: 'Content-Encoding' },
    { name: 'ContentLanguage', kind: 'string', in: 'header', wire: 'Content-Language' },
    { name: 'ContentRange', kind: 'string', in: 'header', wire: 'Content-Range' },
    { name: 'ContentType', kind: 'string', in: 'header', wire: 'Content-Type' },
    { name: 'ExpiresString', kind: 'string', in: 'header', wire: 'Expires' },
    { name: 'WebsiteRedirectLocation', kind: 'string', in: 'header', wire: 'x-amz-website-redirect-location' },
    { name: 'ServerSideEncryption', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption', enum: 'ServerSideEncryption' },
    { name: 'Metadata', kind: 'map', in: 'headers', wire: 'x-amz-meta-' },
    { name: 'SSECustomerAlgorithm', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-customer-algorithm' },
    { name: 'SSECustomerKeyMD5', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-customer-key-MD5' },
    { name: 'SSEKMSKeyId', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-aws-kms-key-id', secret: true },
    { name: 'BucketKeyEnabled', kind: 'boolean', in: 'header', wire: 'x-amz-server-side-encryption-bucket-key-enabled' },
    { name: 'StorageClass', kind: 'string', in: 'header', wire: 'x-amz-storage-class', enum: 'StorageClass' },
    { name: 'RequestCharged', kind: 'string', in: 'header', wire: 'x-amz-request-charged', enum: 'RequestCharged' },
    { name: 'ReplicationStatus', kind: 'string', in: 'header', wire: 'x-amz-replication-status', enum: 'ReplicationStatus' },
    { name: 'PartsCount', kind: 'integer', in: 'header', wire: 'x-amz-mp-parts-count' },
    { name: 'TagCount', kind: 'integer', in: 'header', wire: 'x-amz-tagging-count' },
    { name: 'ObjectLockMode', kind: 'string', in: 'header', wire: 'x-amz-object-lock-mode', enum: 'ObjectLockMode' },
    { name: 'ObjectLockRetainUntilDate', kind: 'date-time', in: 'header', wire: 'x-amz-object-lock-retain-until-date' },
    { name: 'ObjectLockLegalHoldStatus', kind: 'string', in: 'header', wire: 'x-amz-object-lock-legal-hold', enum: 'ObjectLockLegalHoldStatus' },
    { name: 'ObjectLockEventHold', kind: 'string', in: 'header', wire: 'x-amz-object-lock-event-hold', enum: 'ObjectLockEventHold' },
    { name: 'ObjectLockEventHoldDurationDays', kind: 'integer', in: 'header', wire: 'x-amz-object-lock-event-hold-duration-days' },
    { name: 'ObjectLockEventHoldDurationYears', kind: 'integer', in: 'header', wire: 'x-amz-object-lock-event-hold-duration-years' },
  ] };

export const GetObjectAclRequest: Shape = { name: 'GetObjectAclRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'Key', kind: 'string', in: 'label', required: true },
    { name: 'VersionId', kind: 'string', in: 'query', wire: 'versionId' },
    { name: 'RequestPayer', kind: 'string', in: 'header', wire: 'x-amz-request-payer', enum: 'RequestPayer' },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const GetObjectAclOutput: Shape = { name: 'GetObjectAclOutput', root: 'AccessControlPolicy', members: [
    { name: 'Owner', kind: 'structure', of: Owner },
    { name: 'Grants', kind: 'list', of: Grant, item: 'Grant', wire: 'AccessControlList' },
    { name: 'RequestCharged', kind: 'string', in: 'header', wire: 'x-amz-request-charged', enum: 'RequestCharged' },
  ] };

export const GetObjectAnnotationRequest: Shape = { name: 'GetObjectAnnotationRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'Key', kind: 'string', in: 'label', required: true },
    { name: 'AnnotationName', kind: 'string', in: 'query', wire: 'annotationName', required: true },
    { name: 'VersionId', kind: 'string', in: 'query', wire: 'versionId' },
    { name: 'RequestPayer', kind: 'string', in: 'header', wire: 'x-amz-request-payer', enum: 'RequestPayer' },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
    { name: 'ChecksumMode', kind: 'string', in: 'header', wire: 'x-amz-checksum-mode', enum: 'ChecksumMode' },
  ] };

export const GetObjectAnnotationOutput: Shape = { name: 'GetObjectAnnotationOutput', members: [
    { name: 'AnnotationPayload', kind: 'stream', in: 'payload' },
    { name: 'ObjectVersionId', kind: 'string', in: 'header', wire: 'x-amz-object-version-id' },
    { name: 'LastModified', kind: 'http-date', in: 'header', wire: 'Last-Modified' },
    { name: 'ContentLength', kind: 'long', in: 'header', wire: 'Content-Length' },
    { name: 'ETag', kind: 'string', in: 'header', wire: 'ETag' },
    { name: 'ChecksumCRC32', kind: 'string', in: 'header', wire: 'x-amz-checksum-crc32' },
    { name: 'ChecksumCRC32C', kind: 'string', in: 'header', wire: 'x-amz-checksum-crc32c' },
    { name: 'ChecksumCRC64NVME', kind: 'string', in: 'header', wire: 'x-amz-checksum-crc64nvme' },
    { name: 'ChecksumSHA1', kind: 'string', in: 'header', wire: 'x-amz-checksum-sha1' },
    { name: 'ChecksumSHA256', kind: 'string', in: 'header', wire: 'x-amz-checksum-sha256' },
    { name: 'ChecksumSHA512', kind: 'string', in: 'header', wire: 'x-amz-checksum-sha512' },
    { name: 'ChecksumMD5', kind: 'string', in: 'header', wire: 'x-amz-checksum-md5' },
    { name: 'ChecksumXXHASH64', kind: 'string', in: 'header', wire: 'x-amz-checksum-xxhash64' },
    { name: 'ChecksumXXHASH3', kind: 'string', in: 'header', wire: 'x-amz-checksum-xxhash3' },
    { name: 'ChecksumXXHASH128', kind: 'string', in: 'header', wire: 'x-amz-checksum-xxhash128' },
    { name: 'ChecksumType', kind: 'string', in: 'header', wire: 'x-amz-checksum-type', enum: 'ChecksumType' },
    { name: 'ServerSideEncryption', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption', enum: 'ServerSideEncryption' },
    { name: 'RequestCharged', kind: 'string', in: 'header', wire: 'x-amz-request-charged', enum: 'RequestCharged' },
    { name: 'ReplicationStatus', kind: 'string', in: 'header', wire: 'x-amz-replication-status', enum: 'ReplicationStatus' },
  ] };

export const GetObjectAttributesRequest: Shape = { name: 'GetObjectAttributesRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'Key', kind: 'string', in: 'label', required: true },
    { name: 'ObjectAttributes', kind: 'list', of: 'string', in: 'header', wire: 'x-amz-object-attributes', enum: 'ObjectAttributes', required: true },
    { name: 'VersionId', kind: 'string', in: 'query', wire: 'versionId' },
    { name: 'MaxParts', kind: 'integer', in: 'header', wire: 'x-amz-max-parts' },
    { name: 'PartNumberMarker', kind: 'string', in: 'header', wire: 'x-amz-part-number-marker' },
    { name: 'SSECustomerAlgorithm', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-customer-algorithm' },
    { name: 'SSECustomerKey', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-customer-key', secret: true },
    { name: 'SSECustomerKeyMD5', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-customer-key-MD5' },
    { name: 'RequestPayer', kind: 'string', in: 'header', wire: 'x-amz-request-payer', enum: 'RequestPayer' },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const Checksum: Shape = { name: 'Checksum', members: [
    { name: 'ChecksumCRC32', kind: 'string' },
    { name: 'ChecksumCRC32C', kind: 'string' },
    { name: 'ChecksumCRC64NVME', kind: 'string' },
    { name: 'ChecksumSHA1', kind: 'string' },
    { name: 'ChecksumSHA256', kind: 'string' },
    { name: 'ChecksumSHA512', kind: 'string' },
    { name: 'ChecksumMD5', kind: 'string' },
    { name: 'ChecksumXXHASH64', kind: 'string' },
    { name: 'ChecksumXXHASH3', kind: 'string' },
    { name: 'ChecksumXXHASH128', kind: 'string' },
    { name: 'ChecksumType', kind: 'string', enum: 'ChecksumType' },
  ] };

export const ObjectPart: Shape = { name: 'ObjectPart', members: [
    { name: 'PartNumber', kind: 'integer' },
    { name: 'Size', kind: 'long' },
    { name: 'ChecksumCRC32', kind: 'string' },
    { name: 'ChecksumCRC32C', kind: 'string' },
    { name: 'ChecksumCRC64NVME', kind: 'string' },
    { name: 'ChecksumSHA1', kind: 'string' },
    { name: 'ChecksumSHA256', kind: 'string' },
    { name: 'ChecksumSHA512', kind: 'string' },
    { name: 'ChecksumMD5', kind: 'string' },
    { name: 'ChecksumXXHASH64', kind: 'string' },
    { name: 'ChecksumXXHASH3', kind: 'string' },
    { name: 'ChecksumXXHASH128', kind: 'string' },
  ] };

export const GetObjectAttributesParts: Shape = { name: 'GetObjectAttributesParts', members: [
    { name: 'TotalPartsCount', kind: 'integer', wire: 'PartsCount' },
    { name: 'PartNumberMarker', kind: 'string' },
    { name: 'NextPartNumberMarker', kind: 'string' },
    { name: 'MaxParts', kind: 'integer' },
    { name: 'IsTruncated', kind: 'boolean' },
    { name: 'Parts', kind: 'list', of: ObjectPart, flattened: true, wire: 'Part' },
  ] };

export const GetObjectAttributesOutput: Shape = { name: 'GetObjectAttributesOutput', root: 'GetObjectAttributesResponse', members: [
    { name: 'DeleteMarker', kind: 'boolean', in: 'header', wire: 'x-amz-delete-marker' },
    { name: 'LastModified', kind: 'http-date', in: 'header', wire: 'Last-Modified' },
    { name: 'VersionId', kind: 'string', in: 'header', wire: 'x-amz-version-id' },
    { name: 'RequestCharged', kind: 'string', in: 'header', wire: 'x-amz-request-charged', enum: 'RequestCharged' },
    { name: 'ETag', kind: 'string' },
    { name: 'Checksum', kind: 'structure', of: Checksum },
    { name: 'ObjectParts', kind: 'structure', of: GetObjectAttributesParts },
    { name: 'StorageClass', kind: 'string', enum: 'StorageClass' },
    { name: 'ObjectSize', kind: 'long' },
  ] };

export const GetObjectLegalHoldRequest: Shape = { name: 'GetObjectLegalHoldRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'Key', kind: 'string', in: 'label', required: true },
    { name: 'VersionId', kind: 'string', in: 'query', wire: 'versionId' },
    { name: 'RequestPayer', kind: 'string', in: 'header', wire: 'x-amz-request-payer', enum: 'RequestPayer' },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const ObjectLockLegalHold: Shape = { name: 'ObjectLockLegalHold', members: [
    { name: 'Status', kind: 'string', enum: 'ObjectLockLegalHoldStatus' },
  ] };

export const GetObjectLegalHoldOutput: Shape = { name: 'GetObjectLegalHoldOutput', members: [
    { name: 'LegalHold', kind: 'structure', of: ObjectLockLegalHold, in: 'payload', wire: 'LegalHold' },
  ] };

export const GetObjectLockConfigurationRequest: Shape = { name: 'GetObjectLockConfigurationRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const EventHoldDuration: Shape = { name: 'EventHoldDuration', members: [
    { name: 'Days', kind: 'integer' },
    { name: 'Years', kind: 'integer' },
  ] };

export const DefaultRetention: Shape = { name: 'DefaultRetention', members: [
    { name: 'Mode', kind: 'string', enum: 'ObjectLockRetentionMode' },
    { name: 'Days', kind: 'integer' },
    { name: 'Years', kind: 'integer' },
    { name: 'DefaultEventHold', kind: 'structure', of: EventHoldDuration },
  ] };

export const ObjectLockRule: Shape = { name: 'ObjectLockRule', members: [
    { name: 'DefaultRetention', kind: 'structure', of: DefaultRetention },
  ] };

export const ObjectLockConfiguration: Shape = { name: 'ObjectLockConfiguration', members: [
    { name: 'ObjectLockEnabled', kind: 'string', enum: 'ObjectLockEnabled' },
    { name: 'Rule', kind: 'structure', of: ObjectLockRule },
  ] };

export const GetObjectLockConfigurationOutput: Shape = { name: 'GetObjectLockConfigurationOutput', members: [
    { name: 'ObjectLockConfiguration', kind: 'structure', of: ObjectLockConfiguration, in: 'payload' },
  ] };

export const GetObjectRetentionRequest: Shape = { name: 'GetObjectRetentionRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'Key', kind: 'string', in: 'label', required: true },
    { name: 'VersionId', kind: 'string', in: 'query', wire: 'versionId' },
    { name: 'RequestPayer', kind: 'string', in: 'header', wire: 'x-amz-request-payer', enum: 'RequestPayer' },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const ObjectLockRetention: Shape = { name: 'ObjectLockRetention', members: [
    { name: 'Mode', kind: 'string', enum: 'ObjectLockRetentionMode' },
    { name: 'RetainUntilDate', kind: 'date-time' },
    { name: 'EventHold', kind: 'string', enum: 'ObjectLockEventHold' },
    { name: 'EventHoldDuration', kind: 'structure', of: EventHoldDuration },
  ] };

export const GetObjectRetentionOutput: Shape = { name: 'GetObjectRetentionOutput', members: [
    { name: 'Retention', kind: 'structure', of: ObjectLockRetention, in: 'payload', wire: 'Retention' },
  ] };

export const GetObjectTaggingRequest: Shape = { name: 'GetObjectTaggingRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'Key', kind: 'string', in: 'label', required: true },
    { name: 'VersionId', kind: 'string', in: 'query', wire: 'versionId' },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
    { name: 'RequestPayer', kind: 'string', in: 'header', wire: 'x-amz-request-payer', enum: 'RequestPayer' },
  ] };

export const GetObjectTaggingOutput: Shape = { name: 'GetObjectTaggingOutput', root: 'Tagging', members: [
    { name: 'TagSet', kind: 'list', of: Tag, item: 'Tag', required: true },
    { name: 'VersionId', kind: 'string', in: 'header', wire: 'x-amz-version-id' },
  ] };

export const GetObjectTorrentRequest: Shape = { name: 'GetObjectTorrentRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'Key', kind: 'string', in: 'label', required: true },
    { name: 'RequestPayer', kind: 'string', in: 'header', wire: 'x-amz-request-payer', enum: 'RequestPayer' },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const GetObjectTorrentOutput: Shape = { name: 'GetObjectTorrentOutput', members: [
    { name: 'Body', kind: 'stream', in: 'payload' },
    { name: 'RequestCharged', kind: 'string', in: 'header', wire: 'x-amz-request-charged', enum: 'RequestCharged' },
  ] };

export const GetPublicAccessBlockRequest: Shape = { name: 'GetPublicAccessBlockRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const PublicAccessBlockConfiguration: Shape = { name: 'PublicAccessBlockConfiguration', members: [
    { name: 'BlockPublicAcls', kind: 'boolean', wire: 'BlockPublicAcls' },
    { name: 'IgnorePublicAcls', kind: 'boolean', wire: 'IgnorePublicAcls' },
    { name: 'BlockPublicPolicy', kind: 'boolean', wire: 'BlockPublicPolicy' },
    { name: 'RestrictPublicBuckets', kind: 'boolean', wire: 'RestrictPublicBuckets' },
  ] };

export const GetPublicAccessBlockOutput: Shape = { name: 'GetPublicAccessBlockOutput', members: [
    { name: 'PublicAccessBlockConfiguration', kind: 'structure', of: PublicAccessBlockConfiguration, in: 'payload' },
  ] };

export const HeadBucketRequest: Shape = { name: 'HeadBucketRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const HeadBucketOutput: Shape = { name: 'HeadBucketOutput', members: [
    { name: 'BucketArn', kind: 'string', in: 'header', wire: 'x-amz-bucket-arn' },
    { name: 'BucketLocationType', kind: 'string', in: 'header', wire: 'x-amz-bucket-location-type', enum: 'LocationType' },
    { name: 'BucketLocationName', kind: 'string', in: 'header', wire: 'x-amz-bucket-location-name' },
    { name: 'BucketRegion', kind: 'string', in: 'header', wire: 'x-amz-bucket-region' },
    { name: 'AccessPointAlias', kind: 'boolean', in: 'header', wire: 'x-amz-access-point-alias' },
  ] };

export const HeadObjectRequest: Shape = { name: 'HeadObjectRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'Key', kind: 'string', in: 'label', required: true },
    { name: 'IfMatch', kind: 'string', in: 'header', wire: 'If-Match' },
    { name: 'IfModifiedSince', kind: 'http-date', in: 'header', wire: 'If-Modified-Since' },
    { name: 'IfNoneMatch', kind: 'string', in: 'header', wire: 'If-None-Match' },
    { name: 'IfUnmodifiedSince', kind: 'http-date', in: 'header', wire: 'If-Unmodified-Since' },
    { name: 'Range', kind: 'string', in: 'header', wire: 'Range' },
    { name: 'ResponseCacheControl', kind: 'string', in: 'query', wire: 'response-cache-control' },
    { name: 'ResponseContentDisposition', kind: 'string', in: 'query', wire: 'response-content-disposition' },
    { name: 'ResponseContentEncoding', kind: 'string', in: 'query', wire: 'response-content-encoding' },
    { name: 'ResponseContentLanguage', kind: 'string', in: 'query', wire: 'response-content-language' },
    { name: 'ResponseContentType', kind: 'string', in: 'query', wire: 'response-content-type' },
    { name: 'ResponseExpires', kind: 'string', in: 'query', wire: 'response-expires' },
    { name: 'VersionId', kind: 'string', in: 'query', wire: 'versionId' },
    { name: 'SSECustomerAlgorithm', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-customer-algorithm' },
    { name: 'SSECustomerKey', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-customer-key', secret: true },
    { name: 'SSECustomerKeyMD5', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-customer-key-MD5' },
    { name: 'RequestPayer', kind: 'string', in: 'header', wire: 'x-amz-request-payer', enum: 'RequestPayer' },
    { name: 'PartNumber', kind: 'integer', in: 'query', wire: 'partNumber' },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
    { name: 'ChecksumMode', kind: 'string', in: 'header', wire: 'x-amz-checksum-mode', enum: 'ChecksumMode' },
  ] };

export const HeadObjectOutput: Shape = { name: 'HeadObjectOutput', members: [
    { name: 'DeleteMarker', kind: 'boolean', in: 'header', wire: 'x-amz-delete-marker' },
    { name: 'AcceptRanges', kind: 'string', in: 'header', wire: 'accept-ranges' },
    { name: 'Expiration', kind: 'string', in: 'header', wire: 'x-amz-expiration' },
    { name: 'Restore', kind: 'string', in: 'header', wire: 'x-amz-restore' },
    { name: 'ArchiveStatus', kind: 'string', in: 'header', wire: 'x-amz-archive-status', enum: 'ArchiveStatus' },
    { name: 'LastModified', kind: 'http-date', in: 'header', wire: 'Last-Modified' },
    { name: 'ContentLength', kind: 'long', in: 'header', wire: 'Content-Length' },
    { name: 'ChecksumCRC32', kind: 'string', in: 'header', wire: 'x-amz-checksum-crc32' },
    { name: 'ChecksumCRC32C', kind: 'string', in: 'header', wire: 'x-amz-checksum-crc32c' },
    { name: 'ChecksumCRC64NVME', kind: 'string', in: 'header', wire: 'x-amz-checksum-crc64nvme' },
    { name: 'ChecksumSHA1', kind: 'string', in: 'header', wire: 'x-amz-checksum-sha1' },
    { name: 'ChecksumSHA256', kind: 'string', in: 'header', wire: 'x-amz-checksum-sha256' },
    { name: 'ChecksumSHA512', kind: 'string', in: 'header', wire: 'x-amz-checksum-sha512' },
    { name: 'ChecksumMD5', kind: 'string', in: 'header', wire: 'x-amz-checksum-md5' },
    { name: 'ChecksumXXHASH64', kind: 'string', in: 'header', wire: 'x-amz-checksum-xxhash64' },
    { name: 'ChecksumXXHASH3', kind: 'string', in: 'header', wire: 'x-amz-checksum-xxhash3' },
    { name: 'ChecksumXXHASH128', kind: 'string', in: 'header', wire: 'x-amz-checksum-xxhash128' },
    { name: 'ChecksumType', kind: 'string', in: 'header', wire: 'x-amz-checksum-type', enum: 'ChecksumType' },
    { name: 'ETag', kind: 'string', in: 'header', wire: 'ETag' },
    { name: 'MissingMeta', kind: 'integer', in: 'header', wire: 'x-amz-missing-meta' },
    { name: 'VersionId', kind: 'string', in: 'header', wire: 'x-amz-version-id' },
    { name: 'CacheControl', kind: 'string', in: 'header', wire: 'Cache-Control' },
    { name: 'ContentDisposition', kind: 'string', in: 'header', wire: 'Content-Disposition' },
    { name: 'ContentEncoding', kind: 'string', in: 'header', wire: 'Content-Encoding' },
    { name: 'ContentLanguage', kind: 'string', in: 'header', wire: 'Content-Language' },
    { name: 'ContentType', kind: 'string', in: 'header', wire: 'Content-Type' },
    { name: 'ContentRange', kind: 'string', in: 'header', wire: 'Content-Range' },
    { name: 'ExpiresString', kind: 'string', in: 'header', wire: 'Expires' },
    { name: 'WebsiteRedirectLocation', kind: 'string', in: 'header', wire: 'x-amz-website-redirect-location' },
    { name: 'ServerSideEncryption', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption', enum: 'ServerSideEncryption' },
    { name: 'Metadata', kind: 'map', in: 'headers', wire: 'x-amz-meta-' },
    { name: 'SSECustomerAlgorithm', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-customer-algorithm' },
    { name: 'SSECustomerKeyMD5', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-customer-key-MD5' },
    { name: 'SSEKMSKeyId', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-aws-kms-key-id', secret: true },
    { name: 'BucketKeyEnabled', kind: 'boolean', in: 'header', wire: 'x-amz-server-side-encryption-bucket-key-enabled' },
    { name: 'StorageClass', kind: 'string', in: 'header', wire: 'x-amz-storage-class', enum: 'StorageClass' },
    { name: 'RequestCharged', kind: 'string', in: 'header', wire: 'x-amz-request-charged', enum: 'RequestCharged' },
    { name: 'ReplicationStatus', kind: 'string', in: 'header', wire: 'x-amz-replication-status', enum: 'ReplicationStatus' },
    { name: 'PartsCount', kind: 'integer', in: 'header', wire: 'x-amz-mp-parts-count' },
    { name: 'TagCount', kind: 'integer', in: 'header', wire: 'x-amz-tagging-count' },
    { name: 'ObjectLockMode', kind: 'string', in: 'header', wire: 'x-amz-object-lock-mode', enum: 'ObjectLockMode' },
    { name: 'ObjectLockRetainUntilDate', kind: 'date-time', in: 'header', wire: 'x-amz-object-lock-retain-until-date' },
    { name: 'ObjectLockLegalHoldStatus', kind: 'string', in: 'header', wire: 'x-amz-object-lock-legal-hold', enum: 'ObjectLockLegalHoldStatus' },
    { name: 'ObjectLockEventHold', kind: 'string', in: 'header', wire: 'x-amz-object-lock-event-hold', enum: 'ObjectLockEventHold' },
    { name: 'ObjectLockEventHoldDurationDays', kind: 'integer', in: 'header', wire: 'x-amz-object-lock-event-hold-duration-days' },
    { name: 'ObjectLockEventHoldDurationYears', kind: 'integer', in: 'header', wire: 'x-amz-object-lock-event-hold-duration-years' },
  ] };

export const ListBucketAnalyticsConfigurationsRequest: Shape = { name: 'ListBucketAnalyticsConfigurationsRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'ContinuationToken', kind: 'string', in: 'query', wire: 'continuation-token' },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const ListBucketAnalyticsConfigurationsOutput: Shape = { name: 'ListBucketAnalyticsConfigurationsOutput', root: 'ListBucketAnalyticsConfigurationResult', members: [
    { name: 'IsTruncated', kind: 'boolean' },
    { name: 'ContinuationToken', kind: 'string' },
    { name: 'NextContinuationToken', kind: 'string' },
    { name: 'AnalyticsConfigurationList', kind: 'list', of: AnalyticsConfiguration, flattened: true, wire: 'AnalyticsConfiguration' },
  ] };

export const ListBucketIntelligentTieringConfigurationsRequest: Shape = { name: 'ListBucketIntelligentTieringConfigurationsRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'ContinuationToken', kind: 'string', in: 'query', wire: 'continuation-token' },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const ListBucketIntelligentTieringConfigurationsOutput: Shape = { name: 'ListBucketIntelligentTieringConfigurationsOutput', members: [
    { name: 'IsTruncated', kind: 'boolean' },
    { name: 'ContinuationToken', kind: 'string' },
    { name: 'NextContinuationToken', kind: 'string' },
    { name: 'IntelligentTieringConfigurationList', kind: 'list', of: IntelligentTieringConfiguration, flattened: true, wire: 'IntelligentTieringConfiguration' },
  ] };

export const ListBucketInventoryConfigurationsRequest: Shape = { name: 'ListBucketInventoryConfigurationsRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'ContinuationToken', kind: 'string', in: 'query', wire: 'continuation-token' },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const ListBucketInventoryConfigurationsOutput: Shape = { name: 'ListBucketInventoryConfigurationsOutput', root: 'ListInventoryConfigurationsResult', members: [
    { name: 'ContinuationToken', kind: 'string' },
    { name: 'InventoryConfigurationList', kind: 'list', of: InventoryConfiguration, flattened: true, wire: 'InventoryConfiguration' },
    { name: 'IsTruncated', kind: 'boolean' },
    { name: 'NextContinuationToken', kind: 'string' },
  ] };

export const ListBucketMetricsConfigurationsRequest: Shape = { name: 'ListBucketMetricsConfigurationsRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'ContinuationToken', kind: 'string', in: 'query', wire: 'continuation-token' },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const ListBucketMetricsConfigurationsOutput: Shape = { name: 'ListBucketMetricsConfigurationsOutput', root: 'ListMetricsConfigurationsResult', members: [
    { name: 'IsTruncated', kind: 'boolean' },
    { name: 'ContinuationToken', kind: 'string' },
    { name: 'NextContinuationToken', kind: 'string' },
    { name: 'MetricsConfigurationList', kind: 'list', of: MetricsConfiguration, flattened: true, wire: 'MetricsConfiguration' },
  ] };

export const ListBucketsRequest: Shape = { name: 'ListBucketsRequest', members: [
    { name: 'MaxBuckets', kind: 'integer', in: 'query', wire: 'max-buckets' },
    { name: 'ContinuationToken', kind: 'string', in: 'query', wire: 'continuation-token' },
    { name: 'Prefix', kind: 'string', in: 'query', wire: 'prefix' },
    { name: 'BucketRegion', kind: 'string', in: 'query', wire: 'bucket-region' },
  ] };

export const Bucket: Shape = { name: 'Bucket', members: [
    { name: 'Name', kind: 'string' },
    { name: 'CreationDate', kind: 'date-time' },
    { name: 'BucketRegion', kind: 'string' },
    { name: 'BucketArn', kind: 'string' },
  ] };

export const ListBucketsOutput: Shape = { name: 'ListBucketsOutput', root: 'ListAllMyBucketsResult', members: [
    { name: 'Buckets', kind: 'list', of: Bucket, item: 'Bucket' },
    { name: 'Owner', kind: 'structure', of: Owner },
    { name: 'ContinuationToken', kind: 'string' },
    { name: 'Prefix', kind: 'string' },
  ] };

export const ListMultipartUploadsRequest: Shape = { name: 'ListMultipartUploadsRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'Delimiter', kind: 'string', in: 'query', wire: 'delimiter' },
    { name: 'EncodingType', kind: 'string', in: 'query', wire: 'encoding-type', enum: 'EncodingType' },
    { name: 'KeyMarker', kind: 'string', in: 'query', wire: 'key-marker' },
    { name: 'MaxUploads', kind: 'integer', in: 'query', wire: 'max-uploads' },
    { name: 'Prefix', kind: 'string', in: 'query', wire: 'prefix' },
    { name: 'UploadIdMarker', kind: 'string', in: 'query', wire: 'upload-id-marker' },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
    { name: 'RequestPayer', kind: 'string', in: 'header', wire: 'x-amz-request-payer', enum: 'RequestPayer' },
  ] };

export const Initiator: Shape = { name: 'Initiator', members: [
    { name: 'ID', kind: 'string' },
    { name: 'DisplayName', kind: 'string' },
  ] };

export const MultipartUpload: Shape = { name: 'MultipartUpload', members: [
    { name: 'UploadId', kind: 'string' },
    { name: 'Key', kind: 'string' },
    { name: 'Initiated', kind: 'date-time' },
    { name: 'StorageClass', kind: 'string', enum: 'StorageClass' },
    { name: 'Owner', kind: 'structure', of: Owner },
    { name: 'Initiator', kind: 'structure', of: Initiator },
    { name: 'ChecksumAlgorithm', kind: 'string', enum: 'ChecksumAlgorithm' },
    { name: 'ChecksumType', kind: 'string', enum: 'ChecksumType' },
  ] };

export const CommonPrefix: Shape = { name: 'CommonPrefix', members: [
    { name: 'Prefix', kind: 'string' },
  ] };

export const ListMultipartUploadsOutput: Shape = { name: 'ListMultipartUploadsOutput', root: 'ListMultipartUploadsResult', members: [
    { name: 'Bucket', kind: 'string' },
    { name: 'KeyMarker', kind: 'string' },
    { name: 'UploadIdMarker', kind: 'string' },
    { name: 'NextKeyMarker', kind: 'string' },
    { name: 'Prefix', kind: 'string' },
    { name: 'Delimiter', kind: 'string' },
    { name: 'NextUploadIdMarker', kind: 'string' },
    { name: 'MaxUploads', kind: 'integer' },
    { name: 'IsTruncated', kind: 'boolean' },
    { name: 'Uploads', kind: 'list', of: MultipartUpload, flattened: true, wire: 'Upload' },
    { name: 'CommonPrefixes', kind: 'list', of: CommonPrefix, flattened: true },
    { name: 'EncodingType', kind: 'string', enum: 'EncodingType' },
    { name: 'RequestCharged', kind: 'string', in: 'header', wire: 'x-amz-request-charged', enum: 'RequestCharged' },
  ] };

export const ListObjectAnnotationsRequest: Shape = { name: 'ListObjectAnnotationsRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'Key', kind: 'string', in: 'label', required: true },
    { name: 'VersionId', kind: 'string', in: 'query', wire: 'versionId' },
    { name: 'MaxAnnotationResults', kind: 'integer', in: 'query', wire: 'max-annotation-results' },
    { name: 'AnnotationPrefix', kind: 'string', in: 'query', wire: 'annotation-prefix' },
    { name: 'ContinuationToken', kind: 'string', in: 'query', wire: 'continuation-token' },
    { name: 'RequestPayer', kind: 'string', in: 'header', wire: 'x-amz-request-payer', enum: 'RequestPayer' },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const AnnotationEntry: Shape = { name: 'AnnotationEntry', members: [
    { name: 'AnnotationName', kind: 'string', required: true },
    { name: 'LastModified', kind: 'date-time', required: true },
    { name: 'Size', kind: 'long', required: true },
    { name: 'ETag', kind: 'string' },
    { name: 'ChecksumAlgorithm', kind: 'list', of: 'string', flattened: true, enum: 'ChecksumAlgorithm' },
    { name: 'ReplicationStatus', kind: 'string', enum: 'ReplicationStatus' },
  ] };

export const ListObjectAnnotationsOutput: Shape = { name: 'ListObjectAnnotationsOutput', members: [
    { name: 'Annotations', kind: 'list', of: AnnotationEntry, item: 'AnnotationEntry' },
    { name: 'Bucket', kind: 'string' },
    { name: 'Key', kind: 'string' },
    { name: 'ObjectVersionId', kind: 'string', in: 'header', wire: 'x-amz-object-version-id' },
    { name: 'AnnotationPrefix', kind: 'string' },
    { name: 'MaxAnnotationResults', kind: 'integer' },
    { name: 'AnnotationCount', kind: 'integer' },
    { name: 'ContinuationToken', kind: 'string' },
    { name: 'NextContinuationToken', kind: 'string' },
    { name: 'RequestCharged', kind: 'string', in: 'header', wire: 'x-amz-request-charged', enum: 'RequestCharged' },
  ] };

export const ListObjectVersionsRequest: Shape = { name: 'ListObjectVersionsRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'Delimiter', kind: 'string', in: 'query', wire: 'delimiter' },
    { name: 'EncodingType', kind: 'string', in: 'query', wire: 'encoding-type', enum: 'EncodingType' },
    { name: 'KeyMarker', kind: 'string', in: 'query', wire: 'key-marker' },
    { name: 'MaxKeys', kind: 'integer', in: 'query', wire: 'max-keys' },
    { name: 'Prefix', kind: 'string', in: 'query', wire: 'prefix' },
    { name: 'VersionIdMarker', kind: 'string', in: 'query', wire: 'version-id-marker' },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
    { name: 'RequestPayer', kind: 'string', in: 'header', wire: 'x-amz-request-payer', enum: 'RequestPayer' },
    { name: 'OptionalObjectAttributes', kind: 'list', of: 'string', in: 'header', wire: 'x-amz-optional-object-attributes', enum: 'OptionalObjectAttributes' },
  ] };

export const RestoreStatus: Shape = { name: 'RestoreStatus', members: [
    { name: 'IsRestoreInProgress', kind: 'boolean' },
    { name: 'RestoreExpiryDate', kind: 'date-time' },
  ] };

export const ObjectVersion: Shape = { name: 'ObjectVersion', members: [
    { name: 'ETag', kind: 'string' },
    { name: 'ChecksumAlgorithm', kind: 'list', of: 'string', flattened: true, enum: 'ChecksumAlgorithm' },
    { name: 'ChecksumType', kind: 'string', enum: 'ChecksumType' },
    { name: 'Size', kind: 'long' },
    { name: 'StorageClass', kind: 'string', enum: 'ObjectVersionStorageClass' },
    { name: 'Key', kind: 'string' },
    { name: 'VersionId', kind: 'string' },
    { name: 'IsLatest', kind: 'boolean' },
    { name: 'LastModified', kind: 'date-time' },
    { name: 'Owner', kind: 'structure', of: Owner },
    { name: 'RestoreStatus', kind: 'structure', of: RestoreStatus },
  ] };

export const DeleteMarkerEntry: Shape = { name: 'DeleteMarkerEntry', members: [
    { name: 'Owner', kind: 'structure', of: Owner },
    { name: 'Key', kind: 'string' },
    { name: 'VersionId', kind: 'string' },
    { name: 'IsLatest', kind: 'boolean' },
    { name: 'LastModified', kind: 'date-time' },
  ] };

export const ListObjectVersionsOutput: Shape = { name: 'ListObjectVersionsOutput', root: 'ListVersionsResult', members: [
    { name: 'IsTruncated', kind: 'boolean' },
    { name: 'KeyMarker', kind: 'string' },
    { name: 'VersionIdMarker', kind: 'string' },
    { name: 'NextKeyMarker', kind: 'string' },
    { name: 'NextVersionIdMarker', kind: 'string' },
    { name: 'Versions', kind: 'list', of: ObjectVersion, flattened: true, wire: 'Version' },
    { name: 'DeleteMarkers', kind: 'list', of: DeleteMarkerEntry, flattened: true, wire: 'DeleteMarker' },
    { name: 'Name', kind: 'string' },
    { name: 'Prefix', kind: 'string' },
    { name: 'Delimiter', kind: 'string' },
    { name: 'MaxKeys', kind: 'integer' },
    { name: 'CommonPrefixes', kind: 'list', of: CommonPrefix, flattened: true },
    { name: 'EncodingType', kind: 'string', enum: 'EncodingType' },
    { name: 'RequestCharged', kind: 'string', in: 'header', wire: 'x-amz-request-charged', enum: 'RequestCharged' },
  ] };

export const ListObjectsRequest: Shape = { name: 'ListObjectsRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'Delimiter', kind: 'string', in: 'query', wire: 'delimiter' },
    { name: 'EncodingType', kind: 'string', in: 'query', wire: 'encoding-type', enum: 'EncodingType' },
    { name: 'Marker', kind: 'string', in: 'query', wire: 'marker' },
    { name: 'MaxKeys', kind: 'integer', in: 'query', wire: 'max-keys' },
    { name: 'Prefix', kind: 'string', in: 'query', wire: 'prefix' },
    { name: 'RequestPayer', kind: 'string', in: 'header', wire: 'x-amz-request-payer', enum: 'RequestPayer' },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
    { name: 'OptionalObjectAttributes', kind: 'list', of: 'string', in: 'header', wire: 'x-amz-optional-object-attributes', enum: 'OptionalObjectAttributes' },
  ] };

export const _Object: Shape = { name: 'Object', members: [
    { name: 'Key', kind: 'string' },
    { name: 'LastModified', kind: 'date-time' },
    { name: 'ETag', kind: 'string' },
    { name: 'ChecksumAlgorithm', kind: 'list', of: 'string', flattened: true, enum: 'ChecksumAlgorithm' },
    { name: 'ChecksumType', kind: 'string', enum: 'ChecksumType' },
    { name: 'Size', kind: 'long' },
    { name: 'StorageClass', kind: 'string', enum: 'ObjectStorageClass' },
    { name: 'Owner', kind: 'structure', of: Owner },
    { name: 'RestoreStatus', kind: 'structure', of: RestoreStatus },
  ] };

export const ListObjectsOutput: Shape = { name: 'ListObjectsOutput', root: 'ListBucketResult', members: [
    { name: 'IsTruncated', kind: 'boolean' },
    { name: 'Marker', kind: 'string' },
    { name: 'NextMarker', kind: 'string' },
    { name: 'Contents', kind: 'list', of: _Object, flattened: true },
    { name: 'Name', kind: 'string' },
    { name: 'Prefix', kind: 'string' },
    { name: 'Delimiter', kind: 'string' },
    { name: 'MaxKeys', kind: 'integer' },
    { name: 'CommonPrefixes', kind: 'list', of: CommonPrefix, flattened: true },
    { name: 'EncodingType', kind: 'string', enum: 'EncodingType' },
    { name: 'RequestCharged', kind: 'string', in: 'header', wire: 'x-amz-request-charged', enum: 'RequestCharged' },
  ] };

export const ListObjectsV2Request: Shape = { name: 'ListObjectsV2Request', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'Delimiter', kind: 'string', in: 'query', wire: 'delimiter' },
    { name: 'EncodingType', kind: 'string', in: 'query', wire: 'encoding-type', enum: 'EncodingType' },
    { name: 'MaxKeys', kind: 'integer', in: 'query', wire: 'max-keys' },
    { name: 'Prefix', kind: 'string', in: 'query', wire: 'prefix' },
    { name: 'ContinuationToken', kind: 'string', in: 'query', wire: 'continuation-token' },
    { name: 'FetchOwner', kind: 'boolean', in: 'query', wire: 'fetch-owner' },
    { name: 'StartAfter', kind: 'string', in: 'query', wire: 'start-after' },
    { name: 'RequestPayer', kind: 'string', in: 'header', wire: 'x-amz-request-payer', enum: 'RequestPayer' },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
    { name: 'OptionalObjectAttributes', kind: 'list', of: 'string', in: 'header', wire: 'x-amz-optional-object-attributes', enum: 'OptionalObjectAttributes' },
  ] };

export const ListObjectsV2Output: Shape = { name: 'ListObjectsV2Output', root: 'ListBucketResult', members: [
    { name: 'IsTruncated', kind: 'boolean' },
    { name: 'Contents', kind: 'list', of: _Object, flattened: true },
    { name: 'Name', kind: 'string' },
    { name: 'Prefix', kind: 'string' },
    { name: 'Delimiter', kind: 'string' },
    { name: 'MaxKeys', kind: 'integer' },
    { name: 'CommonPrefixes', kind: 'list', of: CommonPrefix, flattened: true },
    { name: 'EncodingType', kind: 'string', enum: 'EncodingType' },
    { name: 'KeyCount', kind: 'integer' },
    { name: 'ContinuationToken', kind: 'string' },
    { name: 'NextContinuationToken', kind: 'string' },
    { name: 'StartAfter', kind: 'string' },
    { name: 'RequestCharged', kind: 'string', in: 'header', wire: 'x-amz-request-charged', enum: 'RequestCharged' },
  ] };

export const ListPartsRequest: Shape = { name: 'ListPartsRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'Key', kind: 'string', in: 'label', required: true },
    { name: 'UploadId', kind: 'string', in: 'query', wire: 'uploadId', required: true },
    { name: 'MaxParts', kind: 'integer', in: 'query', wire: 'max-parts' },
    { name: 'PartNumberMarker', kind: 'string', in: 'query', wire: 'part-number-marker' },
    { name: 'RequestPayer', kind: 'string', in: 'header', wire: 'x-amz-request-payer', enum: 'RequestPayer' },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
    { name: 'SSECustomerAlgorithm', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-customer-algorithm' },
    { name: 'SSECustomerKey', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-customer-key', secret: true },
    { name: 'SSECustomerKeyMD5', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-customer-key-MD5' },
  ] };

export const Part: Shape = { name: 'Part', members: [
    { name: 'PartNumber', kind: 'integer' },
    { name: 'LastModified', kind: 'date-time' },
    { name: 'ETag', kind: 'string' },
    { name: 'Size', kind: 'long' },
    { name: 'ChecksumCRC32', kind: 'string' },
    { name: 'ChecksumCRC32C', kind: 'string' },
    { name: 'ChecksumCRC64NVME', kind: 'string' },
    { name: 'ChecksumSHA1', kind: 'string' },
    { name: 'ChecksumSHA256', kind: 'string' },
    { name: 'ChecksumSHA512', kind: 'string' },
    { name: 'ChecksumMD5', kind: 'string' },
    { name: 'ChecksumXXHASH64', kind: 'string' },
    { name: 'ChecksumXXHASH3', kind: 'string' },
    { name: 'ChecksumXXHASH128', kind: 'string' },
  ] };

export const ListPartsOutput: Shape = { name: 'ListPartsOutput', root: 'ListPartsResult', members: [
    { name: 'AbortDate', kind: 'http-date', in: 'header', wire: 'x-amz-abort-date' },
    { name: 'AbortRuleId', kind: 'string', in: 'header', wire: 'x-amz-abort-rule-id' },
    { name: 'Bucket', kind: 'string' },
    { name: 'Key', kind: 'string' },
    { name: 'UploadId', kind: 'string' },
    { name: 'PartNumberMarker', kind: 'string' },
    { name: 'NextPartNumberMarker', kind: 'string' },
    { name: 'MaxParts', kind: 'integer' },
    { name: 'IsTruncated', kind: 'boolean' },
    { name: 'Parts', kind: 'list', of: Part, flattened: true, wire: 'Part' },
    { name: 'Initiator', kind: 'structure', of: Initiator },
    { name: 'Owner', kind: 'structure', of: Owner },
    { name: 'StorageClass', kind: 'string', enum: 'StorageClass' },
    { name: 'RequestCharged', kind: 'string', in: 'header', wire: 'x-amz-request-charged', enum: 'RequestCharged' },
    { name: 'ChecksumAlgorithm', kind: 'string', enum: 'ChecksumAlgorithm' },
    { name: 'ChecksumType', kind: 'string', enum: 'ChecksumType' },
  ] };

export const PutBucketAbacRequest: Shape = { name: 'PutBucketAbacRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'AbacStatus', kind: 'structure', of: AbacStatus, in: 'payload', wire: 'AbacStatus', required: true },
    { name: 'ContentMD5', kind: 'string', in: 'header', wire: 'Content-MD5' },
    { name: 'ChecksumAlgorithm', kind: 'string', in: 'header', wire: 'x-amz-sdk-checksum-algorithm', enum: 'ChecksumAlgorithm' },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const AccelerateConfiguration: Shape = { name: 'AccelerateConfiguration', members: [
    { name: 'Status', kind: 'string', enum: 'BucketAccelerateStatus' },
  ] };

export const PutBucketAccelerateConfigurationRequest: Shape = { name: 'PutBucketAccelerateConfigurationRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'AccelerateConfiguration', kind: 'structure', of: AccelerateConfiguration, in: 'payload', wire: 'AccelerateConfiguration', required: true },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
    { name: 'ChecksumAlgorithm', kind: 'string', in: 'header', wire: 'x-amz-sdk-checksum-algorithm', enum: 'ChecksumAlgorithm' },
  ] };

export const AccessControlPolicy: Shape = { name: 'AccessControlPolicy', members: [
    { name: 'Grants', kind: 'list', of: Grant, item: 'Grant', wire: 'AccessControlList' },
    { name: 'Owner', kind: 'structure', of: Owner },
  ] };

export const PutBucketAclRequest: Shape = { name: 'PutBucketAclRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'ACL', kind: 'string', in: 'header', wire: 'x-amz-acl', enum: 'BucketCannedACL' },
    { name: 'AccessControlPolicy', kind: 'structure', of: AccessControlPolicy, in: 'payload', wire: 'AccessControlPolicy' },
    { name: 'ContentMD5', kind: 'string', in: 'header', wire: 'Content-MD5' },
    { name: 'ChecksumAlgorithm', kind: 'string', in: 'header', wire: 'x-amz-sdk-checksum-algorithm', enum: 'ChecksumAlgorithm' },
    { name: 'GrantFullControl', kind: 'string', in: 'header', wire: 'x-amz-grant-full-control' },
    { name: 'GrantRead', kind: 'string', in: 'header', wire: 'x-amz-grant-read' },
    { name: 'GrantReadACP', kind: 'string', in: 'header', wire: 'x-amz-grant-read-acp' },
    { name: 'GrantWrite', kind: 'string', in: 'header', wire: 'x-amz-grant-write' },
    { name: 'GrantWriteACP', kind: 'string', in: 'header', wire: 'x-amz-grant-write-acp' },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const PutBucketAnalyticsConfigurationRequest: Shape = { name: 'PutBucketAnalyticsConfigurationRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'Id', kind: 'string', in: 'query', wire: 'id', required: true },
    { name: 'AnalyticsConfiguration', kind: 'structure', of: AnalyticsConfiguration, in: 'payload', wire: 'AnalyticsConfiguration', required: true },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const CORSConfiguration: Shape = { name: 'CORSConfiguration', members: [
    { name: 'CORSRules', kind: 'list', of: CORSRule, flattened: true, wire: 'CORSRule', required: true },
  ] };

export const PutBucketCorsRequest: Shape = { name: 'PutBucketCorsRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'CORSConfiguration', kind: 'structure', of: CORSConfiguration, in: 'payload', wire: 'CORSConfiguration', required: true },
    { name: 'ContentMD5', kind: 'string', in: 'header', wire: 'Content-MD5' },
    { name: 'ChecksumAlgorithm', kind: 'string', in: 'header', wire: 'x-amz-sdk-checksum-algorithm', enum: 'ChecksumAlgorithm' },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const PutBucketEncryptionRequest: Shape = { name: 'PutBucketEncryptionRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'ServerSideEncryptionConfiguration', kind: 'structure', of: ServerSideEncryptionConfiguration, in: 'payload', wire: 'ServerSideEncryptionConfiguration', required: true },
    { name: 'ContentMD5', kind: 'string', in: 'header', wire: 'Content-MD5' },
    { name: 'ChecksumAlgorithm', kind: 'string', in: 'header', wire: 'x-amz-sdk-checksum-algorithm', enum: 'ChecksumAlgorithm' },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const PutBucketIntelligentTieringConfigurationRequest: Shape = { name: 'PutBucketIntelligentTieringConfigurationRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'Id', kind: 'string', in: 'query', wire: 'id', required: true },
    { name: 'IntelligentTieringConfiguration', kind: 'structure', of: IntelligentTieringConfiguration, in: 'payload', wire: 'IntelligentTieringConfiguration', required: true },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const PutBucketInventoryConfigurationRequest: Shape = { name: 'PutBucketInventoryConfigurationRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'Id', kind: 'string', in: 'query', wire: 'id', required: true },
    { name: 'InventoryConfiguration', kind: 'structure', of: InventoryConfiguration, in: 'payload', wire: 'InventoryConfiguration', required: true },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const BucketLifecycleConfiguration: Shape = { name: 'BucketLifecycleConfiguration', members: [
    { name: 'Rules', kind: 'list', of: LifecycleRule, flattened: true, wire: 'Rule', required: true },
  ] };

export const PutBucketLifecycleConfigurationRequest: Shape = { name: 'PutBucketLifecycleConfigurationRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'ChecksumAlgorithm', kind: 'string', in: 'header', wire: 'x-amz-sdk-checksum-algorithm', enum: 'ChecksumAlgorithm' },
    { name: 'LifecycleConfiguration', kind: 'structure', of: BucketLifecycleConfiguration, in: 'payload', wire: 'LifecycleConfiguration' },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
    { name: 'TransitionDefaultMinimumObjectSize', kind: 'string', in: 'header', wire: 'x-amz-transition-default-minimum-object-size', enum: 'TransitionDefaultMinimumObjectSize' },
  ] };

export const PutBucketLifecycleConfigurationOutput: Shape = { name: 'PutBucketLifecycleConfigurationOutput', members: [
    { name: 'TransitionDefaultMinimumObjectSize', kind: 'string', in: 'header', wire: 'x-amz-transition-default-minimum-object-size', enum: 'TransitionDefaultMinimumObjectSize' },
  ] };

export const BucketLoggingStatus: Shape = { name: 'BucketLoggingStatus', members: [
    { name: 'LoggingEnabled', kind: 'structure', of: LoggingEnabled },
  ] };

export const PutBucketLoggingRequest: Shape = { name: 'PutBucketLoggingRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'BucketLoggingStatus', kind: 'structure', of: BucketLoggingStatus, in: 'payload', wire: 'BucketLoggingStatus', required: true },
    { name: 'ContentMD5', kind: 'string', in: 'header', wire: 'Content-MD5' },
    { name: 'ChecksumAlgorithm', kind: 'string', in: 'header', wire: 'x-amz-sdk-checksum-algorithm', enum: 'ChecksumAlgorithm' },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const PutBucketMetricsConfigurationRequest: Shape = { name: 'PutBucketMetricsConfigurationRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'Id', kind: 'string', in: 'query', wire: 'id', required: true },
    { name: 'MetricsConfiguration', kind: 'structure', of: MetricsConfiguration, in: 'payload', wire: 'MetricsConfiguration', required: true },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const PutBucketNotificationConfigurationRequest: Shape = { name: 'PutBucketNotificationConfigurationRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'NotificationConfiguration', kind: 'structure', of: NotificationConfiguration, in: 'payload', wire: 'NotificationConfiguration', required: true },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
    { name: 'SkipDestinationValidation', kind: 'boolean', in: 'header', wire: 'x-amz-skip-destination-validation' },
  ] };

export const PutBucketOwnershipControlsRequest: Shape = { name: 'PutBucketOwnershipControlsRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'OwnershipControls', kind: 'structure', of: OwnershipControls, in: 'payload', wire: 'OwnershipControls', required: true },
    { name: 'ContentMD5', kind: 'string', in: 'header', wire: 'Content-MD5' },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
    { name: 'ChecksumAlgorithm', kind: 'string', in: 'header', wire: 'x-amz-sdk-checksum-algorithm', enum: 'ChecksumAlgorithm' },
  ] };

export const PutBucketPolicyRequest: Shape = { name: 'PutBucketPolicyRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'Policy', kind: 'string', in: 'payload', required: true },
    { name: 'ContentMD5', kind: 'string', in: 'header', wire: 'Content-MD5' },
    { name: 'ChecksumAlgorithm', kind: 'string', in: 'header', wire: 'x-amz-sdk-checksum-algorithm', enum: 'ChecksumAlgorithm' },
    { name: 'ConfirmRemoveSelfBucketAccess', kind: 'boolean', in: 'header', wire: 'x-amz-confirm-remove-self-bucket-access' },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const PutBucketReplicationRequest: Shape = { name: 'PutBucketReplicationRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'ReplicationConfiguration', kind: 'structure', of: ReplicationConfiguration, in: 'payload', wire: 'ReplicationConfiguration', required: true },
    { name: 'ContentMD5', kind: 'string', in: 'header', wire: 'Content-MD5' },
    { name: 'ChecksumAlgorithm', kind: 'string', in: 'header', wire: 'x-amz-sdk-checksum-algorithm', enum: 'ChecksumAlgorithm' },
    { name: 'Token', kind: 'string', in: 'header', wire: 'x-amz-bucket-object-lock-token' },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const RequestPaymentConfiguration: Shape = { name: 'RequestPaymentConfiguration', members: [
    { name: 'Payer', kind: 'string', enum: 'Payer', required: true },
  ] };

export const PutBucketRequestPaymentRequest: Shape = { name: 'PutBucketRequestPaymentRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'RequestPaymentConfiguration', kind: 'structure', of: RequestPaymentConfiguration, in: 'payload', wire: 'RequestPaymentConfiguration', required: true },
    { name: 'ContentMD5', kind: 'string', in: 'header', wire: 'Content-MD5' },
    { name: 'ChecksumAlgorithm', kind: 'string', in: 'header', wire: 'x-amz-sdk-checksum-algorithm', enum: 'ChecksumAlgorithm' },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const Tagging: Shape = { name: 'Tagging', members: [
    { name: 'TagSet', kind: 'list', of: Tag, item: 'Tag', required: true },
  ] };

export const PutBucketTaggingRequest: Shape = { name: 'PutBucketTaggingRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'Tagging', kind: 'structure', of: Tagging, in: 'payload', wire: 'Tagging', required: true },
    { name: 'ContentMD5', kind: 'string', in: 'header', wire: 'Content-MD5' },
    { name: 'ChecksumAlgorithm', kind: 'string', in: 'header', wire: 'x-amz-sdk-checksum-algorithm', enum: 'ChecksumAlgorithm' },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const VersioningConfiguration: Shape = { name: 'VersioningConfiguration', members: [
    { name: 'MFADelete', kind: 'string', wire: 'MfaDelete', enum: 'MFADelete' },
    { name: 'Status', kind: 'string', enum: 'BucketVersioningStatus' },
  ] };

export const PutBucketVersioningRequest: Shape = { name: 'PutBucketVersioningRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'VersioningConfiguration', kind: 'structure', of: VersioningConfiguration, in: 'payload', wire: 'VersioningConfiguration', required: true },
    { name: 'ContentMD5', kind: 'string', in: 'header', wire: 'Content-MD5' },
    { name: 'ChecksumAlgorithm', kind: 'string', in: 'header', wire: 'x-amz-sdk-checksum-algorithm', enum: 'ChecksumAlgorithm' },
    { name: 'MFA', kind: 'string', in: 'header', wire: 'x-amz-mfa' },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const WebsiteConfiguration: Shape = { name: 'WebsiteConfiguration', members: [
    { name: 'ErrorDocument', kind: 'structure', of: ErrorDocument },
    { name: 'IndexDocument', kind: 'structure', of: IndexDocument },
    { name: 'RedirectAllRequestsTo', kind: 'structure', of: RedirectAllRequestsTo },
    { name: 'RoutingRules', kind: 'list', of: RoutingRule, item: 'RoutingRule' },
  ] };

export const PutBucketWebsiteRequest: Shape = { name: 'PutBucketWebsiteRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'WebsiteConfiguration', kind: 'structure', of: WebsiteConfiguration, in: 'payload', wire: 'WebsiteConfiguration', required: true },
    { name: 'ContentMD5', kind: 'string', in: 'header', wire: 'Content-MD5' },
    { name: 'ChecksumAlgorithm', kind: 'string', in: 'header', wire: 'x-amz-sdk-checksum-algorithm', enum: 'ChecksumAlgorithm' },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const PutObjectRequest: Shape = { name: 'PutObjectRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'Key', kind: 'string', in: 'label', required: true },
    { name: 'ACL', kind: 'string', in: 'header', wire: 'x-amz-acl', enum: 'ObjectCannedACL' },
    { name: 'Body', kind: 'stream', in: 'payload' },
    { name: 'CacheControl', kind: 'string', in: 'header', wire: 'Cache-Control' },
    { name: 'ContentDisposition', kind: 'string', in: 'header', wire: 'Content-Disposition' },
    { name: 'ContentEncoding', kind: 'string', in: 'header', wire: 'Content-Encoding' },
    { name: 'ContentLanguage', kind: 'string', in: 'header', wire: 'Content-Language' },
    { name: 'ContentLength', kind: 'long', in: 'header', wire: 'Content-Length' },
    { name: 'ContentMD5', kind: 'string', in: 'header', wire: 'Content-MD5' },
    { name: 'ContentType', kind: 'string', in: 'header', wire: 'Content-Type' },
    { name: 'ChecksumAlgorithm', kind: 'string', in: 'header', wire: 'x-amz-sdk-checksum-algorithm', enum: 'ChecksumAlgorithm' },
    { name: 'ChecksumCRC32', kind: 'string', in: 'header', wire: 'x-amz-checksum-crc32' },
    { name: 'ChecksumCRC32C', kind: 'string', in: 'header', wire: 'x-amz-checksum-crc32c' },
    { name: 'ChecksumCRC64NVME', kind: 'string', in: 'header', wire: 'x-amz-checksum-crc64nvme' },
    { name: 'ChecksumSHA1', kind: 'string', in: 'header', wire: 'x-amz-checksum-sha1' },
    { name: 'ChecksumSHA256', kind: 'string', in: 'header', wire: 'x-amz-checksum-sha256' },
    { name: 'ChecksumSHA512', kind: 'string', in: 'header', wire: 'x-amz-checksum-sha512' },
    { name: 'ChecksumMD5', kind: 'string', in: 'header', wire: 'x-amz-checksum-md5' },
    { name: 'ChecksumXXHASH64', kind: 'string', in: 'header', wire: 'x-amz-checksum-xxhash64' },
    { name: 'ChecksumXXHASH3', kind: 'string', in: 'header', wire: 'x-amz-checksum-xxhash3' },
    { name: 'ChecksumXXHASH128', kind: 'string', in: 'header', wire: 'x-amz-checksum-xxhash128' },
    { name: 'ExpiresString', kind: 'string', in: 'header', wire: 'Expires' },
    { name: 'IfMatch', kind: 'string', in: 'header', wire: 'If-Match' },
    { name: 'IfNoneMatch', kind: 'string', in: 'header', wire: 'If-None-Match' },
    { name: 'GrantFullControl', kind: 'string', in: 'header', wire: 'x-amz-grant-full-control' },
    { name: 'GrantRead', kind: 'string', in: 'header', wire: 'x-amz-grant-read' },
    { name: 'GrantReadACP', kind: 'string', in: 'header', wire: 'x-amz-grant-read-acp' },
    { name: 'GrantWriteACP', kind: 'string', in: 'header', wire: 'x-amz-grant-write-acp' },
    { name: 'WriteOffsetBytes', kind: 'long', in: 'header', wire: 'x-amz-write-offset-bytes' },
    { name: 'Metadata', kind: 'map', in: 'headers', wire: 'x-amz-meta-' },
    { name: 'ServerSideEncryption', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption', enum: 'ServerSideEncryption' },
    { name: 'StorageClass', kind: 'string', in: 'header', wire: 'x-amz-storage-class', enum: 'StorageClass' },
    { name: 'WebsiteRedirectLocation', kind: 'string', in: 'header', wire: 'x-amz-website-redirect-location' },
    { name: 'SSECustomerAlgorithm', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-customer-algorithm' },
    { name: 'SSECustomerKey', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-customer-key', secret: true },
    { name: 'SSECustomerKeyMD5', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-customer-key-MD5' },
    { name: 'SSEKMSKeyId', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-aws-kms-key-id', secret: true },
    { name: 'SSEKMSEncryptionContext', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-context', secret: true },
    { name: 'BucketKeyEnabled', kind: 'boolean', in: 'header', wire: 'x-amz-server-side-encryption-bucket-key-enabled' },
    { name: 'RequestPayer', kind: 'string', in: 'header', wire: 'x-amz-request-payer', enum: 'RequestPayer' },
    { name: 'Tagging', kind: 'string', in: 'header', wire: 'x-amz-tagging' },
    { name: 'ObjectLockMode', kind: 'string', in: 'header', wire: 'x-amz-object-lock-mode', enum: 'ObjectLockMode' },
    { name: 'ObjectLockRetainUntilDate', kind: 'date-time', in: 'header', wire: 'x-amz-object-lock-retain-until-date' },
    { name: 'ObjectLockLegalHoldStatus', kind: 'string', in: 'header', wire: 'x-amz-object-lock-legal-hold', enum: 'ObjectLockLegalHoldStatus' },
    { name: 'ObjectLockEventHold', kind: 'string', in: 'header', wire: 'x-amz-object-lock-event-hold', enum: 'ObjectLockEventHold' },
    { name: 'ObjectLockEventHoldDurationDays', kind: 'integer', in: 'header', wire: 'x-amz-object-lock-event-hold-duration-days' },
    { name: 'ObjectLockEventHoldDurationYears', kind: 'integer', in: 'header', wire: 'x-amz-object-lock-event-hold-duration-years' },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const PutObjectOutput: Shape = { name: 'PutObjectOutput', members: [
    { name: 'Expiration', kind: 'string', in: 'header', wire: 'x-amz-expiration' },
    { name: 'ETag', kind: 'string', in: 'header', wire: 'ETag' },
    { name: 'ChecksumCRC32', kind: 'string', in: 'header', wire: 'x-amz-checksum-crc32' },
    { name: 'ChecksumCRC32C', kind: 'string', in: 'header', wire: 'x-amz-checksum-crc32c' },
    { name: 'ChecksumCRC64NVME', kind: 'string', in: 'header', wire: 'x-amz-checksum-crc64nvme' },
    { name: 'ChecksumSHA1', kind: 'string', in: 'header', wire: 'x-amz-checksum-sha1' },
    { name: 'ChecksumSHA256', kind: 'string', in: 'header', wire: 'x-amz-checksum-sha256' },
    { name: 'ChecksumSHA512', kind: 'string', in: 'header', wire: 'x-amz-checksum-sha512' },
    { name: 'ChecksumMD5', kind: 'string', in: 'header', wire: 'x-amz-checksum-md5' },
    { name: 'ChecksumXXHASH64', kind: 'string', in: 'header', wire: 'x-amz-checksum-xxhash64' },
    { name: 'ChecksumXXHASH3', kind: 'string', in: 'header', wire: 'x-amz-checksum-xxhash3' },
    { name: 'ChecksumXXHASH128', kind: 'string', in: 'header', wire: 'x-amz-checksum-xxhash128' },
    { name: 'ChecksumType', kind: 'string', in: 'header', wire: 'x-amz-checksum-type', enum: 'ChecksumType' },
    { name: 'ServerSideEncryption', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption', enum: 'ServerSideEncryption' },
    { name: 'VersionId', kind: 'string', in: 'header', wire: 'x-amz-version-id' },
    { name: 'SSECustomerAlgorithm', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-customer-algorithm' },
    { name: 'SSECustomerKeyMD5', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-customer-key-MD5' },
    { name: 'SSEKMSKeyId', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-aws-kms-key-id', secret: true },
    { name: 'SSEKMSEncryptionContext', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-context', secret: true },
    { name: 'BucketKeyEnabled', kind: 'boolean', in: 'header', wire: 'x-amz-server-side-encryption-bucket-key-enabled' },
    { name: 'Size', kind: 'long', in: 'header', wire: 'x-amz-object-size' },
    { name: 'RequestCharged', kind: 'string', in: 'header', wire: 'x-amz-request-charged', enum: 'RequestCharged' },
  ] };

export const PutObjectAclRequest: Shape = { name: 'PutObjectAclRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'Key', kind: 'string', in: 'label', required: true },
    { name: 'ACL', kind: 'string', in: 'header', wire: 'x-amz-acl', enum: 'ObjectCannedACL' },
    { name: 'AccessControlPolicy', kind: 'structure', of: AccessControlPolicy, in: 'payload', wire: 'AccessControlPolicy' },
    { name: 'ContentMD5', kind: 'string', in: 'header', wire: 'Content-MD5' },
    { name: 'ChecksumAlgorithm', kind: 'string', in: 'header', wire: 'x-amz-sdk-checksum-algorithm', enum: 'ChecksumAlgorithm' },
    { name: 'GrantFullControl', kind: 'string', in: 'header', wire: 'x-amz-grant-full-control' },
    { name: 'GrantRead', kind: 'string', in: 'header', wire: 'x-amz-grant-read' },
    { name: 'GrantReadACP', kind: 'string', in: 'header', wire: 'x-amz-grant-read-acp' },
    { name: 'GrantWrite', kind: 'string', in: 'header', wire: 'x-amz-grant-write' },
    { name: 'GrantWriteACP', kind: 'string', in: 'header', wire: 'x-amz-grant-write-acp' },
    { name: 'RequestPayer', kind: 'string', in: 'header', wire: 'x-amz-request-payer', enum: 'RequestPayer' },
    { name: 'VersionId', kind: 'string', in: 'query', wire: 'versionId' },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const PutObjectAclOutput: Shape = { name: 'PutObjectAclOutput', members: [
    { name: 'RequestCharged', kind: 'string', in: 'header', wire: 'x-amz-request-charged', enum: 'RequestCharged' },
  ] };

export const PutObjectAnnotationRequest: Shape = { name: 'PutObjectAnnotationRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'Key', kind: 'string', in: 'label', required: true },
    { name: 'AnnotationName', kind: 'string', in: 'query', wire: 'annotationName', required: true },
    { name: 'AnnotationPayload', kind: 'stream', in: 'payload', required: true },
    { name: 'VersionId', kind: 'string', in: 'query', wire: 'versionId' },
    { name: 'ObjectIfMatch', kind: 'string', in: 'header', wire: 'x-amz-object-if-match' },
    { name: 'ChecksumAlgorithm', kind: 'string', in: 'header', wire: 'x-amz-sdk-checksum-algorithm', enum: 'ChecksumAlgorithm' },
    { name: 'ChecksumCRC32', kind: 'string', in: 'header', wire: 'x-amz-checksum-crc32' },
    { name: 'ChecksumCRC32C', kind: 'string', in: 'header', wire: 'x-amz-checksum-crc32c' },
    { name: 'ChecksumCRC64NVME', kind: 'string', in: 'header', wire: 'x-amz-checksum-crc64nvme' },
    { name: 'ChecksumSHA1', kind: 'string', in: 'header', wire: 'x-amz-checksum-sha1' },
    { name: 'ChecksumSHA256', kind: 'string', in: 'header', wire: 'x-amz-checksum-sha256' },
    { name: 'ChecksumSHA512', kind: 'string', in: 'header', wire: 'x-amz-checksum-sha512' },
    { name: 'ChecksumMD5', kind: 'string', in: 'header', wire: 'x-amz-checksum-md5' },
    { name: 'ChecksumXXHASH64', kind: 'string', in: 'header', wire: 'x-amz-checksum-xxhash64' },
    { name: 'ChecksumXXHASH3', kind: 'string', in: 'header', wire: 'x-amz-checksum-xxhash3' },
    { name: 'ChecksumXXHASH128', kind: 'string', in: 'header', wire: 'x-amz-checksum-xxhash128' },
    { name: 'ContentMD5', kind: 'string', in: 'header', wire: 'Content-MD5' },
    { name: 'RequestPayer', kind: 'string', in: 'header', wire: 'x-amz-request-payer', enum: 'RequestPayer' },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const PutObjectAnnotationOutput: Shape = { name: 'PutObjectAnnotationOutput', members: [
    { name: 'Key', kind: 'string' },
    { name: 'AnnotationName', kind: 'string' },
    { name: 'ObjectVersionId', kind: 'string', in: 'header', wire: 'x-amz-object-version-id' },
    { name: 'ETag', kind: 'string', in: 'header', wire: 'ETag' },
    { name: 'ChecksumCRC32', kind: 'string', in: 'header', wire: 'x-amz-checksum-crc32' },
    { name: 'ChecksumCRC32C', kind: 'string', in: 'header', wire: 'x-amz-checksum-crc32c' },
    { name: 'ChecksumCRC64NVME', kind: 'string', in: 'header', wire: 'x-amz-checksum-crc64nvme' },
    { name: 'ChecksumSHA1', kind: 'string', in: 'header', wire: 'x-amz-checksum-sha1' },
    { name: 'ChecksumSHA256', kind: 'string', in: 'header', wire: 'x-amz-checksum-sha256' },
    { name: 'ChecksumSHA512', kind: 'string', in: 'header', wire: 'x-amz-checksum-sha512' },
    { name: 'ChecksumMD5', kind: 'string', in: 'header', wire: 'x-amz-checksum-md5' },
    { name: 'ChecksumXXHASH64', kind: 'string', in: 'header', wire: 'x-amz-checksum-xxhash64' },
    { name: 'ChecksumXXHASH3', kind: 'string', in: 'header', wire: 'x-amz-checksum-xxhash3' },
    { name: 'ChecksumXXHASH128', kind: 'string', in: 'header', wire: 'x-amz-checksum-xxhash128' },
    { name: 'ChecksumType', kind: 'string', in: 'header', wire: 'x-amz-checksum-type', enum: 'ChecksumType' },
    { name: 'ServerSideEncryption', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption', enum: 'ServerSideEncryption' },
    { name: 'RequestCharged', kind: 'string', in: 'header', wire: 'x-amz-request-charged', enum: 'RequestCharged' },
  ] };

export const PutObjectLegalHoldRequest: Shape = { name: 'PutObjectLegalHoldRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'Key', kind: 'string', in: 'label', required: true },
    { name: 'LegalHold', kind: 'structure', of: ObjectLockLegalHold, in: 'payload', wire: 'LegalHold' },
    { name: 'RequestPayer', kind: 'string', in: 'header', wire: 'x-amz-request-payer', enum: 'RequestPayer' },
    { name: 'VersionId', kind: 'string', in: 'query', wire: 'versionId' },
    { name: 'ContentMD5', kind: 'string', in: 'header', wire: 'Content-MD5' },
    { name: 'ChecksumAlgorithm', kind: 'string', in: 'header', wire: 'x-amz-sdk-checksum-algorithm', enum: 'ChecksumAlgorithm' },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const PutObjectLegalHoldOutput: Shape = { name: 'PutObjectLegalHoldOutput', members: [
    { name: 'RequestCharged', kind: 'string', in: 'header', wire: 'x-amz-request-charged', enum: 'RequestCharged' },
  ] };

export const PutObjectLockConfigurationRequest: Shape = { name: 'PutObjectLockConfigurationRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'ObjectLockConfiguration', kind: 'structure', of: ObjectLockConfiguration, in: 'payload', wire: 'ObjectLockConfiguration' },
    { name: 'RequestPayer', kind: 'string', in: 'header', wire: 'x-amz-request-payer', enum: 'RequestPayer' },
    { name: 'Token', kind: 'string', in: 'header', wire: 'x-amz-bucket-object-lock-token' },
    { name: 'ContentMD5', kind: 'string', in: 'header', wire: 'Content-MD5' },
    { name: 'ChecksumAlgorithm', kind: 'string', in: 'header', wire: 'x-amz-sdk-checksum-algorithm', enum: 'ChecksumAlgorithm' },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const PutObjectLockConfigurationOutput: Shape = { name: 'PutObjectLockConfigurationOutput', members: [
    { name: 'RequestCharged', kind: 'string', in: 'header', wire: 'x-amz-request-charged', enum: 'RequestCharged' },
  ] };

export const PutObjectRetentionRequest: Shape = { name: 'PutObjectRetentionRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'Key', kind: 'string', in: 'label', required: true },
    { name: 'Retention', kind: 'structure', of: ObjectLockRetention, in: 'payload', wire: 'Retention' },
    { name: 'RequestPayer', kind: 'string', in: 'header', wire: 'x-amz-request-payer', enum: 'RequestPayer' },
    { name: 'VersionId', kind: 'string', in: 'query', wire: 'versionId' },
    { name: 'BypassGovernanceRetention', kind: 'boolean', in: 'header', wire: 'x-amz-bypass-governance-retention' },
    { name: 'ContentMD5', kind: 'string', in: 'header', wire: 'Content-MD5' },
    { name: 'ChecksumAlgorithm', kind: 'string', in: 'header', wire: 'x-amz-sdk-checksum-algorithm', enum: 'ChecksumAlgorithm' },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const PutObjectRetentionOutput: Shape = { name: 'PutObjectRetentionOutput', members: [
    { name: 'RequestCharged', kind: 'string', in: 'header', wire: 'x-amz-request-charged', enum: 'RequestCharged' },
  ] };

export const PutObjectTaggingRequest: Shape = { name: 'PutObjectTaggingRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'Key', kind: 'string', in: 'label', required: true },
    { name: 'Tagging', kind: 'structure', of: Tagging, in: 'payload', wire: 'Tagging', required: true },
    { name: 'VersionId', kind: 'string', in: 'query', wire: 'versionId' },
    { name: 'ContentMD5', kind: 'string', in: 'header', wire: 'Content-MD5' },
    { name: 'ChecksumAlgorithm', kind: 'string', in: 'header', wire: 'x-amz-sdk-checksum-algorithm', enum: 'ChecksumAlgorithm' },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
    { name: 'RequestPayer', kind: 'string', in: 'header', wire: 'x-amz-request-payer', enum: 'RequestPayer' },
  ] };

export const PutObjectTaggingOutput: Shape = { name: 'PutObjectTaggingOutput', members: [
    { name: 'VersionId', kind: 'string', in: 'header', wire: 'x-amz-version-id' },
  ] };

export const PutPublicAccessBlockRequest: Shape = { name: 'PutPublicAccessBlockRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'PublicAccessBlockConfiguration', kind: 'structure', of: PublicAccessBlockConfiguration, in: 'payload', wire: 'PublicAccessBlockConfiguration', required: true },
    { name: 'ContentMD5', kind: 'string', in: 'header', wire: 'Content-MD5' },
    { name: 'ChecksumAlgorithm', kind: 'string', in: 'header', wire: 'x-amz-sdk-checksum-algorithm', enum: 'ChecksumAlgorithm' },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const RenameObjectRequest: Shape = { name: 'RenameObjectRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'Key', kind: 'string', in: 'label', required: true },
    { name: 'RenameSource', kind: 'string', in: 'header', wire: 'x-amz-rename-source', required: true },
    { name: 'DestinationIfMatch', kind: 'string', in: 'header', wire: 'If-Match' },
    { name: 'DestinationIfNoneMatch', kind: 'string', in: 'header', wire: 'If-None-Match' },
    { name: 'DestinationIfModifiedSince', kind: 'http-date', in: 'header', wire: 'If-Modified-Since' },
    { name: 'DestinationIfUnmodifiedSince', kind: 'http-date', in: 'header', wire: 'If-Unmodified-Since' },
    { name: 'SourceIfMatch', kind: 'string', in: 'header', wire: 'x-amz-rename-source-if-match' },
    { name: 'SourceIfNoneMatch', kind: 'string', in: 'header', wire: 'x-amz-rename-source-if-none-match' },
    { name: 'SourceIfModifiedSince', kind: 'http-date', in: 'header', wire: 'x-amz-rename-source-if-modified-since' },
    { name: 'SourceIfUnmodifiedSince', kind: 'http-date', in: 'header', wire: 'x-amz-rename-source-if-unmodified-since' },
    { name: 'ClientToken', kind: 'string', in: 'header', wire: 'x-amz-client-token' },
  ] };

export const RenameObjectOutput: Shape = { name: 'RenameObjectOutput', members: [] };

export const GlacierJobParameters: Shape = { name: 'GlacierJobParameters', members: [
    { name: 'Tier', kind: 'string', enum: 'Tier', required: true },
  ] };

export const CSVInput: Shape = { name: 'CSVInput', members: [
    { name: 'FileHeaderInfo', kind: 'string', enum: 'FileHeaderInfo' },
    { name: 'Comments', kind: 'string' },
    { name: 'QuoteEscapeCharacter', kind: 'string' },
    { name: 'RecordDelimiter', kind: 'string' },
    { name: 'FieldDelimiter', kind: 'string' },
    { name: 'QuoteCharacter', kind: 'string' },
    { name: 'AllowQuotedRecordDelimiter', kind: 'boolean' },
  ] };

export const JSONInput: Shape = { name: 'JSONInput', members: [
    { name: 'Type', kind: 'string', enum: 'JSONType' },
  ] };

export const ParquetInput: Shape = { name: 'ParquetInput', members: [] };

export const InputSerialization: Shape = { name: 'InputSerialization', members: [
    { name: 'CSV', kind: 'structure', of: CSVInput },
    { name: 'CompressionType', kind: 'string', enum: 'CompressionType' },
    { name: 'JSON', kind: 'structure', of: JSONInput },
    { name: 'Parquet', kind: 'structure', of: ParquetInput },
  ] };

export const CSVOutput: Shape = { name: 'CSVOutput', members: [
    { name: 'QuoteFields', kind: 'string', enum: 'QuoteFields' },
    { name: 'QuoteEscapeCharacter', kind: 'string' },
    { name: 'RecordDelimiter', kind: 'string' },
    { name: 'FieldDelimiter', kind: 'string' },
    { name: 'QuoteCharacter', kind: 'string' },
  ] };

export const JSONOutput: Shape = { name: 'JSONOutput', members: [
    { name: 'RecordDelimiter', kind: 'string' },
  ] };

export const OutputSerialization: Shape = { name: 'OutputSerialization', members: [
    { name: 'CSV', kind: 'structure', of: CSVOutput },
    { name: 'JSON', kind: 'structure', of: JSONOutput },
  ] };

export const SelectParameters: Shape = { name: 'SelectParameters', members: [
    { name: 'InputSerialization', kind: 'structure', of: InputSerialization, required: true },
    { name: 'ExpressionType', kind: 'string', enum: 'ExpressionType', required: true },
    { name: 'Expression', kind: 'string', required: true },
    { name: 'OutputSerialization', kind: 'structure', of: OutputSerialization, required: true },
  ] };

export const Encryption: Shape = { name: 'Encryption', members: [
    { name: 'EncryptionType', kind: 'string', enum: 'ServerSideEncryption', required: true },
    { name: 'KMSKeyId', kind: 'string', secret: true },
    { name: 'KMSContext', kind: 'string' },
  ] };

export const MetadataEntry: Shape = { name: 'MetadataEntry', members: [
    { name: 'Name', kind: 'string' },
    { name: 'Value', kind: 'string' },
  ] };

export const S3Location: Shape = { name: 'S3Location', members: [
    { name: 'BucketName', kind: 'string', required: true },
    { name: 'Prefix', kind: 'string', required: true },
    { name: 'Encryption', kind: 'structure', of: Encryption },
    { name: 'CannedACL', kind: 'string', enum: 'ObjectCannedACL' },
    { name: 'AccessControlList', kind: 'list', of: Grant, item: 'Grant' },
    { name: 'Tagging', kind: 'structure', of: Tagging },
    { name: 'UserMetadata', kind: 'list', of: MetadataEntry, item: 'MetadataEntry' },
    { name: 'StorageClass', kind: 'string', enum: 'StorageClass' },
  ] };

export const OutputLocation: Shape = { name: 'OutputLocation', members: [
    { name: 'S3', kind: 'structure', of: S3Location },
  ] };

export const RestoreRequest: Shape = { name: 'RestoreRequest', members: [
    { name: 'Days', kind: 'integer' },
    { name: 'GlacierJobParameters', kind: 'structure', of: GlacierJobParameters },
    { name: 'Type', kind: 'string', enum: 'RestoreRequestType' },
    { name: 'Tier', kind: 'string', enum: 'Tier' },
    { name: 'Description', kind: 'string' },
    { name: 'SelectParameters', kind: 'structure', of: SelectParameters },
    { name: 'OutputLocation', kind: 'structure', of: OutputLocation },
  ] };

export const RestoreObjectRequest: Shape = { name: 'RestoreObjectRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'Key', kind: 'string', in: 'label', required: true },
    { name: 'VersionId', kind: 'string', in: 'query', wire: 'versionId' },
    { name: 'RestoreRequest', kind: 'structure', of: RestoreRequest, in: 'payload', wire: 'RestoreRequest' },
    { name: 'RequestPayer', kind: 'string', in: 'header', wire: 'x-amz-request-payer', enum: 'RequestPayer' },
    { name: 'ChecksumAlgorithm', kind: 'string', in: 'header', wire: 'x-amz-sdk-checksum-algorithm', enum: 'ChecksumAlgorithm' },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const RestoreObjectOutput: Shape = { name: 'RestoreObjectOutput', members: [
    { name: 'RequestCharged', kind: 'string', in: 'header', wire: 'x-amz-request-charged', enum: 'RequestCharged' },
    { name: 'RestoreOutputPath', kind: 'string', in: 'header', wire: 'x-amz-restore-output-path' },
  ] };

export const RequestProgress: Shape = { name: 'RequestProgress', members: [
    { name: 'Enabled', kind: 'boolean' },
  ] };

export const ScanRange: Shape = { name: 'ScanRange', members: [
    { name: 'Start', kind: 'long' },
    { name: 'End', kind: 'long' },
  ] };

export const SelectObjectContentRequest: Shape = { name: 'SelectObjectContentRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'Key', kind: 'string', in: 'label', required: true },
    { name: 'Expression', kind: 'string', required: true },
    { name: 'ExpressionType', kind: 'string', enum: 'ExpressionType', required: true },
    { name: 'InputSerialization', kind: 'structure', of: InputSerialization, required: true },
    { name: 'OutputSerialization', kind: 'structure', of: OutputSerialization, required: true },
    { name: 'SSECustomerAlgorithm', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-customer-algorithm' },
    { name: 'SSECustomerKey', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-customer-key', secret: true },
    { name: 'SSECustomerKeyMD5', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-customer-key-MD5' },
    { name: 'RequestProgress', kind: 'structure', of: RequestProgress },
    { name: 'ScanRange', kind: 'structure', of: ScanRange },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const RecordsEvent: Shape = { name: 'RecordsEvent', members: [
    { name: 'Payload', kind: 'blob', in: 'payload' },
  ] };

export const Stats: Shape = { name: 'Stats', members: [
    { name: 'BytesScanned', kind: 'long' },
    { name: 'BytesProcessed', kind: 'long' },
    { name: 'BytesReturned', kind: 'long' },
  ] };

export const StatsEvent: Shape = { name: 'StatsEvent', members: [
    { name: 'Details', kind: 'structure', of: Stats, in: 'payload' },
  ] };

export const Progress: Shape = { name: 'Progress', members: [
    { name: 'BytesScanned', kind: 'long' },
    { name: 'BytesProcessed', kind: 'long' },
    { name: 'BytesReturned', kind: 'long' },
  ] };

export const ProgressEvent: Shape = { name: 'ProgressEvent', members: [
    { name: 'Details', kind: 'structure', of: Progress, in: 'payload' },
  ] };

export const ContinuationEvent: Shape = { name: 'ContinuationEvent', members: [] };

export const EndEvent: Shape = { name: 'EndEvent', members: [] };

export const SelectObjectContentEventStream: Shape = { name: 'SelectObjectContentEventStream', union: true, members: [
    { name: 'Records', kind: 'structure', of: RecordsEvent },
    { name: 'Stats', kind: 'structure', of: StatsEvent },
    { name: 'Progress', kind: 'structure', of: ProgressEvent },
    { name: 'Cont', kind: 'structure', of: ContinuationEvent },
    { name: 'End', kind: 'structure', of: EndEvent },
  ] };

export const SelectObjectContentOutput: Shape = { name: 'SelectObjectContentOutput', members: [
    { name: 'Payload', kind: 'events', of: SelectObjectContentEventStream, in: 'payload' },
  ] };

export const SSEKMSEncryption: Shape = { name: 'SSEKMSEncryption', root: 'SSE-KMS', members: [
    { name: 'KMSKeyArn', kind: 'string', required: true, secret: true },
    { name: 'BucketKeyEnabled', kind: 'boolean' },
  ] };

export const ObjectEncryption: Shape = { name: 'ObjectEncryption', union: true, members: [
    { name: 'SSEKMS', kind: 'structure', of: SSEKMSEncryption, wire: 'SSE-KMS' },
  ] };

export const UpdateObjectEncryptionRequest: Shape = { name: 'UpdateObjectEncryptionRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'Key', kind: 'string', in: 'label', required: true },
    { name: 'ObjectEncryption', kind: 'structure', of: ObjectEncryption, in: 'payload', required: true },
    { name: 'VersionId', kind: 'string', in: 'query', wire: 'versionId' },
    { name: 'RequestPayer', kind: 'string', in: 'header', wire: 'x-amz-request-payer', enum: 'RequestPayer' },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
    { name: 'ContentMD5', kind: 'string', in: 'header', wire: 'Content-MD5' },
    { name: 'ChecksumAlgorithm', kind: 'string', in: 'header', wire: 'x-amz-sdk-checksum-algorithm', enum: 'ChecksumAlgorithm' },
  ] };

export const UpdateObjectEncryptionResponse: Shape = { name: 'UpdateObjectEncryptionResponse', members: [
    { name: 'RequestCharged', kind: 'string', in: 'header', wire: 'x-amz-request-charged', enum: 'RequestCharged' },
  ] };

export const UploadPartRequest: Shape = { name: 'UploadPartRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'Key', kind: 'string', in: 'label', required: true },
    { name: 'PartNumber', kind: 'integer', in: 'query', wire: 'partNumber', required: true },
    { name: 'UploadId', kind: 'string', in: 'query', wire: 'uploadId', required: true },
    { name: 'Body', kind: 'stream', in: 'payload' },
    { name: 'ContentLength', kind: 'long', in: 'header', wire: 'Content-Length' },
    { name: 'ContentMD5', kind: 'string', in: 'header', wire: 'Content-MD5' },
    { name: 'ChecksumAlgorithm', kind: 'string', in: 'header', wire: 'x-amz-sdk-checksum-algorithm', enum: 'ChecksumAlgorithm' },
    { name: 'ChecksumCRC32', kind: 'string', in: 'header', wire: 'x-amz-checksum-crc32' },
    { name: 'ChecksumCRC32C', kind: 'string', in: 'header', wire: 'x-amz-checksum-crc32c' },
    { name: 'ChecksumCRC64NVME', kind: 'string', in: 'header', wire: 'x-amz-checksum-crc64nvme' },
    { name: 'ChecksumSHA1', kind: 'string', in: 'header', wire: 'x-amz-checksum-sha1' },
    { name: 'ChecksumSHA256', kind: 'string', in: 'header', wire: 'x-amz-checksum-sha256' },
    { name: 'ChecksumSHA512', kind: 'string', in: 'header', wire: 'x-amz-checksum-sha512' },
    { name: 'ChecksumMD5', kind: 'string', in: 'header', wire: 'x-amz-checksum-md5' },
    { name: 'ChecksumXXHASH64', kind: 'string', in: 'header', wire: 'x-amz-checksum-xxhash64' },
    { name: 'ChecksumXXHASH3', kind: 'string', in: 'header', wire: 'x-amz-checksum-xxhash3' },
    { name: 'ChecksumXXHASH128', kind: 'string', in: 'header', wire: 'x-amz-checksum-xxhash128' },
    { name: 'SSECustomerAlgorithm', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-customer-algorithm' },
    { name: 'SSECustomerKey', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-customer-key', secret: true },
    { name: 'SSECustomerKeyMD5', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-customer-key-MD5' },
    { name: 'RequestPayer', kind: 'string', in: 'header', wire: 'x-amz-request-payer', enum: 'RequestPayer' },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
  ] };

export const UploadPartOutput: Shape = { name: 'UploadPartOutput', members: [
    { name: 'ServerSideEncryption', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption', enum: 'ServerSideEncryption' },
    { name: 'ETag', kind: 'string', in: 'header', wire: 'ETag' },
    { name: 'ChecksumCRC32', kind: 'string', in: 'header', wire: 'x-amz-checksum-crc32' },
    { name: 'ChecksumCRC32C', kind: 'string', in: 'header', wire: 'x-amz-checksum-crc32c' },
    { name: 'ChecksumCRC64NVME', kind: 'string', in: 'header', wire: 'x-amz-checksum-crc64nvme' },
    { name: 'ChecksumSHA1', kind: 'string', in: 'header', wire: 'x-amz-checksum-sha1' },
    { name: 'ChecksumSHA256', kind: 'string', in: 'header', wire: 'x-amz-checksum-sha256' },
    { name: 'ChecksumSHA512', kind: 'string', in: 'header', wire: 'x-amz-checksum-sha512' },
    { name: 'ChecksumMD5', kind: 'string', in: 'header', wire: 'x-amz-checksum-md5' },
    { name: 'ChecksumXXHASH64', kind: 'string', in: 'header', wire: 'x-amz-checksum-xxhash64' },
    { name: 'ChecksumXXHASH3', kind: 'string', in: 'header', wire: 'x-amz-checksum-xxhash3' },
    { name: 'ChecksumXXHASH128', kind: 'string', in: 'header', wire: 'x-amz-checksum-xxhash128' },
    { name: 'SSECustomerAlgorithm', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-customer-algorithm' },
    { name: 'SSECustomerKeyMD5', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-customer-key-MD5' },
    { name: 'SSEKMSKeyId', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-aws-kms-key-id', secret: true },
    { name: 'BucketKeyEnabled', kind: 'boolean', in: 'header', wire: 'x-amz-server-side-encryption-bucket-key-enabled' },
    { name: 'RequestCharged', kind: 'string', in: 'header', wire: 'x-amz-request-charged', enum: 'RequestCharged' },
  ] };

export const UploadPartCopyRequest: Shape = { name: 'UploadPartCopyRequest', members: [
    { name: 'Bucket', kind: 'string', in: 'label', required: true },
    { name: 'CopySource', kind: 'string', in: 'header', wire: 'x-amz-copy-source', required: true },
    { name: 'Key', kind: 'string', in: 'label', required: true },
    { name: 'PartNumber', kind: 'integer', in: 'query', wire: 'partNumber', required: true },
    { name: 'UploadId', kind: 'string', in: 'query', wire: 'uploadId', required: true },
    { name: 'CopySourceIfMatch', kind: 'string', in: 'header', wire: 'x-amz-copy-source-if-match' },
    { name: 'CopySourceIfModifiedSince', kind: 'http-date', in: 'header', wire: 'x-amz-copy-source-if-modified-since' },
    { name: 'CopySourceIfNoneMatch', kind: 'string', in: 'header', wire: 'x-amz-copy-source-if-none-match' },
    { name: 'CopySourceIfUnmodifiedSince', kind: 'http-date', in: 'header', wire: 'x-amz-copy-source-if-unmodified-since' },
    { name: 'CopySourceRange', kind: 'string', in: 'header', wire: 'x-amz-copy-source-range' },
    { name: 'SSECustomerAlgorithm', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-customer-algorithm' },
    { name: 'SSECustomerKey', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-customer-key', secret: true },
    { name: 'SSECustomerKeyMD5', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-customer-key-MD5' },
    { name: 'CopySourceSSECustomerAlgorithm', kind: 'string', in: 'header', wire: 'x-amz-copy-source-server-side-encryption-customer-algorithm' },
    { name: 'CopySourceSSECustomerKey', kind: 'string', in: 'header', wire: 'x-amz-copy-source-server-side-encryption-customer-key', secret: true },
    { name: 'CopySourceSSECustomerKeyMD5', kind: 'string', in: 'header', wire: 'x-amz-copy-source-server-side-encryption-customer-key-MD5' },
    { name: 'RequestPayer', kind: 'string', in: 'header', wire: 'x-amz-request-payer', enum: 'RequestPayer' },
    { name: 'ExpectedBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-expected-bucket-owner' },
    { name: 'ExpectedSourceBucketOwner', kind: 'string', in: 'header', wire: 'x-amz-source-expected-bucket-owner' },
  ] };

export const CopyPartResult: Shape = { name: 'CopyPartResult', members: [
    { name: 'ETag', kind: 'string' },
    { name: 'LastModified', kind: 'date-time' },
    { name: 'ChecksumCRC32', kind: 'string' },
    { name: 'ChecksumCRC32C', kind: 'string' },
    { name: 'ChecksumCRC64NVME', kind: 'string' },
    { name: 'ChecksumSHA1', kind: 'string' },
    { name: 'ChecksumSHA256', kind: 'string' },
    { name: 'ChecksumSHA512', kind: 'string' },
    { name: 'ChecksumMD5', kind: 'string' },
    { name: 'ChecksumXXHASH64', kind: 'string' },
    { name: 'ChecksumXXHASH3', kind: 'string' },
    { name: 'ChecksumXXHASH128', kind: 'string' },
  ] };

export const UploadPartCopyOutput: Shape = { name: 'UploadPartCopyOutput', members: [
    { name: 'CopySourceVersionId', kind: 'string', in: 'header', wire: 'x-amz-copy-source-version-id' },
    { name: 'CopyPartResult', kind: 'structure', of: CopyPartResult, in: 'payload' },
    { name: 'ServerSideEncryption', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption', enum: 'ServerSideEncryption' },
    { name: 'SSECustomerAlgorithm', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-customer-algorithm' },
    { name: 'SSECustomerKeyMD5', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-customer-key-MD5' },
    { name: 'SSEKMSKeyId', kind: 'string', in: 'header', wire: 'x-amz-server-side-encryption-aws-kms-key-id', secret: true },
    { name: 'BucketKeyEnabled', kind: 'boolean', in: 'header', wire: 'x-amz-server-side-encryption-bucket-key-enabled' },
    { name: 'RequestCharged', kind: 'string', in: 'header', wire: 'x-amz-request-charged', enum: 'RequestCharged' },
  ] };

export const shapes: Readonly<Record<string, Shape>> = {
  AbacStatus,
  AbortIncompleteMultipartUpload,
  AbortMultipartUploadOutput,
  AbortMultipartUploadRequest,
  AccelerateConfiguration,
  AccessControlPolicy,
  AccessControlTranslation,
  AnalyticsAndOperator,
  AnalyticsConfiguration,
  AnalyticsExportDestination,
  AnalyticsFilter,
  AnalyticsS3BucketDestination,
  AnnotationEntry,
  BlockedEncryptionTypes,
  Bucket,
  BucketInfo,
  BucketLifecycleConfiguration,
  BucketLoggingStatus,
  CORSConfiguration,
  CORSRule,
  CSVInput,
  CSVOutput,
  Checksum,
  CommonPrefix,
  CompleteMultipartUploadOutput,
  CompleteMultipartUploadRequest,
  CompletedMultipartUpload,
  CompletedPart,
  Condition,
  ContinuationEvent,
  CopyObjectOutput,
  CopyObjectRequest,
  CopyObjectResult,
  CopyPartResult,
  CreateBucketConfiguration,
  CreateBucketOutput,
  CreateBucketRequest,
  CreateMultipartUploadOutput,
  CreateMultipartUploadRequest,
  DefaultRetention,
  Delete,
  DeleteBucketAnalyticsConfigurationRequest,
  DeleteBucketCorsRequest,
  DeleteBucketEncryptionRequest,
  DeleteBucketIntelligentTieringConfigurationRequest,
  DeleteBucketInventoryConfigurationRequest,
  DeleteBucketLifecycleRequest,
  DeleteBucketMetricsConfigurationRequest,
  DeleteBucketOwnershipControlsRequest,
  DeleteBucketPolicyRequest,
  DeleteBucketReplicationRequest,
  DeleteBucketRequest,
  DeleteBucketTaggingRequest,
  DeleteBucketWebsiteRequest,
  DeleteMarkerEntry,
  DeleteMarkerReplication,
  DeleteObjectAnnotationOutput,
  DeleteObjectAnnotationRequest,
  DeleteObjectOutput,
  DeleteObjectRequest,
  DeleteObjectTaggingOutput,
  DeleteObjectTaggingRequest,
  DeleteObjectsOutput,
  DeleteObjectsRequest,
  DeletePublicAccessBlockRequest,
  DeletedObject,
  Destination,
  Encryption,
  EncryptionConfiguration,
  EndEvent,
  Error: _Error,
  ErrorDocument,
  EventBridgeConfiguration,
  EventHoldDuration,
  ExistingObjectReplication,
  FilterRule,
  GetBucketAbacOutput,
  GetBucketAbacRequest,
  GetBucketAccelerateConfigurationOutput,
  GetBucketAccelerateConfigurationRequest,
  GetBucketAclOutput,
  GetBucketAclRequest,
  GetBucketAnalyticsConfigurationOutput,
  GetBucketAnalyticsConfigurationRequest,
  GetBucketCorsOutput,
  GetBucketCorsRequest,
  GetBucketEncryptionOutput,
  GetBucketEncryptionRequest,
  GetBucketIntelligentTieringConfigurationOutput,
  GetBucketIntelligentTieringConfigurationRequest,
  GetBucketInventoryConfigurationOutput,
  GetBucketInventoryConfigurationRequest,
  GetBucketLifecycleConfigurationOutput,
  GetBucketLifecycleConfigurationRequest,
  GetBucketLocationOutput,
  GetBucketLocationRequest,
  GetBucketLoggingOutput,
  GetBucketLoggingRequest,
  GetBucketMetricsConfigurationOutput,
  GetBucketMetricsConfigurationRequest,
  GetBucketNotificationConfigurationRequest,
  GetBucketOwnershipControlsOutput,
  GetBucketOwnershipControlsRequest,
  GetBucketPolicyOutput,
  GetBucketPolicyRequest,
  GetBucketPolicyStatusOutput,
  GetBucketPolicyStatusRequest,
  GetBucketReplicationOutput,
  GetBucketReplicationRequest,
  GetBucketRequestPaymentOutput,
  GetBucketRequestPaymentRequest,
  GetBucketTaggingOutput,
  GetBucketTaggingRequest,
  GetBucketVersioningOutput,
  GetBucketVersioningRequest,
  GetBucketWebsiteOutput,
  GetBucketWebsiteRequest,
  GetObjectAclOutput,
  GetObjectAclRequest,
  GetObjectAnnotationOutput,
  GetObjectAnnotationRequest,
  GetObjectAttributesOutput,
  GetObjectAttributesParts,
  GetObjectAttributesRequest,
  GetObjectLegalHoldOutput,
  GetObjectLegalHoldRequest,
  GetObjectLockConfigurationOutput,
  GetObjectLockConfigurationRequest,
  GetObjectOutput,
  GetObjectRequest,
  GetObjectRetentionOutput,
  GetObjectRetentionRequest,
  GetObjectTaggingOutput,
  GetObjectTaggingRequest,
  GetObjectTorrentOutput,
  GetObjectTorrentRequest,
  GetPublicAccessBlockOutput,
  GetPublicAccessBlockRequest,
  GlacierJobParameters,
  Grant,
  Grantee,
  HeadBucketOutput,
  HeadBucketRequest,
  HeadObjectOutput,
  HeadObjectRequest,
  IndexDocument,
  Initiator,
  InputSerialization,
  IntelligentTieringAndOperator,
  IntelligentTieringConfiguration,
  IntelligentTieringFilter,
  InventoryConfiguration,
  InventoryDestination,
  InventoryEncryption,
  InventoryFilter,
  InventoryS3BucketDestination,
  InventorySchedule,
  JSONInput,
  JSONOutput,
  LambdaFunctionConfiguration,
  LifecycleExpiration,
  LifecycleRule,
  LifecycleRuleAndOperator,
  LifecycleRuleFilter,
  ListBucketAnalyticsConfigurationsOutput,
  ListBucketAnalyticsConfigurationsRequest,
  ListBucketIntelligentTieringConfigurationsOutput,
  ListBucketIntelligentTieringConfigurationsRequest,
  ListBucketInventoryConfigurationsOutput,
  ListBucketInventoryConfigurationsRequest,
  ListBucketMetricsConfigurationsOutput,
  ListBucketMetricsConfigurationsRequest,
  ListBucketsOutput,
  ListBucketsRequest,
  ListMultipartUploadsOutput,
  ListMultipartUploadsRequest,
  ListObjectAnnotationsOutput,
  ListObjectAnnotationsRequest,
  ListObjectVersionsOutput,
  ListObjectVersionsRequest,
  ListObjectsOutput,
  ListObjectsRequest,
  ListObjectsV2Output,
  ListObjectsV2Request,
  ListPartsOutput,
  ListPartsRequest,
  LocationInfo,
  LoggingEnabled,
  MetadataEntry,
  Metrics,
  MetricsAndOperator,
  MetricsConfiguration,
  MetricsFilter,
  MultipartUpload,
  NoncurrentVersionExpiration,
  NoncurrentVersionTransition,
  NotificationConfiguration,
  NotificationConfigurationFilter,
  Object: _Object,
  ObjectEncryption,
  ObjectIdentifier,
  ObjectLockConfiguration,
  ObjectLockLegalHold,
  ObjectLockRetention,
  ObjectLockRule,
  ObjectPart,
  ObjectVersion,
  OutputLocation,
  OutputSerialization,
  Owner,
  OwnershipControls,
  OwnershipControlsRule,
  ParquetInput,
  Part,
  PartitionedPrefix,
  PolicyStatus,
  Progress,
  ProgressEvent,
  PublicAccessBlockConfiguration,
  PutBucketAbacRequest,
  PutBucketAccelerateConfigurationRequest,
  PutBucketAclRequest,
  PutBucketAnalyticsConfigurationRequest,
  PutBucketCorsRequest,
  PutBucketEncryptionRequest,
  PutBucketIntelligentTieringConfigurationRequest,
  PutBucketInventoryConfigurationRequest,
  PutBucketLifecycleConfigurationOutput,
  PutBucketLifecycleConfigurationRequest,
  PutBucketLoggingRequest,
  PutBucketMetricsConfigurationRequest,
  PutBucketNotificationConfigurationRequest,
  PutBucketOwnershipControlsRequest,
  PutBucketPolicyRequest,
  PutBucketReplicationRequest,
  PutBucketRequestPaymentRequest,
  PutBucketTaggingRequest,
  PutBucketVersioningRequest,
  PutBucketWebsiteRequest,
  PutObjectAclOutput,
  PutObjectAclRequest,
  PutObjectAnnotationOutput,
  PutObjectAnnotationRequest,
  PutObjectLegalHoldOutput,
  PutObjectLegalHoldRequest,
  PutObjectLockConfigurationOutput,
  PutObjectLockConfigurationRequest,
  PutObjectOutput,
  PutObjectRequest,
  PutObjectRetentionOutput,
  PutObjectRetentionRequest,
  PutObjectTaggingOutput,
  PutObjectTaggingRequest,
  PutPublicAccessBlockRequest,
  QueueConfiguration,
  RecordsEvent,
  Redirect,
  RedirectAllRequestsTo,
  RenameObjectOutput,
  RenameObjectRequest,
  ReplicaModifications,
  ReplicationConfiguration,
  ReplicationRule,
  ReplicationRuleAndOperator,
  ReplicationRuleFilter,
  ReplicationTime,
  ReplicationTimeValue,
  RequestPaymentConfiguration,
  RequestProgress,
  RestoreObjectOutput,
  RestoreObjectRequest,
  RestoreRequest,
  RestoreStatus,
  RoutingRule,
  S3KeyFilter,
  S3Location,
  SSEKMS,
  SSEKMSEncryption,
  SSES3,
  ScanRange,
  SelectObjectContentEventStream,
  SelectObjectContentOutput,
  SelectObjectContentRequest,
  SelectParameters,
  ServerSideEncryptionByDefault,
  ServerSideEncryptionConfiguration,
  ServerSideEncryptionRule,
  SimplePrefix,
  SourceSelectionCriteria,
  SseKmsEncryptedObjects,
  Stats,
  StatsEvent,
  StorageClassAnalysis,
  StorageClassAnalysisDataExport,
  Tag,
  Tagging,
  TargetGrant,
  TargetObjectKeyFormat,
  Tiering,
  TopicConfiguration,
  Transition,
  UpdateObjectEncryptionRequest,
  UpdateObjectEncryptionResponse,
  UploadPartCopyOutput,
  UploadPartCopyRequest,
  UploadPartOutput,
  UploadPartRequest,
  VersioningConfiguration,
  WebsiteConfiguration,
};
