/** The AccessControlPolicy document ↔ an ACL ("AccessControlPolicy" in the API reference). */
import type {
  AccessControlPolicy,
  Grantee as GranteeShape,
  Grant as GrantShape,
} from '../model/types.gen.ts';
import { S3Error } from '../protocol/errors.ts';
import type { Acl, Grant, Grantee, Permission } from '../store/records.ts';
import { groupUris, maxGrants, permissions } from './acl.ts';
import { type AccountLookup, accountOfEmail, accountOfId, groupOf } from './grantees.ts';

/**
 * The ACL that a document asks for.
 * @param owner canonical id of the resource's owner, which a document cannot change
 * @throws S3Error MalformedACLError, AccessDenied for another owner, InvalidArgument,
 *   UnresolvableGrantByEmailAddress
 */
export function aclOfPolicy(
  policy: AccessControlPolicy,
  owner: string,
  accounts: AccountLookup,
): Acl {
  if (policy.Owner?.ID === undefined || policy.Grants === undefined) throw malformed();
  if (policy.Owner.ID !== owner) throw new S3Error('AccessDenied');
  if (policy.Grants.length > maxGrants) throw malformed();
  return { owner, grants: policy.Grants.map((grant) => grantOf(grant, accounts)) };
}

function grantOf(shape: GrantShape, accounts: AccountLookup): Grant {
  if (shape.Grantee === undefined || shape.Permission === undefined) throw malformed();
  if (!permissions.includes(shape.Permission as Permission)) throw malformed();
  return {
    grantee: granteeOf(shape.Grantee, accounts),
    permission: shape.Permission as Permission,
  };
}

function granteeOf(shape: GranteeShape, accounts: AccountLookup): Grantee {
  switch (shape.Type) {
    case 'CanonicalUser':
      if (shape.ID === undefined) throw malformed();
      return { account: accountOfId(shape.ID, accounts) };
    case 'AmazonCustomerByEmail':
      if (shape.EmailAddress === undefined) throw malformed();
      return { account: accountOfEmail(shape.EmailAddress, accounts) };
    case 'Group':
      if (shape.URI === undefined) throw malformed();
      return { group: groupOf(shape.URI) };
    default:
      throw malformed();
  }
}

function malformed(): S3Error {
  return new S3Error('MalformedACLError');
}

/** An owner as S3 shows it: the display name only where the account is still known. */
export function ownerShape(
  accountId: string,
  accounts: AccountLookup,
): { readonly ID: string; readonly DisplayName?: string } {
  const account = accounts.accountById(accountId);
  return account === undefined
    ? { ID: accountId }
    : { DisplayName: account.displayName, ID: accountId };
}

/**
 * An ACL as GetBucketAcl and GetObjectAcl answer it: what is given to groups comes first. S3 promises no order;
 * clients in the field have come to expect this one.
 */
export function policyOfAcl(
  acl: Acl,
  accounts: AccountLookup,
): {
  readonly Owner: ReturnType<typeof ownerShape>;
  readonly Grants: readonly GrantShape[];
} {
  return {
    Owner: ownerShape(acl.owner, accounts),
    Grants: groupsFirst(acl.grants).map(({ grantee, permission }) => ({
      Grantee:
        'account' in grantee
          ? { Type: 'CanonicalUser' as const, ...ownerShape(grantee.account, accounts) }
          : { Type: 'Group' as const, URI: groupUris[grantee.group] },
      Permission: permission,
    })),
  };
}

function groupsFirst(grants: readonly Grant[]): readonly Grant[] {
  const isGroup = ({ grantee }: Grant) => 'group' in grantee;
  return [...grants.filter(isGroup), ...grants.filter((grant) => !isGroup(grant))];
}
