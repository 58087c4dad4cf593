import { ListObjectsCommand, type ListObjectsCommandInput } from '@aws-sdk/client-s3';
import { beforeAll, expect, test } from 'vitest';
import { main } from '../support/accounts.ts';
import { expectedList, inKeyOrder } from '../support/list-model.ts';
import { putAll } from '../support/objects.ts';
import { exchange } from '../support/raw-http.ts';
import { codeOf } from '../support/s3-client.ts';
import { signedV4 } from '../support/signed-request.ts';
import { startTestServer, uniqueBucketName } from '../support/test-server.ts';

const server = await startTestServer();
const Bucket = await server.createBucket();
const keys = ['a', 'a/b', 'a/c', 'a/c/d', 'b', 'c/1', 'c/2', 'd e', 'ü/x'];

beforeAll(() => putAll(server.main, Bucket, keys));

function list(input: Partial<ListObjectsCommandInput> = {}, client = server.main) {
  return client.send(new ListObjectsCommand({ Bucket, ...input }));
}

/** Pages as clients of this version join them: NextMarker with a delimiter, the last key without. */
async function all(input: Partial<ListObjectsCommandInput>) {
  const found = { keys: [] as string[], commonPrefixes: [] as string[] };
  let Marker = input.Marker;
  for (;;) {
    const page = await list({ ...input, Marker });
    found.keys.push(...(page.Contents ?? []).map((object) => object.Key ?? ''));
    found.commonPrefixes.push(...(page.CommonPrefixes ?? []).map((common) => common.Prefix ?? ''));
    if (page.IsTruncated !== true) return found;
    Marker = input.Delimiter === undefined ? page.Contents?.at(-1)?.Key : page.NextMarker;
    expect(Marker).toBeTypeOf('string');
  }
}

test('lists keys in order, each with its owner', async () => {
  const { Contents, IsTruncated, MaxKeys, Name } = await list();
  expect(Contents?.map((object) => object.Key)).toEqual(inKeyOrder(keys));
  expect(Contents?.[0]?.Owner?.ID).toBe(main.accountId);
  expect({ IsTruncated, MaxKeys, Name }).toEqual({
    IsTruncated: false,
    MaxKeys: 1000,
    Name: Bucket,
  });
});

const questions: readonly Partial<ListObjectsCommandInput>[] = [
  {},
  { Prefix: 'a/' },
  { Delimiter: '/' },
  { Delimiter: '/', Prefix: 'a/' },
  { Delimiter: '/', Marker: 'a/' },
  { Delimiter: '/', Marker: 'b' },
  { Marker: 'a/c' },
  { Marker: 'zzz' },
  { Delimiter: 'c' },
];

test.each(questions)('%j answers what it should, in one page and in many', async (question) => {
  const { Prefix, Delimiter, Marker } = question;
  const expected = expectedList(keys, { prefix: Prefix, delimiter: Delimiter, after: Marker });
  // A marker that is a common prefix stands after all that it stands for.
  const commonPrefixes = expected.commonPrefixes.filter((common) => common !== Marker);
  for (const MaxKeys of [1000, 2, 1]) {
    expect(await all({ ...question, MaxKeys })).toEqual({ keys: expected.keys, commonPrefixes });
  }
});

test('NextMarker comes with a delimiter only', async () => {
  expect((await list({ MaxKeys: 1 })).NextMarker).toBeUndefined();
  expect((await list({ MaxKeys: 1, Delimiter: '/' })).NextMarker).toBe('a');
});

test('empty Prefix and Marker elements are there', async () => {
  const { bytes } = signedV4({ method: 'GET', path: `/${Bucket}` });
  const xml = (await exchange(server.port, bytes)).body.toString();
  expect(xml).toMatch(/<Prefix\s*(\/>|><\/Prefix>)/);
  expect(xml).toMatch(/<Marker\s*(\/>|><\/Marker>)/);
});

test('encoding-type=url encodes keys, prefixes, markers and the delimiter', async () => {
  const page = await list({ EncodingType: 'url', Prefix: 'd ', Marker: 'd', Delimiter: ' ' });
  expect(page.EncodingType).toBe('url');
  expect(page.Prefix).toMatch(/^d(\+|%20)$/);
  expect(page.Delimiter).toMatch(/^(\+|%20)$/);
  expect(page.Contents?.map((object) => object.Key)).toEqual([
    expect.stringMatching(/^d(\+|%20)e$/),
  ]);
});

test('MaxKeys of 0 answers an empty page that is not truncated', async () => {
  const { Contents, IsTruncated } = await list({ MaxKeys: 0 });
  expect([Contents ?? [], IsTruncated]).toEqual([[], false]);
});

test('anonymous callers and a missing bucket are refused', async () => {
  expect(await codeOf(list({}, server.anonymous))).toBe('403 AccessDenied');
  expect(await codeOf(list({ Bucket: uniqueBucketName() }))).toBe('404 NoSuchBucket');
});
