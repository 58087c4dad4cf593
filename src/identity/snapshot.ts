/**
 * All identities as they were at one generation, in memory and indexed: what lookups answer from. Policies are
 * compiled when they are first asked for, each text once.
 */

import type { Policy } from '../policy/language/document.ts';
import { parseIdentityPolicy } from '../policy/language/parse.ts';
import type { MetaRecord, MetaStore, MetaTable, Page } from '../store/meta/port.ts';
import { keyAfter, maxScanLimit } from '../store/meta/port.ts';
import { decodeRecord } from '../store/record-codec.ts';
import { type Account, defaultNamespace, type NamedPolicy, type Principal } from './identity.ts';
import { managedPolicies } from './managed-policies.ts';
import { accountNumber, arnOf, providerArn } from './names.ts';
import {
  type AccessKeyRecord,
  type AccountRecord,
  generationKey,
  type IdentityKind,
  type IdentityRecords,
  identityKinds,
  kindOfKey,
  type PolicyRecord,
  type UserRecord,
} from './records.ts';

export type Indexed<Kind extends IdentityKind> = ReadonlyMap<string, IdentityRecords[Kind]>;

export interface Snapshot {
  /** Sequence number of the generation record; undefined before the first account. */
  readonly generation: number | undefined;
  readonly accounts: ReadonlyMap<string, Account>;
  readonly byEmail: ReadonlyMap<string, Account>;
  readonly byNumber: ReadonlyMap<string, Account>;
  readonly keys: ReadonlyMap<string, AccessKeyRecord>;
  readonly namespaces: ReadonlySet<string>;
  /** By account id and lower-case name, joined with `/`; namespaces by name. */
  readonly records: { readonly [Kind in IdentityKind]: Indexed<Kind> };
  readonly usersById: ReadonlyMap<string, UserRecord>;
  readonly rolesById: ReadonlyMap<string, IdentityRecords['role']>;
  readonly rolesByArn: ReadonlyMap<string, IdentityRecords['role']>;
  readonly policiesByArn: ReadonlyMap<string, PolicyRecord>;
  readonly providersByArn: ReadonlyMap<string, IdentityRecords['provider']>;
  /** Namespaces whose requests are restricted; undefined if there is none. */
  readonly restricted: Indexed<'namespace'> | undefined;
}

/** Most times that others may change something while all is read. */
const maxLoadAttempts = 100;
const noPart = Buffer.alloc(0);

/** Yields what the store returns and gets the values: runs at once if the store answers at once. */
export type Steps<T> = Generator<unknown, T, unknown>;

export function run<T>(steps: Steps<T>, input?: unknown): T | Promise<T> {
  let step = steps.next(input);
  while (!step.done) {
    if (step.value instanceof Promise) return step.value.then((value) => run(steps, value));
    step = steps.next(step.value);
  }
  return step.value;
}

export function* loadSnapshot(meta: MetaStore): Steps<Snapshot> {
  let generation = (yield meta.get(generationKey)) as MetaRecord | undefined;
  for (let attempt = 0; attempt < maxLoadAttempts; attempt++) {
    const accounts = yield* readAll(meta, 'account');
    const keys = yield* readAll(meta, 'accessKey');
    const identities = yield* readAll(meta, 'identity');
    const after = (yield meta.get(generationKey)) as MetaRecord | undefined;
    if (after?.seq === generation?.seq) {
      return snapshotOf(generation?.seq, accounts, keys, identities);
    }
    generation = after;
  }
  throw new Error('Other processes keep changing accounts; giving up.');
}

function* readAll(meta: MetaStore, table: MetaTable): Steps<MetaRecord[]> {
  const records: MetaRecord[] = [];
  let from: Buffer | undefined;
  for (;;) {
    const range = { table, part: noPart, limit: maxScanLimit, ...(from && { from }) };
    const { entries, more } = (yield meta.scan(range)) as Page<MetaRecord>;
    records.push(...entries);
    const last = entries.at(-1);
    if (!more || last === undefined) return records;
    from = keyAfter(last.key);
  }
}

export const indexName = (accountId: string, name: string): string =>
  `${accountId}/${name.toLowerCase()}`;

