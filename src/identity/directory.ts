/**
 * The identity directory over the metadata store: accounts and access keys, all in memory, read again
 * when any process of the server changed them.
 *
 * Every change also replaces one generation record, guarded by the sequence number it was read at: two
 * changes never pass each other, so what must be unique (account ids, access key ids, e-mail addresses)
 * is checked against everything there is. A lookup that finds nothing asks for the generation at once,
 * one that finds something asks at most every `refreshAfterMs`, so a key that was taken away elsewhere
 * stops working within that time.
 */

import {
  type MetaKey,
  type MetaOp,
  type MetaRecord,
  type MetaStore,
  type MetaTable,
  maxScanLimit,
  type Page,
} from '../store/meta/port.ts';
import { decodeRecord, encodeRecord } from '../store/record-codec.ts';
import {
  type AccessKey,
  type Account,
  defaultNamespace,
  type IdentityDirectory,
} from './identity.ts';

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

export interface ManagedIdentityDirectory extends IdentityDirectory {
  /**
   * Creates what is missing and brings the rest up to date. What is listed wins: names, addresses and
   * secrets are replaced, and a listed account loses the keys that an earlier list gave it. Accounts
   * that are not listed stay as they are. An account with several keys is listed once a key.
   * @throws InvalidAccountError
   */
  ensureAccounts(list: readonly AccountSettings[]): Promise<void>;
}

export interface IdentityDirectoryOptions {
  readonly meta: MetaStore;
  /** Milliseconds, never going back. */
  readonly monotonicNow: () => number;
  /** How long a change in another process may go unseen by lookups that find something. */
  readonly refreshAfterMs?: number;
}

/** The settings contradict themselves, or what is stored already. */
export class InvalidAccountError extends Error {
  override readonly name = 'InvalidAccountError';
}

interface AccountRecord {
  readonly accountId: string;
  readonly namespace: string;
  readonly displayName: string;
  readonly email?: string;
  readonly root: boolean;
}

interface AccessKeyRecord extends AccessKey {
  /** Given by settings, which take it away again when they give another. */
  readonly configured: boolean;
}

interface Snapshot {
  /** Sequence number of the generation record; undefined before the first account. */
  readonly generation: number | undefined;
  readonly accounts: ReadonlyMap<string, Account>;
  readonly keys: ReadonlyMap<string, AccessKeyRecord>;
  readonly byEmail: ReadonlyMap<string, Account>;
  readonly namespaces: ReadonlySet<string>;
}

/** Most conflicts with other processes before a change is given up. */
const maxChangeAttempts = 100;
const maxLoadAttempts = 100;
const defaultRefreshAfterMs = 1000;

const noPart = Buffer.alloc(0);
const generationKey: MetaKey = { table: 'system', part: noPart, key: Buffer.from('identity') };

export async function createIdentityDirectory({
  meta,
  monotonicNow,
  refreshAfterMs = defaultRefreshAfterMs,
}: IdentityDirectoryOptions): Promise<ManagedIdentityDirectory> {
  let snapshot = await run(load(meta));
  let checkedAt = monotonicNow();
  let refreshing: Promise<void> | undefined;
  let failure: { readonly error: unknown } | undefined;

  function* reloadIfChanged(): Steps<void> {
    const record = (yield meta.get(generationKey)) as MetaRecord | undefined;
    if (record?.seq !== snapshot.generation) snapshot = yield* load(meta);
  }

  /** At once where the store answers at once; otherwise lookups go on with what is known. */
  function refresh(): void {
    if (failure !== undefined) {
      const { error } = failure;
      failure = undefined;
      throw error;
    }
    if (refreshing !== undefined) return;
    checkedAt = monotonicNow();
    const done = run(reloadIfChanged());
    if (!(done instanceof Promise)) return;
    refreshing = done
      .catch((error: unknown) => {
        failure = { error };
      })
      .finally(() => {
        refreshing = undefined;
      });
  }

  function find<T>(look: (now: Snapshot) => T | undefined): T | undefined {
    if (monotonicNow() - checkedAt >= refreshAfterMs) refresh();
    const found = look(snapshot);
    if (found !== undefined) return found;
    refresh();
    return look(snapshot);
  }

  return {
    accessKey: (accessKeyId) =>
      find(({ keys, accounts }) => {
        const key = keys.get(accessKeyId);
        const account = key && accounts.get(key.accountId);
        return key && account && { key, account };
      }),
    accountById: (accountId) => find(({ accounts }) => accounts.get(accountId)),
    accountByEmail: (email) => find(({ byEmail }) => byEmail.get(email.toLowerCase())),
    hasNamespace: (name) => {
      // Asked for every host below a base domain, so a bucket's name must not cost a look each time.
      if (monotonicNow() - checkedAt >= refreshAfterMs) refresh();
      return snapshot.namespaces.has(name);
    },
    async ensureAccounts(list) {
      for (let attempt = 0; attempt < maxChangeAttempts; attempt++) {
        const before = await run(load(meta));
        const ops = planAccounts(before, list);
        if (ops.length === 0 || (await commitChange(meta, before, ops))) {
          snapshot = await run(load(meta));
          return;
        }
      }
      throw new Error('Other processes keep changing accounts; giving up.');
    },
  };
}

/** Yields what the store returns and gets the values: runs at once if the store answers at once. */
type Steps<T> = Generator<unknown, T, unknown>;

