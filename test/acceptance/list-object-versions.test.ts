import { DeleteObjectsCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { beforeAll, expect, test } from 'vitest';
import { main } from '../support/accounts.ts';
import { allKeys, putAll } from '../support/objects.ts';
import { codeOf } from '../support/s3-client.ts';
import { startTestServer, uniqueBucketName } from '../support/test-server.ts';

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
