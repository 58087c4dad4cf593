/** `kist account`: who owns buckets and users in a namespace. */
import { type KeepFlags, keepSecret, prepareToKeep } from '../identity/keep-secret.ts';
import type { YesFlag } from './admin-options.ts';
import { type AdminFlags, withAdmin } from './admin-session.ts';
import { confirm } from './confirm.ts';
import { quotaFacts } from './limits.ts';
import { tellNewAccount } from './new-account.ts';
import { tellList, tellOne } from './tell.ts';

export interface AccountListFlags extends AdminFlags {
  readonly namespace?: string;
}

/** Gives the exit code, as all of these do. */
export const listAccounts = (flags: AccountListFlags): Promise<number> =>
  withAdmin(flags, async ({ all, out }) => {
    const { namespace } = flags;
    tellList(out, 'account', await all('listAccounts', { namespace }), {
      ACCOUNT: ({ accountId }) => accountId,
      NAMESPACE: (account) => account.namespace,
      NAME: ({ displayName }) => displayName,
      NUMBER: ({ number }) => number,
      'MADE BY': ({ root, configured }) =>
        root ? 'server (its root)' : configured ? 'settings' : 'admin API',
    });
  });

export interface CreateAccountFlags extends AdminFlags, Omit<KeepFlags, 'alias'> {
  readonly namespace: string;
  readonly displayName?: string;
  readonly email?: string;
}

/** With a key of its own, whose secret is told once. */
export const createAccount = (accountId: string, flags: CreateAccountFlags): Promise<number> =>
  withAdmin(flags, async (session) => {
    const { call, out } = session;
    const { namespace, displayName = accountId, email } = flags;
    prepareToKeep(flags);
    const input = { accountId, namespace, displayName, email };
    const made = await call('createAccount', input);
    const kept = keepSecret(session, flags, made.accessKey);
    tellNewAccount(out, 'account', made, kept, `the account ${accountId} in ${namespace}`);
  });

export const showAccount = (accountId: string, flags: AdminFlags): Promise<number> =>
  withAdmin(flags, async ({ call, out }) => {
    const found = await call('getAccount', { account: accountId });
    const { displayName: name, email, namespace, number, users, groups, roles, policies } = found;
    tellOne(out, 'account', found, accountId, {
      ...{ name, email, namespace, number, users, groups, roles, policies },
      'own keys': found.accessKeys,
      ...quotaFacts(found.quota),
      root: found.root ? 'of the server' : undefined,
      'made by': found.configured ? 'settings' : undefined,
    });
  });

export const deleteAccount = (accountId: string, flags: AdminFlags & YesFlag): Promise<number> =>
  withAdmin(flags, async ({ call, out, signal }) => {
    await confirm(`Delete the account ${accountId} and its keys`, flags.yes, signal);
    await call('deleteAccount', { account: accountId });
    out.record(
      { type: 'account', accountId, isDeleted: true },
      `Deleted the account ${accountId}.`,
    );
  });
