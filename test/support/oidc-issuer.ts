/** A real OpenID Connect issuer on this machine: discovery, keys that can be changed, and tokens. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

export interface OidcIssuer {
  readonly url: string;
  /** Paths that were asked for, in order. */
  readonly asked: readonly string[];
  /** For `kist`, about `ann`, for ten minutes, unless told otherwise. */
  token(claims?: Readonly<Record<string, unknown>>): Promise<string>;
  /** From now on tokens are signed with another key. */
  rotate(): Promise<void>;
  close(): Promise<void>;
}

const lifetimeSeconds = 600;

export async function startOidcIssuer(): Promise<OidcIssuer> {
  const asked: string[] = [];
  let published: readonly JWK[] = [];
  let current: Awaited<ReturnType<typeof newKey>>;

  async function newKey(kid: string) {
    const { privateKey, publicKey } = await generateKeyPair('RS256');
    const jwk: JWK = { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' };
    return { kid, privateKey, jwk };
  }

  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const documents: Readonly<Record<string, unknown>> = {
      '/.well-known/openid-configuration': {
        issuer: url,
        jwks_uri: `${url}/keys`,
        id_token_signing_alg_values_supported: ['RS256'],
      },
      '/keys': { keys: published },
    };
    const document = documents[path];
    response.writeHead(document === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(document ?? {}));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const rotate = async () => {
    current = await newKey(`key-${published.length + 1}`);
    published = [...published, current.jwk].slice(-2);
  };
  await rotate();
  return {
    url,
    asked,
    rotate,
    token(claims = {}) {
      const seconds = Math.floor(Date.now() / 1000);
      const all = { iss: url, aud: 'kist', sub: 'ann', exp: seconds + lifetimeSeconds, ...claims };
      return new SignJWT({ iat: seconds, ...all })
        .setProtectedHeader({ alg: 'RS256', kid: current.kid })
        .sign(current.privateKey);
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
