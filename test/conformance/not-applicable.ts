/**
 * What of the suite doesn't apply to Kist, and why. A rule names its tests by the suite's markers, by
 * name, or by the reason the suite gives for leaving them out; the first rule that fits a test holds.
 */
import type { CollectedTest, TestResult } from './suite.ts';

/** Headings of `docs/conformance.md`. */
export const ruleKinds = {
  service: 'Services of their own that Kist does not have',
  extension: 'Extensions of Ceph',
  setting: 'Not with the settings of this run',
  client: "Where the suite's own client stands in the way",
  documentation: "Where AWS's documentation says otherwise",
  observed: 'Where S3 was seen to answer otherwise and its documentation is silent',
} as const;

export interface Rule {
  readonly kind: keyof typeof ruleKinds;
  /** One line. */
  readonly reason: string;
  /** AWS's page that has the last word, for `documentation`; for `observed` where it was seen. */
  readonly link?: string;
  readonly markers?: readonly string[];
  /** Test functions, with or without parameters in brackets; without, all of them are meant. */
  readonly names?: readonly string[];
  /** Found in the reason for which the suite skips a test. */
  readonly skipped?: RegExp;
}

const reference = 'https://docs.aws.amazon.com/AmazonS3/latest/API';
const userGuide = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide';

