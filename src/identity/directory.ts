/**
 * The identity directory over the metadata store: everything in memory, read again when any process of the server
 * changed it.
 *
 * Every change also replaces one generation record, guarded by the sequence number it was read at: two
 * changes never pass each other, so what must be unique (account ids, access key ids, names, e-mail addresses)
 * is checked against everything there is. A lookup that finds nothing asks for the generation at once,
 * one that finds something asks at most every `refreshAfterMs`, so a key or a right that was taken away elsewhere
 * is gone within that time.
 */
import type { MetaOp, MetaRecord, MetaStore } from '../store/meta/port.ts';
import { encodeRecord } from '../store/record-codec.ts';
import { liveSecrets } from './access-key-secrets.ts';
import { type AccountSettings, planAccounts } from './configured-accounts.ts';
import type { Account, IdentityDirectory, KeyHolder, Principal } from './identity.ts';
import { keyScope } from './key-limits.ts';
import { createKeyUses, type KeyUses } from './key-uses.ts';
import { accountNumber, federatedArn, sessionArn } from './names.ts';
import { type AccessKeyRecord, generationKey } from './records.ts';
import { createSealer, type MasterKeys, type Sealer } from './secrets.ts';
import { openSession, type Session } from './session-token.ts';
import {
  compiledPolicy,
  loadSnapshot,
  managedPolicy,
  rolePrincipal,
  run,
  type Snapshot,
  type Steps,
  userPrincipal,
} from './snapshot.ts';

/** What a change writes, and what comes of it. */
export interface Change<T> {
  readonly ops: readonly MetaOp[];
  readonly result: T;
}

export interface ManagedIdentityDirectory extends IdentityDirectory {
  /** Everything, with every change that any process of the server has acknowledged. */
  current(): Promise<Snapshot>;
  /**
   * Plans on what is stored and writes, again if another change came before.
   * @param plan may throw; then nothing is written
   */
  change<T>(plan: (now: Snapshot) => Change<T>): Promise<T>;
  /**
   * Creates what is missing and brings the rest up to date. What is listed wins: names, addresses and
   * secrets are replaced, and a listed account loses the keys that an earlier list gave it. Accounts
   * that are not listed stay as they are. An account with several keys is listed once a key.
   * @throws InvalidAccountError
   */
  ensureAccounts(list: readonly AccountSettings[]): Promise<void>;
  /** Of access keys at rest. */
  readonly keySealer: Sealer;
  /** Of session tokens. */
  readonly sessionSealer: Sealer;
  /** When keys were used last; whoever has the directory writes them now and then. */
  readonly keyUses: KeyUses;
}

export interface IdentityDirectoryOptions {
  readonly meta: MetaStore;
  /** 32 bytes each: the first seals secrets, all open them. */
  readonly masterKeys: readonly Buffer[] | MasterKeys;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds, never going back. */
  readonly monotonicNow: () => number;
  /** How long a change in another process may go unseen by lookups that find something. */
  readonly refreshAfterMs?: number;
}

/** Most conflicts with other processes before a change is given up. */
const maxChangeAttempts = 100;
const defaultRefreshAfterMs = 1000;

