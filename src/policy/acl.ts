/**
 * Access control lists: whom a grant covers, and what it gives.
 *
 * "Access control list (ACL) overview" in the S3 user guide. On a bucket, READ lists it, WRITE creates,
 * overwrites and deletes objects; on an object, READ reads it; READ_ACP and WRITE_ACP read and write the
 * ACL itself. No bucket grant reads an object.
 */
import type { Acl, Grant, Grantee, GranteeGroup, Permission } from '../store/records.ts';

/** Most grants that an ACL may hold. */
export const maxGrants = 100;

export const permissions: readonly Permission[] = [
  'FULL_CONTROL',
  'READ',
  'WRITE',
  'READ_ACP',
  'WRITE_ACP',
];

export const groupUris = {
  AllUsers: 'http://acs.amazonaws.com/groups/global/AllUsers',
  AuthenticatedUsers: 'http://acs.amazonaws.com/groups/global/AuthenticatedUsers',
  LogDelivery: 'http://acs.amazonaws.com/groups/s3/LogDelivery',
} as const satisfies Readonly<Record<GranteeGroup, string>>;

const groupsByUri = new Map<string, GranteeGroup>(
  (Object.keys(groupUris) as GranteeGroup[]).map((group) => [groupUris[group], group]),
);

export function groupOfUri(uri: string): GranteeGroup | undefined {
  return groupsByUri.get(uri);
}

/** Whether a grantee includes an account; undefined is the anonymous caller. */
export function covers(grantee: Grantee, accountId: string | undefined): boolean {
  if ('account' in grantee) return grantee.account === accountId;
  switch (grantee.group) {
    case 'AllUsers':
      return true;
    case 'AuthenticatedUsers':
      return accountId !== undefined;
    case 'LogDelivery':
      return false;
  }
}

/** The first grant that gives the permission to the account; undefined if none does. */
export function grantFor(
  acl: Acl,
  accountId: string | undefined,
  permission: Permission,
): Grant | undefined {
  for (const grant of acl.grants) {
    if (grant.permission !== permission && grant.permission !== 'FULL_CONTROL') continue;
    if (covers(grant.grantee, accountId)) return grant;
  }
  return undefined;
}

/** Whether a grantee is everybody, or everybody who has an account: what S3 calls public. */
export function isPublicGroup(grantee: Grantee): boolean {
  return (
    'group' in grantee && (grantee.group === 'AllUsers' || grantee.group === 'AuthenticatedUsers')
  );
}

export function isPublicAcl({ grants }: Acl): boolean {
  return grants.some(({ grantee }) => isPublicGroup(grantee));
}

/** As a log line names a grantee. */
export function granteeName(grantee: Grantee): string {
  return 'account' in grantee ? grantee.account : grantee.group;
}
