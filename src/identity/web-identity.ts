/**
 * Tokens of OpenID Connect issuers: signed with one of the issuer's keys, by the issuer, for one of the clients that
 * it is trusted for, and in time ("OpenID Connect Discovery 1.0", RFC 7517, RFC 7519).
 *
 * Keys are kept for an hour. A token of a key that isn't among them makes them be fetched again, as issuers
 * change keys when they like, but no more often than `refetchAfterMs`, or whoever makes up keys would have them
 * fetched at each request.
 */
import type { JSONWebKeySet, JWTPayload } from 'jose';

export interface FetchLimits {
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

export interface WebIdentityOptions {
  /** Follows no redirect; throws where there is no JSON to be had. */
  readonly fetchJson: (url: string, limits: FetchLimits) => Promise<unknown>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly refetchAfterMs?: number;
}

export interface TrustedIssuer {
  /** `https://…`, without a slash at the end. */
  readonly issuer: string;
  /** Whom its tokens may be for. */
  readonly clientIds: readonly string[];
}

export type Claims = JWTPayload & { readonly sub: string };

export interface WebIdentities {
  /** What a token says of its issuer, unproven; undefined for what is no token. */
  issuerOf(token: string): Promise<string | undefined>;
  /** @throws WebIdentityError */
  verify(token: string, trusted: TrustedIssuer): Promise<Claims>;
}

export class WebIdentityError extends Error {
  override readonly name = 'WebIdentityError';
  readonly kind: 'expired' | 'invalid' | 'unreachable';

  constructor(kind: WebIdentityError['kind'], message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}

/** No secret is shared with an issuer, so none of the algorithms that need one. */
const algorithms = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
];

const fetchLimits: FetchLimits = { timeoutMs: 5000, maxBytes: 256 * 1024 };
const keysGoodForMs = 3_600_000;
const defaultRefetchAfterMs = 10_000;
/** Issuers whose keys are kept; beyond, all are forgotten. */
const maxIssuers = 1000;
const clockToleranceSeconds = 30;
const maxTokenChars = 20_000;

interface KeptKeys {
  readonly keys: Promise<JSONWebKeySet>;
  readonly fetchedAt: number;
}

/** ES modules only, and seldom needed. */
const loadJose = () => import('jose');

export function createWebIdentities({
  fetchJson,
  now,
  refetchAfterMs = defaultRefetchAfterMs,
}: WebIdentityOptions): WebIdentities {
  const kept = new Map<string, KeptKeys>();

  function keysOf(issuer: string, maxAgeMs: number): Promise<JSONWebKeySet> {
    const known = kept.get(issuer);
    if (known !== undefined && now() - known.fetchedAt < maxAgeMs) return known.keys;
    if (kept.size >= maxIssuers) kept.clear();
    const keys = fetchKeys(issuer, fetchJson);
    kept.set(issuer, { keys, fetchedAt: now() });
    keys.catch(() => {
      if (kept.get(issuer)?.keys === keys) kept.delete(issuer);
    });
    return keys;
  }

  async function verifyWith(
    jwks: JSONWebKeySet,
    token: string,
    { issuer, clientIds }: TrustedIssuer,
  ): Promise<Claims> {
    const { createLocalJWKSet, jwtVerify } = await loadJose();
    const { payload } = await jwtVerify(token, createLocalJWKSet(jwks), {
      algorithms,
      issuer: [issuer, `${issuer}/`],
      audience: [...clientIds],
      requiredClaims: ['sub', 'exp'],
      clockTolerance: clockToleranceSeconds,
      currentDate: new Date(now()),
    });
    if (typeof payload.sub !== 'string' || payload.sub === '') throw new Error('it has no subject');
    return payload as Claims;
  }

  return {
    async issuerOf(token) {
      if (token.length > maxTokenChars) return undefined;
      const { decodeJwt } = await loadJose();
      try {
        return decodeJwt(token).iss;
      } catch {
        return undefined;
      }
    },
    async verify(token, trusted) {
      const { issuer } = trusted;
      const { errors } = await loadJose();
      try {
        return await verifyWith(await keysOf(issuer, keysGoodForMs), token, trusted);
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw refusalOf(error, errors.JWTExpired);
      }
      try {
        return await verifyWith(await keysOf(issuer, refetchAfterMs), token, trusted);
      } catch (error) {
        throw refusalOf(error, errors.JWTExpired);
      }
    },
  };
}

type ErrorClass = new (...args: never[]) => Error;

function refusalOf(error: unknown, expired: ErrorClass): WebIdentityError {
  if (error instanceof WebIdentityError) return error;
  const message = error instanceof Error ? error.message : 'it cannot be read';
  return new WebIdentityError(error instanceof expired ? 'expired' : 'invalid', message, error);
}

async function fetchKeys(
  issuer: string,
  fetchJson: WebIdentityOptions['fetchJson'],
): Promise<JSONWebKeySet> {
  const fetched = async (url: string): Promise<Readonly<Record<string, unknown>>> => {
    let found: unknown;
    try {
      found = await fetchJson(url, fetchLimits);
    } catch (cause) {
      throw new WebIdentityError('unreachable', `${url} could not be read`, cause);
    }
    if (typeof found === 'object' && found !== null) return found as Record<string, unknown>;
    throw new WebIdentityError('unreachable', `${url} is no JSON object`);
  };
  const about = await fetched(`${issuer}/.well-known/openid-configuration`);
  if (about.issuer !== issuer && about.issuer !== `${issuer}/`) {
    throw new WebIdentityError('unreachable', `${issuer} says that it is another issuer`);
  }
  const { jwks_uri: place } = about;
  if (typeof place !== 'string' || !isTrustedPlace(place, issuer)) {
    throw new WebIdentityError('unreachable', `${issuer} has its keys in no place to be trusted`);
  }
  const { keys } = await fetched(place);
  if (Array.isArray(keys)) return { keys };
  throw new WebIdentityError('unreachable', `${place} has no keys`);
}

/** HTTPS, or where the issuer itself is: an issuer without TLS is one of this machine. */
function isTrustedPlace(place: string, issuer: string): boolean {
  if (!URL.canParse(place)) return false;
  const { protocol, host } = new URL(place);
  return protocol === 'https:' || (issuer.startsWith('http://') && host === new URL(issuer).host);
}
