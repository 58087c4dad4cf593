/** Headers that are put in after signing change nothing: what is not signed and says what to do is refused. */
import { GetObjectAclCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { exchange, outcome, requestHead } from '../support/raw-http.ts';
import { presignedV2, presignedV4, signedV2, signedV4 } from '../support/signed-request.ts';
import { startTestServer } from '../support/test-server.ts';

const server = await startTestServer();
const Bucket = await server.createBucket();
const path = `/${Bucket}/a`;
await server.main.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'first' }));
await server.main.send(new PutObjectCommand({ Bucket, Key: 'other', Body: 'other' }));

const injected: Readonly<Record<string, string>> = {
  'x-amz-acl': 'public-read',
  'x-amz-grant-read': 'uri="http://acs.amazonaws.com/groups/global/AllUsers"',
  'x-amz-copy-source': `/${Bucket}/other`,
  'x-amz-tagging': 'a=b',
  'x-amz-meta-role': 'admin',
  'x-amz-storage-class': 'GLACIER',
  'x-amz-website-redirect-location': 'http://evil.example.com/',
  'x-amz-object-lock-mode': 'COMPLIANCE',
  'x-amz-bypass-governance-retention': 'true',
  'x-amz-server-side-encryption': 'AES256',
  'x-amz-security-token': 'x',
  'x-amz-decoded-content-length': '1',
  'X-AMZ-ACL': 'public-read',
};

const host = { host: 'localhost', 'content-length': '6' };
const seconds = () => Math.floor(Date.now() / 1000) + 60;
const ways = {
  'version 4': (method: string) =>
    [path, signedV4({ method, path, body: 'second' }).headers] as const,
  'version 2': (method: string) =>
    [path, signedV2({ method, path, body: 'second' }).headers] as const,
  'a URL of version 4': (method: string) =>
    [presignedV4({ method, path, expiresSeconds: 60 }), host] as const,
  'a URL of version 2': (method: string) =>
    [presignedV2({ method, path, expires: seconds() }), host] as const,
};

describe.each(Object.entries(ways))('a PUT that is signed with %s', (_, sign) => {
  test.each(Object.keys(injected))('is refused with %s that was not signed', async (name) => {
    const [target, headers] = sign('PUT');
    const head = requestHead('PUT', target, { ...headers, [name]: injected[name] });
    const answer = await exchange(server.port, [head, 'second']);
    expect(outcome(answer)).toMatch(/^(403|400) /);
    const { Body } = await server.main.send(new GetObjectCommand({ Bucket, Key: 'a' }));
    expect(await Body!.transformToString()).toBe('first');
    const { Grants } = await server.main.send(new GetObjectAclCommand({ Bucket, Key: 'a' }));
    expect(Grants).toHaveLength(1);
  });
});

test('a second value of a signed header does not hold', async () => {
  const { headers } = signedV4({
    method: 'PUT',
    path,
    body: 'second',
    headers: { 'x-amz-acl': 'private' },
  });
  const pairs = [...Object.entries(headers), ['x-amz-acl', 'public-read'] as const];
  const answer = await exchange(server.port, [requestHead('PUT', path, pairs), 'second']);
  expect(outcome(answer)).toBe('403 SignatureDoesNotMatch');
});

test('a header that is signed and taken away does not hold either', async () => {
  const signed = signedV4({
    method: 'PUT',
    path,
    body: 'second',
    headers: { 'x-amz-acl': 'private', 'if-none-match': '*' },
  });
  for (const name of ['x-amz-acl', 'if-none-match', 'x-amz-content-sha256']) {
    const { [name]: _, ...headers } = signed.headers;
    const answer = await exchange(server.port, [requestHead('PUT', path, headers), 'second']);
    expect(outcome(answer)).toMatch(/^(403 SignatureDoesNotMatch|400 InvalidRequest)$/);
  }
});

test('a trailer that was not announced is not taken for a header', async () => {
  const body = '6\r\nsecond\r\n0\r\nx-amz-acl:public-read\r\n\r\n';
  const headers = {
    'content-encoding': 'aws-chunked',
    'x-amz-decoded-content-length': '6',
    'content-length': String(body.length),
    'x-amz-trailer': 'x-amz-checksum-crc32',
  };
  const signed = signedV4({
    method: 'PUT',
    path,
    headers,
    payload: 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
  });
  const answer = await exchange(server.port, [signed.head, body]);
  expect(outcome(answer)).toMatch(/^400 /);
  const { Grants } = await server.main.send(new GetObjectAclCommand({ Bucket, Key: 'a' }));
  expect(Grants).toHaveLength(1);
});
