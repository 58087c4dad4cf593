/** Sessions of browsers on the admin API: how they begin, what they need for a change, and how they end. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contract } from '../../src/admin/contract.ts';
import { alt, main } from '../support/accounts.ts';
import { createAuthority } from '../support/issue-certificate.ts';
import { startOidcIssuer } from '../support/oidc-issuer.ts';
import { signedV4 } from '../support/signed-request.ts';
import { type RunningServer, startServer, until } from '../support/start-server.ts';
import { type Answer, ask as askAt, type Question } from './ask.ts';
import { adminClient, root } from './checked-client.ts';

let server: RunningServer;

beforeAll(async () => {
  server = await startServer({ workers: 1, flags: ['--console-domain', 'console.example.com'] });
});
afterAll(() => server?.remove());

const ask = (question: Question) => askAt(server.consolePort, question);
const told = ({ status, json }: Answer) => `${status} ${json.code}`;
const keysOf = ({ accessKeyId, secretAccessKey }: typeof main) => ({
  accessKeyId,
  secretAccessKey,
});
const login = (body: object, more: Partial<Question> = {}) =>
  ask({ method: 'POST', path: '/api/session', body, ...more });

interface Browser {
  readonly cookie: string;
  /** What a page of the server sends with a change. */
  readonly own: Readonly<Record<string, string>>;
}

async function begin(body: object = keysOf(main)): Promise<Browser> {
  const answer = await login(body);
  expect(answer.status).toBe(201);
  contract.createSession.answer.parse(answer.json);
  const cookie = answer.headers['set-cookie']![0]!.split(';')[0]!;
  const own = {
    ...{ cookie, origin: `http://127.0.0.1:${server.consolePort}` },
    ...{ 'sec-fetch-site': 'same-origin', 'x-kist-csrf': answer.json.csrfToken as string },
  };
  return { cookie, own };
}

let buckets = 0;
const create = (headers: Readonly<Record<string, string>>) => {
  buckets++;
  return ask({ method: 'POST', path: '/api/buckets', headers, body: { name: `made-${buckets}` } });
};

