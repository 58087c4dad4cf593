import { DeleteObjectsCommand, type ObjectIdentifier } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { allKeys, isXmlText, oddKeys, put, putAll } from '../support/objects.ts';
import { exchange, outcome } from '../support/raw-http.ts';
import { codeOf } from '../support/s3-client.ts';
import { md5Base64, signedV4 } from '../support/signed-request.ts';
import { startTestServer } from '../support/test-server.ts';

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
