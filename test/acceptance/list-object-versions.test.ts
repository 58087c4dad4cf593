import { DeleteObjectsCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { beforeAll, expect, test } from 'vitest';
import { main } from '../support/accounts.ts';
import { allKeys, put, putAll } from '../support/objects.ts';
import { element, exchange } from '../support/raw-http.ts';
import { codeOf } from '../support/s3-client.ts';
import { signedV4 } from '../support/signed-request.ts';
import { startTestServer, uniqueBucketName } from '../support/test-server.ts';
import {
  history,
  putMarker,
  putVersion,
  setVersioning,
  versionedBucket,
} from '../support/versions.ts';

const server = await startTestServer();
const Bucket = await server.createBucket();
const keys = ['a', 'b/1', 'b/2', 'c'];

beforeAll(() => putAll(server.main, Bucket, keys));

function list(input: Partial<ConstructorParameters<typeof ListObjectVersionsCommand>[0]> = {}) {
  return server.main.send(new ListObjectVersionsCommand({ Bucket, ...input }));
}

test('the objects of an unversioned bucket are their own latest version, null', async () => {
  const { Versions, DeleteMarkers, IsTruncated } = await list();
  expect(Versions?.map((version) => [version.Key, version.VersionId, version.IsLatest])).toEqual(
    keys.map((key) => [key, 'null', true]),
  );
  expect(Versions?.[0]).toMatchObject({ Size: 1, Owner: { ID: main.accountId } });
  expect([DeleteMarkers ?? [], IsTruncated]).toEqual([[], false]);
});

test('prefix and delimiter group as in other lists', async () => {
  const { Versions, CommonPrefixes } = await list({ Delimiter: '/' });
  expect(Versions?.map((version) => version.Key)).toEqual(['a', 'c']);
  expect(CommonPrefixes?.map((common) => common.Prefix)).toEqual(['b/']);
  const inside = await list({ Prefix: 'b/' });
  expect(inside.Versions?.map((version) => version.Key)).toEqual(['b/1', 'b/2']);
});

test('pages join up to the whole list', async () => {
  const found: (string | undefined)[] = [];
  let markers: { KeyMarker?: string; VersionIdMarker?: string } = {};
  for (;;) {
    const page = await list({ MaxKeys: 1, ...markers });
    found.push(...(page.Versions ?? []).map((version) => version.Key));
    if (page.IsTruncated !== true) break;
    markers = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
  }
  expect(found).toEqual(keys);
});

test('a version marker without a key marker is refused', async () => {
  expect(await codeOf(list({ VersionIdMarker: 'null' }))).toBe('400 InvalidArgument');
});

test('what it lists, DeleteObjects deletes: the way that buckets are emptied', async () => {
  const bucket = await server.createBucket();
  await putAll(server.main, bucket, keys);
  const { Versions } = await list({ Bucket: bucket });
  const Objects = (Versions ?? []).map(({ Key, VersionId }) => ({ Key, VersionId }));
  await server.main.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects } }));
  expect(await allKeys(server.main, bucket)).toEqual([]);
});

test('others and a missing bucket are refused', async () => {
  const request = new ListObjectVersionsCommand({ Bucket });
  expect(await codeOf(server.alt.send(request))).toBe('403 AccessDenied');
  expect(await codeOf(list({ Bucket: uniqueBucketName() }))).toBe('404 NoSuchBucket');
});

test('versions of a key are listed newest first, delete markers beside them', async () => {
  const bucket = await versionedBucket(server);
  const a = [
    await putVersion(server.main, bucket, 'a'),
    await putVersion(server.main, bucket, 'a'),
  ];
  const b = await putVersion(server.main, bucket, 'b');
  const markers = [
    await putMarker(server.main, bucket, 'b'),
    await putMarker(server.main, bucket, 'b'),
    await putMarker(server.main, bucket, 'never-put'),
  ];
  expect(await history(server.main, bucket)).toEqual({
    versions: [`a ${a[1]} latest`, `a ${a[0]}`, `b ${b}`],
    markers: [`b ${markers[1]} latest`, `b ${markers[0]}`, `never-put ${markers[2]} latest`],
  });
});