describe('a session', () => {
  test('begins with a key pair, and is a cookie that pages cannot read', async () => {
    const answer = await login(keysOf(main));
    const [cookie] = answer.headers['set-cookie']!;
    expect(cookie).toMatch(/^kist-session=[^;]+; Path=\/; HttpOnly; SameSite=Strict$/);
    expect(answer.json.identity.account.accountId).toBe(main.accountId);
    expect(JSON.stringify(answer.json)).not.toContain(main.secretAccessKey);
    expect(Buffer.from(cookie!, 'base64').toString()).not.toContain(main.accessKeyId);
    const shown = await ask({ path: '/api/session', headers: { cookie: cookie!.split(';')[0]! } });
    contract.getSession.answer.parse(shown.json);
    expect(shown.json.csrfToken).toBe(answer.json.csrfToken);
    expect(shown.headers['cache-control']).toBe('no-store');
  });

  test('changes something with its token, from a page of the server, and not without', async () => {
    const { cookie, own } = await begin();
    expect((await create(own)).status).toBe(201);
    const { 'x-kist-csrf': token = '', ...untold } = own;
    expect(told(await create(untold))).toBe('403 AccessDenied');
    expect(told(await create({ ...own, 'x-kist-csrf': `${token.slice(1)}x` }))).toBe(
      '403 AccessDenied',
    );
    const other = await begin();
    expect(told(await create({ ...own, 'x-kist-csrf': other.own['x-kist-csrf']! }))).toBe(
      '403 AccessDenied',
    );
    expect(told(await create({ cookie, 'x-kist-csrf': token }))).toBe('403 AccessDenied');
  });

  test.each([
    ['another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['the port of S3, where buckets hold pages of anybody', { 'sec-fetch-site': 'same-site' }],
    ['a page without an origin', { origin: 'null' }],
  ])('is of no use to %s', async (_, headers) => {
    const { own, cookie } = await begin();
    const s3 = { origin: `http://127.0.0.1:${server.port}` };
    expect(told(await create({ ...own, ...s3, ...headers }))).toBe('403 AccessDenied');
    const shown = await ask({ path: '/api/whoami', headers: { cookie, ...s3, ...headers } });
    expect(told(shown)).toBe('403 AccessDenied');
    expect(shown.headers).not.toHaveProperty('access-control-allow-origin');
    expect(told(await login(keysOf(main), { headers: { ...s3, ...headers } }))).toBe(
      '403 AccessDenied',
    );
  });

  test('ends when it is told to: a copy of its cookie is no good', async () => {
    const { cookie, own } = await begin();
    const ended = await ask({ method: 'DELETE', path: '/api/session', headers: own });
    expect(ended.status).toBe(204);
    expect(ended.headers['set-cookie']![0]).toMatch(/^kist-session=;.*Max-Age=0$/);
    expect(told(await ask({ path: '/api/whoami', headers: { cookie } }))).toBe(
      '401 NotAuthenticated',
    );
  });

  test('ends with its key, and may what its user may', async () => {
    const { call } = adminClient(server.consolePort, main);
    await call('callIam', { action: 'CreateUser', UserName: 'brief' });
    const { AccessKey } = (await call('callIam', {
      action: 'CreateAccessKey',
      UserName: 'brief',
    })) as never as { AccessKey: { AccessKeyId: string; SecretAccessKey: string } };
    const { AccessKeyId, SecretAccessKey } = AccessKey;
    const { own } = await begin({ accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey });
    const who = await ask({ path: '/api/whoami', headers: own });
    expect(who.json).toMatchObject({ kind: 'user', userName: 'brief' });
    expect(told(await create(own))).toBe('403 AccessDenied');
    await call('callIam', {
      ...{ action: 'UpdateAccessKey', UserName: 'brief' },
      ...{ AccessKeyId, Status: 'Inactive' },
    });
    expect(told(await ask({ path: '/api/whoami', headers: own }))).toBe('401 NotAuthenticated');
  });

  test('is none in whose cookie one letter is another', async () => {
    const { cookie } = await begin();
    const at = cookie.length - 20;
    const changed = cookie.slice(0, at) + (cookie[at] === 'A' ? 'B' : 'A') + cookie.slice(at + 1);
    for (const bad of [changed, 'kist-session=', 'kist-session=a.b', 'kist-session=x']) {
      expect(told(await ask({ path: '/api/whoami', headers: { cookie: bad } }))).toBe(
        '401 NotAuthenticated',
      );
    }
  });

  test('begins with the token of an OpenID Connect issuer', async () => {
    const issuer = await startOidcIssuer();
    try {
      const { call } = adminClient(server.consolePort, root);
      const made = await call('callIam', {
        action: 'CreateOpenIDConnectProvider',
        Url: issuer.url,
        ClientIDList: ['kist'],
      });
      const role = (await call('callIam', {
        action: 'CreateRole',
        RoleName: 'people',
        AssumeRolePolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: {
            Effect: 'Allow',
            Principal: { Federated: made.OpenIDConnectProviderArn },
            Action: 'sts:AssumeRoleWithWebIdentity',
          },
        }),
      })) as never as { Role: { Arn: string } };
      const roleArn = role.Role.Arn;
      const { own } = await begin({ roleArn, webIdentityToken: await issuer.token() });
      const who = await ask({ path: '/api/whoami', headers: own });
      expect(who.json.arn).toMatch(/:assumed-role\/people\/console$/);
      expect(told(await create(own))).toBe('403 AccessDenied');
      expect(told(await login({ roleArn, webIdentityToken: 'a.b.c' }))).toBe(
        '400 InvalidIdentityToken',
      );
    } finally {
      await issuer.close();
    }
  });

  test('over TLS has a cookie that goes over TLS alone, and that no other host can give', async () => {
    const authority = createAuthority();
    const { certificate, key } = authority.issue(['127.0.0.1']);
    const directory = mkdtempSync(join(tmpdir(), 'kist-admin-'));
    writeFileSync(join(directory, 'crt'), certificate);
    writeFileSync(join(directory, 'key'), key, { mode: 0o600 });
    const secure = await startServer({
      workers: 1,
      ca: authority.certificate,
      flags: ['--tls-cert', join(directory, 'crt'), '--tls-key', join(directory, 'key')],
    });
    try {
      const answer = await askAt(secure.consolePort, {
        ...{ method: 'POST', path: '/api/session', body: keysOf(main) },
        ca: authority.certificate,
      });
      expect(answer.headers['set-cookie']![0]).toMatch(
        /^__Host-kist-session=[^;]+; Path=\/; HttpOnly; SameSite=Strict; Secure$/,
      );
    } finally {
      await secure.remove();
      rmSync(directory, { recursive: true });
    }
  });
});

