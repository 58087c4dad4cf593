/**
 * Namespaces, the server's tenants: each has an account that it is made with, and what requests in it and new buckets
 * begin with. The administrator of the server is above them.
 *
 * A namespace that settings alone have made, by listing accounts in it, has a record from the first change on.
 */
import { checkAddressRule } from '../limits/addresses.ts';
import { type AddressRule, checkRateLimit, type RateLimit } from '../limits/shapes.ts';
import type { MetaOp } from '../store/meta/port.ts';
import { encodeRecord } from '../store/record-codec.ts';
import type { ManagedIdentityDirectory } from './directory.ts';
import { defaultNamespace } from './identity.ts';
import { namespacePattern } from './names.ts';
import { identityKey, type NamespaceDefaults, type NamespaceRecord } from './records.ts';
import type { Snapshot } from './snapshot.ts';
import {
  accountWithKey,
  isConfigured,
  type MadeAccount,
  removalOfAccount,
  removeEmpty,
  type TenantHoldings,
  whatIsLeftOf,
} from './tenants.ts';

/** What lies in a namespace, and whether buckets may come. */
export interface NamespaceHoldings extends TenantHoldings {
  used(namespace: string): Promise<NamespaceUsage>;
}

export interface NamespaceUsage {
  readonly buckets: number;
  /** As quotas count: versions, delete markers and unfinished uploads. */
  readonly objects: number;
  readonly bytes: number;
}

export interface NamespaceDeps {
  readonly directory: Pick<ManagedIdentityDirectory, 'change' | 'current' | 'keySealer'>;
  readonly holdings: NamespaceHoldings;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface Namespace extends Omit<NamespaceRecord, 'suspended' | 'createdAt'> {
  readonly suspended: boolean;
  /** Milliseconds since the epoch; undefined where settings alone have made it. */
  readonly createdAt: number | undefined;
  /** How many accounts there are in it. */
  readonly accounts: number;
}

export interface NewNamespace {
  readonly name: string;
  readonly displayName?: string | undefined;
  readonly account?:
    | { readonly displayName?: string | undefined; readonly email?: string | undefined }
    | undefined;
  readonly defaults?: NamespaceDefaults | undefined;
}

/** The account that a namespace was made with. Its secret is told this once. */
export interface CreatedNamespace extends MadeAccount {
  readonly namespace: Namespace;
}

export type NamespaceErrorCode =
  | 'InvalidNamespace'
  | 'NamespaceAlreadyExists'
  | 'NamespaceNotEmpty'
  | 'NoSuchNamespace'
  | 'TooManyNamespaces';

export class NamespaceError extends Error {
  override readonly name = 'NamespaceError';
  readonly code: NamespaceErrorCode;

