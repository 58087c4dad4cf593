/** Finding the account or group that a grant names, or saying as S3 does that there is none. */
import { S3Error } from '../protocol/errors.ts';
import type { GranteeGroup } from '../store/records.ts';
import { groupOfUri } from './acl.ts';

/** What an ACL needs to know of accounts; the identity directory has it. */
export interface AccountLookup {
  accountById(
    accountId: string,
  ): { readonly accountId: string; readonly displayName: string } | undefined;
  /** Case-insensitive. */
  accountByEmail(email: string): { readonly accountId: string } | undefined;
}

/** @throws S3Error InvalidArgument if nobody has the canonical id. */
export function accountOfId(id: string, accounts: AccountLookup): string {
  const account = accounts.accountById(id);
  if (account === undefined) {
    throw new S3Error('InvalidArgument', {
      message: 'Invalid id',
      fields: { ArgumentName: 'CanonicalUser/ID', ArgumentValue: id },
    });
  }
  return account.accountId;
}

/** @throws S3Error UnresolvableGrantByEmailAddress if nobody has the address. */
export function accountOfEmail(email: string, accounts: AccountLookup): string {
  const account = accounts.accountByEmail(email);
  if (account === undefined) {
    throw new S3Error('UnresolvableGrantByEmailAddress', { fields: { EmailAddress: email } });
  }
  return account.accountId;
}

/** @throws S3Error InvalidArgument for a URI that is none of S3's groups. */
export function groupOf(uri: string): GranteeGroup {
  const group = groupOfUri(uri);
  if (group === undefined) {
    throw new S3Error('InvalidArgument', {
      message: 'Invalid group uri',
      fields: { ArgumentName: 'Group/URI', ArgumentValue: uri },
    });
  }
  return group;
}
