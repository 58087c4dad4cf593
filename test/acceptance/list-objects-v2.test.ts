import {
  DeleteObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  PutBucketAclCommand,
} from '@aws-sdk/client-s3';
import { beforeAll, expect, test } from 'vitest';
import { main } from '../support/accounts.ts';
import { expectedList, inKeyOrder } from '../support/list-model.ts';
import { oddKeys, put, putAll } from '../support/objects.ts';
import { element, exchange } from '../support/raw-http.ts';
import { codeOf } from '../support/s3-client.ts';
import { signedV4 } from '../support/signed-request.ts';
import { startTestServer, uniqueBucketName } from '../support/test-server.ts';

const server = await startTestServer();
const Bucket = await server.createBucket();
const keys = [
  'a',
  'a/',
  'a/b',
  'a/b/c',
  'a/b/d',
  'a0',
  'b/1',
  'b/2',
  'b//3',
  'c',
  'photos/2023/01.jpg',
  'photos/2023/02.jpg',
  'photos/2024/01.jpg',
  'photos/index',
  'z|pipe|1',
  'z|pipe|2',
  'ä/ö',
  '😀',
];

beforeAll(() => putAll(server.main, Bucket, keys));

function list(input: Partial<ListObjectsV2CommandInput> = {}, client = server.main) {
  return client.send(new ListObjectsV2Command({ Bucket, ...input }));
}

