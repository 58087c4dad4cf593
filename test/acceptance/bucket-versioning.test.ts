/** GetBucketVersioning and PutBucketVersioning, and what each state makes of puts and deletes. */
import {
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetBucketVersioningCommand,
  PutBucketVersioningCommand,
  type PutBucketVersioningCommandInput,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { multipartPut } from '../support/multipart.ts';
import { put, read, readText } from '../support/objects.ts';
import { exchange, outcome } from '../support/raw-http.ts';
import { codeOf, refusalOf } from '../support/s3-client.ts';
import { md5Base64, signedV4 } from '../support/signed-request.ts';
import { startTestServer, uniqueBucketName } from '../support/test-server.ts';
import {
  history,
  lockBucket,
  putMarker,
  putVersion,
  setVersioning,
  versionedBucket,
} from '../support/versions.ts';

const server = await startTestServer();
const { main } = server;

function configure(
  Bucket: string,
  VersioningConfiguration: PutBucketVersioningCommandInput['VersioningConfiguration'],
  more: Partial<PutBucketVersioningCommandInput> = {},
  client = main,
) {
  return client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration, ...more }));
}

async function status(Bucket: string) {
  return (await main.send(new GetBucketVersioningCommand({ Bucket }))).Status;
}

const textOf = async (Bucket: string, Key: string, VersionId: string) =>
  (await read(main, Bucket, Key, { VersionId })).toString();

test('a bucket that was never versioned has no status', async () => {
  const Bucket = await server.createBucket();
  const answer = await main.send(new GetBucketVersioningCommand({ Bucket }));
  expect([answer.Status, answer.MFADelete]).toEqual([undefined, undefined]);
});

test('the status is the one that was set last', async () => {
  const Bucket = await server.createBucket();
  for (const Status of ['Suspended', 'Enabled', 'Enabled', 'Suspended'] as const) {
    await configure(Bucket, { Status });
    expect(await status(Bucket)).toBe(Status);
  }
});

test('while enabled, every put is a version of its own, and all stay', async () => {
  const Bucket = await versionedBucket(server);
  const ids = [];
  for (const text of ['one', 'two', 'three']) ids.push(await putVersion(main, Bucket, 'k', text));
  expect(new Set(ids).size).toBe(3);
  for (const [i, text] of ['one', 'two', 'three'].entries()) {
    expect(await textOf(Bucket, 'k', ids[i]!)).toBe(text);
  }
  expect(await readText(main, Bucket, 'k')).toBe('three');
  expect((await history(main, Bucket)).versions).toEqual([
    `k ${ids[2]} latest`,
    `k ${ids[1]}`,
    `k ${ids[0]}`,
  ]);
});

test('what was there before is the null version', async () => {
  const Bucket = await server.createBucket();
  expect((await put(main, Bucket, 'k', 'before')).VersionId).toBeUndefined();
  await setVersioning(main, Bucket, 'Enabled');
  expect((await history(main, Bucket)).versions).toEqual(['k null latest']);
  const id = await putVersion(main, Bucket, 'k', 'after');
  expect(await textOf(Bucket, 'k', 'null')).toBe('before');
  await main.send(new DeleteObjectCommand({ Bucket, Key: 'k', VersionId: id }));
  expect(await readText(main, Bucket, 'k')).toBe('before');
  await main.send(new DeleteObjectCommand({ Bucket, Key: 'k', VersionId: 'null' }));
  expect(await history(main, Bucket)).toEqual({ versions: [], markers: [] });
});

test('while suspended, puts replace the null version and no other, and answer no version id', async () => {
  const Bucket = await versionedBucket(server);
  const kept = await putVersion(main, Bucket, 'k', 'kept');
  await setVersioning(main, Bucket, 'Suspended');
  for (const text of ['first', 'second']) {
    expect((await put(main, Bucket, 'k', text)).VersionId).toBeUndefined();
    expect(await textOf(Bucket, 'k', 'null')).toBe(text);
  }
  expect((await history(main, Bucket)).versions).toEqual(['k null latest', `k ${kept}`]);
  expect(await textOf(Bucket, 'k', kept)).toBe('kept');
});

test('while suspended, a delete puts a null marker in the place of the null version', async () => {
  const Bucket = await versionedBucket(server);
  const kept = await putVersion(main, Bucket, 'k', 'kept');
  await setVersioning(main, Bucket, 'Suspended');
  await put(main, Bucket, 'k', 'null version');
  for (let i = 0; i < 2; i++) {
    const answer = await main.send(new DeleteObjectCommand({ Bucket, Key: 'k' }));
    expect(answer).toMatchObject({ DeleteMarker: true, VersionId: 'null' });
    expect(await history(main, Bucket)).toEqual({
      versions: [`k ${kept}`],
      markers: ['k null latest'],
    });
  }
  await main.send(new DeleteObjectCommand({ Bucket, Key: 'k', VersionId: 'null' }));
  expect(await readText(main, Bucket, 'k')).toBe('kept');
});