test('the elements of versions and delete markers stand in the order of the list, common prefixes behind them', async () => {
  const bucket = await versionedBucket(server);
  for (const key of ['a', 'b', 'dir/c']) {
    await putVersion(server.main, bucket, key);
    await putMarker(server.main, bucket, key);
    await putVersion(server.main, bucket, key);
  }
  const { bytes } = signedV4({
    ...{ method: 'GET', path: `/${bucket}`, query: 'delimiter=%2F&versions=' },
  });
  const { body } = await exchange(server.port, bytes);
  const elements = [...body.toString().matchAll(/<(Version|DeleteMarker|CommonPrefixes)>/g)];
  const ofOneKey = ['Version', 'DeleteMarker', 'Version'];
  expect(elements.map(([, name]) => name)).toEqual([...ofOneKey, ...ofOneKey, 'CommonPrefixes']);
});

test('a version is described like the object that it was, a delete marker by owner and time', async () => {
  const bucket = await versionedBucket(server);
  const first = await put(server.main, bucket, 'k', 'one', { ChecksumAlgorithm: 'CRC32C' });
  await putVersion(server.main, bucket, 'k', 'three');
  await putMarker(server.main, bucket, 'k');
  const { Versions, DeleteMarkers } = await list({ Bucket: bucket });
  expect(Versions?.map(({ Size }) => Size)).toEqual([5, 3]);
  expect(Versions?.[1]).toMatchObject({
    ChecksumAlgorithm: ['CRC32C'],
    ChecksumType: 'FULL_OBJECT',
    ETag: first.ETag,
    IsLatest: false,
    LastModified: expect.any(Date),
    Owner: { ID: main.accountId, DisplayName: main.displayName },
    StorageClass: 'STANDARD',
    VersionId: first.VersionId,
  });
  expect(DeleteMarkers).toMatchObject([
    {
      LastModified: expect.any(Date),
      Owner: { ID: main.accountId, DisplayName: main.displayName },
    },
  ]);
});

interface Listed {
  readonly lines: readonly string[];
  readonly pages: number;
}

/** Each page's versions, markers and prefixes, whatever their order within the page, then the next page. */
async function listAll(
  bucket: string,
  question: Parameters<typeof list>[0],
  afterPage: (page: Awaited<ReturnType<typeof list>>) => Promise<void> = async () => {},
): Promise<Listed> {
  const lines: string[] = [];
  let markers: { KeyMarker?: string; VersionIdMarker?: string } = {};
  for (let pages = 1; ; pages++) {
    const page = await list({ Bucket: bucket, ...question, ...markers });
    const { Versions = [], DeleteMarkers = [], CommonPrefixes = [] } = page;
    for (const { Key, VersionId } of [...Versions, ...DeleteMarkers]) {
      lines.push(`${Key} ${VersionId}`);
    }
    lines.push(...CommonPrefixes.map(({ Prefix }) => `${Prefix}`));
    await afterPage(page);
    if (page.IsTruncated !== true) {
      expect([page.NextKeyMarker, page.NextVersionIdMarker]).toEqual([undefined, undefined]);
      return { lines, pages };
    }
    expect(Versions.length + DeleteMarkers.length + CommonPrefixes.length).toBe(question?.MaxKeys);
    markers = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
  }
}

/** Null, other versions and delete markers of a few keys. */
async function mixedBucket(): Promise<string> {
  const bucket = await server.createBucket();
  await putAll(server.main, bucket, ['dir/a', 'dir/b', 'z']);
  await setVersioning(server.main, bucket, 'Enabled');
  for (const key of ['dir/a', 'dir/a', 'k', 'k', 'k', 'z'])
    await putVersion(server.main, bucket, key);
  for (const key of ['dir/b', 'k', 'z']) await putMarker(server.main, bucket, key);
  await putVersion(server.main, bucket, 'k');
  await setVersioning(server.main, bucket, 'Suspended');
  await put(server.main, bucket, 'k', 'null');
  await setVersioning(server.main, bucket, 'Enabled');
  await putVersion(server.main, bucket, 'k');
  return bucket;
}

