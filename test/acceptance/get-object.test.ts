import { GetObjectCommand, PutBucketAclCommand } from '@aws-sdk/client-s3';
import { beforeAll, expect, test } from 'vitest';
import { bytesOf, put, read } from '../support/objects.ts';
import { exchange, outcome, requestHead } from '../support/raw-http.ts';
import { codeOf, refusalOf } from '../support/s3-client.ts';
import { signedV4 } from '../support/signed-request.ts';
import { startTestServer, uniqueBucketName } from '../support/test-server.ts';
import { putMarker, putVersion, versionedBucket } from '../support/versions.ts';

const server = await startTestServer();
const Bucket = await server.createBucket();
const Key = 'ranged';
const content = bytesOf(10_000);
let etag = '';
let lastModified = new Date();

beforeAll(async () => {
  const { ETag } = await put(server.main, Bucket, Key, content, { ContentType: 'text/x-test' });
  etag = ETag ?? '';
  const object = await server.main.send(new GetObjectCommand({ Bucket, Key }));
  await object.Body?.transformToByteArray();
  lastModified = object.LastModified ?? new Date();
});

function get(input: Partial<ConstructorParameters<typeof GetObjectCommand>[0]> = {}) {
  return server.main.send(new GetObjectCommand({ Bucket, Key, ...input }));
}

