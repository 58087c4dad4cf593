import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  type ChecksumAlgorithm,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutBucketAclCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { alt, main } from '../support/accounts.ts';
import { bytesOf, oddKeys, put, read, readText } from '../support/objects.ts';
import { exchange, outcome } from '../support/raw-http.ts';
import { codeOf, s3Client } from '../support/s3-client.ts';
import { md5Base64, signedV4 } from '../support/signed-request.ts';
import { startTestServer, uniqueBucketName } from '../support/test-server.ts';
import { putMarker, putVersion, versionedBucket } from '../support/versions.ts';

const server = await startTestServer();
const Bucket = await server.createBucket();

const sizes = [0, 1, 2_047, 2_048, 2_049, 65_536, 1_048_576, 1_048_577, 5_242_881];

test.each(sizes)('%i bytes come back as they were, with their MD5 as ETag', async (size) => {
  const body = bytesOf(size, size + 1);
  const { ETag } = await put(server.main, Bucket, `size-${size}`, body);
  expect(ETag).toBe(`"${createHash('md5').update(body).digest('hex')}"`);
  expect((await read(server.main, Bucket, `size-${size}`)).equals(body)).toBe(true);
});

test.each(oddKeys)('the key %j is kept as it is', async (key) => {
  await put(server.main, Bucket, key, `content of ${key}`);
  expect(await readText(server.main, Bucket, key)).toBe(`content of ${key}`);
});

test('a key of 1,024 bytes is taken, one byte more is refused', async () => {
  const longest = `${'ä'.repeat(511)}xy`;
  expect(Buffer.byteLength(longest)).toBe(1024);
  await put(server.main, Bucket, longest, 'longest');
  expect(await readText(server.main, Bucket, longest)).toBe('longest');
  expect(await codeOf(put(server.main, Bucket, `${longest}z`))).toBe('400 KeyTooLongError');
});

test('a second put replaces the first whole', async () => {
  await put(server.main, Bucket, 'replaced', 'first', {
    Metadata: { one: '1' },
    ContentType: 'text/plain',
  });
  await put(server.main, Bucket, 'replaced', 'second', { Metadata: { two: '2' } });
  const object = await server.main.send(new GetObjectCommand({ Bucket, Key: 'replaced' }));
  expect(await object.Body?.transformToString()).toBe('second');
  expect(object.Metadata).toEqual({ two: '2' });
  expect(object.ContentType).not.toBe('text/plain');
});

test('what is said about an object is said again', async () => {
  const said = {
    CacheControl: 'max-age=60, private',
    ContentDisposition: 'attachment; filename="a b.txt"',
    ContentEncoding: 'gzip',
    ContentLanguage: 'de-CH',
    ContentType: 'text/plain; charset=utf-8',
    WebsiteRedirectLocation: '/elsewhere',
  };
  const Expires = new Date('2030-01-02T03:04:05Z');
  await put(server.main, Bucket, 'headers', 'x', { ...said, Expires });
  const head = await server.main.send(new HeadObjectCommand({ Bucket, Key: 'headers' }));
  expect(head).toMatchObject(said);
  expect(head.ExpiresString).toBe('Wed, 02 Jan 2030 03:04:05 GMT');
});

test('without a content type an object is binary/octet-stream', async () => {
  const { bytes } = signedV4({ method: 'PUT', path: `/${Bucket}/untyped`, body: 'x' });
  await exchange(server.port, bytes);
  const head = await server.main.send(new HeadObjectCommand({ Bucket, Key: 'untyped' }));
  expect(head.ContentType).toBe('binary/octet-stream');
});

test('metadata comes back under lower-case names, empty and long values too', async () => {
  const { bytes } = signedV4({
    method: 'PUT',
    path: `/${Bucket}/metadata`,
    headers: {
      'X-Amz-Meta-Mixed-Case': 'Value With Spaces',
      'x-amz-meta-empty': '',
      'x-amz-meta-long': 'l'.repeat(1_500),
    },
  });
  expect((await exchange(server.port, bytes)).status).toBe(200);
  const head = await server.main.send(new HeadObjectCommand({ Bucket, Key: 'metadata' }));
  expect(head.Metadata).toEqual({
    'mixed-case': 'Value With Spaces',
    empty: '',
    long: 'l'.repeat(1_500),
  });
});

