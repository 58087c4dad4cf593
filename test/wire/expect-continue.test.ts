/** Expect: 100-continue: the body is asked for once the request is allowed, and not before. */
import { expect, test } from 'vitest';
import { alt } from '../support/accounts.ts';
import { readText } from '../support/objects.ts';
import { outcome, RawConnection } from '../support/raw-http.ts';
import { type RequestToSign, signedV2, signedV4 } from '../support/signed-request.ts';
import { startTestServer, uniqueBucketName } from '../support/test-server.ts';

const server = await startTestServer();
const Bucket = await server.createBucket();
const body = 'a body that waits';
const upload = {
  method: 'PUT',
  path: `/${Bucket}/expected`,
  body,
  headers: { Expect: '100-continue' },
} as const;

/** The first answer to the head alone. */
async function firstAnswer(request: RequestToSign, change = (head: string) => head) {
  const connection = await RawConnection.open(server.port);
  await connection.write(change(signedV4(request).head));
  const response = await connection.response();
  return { connection, response };
}

test('an allowed upload is asked for, then stored', async () => {
  const { connection, response } = await firstAnswer(upload);
  expect(response.status).toBe(100);
  expect(connection.pending).toBe(0);
  await connection.write(body);
  expect((await connection.response()).status).toBe(200);
  connection.close();
  expect(await readText(server.main, Bucket, 'expected')).toBe(body);
});

test('one that is signed with version 2, too', async () => {
  const connection = await RawConnection.open(server.port);
  await connection.write(signedV2(upload).head);
  expect((await connection.response()).status).toBe(100);
  await connection.write(body);
  expect((await connection.response()).status).toBe(200);
  connection.close();
});

test.each<readonly [string, RequestToSign, (head: string) => string, string]>([
  ['of somebody else', { ...upload, account: alt }, (head) => head, '403 AccessDenied'],
  [
    'without a signature',
    upload,
    (head) => head.replace(/^authorization:.*\r\n/im, '').replaceAll(/^x-amz-.*\r\n/gim, ''),
    '403 AccessDenied',
  ],
  [
    'with a wrong signature',
    upload,
    (head) => head.replace(/Signature=.{4}/, 'Signature=0000'),
    '403 SignatureDoesNotMatch',
  ],
  [
    'into a bucket that is not there',
    { ...upload, path: `/${uniqueBucketName()}/key` },
    (head) => head,
    '404 NoSuchBucket',
  ],
  [
    'that is too large',
    { ...upload, headers: { ...upload.headers, 'content-length': String(6 * 1024 ** 3) } },
    (head) => head,
    '400 EntityTooLarge',
  ],
  [
    'with a Content-MD5 of no form',
    { ...upload, headers: { ...upload.headers, 'content-md5': 'nonsense' } },
    (head) => head,
    '400 InvalidDigest',
  ],
])('an upload %s is refused before its body', async (_, request, change, expected) => {
  const { connection, response } = await firstAnswer(request, change);
  expect(outcome(response)).toBe(expected);
  connection.close();
});

test('another expectation is neither met nor refused', async () => {
  const connection = await RawConnection.open(server.port);
  await connection.write(signedV4({ ...upload, headers: { Expect: '200-maybe' } }).bytes);
  expect((await connection.response()).status).toBe(200);
  connection.close();
});

test('a client that does not wait is served all the same', async () => {
  const connection = await RawConnection.open(server.port);
  await connection.write(signedV4(upload).bytes);
  let response = await connection.response();
  if (response.status === 100) response = await connection.response();
  expect(response.status).toBe(200);
  connection.close();
});

test('a refused body that comes anyway does not become the next request', async () => {
  const smuggled = signedV4({ method: 'DELETE', path: `/${Bucket}/expected` }).bytes;
  const connection = await RawConnection.open(server.port);
  const { head } = signedV4({
    ...upload,
    account: alt,
    body: smuggled,
    headers: { ...upload.headers, 'content-length': String(smuggled.length) },
  });
  await connection.write(head);
  expect(outcome(await connection.response())).toBe('403 AccessDenied');
  await connection.write(smuggled);
  await connection.closed();
  connection.close();
  expect(await readText(server.main, Bucket, 'expected')).toBe(body);
});