test('enabled again, the null version stays where it was among the others', async () => {
  const Bucket = await versionedBucket(server);
  const first = await putVersion(main, Bucket, 'k', 'first');
  await setVersioning(main, Bucket, 'Suspended');
  await put(main, Bucket, 'k', 'null version');
  await setVersioning(main, Bucket, 'Enabled');
  const marker = await putMarker(main, Bucket, 'k');
  const last = await putVersion(main, Bucket, 'k', 'last');
  expect(await history(main, Bucket)).toEqual({
    versions: [`k ${last} latest`, 'k null', `k ${first}`],
    markers: [`k ${marker}`],
  });
  expect(await textOf(Bucket, 'k', 'null')).toBe('null version');
});

test('an upload that is completed is a version like any other', async () => {
  const Bucket = await versionedBucket(server);
  const first = await multipartPut(main, Bucket, 'k', ['one part']);
  const second = await multipartPut(main, Bucket, 'k', ['another part']);
  expect(await textOf(Bucket, 'k', first.VersionId!)).toBe('one part');
  expect((await history(main, Bucket)).versions).toEqual([
    `k ${second.VersionId} latest`,
    `k ${first.VersionId}`,
  ]);
  await setVersioning(main, Bucket, 'Suspended');
  expect((await multipartPut(main, Bucket, 'k', ['suspended'])).VersionId).toBeUndefined();
  expect(await textOf(Bucket, 'k', 'null')).toBe('suspended');
});

test('MFA delete is refused by name, and versioning left as it was', async () => {
  const Bucket = await server.createBucket();
  const refusal = await refusalOf(configure(Bucket, { Status: 'Enabled', MFADelete: 'Enabled' }));
  expect([refusal.status, refusal.code]).toEqual([501, 'NotImplemented']);
  expect(refusal.message).toContain('MFA');
  const withDevice = configure(Bucket, { Status: 'Enabled' }, { MFA: 'serial 123456' });
  expect(await codeOf(withDevice)).toBe('501 NotImplemented');
  expect(await status(Bucket)).toBeUndefined();
  await configure(Bucket, { Status: 'Enabled', MFADelete: 'Disabled' });
  expect(await status(Bucket)).toBe('Enabled');
});

test.each([
  ['a status that there is not', '<Status>On</Status>', /^400 MalformedXML$/],
  ['no status', '', /^400 IllegalVersioningConfigurationException$/],
])('%s is refused', async (_, inner, expected) => {
  const Bucket = await server.createBucket();
  const body = `<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inner}</VersioningConfiguration>`;
  const { bytes } = signedV4({
    method: 'PUT',
    path: `/${Bucket}`,
    query: 'versioning=',
    body,
    headers: { 'content-md5': md5Base64(body) },
  });
  expect(outcome(await exchange(server.port, bytes))).toMatch(expected);
  expect(await status(Bucket)).toBeUndefined();
});

test('versioning of a bucket with object lock can be enabled again, and not be suspended', async () => {
  const Bucket = await lockBucket(server);
  await configure(Bucket, { Status: 'Enabled' });
  expect(await codeOf(configure(Bucket, { Status: 'Suspended' }))).toBe('409 InvalidBucketState');
  expect(await status(Bucket)).toBe('Enabled');
});

test('a bucket is not deleted while it has versions or delete markers', async () => {
  const Bucket = await versionedBucket(server);
  const remove = () => main.send(new DeleteBucketCommand({ Bucket }));
  const version = await putVersion(main, Bucket, 'k');
  const marker = await putMarker(main, Bucket, 'k');
  expect(await codeOf(remove())).toBe('409 BucketNotEmpty');
  await main.send(new DeleteObjectCommand({ Bucket, Key: 'k', VersionId: version }));
  expect(await codeOf(remove())).toBe('409 BucketNotEmpty');
  await main.send(new DeleteObjectCommand({ Bucket, Key: 'k', VersionId: marker }));
  await remove();
});

test('others may neither see nor set it, and a bucket that is not there has none', async () => {
  const Bucket = await server.createBucket();
  const get = (bucket: string) => new GetBucketVersioningCommand({ Bucket: bucket });
  expect(await codeOf(server.alt.send(get(Bucket)))).toBe('403 AccessDenied');
  expect(await codeOf(configure(Bucket, { Status: 'Enabled' }, {}, server.alt))).toBe(
    '403 AccessDenied',
  );
  expect(await codeOf(main.send(get(uniqueBucketName())))).toBe('404 NoSuchBucket');
});
