/** GetObjectLegalHold and PutObjectLegalHold, and what a hold keeps from happening. */
import {
  DeleteObjectCommand,
  GetObjectLegalHoldCommand,
  HeadObjectCommand,
  PutObjectLegalHoldCommand,
  type PutObjectLegalHoldCommandInput,
  PutObjectRetentionCommand,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { complete, createUpload, uploadPart } from '../support/multipart.ts';
import { put, read } from '../support/objects.ts';
import { exchange, outcome } from '../support/raw-http.ts';
import { codeOf } from '../support/s3-client.ts';
import { md5Base64, signedV4 } from '../support/signed-request.ts';
import { startTestServer } from '../support/test-server.ts';
import { lockBucket, putMarker, putVersion, versionedBucket } from '../support/versions.ts';

const server = await startTestServer();
const { main } = server;
const Bucket = await lockBucket(server);

function hold(
  Key: string,
  Status: 'ON' | 'OFF',
  more: Partial<PutObjectLegalHoldCommandInput> = {},
  client = main,
) {
  return client.send(
    new PutObjectLegalHoldCommand({ Bucket, Key, LegalHold: { Status }, ...more }),
  );
}

async function status(Key: string, VersionId?: string, bucket = Bucket, client = main) {
  const request = new GetObjectLegalHoldCommand({ Bucket: bucket, Key, VersionId });
  return (await client.send(request)).LegalHold?.Status;
}

function remove(Key: string, VersionId: string) {
  const BypassGovernanceRetention = true;
  return main.send(new DeleteObjectCommand({ Bucket, Key, VersionId, BypassGovernanceRetention }));
}

test('a hold is put on and taken off, and shown by HeadObject', async () => {
  await put(main, Bucket, 'set');
  expect(await codeOf(status('set'))).toBe('404 NoSuchObjectLockConfiguration');
  for (const one of ['ON', 'OFF', 'ON'] as const) {
    await hold('set', one);
    expect(await status('set')).toBe(one);
    const head = await main.send(new HeadObjectCommand({ Bucket, Key: 'set' }));
    expect(head.ObjectLockLegalHoldStatus).toBe(one);
  }
});

test('it is of one version, the current one unless another is named', async () => {
  const old = await putVersion(main, Bucket, 'versions', 'old');
  const current = await putVersion(main, Bucket, 'versions', 'current');
  await hold('versions', 'ON', { VersionId: old });
  expect(await status('versions', old)).toBe('ON');
  expect(await codeOf(status('versions'))).toBe('404 NoSuchObjectLockConfiguration');
  await hold('versions', 'OFF');
  expect(await status('versions', current)).toBe('OFF');
  await remove('versions', current);
  expect(await codeOf(remove('versions', old))).toBe('403 AccessDenied');
});

test('a version that is held is not deleted, by a bypass neither, until the hold is taken off', async () => {
  const VersionId = await putVersion(main, Bucket, 'held', 'held');
  await hold('held', 'ON');
  expect(await codeOf(remove('held', VersionId))).toBe('403 AccessDenied');
  await putMarker(main, Bucket, 'held');
  expect(await codeOf(remove('held', VersionId))).toBe('403 AccessDenied');
  expect((await read(main, Bucket, 'held', { VersionId })).toString()).toBe('held');
  await hold('held', 'OFF', { VersionId });
  expect((await remove('held', VersionId)).$metadata.httpStatusCode).toBe(204);
});

test('hold and retention are each their own', async () => {
  const VersionId = await putVersion(main, Bucket, 'both');
  const RetainUntilDate = new Date('2130-01-01T00:00:00Z');
  await main.send(
    new PutObjectRetentionCommand({
      Bucket,
      Key: 'both',
      Retention: { Mode: 'GOVERNANCE', RetainUntilDate },
    }),
  );
  await hold('both', 'ON');
  const head = await main.send(new HeadObjectCommand({ Bucket, Key: 'both' }));
  expect(head).toMatchObject({
    ObjectLockMode: 'GOVERNANCE',
    ObjectLockRetainUntilDate: RetainUntilDate,
    ObjectLockLegalHoldStatus: 'ON',
  });
  await hold('both', 'OFF');
  await remove('both', VersionId);
});

test('a hold may come with the object or the upload', async () => {
  const held = { ObjectLockLegalHoldStatus: 'ON' } as const;
  const VersionId = await putVersion(main, Bucket, 'with-put', 'x', held);
  expect(await codeOf(remove('with-put', VersionId))).toBe('403 AccessDenied');
  const upload = await createUpload(main, Bucket, 'with-upload', held);
  await complete(main, upload, [await uploadPart(main, upload, 1, 'part')]);
  expect(await status('with-upload')).toBe('ON');
});

test('an object that comes with a hold must come with a checksum', async () => {
  const upload = (headers: Readonly<Record<string, string>>) =>
    exchange(
      server.port,
      signedV4({
        method: 'PUT',
        path: `/${Bucket}/checked`,
        body: 'abc',
        headers: { 'x-amz-object-lock-legal-hold': 'ON', ...headers },
      }).bytes,
    );
  expect(outcome(await upload({}))).toBe('400 InvalidRequest');
  expect(outcome(await upload({ 'content-md5': md5Base64('abc') }))).toBe('200');
});

test.each([
  ['a status that there is not', '<Status>abc</Status>'],
  ['a status in lower case', '<Status>on</Status>'],
  ['no status', ''],
])('%s is refused', async (_, inner) => {
  await put(main, Bucket, 'refused');
  const body = `<LegalHold xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inner}</LegalHold>`;
  const headers = { 'content-md5': md5Base64(body) };
  const path = `/${Bucket}/refused`;
  const { bytes } = signedV4({ method: 'PUT', path, query: 'legal-hold=', body, headers });
  expect(outcome(await exchange(server.port, bytes))).toBe('400 MalformedXML');
  expect(await codeOf(status('refused'))).toBe('404 NoSuchObjectLockConfiguration');
});

test('a bucket without object lock takes none', async () => {
  const plain = await versionedBucket(server);
  await put(main, plain, 'k');
  expect(await codeOf(hold('k', 'ON', { Bucket: plain }))).toBe('400 InvalidRequest');
  expect(await codeOf(status('k', undefined, plain))).toBe('400 InvalidRequest');
  const held = { ObjectLockLegalHoldStatus: 'ON' } as const;
  expect(await codeOf(put(main, plain, 'k', 'x', held))).toBe('400 InvalidRequest');
});

test('nothing, a missing version and a delete marker have none', async () => {
  expect(await codeOf(hold('never-there', 'ON'))).toBe('404 NoSuchKey');
  await put(main, Bucket, 'deleted');
  expect(await codeOf(status('deleted', 'f'.repeat(32)))).toBe('404 NoSuchVersion');
  const VersionId = await putMarker(main, Bucket, 'deleted');
  expect(await codeOf(hold('deleted', 'ON'))).toBe('405 MethodNotAllowed');
  expect(await codeOf(hold('deleted', 'ON', { VersionId }))).toBe('405 MethodNotAllowed');
});

test('it is for the owner, whoever may read the object', async () => {
  await put(main, Bucket, 'public', 'x', { ACL: 'public-read' });
  await hold('public', 'ON');
  expect(await codeOf(status('public', undefined, Bucket, server.alt))).toBe('403 AccessDenied');
  expect(await codeOf(hold('public', 'OFF', {}, server.alt))).toBe('403 AccessDenied');
  const seen = await server.alt.send(new HeadObjectCommand({ Bucket, Key: 'public' }));
  expect(seen.ObjectLockLegalHoldStatus).toBeUndefined();
});
