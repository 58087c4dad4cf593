/** `/api/namespaces` and `/api/accounts`: tenants, and who owns what in them. */
import type { ManagedIdentityDirectory } from '../../identity/directory.ts';
import type { Account } from '../../identity/identity.ts';
import {
  createNamespace,
  deleteNamespace,
  getNamespace,
  listNamespaces,
  type Namespace,
} from '../../identity/namespaces.ts';
import type { Snapshot } from '../../identity/snapshot.ts';
import {
  belongingsOf,
  createAccount,
  deleteAccount,
  isConfigured,
} from '../../identity/tenants.ts';
import { accountHoldings, namespaceHoldings } from '../../store/bucket-limits.ts';
import type { Store } from '../../store/store.ts';
import { arns, authorise, isRoot } from '../authorise.ts';
import { notFound } from '../errors.ts';
import type { Handlers } from '../handlers.ts';
import { page } from '../schemas/paging.ts';
import { isoTime } from '../schemas/values.ts';
import { defaultsOf, limitsShape, quotaShape } from './limit-shapes.ts';
import { addUp, allBuckets } from './usage.ts';

export interface TenantsDeps {
  readonly directory: Pick<ManagedIdentityDirectory, 'change' | 'current' | 'keySealer'>;
  readonly store: Pick<Store, 'buckets' | 'quotas' | 'usage'>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

type Names =
  | 'listNamespaces'
  | 'createNamespace'
  | 'getNamespace'
  | 'deleteNamespace'
  | 'listAccounts'
  | 'createAccount'
  | 'getAccount'
  | 'deleteAccount';

export function tenantsResource({ directory, store, now }: TenantsDeps): Pick<Handlers, Names> {
  const accounts = { directory, holdings: accountHoldings(store.quotas), now };
  const namespaces = { directory, holdings: namespaceHoldings(store.quotas), now };

  return {
    async listNamespaces(fields, ask) {
      authorise(ask, 'kist:ListNamespaces', arns.server, 'asker');
      const own = ask.signer.account.namespace;
      const all = await listNamespaces(namespaces);
      const shown = isRoot(ask) ? all : all.filter(({ name }) => name === own);
      const { items, ...rest } = page(shown, ({ name }) => name, fields);
      return { items: items.map(namespaceShape), ...rest };
    },
    async createNamespace(fields, ask) {
      authorise(ask, 'kist:CreateNamespace', arns.namespace(fields.name), 'server');
      const { defaults } = fields;
      const given = { ...fields, defaults: defaults && defaultsOf(defaults) };
      const { namespace, accountId, ...accessKey } = await createNamespace(namespaces, given);
      return { ...namespaceShape(namespace), accountId, accessKey };
    },
    async getNamespace({ namespace: name }, ask) {
      authorise(ask, 'kist:GetNamespace', arns.namespace(name), { namespace: name });
      const namespace = await getNamespace(namespaces, name);
      const { rootAccountId, defaults } = namespace;
      return {
        ...namespaceShape(namespace),
        ...(rootAccountId !== undefined && { accountId: rootAccountId }),
        ...(await addUp(allBuckets(store.buckets, { namespace: name }), store.usage)),
        ...(defaults !== undefined && { defaults }),
        ...quotaShape(await store.quotas.get({ namespace: name })),
        ...limitsShape(namespace),
      };
    },
    async deleteNamespace({ namespace }, ask) {
      authorise(ask, 'kist:DeleteNamespace', arns.namespace(namespace), 'server');
      await deleteNamespace(namespaces, namespace);
      return undefined;
    },
    async listAccounts({ namespace, ...fields }, ask) {
      authorise(ask, 'kist:ListAccounts', arns.server, 'asker');
      const snapshot = await directory.current();
      const { signer } = ask;
      const accounts = [...snapshot.accounts.values()].filter(
        (account) =>
          (isRoot(ask) || account.accountId === signer.account.accountId) &&
          (namespace === undefined || account.namespace === namespace),
      );
      const { items, ...rest } = page(accounts, ({ accountId }) => accountId, fields);
      return { items: items.map((account) => accountShape(account, snapshot)), ...rest };
    },
    async createAccount(fields, ask) {
      authorise(ask, 'kist:CreateAccount', arns.namespace(fields.namespace), 'server');
      const { accountId, ...accessKey } = await createAccount(accounts, fields);
      const snapshot = await directory.current();
      return { ...accountShape(snapshot.accounts.get(accountId)!, snapshot), accessKey };
    },
    async getAccount({ account: accountId }, ask) {
      authorise(ask, 'kist:GetAccount', arns.account(accountId), { accountId });
      const snapshot = await directory.current();
      const account = snapshot.accounts.get(accountId);
      if (account === undefined) throw notFound('account', accountId);
      const { providers: _, ...belongings } = belongingsOf(snapshot, accountId);
      const quota = await store.quotas.get({ account: accountId });
      return { ...accountShape(account, snapshot), ...belongings, ...quotaShape(quota) };
    },
    async deleteAccount({ account: accountId }, ask) {
      authorise(ask, 'kist:DeleteAccount', arns.account(accountId), 'server');
      await deleteAccount(accounts, accountId);
      return undefined;
    },
  };
}

function namespaceShape({ name, displayName, suspended, createdAt, accounts }: Namespace) {
  return {
    name,
    ...(displayName !== undefined && { displayName }),
    suspended,
    ...(createdAt !== undefined && { createdAt: isoTime(createdAt) }),
    accounts,
  };
}

const accountShape = (account: Account, snapshot: Snapshot) => ({
  accountId: account.accountId,
  number: account.number,
  namespace: account.namespace,
  displayName: account.displayName,
  ...(account.email !== undefined && { email: account.email }),
  root: account.root,
  configured: isConfigured(snapshot, account),
});
