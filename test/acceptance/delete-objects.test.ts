import {
  DeleteObjectsCommand,
  HeadObjectCommand,
  type ObjectIdentifier,
  PutBucketAclCommand,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { allKeys, isXmlText, oddKeys, put, putAll } from '../support/objects.ts';
import { exchange, outcome } from '../support/raw-http.ts';
import { codeOf } from '../support/s3-client.ts';
import { md5Base64, signedV4 } from '../support/signed-request.ts';
import { startTestServer } from '../support/test-server.ts';
import { history, putMarker, putVersion, versionedBucket } from '../support/versions.ts';

const server = await startTestServer();
const Bucket = await server.createBucket();

function deletion(keys: readonly (string | ObjectIdentifier)[], Quiet = false, bucket = Bucket) {
  const Objects = keys.map((key) => (typeof key === 'string' ? { Key: key } : key));
  return new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet } });
}

test('says of each key that it was deleted, whether it was there or not', async () => {
  await putAll(server.main, Bucket, ['one', 'two']);
  const answer = await server.main.send(deletion(['one', 'two', 'never-there']));
  expect(answer.Deleted?.map((deleted) => deleted.Key)).toEqual(['one', 'two', 'never-there']);
  expect(answer.Errors ?? []).toEqual([]);
  expect(await allKeys(server.main, Bucket)).toEqual([]);
});

test('says nothing of what went well if it is to be quiet', async () => {
  await putAll(server.main, Bucket, ['quiet']);
  const answer = await server.main.send(deletion(['quiet'], true));
  expect(answer.Deleted ?? []).toEqual([]);
  expect(await allKeys(server.main, Bucket)).toEqual([]);
});

test('odd keys are deleted and named as they are', async () => {
  const keys = oddKeys.filter(isXmlText);
  await putAll(server.main, Bucket, keys);
  const answer = await server.main.send(deletion(keys));
  expect(new Set(answer.Deleted?.map((deleted) => deleted.Key))).toEqual(new Set(keys));
  expect(await allKeys(server.main, Bucket)).toEqual([]);
});

test('1,000 keys are deleted at once, 1,001 are refused', async () => {
  const keys = Array.from({ length: 1_000 }, (_, index) => `many-${index}`);
  await putAll(server.main, Bucket, keys.slice(0, 50));
  const answer = await server.main.send(deletion(keys));
  expect(answer.Deleted).toHaveLength(1_000);
  expect(await allKeys(server.main, Bucket)).toEqual([]);
  expect(await codeOf(server.main.send(deletion([...keys, 'one-more'])))).toBe('400 MalformedXML');
});

test('an ETag deletes only what is meant', async () => {
  const { ETag } = await put(server.main, Bucket, 'tagged');
  const refused = await server.main.send(deletion([{ Key: 'tagged', ETag: '"other"' }]));
  expect(refused.Errors?.map((error) => [error.Key, error.Code])).toEqual([
    ['tagged', 'PreconditionFailed'],
  ]);
  const done = await server.main.send(deletion([{ Key: 'tagged', ETag }]));
  expect(done.Deleted?.map((deleted) => deleted.Key)).toEqual(['tagged']);
});

test('VersionId null names the object of an unversioned bucket', async () => {
  await put(server.main, Bucket, 'null-version');
  const answer = await server.main.send(deletion([{ Key: 'null-version', VersionId: 'null' }]));
  expect(answer.Errors ?? []).toEqual([]);
  expect(await allKeys(server.main, Bucket)).toEqual([]);
});

test('others are refused, as a whole or key by key', async () => {
  await put(server.main, Bucket, 'mine');
  for (const client of [server.alt, server.anonymous]) {
    const answer = await client.send(deletion(['mine'])).catch((error: Error) => error);
    if (answer instanceof Error) expect(answer.name).toBe('AccessDenied');
    else expect(answer.Errors?.map((error) => error.Code)).toEqual(['AccessDenied']);
  }
  expect(await allKeys(server.main, Bucket)).toEqual(['mine']);
});