export const rules: readonly Rule[] = [
  { kind: 'service', reason: 'SNS: topics and notifications to them', markers: ['sns'] },
  {
    kind: 'service',
    reason: "IAM's API: users, groups, roles, accounts and their policies",
    markers: [
      'group',
      'group_policy',
      'iam_account',
      'iam_cross_account',
      'iam_role',
      'iam_tenant',
      'iam_user',
      'role_policy',
      'user_policy',
    ],
    names: [
      'test_verify_add_existing_client_id_to_oidc',
      'test_verify_update_thumbprintlist_of_oidc',
    ],
  },
  {
    kind: 'service',
    reason: "STS's API: temporary credentials, web identities and session policies",
    markers: ['abac_test', 'session_policy', 'test_of_sts', 'webidentity_test'],
  },
  {
    kind: 'service',
    reason: 'BitTorrent, which S3 itself ended in 2022: refused by name',
    names: ['test_get_object_torrent'],
  },
  {
    kind: 'extension',
    reason: 'storage classes that are another cloud, and restoring from them',
    markers: ['cloud_restore', 'cloud_transition', 'target_by_bucket'],
  },
  {
    kind: 'extension',
    reason: 'logging in journal mode, with filters and flushed on request',
    skipped: /ceph extension to bucket logging/,
  },
  {
    kind: 'extension',
    reason:
      "select in Ceph's dialect: int(), text in double quotes, paths through arrays, its error texts",
    names: [
      'test_alias_cyclic_refernce',
      'test_column_sum_min_max',
      'test_count_json_operation',
      'test_csv_parser',
      'test_json_column_sum_min_max',
      'test_lowerupper_expressions',
      'test_progress_expressions',
      'test_schema_definition',
    ],
  },
  {
    kind: 'extension',
    reason: 'usage of accounts and buckets in headers of their own',
    names: ['test_account_usage', 'test_head_bucket_usage', 'test_bucket_head_extended'],
  },
  {
    kind: 'extension',
    reason: 'listings in no order (allow-unordered)',
    names: ['test_bucket_list_unordered', 'test_bucket_listv2_unordered'],
  },
  {
    kind: 'extension',
    reason: 'buckets of another namespace as NAMESPACE:BUCKET in the path',
    names: ['test_bucket_policy_different_tenant', 'test_bucket_policy_tenanted_bucket'],
  },
  {
    kind: 'extension',
    reason: 'ARNs with a namespace in the place of the account',
    names: ['test_put_bucket_logging_tenant_s'],
  },
  {
    kind: 'extension',
    reason: 'the region is called `default`',
    names: ['test_bucket_logging_partitioned_key'],
  },
  {
    kind: 'extension',
    reason: 'the time of the configuration as Last-Modified of GetBucketLogging',
    names: ['test_bucket_logging_mtime'],
  },
  {
    kind: 'extension',
    reason: 'a default TargetObjectKeyFormat in GetBucketLogging, and TargetGrants ignored',
    names: ['test_put_bucket_logging'],
  },
  {
    kind: 'setting',
    reason: 'wants more storage classes than STANDARD',
    skipped: /storage classes|empty parameter set/,
  },
  {
    kind: 'client',
    reason: 'botocore signs over the header that the test sets or removes: a right request arrives',
    names: [
      'test_bucket_create_bad_authorization_empty',
      'test_bucket_create_bad_authorization_invalid_aws2',
      'test_bucket_create_bad_authorization_none',
      'test_bucket_create_bad_date_none_aws2',
      'test_object_create_bad_authorization_empty',
      'test_object_create_bad_authorization_incorrect_aws2',
      'test_object_create_bad_authorization_invalid_aws2',
      'test_object_create_bad_authorization_none',
      'test_object_create_bad_contentlength_none',
      'test_object_create_bad_date_none_aws2',
    ],
  },
  {
    kind: 'client',
    reason: 'botocore asks for url encoding and does not decode Prefix (boto3, issue 3534)',
    names: ['test_bucket_list_prefix_unreadable'],
  },
  {
    kind: 'client',
    reason: 'botocore sends the key as valid UTF-8: there is nothing unreadable in it',
    names: ['test_object_read_unreadable'],
  },
  {
    kind: 'client',
    reason: 'the test gives the tags to another client than the one that uploads',
    names: ['test_bucket_policy_put_obj_request_obj_tag'],
  },
  {
    kind: 'client',
    reason: "the test's hook reads an argument that botocore does not pass",
    names: ['test_bucket_logging_request_id'],
  },
  {
    kind: 'documentation',
    reason:
      "In us-east-1 one's own bucket can be made again and gets the new ACL; the suite wants BucketAlreadyExists.",
    link: `${reference}/API_CreateBucket.html`,
    names: ['test_bucket_recreate_new_acl', 'test_bucket_recreate_overwrite_acl'],
  },
  {
    kind: 'documentation',
    reason: 'The location of buckets in us-east-1 is null; the suite wants it named.',
    link: `${reference}/API_GetBucketLocation.html`,
    names: ['test_bucket_get_location'],
  },
  {
    kind: 'documentation',
    reason:
      'A part number that the object does not have is InvalidPartNumber (416); the suite wants InvalidPart (400).',
    link: `${reference}/ErrorResponses.html`,
    names: [
      'test_multipart_get_part',
      'test_multipart_single_get_part',
      'test_multipart_sse_c_get_part',
      'test_non_multipart_get_part',
      'test_non_multipart_sse_c_get_part',
    ],
  },
  {
    kind: 'documentation',
    reason:
      'Presigned URLs with an X-Amz-Expires out of range are AuthorizationQueryParametersError (400); the suite wants 403.',
    link: `${userGuide}/ErrorCodeBilling.html`,
    names: [
      'test_object_raw_get_x_amz_expires_out_max_range',
      'test_object_raw_get_x_amz_expires_out_positive_range',
      'test_object_raw_put_authenticated_expired',
    ],
  },
  {
    kind: 'documentation',
    reason:
      'Uploads need a Content-Length, or x-amz-decoded-content-length in chunks; the suite sends plain chunks without.',
    link: `${reference}/RESTCommonRequestHeaders.html`,
    names: ['test_object_write_with_chunked_transfer_encoding'],
  },
  {
    kind: 'documentation',
    reason:
      'An upload without a Content-Length, or with an empty one, is MissingContentLength (411); the suite wants 400.',
    link: `${reference}/ErrorResponses.html`,
    names: [
      'test_bucket_create_bad_contentlength_empty',
      'test_object_create_bad_contentlength_empty',
    ],
  },
  {
    kind: 'documentation',
    reason:
      'Parts must be listed in ascending order, which a number that comes twice is not; the suite lists one twice.',
    link: `${reference}/API_CompleteMultipartUpload.html`,
    names: ['test_multipart_resend_first_finishes_last'],
  },
  {
    kind: 'documentation',
    reason:
      "CompleteMultipartUpload needs the customer's key only if the upload has a checksum algorithm; the suite wants it always.",
    link: `${reference}/API_CompleteMultipartUpload.html`,
    names: ['unencrypted', 'sse-s3', 'sse-c', 'sse-kms'].map(
      (source) => `test_copy_part_enc[${source}-sse-c-STANDARD-STANDARD-8388608]`,
    ),
  },
  {
    kind: 'documentation',
    reason: 'x-amz-delete-marker does not appear where it would be false; the suite wants it.',
    link: `${reference}/API_HeadObject.html`,
    names: ['test_delete_marker_expiration', 'test_delete_marker_nonversioned'],
  },
  {
    kind: 'documentation',
    reason:
      'Metadata beyond US-ASCII come back encoded as RFC 2047 says; the suite wants the raw bytes.',
    link: `${userGuide}/UsingMetadata.html`,
    names: ['test_object_set_get_unicode_metadata'],
  },
  {
    kind: 'documentation',
    reason: "SSE-KMS without a key id takes the account's default key; the suite wants an error.",
    link: `${reference}/API_PutObject.html`,
    names: ['test_sse_kms_no_key'],
  },
  {
    kind: 'documentation',
    reason:
      "A bucket's owner needs no policy that allows; the suite wants one whose condition fails to deny.",
    link: `${userGuide}/how-s3-evaluates-access-control.html`,
    names: ['test_bucket_policy_set_condition_operator_end_with_IfExists'],
  },
  {
    kind: 'documentation',
    reason:
      'A lifecycle Filter has exactly one of Prefix, Tag, sizes and And; the suite gives two beside each other.',
    link: `${reference}/API_LifecycleRuleFilter.html`,
    names: [
      'test_lifecycle_expiration_noncur_tags1',
      'test_lifecycle_expiration_size_gt',
      'test_lifecycle_expiration_size_lt',
      'test_lifecycle_expiration_tags1',
      'test_lifecycle_expiration_tags2',
      'test_lifecycle_expiration_versioned_tags2',
    ],
  },
  {
    kind: 'documentation',
    reason:
      'A conditional delete (If-Match) of what is not there fails; the suite wants it to succeed.',
    link: `${userGuide}/conditional-deletes.html`,
    names: ['test_delete_object_current_if_match', 'test_delete_object_if_match'],
  },
  {
    kind: 'documentation',
    reason: 'PutObject has no x-amz-grant-write; the suite wants it to have its effect.',
    link: `${reference}/API_PutObject.html`,
    names: ['test_object_header_acl_grants'],
  },
  {
    kind: 'documentation',
    reason:
      'ListBuckets is for the authenticated sender; the suite wants an empty list for anonymous ones.',
    link: `${reference}/API_ListBuckets.html`,
    names: ['test_list_buckets_anonymous'],
  },
  {
    kind: 'documentation',
    reason: 'Source and target of logs have the same owner; the suite takes those of another.',
    link: `${userGuide}/ServerLogs.html`,
    names: [
      'test_put_bucket_logging_account_s',
      'test_put_bucket_logging_policy_wildcard',
      'test_put_bucket_logging_policy_wildcard_objects',
    ],
  },
  {
    kind: 'documentation',
    reason:
      'Copies are logged as REST.COPY.OBJECT and REST.COPY.PART for each of both buckets; the suite wants REST.PUT.OBJECT.',
    link: `${userGuide}/LogFormat.html`,
    names: [
      'test_bucket_logging_copy_objects',
      'test_bucket_logging_copy_objects_bucket',
      'test_bucket_logging_copy_objects_bucket_versioned',
      'test_bucket_logging_copy_objects_versioned',
      'test_bucket_logging_mpu_copy',
      'test_bucket_logging_mpu_copy_versioned',
    ],
  },
  {
    kind: 'documentation',
    reason:
      'DeleteObjects is logged as BATCH.DELETE.OBJECT for each key; the suite wants the keys in REST.POST.DELETE_MULTI_OBJECT.',
    link: `${userGuide}/LogFormat.html`,
    names: ['test_bucket_logging_multi_delete', 'test_bucket_logging_multi_delete_versioned'],
  },
  {
    kind: 'documentation',
    reason:
      'A target that cannot be logged to is InvalidTargetBucketForLogging; the suite wants NoSuchKey.',
    link: `${reference}/ErrorResponses.html`,
    names: ['test_put_bucket_logging_errors'],
  },
  {
    kind: 'documentation',
    reason: 'A policy statement needs a Resource; the suite leaves it out.',
    link: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html',
    names: ['test_bucket_logging_owner'],
  },
  {
    kind: 'observed',
    reason:
      'A checksum header that holds no checksum is InvalidRequest; the suite wants BadDigest.',
    link: 'https://github.com/versity/versitygw/issues/1692',
    names: [
      'test_multipart_checksum_sha256',
      'test_object_checksum_crc64nvme',
      'test_object_checksum_sha256',
    ],
  },
  {
    kind: 'observed',
    reason:
      "Completing an upload with composite checksums needs each part's; the suite gives none and wants success.",
    link: 'https://github.com/aws/aws-sdk-php/issues/2648',
    names: ['test_get_multipart_checksum_object_attributes'],
  },
  {
    kind: 'observed',
    reason:
      'A default retention of no days or years is InvalidArgument; the suite wants InvalidRetentionPeriod.',
    link: 'https://github.com/versity/versitygw/issues/1738',
    names: [
      'test_object_lock_put_obj_lock_invalid_days',
      'test_object_lock_put_obj_lock_invalid_years',
    ],
  },
  {
    kind: 'observed',
    reason:
      'A range to copy that ends beyond its source is InvalidArgument; the suite wants InvalidRange.',
    link: 'https://github.com/versity/versitygw/issues/610',
    names: ['test_multipart_copy_invalid_range'],
  },
  {
    kind: 'observed',
    reason: "A wrong customer's key (SSE-C) is AccessDenied (403); the suite wants 400.",
    link: 'https://github.com/minio/minio/pull/5203',
    names: ['test_encryption_sse_c_multipart_bad_download', 'test_encryption_sse_c_other_key'],
  },
];

export function ruleOf(test: CollectedTest, result?: TestResult): Rule | undefined {
  const name = test.id.split('::').at(-1)!;
  const plainName = name.split('[')[0]!;
  return rules.find(
    ({ markers, names, skipped }) =>
      markers?.some((marker) => test.markers.includes(marker)) ||
      names?.some((one) => one === name || one === plainName) ||
      (result?.outcome === 'skipped' && skipped?.test(result.message)),
  );
}
