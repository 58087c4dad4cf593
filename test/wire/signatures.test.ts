/** Both signature versions, in the header and in the URL, as other clients than the SDKs send them. */

import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { beforeAll, expect, test } from 'vitest';
import { tenant } from '../support/accounts.ts';
import { put } from '../support/objects.ts';
import { element, exchange, outcome, requestHead } from '../support/raw-http.ts';
import {
  presignedV2,
  presignedV4,
  type RequestToSign,
  signedV2,
  signedV4,
} from '../support/signed-request.ts';
import { emptyHash } from '../support/sigv4.ts';
import { startTestServer, uniqueBucketName } from '../support/test-server.ts';

const server = await startTestServer();
const Bucket = await server.createBucket();
const path = `/${Bucket}/key`;

beforeAll(() => put(server.main, Bucket, 'key', 'content'));

function open(target: string, Host = 'localhost', method = 'GET') {
  return exchange(server.port, requestHead(method, target, { Host }), { head: method === 'HEAD' });
}

const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;

test('version 2 in the header: with Date, with x-amz-date, with sub-resources', async () => {
  const requests: readonly RequestToSign[] = [
    { method: 'GET', path },
    { method: 'GET', path, headers: { 'x-amz-date': new Date().toUTCString() } },
    { method: 'GET', path, query: 'acl' },
    { method: 'GET', path, query: 'response-content-type=text%2Fcsv' },
    { method: 'GET', path: `/${Bucket}`, query: 'prefix=k&max-keys=5' },
    { method: 'GET', path: `/${Bucket}`, query: 'location' },
    { method: 'PUT', path: `/${Bucket}/v2`, body: 'x', headers: { 'Content-Type': 'text/plain' } },
    {
      method: 'PUT',
      path: `/${Bucket}/v2`,
      body: 'x',
      headers: { 'x-amz-meta-a': 'b', 'x-amz-acl': 'private' },
    },
    { method: 'DELETE', path: `/${Bucket}/v2` },
  ];
  for (const request of requests) {
    const { bytes } = signedV2(request);
    const response = await exchange(server.port, bytes);
    expect([request.method, request.query, outcome(response)]).toEqual([
      request.method,
      request.query,
      request.method === 'DELETE' ? '204' : '200',
    ]);
  }
});

test('version 2 signs the bucket of the host, and never the namespace', async () => {
  const bucket = uniqueBucketName();
  await server.tenant.send(new CreateBucketCommand({ Bucket: bucket }));
  await put(server.tenant, bucket, 'key', 'of the tenant');
  const signed = signedV2({ method: 'GET', path: `/${bucket}/key`, account: tenant });
  const { Authorization, Date: date } = signed.headers;
  for (const [Host, target] of [
    ['localhost', `/${bucket}/key`],
    [`${tenant.namespace}.localhost`, `/${bucket}/key`],
    [`${bucket}.${tenant.namespace}.localhost`, '/key'],
  ] as const) {
    const head = requestHead('GET', target, { Host, Date: date, Authorization });
    const response = await exchange(server.port, head);
    expect([Host, response.body.toString()]).toEqual([Host, 'of the tenant']);
  }
});

test('version 2 of no match returns what the server has signed', async () => {
  const { head } = signedV2({ method: 'GET', path });
  const response = await exchange(server.port, head.replace(/:[^:\r]{4}([^:\r]*=\r)/, ':AAAA$1'));
  expect(outcome(response)).toBe('403 SignatureDoesNotMatch');
  expect(element(response, 'StringToSign')).toContain(path);
});

test('version 2 with a clock that is off is refused', async () => {
  const { bytes } = signedV2({ method: 'GET', path, now: Date.now() - 20 * 60_000 });
  expect(outcome(await exchange(server.port, bytes))).toBe('403 RequestTimeTooSkewed');
});

test('version 2 without a date is refused', async () => {
  const { head } = signedV2({ method: 'GET', path });
  const response = await exchange(server.port, head.replace(/^Date:.*\r\n/m, ''));
  expect(outcome(response)).toBe('403 AccessDenied');
});