const namespace = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';

function raw(body: string, headers: Readonly<Record<string, string>> = {}) {
  return exchange(
    server.port,
    signedV4({
      method: 'POST',
      path: `/${Bucket}`,
      query: 'delete=',
      body,
      headers: { 'content-md5': md5Base64(body), ...headers },
    }).bytes,
  );
}

test('elements may come in any order, with and without namespace', async () => {
  await putAll(server.main, Bucket, ['order-1', 'order-2']);
  const objects =
    '<Object><VersionId>null</VersionId><Key>order-1</Key></Object><Object><Key>order-2</Key></Object>';
  const response = await raw(`<Delete>${objects}<Quiet>true</Quiet></Delete>`);
  expect(response.status).toBe(200);
  expect(await allKeys(server.main, Bucket)).not.toContain('order-1');
  expect((await raw(`<Delete ${namespace}><Quiet>true</Quiet>${objects}</Delete>`)).status).toBe(
    200,
  );
});

test.each([
  ['nothing', ''],
  ['no object', `<Delete ${namespace}></Delete>`],
  ['an object without a key', `<Delete ${namespace}><Object></Object></Delete>`],
  ['another document', `<Remove ${namespace}><Object><Key>k</Key></Object></Remove>`],
  ['an unfinished document', `<Delete ${namespace}><Object><Key>k</Key></Object>`],
])('%s is malformed', async (_, body) => {
  expect(outcome(await raw(body))).toMatch(/^400 (MalformedXML|MissingRequestBodyError)$/);
});

test('a body needs Content-MD5 or a checksum', async () => {
  const body = `<Delete ${namespace}><Object><Key>k</Key></Object></Delete>`;
  const request = { method: 'POST', path: `/${Bucket}`, query: 'delete=', body };
  expect(outcome(await exchange(server.port, signedV4(request).bytes))).toBe('400 InvalidRequest');
});

test('a wrong Content-MD5 deletes nothing', async () => {
  await put(server.main, Bucket, 'safe');
  const body = `<Delete ${namespace}><Object><Key>safe</Key></Object></Delete>`;
  expect(outcome(await raw(body, { 'content-md5': md5Base64('other') }))).toBe('400 BadDigest');
  expect(await allKeys(server.main, Bucket)).toContain('safe');
});

test('size and last-modified time delete only what is meant, and what is not there', async () => {
  const Key = 'measured';
  await put(server.main, Bucket, Key, 'four');
  const { LastModified } = await server.main.send(new HeadObjectCommand({ Bucket, Key }));
  const longAgo = new Date('2001-01-01T00:00:00Z');
  const refused = await server.main.send(
    deletion([
      { Key, Size: 5 },
      { Key, LastModifiedTime: longAgo },
      { Key, Size: 4, LastModifiedTime: longAgo },
    ]),
  );
  expect(refused.Errors?.map(({ Code }) => Code)).toEqual(Array(3).fill('PreconditionFailed'));
  expect(refused.Deleted ?? []).toEqual([]);
  const deleted = await server.main.send(
    deletion([
      { Key, Size: 4, LastModifiedTime: LastModified },
      { Key: 'never-there', Size: 1 },
    ]),
  );
  expect(deleted.Errors ?? []).toEqual([]);
  const absent = await server.main.send(deletion([{ Key, ETag: '*' }]));
  expect(absent.Errors).toMatchObject([{ Key, Code: 'PreconditionFailed' }]);
});

