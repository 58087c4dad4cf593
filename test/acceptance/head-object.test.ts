import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { put } from '../support/objects.ts';
import { exchange } from '../support/raw-http.ts';
import { refusalOf } from '../support/s3-client.ts';
import { signedV4 } from '../support/signed-request.ts';
import { startTestServer } from '../support/test-server.ts';
import { putMarker, putVersion, versionedBucket } from '../support/versions.ts';

const server = await startTestServer();
const Bucket = await server.createBucket();
const Key = 'object';
const { ETag } = await put(server.main, Bucket, Key, 'ten bytes!', {
  ContentType: 'text/plain',
  Metadata: { name: 'value' },
});

function head(input: Partial<ConstructorParameters<typeof HeadObjectCommand>[0]> = {}) {
  return server.main.send(new HeadObjectCommand({ Bucket, Key, ...input }));
}

test('says what GetObject says, without a body', async () => {
  expect(await head()).toMatchObject({
    AcceptRanges: 'bytes',
    ContentLength: 10,
    ContentType: 'text/plain',
    ETag,
    Metadata: { name: 'value' },
  });
  const { bytes } = signedV4({ method: 'HEAD', path: `/${Bucket}/${Key}` });
  const response = await exchange(server.port, bytes, { head: true });
  expect(response.headers['content-length']).toBe('10');
});

test('a range answers 206 with its length', async () => {
  const answer = await head({ Range: 'bytes=2-4' });
  expect(answer.$metadata.httpStatusCode).toBe(206);
  expect(answer.ContentLength).toBe(3);
  expect(answer.ContentRange).toBe('bytes 2-4/10');
});

test.each([
  ['a key that is not there', { Key: 'missing' }, 404],
  ['a condition that fails', { IfMatch: '"other"' }, 412],
  ['an object that the client has', { IfNoneMatch: ETag }, 304],
  ['a range beyond the end', { Range: 'bytes=10-' }, 416],
  ['a part that is not there', { PartNumber: 2 }, 416],
])('%s has a status and no body', async (_, input, status) => {
  expect((await refusalOf(head(input))).status).toBe(status);
});

test('partNumber=1 of an object that was put at once is all of it', async () => {
  const answer = await head({ PartNumber: 1 });
  expect(answer.ContentLength).toBe(10);
  expect(answer.PartsCount).toBeUndefined();
});

test('others need READ on the object', async () => {
  const request = new HeadObjectCommand({ Bucket, Key });
  expect((await refusalOf(server.alt.send(request))).status).toBe(403);
  await put(server.main, Bucket, 'open', 'x', { ACL: 'public-read' });
  await server.anonymous.send(new HeadObjectCommand({ Bucket, Key: 'open' }));
});

test('response-* parameters override headers here too', async () => {
  const answer = await head({ ResponseContentType: 'text/csv' });
  expect(answer.ContentType).toBe('text/csv');
});

test('a version id asks for that version, and every answer names the version it is', async () => {
  const bucket = await versionedBucket(server);
  const old = await putVersion(server.main, bucket, Key, 'old version');
  const current = await putVersion(server.main, bucket, Key, 'current');
  const version = async (VersionId?: string) => {
    const answer = await head({ Bucket: bucket, VersionId });
    return [answer.ContentLength, answer.VersionId];
  };
  expect(await version()).toEqual([7, current]);
  expect(await version(old)).toEqual([11, old]);
  const missing = head({ Bucket: bucket, VersionId: 'f'.repeat(32) });
  expect((await refusalOf(missing)).status).toBe(404);
  expect((await refusalOf(head({ Bucket: bucket, VersionId: 'no version' }))).status).toBe(400);
});

test('a delete marker answers 404 for the key, 405 under its own version id, and says what it is', async () => {
  const bucket = await versionedBucket(server);
  await putVersion(server.main, bucket, Key);
  const marker = await putMarker(server.main, bucket, Key);
  for (const [query, status] of [
    ['', 404],
    [`versionId=${marker}`, 405],
  ] as const) {
    const { bytes } = signedV4({ method: 'HEAD', path: `/${bucket}/${Key}`, query });
    const response = await exchange(server.port, bytes, { head: true });
    expect(response.status).toBe(status);
    expect(response.headers).toMatchObject({
      'x-amz-delete-marker': 'true',
      'x-amz-version-id': marker,
    });
  }
});
