import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseQuery } from '../protocol/query.ts';
import type { WireRequest } from '../protocol/request.ts';
import { presignSigV4, signSigV4 } from '../protocol/sigv4/sign.ts';
import { aliceKey, type Edge, startEdge } from './edge.fixture.ts';
import { type Answer, code } from './raw-client.fixture.ts';

const credentials = { accessKeyId: aliceKey.accessKeyId, secretAccessKey: 'secret' };
const wrong = { ...credentials, secretAccessKey: 'other' };

let edge: Edge;

beforeEach(async () => {
  edge = await startEdge();
});

afterEach(() => edge.stop());

function wire(method: string, path: string, host: string): WireRequest {
  const [rawPath = '/', rawQuery = ''] = path.split('?');
  return { method, rawPath, rawQuery, query: parseQuery(rawQuery), headers: { host } };
}

function send(method: string, path: string, headers: Readonly<Record<string, string>>) {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return edge.ask(`${method} ${path} HTTP/1.1\n${lines.join('\n')}`);
}

function askV4(
  method: string,
  path: string,
  { key = credentials, host = 's3.example.com', now = Date.now() } = {},
): Promise<Answer> {
  const options = { now, region: 'eu-west-1', payload: 'UNSIGNED-PAYLOAD' };
  const { headers } = signSigV4(wire(method, path, host), key, options);
  return send(method, path, headers);
}

function askV2(method: string, path: string, host: string, resource: string): Promise<Answer> {
  const date = new Date().toUTCString();
  const text = `${method}\n\n\n${date}\n${resource}`;
  const signature = createHmac('sha1', 'secret').update(text).digest('base64');
  return send(method, path, {
    Host: host,
    Date: date,
    Authorization: `AWS ${credentials.accessKeyId}:${signature}`,
  });
}

describe('a signed request', () => {
  it('is its account, in the namespace of the account', async () => {
    expect((await askV4('GET', '/private/open')).status).toBe(200);
    expect(edge.seen[0]!.context).toMatchObject({
      namespace: 'default',
      caller: { kind: 'account', accessKeyId: 'ALICEKEY', account: { accountId: 'alice' } },
    });
    await expect.poll(() => edge.entries.length).toBe(1);
    expect(edge.entries[0]!.caller).toBe('ALICEKEY');
  });

  it('may name its bucket in the host, with either signature version', async () => {
    expect((await askV4('GET', '/open', { host: 'private.s3.example.com' })).status).toBe(200);
    expect((await askV2('GET', '/open', 'private.s3.example.com', '/private/open')).status).toBe(
      200,
    );
    expect((await askV2('GET', '/private/open', 's3.example.com', '/private/open')).status).toBe(
      200,
    );
  });

  it('never signs the namespace of its host in version 2', async () => {
    const host = 'private.default.s3.example.com';
    expect((await askV2('GET', '/open', host, '/private/open')).status).toBe(200);
    expect(
      (await askV2('GET', '/private/open', 'default.s3.example.com', '/private/open')).status,
    ).toBe(200);
  });

  it('may be presigned', async () => {
    const request = wire('GET', '/private/open', 's3.example.com');
    const options = { now: Date.now(), region: 'us-east-1', expiresSeconds: 60 };
    const query = presignSigV4(request, credentials, options);
    const answer = await edge.ask(`GET /private/open?${query} HTTP/1.1\nHost: s3.example.com`);
    expect(answer.status).toBe(200);
  });

  it.each([
    ['another secret', { key: wrong }, 'SignatureDoesNotMatch'],
    ['an unknown key', { key: { ...wrong, accessKeyId: 'NOBODY' } }, 'InvalidAccessKeyId'],
    ['an old date', { now: Date.now() - 3_600_000 }, 'RequestTimeTooSkewed'],
    ['a session token', { key: { ...credentials, sessionToken: 't' } }, 'InvalidToken'],
  ])('with %s is refused', async (_, options, expected) => {
    expect(code(await askV4('GET', '/private/open', options))).toBe(expected);
    expect(edge.seen).toEqual([]);
  });

  it('may list buckets in its own namespace and not in another', async () => {
    expect((await askV4('GET', '/')).status).toBe(200);
    expect(code(await askV4('GET', '/', { host: 'acme.s3.example.com' }))).toBe('AccessDenied');
  });

  it('of the owner may do what no ACL grants', async () => {
    expect((await askV4('GET', '/private?location')).status).toBe(200);
  });

  it('for another region is refused where the region is enforced', async () => {
    await edge.stop();
    edge = await startEdge({ deps: { regionEnforced: true } });
    expect(code(await askV4('GET', '/private/open'))).toBe('AuthorizationHeaderMalformed');
  });
});