test('answers with the object and what is known about it', async () => {
  const object = await get();
  expect(Buffer.from((await object.Body?.transformToByteArray()) ?? []).equals(content)).toBe(true);
  expect(object).toMatchObject({
    AcceptRanges: 'bytes',
    ContentLength: content.length,
    ContentType: 'text/x-test',
    ETag: etag,
  });
  expect(object.VersionId).toBeUndefined();
  expect(Math.abs((object.LastModified?.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
});

const ranges: readonly (readonly [range: string, from: number, to: number])[] = [
  ['bytes=0-0', 0, 0],
  ['bytes=0-99', 0, 99],
  ['bytes=9999-9999', 9_999, 9_999],
  ['bytes=5000-', 5_000, 9_999],
  ['bytes=-1', 9_999, 9_999],
  ['bytes=-500', 9_500, 9_999],
  ['bytes=-20000', 0, 9_999],
  ['bytes=9000-99999', 9_000, 9_999],
];

test.each(ranges)('Range: %s answers with bytes %i to %i', async (Range, from, to) => {
  const object = await get({ Range });
  const body = Buffer.from((await object.Body?.transformToByteArray()) ?? []);
  expect(object.$metadata.httpStatusCode).toBe(206);
  expect(object.ContentRange).toBe(`bytes ${from}-${to}/${content.length}`);
  expect(object.ContentLength).toBe(to - from + 1);
  expect(body.equals(content.subarray(from, to + 1))).toBe(true);
});

test.each(['bytes=10000-', 'bytes=10000-10001', 'bytes=-0'])(
  'Range: %s cannot be satisfied',
  async (Range) => {
    const refusal = await refusalOf(get({ Range }));
    expect(`${refusal.status} ${refusal.code}`).toBe('416 InvalidRange');
    expect(refusal.fields).toMatchObject({ ActualObjectSize: '10000', RangeRequested: Range });
  },
);

test.each(['bytes=5-2', 'bytes=a-b', 'bytes=', 'bytes', 'lines=0-1', '0-99'])(
  'Range: %s means nothing and the whole object comes',
  async (Range) => {
    const object = await get({ Range });
    expect(object.$metadata.httpStatusCode).toBe(200);
    expect((await object.Body?.transformToByteArray())?.length).toBe(content.length);
  },
);

test('no range of an empty object can be satisfied', async () => {
  await put(server.main, Bucket, 'empty', '');
  expect(await codeOf(get({ Key: 'empty', Range: 'bytes=0-0' }))).toBe('416 InvalidRange');
});

const otherTag = '"00000000000000000000000000000000"';
const day = 86_400_000;

test('conditions that hold let the object through', async () => {
  for (const condition of [
    { IfMatch: etag },
    { IfMatch: etag.replaceAll('"', '') },
    { IfMatch: '*' },
    { IfMatch: `${otherTag}, ${etag}` },
    { IfNoneMatch: otherTag },
    { IfModifiedSince: new Date(lastModified.getTime() - day) },
    { IfUnmodifiedSince: lastModified },
    { IfMatch: etag, IfUnmodifiedSince: new Date(lastModified.getTime() - day) },
    { IfNoneMatch: otherTag, IfModifiedSince: new Date(Date.now() - 1_000) },
  ]) {
    const object = await get(condition);
    expect((await object.Body?.transformToByteArray())?.length).toBe(content.length);
  }
});

test('conditions that fail answer 412, or 304 where the client has the object', async () => {
  expect(await codeOf(get({ IfMatch: otherTag }))).toBe('412 PreconditionFailed');
  const old = new Date(lastModified.getTime() - day);
  expect(await codeOf(get({ IfUnmodifiedSince: old }))).toBe('412 PreconditionFailed');
  for (const condition of [
    { IfNoneMatch: etag },
    { IfNoneMatch: '*' },
    { IfModifiedSince: lastModified },
    { IfNoneMatch: etag, IfModifiedSince: old },
  ]) {
    expect((await refusalOf(get(condition))).status).toBe(304);
  }
});

test('304 has an ETag and no body', async () => {
  const headers = { 'if-none-match': etag };
  const { bytes } = signedV4({ method: 'GET', path: `/${Bucket}/${Key}`, headers });
  const response = await exchange(server.port, bytes);
  expect(response.status).toBe(304);
  expect(response.headers.etag).toBe(etag);
  expect(response.headers['content-length'] ?? '0').toBe('0');
});

test('a date of no form is no condition', async () => {
  for (const value of ['yesterday', '2023-01-01']) {
    const headers = { 'if-modified-since': value };
    const { bytes } = signedV4({ method: 'GET', path: `/${Bucket}/${Key}`, headers });
    expect((await exchange(server.port, bytes)).status).toBe(200);
  }
});

test('response-* parameters override what the object says of itself', async () => {
  const object = await get({
    ResponseCacheControl: 'no-store',
    ResponseContentDisposition: 'attachment; filename="ü.txt"',
    ResponseContentEncoding: 'identity',
    ResponseContentLanguage: 'fr',
    ResponseContentType: 'text/csv',
    ResponseExpires: new Date('2031-01-01T00:00:00Z'),
  });
  await object.Body?.transformToByteArray();
  expect(object).toMatchObject({
    CacheControl: 'no-store',
    ContentEncoding: 'identity',
    ContentLanguage: 'fr',
    ContentType: 'text/csv',
    ExpiresString: 'Wed, 01 Jan 2031 00:00:00 GMT',
  });
  expect(object.ContentDisposition).toContain('attachment; filename=');
});

test('response-* parameters need a signature', async () => {
  await put(server.main, Bucket, 'public', 'open', { ACL: 'public-read' });
  const get = (query: string) =>
    exchange(server.port, requestHead('GET', `/${Bucket}/public${query}`, { Host: 'localhost' }));
  expect((await get('')).status).toBe(200);
  expect(outcome(await get('?response-content-type=text/html'))).toBe('400 InvalidRequest');
});

test('a checksum comes with the body when it is asked for, and not with a range', async () => {
  await put(server.main, Bucket, 'summed', '123456789', { ChecksumAlgorithm: 'CRC32C' });
  const whole = await get({ Key: 'summed', ChecksumMode: 'ENABLED' });
  expect(whole.ChecksumCRC32C).toBe('4waSgw==');
  expect(await whole.Body?.transformToString()).toBe('123456789');
  const part = await get({ Key: 'summed', ChecksumMode: 'ENABLED', Range: 'bytes=0-3' });
  expect(part.ChecksumCRC32C).toBeUndefined();
  expect(await part.Body?.transformToString()).toBe('1234');
});

test('versionId=null names the object of an unversioned bucket', async () => {
  const body = await read(server.main, Bucket, Key, { VersionId: 'null' });
  expect(body.equals(content)).toBe(true);
  expect(await codeOf(get({ VersionId: 'L4kqtJlcpXroDTDmpUMLUo' }))).toMatch(
    /^(404 NoSuchVersion|400 InvalidArgument)$/,
  );
});

test('partNumber=1 is the whole of an object that was put at once', async () => {
  const object = await get({ PartNumber: 1 });
  expect((await object.Body?.transformToByteArray())?.length).toBe(content.length);
  expect(object.$metadata.httpStatusCode).toBe(206);
  expect(await codeOf(get({ PartNumber: 2 }))).toBe('416 InvalidPartNumber');
});

test('partNumber and Range together are refused', async () => {
  expect(await codeOf(get({ PartNumber: 1, Range: 'bytes=0-1' }))).toBe('400 InvalidRequest');
});

test('a missing key is NoSuchKey for who may list, AccessDenied for others', async () => {
  const request = new GetObjectCommand({ Bucket, Key: 'missing' });
  const refusal = await refusalOf(server.main.send(request));
  expect(`${refusal.status} ${refusal.code}`).toBe('404 NoSuchKey');
  expect(refusal.fields.Key).toBe('missing');
  expect(await codeOf(server.alt.send(request))).toBe('403 AccessDenied');
  expect(await codeOf(server.anonymous.send(request))).toBe('403 AccessDenied');
});

test('a missing bucket is NoSuchBucket', async () => {
  expect(await codeOf(get({ Bucket: uniqueBucketName() }))).toBe('404 NoSuchBucket');
});

test('READ on the bucket does not read its objects', async () => {
  const open = await server.createBucket();
  await put(server.main, open, 'closed', 'content');
  await server.main.send(new PutBucketAclCommand({ Bucket: open, ACL: 'public-read' }));
  const request = new GetObjectCommand({ Bucket: open, Key: 'closed' });
  expect(await codeOf(server.anonymous.send(request))).toBe('403 AccessDenied');
  expect(await codeOf(server.alt.send(request))).toBe('403 AccessDenied');
  const missing = new GetObjectCommand({ Bucket: open, Key: 'missing' });
  expect(await codeOf(server.anonymous.send(missing))).toBe('404 NoSuchKey');
});

test('READ on the object lets exactly those read who have it', async () => {
  await put(server.main, Bucket, 'for-all', 'a', { ACL: 'public-read' });
  await put(server.main, Bucket, 'for-accounts', 'b', { ACL: 'authenticated-read' });
  await put(server.main, Bucket, 'for-alt', 'c', { GrantRead: 'id=altid' });
  const may = async (client: typeof server.main, key: string) =>
    read(client, Bucket, key).then(
      () => true,
      () => false,
    );
  const clients = [server.main, server.alt, server.anonymous];
  const seen = async (key: string) => Promise.all(clients.map((client) => may(client, key)));
  expect(await seen('for-all')).toEqual([true, true, true]);
  expect(await seen('for-accounts')).toEqual([true, true, false]);
  expect(await seen('for-alt')).toEqual([true, true, false]);
  expect(await seen(Key)).toEqual([true, false, false]);
});

test('a reader that leaves halfway harms nobody', async () => {
  await put(server.main, Bucket, 'large', bytesOf(3_000_000));
  for (let index = 0; index < 5; index++) {
    const abort = new AbortController();
    const object = await server.main.send(new GetObjectCommand({ Bucket, Key: 'large' }), {
      abortSignal: abort.signal,
    });
    const body = object.Body as AsyncIterable<Buffer>;
    for await (const _ of body) break;
    abort.abort();
  }
  expect((await read(server.main, Bucket, 'large')).length).toBe(3_000_000);
});

test('a version id reads that version, and every answer names the version it is', async () => {
  const bucket = await versionedBucket(server);
  const old = await putVersion(server.main, bucket, 'k', 'old version');
  const current = await putVersion(server.main, bucket, 'k', 'current');
  const version = async (VersionId?: string, Range?: string) => {
    const answer = await get({ Bucket: bucket, Key: 'k', VersionId, Range });
    return [await answer.Body?.transformToString(), answer.VersionId];
  };
  expect(await version()).toEqual(['current', current]);
  expect(await version(current)).toEqual(['current', current]);
  expect(await version(old)).toEqual(['old version', old]);
  expect(await version(old, 'bytes=4-6')).toEqual(['ver', old]);
});

test('conditions with a version id are about that version', async () => {
  const bucket = await versionedBucket(server);
  const { ETag, VersionId } = await put(server.main, bucket, 'k', 'old');
  await put(server.main, bucket, 'k', 'current');
  const at = { Bucket: bucket, Key: 'k' };
  await get({ ...at, VersionId, IfMatch: ETag });
  expect(await codeOf(get({ ...at, IfMatch: ETag }))).toBe('412 PreconditionFailed');
});

test('a version that is not there is NoSuchVersion, and what is no version id is refused', async () => {
  const bucket = await versionedBucket(server);
  await putVersion(server.main, bucket, 'k');
  const at = { Bucket: bucket, Key: 'k' };
  expect(await codeOf(get({ ...at, VersionId: 'f'.repeat(32) }))).toBe('404 NoSuchVersion');
  expect(await codeOf(get({ ...at, VersionId: 'null' }))).toBe('404 NoSuchVersion');
  expect(await codeOf(get({ ...at, VersionId: 'no version' }))).toBe('400 InvalidArgument');
  expect(await codeOf(get({ VersionId: 'f'.repeat(32) }))).toBe('404 NoSuchVersion');
});

test('an object under a delete marker is NoSuchKey, the marker itself MethodNotAllowed', async () => {
  const bucket = await versionedBucket(server);
  const VersionId = await putVersion(server.main, bucket, 'k', 'hidden');
  const marker = await putMarker(server.main, bucket, 'k');
  const answerTo = (query: string) =>
    exchange(server.port, signedV4({ method: 'GET', path: `/${bucket}/k`, query }).bytes);
  const hidden = await answerTo('');
  expect(outcome(hidden)).toBe('404 NoSuchKey');
  expect(hidden.headers).toMatchObject({
    'x-amz-delete-marker': 'true',
    'x-amz-version-id': marker,
  });
  const named = await answerTo(`versionId=${marker}`);
  expect(outcome(named)).toBe('405 MethodNotAllowed');
  expect(named.headers).toMatchObject({
    allow: 'DELETE',
    'x-amz-delete-marker': 'true',
    'x-amz-version-id': marker,
  });
  expect(Date.parse(named.headers['last-modified'] ?? '')).not.toBeNaN();
  const bytes = await read(server.main, bucket, 'k', { VersionId });
  expect(bytes.toString()).toBe('hidden');
  const gone = await exchange(
    server.port,
    signedV4({ method: 'GET', path: `/${bucket}/never-there` }).bytes,
  );
  expect(gone.headers['x-amz-delete-marker']).toBeUndefined();
});

test('a delete marker tells nothing to who may not list the bucket', async () => {
  const bucket = await versionedBucket(server);
  await put(server.main, bucket, 'k', 'x', { ACL: 'public-read' });
  const VersionId = await putMarker(server.main, bucket, 'k');
  for (const version of [{}, { VersionId }]) {
    const request = new GetObjectCommand({ Bucket: bucket, Key: 'k', ...version });
    expect(await codeOf(server.anonymous.send(request))).toBe('403 AccessDenied');
  }
});

test('READ on one version reads that one', async () => {
  const bucket = await versionedBucket(server);
  const open = await putVersion(server.main, bucket, 'k', 'open', { ACL: 'public-read' });
  const closed = await putVersion(server.main, bucket, 'k', 'closed');
  const readBy = (VersionId?: string) =>
    server.anonymous.send(new GetObjectCommand({ Bucket: bucket, Key: 'k', VersionId }));
  expect(await (await readBy(open)).Body?.transformToString()).toBe('open');
  expect(await codeOf(readBy(closed))).toBe('403 AccessDenied');
  expect(await codeOf(readBy())).toBe('403 AccessDenied');
});