/** Everything, page by page. */
async function pages(input: Partial<ListObjectsV2CommandInput>) {
  const found: { keys: string[]; commonPrefixes: string[]; entries: number }[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await list({ ...input, ContinuationToken });
    const keysOfPage = (page.Contents ?? []).map((object) => object.Key ?? '');
    const prefixes = (page.CommonPrefixes ?? []).map((common) => common.Prefix ?? '');
    const entries = keysOfPage.length + prefixes.length;
    expect(page.KeyCount).toBe(entries);
    expect(page.IsTruncated).toBe(page.NextContinuationToken !== undefined);
    found.push({ keys: keysOfPage, commonPrefixes: prefixes, entries });
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
  return found;
}

test('keys come in the order of their UTF-8 bytes', async () => {
  const { Contents, IsTruncated, KeyCount, MaxKeys, Name } = await list();
  expect(Contents?.map((object) => object.Key)).toEqual(inKeyOrder(keys));
  expect({ IsTruncated, KeyCount, MaxKeys, Name }).toEqual({
    IsTruncated: false,
    KeyCount: keys.length,
    MaxKeys: 1000,
    Name: Bucket,
  });
});

test('an entry says size, ETag, time, class and checksum algorithm', async () => {
  const { ETag } = await put(server.main, Bucket, 'c', 'c', { ChecksumAlgorithm: 'SHA256' });
  const { Contents } = await list({ Prefix: 'c' });
  expect(Contents).toHaveLength(1);
  expect(Contents?.[0]).toMatchObject({
    Key: 'c',
    Size: 1,
    ETag,
    StorageClass: 'STANDARD',
    ChecksumAlgorithm: ['SHA256'],
    ChecksumType: 'FULL_OBJECT',
  });
  expect(Contents?.[0]?.LastModified).toBeInstanceOf(Date);
  expect(Contents?.[0]?.Owner).toBeUndefined();
});

test('FetchOwner adds the owner', async () => {
  const { Contents } = await list({ Prefix: 'c', FetchOwner: true });
  expect(Contents?.[0]?.Owner?.ID).toBe(main.accountId);
});

const questions: readonly Partial<ListObjectsV2CommandInput>[] = [
  {},
  { Prefix: 'a' },
  { Prefix: 'a/' },
  { Prefix: 'nothing' },
  { Delimiter: '/' },
  { Delimiter: '/', Prefix: 'a/' },
  { Delimiter: '/', Prefix: 'photos' },
  { Delimiter: '/', Prefix: 'photos/' },
  { Delimiter: '/', Prefix: 'b/' },
  { Delimiter: 'pipe' },
  { Delimiter: 'o' },
  { Delimiter: 'ö' },
  { Delimiter: 'not-in-any-key' },
  { StartAfter: 'a/b' },
  { StartAfter: 'a/b/zzz' },
  { StartAfter: 'photos/2023', Delimiter: '/', Prefix: 'photos/' },
  { StartAfter: 'b/', Delimiter: '/' },
  { StartAfter: '\u{10ffff}' },
];

test.each(questions)('%j answers what it should, in one page and in many', async (question) => {
  const { Prefix, Delimiter, StartAfter } = question;
  const expected = expectedList(keys, { prefix: Prefix, delimiter: Delimiter, after: StartAfter });
  // A place that is a common prefix stands after all that it stands for.
  const commonPrefixes = expected.commonPrefixes.filter((common) => common !== StartAfter);
  for (const MaxKeys of [1000, 3, 2, 1]) {
    const found = await pages({ ...question, MaxKeys });
    expect(found.flatMap((page) => page.keys)).toEqual(expected.keys);
    expect(found.flatMap((page) => page.commonPrefixes)).toEqual(commonPrefixes);
    for (const page of found.slice(0, -1)) expect(page.entries).toBe(MaxKeys);
  }
});

test('parameters are said again', async () => {
  const answer = await list({ Prefix: 'a', Delimiter: '/', StartAfter: 'a', MaxKeys: 5 });
  expect(answer).toMatchObject({ Prefix: 'a', Delimiter: '/', StartAfter: 'a', MaxKeys: 5 });
});

test('MaxKeys of 0 answers an empty page that is not truncated', async () => {
  const { Contents, IsTruncated, KeyCount } = await list({ MaxKeys: 0 });
  expect([Contents ?? [], IsTruncated, KeyCount]).toEqual([[], false, 0]);
});

test('MaxKeys above 1,000 is 1,000', async () => {
  expect((await list({ MaxKeys: 5_000 })).MaxKeys).toBe(1000);
});

test.each(['-1', 'many', '2147483648', '1.5'])('max-keys=%s is refused', async (value) => {
  const { bytes } = signedV4({
    method: 'GET',
    path: `/${Bucket}`,
    query: `list-type=2&max-keys=${value}`,
  });
  const response = await exchange(server.port, bytes);
  expect([response.status, element(response, 'Code')]).toEqual([400, 'InvalidArgument']);
});

test('a continuation token that was never given is refused', async () => {
  expect(await codeOf(list({ ContinuationToken: 'made up' }))).toBe('400 InvalidArgument');
});

test('a continuation token outlives the key that it stands at', async () => {
  const bucket = await server.createBucket();
  await putAll(server.main, bucket, ['k1', 'k2', 'k3']);
  const first = await list({ Bucket: bucket, MaxKeys: 1 });
  for (const Key of ['k1', 'k2']) {
    await server.main.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
  }
  const rest = await list({ Bucket: bucket, ContinuationToken: first.NextContinuationToken });
  expect(rest.Contents?.map((object) => object.Key)).toEqual(['k3']);
});

test('encoding-type=url brings every key through, control characters too', async () => {
  const bucket = await server.createBucket();
  await putAll(server.main, bucket, oddKeys);
  const { Contents, EncodingType } = await list({ Bucket: bucket, EncodingType: 'url' });
  expect(EncodingType).toBe('url');
  const decoded = Contents?.map((object) =>
    decodeURIComponent((object.Key ?? '').replaceAll('+', ' ')),
  );
  expect(decoded).toEqual(inKeyOrder(oddKeys));
});

test('encoding-type=url encodes prefix, delimiter, start-after and common prefixes', async () => {
  const bucket = await server.createBucket();
  await putAll(server.main, bucket, ['x y/&1', 'x y/ä/2']);
  const answer = await list({
    Bucket: bucket,
    EncodingType: 'url',
    Prefix: 'x y/',
    Delimiter: 'ä',
    StartAfter: 'x y',
  });
  expect(answer.Contents?.map((object) => object.Key)).toEqual([
    expect.stringMatching(/^x(\+|%20)y\/%261$/),
  ]);
  expect(answer.CommonPrefixes?.map((common) => common.Prefix)).toEqual([
    expect.stringMatching(/^x(\+|%20)y\/%C3%A4$/),
  ]);
  expect(answer.Delimiter).toBe('%C3%A4');
  expect(answer.Prefix).toMatch(/^x(\+|%20)y\/$/);
  expect(answer.StartAfter).toMatch(/^x(\+|%20)y$/);
});

test('keys that XML must escape come through unencoded lists', async () => {
  const bucket = await server.createBucket();
  const special = ['<&>"\'', 'carriage\rreturn', 'line\nfeed', 'tab\t', '😀 \u{2028}'];
  await putAll(server.main, bucket, special);
  const { Contents } = await list({ Bucket: bucket });
  expect(Contents?.map((object) => object.Key)).toEqual(inKeyOrder(special));
});

test('an unknown encoding type is refused', async () => {
  const EncodingType = 'base64' as 'url';
  expect(await codeOf(list({ EncodingType }))).toBe('400 InvalidArgument');
});

test('empty elements are there: Prefix always, and Delimiter only if given', async () => {
  const { bytes } = signedV4({ method: 'GET', path: `/${Bucket}`, query: 'list-type=2' });
  const xml = (await exchange(server.port, bytes)).body.toString();
  expect(xml).toMatch(/<Prefix\s*(\/>|><\/Prefix>)/);
  expect(xml).not.toContain('<Delimiter');
  expect(xml).toContain('xmlns="http://s3.amazonaws.com/doc/2006-03-01/"');
});

test('READ on the bucket lists it, and nothing else does', async () => {
  const bucket = await server.createBucket();
  await put(server.main, bucket, 'public-object', 'x', { ACL: 'public-read' });
  expect(await codeOf(list({ Bucket: bucket }, server.alt))).toBe('403 AccessDenied');
  expect(await codeOf(list({ Bucket: bucket }, server.anonymous))).toBe('403 AccessDenied');
  await server.main.send(new PutBucketAclCommand({ Bucket: bucket, ACL: 'public-read' }));
  expect((await list({ Bucket: bucket }, server.anonymous)).KeyCount).toBe(1);
});

test('a bucket that is not there cannot be listed', async () => {
  expect(await codeOf(list({ Bucket: uniqueBucketName() }))).toBe('404 NoSuchBucket');
});

test('2,000 keys in pages of 1,000 are all there once', async () => {
  const bucket = await server.createBucket();
  const many = Array.from({ length: 2_000 }, (_, index) => `key-${String(index).padStart(5, '0')}`);
  await putAll(server.main, bucket, many);
  const found = await pages({ Bucket: bucket });
  expect(found.map((page) => page.entries)).toEqual([1000, 1000]);
  expect(found.flatMap((page) => page.keys)).toEqual(many);
});
