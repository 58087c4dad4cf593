/**
 * ACLs under a bucket's object ownership ("Controlling ownership of objects" in the S3 user guide) and its
 * public access block: who owns what is written, and which ACLs it may have.
 */
import type { AccessControlPolicy } from '../model/types.gen.ts';
import { S3Error } from '../protocol/errors.ts';
import type { Acl } from '../store/records.ts';
import { isPublicAcl } from './acl.ts';
import type { BucketRules } from './bucket-rules.ts';
import { type CannedAclContext, privateAcl } from './canned-acl.ts';
import { grantsOfHeaders, hasGrantHeaders } from './grant-headers.ts';
import type { AccountLookup } from './grantees.ts';
import { type AclInput, aclOfNew, aclOfReplacement } from './requested-acl.ts';

const ownerFullControl = 'bucket-owner-full-control';

/**
 * The ACL of an object that is about to be written.
 * @throws S3Error AccessControlListNotSupported, AccessDenied for a public one that is blocked
 */
export function aclOfNewObject(
  input: AclInput,
  { writer, bucketOwner }: { readonly writer: string; readonly bucketOwner: string },
  rules: BucketRules | undefined,
  accounts: AccountLookup,
): Acl {
  if (rules?.ownership === 'BucketOwnerEnforced') {
    if (!givesBucketOwnerAll(input, bucketOwner, accounts)) throw notSupported();
    return privateAcl(bucketOwner);
  }
  const takesOver = rules?.ownership === 'BucketOwnerPreferred' && input.ACL === ownerFullControl;
  const owner = takesOver ? bucketOwner : writer;
  return unblockedAcl(aclOfNew(input, { on: 'object', owner, bucketOwner }, accounts), rules);
}

/** Where ACLs are disabled, a request may say what holds anyway, or nothing. */
function givesBucketOwnerAll(
  input: AclInput,
  bucketOwner: string,
  accounts: AccountLookup,
): boolean {
  if (input.ACL !== undefined) return input.ACL === ownerFullControl && !hasGrantHeaders(input);
  return grantsOfHeaders(input, accounts).every(
    ({ grantee, permission }) =>
      permission === 'FULL_CONTROL' && 'account' in grantee && grantee.account === bucketOwner,
  );
}

/**
 * For PutBucketAcl and PutObjectAcl.
 * @throws S3Error AccessControlListNotSupported, AccessDenied for a public one that is blocked
 */
export function replacedAcl(
  input: AclInput & { readonly AccessControlPolicy?: AccessControlPolicy | undefined },
  context: CannedAclContext,
  rules: BucketRules | undefined,
  accounts: AccountLookup,
): Acl {
  if (rules?.ownership === 'BucketOwnerEnforced') throw notSupported();
  return unblockedAcl(aclOfReplacement(input, context, accounts), rules);
}

/** What GetBucketAcl and GetObjectAcl show: where ACLs are disabled, the bucket owner's full control. */
export function effectiveAcl(acl: Acl, bucketOwner: string, rules: BucketRules | undefined): Acl {
  return rules?.ownership === 'BucketOwnerEnforced' ? privateAcl(bucketOwner) : acl;
}

/** @throws S3Error AccessDenied for a public one where these are blocked */
export function unblockedAcl(acl: Acl, rules: BucketRules | undefined): Acl {
  if (rules?.publicAccessBlock?.BlockPublicAcls && isPublicAcl(acl)) {
    throw new S3Error('AccessDenied');
  }
  return acl;
}

/** Whether an ACL gives anything to others than its owner. */
export function grantsToOthers({ owner, grants }: Acl): boolean {
  return grants.some(({ grantee }) => !('account' in grantee) || grantee.account !== owner);
}

function notSupported(): S3Error {
  return new S3Error('AccessControlListNotSupported');
}