test('2 KB of metadata are taken, more is refused', async () => {
  const name = 'n'.repeat(48);
  await put(server.main, Bucket, 'meta-max', '', { Metadata: { [name]: 'v'.repeat(2_000) } });
  const tooMuch = { Metadata: { [name]: 'v'.repeat(2_001) } };
  expect(await codeOf(put(server.main, Bucket, 'meta-over', '', tooMuch))).toBe(
    '400 MetadataTooLarge',
  );
});

const algorithms = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const;

test.each(algorithms.filter((name) => name !== 'CRC64NVME'))(
  'a %s checksum is verified, stored and returned',
  async (ChecksumAlgorithm) => {
    const Key = `checksum-${ChecksumAlgorithm}`;
    const member = `Checksum${ChecksumAlgorithm}` as const;
    const answer = await put(server.main, Bucket, Key, 'checked', { ChecksumAlgorithm });
    expect(answer[member]).toBeTypeOf('string');
    const ChecksumMode = 'ENABLED';
    const head = await server.main.send(new HeadObjectCommand({ Bucket, Key, ChecksumMode }));
    expect(head[member]).toBe(answer[member]);
    expect(head.ChecksumType).toBe('FULL_OBJECT');
    const silent = await server.main.send(new HeadObjectCommand({ Bucket, Key }));
    expect(silent[member]).toBeUndefined();
  },
);

test('known checksums of "123456789" are accepted, for every algorithm', async () => {
  const known = {
    CRC32: Buffer.from('cbf43926', 'hex'),
    CRC32C: Buffer.from('e3069283', 'hex'),
    CRC64NVME: Buffer.from('ae8b14860a799888', 'hex'),
    SHA1: createHash('sha1').update('123456789').digest(),
    SHA256: createHash('sha256').update('123456789').digest(),
  };
  for (const algorithm of algorithms) {
    const value = known[algorithm].toString('base64');
    const name = `x-amz-checksum-${algorithm.toLowerCase()}`;
    const path = `/${Bucket}/known-${algorithm}`;
    const headers = { [name]: value };
    const { bytes } = signedV4({ method: 'PUT', path, body: '123456789', headers });
    const response = await exchange(server.port, bytes);
    expect([algorithm, response.status]).toEqual([algorithm, 200]);
    expect(response.headers[name]).toBe(value);
  }
});

test('without a checksum from the client an object gets a CRC64NVME', async () => {
  const path = `/${Bucket}/default-checksum`;
  const { bytes } = signedV4({ method: 'PUT', path, body: '123456789' });
  await exchange(server.port, bytes);
  const head = await server.main.send(
    new HeadObjectCommand({ Bucket, Key: 'default-checksum', ChecksumMode: 'ENABLED' }),
  );
  expect(head.ChecksumCRC64NVME).toBe('rosUhgp5mIg=');
  expect(head.ChecksumType).toBe('FULL_OBJECT');
});

test.each(algorithms)('a wrong %s stores nothing', async (algorithm) => {
  const sizes = { CRC32: 4, CRC32C: 4, CRC64NVME: 8, SHA1: 20, SHA256: 32 };
  const Key = `wrong-${algorithm}`;
  const headers = {
    [`x-amz-checksum-${algorithm.toLowerCase()}`]: Buffer.alloc(sizes[algorithm]).toString(
      'base64',
    ),
  };
  const { bytes } = signedV4({ method: 'PUT', path: `/${Bucket}/${Key}`, body: 'body', headers });
  expect(outcome(await exchange(server.port, bytes))).toBe('400 BadDigest');
  expect(await codeOf(server.main.send(new GetObjectCommand({ Bucket, Key })))).toBe(
    '404 NoSuchKey',
  );
});

test.each(['x-amz-checksum-crc32', 'x-amz-checksum-sha256'])(
  'a value of %s that is no checksum is refused',
  async (name) => {
    const headers = { [name]: 'bm90IGl0' };
    const path = `/${Bucket}/bad-checksum`;
    const { bytes } = signedV4({ method: 'PUT', path, body: 'body', headers });
    expect(outcome(await exchange(server.port, bytes))).toBe('400 InvalidRequest');
  },
);