test.each([1, 2, 3, 5])('pages of %i join up to all versions and markers', async (MaxKeys) => {
  const bucket = await mixedBucket();
  const whole = await listAll(bucket, {});
  expect(whole.lines).toHaveLength(15);
  const paged = await listAll(bucket, { MaxKeys });
  expect(paged.pages).toBe(Math.ceil(15 / MaxKeys));
  expect(new Set(paged.lines)).toEqual(new Set(whole.lines));
  expect(paged.lines).toHaveLength(15);
  const rolled = await listAll(bucket, { MaxKeys, Delimiter: '/' });
  const outside = whole.lines.filter((line) => !line.startsWith('dir/'));
  expect(new Set(rolled.lines)).toEqual(new Set(['dir/', ...outside]));
  const inside = await listAll(bucket, { MaxKeys, Prefix: 'dir/', Delimiter: '/' });
  expect(inside.lines).toHaveLength(5);
});

test.each([1, 2, 3])(
  'who deletes each page of %i before asking for the next empties the bucket',
  async (MaxKeys) => {
    const bucket = await mixedBucket();
    await listAll(bucket, { MaxKeys }, async ({ Versions = [], DeleteMarkers = [] }) => {
      const Objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({
        Key,
        VersionId,
      }));
      await server.main.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects } }));
    });
    expect(await history(server.main, bucket)).toEqual({ versions: [], markers: [] });
  },
);

test('a key marker alone goes on behind all versions of that key', async () => {
  const bucket = await versionedBucket(server);
  for (const key of ['a', 'a', 'b', 'b']) await putVersion(server.main, bucket, key);
  const { Versions, KeyMarker, VersionIdMarker } = await list({ Bucket: bucket, KeyMarker: 'a' });
  expect(Versions?.map(({ Key }) => Key)).toEqual(['b', 'b']);
  expect([KeyMarker, VersionIdMarker ?? '']).toEqual(['a', '']);
});

test('a page of nothing is empty and not truncated', async () => {
  const { Versions, IsTruncated, MaxKeys } = await list({ MaxKeys: 0 });
  expect([Versions ?? [], IsTruncated, MaxKeys]).toEqual([[], false, 0]);
});

test('keys, prefixes and markers are url-encoded where asked for', async () => {
  const bucket = await versionedBucket(server);
  for (const key of ['ä b/1', 'ü+&']) await putVersion(server.main, bucket, key);
  const raw = async (query: string) => {
    const { bytes } = signedV4({ method: 'GET', path: `/${bucket}`, query });
    return exchange(server.port, bytes);
  };
  const first = await raw('delimiter=%20b%2F&encoding-type=url&max-keys=1&versions=');
  expect(element(first, 'Prefix')).toBe('');
  expect(element(element(first, 'CommonPrefixes') ?? '', 'Prefix')).toMatch(/^%C3%A4(\+|%20)b\/$/);
  expect(element(first, 'NextKeyMarker')).toMatch(/^%C3%A4(\+|%20)b\/$/);
  const second = await raw('encoding-type=url&key-marker=%C3%A4%20b%2F1&versions=');
  expect(element(second, 'Key')).toBe('%C3%BC%2B%26');
  expect(element(second, 'KeyMarker')).toMatch(/^%C3%A4(\+|%20)b\/1$/);
});

test('a version marker that is no version id is refused', async () => {
  const VersionIdMarker = 'not a version';
  expect(await codeOf(list({ KeyMarker: 'a', VersionIdMarker }))).toBe('400 InvalidArgument');
});