  constructor(code: NamespaceErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

const maxDisplayNameChars = 256;
/** All of them are in memory, in every process. */
export const maxNamespaces = 10_000;

/** @throws NamespaceError InvalidNamespace, NamespaceAlreadyExists, TooManyNamespaces; TenantError of its account */
export async function createNamespace(
  { directory, holdings, now }: NamespaceDeps,
  { name, displayName, account = {}, defaults }: NewNamespace,
): Promise<CreatedNamespace> {
  if (!namespacePattern.test(name)) {
    throw invalid(
      `${JSON.stringify(name)} is no host label: lower-case letters, digits and inner hyphens, 63 at most`,
    );
  }
  const common = {
    ...(displayName !== undefined && { displayName: checkDisplayName(displayName) }),
    ...(defaults !== undefined && { defaults: checkDefaults(defaults) }),
  };
  assertFree(await directory.current(), name);
  const { email } = account;
  if (email !== undefined && !addressPattern.test(email)) {
    throw invalid(`${JSON.stringify(email)} is no e-mail address`);
  }
  const accountName = checkDisplayName(account.displayName ?? name);
  // One of this name may have been there and be gone.
  await holdings.forget(name);
  await holdings.open(name);
  return directory.change((before) => {
    assertFree(before, name);
    if (before.namespaces.size >= maxNamespaces) {
      const message = `A server has at most ${maxNamespaces} namespaces.`;
      throw new NamespaceError('TooManyNamespaces', message);
    }
    const wanted = { namespace: name, displayName: accountName, email };
    const { ops, result } = accountWithKey(before, wanted, now(), directory.keySealer);
    const { accountId } = result;
    const record: NamespaceRecord = { name, ...common, createdAt: now(), rootAccountId: accountId };
    const namespace = { ...record, suspended: false, accounts: 1 };
    return { ops: [putNamespace(record), ...ops], result: { namespace, ...result } };
  });
}

/** In order of name. */
export async function listNamespaces({
  directory,
}: Pick<NamespaceDeps, 'directory'>): Promise<readonly Namespace[]> {
  const snapshot = await directory.current();
  return [...snapshot.namespaces].sort().map((name) => namespaceIn(snapshot, name));
}

/** @throws NamespaceError NoSuchNamespace */
export async function getNamespace(
  { directory, holdings }: Omit<NamespaceDeps, 'now'>,
  name: string,
): Promise<Namespace & { readonly used: NamespaceUsage }> {
  const namespace = namespaceIn(await directory.current(), name);
  return { ...namespace, used: await holdings.used(name) };
}

type Changing = Pick<NamespaceDeps, 'directory' | 'now'>;

/** @throws NamespaceError NoSuchNamespace, InvalidNamespace */
export const renameNamespace = (deps: Changing, name: string, displayName: string): Promise<void> =>
  changeNamespace(deps, name, (record) => ({
    ...record,
    displayName: checkDisplayName(displayName),
  }));

/**
 * Its keys and sessions are refused, and so is everybody else who asks for something in it.
 * @throws NamespaceError NoSuchNamespace, InvalidNamespace for the default one
 */
export const suspendNamespace = (deps: Changing, name: string): Promise<void> =>
  changeNamespace(deps, name, (record) => {
    if (name === defaultNamespace) {
      throw invalid(`${name} can't be suspended: the server's administrator lives in it`);
    }
    return { ...record, suspended: true };
  });

/** @throws NamespaceError NoSuchNamespace */
export const resumeNamespace = (deps: Changing, name: string): Promise<void> =>
  changeNamespace(deps, name, ({ suspended: _, ...record }) => record);

/**
 * For buckets that are made from now on; undefined is what the server gives.
 * @throws NamespaceError NoSuchNamespace, InvalidNamespace
 */
export const setNamespaceDefaults = (
  deps: Changing,
  name: string,
  defaults: NamespaceDefaults | undefined,
): Promise<void> =>
  changeNamespace(deps, name, ({ defaults: _, ...record }) => ({
    ...record,
    ...(defaults && { defaults: checkDefaults(defaults) }),
  }));

/** What is not named stays as it is; undefined takes it away. */
export interface NamespaceLimits {
  readonly rate?: RateLimit | undefined;
  readonly addresses?: AddressRule | undefined;
}

/**
 * The quota of a namespace is the store's: `QuotaStore.set`.
 * @throws NamespaceError NoSuchNamespace; InvalidLimitError
 */
export const setNamespaceLimits = (
  deps: Changing,
  name: string,
  limits: NamespaceLimits,
): Promise<void> => {
  const rate = checkRateLimit(limits.rate);
  const addresses = checkAddressRule(limits.addresses);
  return changeNamespace(deps, name, ({ rate: oldRate, addresses: oldAddresses, ...record }) => {
    const newRate = 'rate' in limits ? rate : oldRate;
    const newAddresses = 'addresses' in limits ? addresses : oldAddresses;
    return {
      ...record,
      ...(newRate && { rate: newRate }),
      ...(newAddresses && { addresses: newAddresses }),
    };
  });
};

/**
 * Removes a namespace with the account that it was made with and that account's keys, if nothing else is left in it.
 * @throws NamespaceError NoSuchNamespace, NamespaceNotEmpty, InvalidNamespace for the default one
 */
export async function deleteNamespace(
  { directory, holdings }: Omit<NamespaceDeps, 'now'>,
  name: string,
): Promise<void> {
  removalOf(await directory.current(), name);
  const isGone = await removeEmpty(holdings, name, () =>
    directory.change((before) => ({ ops: removalOf(before, name), result: undefined })),
  );
  if (!isGone) throw notEmpty(name, 'buckets');
}

function removalOf(snapshot: Snapshot, name: string): readonly MetaOp[] {
  const { rootAccountId } = namespaceIn(snapshot, name);
  if (name === defaultNamespace) throw invalid(`${name} can't be deleted`);
  const others = accountsIn(snapshot, name).filter(({ accountId }) => accountId !== rootAccountId);
  if (others.length > 0) throw notEmpty(name, 'accounts');
  const gone: MetaOp = { op: 'delete', at: identityKey('namespace', '', name) };
  if (rootAccountId === undefined) return [gone];
  const left = whatIsLeftOf(snapshot, rootAccountId);
  if (left !== undefined) throw notEmpty(name, left);
  const account = { namespace: name, accountId: rootAccountId };
  if (isConfigured(snapshot, account)) throw notEmpty(name, 'an account that settings list');
  return [gone, ...removalOfAccount(snapshot, account)];
}

function changeNamespace(
  { directory, now }: Changing,
  name: string,
  change: (now: NamespaceRecord) => NamespaceRecord,
): Promise<void> {
  return directory.change((before) => {
    namespaceIn(before, name);
    const record = before.records.namespace.get(name) ?? { name, createdAt: now() };
    return { ops: [putNamespace(change(record))], result: undefined };
  });
}

function namespaceIn(snapshot: Snapshot, name: string): Namespace {
  if (!snapshot.namespaces.has(name)) {
    throw new NamespaceError('NoSuchNamespace', `There is no namespace ${name}.`);
  }
  const record = snapshot.records.namespace.get(name);
  const { suspended = false, createdAt } = record ?? {};
  return { ...record, name, suspended, createdAt, accounts: accountsIn(snapshot, name).length };
}

const accountsIn = ({ accounts }: Snapshot, name: string) =>
  [...accounts.values()].filter(({ namespace }) => namespace === name);

const putNamespace = (record: NamespaceRecord): MetaOp => ({
  op: 'put',
  at: identityKey('namespace', '', record.name),
  value: encodeRecord(record),
});

function assertFree({ namespaces }: Snapshot, name: string): void {
  if (!namespaces.has(name)) return;
  throw new NamespaceError('NamespaceAlreadyExists', `There is a namespace ${name} already.`);
}

const addressPattern = /^[^\s@]{1,64}@[^\s@]{1,189}$/;

function checkDisplayName(name: string): string {
  const isFit = name !== '' && name.length <= maxDisplayNameChars && !/\p{Cc}/u.test(name);
  if (isFit) return name;
  throw invalid(`a display name has 1 to ${maxDisplayNameChars} characters, none of them control`);
}

const ownerships: readonly unknown[] = [
  'BucketOwnerEnforced',
  'BucketOwnerPreferred',
  'ObjectWriter',
];

/** Without anything else that was given. */
function checkDefaults(defaults: NamespaceDefaults): NamespaceDefaults {
  const { encryption, publicAccessBlock, objectOwnership } = defaults;
  if (objectOwnership !== undefined && !ownerships.includes(objectOwnership)) {
    throw invalid(`objectOwnership must be one of ${ownerships.join(', ')}`);
  }
  if (publicAccessBlock !== undefined && typeof publicAccessBlock !== 'boolean') {
    throw invalid('publicAccessBlock must be true or false');
  }
  return {
    ...(encryption && { encryption: checkEncryption(encryption) }),
    ...(publicAccessBlock !== undefined && { publicAccessBlock }),
    ...(objectOwnership && { objectOwnership }),
  };
}

type DefaultEncryption = NonNullable<NamespaceDefaults['encryption']>;

function checkEncryption({ algorithm, keyId }: DefaultEncryption): DefaultEncryption {
  if (algorithm === 'AES256' && keyId === undefined) return { algorithm };
  if (algorithm === 'aws:kms') return { algorithm, ...(keyId !== undefined && { keyId }) };
  throw invalid('encryption is AES256, or aws:kms with the id of a key or without');
}

const invalid = (message: string): NamespaceError =>
  new NamespaceError('InvalidNamespace', message);

const notEmpty = (name: string, what: string): NamespaceError =>
  new NamespaceError('NamespaceNotEmpty', `There are still ${what} in namespace ${name}.`);
