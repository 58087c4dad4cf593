import {
  type CORSRule,
  DeleteBucketCorsCommand,
  GetBucketCorsCommand,
  PutBucketAclCommand,
  PutBucketCorsCommand,
} from '@aws-sdk/client-s3';
import { beforeAll, expect, test } from 'vitest';
import { tenant } from '../support/accounts.ts';
import { put } from '../support/objects.ts';
import { codeOf } from '../support/s3-client.ts';
import { presignedV4 } from '../support/signed-request.ts';
import { startTestServer, uniqueBucketName } from '../support/test-server.ts';

const server = await startTestServer();
const Bucket = await server.createBucket();
const url = `${server.endpoint}/${Bucket}`;

const rules: CORSRule[] = [
  { ID: 'read', AllowedMethods: ['GET', 'HEAD'], AllowedOrigins: ['https://*.example.com'] },
  {
    AllowedMethods: ['PUT'],
    AllowedOrigins: ['https://upload.example.com'],
    AllowedHeaders: ['content-type', 'x-amz-*'],
    ExposeHeaders: ['ETag'],
    MaxAgeSeconds: 600,
  },
  { AllowedMethods: ['DELETE'], AllowedOrigins: ['*'] },
];

function set(CORSRules: CORSRule[], bucket = Bucket, client = server.main) {
  return client.send(
    new PutBucketCorsCommand({ Bucket: bucket, CORSConfiguration: { CORSRules } }),
  );
}

async function preflight(to: string, headers: Record<string, string>) {
  const answer = await fetch(to, { method: 'OPTIONS', headers });
  return { status: answer.status, headers: answer.headers, body: await answer.text() };
}

const wants = (origin: string, method: string, headers?: string) => ({
  Origin: origin,
  'Access-Control-Request-Method': method,
  ...(headers !== undefined && { 'Access-Control-Request-Headers': headers }),
});

beforeAll(async () => {
  await server.main.send(new PutBucketAclCommand({ Bucket, ACL: 'public-read' }));
});

test('a configuration is given back as it was set, and is gone after its deletion', async () => {
  const none = new GetBucketCorsCommand({ Bucket });
  expect(await codeOf(server.main.send(none))).toBe('404 NoSuchCORSConfiguration');
  await set(rules);
  const { CORSRules } = await server.main.send(new GetBucketCorsCommand({ Bucket }));
  expect(CORSRules).toEqual(rules);
  await server.main.send(new DeleteBucketCorsCommand({ Bucket }));
  await server.main.send(new DeleteBucketCorsCommand({ Bucket }));
  expect(await codeOf(server.main.send(none))).toBe('404 NoSuchCORSConfiguration');
});

test('only the owner reads and sets it', async () => {
  await server.main.send(new PutBucketAclCommand({ Bucket, ACL: 'public-read-write' }));
  expect(await codeOf(set(rules, Bucket, server.alt))).toBe('403 AccessDenied');
  expect(await codeOf(server.alt.send(new GetBucketCorsCommand({ Bucket })))).toBe(
    '403 AccessDenied',
  );
  expect(await codeOf(server.alt.send(new DeleteBucketCorsCommand({ Bucket })))).toBe(
    '403 AccessDenied',
  );
});

test('what is no rule is refused', async () => {
  const bad: [Partial<CORSRule>, string][] = [
    [{ AllowedMethods: ['PATCH'] }, '400 InvalidRequest'],
    [{ AllowedOrigins: ['https://*.*'] }, '400 InvalidRequest'],
    [{ ExposeHeaders: ['*'] }, '400 InvalidRequest'],
  ];
  for (const [rule, code] of bad) {
    expect(await codeOf(set([{ ...rules[0]!, ...rule }]))).toBe(code);
  }
  expect(await codeOf(set([]))).toMatch(/^400 MalformedXML/);
  expect(await codeOf(set(Array.from({ length: 101 }, () => rules[0]!)))).toBe('400 MalformedXML');
});

test('a preflight request is answered with what its rule allows', async () => {
  await set(rules);
  const { status, headers, body } = await preflight(
    `${url}/some/key?x-id=PutObject`,
    wants('https://upload.example.com', 'PUT', 'Content-Type, x-amz-acl'),
  );
  expect(status).toBe(200);
  expect(body).toBe('');
  expect(headers.get('access-control-allow-origin')).toBe('https://upload.example.com');
  expect(headers.get('access-control-allow-methods')).toBe('PUT');
  expect(headers.get('access-control-allow-headers')).toBe('content-type, x-amz-acl');
  expect(headers.get('access-control-expose-headers')).toBe('ETag');
  expect(headers.get('access-control-max-age')).toBe('600');
  expect(headers.get('access-control-allow-credentials')).toBe('true');
  expect(headers.get('vary')).toContain('Origin');
});

