/**
 * Accounts that are made and deleted while the server runs: what to write for each. The one that a namespace begins
 * with comes and goes with it (namespaces.ts).
 */
import { randomBytes } from 'node:crypto';
import type { MetaOp } from '../store/meta/port.ts';
import { encodeRecord } from '../store/record-codec.ts';
import { sealSecret } from './access-key-secrets.ts';
import type { Change, ManagedIdentityDirectory } from './directory.ts';
import type { Account } from './identity.ts';
import { accountNumber, newId, newSecret } from './names.ts';
import { type AccessKeyRecord, type AccountRecord, accessKeyKey, accountKey } from './records.ts';
import type { Sealer } from './secrets.ts';
import type { Snapshot } from './snapshot.ts';

/** All of them are in memory, in every process. */
export const maxAccounts = 100_000;

/** What is asked for contradicts what is there. */
export class TenantError extends Error {
  override readonly name = 'TenantError';
  readonly kind: 'taken' | 'absent' | 'in use' | 'too many';
  constructor(kind: TenantError['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

export interface NewAccount {
  readonly namespace: string;
  readonly displayName: string;
  readonly email?: string | undefined;
  /** Made at random if absent. */
  readonly accountId?: string | undefined;
}

export interface MadeAccount {
  readonly accountId: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const accountIdBytes = 32;

function planAccount(
  snapshot: Snapshot,
  made: NewAccount,
  now: number,
  sealer: Sealer,
): Change<MadeAccount> {
  if (!snapshot.namespaces.has(made.namespace)) {
    throw new TenantError('absent', `There is no namespace ${made.namespace}.`);
  }
  return accountWithKey(snapshot, made, now, sealer);
}

/** Whether or not its namespace is there already. @throws TenantError */
export function accountWithKey(
  snapshot: Snapshot,
  { namespace, displayName, email, accountId = newAccountId(snapshot) }: NewAccount,
  now: number,
  sealer: Sealer,
): Change<MadeAccount> {
  const { accounts, byEmail, byNumber } = snapshot;
  if (accounts.has(accountId)) {
    throw new TenantError('taken', `There is an account ${accountId} already.`);
  }
  if (byNumber.has(accountNumber(accountId))) {
    throw new TenantError('taken', `Account ${accountId} would have another one's number in ARNs.`);
  }
  if (email !== undefined && byEmail.has(email.toLowerCase())) {
    throw new TenantError('taken', `${email} is another account's address.`);
  }
  if (accounts.size >= maxAccounts) {
    throw new TenantError('too many', `A server has at most ${maxAccounts} accounts.`);
  }
  const account: AccountRecord = {
    accountId,
    namespace,
    displayName,
    ...(email !== undefined && { email }),
    root: false,
  };
  const accessKeyId = newId('key');
  const secretAccessKey = newSecret();
  const key: AccessKeyRecord = {
    accessKeyId,
    accountId,
    sealed: sealSecret(accessKeyId, secretAccessKey, sealer),
    configured: false,
    createdAt: now,
  };
  return {
    ops: [
      { op: 'put', at: accountKey(account), value: encodeRecord(account) },
      { op: 'put', at: accessKeyKey(accessKeyId), value: encodeRecord(key) },
    ],
    result: { accountId, accessKeyId, secretAccessKey },
  };
}

/** Its number in ARNs is nobody else's. */
function newAccountId({ byNumber }: Snapshot): string {
  for (;;) {
    const accountId = randomBytes(accountIdBytes).toString('hex');
    if (!byNumber.has(accountNumber(accountId))) return accountId;
  }
}

/** Of an account, beside its own keys. */
export interface Belongings {
  readonly users: number;
  readonly groups: number;
  readonly roles: number;
  readonly policies: number;
  readonly providers: number;
  readonly accessKeys: number;
}

export function belongingsOf(snapshot: Snapshot, accountId: string): Belongings {
  const count = (records: Iterable<{ readonly accountId: string }>): number => {
    let found = 0;
    for (const record of records) if (record.accountId === accountId) found++;
    return found;
  };
  const { user, group, role, policy, provider } = snapshot.records;
  return {
    users: count(user.values()),
    groups: count(group.values()),
    roles: count(role.values()),
    policies: count(policy.values()),
    providers: count(provider.values()),
    accessKeys: ownKeys(snapshot, accountId).length,
  };
}

const ownKeys = ({ keys }: Snapshot, accountId: string): readonly AccessKeyRecord[] =>
  [...keys.values()].filter((key) => key.accountId === accountId && key.user === undefined);

/** Whether a key of it is given by settings, which would make it again. */
export const isConfigured = (
  snapshot: Snapshot,
  { accountId }: Pick<Account, 'accountId'>,
): boolean => ownKeys(snapshot, accountId).some(({ configured }) => configured);

/** Whether a tenant (an account by its id, a namespace by its name) has buckets, and whether it may get some. */
export interface TenantHoldings {
  /** From now on it gets none; false, and nothing changed, if there are any. */
  close(tenant: string): Promise<boolean>;
  open(tenant: string): Promise<void>;
  /** What a tenant that is gone was held to holds for no other of its name. */
  forget(tenant: string): Promise<void>;
}

/** Removes a tenant that has no buckets: it gets none meanwhile. False, and nothing changed, if it has some. */
export async function removeEmpty(
  holdings: TenantHoldings,
  tenant: string,
  remove: () => Promise<void>,
): Promise<boolean> {
  if (!(await holdings.close(tenant))) return false;
  try {
    await remove();
  } catch (error) {
    await holdings.open(tenant);
    throw error;
  }
  await holdings.forget(tenant);
  return true;
}

/** With a key of its own, in a namespace that is there. @throws TenantError */
export async function createAccount(
  { directory, holdings, now }: CreatingDeps,
  wanted: NewAccount,
): Promise<MadeAccount> {
  const made = await directory.change((snapshot) =>
    planAccount(snapshot, wanted, now(), directory.keySealer),
  );
  // One of this name may have been there and be gone.
  await holdings.forget(made.accountId);
  await holdings.open(made.accountId);
  return made;
}

interface CreatingDeps {
  readonly directory: Pick<ManagedIdentityDirectory, 'change' | 'keySealer'>;
  readonly holdings: Pick<TenantHoldings, 'forget' | 'open'>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** With its own keys, if nothing else is left of it. @throws TenantError */
export async function deleteAccount(
  { directory, holdings }: AccountDeps,
  accountId: string,
): Promise<void> {
  planAccountRemoval(await directory.current(), accountId);
  const isGone = await removeEmpty(holdings, accountId, () =>
    directory.change((before) => planAccountRemoval(before, accountId)),
  );
  if (isGone) return;
  throw new TenantError('in use', `Account ${accountId} has buckets: delete them first.`);
}

interface AccountDeps {
  readonly directory: Pick<ManagedIdentityDirectory, 'change' | 'current'>;
  readonly holdings: TenantHoldings;
}

function planAccountRemoval(snapshot: Snapshot, accountId: string): Change<undefined> {
  const account = snapshot.accounts.get(accountId);
  if (account === undefined) throw new TenantError('absent', `There is no account ${accountId}.`);
  if (account.root || isConfigured(snapshot, account)) {
    throw new TenantError('in use', `Account ${accountId} is given by the server's settings.`);
  }
  if (snapshot.records.namespace.get(account.namespace)?.rootAccountId === accountId) {
    const message = `Account ${accountId} is the one of namespace ${account.namespace}, and goes with it.`;
    throw new TenantError('in use', message);
  }
  const left = whatIsLeftOf(snapshot, accountId);
  if (left !== undefined) {
    throw new TenantError('in use', `Account ${accountId} has ${left}: delete them first.`);
  }
  return { ops: removalOfAccount(snapshot, account), result: undefined };
}

/** Beside its own keys, in words: `users`. Undefined if there is nothing. */
export function whatIsLeftOf(snapshot: Snapshot, accountId: string): string | undefined {
  const { accessKeys: _, providers, ...others } = belongingsOf(snapshot, accountId);
  const all = { ...others, 'identity providers': providers };
  return Object.entries(all).find(([, count]) => count > 0)?.[0];
}

/** Of an account of which nothing else is left: itself and its own keys. */
export const removalOfAccount = (
  snapshot: Snapshot,
  account: Pick<Account, 'accountId' | 'namespace'>,
): readonly MetaOp[] => [
  { op: 'delete', at: accountKey(account) },
  ...ownKeys(snapshot, account.accountId).map(
    ({ accessKeyId }) => ({ op: 'delete', at: accessKeyKey(accessKeyId) }) as const,
  ),
];
