/**
 * Session tokens: all that a temporary key pair stands for, sealed, so that every process of the server can read it
 * and nothing is stored. A session lives for hours at most; what it may is looked up anew in each request.
 */
import type { Sealer } from './secrets.ts';

export interface Session {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly accountId: string;
  /** Whose session it is: a user's or the account's own (GetSessionToken), a role's, or a federated user's. */
  readonly of:
    | { readonly kind: 'self'; readonly user?: string }
    | { readonly kind: 'role'; readonly role: string; readonly name: string }
    | { readonly kind: 'federated'; readonly user?: string; readonly name: string };
  /** The key that it was asked for with, or that of the session that asked: its rate holds here, too. */
  readonly signedWith?: string;
  /** Policy documents that it was narrowed to. */
  readonly policies?: readonly string[];
  /** ARNs of managed policies that it was narrowed to. */
  readonly policyArns?: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly expiresAt: number;
}

const context = 'session';
const separator = '.';

export const sealSession = (session: Session, sealer: Sealer): string => {
  const { key, sealed } = sealer.seal(JSON.stringify(session), context);
  return `${key}${separator}${sealed}`;
};

/** Undefined for what is no token of this server. */
export function openSession(token: string, sealer: Sealer): Session | undefined {
  const at = token.indexOf(separator);
  if (at < 0) return undefined;
  const text = sealer.open({ key: token.slice(0, at), sealed: token.slice(at + 1) }, context);
  return text === undefined ? undefined : (JSON.parse(text) as Session);
}
