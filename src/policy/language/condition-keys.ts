/**
 * Condition keys that a bucket policy may name ("Actions, resources, and condition keys for Amazon S3" in the
 * Service Authorization Reference, "AWS global condition context keys" in the IAM user guide); any other is
 * refused.
 *
 * Keys of services that don't exist here (VPCs, organizations, sessions) have their effect too: a
 * request never has one, as on AWS outside of these services.
 */
import type { ConditionKey } from './document.ts';

const plain = [
  'aws:CalledVia',
  'aws:CalledViaFirst',
  'aws:CalledViaLast',
  'aws:CurrentTime',
  'aws:EpochTime',
  'aws:FederatedProvider',
  'aws:MultiFactorAuthAge',
  'aws:MultiFactorAuthPresent',
  'aws:PrincipalAccount',
  'aws:PrincipalArn',
  'aws:PrincipalIsAWSService',
  'aws:PrincipalOrgID',
  'aws:PrincipalOrgPaths',
  'aws:PrincipalServiceName',
  'aws:PrincipalServiceNamesList',
  'aws:PrincipalType',
  'aws:Referer',
  'aws:RequestedRegion',
  'aws:ResourceAccount',
  'aws:ResourceOrgID',
  'aws:ResourceOrgPaths',
  'aws:SecureTransport',
  'aws:SourceAccount',
  'aws:SourceArn',
  'aws:SourceIp',
  'aws:SourceOrgID',
  'aws:SourceOwner',
  'aws:SourceVpc',
  'aws:SourceVpce',
  'aws:TokenIssueTime',
  'aws:UserAgent',
  'aws:userid',
  'aws:username',
  'aws:ViaAWSService',
  'aws:VpcSourceIp',
  's3:authType',
  's3:DataAccessPointAccount',
  's3:DataAccessPointArn',
  's3:delimiter',
  's3:if-match',
  's3:if-none-match',
  's3:max-keys',
  's3:object-lock-legal-hold',
  's3:object-lock-mode',
  's3:object-lock-remaining-retention-days',
  's3:object-lock-retain-until-date',
  's3:ObjectCreationOperation',
  's3:prefix',
  's3:RequestObjectTagKeys',
  's3:ResourceAccount',
  's3:signatureAge',
  's3:signatureversion',
  's3:TlsVersion',
  's3:VersionId',
  's3:x-amz-acl',
  's3:x-amz-content-sha256',
  's3:x-amz-copy-source',
  's3:x-amz-grant-full-control',
  's3:x-amz-grant-read',
  's3:x-amz-grant-read-acp',
  's3:x-amz-grant-write',
  's3:x-amz-grant-write-acp',
  's3:x-amz-metadata-directive',
  's3:x-amz-object-ownership',
  's3:x-amz-server-side-encryption',
  's3:x-amz-server-side-encryption-aws-kms-key-id',
  's3:x-amz-server-side-encryption-customer-algorithm',
  's3:x-amz-storage-class',
  's3:x-amz-website-redirect-location',
] as const;

/** Followed by `/` and the key of a tag. */
const suffixed = [
  'aws:PrincipalTag',
  'aws:RequestTag',
  'aws:ResourceTag',
  's3:ExistingObjectTag',
  's3:RequestObjectTag',
] as const;

const plainNames: ReadonlySet<string> = new Set(plain.map((name) => name.toLowerCase()));
const suffixedNames: ReadonlySet<string> = new Set(suffixed.map((name) => name.toLowerCase()));

export function isConditionKey({ name, suffix }: ConditionKey): boolean {
  return suffix === '' ? plainNames.has(name) : suffixedNames.has(name);
}

/**
 * The same of policies that users, groups and roles have, which may be about other services than S3: their keys
 * are theirs to know.
 */
export const isIdentityConditionKey = (key: ConditionKey): boolean =>
  !/^(?:aws|s3):/.test(key.name) || key.name === 'aws:tagkeys' || isConditionKey(key);