test('in a versioned bucket it tells which markers it made', async () => {
  const bucket = await versionedBucket(server);
  const kept = await putVersion(server.main, bucket, 'kept');
  const { Deleted = [] } = await server.main.send(deletion(['kept', 'never-there'], false, bucket));
  const { markers, versions } = await history(server.main, bucket);
  expect(versions).toEqual([`kept ${kept}`]);
  expect(Deleted.map((one) => [one.DeleteMarker, one.VersionId])).toEqual([
    [true, undefined],
    [true, undefined],
  ]);
  expect(markers).toEqual(
    Deleted.map(({ Key, DeleteMarkerVersionId }) => `${Key} ${DeleteMarkerVersionId} latest`),
  );
});

test('versions and markers that are named are gone for good, however often it is asked for', async () => {
  const bucket = await versionedBucket(server);
  const Key = 'k';
  const versions = [];
  for (let i = 0; i < 3; i++) versions.push(await putVersion(server.main, bucket, Key));
  const marker = await putMarker(server.main, bucket, Key);
  const named = [...versions, marker].map((VersionId) => ({ Key, VersionId }));
  const first = await server.main.send(deletion(named, false, bucket));
  expect(first.Deleted).toEqual([
    ...versions.map((VersionId) => ({ Key, VersionId })),
    { Key, VersionId: marker, DeleteMarker: true, DeleteMarkerVersionId: marker },
  ]);
  expect(await history(server.main, bucket)).toEqual({ versions: [], markers: [] });
  const again = await server.main.send(deletion(named, false, bucket));
  expect(again.Deleted).toEqual(named);
  expect(await history(server.main, bucket)).toEqual({ versions: [], markers: [] });
});

test('an entry that is no version id is refused alone', async () => {
  const bucket = await versionedBucket(server);
  const VersionId = await putVersion(server.main, bucket, 'k');
  const answer = await server.main.send(
    deletion(
      [
        { Key: 'k', VersionId: 'no version' },
        { Key: 'k', VersionId },
      ],
      false,
      bucket,
    ),
  );
  expect(answer.Errors).toMatchObject([{ VersionId: 'no version', Code: 'InvalidArgument' }]);
  expect(answer.Deleted).toEqual([{ Key: 'k', VersionId }]);
});

test('an ETag with a version id is about that version', async () => {
  const bucket = await versionedBucket(server);
  const { ETag, VersionId } = await put(server.main, bucket, 'k', 'old');
  const current = await put(server.main, bucket, 'k', 'current');
  const of = (tag: string | undefined) =>
    server.main.send(deletion([{ Key: 'k', VersionId, ETag: tag }], false, bucket));
  expect((await of(current.ETag)).Errors).toMatchObject([{ Code: 'PreconditionFailed' }]);
  expect((await of(ETag)).Deleted).toEqual([{ Key: 'k', VersionId }]);
});

test('who has WRITE on the bucket may hide objects, and delete no version', async () => {
  const bucket = await versionedBucket(server);
  await server.main.send(new PutBucketAclCommand({ Bucket: bucket, ACL: 'public-read-write' }));
  const VersionId = await putVersion(server.main, bucket, 'k');
  const answer = await server.alt.send(deletion([{ Key: 'k', VersionId }, 'k'], false, bucket));
  expect(answer.Errors).toMatchObject([{ VersionId, Code: 'AccessDenied' }]);
  expect(answer.Deleted).toMatchObject([{ Key: 'k', DeleteMarker: true }]);
});

test('who may delete but not read an object may not hold its ETag against a guess', async () => {
  const bucket = await server.createBucket();
  await server.main.send(new PutBucketAclCommand({ Bucket: bucket, ACL: 'public-read-write' }));
  const { ETag } = await put(server.main, bucket, 'closed', 'x');
  await put(server.main, bucket, 'open', 'x', { ACL: 'public-read' });
  const entries = [
    { Key: 'closed', ETag },
    { Key: 'open', ETag },
  ];
  const answer = await server.alt.send(deletion(entries, false, bucket));
  expect(answer.Errors).toMatchObject([{ Key: 'closed', Code: 'AccessDenied' }]);
  expect(answer.Deleted).toMatchObject([{ Key: 'open' }]);
});
