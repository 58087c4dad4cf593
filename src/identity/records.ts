/**
 * What is stored of namespaces, accounts and who acts for them. In table `account` by namespace and id, `accessKey`
 * by access key id, `identity` by kind, account and name; docs/on-disk-format.md.
 */
import type { AddressRule, RateLimit } from '../limits/shapes.ts';
import type { ObjectOwnership } from '../policy/bucket-rules.ts';
import type { MetaKey } from '../store/meta/port.ts';
import type { SealedSecret } from './secrets.ts';

export interface AccountRecord {
  readonly accountId: string;
  readonly namespace: string;
  readonly displayName: string;
  readonly email?: string;
  readonly root: boolean;
}

export interface AccessKeyRecord {
  readonly accessKeyId: string;
  readonly accountId: string;
  /** As configuration gives it; a key that was made here has `sealed` instead. */
  readonly secretAccessKey?: string;
  readonly sealed?: SealedSecret;
  /** Given by settings, which take it away again when they give another. */
  readonly configured: boolean;
  /** Id of the user whose it is; the account's own if absent. */
  readonly user?: string;
  readonly inactive?: true;
  /** Milliseconds since the epoch, as all times here. */
  readonly createdAt?: number;
  readonly expiresAt?: number;
  readonly description?: string;
  /** The one before, which is good until then. */
  readonly previous?: { readonly sealed: SealedSecret; readonly until: number };
  /** How fast it may be used, sessions that were asked for with it included. */
  readonly rate?: RateLimit;
}

export type Tags = Readonly<Record<string, string>>;

/** Policy documents by name, as they were put. */
export type InlinePolicies = Readonly<Record<string, string>>;

interface Named {
  readonly accountId: string;
  /** `AIDA…` and the like: of this one alone, for ever. */
  readonly id: string;
  readonly name: string;
  /** `/` or `/…/`. */
  readonly path: string;
  readonly createdAt: number;
}

/** Whom policies can be put on. */
interface Holder extends Named {
  /** ARNs of managed policies. */
  readonly attached: readonly string[];
  readonly inline: InlinePolicies;
}

export interface UserRecord extends Holder {
  /** Ids of the groups. */
  readonly groups: readonly string[];
  /** ARN of a managed policy. */
  readonly boundary?: string;
  readonly tags: Tags;
}

export type GroupRecord = Holder;

export interface RoleRecord extends Holder {
  readonly trust: string;
  readonly description?: string;
  readonly maxSessionSeconds: number;
  readonly boundary?: string;
  readonly tags: Tags;
}

export interface PolicyVersion {
  /** `v1`, `v2`, … */
  readonly id: string;
  readonly document: string;
  readonly createdAt: number;
}

export interface PolicyRecord extends Named {
  readonly description?: string;
  readonly defaultVersion: string;
  /** Of the next version: numbers are not given again. */
  readonly nextVersion: number;
  readonly versions: readonly PolicyVersion[];
  readonly updatedAt: number;
  readonly tags: Tags;
}

/** An OpenID Connect issuer whose tokens may be given for a role's session. */
export interface ProviderRecord {
  readonly accountId: string;
  /** Without `https://`. */
  readonly url: string;
  readonly clientIds: readonly string[];
  readonly thumbprints: readonly string[];
  readonly createdAt: number;
  readonly tags: Tags;
}

export interface NamespaceRecord {
  readonly name: string;
  readonly displayName?: string;
  readonly suspended?: true;
  readonly createdAt: number;
  /** The account that it was made with; absent where settings list its accounts. */
  readonly rootAccountId?: string;
  readonly defaults?: NamespaceDefaults;
  /** Of all requests in it together. */
  readonly rate?: RateLimit;
  /** Where its requests may come from; from everywhere if absent. */
  readonly addresses?: AddressRule;
}

/** What a new bucket begins with, where its request says nothing else. */
export interface NamespaceDefaults {
  readonly encryption?: { readonly algorithm: 'AES256' | 'aws:kms'; readonly keyId?: string };
  /** These two win over the setting `bucketDefaults`: all four of the block, or none. */
  readonly publicAccessBlock?: boolean;
  readonly objectOwnership?: ObjectOwnership;
}

/** The records of table `identity`, by kind. */
export interface IdentityRecords {
  readonly namespace: NamespaceRecord;
  readonly user: UserRecord;
  readonly group: GroupRecord;
  readonly role: RoleRecord;
  readonly policy: PolicyRecord;
  readonly provider: ProviderRecord;
}

export type IdentityKind = keyof IdentityRecords;

export const identityKinds: readonly IdentityKind[] = [
  'namespace',
  'user',
  'group',
  'role',
  'policy',
  'provider',
];

const noPart = Buffer.alloc(0);

export const generationKey: MetaKey = {
  table: 'system',
  part: noPart,
  key: Buffer.from('identity'),
};

export const accountKey = ({
  namespace,
  accountId,
}: Pick<AccountRecord, 'namespace' | 'accountId'>): MetaKey => ({
  table: 'account',
  part: noPart,
  key: Buffer.from(`${namespace}\0${accountId}`),
});

export const accessKeyKey = (accessKeyId: string): MetaKey => ({
  table: 'accessKey',
  part: noPart,
  key: Buffer.from(accessKeyId),
});

/**
 * Names are unique whatever their case.
 * @param accountId empty for namespaces
 */
export const identityKey = (kind: IdentityKind, accountId: string, name: string): MetaKey => ({
  table: 'identity',
  part: noPart,
  key: Buffer.from(`${kind}\0${accountId}\0${name.toLowerCase()}`),
});

/** The kind and account of a stored record's key. */
export function kindOfKey(key: Buffer): IdentityKind | undefined {
  const kind = key.toString('utf8', 0, key.indexOf(0));
  return identityKinds.find((known) => known === kind);
}