test('a preflight request that no rule allows, or that says too little, is refused', async () => {
  await set(rules);
  const denied = await preflight(url, wants('https://example.org', 'GET'));
  expect(denied.status).toBe(403);
  expect(denied.body).toContain('<Code>AccessForbidden</Code>');
  expect(denied.body).toContain('This CORS request is not allowed.');
  expect(denied.headers.get('access-control-allow-origin')).toBeNull();
  const header = wants('https://upload.example.com', 'PUT', 'x-secret');
  expect((await preflight(url, header)).status).toBe(403);
  expect((await preflight(url, {})).status).toBe(400);
  expect((await preflight(url, { Origin: 'https://a.example.com' })).status).toBe(400);
  const plain = await server.createBucket();
  const off = await preflight(`${server.endpoint}/${plain}`, wants('https://a.net', 'GET'));
  expect(off.status).toBe(403);
  expect(off.body).toContain('CORS is not enabled for this bucket.');
  const nowhere = `${server.endpoint}/${uniqueBucketName()}`;
  expect((await preflight(nowhere, wants('https://a.net', 'GET'))).status).toBe(404);
});

test('an answer says which origin may read it, errors too', async () => {
  await set(rules);
  await server.main.send(new PutBucketAclCommand({ Bucket, ACL: 'public-read' }));
  await put(server.main, Bucket, 'open', 'bytes', { ACL: 'public-read' });
  const ask = (path: string, origin?: string, method = 'GET') =>
    fetch(`${url}${path}`, { method, headers: origin === undefined ? {} : { Origin: origin } });
  const allowed = await ask('/open', 'https://a.example.com');
  expect(await allowed.text()).toBe('bytes');
  expect(allowed.headers.get('access-control-allow-origin')).toBe('https://a.example.com');
  expect(allowed.headers.get('access-control-allow-methods')).toBe('GET, HEAD');

  const missing = await ask('/missing', 'https://a.example.com');
  expect([missing.status, missing.headers.get('access-control-allow-origin')]).toEqual([
    404,
    'https://a.example.com',
  ]);
  const forbidden = await ask('/open', 'https://a.net', 'DELETE');
  expect([forbidden.status, forbidden.headers.get('access-control-allow-origin')]).toEqual([
    403,
    '*',
  ]);
  expect(forbidden.headers.get('access-control-allow-credentials')).toBeNull();

  const other = await ask('/open', 'https://a.net');
  expect([other.status, other.headers.get('access-control-allow-origin')]).toEqual([200, null]);
  expect(other.headers.get('vary')).toContain('Origin');
  const none = await ask('/open');
  expect(none.headers.get('vary')).toBeNull();
  expect(none.headers.get('access-control-allow-origin')).toBeNull();
});

test("a signed URL's preflight finds the bucket in the namespace of its key", async () => {
  const theirs = await server.createBucket(server.tenant);
  await set(
    [{ AllowedMethods: ['GET'], AllowedOrigins: ['https://a.net'] }],
    theirs,
    server.tenant,
  );
  const path = presignedV4({
    method: 'GET',
    path: `/${theirs}/key`,
    host: `127.0.0.1:${server.port}`,
    account: tenant,
    expiresSeconds: 60,
  });
  const { status, headers } = await preflight(
    `${server.endpoint}${path}`,
    wants('https://a.net', 'GET'),
  );
  expect([status, headers.get('access-control-allow-origin')]).toEqual([200, 'https://a.net']);
});

test('a request for what cannot be a bucket is refused with an origin as without', async () => {
  const path = `${server.endpoint}/${'x'.repeat(3000)}`;
  for (const origin of [undefined, 'https://a.net']) {
    const answer = await fetch(path, origin === undefined ? {} : { headers: { Origin: origin } });
    expect([answer.status, await answer.text()]).toEqual([
      400,
      expect.stringContaining('<Code>InvalidBucketName</Code>'),
    ]);
  }
});

test('a configuration has at most 64 KiB', async () => {
  const AllowedHeaders = Array.from({ length: 3000 }, (_, n) => `x-header-${n}`);
  expect(await codeOf(set([{ ...rules[0]!, AllowedHeaders }]))).toBe(
    '400 MaxMessageLengthExceeded',
  );
});
