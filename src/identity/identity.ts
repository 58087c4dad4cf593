/**
 * Who is asking: accounts, their access keys, and the namespaces they live in.
 *
 * An account's id is its canonical id: it stands in owners and grants, and is unique on the server.
 */

import type { RatedScope } from '../limits/rate-keeper.ts';
import type { Policy } from '../policy/language/document.ts';
import type { NamespaceRecord } from './records.ts';

export interface Account {
  readonly accountId: string;
  /** Twelve digits: the account in ARNs. */
  readonly number: string;
  readonly namespace: string;
  readonly displayName: string;
  readonly email: string | undefined;
  /** The server's own administrator: no ACL stands in its way. */
  readonly root: boolean;
}

/** A user of an account, or a session of one of its roles: not the account itself, and allowed only what it is given. */
export interface Principal {
  readonly kind: 'user' | 'role' | 'federated';
  /** `arn:aws:iam::NUMBER:user/NAME`, `arn:aws:sts::NUMBER:assumed-role/ROLE/SESSION`, … */
  readonly arn: string;
  /** Of the role that a session is of. */
  readonly roleArn?: string | undefined;
  /** `AIDA…`, or `AROA…:SESSION`: never given again. */
  readonly id: string;
  /** `aws:username`. */
  readonly userName?: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  /** What it is given. */
  readonly policies: readonly NamedPolicy[];
  /** What it can be given at most; no bound if absent. */
  readonly boundary?: NamedPolicy | undefined;
  /** What its session was narrowed to. */
  readonly session?: readonly NamedPolicy[] | undefined;
  /** When the session began, in milliseconds since the epoch. */
  readonly sessionStartedAt?: number | undefined;
}

export interface NamedPolicy {
  /** For people: `policy readers of group staff`. */
  readonly name: string;
  readonly policy: Policy;
}

/** The one who makes a request, as authentication found them. */
export type Caller =
  | { readonly kind: 'anonymous' }
  | {
      readonly kind: 'account';
      readonly account: Account;
      readonly accessKeyId: string;
      /** Absent: the account itself, which nobody narrows. */
      readonly principal?: Principal | undefined;
      /** How fast the key may be used; absent: as fast as it likes. */
      readonly rate?: RatedScope | undefined;
    };

/** Whom a key stands for. */
export interface KeyHolder {
  readonly account: Account;
  /** At least one: while a key gets another secret, both are good. */
  readonly secrets: readonly string[];
  /** Absent: the account itself. */
  readonly principal: Principal | undefined;
  /** Its namespace is closed. */
  readonly suspended: boolean;
  /** Of the key; of a session, that of the key it was asked for with. */
  readonly rate?: RatedScope | undefined;
  /** Of a key that is not a session's: changed in place where its signature was verified. */
  readonly use?: { at: number; service: string; region: string } | undefined;
}

export interface IdentityDirectory {
  /** Undefined for keys that are unknown, inactive or at their end. */
  accessKey(accessKeyId: string): KeyHolder | undefined;
  /** The same, after a look for changes by other processes. */
  renewedKey(accessKeyId: string): KeyHolder | undefined;
  /** A temporary key with its session token; undefined if they don't belong together, or to anybody any more. */
  session(token: string, accessKeyId: string): KeyHolder | 'expired' | undefined;
  accountById(accountId: string): Account | undefined;
  /** Case-insensitive; undefined if nobody has the address. */
  accountByEmail(email: string): Account | undefined;
  hasNamespace(name: string): boolean;
  /** What is known of a namespace; undefined for one that has nothing but accounts. */
  namespace(name: string): NamespaceRecord | undefined;
  /**
   * The same of a namespace whose requests are restricted: suspended, slowed down, or from some addresses only.
   * Lookups keep it fresh; where a request needs none, `keepFresh` does.
   */
  restrictions(name: string): NamespaceRecord | undefined;
  keepFresh(): void;
}

/** Where requests go that name no namespace and carry no key. */
export const defaultNamespace = 'default';
