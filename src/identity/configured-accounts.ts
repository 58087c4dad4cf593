/** Accounts as configuration lists them → what to write so that the stored ones are so. */
import type { MetaOp } from '../store/meta/port.ts';
import { encodeRecord } from '../store/record-codec.ts';
import { openSecret, sealSecret } from './access-key-secrets.ts';
import type { Account } from './identity.ts';
import { accountNumber, namespacePattern } from './names.ts';
import { type AccessKeyRecord, type AccountRecord, accessKeyKey, accountKey } from './records.ts';
import type { Sealer } from './secrets.ts';
import type { Snapshot } from './snapshot.ts';

/** An account and one of its access keys, as configuration gives them. */
export interface AccountSettings {
  readonly namespace: string;
  readonly accountId: string;
  readonly displayName: string;
  readonly email?: string | undefined;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly root?: boolean | undefined;
}

/** The settings contradict themselves, or what is stored already. */
export class InvalidAccountError extends Error {
  override readonly name = 'InvalidAccountError';
}

/** Empty if the stored accounts are as listed already. */
export function planAccounts(
  before: Snapshot,
  list: readonly AccountSettings[],
  sealer: Sealer,
): MetaOp[] {
  const accounts = new Map<string, AccountRecord>();
  const keys = new Map<string, AccountSettings>();
  for (const settings of list) {
    checkForm(settings);
    const account = accountRecordOf(settings);
    const listed = accounts.get(account.accountId);
    if (listed !== undefined && !sameAccount(listed, account)) {
      throw new InvalidAccountError(`account ${account.accountId} is listed twice, differently`);
    }
    if (keys.has(settings.accessKeyId)) {
      throw new InvalidAccountError(`access key ${settings.accessKeyId} is listed twice`);
    }
    const stored = before.accounts.get(account.accountId);
    if (stored !== undefined && stored.namespace !== account.namespace) {
      throw new InvalidAccountError(
        `account ${account.accountId} lives in namespace ${stored.namespace} and cannot move to ${account.namespace}`,
      );
    }
    const owner = before.keys.get(settings.accessKeyId);
    if (
      owner !== undefined &&
      (owner.accountId !== account.accountId || owner.user !== undefined)
    ) {
      throw new InvalidAccountError(
        `access key ${settings.accessKeyId} belongs to ${owner.user === undefined ? `account ${owner.accountId}` : `a user of account ${owner.accountId}`}`,
      );
    }
    accounts.set(account.accountId, account);
    keys.set(settings.accessKeyId, settings);
  }
  checkAddresses(before, accounts);
  checkNumbers(before, accounts);
  return changes(before, accounts, keys, sealer);
}

function changes(
  before: Snapshot,
  accounts: ReadonlyMap<string, AccountRecord>,
  keys: ReadonlyMap<string, AccountSettings>,
  sealer: Sealer,
): MetaOp[] {
  const ops: MetaOp[] = [];
  for (const account of accounts.values()) {
    const stored = before.accounts.get(account.accountId);
    if (stored !== undefined && sameAccount(stored, account)) continue;
    ops.push({ op: 'put', at: accountKey(account), value: encodeRecord(account) });
  }
  for (const { accessKeyId, secretAccessKey, accountId } of keys.values()) {
    const stored = before.keys.get(accessKeyId);
    const isStored =
      stored?.configured === true &&
      stored.sealed !== undefined &&
      openSecret(stored, sealer) === secretAccessKey;
    if (isStored) continue;
    const sealed = sealSecret(accessKeyId, secretAccessKey, sealer);
    const rate = stored?.accountId === accountId ? stored.rate : undefined;
    const record: AccessKeyRecord = {
      accessKeyId,
      accountId,
      sealed,
      configured: true,
      ...(rate && { rate }),
    };
    ops.push({ op: 'put', at: accessKeyKey(accessKeyId), value: encodeRecord(record) });
  }
  for (const stored of before.keys.values()) {
    if (!stored.configured || !accounts.has(stored.accountId) || keys.has(stored.accessKeyId)) {
      continue;
    }
    ops.push({ op: 'delete', at: accessKeyKey(stored.accessKeyId) });
  }
  return ops;
}

function accountRecordOf(settings: AccountSettings): AccountRecord {
  const { accountId, namespace, displayName, email, root = false } = settings;
  return { accountId, namespace, displayName, ...(email && { email }), root };
}

function sameAccount(one: AccountRecord | Account, other: AccountRecord | Account): boolean {
  return (
    one.namespace === other.namespace &&
    one.displayName === other.displayName &&
    one.email === other.email &&
    one.root === other.root
  );
}

/** Those that are listed, and those that are stored and not. */
function* allAccounts(
  before: Snapshot,
  listed: ReadonlyMap<string, AccountRecord>,
): Generator<AccountRecord | Account> {
  for (const account of before.accounts.values()) {
    if (!listed.has(account.accountId)) yield account;
  }
  yield* listed.values();
}

function checkAddresses(before: Snapshot, listed: ReadonlyMap<string, AccountRecord>): void {
  const owners = new Map<string, string>();
  for (const { accountId, email } of allAccounts(before, listed)) {
    if (email === undefined) continue;
    const address = email.toLowerCase();
    const owner = owners.get(address);
    if (owner !== undefined) {
      throw new InvalidAccountError(`${email} is the address of both ${owner} and ${accountId}`);
    }
    owners.set(address, accountId);
  }
}

/** Policies would mean one where they name the other. */
function checkNumbers(before: Snapshot, listed: ReadonlyMap<string, AccountRecord>): void {
  const owners = new Map<string, string>();
  for (const { accountId } of allAccounts(before, listed)) {
    const number = accountNumber(accountId);
    const owner = owners.get(number);
    if (owner !== undefined) {
      throw new InvalidAccountError(
        `accounts ${owner} and ${accountId} would both be ${number} in ARNs: give one of them another id`,
      );
    }
    owners.set(number, accountId);
  }
}

const accountIdPattern = /^[\x21-\x7e]{1,256}$/;
/** Both signature versions cut at these: `AWS id:signature`, `Credential=id/date/…, …`. */
const accessKeyIdPattern = /^[!-+\-.0-9;-~]{1,128}$/;
const maxSecretChars = 256;

function checkForm(settings: AccountSettings): void {
  const { namespace, accountId, accessKeyId, secretAccessKey } = settings;
  if (!accountIdPattern.test(accountId)) {
    throw new InvalidAccountError(
      `account id ${JSON.stringify(accountId)} must be 1 to 256 printable ASCII characters`,
    );
  }
  if (!namespacePattern.test(namespace)) {
    throw new InvalidAccountError(
      `namespace ${JSON.stringify(namespace)} of account ${accountId} must be a host label: lower-case letters, digits and hyphens, at most 63`,
    );
  }
  if (!accessKeyIdPattern.test(accessKeyId)) {
    throw new InvalidAccountError(
      `access key id ${JSON.stringify(accessKeyId)} of account ${accountId} must be 1 to 128 printable ASCII characters without space, colon, slash or comma`,
    );
  }
  if (secretAccessKey.length === 0 || secretAccessKey.length > maxSecretChars) {
    throw new InvalidAccountError(
      `the secret of access key ${accessKeyId} must have 1 to ${maxSecretChars} characters`,
    );
  }
}