test('two checksums at once are refused', async () => {
  const headers = {
    'x-amz-checksum-crc32': 'y/Q5Jg==',
    'x-amz-checksum-crc32c': '4waSgw==',
  };
  const path = `/${Bucket}/two-checksums`;
  const { bytes } = signedV4({ method: 'PUT', path, body: '123456789', headers });
  expect(outcome(await exchange(server.port, bytes))).toBe('400 InvalidRequest');
});

test('an unknown checksum algorithm is refused', async () => {
  const ChecksumAlgorithm = 'CRC7' as ChecksumAlgorithm;
  const headers = { 'x-amz-sdk-checksum-algorithm': ChecksumAlgorithm };
  const path = `/${Bucket}/unknown-algorithm`;
  const { bytes } = signedV4({ method: 'PUT', path, body: 'x', headers });
  expect(outcome(await exchange(server.port, bytes))).toBe('400 InvalidRequest');
});

test('a right Content-MD5 is accepted, a wrong one stores nothing', async () => {
  const request = (md5: string, key: string) =>
    signedV4({
      method: 'PUT',
      path: `/${Bucket}/${key}`,
      body: 'body',
      headers: { 'Content-MD5': md5 },
    }).bytes;
  expect((await exchange(server.port, request(md5Base64('body'), 'md5-right'))).status).toBe(200);
  const wrong = await exchange(server.port, request(md5Base64('other'), 'md5-wrong'));
  expect(outcome(wrong)).toBe('400 BadDigest');
  const Key = 'md5-wrong';
  expect(await codeOf(server.main.send(new GetObjectCommand({ Bucket, Key })))).toBe(
    '404 NoSuchKey',
  );
});

test('If-None-Match: * stores only what is not there', async () => {
  await put(server.main, Bucket, 'once', 'first', { IfNoneMatch: '*' });
  expect(await codeOf(put(server.main, Bucket, 'once', 'second', { IfNoneMatch: '*' }))).toBe(
    '412 PreconditionFailed',
  );
  expect(await readText(server.main, Bucket, 'once')).toBe('first');
});

test('If-Match replaces only what is meant', async () => {
  const { ETag } = await put(server.main, Bucket, 'matched', 'first');
  const other = '"00000000000000000000000000000000"';
  expect(await codeOf(put(server.main, Bucket, 'matched', 'no', { IfMatch: other }))).toBe(
    '412 PreconditionFailed',
  );
  await put(server.main, Bucket, 'matched', 'second', { IfMatch: ETag });
  expect(await readText(server.main, Bucket, 'matched')).toBe('second');
  expect(await codeOf(put(server.main, Bucket, 'not-there', 'x', { IfMatch: ETag }))).toBe(
    '404 NoSuchKey',
  );
});

test('of many writers with If-None-Match: * one wins', async () => {
  const bodies = Array.from({ length: 16 }, (_, index) => `writer ${index}`);
  const results = await Promise.allSettled(
    bodies.map((body) => put(server.main, Bucket, 'race', body, { IfNoneMatch: '*' })),
  );
  const winners = bodies.filter((_, index) => results[index]?.status === 'fulfilled');
  expect(winners).toHaveLength(1);
  expect(await readText(server.main, Bucket, 'race')).toBe(winners[0]);
});

test('there is no version id in the answer of an unversioned bucket', async () => {
  const answer = await put(server.main, Bucket, 'unversioned');
  expect(answer.VersionId).toBeUndefined();
});

test('a storage class is kept and returned, STANDARD goes without saying', async () => {
  await put(server.main, Bucket, 'standard', 'x', { StorageClass: 'STANDARD' });
  const standard = await server.main.send(new HeadObjectCommand({ Bucket, Key: 'standard' }));
  expect(standard.StorageClass).toBeUndefined();
  const StorageClass = 'FROZEN' as 'STANDARD';
  expect(await codeOf(put(server.main, Bucket, 'frozen', 'x', { StorageClass }))).toBe(
    '400 InvalidStorageClass',
  );
});

test('a put into a bucket that is not there says so', async () => {
  expect(await codeOf(put(server.main, uniqueBucketName(), 'key'))).toBe('404 NoSuchBucket');
});

