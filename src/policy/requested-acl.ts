/** The ACL that a request asks for, by canned name, by grant headers or by document. */
import type { AccessControlPolicy } from '../model/types.gen.ts';
import { S3Error } from '../protocol/errors.ts';
import type { Acl } from '../store/records.ts';
import { aclOfPolicy } from './access-control-policy.ts';
import { maxGrants } from './acl.ts';
import { type CannedAclContext, cannedAcl, privateAcl } from './canned-acl.ts';
import { type GrantHeaders, grantsOfHeaders, hasGrantHeaders } from './grant-headers.ts';
import type { AccountLookup } from './grantees.ts';

/** Members of an operation's input that ask for an ACL. */
export interface AclInput extends GrantHeaders {
  readonly ACL?: string | undefined;
}

/**
 * For operations that make a resource (CreateBucket, PutObject, CopyObject, CreateMultipartUpload):
 * private if the request says nothing. Grant headers replace the owner's own grant too, as in S3.
 */
export function aclOfNew(input: AclInput, context: CannedAclContext, accounts: AccountLookup): Acl {
  return aclOfHeaders(input, context, accounts) ?? privateAcl(context.owner);
}

/** For PutBucketAcl and PutObjectAcl: exactly one of canned name, grant headers and document. */
export function aclOfReplacement(
  input: AclInput & { readonly AccessControlPolicy?: AccessControlPolicy | undefined },
  context: CannedAclContext,
  accounts: AccountLookup,
): Acl {
  const fromHeaders = aclOfHeaders(input, context, accounts);
  const policy = input.AccessControlPolicy;
  if (fromHeaders !== undefined) {
    if (policy !== undefined) throw new S3Error('UnexpectedContent');
    return fromHeaders;
  }
  if (policy === undefined) {
    throw new S3Error('MissingSecurityHeader', { fields: { MissingHeaderName: 'x-amz-acl' } });
  }
  return aclOfPolicy(policy, context.owner, accounts);
}

function aclOfHeaders(
  input: AclInput,
  context: CannedAclContext,
  accounts: AccountLookup,
): Acl | undefined {
  if (input.ACL !== undefined) {
    if (hasGrantHeaders(input)) {
      throw new S3Error('InvalidRequest', {
        message: 'Specifying both Canned ACLs and Header Grants is not allowed',
      });
    }
    return cannedAcl(input.ACL, context);
  }
  if (!hasGrantHeaders(input)) return undefined;
  const grants = grantsOfHeaders(input, accounts);
  if (grants.length > maxGrants) {
    throw new S3Error('InvalidRequest', {
      message: `An ACL may hold at most ${maxGrants} grants`,
    });
  }
  return { owner: context.owner, grants };
}
