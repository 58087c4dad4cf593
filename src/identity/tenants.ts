/** Namespaces and accounts that are made and deleted while the server runs: what to write for each. */
import { randomBytes } from 'node:crypto';
import { encodeRecord } from '../store/record-codec.ts';
import { sealSecret } from './access-key-secrets.ts';
import type { Change } from './directory.ts';
import type { Account } from './identity.ts';
import { defaultNamespace } from './identity.ts';
import { accountNumber, newId, newSecret } from './names.ts';
import {
  type AccessKeyRecord,
  type AccountRecord,
  accessKeyKey,
  accountKey,
  identityKey,
  type NamespaceRecord,
} from './records.ts';
import type { Sealer } from './secrets.ts';
import type { Snapshot } from './snapshot.ts';

/** All of them are in memory, in every process. */
export const maxNamespaces = 10_000;
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

/** @throws TenantError */
export function planNamespace(
  { records, namespaces }: Snapshot,
  { name, displayName }: { readonly name: string; readonly displayName?: string | undefined },
  now: number,
): Change<NamespaceRecord> {
  if (namespaces.has(name)) throw new TenantError('taken', `There is a namespace ${name} already.`);
  if (records.namespace.size >= maxNamespaces) {
    throw new TenantError('too many', `A server has at most ${maxNamespaces} namespaces.`);
  }
  const record: NamespaceRecord = {
    name,
    createdAt: now,
    ...(displayName !== undefined && { displayName }),
  };
  const at = identityKey('namespace', '', name);
  return { ops: [{ op: 'put', at, value: encodeRecord(record) }], result: record };
}

/**
 * That no bucket is in it is for the caller to know.
 * @throws TenantError
 */
export function planNamespaceRemoval(snapshot: Snapshot, name: string): Change<undefined> {
  if (!snapshot.namespaces.has(name)) {
    throw new TenantError('absent', `There is no namespace ${name}.`);
  }
  if (name === defaultNamespace) {
    throw new TenantError('in use', `The namespace ${defaultNamespace} is always there.`);
  }
  for (const { namespace, accountId } of snapshot.accounts.values()) {
    if (namespace !== name) continue;
    throw new TenantError('in use', `Account ${accountId} is in namespace ${name}.`);
  }
  return {
    ops: [{ op: 'delete', at: identityKey('namespace', '', name) }],
    result: undefined,
  };
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

/** With a key of its own. @throws TenantError */
export function planAccount(
  { accounts, byEmail, byNumber, namespaces }: Snapshot,
  { namespace, displayName, email, accountId = newAccountId() }: NewAccount,
  now: number,
  sealer: Sealer,
): Change<MadeAccount> {
  if (!namespaces.has(namespace)) {
    throw new TenantError('absent', `There is no namespace ${namespace}.`);
  }
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

const newAccountId = (): string => randomBytes(accountIdBytes).toString('hex');

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
export const isConfigured = (snapshot: Snapshot, { accountId }: Account): boolean =>
  ownKeys(snapshot, accountId).some(({ configured }) => configured);

/**
 * With its own keys. That it owns no bucket is for the caller to know.
 * @throws TenantError
 */
export function planAccountRemoval(snapshot: Snapshot, accountId: string): Change<undefined> {
  const account = snapshot.accounts.get(accountId);
  if (account === undefined) throw new TenantError('absent', `There is no account ${accountId}.`);
  if (account.root || isConfigured(snapshot, account)) {
    throw new TenantError('in use', `Account ${accountId} is given by the server's settings.`);
  }
  const { accessKeys: _, ...others } = belongingsOf(snapshot, accountId);
  const [left] = Object.entries(others).filter(([, count]) => count > 0);
  if (left !== undefined) {
    throw new TenantError('in use', `Account ${accountId} has ${left[0]}: delete them first.`);
  }
  return {
    ops: [
      { op: 'delete', at: accountKey(account) },
      ...ownKeys(snapshot, accountId).map(
        ({ accessKeyId }) => ({ op: 'delete', at: accessKeyKey(accessKeyId) }) as const,
      ),
    ],
    result: undefined,
  };
}
