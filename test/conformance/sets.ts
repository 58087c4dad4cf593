/**
 * The sets that results are counted in, told from the suite's own pytest markers. Each set lies within
 * the next: `core` in `aws` in `s3` in `all`.
 */
export const testSets = ['core', 'aws', 's3', 'all'] as const;

export type TestSet = (typeof testSets)[number];

export const setDescriptions: Readonly<Record<TestSet, string>> = {
  core: 'of `aws`, what needs neither encryption nor waiting for a lifecycle day, and passes on Ceph itself',
  aws: 'of `s3`, what the suite expects of AWS too; without Signature Version 2 and delivered logs',
  s3: 'one S3 service, extensions of Ceph included',
  all: 'the whole suite: also IAM, STS, SNS and SelectObjectContent',
};

/** Services of their own, and SelectObjectContent, which the suite keeps in a file of its own. */
const beyondS3 = new Set([
  'abac_test',
  'group',
  'group_policy',
  'iam_account',
  'iam_cross_account',
  'iam_role',
  'iam_tenant',
  'iam_user',
  'role_policy',
  's3select',
  'session_policy',
  'sns',
  'test_of_sts',
  'user_policy',
  'webidentity_test',
]);

const beyondAws = new Set([
  'appendobject',
  'auth_aws2',
  'bucket_logging',
  'bucket_logging_cleanup',
  'cloud_restore',
  'cloud_transition',
  'fails_on_aws',
  'fails_without_logging_rollover',
  'target_by_bucket',
]);

const beyondCore = new Set([
  'bucket_encryption',
  'encryption',
  'fails_on_rgw',
  'lifecycle_expiration',
  'lifecycle_transition',
  'sse_s3',
]);

/** The narrowest set that a test with these markers belongs to. */
export function narrowestSet(markers: readonly string[]): TestSet {
  if (markers.some((marker) => beyondS3.has(marker))) return 'all';
  if (markers.some((marker) => beyondAws.has(marker))) return 's3';
  if (markers.some((marker) => beyondCore.has(marker))) return 'aws';
  return 'core';
}

/** Whether a test whose narrowest set is `narrowest` counts in `set`. */
export function isWithin(narrowest: TestSet, set: TestSet): boolean {
  return testSets.indexOf(narrowest) <= testSets.indexOf(set);
}