describe('guessing', () => {
  test('is told the same of a key that is there and of one that is not, and no secret is logged', async () => {
    const wrong = { ...keysOf(alt), secretAccessKey: 'wrongSecret0000000000000000000000000000' };
    const from = '127.0.0.5';
    const there = await login(wrong, { from });
    const absent = await login({ ...wrong, accessKeyId: 'KISTTESTNOBODY000000' }, { from });
    expect(told(there)).toBe('401 NotAuthenticated');
    expect({ ...there.json, requestId: '' }).toEqual({ ...absent.json, requestId: '' });
    expect(server.log()).not.toContain(wrong.secretAccessKey);
  });

  test('has to wait after some failures, whatever it guesses next; others need not', async () => {
    const from = '127.0.0.6';
    const guess = (place: number) =>
      login({ accessKeyId: `KISTGUESS${place}`, secretAccessKey: 'wrong' }, { from });
    for (let place = 0; place < 10; place++) {
      expect(told(await guess(place))).toBe('401 NotAuthenticated');
    }
    const refused = await login(keysOf(alt), { from });
    expect(told(refused)).toBe('429 TooManyAttempts');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await login(keysOf(alt), { from: '127.0.0.7' })).status).toBe(201);
    await until(
      async () => (await login(keysOf(alt), { from })).status === 201,
      'the wait is over',
    );
  });
});

describe('guessing a signature', () => {
  test('has that key wait at that address, and no other', async () => {
    const from = '127.0.0.8';
    const signed = (account: typeof main) =>
      ask({ path: '/api/whoami', headers: signedV4({ ...whoAmI, account }).headers, from });
    const whoAmI = { method: 'GET', path: '/api/whoami', service: 'kist' };
    for (let place = 0; place < 10; place++) {
      const guess = await signed({ ...alt, secretAccessKey: `wrong-${place}` });
      expect(told(guess)).toBe('403 SignatureDoesNotMatch');
    }
    expect(told(await signed(alt))).toBe('429 TooManyAttempts');
    expect((await signed(main)).status).toBe(200);
    expect((await adminClient(server.consolePort, alt).call('whoAmI', {})).kind).toBe('account');
  });
});

describe('a name', () => {
  test.each(['console.example.com', 'localhost:9001', '127.0.0.1', '[::1]:9001', 'a.localhost'])(
    'that is known, %s, is answered',
    async (host) => {
      expect((await login(keysOf(main), { headers: { host } })).status).toBe(201);
    },
  );

  test.each(['evil.example', 'console.example.com.evil.example', 'xconsole.example.com'])(
    'that is not, %j, is refused to browsers, whatever address it has',
    async (host) => {
      const { cookie } = await begin();
      expect(told(await login(keysOf(main), { headers: { host } }))).toBe('421 MisdirectedRequest');
      expect(told(await ask({ path: '/api/whoami', headers: { host, cookie } }))).toBe(
        '421 MisdirectedRequest',
      );
    },
  );
});

describe('a signature', () => {
  const body = JSON.stringify({ name: 'signed' });
  const request = {
    ...{ method: 'POST', path: '/api/buckets', service: 'kist', body },
    headers: { 'content-type': 'application/json' },
  };
  const send = (
    { headers }: { readonly headers: Readonly<Record<string, string>> },
    sent = body,
    path = '/api/buckets',
  ) =>
    ask({
      method: 'POST',
      path,
      headers: { ...headers, 'content-length': String(sent.length) },
      body: sent,
    });

  test('is good under any name, for its service, its body and its path alone', async () => {
    const host = 'kist.internal';
    expect((await send(signedV4({ ...request, host }))).status).toBe(201);
    for (const service of ['s3', 'iam', 'sts']) {
      expect(told(await send(signedV4({ ...request, service })))).toBe(
        '400 AuthorizationHeaderMalformed',
      );
    }
    const signed = signedV4(request);
    expect(told(await send(signed, body.replace('signed', 'sagned')))).toMatch(
      /^40[03] XAmzContentSHA256Mismatch$/,
    );
    expect(told(await send(signed, body, '/api/namespaces'))).toBe('403 SignatureDoesNotMatch');
    const late = signedV4({ ...request, now: Date.now() - 3_600_000 });
    expect(told(await send(late))).toBe('403 RequestTimeTooSkewed');
    const unsigned = signedV4({ ...request, payload: 'UNSIGNED-PAYLOAD' });
    expect(told(await send(unsigned))).toMatch(/^40[03] XAmzContentSHA256Mismatch$/);
  });

  test('is needed: nothing is told without, and nothing to other methods', async () => {
    expect(told(await ask({ path: '/api/buckets' }))).toBe('401 NotAuthenticated');
    expect(told(await ask({ path: '/api/nothing' }))).toBe('404 NotFound');
    const options = await ask({ method: 'OPTIONS', path: '/api/buckets' });
    expect(told(options)).toBe('405 MethodNotAllowed');
    expect(options.headers.allow).toBe('GET, POST');
  });
});