export async function createIdentityDirectory({
  meta,
  masterKeys,
  now,
  monotonicNow,
  refreshAfterMs = defaultRefreshAfterMs,
}: IdentityDirectoryOptions): Promise<ManagedIdentityDirectory> {
  const keySealer = createSealer(masterKeys, 'access keys');
  const sessionSealer = createSealer(masterKeys, 'sessions');
  const keyUses = createKeyUses(meta);
  let snapshot = await run(loadSnapshot(meta));
  let checkedAt = monotonicNow();
  let refreshing: Promise<void> | undefined;
  let failure: { readonly error: unknown } | undefined;
  /** Opened secrets of the snapshot at hand. */
  let holders = new Map<string, CachedHolder>();

  function adopt(next: Snapshot): void {
    if (next === snapshot) return;
    snapshot = next;
    holders = new Map();
  }

  function* reloadIfChanged(): Steps<void> {
    const record = (yield meta.get(generationKey)) as MetaRecord | undefined;
    if (record?.seq !== snapshot.generation) adopt(yield* loadSnapshot(meta));
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

  function keepFresh(): void {
    if (monotonicNow() - checkedAt >= refreshAfterMs) refresh();
  }

  function find<T>(look: () => T | undefined): T | undefined {
    keepFresh();
    const found = look();
    if (found !== undefined) return found;
    refresh();
    return look();
  }

  function holderOf(accessKeyId: string): KeyHolder | undefined {
    const cached = holders.get(accessKeyId);
    if (cached !== undefined && cached.until > now()) return cached.holder;
    const key = snapshot.keys.get(accessKeyId);
    const account = key && snapshot.accounts.get(key.accountId);
    if (key === undefined || account === undefined) return undefined;
    const user = key.user === undefined ? undefined : snapshot.usersById.get(key.user);
    if (key.user !== undefined && user === undefined) return undefined;
    const secrets = liveSecrets(key, now(), keySealer);
    if (secrets.length === 0) return undefined;
    const principal = user && userPrincipal(snapshot, user);
    const suspended = isSuspended(snapshot, account);
    const use = keyUses.of(accessKeyId);
    const holder = { account, secrets, principal, suspended, rate: rateOf(key), use };
    holders.set(accessKeyId, { holder, until: goodUntil(key, now()) });
    return holder;
  }

  async function change<T>(plan: (now: Snapshot) => Change<T>): Promise<T> {
    for (let attempt = 0; attempt < maxChangeAttempts; attempt++) {
      const before = await run(loadSnapshot(meta));
      const { ops, result } = plan(before);
      if (ops.length === 0) return result;
      if (await commitChange(meta, before, ops)) {
        adopt(await run(loadSnapshot(meta)));
        return result;
      }
    }
    throw new Error('Other processes keep changing accounts; giving up.');
  }

  return {
    keySealer,
    sessionSealer,
    async current() {
      const record = await meta.get(generationKey);
      if (record?.seq !== snapshot.generation) adopt(await run(loadSnapshot(meta)));
      return snapshot;
    },
    change,
    keyUses,
    accessKey: (accessKeyId) => find(() => holderOf(accessKeyId)),
    renewedKey: (accessKeyId) => {
      refresh();
      return holderOf(accessKeyId);
    },
    session(token, accessKeyId) {
      const session = openSession(token, sessionSealer);
      if (session === undefined || session.accessKeyId !== accessKeyId) return undefined;
      if (session.expiresAt <= now()) return 'expired';
      return find(() => sessionHolder(snapshot, session));
    },
    accountById: (accountId) => find(() => snapshot.accounts.get(accountId)),
    accountByEmail: (email) => find(() => snapshot.byEmail.get(email.toLowerCase())),
    namespace: (name) => {
      keepFresh();
      return snapshot.records.namespace.get(name);
    },
    restrictions: (name) => snapshot.restricted?.get(name),
    keepFresh,
    hasNamespace: (name) => {
      // Asked for every host below a base domain, so a bucket's name must not cost a look each time.
      keepFresh();
      return snapshot.namespaces.has(name);
    },
    ensureAccounts: (list) =>
      change((before) => ({ ops: planAccounts(before, list, keySealer), result: undefined })),
  };
}

interface CachedHolder {
  readonly holder: KeyHolder;
  /** Milliseconds since the epoch; the secrets may be others from then on. */
  readonly until: number;
}

const goodUntil = ({ expiresAt, previous }: AccessKeyRecord, now: number): number =>
  Math.min(
    expiresAt ?? Number.POSITIVE_INFINITY,
    previous !== undefined && previous.until > now ? previous.until : Number.POSITIVE_INFINITY,
  );

const isSuspended = ({ records }: Snapshot, { namespace }: Account): boolean =>
  records.namespace.get(namespace)?.suspended === true;

/** Undefined where the account, the user or the role is gone. */
function sessionHolder(snapshot: Snapshot, session: Session): KeyHolder | undefined {
  const account = snapshot.accounts.get(session.accountId);
  if (account === undefined) return undefined;
  const principal = sessionPrincipal(snapshot, session);
  if (principal === 'gone') return undefined;
  const { secretAccessKey } = session;
  return {
    account,
    secrets: [secretAccessKey],
    principal,
    suspended: isSuspended(snapshot, account),
    rate: rateOf(
      session.signedWith === undefined ? undefined : snapshot.keys.get(session.signedWith),
    ),
  };
}

const rateOf = (key: AccessKeyRecord | undefined): KeyHolder['rate'] =>
  key?.rate && { id: `${keyScope}${key.accessKeyId}`, limit: key.rate };

function sessionPrincipal(
  snapshot: Snapshot,
  { accountId, of, policies, policyArns, tags, startedAt }: Session,
): Principal | undefined | 'gone' {
  const number = accountNumber(accountId);
  const narrowed = [
    ...(policies ?? []).map((text) => ({
      name: 'the session policy',
      policy: compiledPolicy(text),
    })),
    ...(policyArns ?? []).map((arn) => managedPolicy(snapshot, arn)),
  ];
  const session = narrowed.length === 0 ? undefined : narrowed;
  if (of.kind === 'role') {
    const role = snapshot.rolesById.get(of.role);
    if (role === undefined) return 'gone';
    const base = rolePrincipal(snapshot, role);
    return {
      ...base,
      arn: sessionArn(number, role.name, of.name),
      id: `${role.id}:${of.name}`,
      tags: { ...base.tags, ...tags },
      session,
      sessionStartedAt: startedAt,
    };
  }
  const user = of.user === undefined ? undefined : snapshot.usersById.get(of.user);
  if (of.user !== undefined && user === undefined) return 'gone';
  const base = user && userPrincipal(snapshot, user);
  if (of.kind === 'self') return base && { ...base, sessionStartedAt: startedAt };
  return {
    kind: 'federated',
    arn: federatedArn(number, of.name),
    id: `${number}:${of.name}`,
    tags: { ...tags },
    // The account itself gives everything; what is left is what the session was narrowed to, or nothing.
    policies: base?.policies ?? session ?? [],
    boundary: base?.boundary,
    session: session ?? [],
    sessionStartedAt: startedAt,
  };
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
