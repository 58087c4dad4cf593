import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { beforeEach, describe, expect, it } from 'vitest';
import { createWebIdentities, type WebIdentities, WebIdentityError } from './web-identity.ts';

const issuer = 'https://issuer.example.com/realm';
const trusted = { issuer, clientIds: ['kist', 'other'] };
const refetchAfterMs = 10_000;

interface Key {
  readonly kid: string;
  readonly privateKey: Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];
  readonly jwk: JWK;
}

async function newKey(kid: string, alg = 'ES256'): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair(alg);
  return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

let now: number;
let documents: Map<string, unknown>;
let fetched: string[];
let webIdentities: WebIdentities;
let key: Key;

const publish = (...keys: Key[]) => {
  documents.set(`${issuer}/keys`, { keys: keys.map(({ jwk }) => jwk) });
};

beforeEach(async () => {
  now = Date.UTC(2026, 0, 1);
  fetched = [];
  documents = new Map<string, unknown>([
    [`${issuer}/.well-known/openid-configuration`, { issuer, jwks_uri: `${issuer}/keys` }],
  ]);
  key = await newKey('one');
  publish(key);
  webIdentities = createWebIdentities({
    fetchJson: async (url) => {
      fetched.push(url);
      if (!documents.has(url)) throw new Error('not found');
      return documents.get(url);
    },
    now: () => now,
    refetchAfterMs,
  });
});

const token = ({ kid, privateKey, jwk }: Key, claims = {}): Promise<string> => {
  const seconds = Math.floor(now / 1000);
  const all = { iss: issuer, aud: 'kist', sub: 'ann', exp: seconds + 60, iat: seconds, ...claims };
  return new SignJWT(all).setProtectedHeader({ alg: jwk.alg!, kid }).sign(privateKey);
};

async function kindOf(given: string, of = trusted): Promise<string> {
  try {
    return (await webIdentities.verify(given, of)).sub;
  } catch (error) {
    if (error instanceof WebIdentityError) return error.kind;
    throw error;
  }
}

describe('tokens of an issuer', () => {
  it('are verified with its keys, which are fetched once', async () => {
    const given = await token(key, { aud: ['x', 'kist'] });
    expect(await webIdentities.issuerOf(given)).toBe(issuer);
    const all = await Promise.all([1, 2, 3].map(() => kindOf(given)));
    expect(all).toEqual(['ann', 'ann', 'ann']);
    expect(fetched).toEqual([`${issuer}/.well-known/openid-configuration`, `${issuer}/keys`]);
  });

  it.each([
    ['for another client', { aud: 'stranger' }],
    ['for nobody', { aud: undefined }],
    ['by another issuer', { iss: 'https://evil.example.com' }],
    ['about nobody', { sub: undefined }],
    ['without an end', { exp: undefined }],
    ['before their time', { nbf: Date.UTC(2027, 0, 1) / 1000 }],
  ])('are refused %s', async (_, claims) => {
    expect(await kindOf(await token(key, claims))).toBe('invalid');
  });

  it('are refused after their time, but for clocks that differ a little', async () => {
    const given = await token(key);
    now += 80_000;
    expect(await kindOf(given)).toBe('ann');
    now += 20_000;
    expect(await kindOf(given)).toBe('expired');
  });

  it('are refused that are signed with no key, another key, or the public one as a secret', async () => {
    const stranger = await newKey('one');
    expect(await kindOf(await token(stranger))).toBe('invalid');
    const [head, body] = (await token(key)).split('.');
    const none = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url');
    expect(await kindOf(`${none}.${body}.`)).toBe('invalid');
    expect(await kindOf(`${head}.${body}.AAAA`)).toBe('invalid');
    const secret = new TextEncoder().encode(JSON.stringify(key.jwk).padEnd(64));
    const seconds = Math.floor(now / 1000);
    const shared = new SignJWT({ iss: issuer, aud: 'kist', sub: 'ann', exp: seconds + 60 });
    const signed = await shared.setProtectedHeader({ alg: 'HS256', kid: 'one' }).sign(secret);
    expect(await kindOf(signed)).toBe('invalid');
    expect(await kindOf('nothing')).toBe('invalid');
    expect(await webIdentities.issuerOf('nothing')).toBeUndefined();
    expect(await webIdentities.issuerOf('x'.repeat(20_001))).toBeUndefined();
  });

  it('are verified with a new key as soon as there is one, without a fetch for each made-up key', async () => {
    expect(await kindOf(await token(key))).toBe('ann');
    const next = await newKey('two', 'RS256');
    publish(key, next);
    now += refetchAfterMs;
    expect(await kindOf(await token(next))).toBe('ann');
    expect(fetched).toHaveLength(4);
    const madeUp = await newKey('three');
    for (let time = 0; time < 5; time++) expect(await kindOf(await token(madeUp))).toBe('invalid');
    expect(fetched).toHaveLength(4);
    now += refetchAfterMs;
    expect(await kindOf(await token(madeUp))).toBe('invalid');
    expect(fetched).toHaveLength(6);
  });

  it('are refused once their key is gone, an hour later at the latest', async () => {
    expect(await kindOf(await token(key))).toBe('ann');
    publish(await newKey('two'));
    now += 3_600_000;
    expect(await kindOf(await token(key))).toBe('invalid');
  });
});

describe('an issuer', () => {
  const about = `${issuer}/.well-known/openid-configuration`;

  it.each([
    ['is not there', undefined],
    ['says nothing', 7],
    ['says that it is another', { issuer: 'https://evil.example.com', jwks_uri: `${issuer}/keys` }],
    ['has no keys', { issuer, jwks_uri: 'https://issuer.example.com/none' }],
    ['has its keys without TLS', { issuer, jwks_uri: 'http://127.0.0.1/keys' }],
    ['has its keys in a file', { issuer, jwks_uri: 'file:///etc/passwd' }],
  ])('is not believed that %s', async (_, document) => {
    if (document === undefined) documents.delete(about);
    else documents.set(about, document);
    expect(await kindOf(await token(key))).toBe('unreachable');
    // What failed is tried again.
    documents.set(about, { issuer, jwks_uri: `${issuer}/keys` });
    expect(await kindOf(await token(key))).toBe('ann');
  });
});
