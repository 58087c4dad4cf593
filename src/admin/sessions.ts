/**
 * Sessions of browsers: a sealed cookie that says which key it was begun with, and nothing on the server. What the key
 * may is looked up with each request, and a key that is gone, inactive or has other secrets ends its sessions.
 *
 * They end when they are not used for a while, at a time of their own in any case, and when they are told to: what
 * was ended is remembered by the process until it could not be used any more, and forgotten when that starts again.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IdentityDirectory, KeyHolder } from '../identity/identity.ts';
import type { Sealer } from '../identity/secrets.ts';
import type { CookieSession } from './ask.ts';
import { AdminError } from './errors.ts';

export const idleMs = 30 * 60_000;
export const absoluteMs = 12 * 3_600_000;
/** A cookie is given anew when it is older than this. */
const renewMs = 60_000;
/** Browsers keep no larger cookies: name, value and attributes together have 4,096 bytes. */
const maxCookieBytes = 3_800;
/** Ended sessions that are remembered; beyond, the oldest are forgotten. */
const maxEnded = 100_000;

/** What the cookie holds. */
interface Sealed {
  readonly id: string;
  readonly accessKeyId: string;
  /** Of a temporary key. */
  readonly token?: string;
  /** SHA-256 of the secret. */
  readonly secret: string;
  readonly csrf: string;
  readonly seenAt: number;
  readonly expiresAt: number;
}

export interface SessionKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

export interface OpenedSession extends CookieSession {
  readonly holder: KeyHolder;
  readonly accessKeyId: string;
  readonly isTemporary: boolean;
  /** The cookie's value from now on, where it is another. */
  readonly renewed: string | undefined;
}

export interface Sessions {
  /**
   * @param endsAt when the keys themselves end, in milliseconds since the epoch
   * @throws AdminError NotAuthenticated, whatever is wrong with the keys
   */
  begin(keys: SessionKeys, endsAt?: number): { readonly cookie: string; readonly id: string };
  /** Undefined for what is no session, or none any more. */
  open(cookie: string): OpenedSession | undefined;
  end(session: CookieSession): void;
}

const context = 'console session';
const separator = '.';
const idBytes = 16;
const csrfBytes = 24;

export function createSessions({
  identity,
  sealer,
  now,
}: {
  readonly identity: IdentityDirectory;
  readonly sealer: Sealer;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}): Sessions {
  /** Until when each could have been used. */
  const ended = new Map<string, number>();

  const seal = (session: Sealed): string => {
    const { key, sealed } = sealer.seal(JSON.stringify(session), context);
    return `${key}${separator}${Buffer.from(sealed, 'base64').toString('base64url')}`;
  };

  function unseal(cookie: string): Sealed | undefined {
    const at = cookie.indexOf(separator);
    if (at < 0) return undefined;
    const sealed = Buffer.from(cookie.slice(at + 1), 'base64url').toString('base64');
    const text = sealer.open({ key: cookie.slice(0, at), sealed }, context);
    return text === undefined ? undefined : (JSON.parse(text) as Sealed);
  }

  function holderOf(accessKeyId: string, token: string | undefined): KeyHolder | undefined {
    const found =
      token === undefined ? identity.accessKey(accessKeyId) : identity.session(token, accessKeyId);
    return found === undefined || found === 'expired' || found.suspended ? undefined : found;
  }

  return {
    begin({ accessKeyId, secretAccessKey, sessionToken: token }, endsAt) {
      const holder = holderOf(accessKeyId, token);
      const secret = digestOf(secretAccessKey);
      // As long for a key that isn't there.
      const secrets = holder?.secrets ?? [''];
      const isRight = secrets.filter((one) => same(digestOf(one), secret)).length > 0;
      if (holder === undefined || !isRight) {
        throw new AdminError('NotAuthenticated', 'There is no such key, or its secret is another.');
      }
      const id = randomBytes(idBytes).toString('base64url');
      const expiresAt = Math.min(now() + absoluteMs, endsAt ?? Number.POSITIVE_INFINITY);
      const csrf = randomBytes(csrfBytes).toString('base64url');
      const cookie = seal({ id, accessKeyId, token, secret, csrf, seenAt: now(), expiresAt });
      if (cookie.length > maxCookieBytes) {
        throw new AdminError(
          'InvalidRequest',
          'The session token is too large for a cookie: sign requests with it instead.',
        );
      }
      return { cookie, id };
    },
    open(cookie) {
      const session = unseal(cookie);
      if (session === undefined || ended.has(session.id)) return undefined;
      const time = now();
      if (session.expiresAt <= time || session.seenAt + idleMs <= time) return undefined;
      const holder = holderOf(session.accessKeyId, session.token);
      if (!holder?.secrets.some((secret) => same(digestOf(secret), session.secret))) {
        return undefined;
      }
      const isOld = session.seenAt + renewMs <= time;
      const seenAt = isOld ? time : session.seenAt;
      return {
        id: session.id,
        csrfToken: session.csrf,
        idleUntil: Math.min(seenAt + idleMs, session.expiresAt),
        expiresAt: session.expiresAt,
        holder,
        accessKeyId: session.accessKeyId,
        isTemporary: session.token !== undefined,
        renewed: isOld ? seal({ ...session, seenAt }) : undefined,
      };
    },
    end({ id, expiresAt }) {
      for (const [one, until] of ended) if (until <= now()) ended.delete(one);
      if (ended.size >= maxEnded) ended.delete(ended.keys().next().value!);
      ended.set(id, expiresAt);
    },
  };
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** In constant time, of texts of one length. */
export function same(one: string, other: string): boolean {
  const [bytes, others] = [Buffer.from(one), Buffer.from(other)];
  return bytes.length === others.length && timingSafeEqual(bytes, others);
}

/** One that holds over TLS alone is told so by its name, which no other host can give it then. */
export const cookieName = (isSecure: boolean): string =>
  isSecure ? '__Host-kist-session' : 'kist-session';

export function cookieHeader(value: string, isSecure: boolean): string {
  const secure = isSecure ? '; Secure' : '';
  const end = value === '' ? '; Max-Age=0' : '';
  return `${cookieName(isSecure)}=${value}; Path=/; HttpOnly; SameSite=Strict${secure}${end}`;
}

/** The first of that name. */
export function cookieIn(header: string | undefined, isSecure: boolean): string | undefined {
  const name = `${cookieName(isSecure)}=`;
  for (const part of (header ?? '').split(';')) {
    const pair = part.trim();
    if (pair.startsWith(name)) return pair.slice(name.length);
  }
  return undefined;
}