test('others may put only where they have WRITE', async () => {
  const shared = await server.createBucket();
  expect(await codeOf(put(server.alt, shared, 'no'))).toBe('403 AccessDenied');
  expect(await codeOf(put(server.anonymous, shared, 'no'))).toBe('403 AccessDenied');
  await server.main.send(
    new PutBucketAclCommand({
      Bucket: shared,
      GrantFullControl: `id=${main.accountId}`,
      GrantWrite: `id=${alt.accountId}`,
    }),
  );
  await put(server.alt, shared, 'yes', 'by alt');
  expect(await codeOf(put(server.anonymous, shared, 'no'))).toBe('403 AccessDenied');
});

test('a stream of unknown checksum is sent with a trailer and verified', async () => {
  const body = bytesOf(300_000);
  const Body = Readable.from([body.subarray(0, 100_000), body.subarray(100_000)]);
  await server.main.send(
    new PutObjectCommand({ Bucket, Key: 'stream', Body, ContentLength: body.length }),
  );
  expect((await read(server.main, Bucket, 'stream')).equals(body)).toBe(true);
});

test('any region that a client signs with is accepted', async () => {
  const client = s3Client(server.endpoint, main, { region: 'eu-west-1' });
  await put(client, Bucket, 'region', 'x');
  client.destroy();
});

test('writers of one key at once leave one of their bodies, whole', async () => {
  const bodies = Array.from({ length: 8 }, (_, index) => bytesOf(200_000, index + 1));
  await Promise.all(bodies.map((body) => put(server.main, Bucket, 'contended', body)));
  const stored = await read(server.main, Bucket, 'contended');
  expect(bodies.some((body) => body.equals(stored))).toBe(true);
  const { Contents } = await server.main.send(
    new ListObjectsV2Command({ Bucket, Prefix: 'contended' }),
  );
  expect(Contents).toHaveLength(1);
});

test('conditions in a versioned bucket are about the current object alone', async () => {
  const bucket = await versionedBucket(server);
  const { ETag: oldTag } = await put(server.main, bucket, 'k', 'old', { IfNoneMatch: '*' });
  const { ETag } = await put(server.main, bucket, 'k', 'current');
  const again = (condition: object) => codeOf(put(server.main, bucket, 'k', 'new', condition));
  expect(await again({ IfNoneMatch: '*' })).toBe('412 PreconditionFailed');
  expect(await again({ IfMatch: oldTag })).toBe('412 PreconditionFailed');
  await putMarker(server.main, bucket, 'k');
  expect(await again({ IfMatch: ETag })).toBe('404 NoSuchKey');
  expect(await again({ IfMatch: '*' })).toBe('404 NoSuchKey');
  await putVersion(server.main, bucket, 'k', 'over the marker', { IfNoneMatch: '*' });
  expect(await again({ IfNoneMatch: '*' })).toBe('412 PreconditionFailed');
});

test('If-None-Match with an ETag stores unless that very content is there', async () => {
  const Key = 'unless';
  const { ETag } = await put(server.main, Bucket, Key, 'x', { IfNoneMatch: '"anything"' });
  const again = (IfNoneMatch: string | undefined) =>
    put(server.main, Bucket, Key, 'y', { IfNoneMatch });
  expect(await codeOf(again(ETag))).toBe('412 PreconditionFailed');
  expect(await readText(server.main, Bucket, Key)).toBe('x');
  await again('"another"');
  expect(await readText(server.main, Bucket, Key)).toBe('y');
});

test('who may write but not read an object may not hold its ETag against a guess', async () => {
  const bucket = await server.createBucket();
  await server.main.send(new PutBucketAclCommand({ Bucket: bucket, ACL: 'public-read-write' }));
  const { ETag } = await put(server.main, bucket, 'closed', 'x');
  const over = (key: string, IfMatch?: string) => put(server.alt, bucket, key, 'y', { IfMatch });
  expect(await codeOf(over('closed', ETag))).toBe('403 AccessDenied');
  expect(await codeOf(over('closed', '"guess"'))).toBe('403 AccessDenied');
  const unless = put(server.alt, bucket, 'closed', 'y', { IfNoneMatch: '"guess"' });
  expect(await codeOf(unless)).toBe('403 AccessDenied');
  await put(server.main, bucket, 'open', 'x', { ACL: 'public-read' });
  await over('open', ETag);
  await over('closed', '*');
});