test('version 2 in the URL: read, until it expires', async () => {
  const request = { method: 'GET', path };
  const good = await open(presignedV2({ ...request, expires: inSeconds(60) }));
  expect([good.status, good.body.toString()]).toEqual([200, 'content']);
  const late = await open(presignedV2({ ...request, expires: inSeconds(-1) }));
  expect(outcome(late)).toBe('403 AccessDenied');
  expect(element(late, 'Message')).toBe('Request has expired');
  const changed = presignedV2({ ...request, expires: inSeconds(60) }).replace(
    /Expires=\d/,
    'Expires=9',
  );
  expect(outcome(await open(changed))).toBe('403 SignatureDoesNotMatch');
  const nonsense = presignedV2({ ...request, expires: inSeconds(60) }).replace(
    /Expires=\d+/,
    'Expires=soon',
  );
  expect(outcome(await open(nonsense))).toBe('403 AccessDenied');
});

test('version 4 in the URL: read, until it expires', async () => {
  const request = { method: 'GET', path };
  const good = await open(presignedV4({ ...request, expiresSeconds: 60 }));
  expect([good.status, good.body.toString()]).toEqual([200, 'content']);
  const late = await open(
    presignedV4({ ...request, expiresSeconds: 60, now: Date.now() - 61_000 }),
  );
  expect(outcome(late)).toBe('403 AccessDenied');
  expect(element(late, 'Message')).toBe('Request has expired');
});

test('version 4 in the URL is for one method', async () => {
  const target = presignedV4({ method: 'GET', path, expiresSeconds: 60 });
  expect(outcome(await open(target, 'localhost', 'DELETE'))).toBe('403 SignatureDoesNotMatch');
});

test('version 4 in the URL holds for seven days at most', async () => {
  const week = 7 * 24 * 3_600;
  expect((await open(presignedV4({ method: 'GET', path, expiresSeconds: week }))).status).toBe(200);
  for (const expiresSeconds of [week + 1, -1]) {
    const response = await open(presignedV4({ method: 'GET', path, expiresSeconds }));
    expect(outcome(response)).toBe('400 AuthorizationQueryParametersError');
  }
});

test.each([
  'X-Amz-Credential',
  'X-Amz-Date',
  'X-Amz-Expires',
  'X-Amz-SignedHeaders',
  'X-Amz-Signature',
])('version 4 in the URL without %s is refused', async (name) => {
  const target = presignedV4({ method: 'GET', path, expiresSeconds: 60 });
  const without = target.replace(new RegExp(`&?${name}=[^&]*`), '');
  expect(outcome(await open(without))).toBe('400 AuthorizationQueryParametersError');
});

test('headers that are not signed and should be are refused', async () => {
  const { head } = signedV4({ method: 'GET', path });
  const response = await exchange(
    server.port,
    head.replace('\r\n\r\n', '\r\nx-amz-acl: public-read\r\n\r\n'),
  );
  expect(outcome(response)).toBe('403 AccessDenied');
  expect(element(response, 'HeadersNotSigned')).toBe('x-amz-acl');
});

test('spaces in signed values and the order of parameters do not matter', async () => {
  const { head } = signedV4({
    method: 'GET',
    path: `/${Bucket}`,
    query: 'prefix=k&list-type=2',
    headers: { 'x-amz-meta-spaces': 'a b' },
  });
  const changed = head
    .replace('prefix=k&list-type=2', 'list-type=2&prefix=k')
    .replace('x-amz-meta-spaces: a b', 'x-amz-meta-spaces:    a    b  ');
  expect((await exchange(server.port, changed)).status).toBe(200);
});

test('a virtual host takes the bucket out of the path', async () => {
  const host = `${Bucket}.localhost:${server.port}`;
  const { bytes } = signedV4({ method: 'GET', path: '/key', host });
  expect((await exchange(server.port, bytes)).body.toString()).toBe('content');
  const list = signedV4({ method: 'GET', path: '/', host, payload: emptyHash });
  expect(element(await exchange(server.port, list.bytes), 'Name')).toBe(Bucket);
});

test('an unsigned payload is accepted, a signed one is checked', async () => {
  const upload = { method: 'PUT', path: `/${Bucket}/payload`, body: 'x' } as const;
  const unsigned = signedV4({ ...upload, payload: 'UNSIGNED-PAYLOAD' });
  expect((await exchange(server.port, unsigned.bytes)).status).toBe(200);
  const wrong = signedV4({ ...upload, payload: emptyHash });
  expect(outcome(await exchange(server.port, wrong.bytes))).toBe('400 XAmzContentSHA256Mismatch');
});
