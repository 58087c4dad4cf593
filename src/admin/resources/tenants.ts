/** `/api/namespaces` and `/api/accounts`: tenants, and who owns what in them. */
import type { ManagedIdentityDirectory } from '../../identity/directory.ts';
import type { Account } from '../../identity/identity.ts';
import type { Snapshot } from '../../identity/snapshot.ts';
import {
  belongingsOf,
  isConfigured,
  planAccount,
  planAccountRemoval,
  planNamespace,
  planNamespaceRemoval,
  TenantError,
} from '../../identity/tenants.ts';
import type { Store } from '../../store/store.ts';
import { arns, authorise, isRoot } from '../authorise.ts';
import type { AnswerOf } from '../contract.ts';
import { AdminError, notFound } from '../errors.ts';
import type { Handlers } from '../handlers.ts';
import { page } from '../schemas/paging.ts';
import { isoTime } from '../schemas/values.ts';
import { addUp, allBuckets } from './usage.ts';

export interface TenantsDeps {
  readonly directory: Pick<ManagedIdentityDirectory, 'change' | 'current' | 'keySealer'>;
  readonly store: Pick<Store, 'buckets' | 'usage'>;
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
  const change: typeof directory.change = (plan) => directory.change(plan).catch(told);

  async function refuseBuckets(namespace: string, owner?: string): Promise<void> {
    const { buckets } = await store.buckets.list({ namespace, owner, limit: 1 });
    if (buckets.length === 0) return;
    throw new AdminError('Conflict', `Bucket ${buckets[0]!.name} is still there.`);
  }

  return {
    async listNamespaces(fields, ask) {
      authorise(ask, 'kist:ListNamespaces', arns.server, 'asker');
      const snapshot = await directory.current();
      const own = ask.signer.account.namespace;
      const names = isRoot(ask) ? snapshot.namespaces : [own];
      const counts = accountsIn(snapshot);
      const { items, ...rest } = page(names, (name) => name, fields);
      return { items: items.map((name) => namespaceShape(name, snapshot, counts)), ...rest };
    },
    async createNamespace({ name, displayName }, ask) {
      authorise(ask, 'kist:CreateNamespace', arns.namespace(name), 'server');
      await change((snapshot) => planNamespace(snapshot, { name, displayName }, now()));
      return namespaceShape(name, await directory.current());
    },
    async getNamespace({ namespace }, ask) {
      authorise(ask, 'kist:GetNamespace', arns.namespace(namespace), { namespace });
      const snapshot = await directory.current();
      if (!snapshot.namespaces.has(namespace)) throw notFound('namespace', namespace);
      return {
        ...namespaceShape(namespace, snapshot),
        ...(await addUp(allBuckets(store.buckets, { namespace }), store.usage)),
      };
    },
    async deleteNamespace({ namespace }, ask) {
      authorise(ask, 'kist:DeleteNamespace', arns.namespace(namespace), 'server');
      await refuseBuckets(namespace);
      await change((snapshot) => planNamespaceRemoval(snapshot, namespace));
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
      const made = await change((snapshot) =>
        planAccount(snapshot, fields, now(), directory.keySealer),
      );
      const { accountId, ...accessKey } = made;
      const snapshot = await directory.current();
      return { ...accountShape(snapshot.accounts.get(accountId)!, snapshot), accessKey };
    },
    async getAccount({ account: accountId }, ask) {
      authorise(ask, 'kist:GetAccount', arns.account(accountId), { accountId });
      const snapshot = await directory.current();
      const account = snapshot.accounts.get(accountId);
      if (account === undefined) throw notFound('account', accountId);
      const { providers: _, ...belongings } = belongingsOf(snapshot, accountId);
      return { ...accountShape(account, snapshot), ...belongings };
    },
    async deleteAccount({ account: accountId }, ask) {
      authorise(ask, 'kist:DeleteAccount', arns.account(accountId), 'server');
      const snapshot = await directory.current();
      for (const namespace of snapshot.namespaces) await refuseBuckets(namespace, accountId);
      await change((before) => planAccountRemoval(before, accountId));
      return undefined;
    },
  };
}

const codes = {
  taken: 'Conflict',
  absent: 'NotFound',
  'in use': 'Conflict',
  'too many': 'Conflict',
} as const satisfies Record<TenantError['kind'], string>;

function told(error: unknown): never {
  if (!(error instanceof TenantError)) throw error;
  throw new AdminError(codes[error.kind], error.message, { cause: error });
}

function accountsIn({ accounts }: Snapshot): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { namespace } of accounts.values()) {
    counts.set(namespace, (counts.get(namespace) ?? 0) + 1);
  }
  return counts;
}

function namespaceShape(
  name: string,
  snapshot: Snapshot,
  counts: ReadonlyMap<string, number> = accountsIn(snapshot),
): AnswerOf<'createNamespace'> {
  const record = snapshot.records.namespace.get(name);
  return {
    name,
    ...(record?.displayName !== undefined && { displayName: record.displayName }),
    suspended: record?.suspended === true,
    ...(record !== undefined && { createdAt: isoTime(record.createdAt) }),
    accounts: counts.get(name) ?? 0,
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