function snapshotOf(
  generation: number | undefined,
  accountRecords: readonly MetaRecord[],
  keyRecords: readonly MetaRecord[],
  identityRecords: readonly MetaRecord[],
): Snapshot {
  const accounts = new Map<string, Account>();
  const byEmail = new Map<string, Account>();
  const byNumber = new Map<string, Account>();
  const namespaces = new Set([defaultNamespace]);
  for (const { value } of accountRecords) {
    const record = decodeRecord<AccountRecord>(value);
    const number = accountNumber(record.accountId);
    const account: Account = { ...record, number, email: record.email };
    accounts.set(account.accountId, account);
    byNumber.set(number, account);
    if (account.email !== undefined) byEmail.set(account.email.toLowerCase(), account);
    namespaces.add(account.namespace);
  }
  const keys = new Map<string, AccessKeyRecord>();
  for (const { value } of keyRecords) {
    const key = decodeRecord<AccessKeyRecord>(value);
    keys.set(key.accessKeyId, key);
  }
  const records = Object.fromEntries(identityKinds.map((kind) => [kind, new Map()])) as {
    [Kind in IdentityKind]: Map<string, IdentityRecords[Kind]>;
  };
  for (const { key, value } of identityRecords) {
    const kind = kindOfKey(key);
    if (kind === undefined) continue;
    const [, accountId, name] = key.toString('utf8').split('\0') as [string, string, string];
    const index = kind === 'namespace' ? name : indexName(accountId, name);
    (records[kind] as Map<string, unknown>).set(index, decodeRecord(value));
  }
  for (const name of records.namespace.keys()) namespaces.add(name);
  const numberOf = (accountId: string) => accountNumber(accountId);
  return {
    generation,
    accounts,
    byEmail,
    byNumber,
    keys,
    namespaces,
    records,
    usersById: new Map([...records.user.values()].map((user) => [user.id, user])),
    rolesById: new Map([...records.role.values()].map((role) => [role.id, role])),
    rolesByArn: byArn(records.role.values(), (role) =>
      arnOf(numberOf(role.accountId), 'role', role),
    ),
    policiesByArn: new Map([
      ...managedPolicies,
      ...byArn(records.policy.values(), (policy) =>
        arnOf(numberOf(policy.accountId), 'policy', policy),
      ),
    ]),
    providersByArn: byArn(records.provider.values(), ({ accountId, url }) =>
      providerArn(numberOf(accountId), url),
    ),
    restricted: restrictedOf(records.namespace),
  };
}

function restrictedOf(all: Indexed<'namespace'>): Indexed<'namespace'> | undefined {
  const restricted = [...all].filter(
    ([, { suspended, rate, addresses }]) =>
      suspended || rate || (addresses ?? 'public') !== 'public',
  );
  return restricted.length === 0 ? undefined : new Map(restricted);
}

const byArn = <T>(records: Iterable<T>, arn: (record: T) => string): Map<string, T> =>
  new Map([...records].map((record) => [arn(record), record]));

/** Texts that were compiled; beyond, all are forgotten. */
const maxCompiled = 10_000;
const compiled = new Map<string, Policy>();

export function compiledPolicy(text: string): Policy {
  const known = compiled.get(text);
  if (known !== undefined) return known;
  const policy = parseIdentityPolicy(text);
  if (compiled.size >= maxCompiled) compiled.clear();
  compiled.set(text, policy);
  return policy;
}

export const documentOf = ({ versions, defaultVersion }: PolicyRecord): string =>
  versions.find(({ id }) => id === defaultVersion)!.document;

/** A managed policy that is gone allows nothing; of a boundary that is gone nothing is left. */
export function managedPolicy(snapshot: Snapshot, arn: string): NamedPolicy {
  const record = snapshot.policiesByArn.get(arn);
  const name = `policy ${record?.name ?? arn}`;
  return {
    name,
    policy: record === undefined ? { statements: [] } : compiledPolicy(documentOf(record)),
  };
}

interface Holder {
  readonly name: string;
  readonly attached: readonly string[];
  readonly inline: Readonly<Record<string, string>>;
}

function policiesOf(snapshot: Snapshot, holder: Holder, of: string): NamedPolicy[] {
  return [
    ...holder.attached.map((arn) => managedPolicy(snapshot, arn)),
    ...Object.entries(holder.inline).map(([name, text]) => ({
      name: `policy ${name} of ${of}`,
      policy: compiledPolicy(text),
    })),
  ];
}

const principals = new WeakMap<Snapshot, Map<string, Principal>>();

/** Put together once a generation. */
function remembered(snapshot: Snapshot, id: string, make: () => Principal): Principal {
  let known = principals.get(snapshot);
  if (known === undefined) {
    known = new Map();
    principals.set(snapshot, known);
  }
  const found = known.get(id) ?? make();
  known.set(id, found);
  return found;
}

export function userPrincipal(snapshot: Snapshot, user: UserRecord): Principal {
  return remembered(snapshot, user.id, () => {
    const groups = user.groups.flatMap((id) => groupsById(snapshot).get(id) ?? []);
    return {
      kind: 'user',
      arn: arnOf(accountNumber(user.accountId), 'user', user),
      id: user.id,
      userName: user.name,
      tags: user.tags,
      policies: [
        ...policiesOf(snapshot, user, `user ${user.name}`),
        ...groups.flatMap((group) => policiesOf(snapshot, group, `group ${group.name}`)),
      ],
      boundary: user.boundary === undefined ? undefined : managedPolicy(snapshot, user.boundary),
    };
  });
}

const groupIndexes = new WeakMap<Snapshot, ReadonlyMap<string, IdentityRecords['group']>>();

export function groupsById(snapshot: Snapshot): ReadonlyMap<string, IdentityRecords['group']> {
  const known = groupIndexes.get(snapshot);
  if (known !== undefined) return known;
  const index = new Map([...snapshot.records.group.values()].map((group) => [group.id, group]));
  groupIndexes.set(snapshot, index);
  return index;
}

/** What every session of a role is given, before it is narrowed. */
export function rolePrincipal(snapshot: Snapshot, role: IdentityRecords['role']): Principal {
  return remembered(snapshot, role.id, () => ({
    kind: 'role',
    arn: arnOf(accountNumber(role.accountId), 'role', role),
    roleArn: arnOf(accountNumber(role.accountId), 'role', role),
    id: role.id,
    tags: role.tags,
    policies: policiesOf(snapshot, role, `role ${role.name}`),
    boundary: role.boundary === undefined ? undefined : managedPolicy(snapshot, role.boundary),
  }));
}
