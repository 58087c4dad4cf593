/**
 * The actions that bucket policies may name ("Actions, resources, and condition keys for Amazon S3" in the
 * Service Authorization Reference): those on buckets and objects. A misspelt one would silently guard nothing,
 * so it is refused, as by S3.
 */
import { matches, type Template } from './template.ts';

/** In lower case: `s3:getobject`. */
export const s3Actions: readonly string[] = `
AbortMultipartUpload BypassGovernanceRetention CreateBucket CreateBucketMetadataTableConfiguration DeleteBucket
DeleteBucketMetadataTableConfiguration DeleteBucketOwnershipControls DeleteBucketPolicy
DeleteBucketPublicAccessBlock DeleteBucketWebsite DeleteObject DeleteObjectAnnotation DeleteObjectTagging
DeleteObjectVersion DeleteObjectVersionAnnotation DeleteObjectVersionTagging GetAccelerateConfiguration
GetAnalyticsConfiguration GetBucketAbac GetBucketAcl GetBucketCORS GetBucketLocation GetBucketLogging
GetBucketMetadataTableConfiguration GetBucketNotification GetBucketObjectLockConfiguration
GetBucketOwnershipControls GetBucketPolicy GetBucketPolicyStatus GetBucketPublicAccessBlock
GetBucketRequestPayment GetBucketTagging GetBucketVersioning GetBucketWebsite GetEncryptionConfiguration
GetIntelligentTieringConfiguration GetInventoryConfiguration GetLifecycleConfiguration GetMetricsConfiguration
GetObject GetObjectAcl GetObjectAnnotation GetObjectAttributes GetObjectLegalHold GetObjectRetention
GetObjectTagging GetObjectTorrent GetObjectVersion GetObjectVersionAcl GetObjectVersionAnnotation
GetObjectVersionAttributes GetObjectVersionForReplication GetObjectVersionTagging GetObjectVersionTorrent
GetReplicationConfiguration InitiateReplication ListAllMyBuckets ListBucket ListBucketMultipartUploads
ListBucketVersions ListMultipartUploadParts ListObjectAnnotations ListTagsForResource
ObjectOwnerOverrideToBucketOwner PauseReplication PutAccelerateConfiguration PutAnalyticsConfiguration
PutBucketAbac PutBucketAcl PutBucketCORS PutBucketLogging PutBucketNotification
PutBucketObjectLockConfiguration PutBucketOwnershipControls PutBucketPolicy PutBucketPublicAccessBlock
PutBucketRequestPayment PutBucketTagging PutBucketVersioning PutBucketWebsite PutEncryptionConfiguration
PutIntelligentTieringConfiguration PutInventoryConfiguration PutLifecycleConfiguration PutMetricsConfiguration
PutObject PutObjectAcl PutObjectAnnotation PutObjectLegalHold PutObjectRetention PutObjectTagging
PutObjectVersionAcl PutObjectVersionAnnotation PutObjectVersionTagging PutReplicationConfiguration RenameObject
ReplicateDelete ReplicateObject ReplicateTags RestoreObject TagResource UntagResource
UpdateBucketMetadataInventoryTableConfiguration UpdateBucketMetadataJournalTableConfiguration
UpdateObjectEncryption
`
  .trim()
  .split(/\s+/)
  .map((action) => `s3:${action.toLowerCase()}`);

const nobody = {
  principal: { kind: 'anonymous' },
  action: '',
  resource: '',
  values: () => undefined,
} as const;

/** @param template in lower case */
export function isAction(template: Template): boolean {
  return s3Actions.some((action) => matches(template, action, nobody) === true);
}