function run<T>(steps: Steps<T>, input?: unknown): T | Promise<T> {
  let step = steps.next(input);
  while (!step.done) {
    if (step.value instanceof Promise) return step.value.then((value) => run(steps, value));
    step = steps.next(step.value);
  }
  return step.value;
}

function* load(meta: MetaStore): Steps<Snapshot> {
  let generation = (yield meta.get(generationKey)) as MetaRecord | undefined;
  for (let attempt = 0; attempt < maxLoadAttempts; attempt++) {
    const accounts = yield* readAll<AccountRecord>(meta, 'account');
    const keys = yield* readAll<AccessKeyRecord>(meta, 'accessKey');
    const after = (yield meta.get(generationKey)) as MetaRecord | undefined;
    if (after?.seq === generation?.seq) return snapshotOf(generation?.seq, accounts, keys);
    generation = after;
  }
  throw new Error('Other processes keep changing accounts; giving up.');
}

function* readAll<T>(meta: MetaStore, table: MetaTable): Steps<T[]> {
  const values: T[] = [];
  let from: Buffer | undefined;
  for (;;) {
    const range = { table, part: noPart, limit: maxScanLimit, ...(from && { from }) };
    const { entries, more } = (yield meta.scan(range)) as Page<MetaRecord>;
    for (const record of entries) values.push(decodeRecord<T>(record.value));
    const last = entries.at(-1);
    if (!more || last === undefined) return values;
    from = Buffer.concat([last.key, Buffer.from([0])]);
  }
}

function snapshotOf(
  generation: number | undefined,
  accountRecords: readonly AccountRecord[],
  keyRecords: readonly AccessKeyRecord[],
): Snapshot {
  const accounts = new Map<string, Account>();
  const byEmail = new Map<string, Account>();
  const namespaces = new Set([defaultNamespace]);
  for (const record of accountRecords) {
    const account: Account = { ...record, email: record.email };
    accounts.set(account.accountId, account);
    if (account.email !== undefined) byEmail.set(account.email.toLowerCase(), account);
    namespaces.add(account.namespace);
  }
  const keys = new Map(keyRecords.map((key) => [key.accessKeyId, key]));
  return { generation, accounts, keys, byEmail, namespaces };
}

async function commitChange(
  meta: MetaStore,
  { generation }: Snapshot,
  ops: readonly MetaOp[],
): Promise<boolean> {
  const guard = generation === undefined ? ({ absent: true } as const) : { seq: generation };
  const change: MetaOp = { op: 'put', at: generationKey, value: encodeRecord({}), guard };
  return (await meta.commit([change, ...ops])).committed;
}

function accountAt({ namespace, accountId }: AccountRecord | Account): MetaKey {
  return { table: 'account', part: noPart, key: Buffer.from(`${namespace}\0${accountId}`) };
}

function accessKeyAt(accessKeyId: string): MetaKey {
  return { table: 'accessKey', part: noPart, key: Buffer.from(accessKeyId) };
}

/** What to write so that the stored accounts are as listed; empty if they are already. */
function planAccounts(before: Snapshot, list: readonly AccountSettings[]): MetaOp[] {
  const accounts = new Map<string, AccountRecord>();
  const keys = new Map<string, AccessKeyRecord>();
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
    const owner = before.keys.get(settings.accessKeyId)?.accountId;
    if (owner !== undefined && owner !== account.accountId) {
      throw new InvalidAccountError(
        `access key ${settings.accessKeyId} belongs to account ${owner}`,
      );
    }
    accounts.set(account.accountId, account);
    keys.set(settings.accessKeyId, {
      accessKeyId: settings.accessKeyId,
      secretAccessKey: settings.secretAccessKey,
      accountId: account.accountId,
      configured: true,
    });
  }
  checkAddresses(before, accounts);
  return changes(before, accounts, keys);
}

function changes(
  before: Snapshot,
  accounts: ReadonlyMap<string, AccountRecord>,
  keys: ReadonlyMap<string, AccessKeyRecord>,
): MetaOp[] {
  const ops: MetaOp[] = [];
  for (const account of accounts.values()) {
    const stored = before.accounts.get(account.accountId);
    if (stored !== undefined && sameAccount(stored, account)) continue;
    ops.push({ op: 'put', at: accountAt(account), value: encodeRecord(account) });
  }
  for (const key of keys.values()) {
    const stored = before.keys.get(key.accessKeyId);
    if (stored?.secretAccessKey === key.secretAccessKey && stored.configured) continue;
    ops.push({ op: 'put', at: accessKeyAt(key.accessKeyId), value: encodeRecord(key) });
  }
  for (const stored of before.keys.values()) {
    if (!stored.configured || !accounts.has(stored.accountId) || keys.has(stored.accessKeyId)) {
      continue;
    }
    ops.push({ op: 'delete', at: accessKeyAt(stored.accessKeyId) });
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

function checkAddresses(before: Snapshot, listed: ReadonlyMap<string, AccountRecord>): void {
  const owners = new Map<string, string>();
  for (const { accountId, email } of [
    ...[...before.accounts.values()].filter((account) => !listed.has(account.accountId)),
    ...listed.values(),
  ]) {
    if (email === undefined) continue;
    const address = email.toLowerCase();
    const owner = owners.get(address);
    if (owner !== undefined) {
      throw new InvalidAccountError(`${email} is the address of both ${owner} and ${accountId}`);
    }
    owners.set(address, accountId);
  }
}

/** A namespace is a host label. */
const namespacePattern = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
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
