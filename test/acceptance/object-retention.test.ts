/** GetObjectRetention and PutObjectRetention, and what a retention keeps from happening. */
import {
  DeleteObjectCommand,
  type DeleteObjectCommandInput,
  DeleteObjectsCommand,
  GetObjectRetentionCommand,
  HeadObjectCommand,
  type ObjectLockRetention,
  PutBucketPolicyCommand,
  PutObjectRetentionCommand,
  type PutObjectRetentionCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { alt } from '../support/accounts.ts';
import { complete, createUpload, uploadPart } from '../support/multipart.ts';
import { put, read, readText } from '../support/objects.ts';
import { exchange, outcome } from '../support/raw-http.ts';
import { codeOf } from '../support/s3-client.ts';
import { md5Base64, signedV4 } from '../support/signed-request.ts';
import { until } from '../support/start-server.ts';
import { startTestServer } from '../support/test-server.ts';
import {
  history,
  lockBucket,
  putMarker,
  putVersion,
  versionedBucket,
} from '../support/versions.ts';

const server = await startTestServer();
const { main } = server;
const Bucket = await lockBucket(server);

const day = (count: number) => new Date(`2130-01-0${count}T00:00:00Z`);
const governance = (count: number) =>
  ({ Mode: 'GOVERNANCE', RetainUntilDate: day(count) }) as const;
const compliance = (count: number) =>
  ({ Mode: 'COMPLIANCE', RetainUntilDate: day(count) }) as const;

function retain(
  Key: string,
  Retention: ObjectLockRetention | undefined,
  more: Partial<PutObjectRetentionCommandInput> = {},
  client = main,
) {
  return client.send(new PutObjectRetentionCommand({ Bucket, Key, Retention, ...more }));
}

async function retention(Key: string, VersionId?: string, bucket = Bucket, client = main) {
  const request = new GetObjectRetentionCommand({ Bucket: bucket, Key, VersionId });
  return (await client.send(request)).Retention;
}

function remove(Key: string, more: Partial<DeleteObjectCommandInput> = {}, client = main) {
  return client.send(new DeleteObjectCommand({ Bucket, Key, ...more }));
}

const bypass = { BypassGovernanceRetention: true };

test('a retention is answered as it was set, and shown by HeadObject', async () => {
  await put(main, Bucket, 'set');
  for (const one of [governance(1), compliance(2)]) {
    await retain('set', one, bypass);
    expect(await retention('set')).toEqual(one);
    expect(await main.send(new HeadObjectCommand({ Bucket, Key: 'set' }))).toMatchObject({
      ObjectLockMode: one.Mode,
      ObjectLockRetainUntilDate: one.RetainUntilDate,
    });
  }
});

test('it is of one version, the current one unless another is named', async () => {
  const old = await putVersion(main, Bucket, 'versions', 'old');
  const current = await putVersion(main, Bucket, 'versions', 'current');
  await retain('versions', governance(1), { VersionId: old });
  expect(await retention('versions', old)).toEqual(governance(1));
  expect(await codeOf(retention('versions'))).toBe('404 NoSuchObjectLockConfiguration');
  await retain('versions', governance(2));
  expect(await retention('versions', current)).toEqual(governance(2));
  expect(await retention('versions', old)).toEqual(governance(1));
});

test('governance is extended by all who may set it; the rest takes a bypass', async () => {
  await put(main, Bucket, 'governed');
  await retain('governed', governance(3));
  await retain('governed', governance(3));
  await retain('governed', governance(5));
  for (const less of [governance(4), compliance(6), {}]) {
    expect(await codeOf(retain('governed', less))).toBe('403 AccessDenied');
    expect(await retention('governed')).toEqual(governance(5));
  }
  await retain('governed', governance(1), bypass);
  expect(await retention('governed')).toEqual(governance(1));
  await retain('governed', {}, bypass);
  expect(await codeOf(retention('governed'))).toBe('404 NoSuchObjectLockConfiguration');
});

test('compliance is extended, and nothing else, by nobody', async () => {
  await put(main, Bucket, 'compliant');
  await retain('compliant', compliance(3));
  await retain('compliant', compliance(5));
  for (const less of [compliance(4), governance(6), {}]) {
    expect(await codeOf(retain('compliant', less, bypass))).toBe('403 AccessDenied');
    expect(await retention('compliant')).toEqual(compliance(5));
  }
});

test('a version under retention is not deleted, whatever lies on top of it', async () => {
  const VersionId = await putVersion(main, Bucket, 'kept', 'kept');
  await retain('kept', governance(1));
  const refusal = () => codeOf(remove('kept', { VersionId }));
  expect(await refusal()).toBe('403 AccessDenied');
  const marker = await putMarker(main, Bucket, 'kept');
  expect(await refusal()).toBe('403 AccessDenied');
  expect(await remove('kept', { VersionId: marker })).toMatchObject({ DeleteMarker: true });
  expect(await refusal()).toBe('403 AccessDenied');
  await putVersion(main, Bucket, 'kept', 'on top');
  expect(await refusal()).toBe('403 AccessDenied');
  expect((await read(main, Bucket, 'kept', { VersionId })).toString()).toBe('kept');
  const { $metadata } = await remove('kept', { VersionId, ...bypass });
  expect($metadata.httpStatusCode).toBe(204);
  expect((await history(main, Bucket, { Prefix: 'kept' })).versions).toHaveLength(1);
});

test('a version under compliance is not deleted by a bypass', async () => {
  const VersionId = await putVersion(main, Bucket, 'sealed', 'sealed');
  await retain('sealed', compliance(1));
  expect(await codeOf(remove('sealed', { VersionId, ...bypass }))).toBe('403 AccessDenied');
  expect(await readText(main, Bucket, 'sealed')).toBe('sealed');
});

test('DeleteObjects deletes what it may and says what it may not', async () => {
  const held = { Key: 'held', VersionId: await putVersion(main, Bucket, 'held') };
  const free = { Key: 'free', VersionId: await putVersion(main, Bucket, 'free') };
  await retain('held', governance(1));
  const Objects = [held, free];
  const first = await main.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
  expect(first.Deleted).toEqual([free]);
  expect(first.Errors).toMatchObject([{ ...held, Code: 'AccessDenied' }]);
  const second = await main.send(
    new DeleteObjectsCommand({ Bucket, Delete: { Objects: [held] }, ...bypass }),
  );
  expect([second.Deleted, second.Errors ?? []]).toEqual([[held], []]);
});

test('a retention may come with the object or the upload', async () => {
  const lock = {
    ObjectLockMode: 'GOVERNANCE',
    ObjectLockRetainUntilDate: day(1),
  } as const;
  const VersionId = await putVersion(main, Bucket, 'with-put', 'x', lock);
  expect(await retention('with-put', VersionId)).toEqual(governance(1));
  const upload = await createUpload(main, Bucket, 'with-upload', lock);
  const completed = await complete(main, upload, [await uploadPart(main, upload, 1, 'part')]);
  expect(await retention('with-upload')).toEqual(governance(1));
  const version = { VersionId: completed.VersionId };
  expect(await codeOf(remove('with-upload', version))).toBe('403 AccessDenied');
  await remove('with-upload', { ...version, ...bypass });
});

test('a retention that has ended keeps nothing', async () => {
  const VersionId = await putVersion(main, Bucket, 'short', 'x', {
    ObjectLockMode: 'COMPLIANCE',
    ObjectLockRetainUntilDate: new Date(Date.now() + 1000),
  });
  expect(await codeOf(remove('short', { VersionId }))).toBe('403 AccessDenied');
  await until(async () => {
    const answer = await remove('short', { VersionId }).catch((error: Error) => error);
    return !(answer instanceof Error);
  }, 'the version can be deleted');
});

test('bypassing governance is for those whom the bucket gives the right', async () => {
  const bucket = await lockBucket(server);
  const allow = (...actions: readonly string[]) =>
    main.send(
      new PutBucketPolicyCommand({
        Bucket: bucket,
        Policy: JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { AWS: `arn:aws:iam::${alt.accountId}:root` },
              Action: actions.map((action) => `s3:${action}`),
              Resource: `arn:aws:s3:::${bucket}/*`,
            },
          ],
        }),
      }),
    );
  const VersionId = await putVersion(main, bucket, 'k');
  const at = { Bucket: bucket, VersionId };
  await retain('k', governance(3), at);
  const deletion = (client: S3Client) =>
    codeOf(remove('k', { ...at, ...bypass }, client)).catch(() => 'deleted');
  await allow('DeleteObjectVersion', 'PutObjectRetention');
  expect(await codeOf(retain('k', governance(1), { ...at, ...bypass }, server.alt))).toBe(
    '403 AccessDenied',
  );
  await retain('k', governance(4), at, server.alt);
  expect(await deletion(server.alt)).toBe('403 AccessDenied');
  await allow('DeleteObjectVersion', 'PutObjectRetention', 'BypassGovernanceRetention');
  await retain('k', governance(1), { ...at, ...bypass }, server.alt);
  expect(await deletion(server.alt)).toBe('deleted');
});

test.each([
  [
    'a mode that there is not',
    '<Mode>abc</Mode><RetainUntilDate>2130-01-01T00:00:00Z</RetainUntilDate>',
    '400 MalformedXML',
  ],
  [
    'a mode in lower case',
    '<Mode>governance</Mode><RetainUntilDate>2130-01-01T00:00:00Z</RetainUntilDate>',
    '400 MalformedXML',
  ],
  ['no date', '<Mode>GOVERNANCE</Mode>', '400 MalformedXML'],
  ['no mode', '<RetainUntilDate>2130-01-01T00:00:00Z</RetainUntilDate>', '400 MalformedXML'],
  [
    'a date that is past',
    '<Mode>GOVERNANCE</Mode><RetainUntilDate>2001-01-01T00:00:00Z</RetainUntilDate>',
    '400 InvalidArgument',
  ],
])('%s is refused', async (_, inner, expected) => {
  await put(main, Bucket, 'refused');
  const body = `<Retention xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inner}</Retention>`;
  const headers = { 'content-md5': md5Base64(body) };
  const path = `/${Bucket}/refused`;
  const { bytes } = signedV4({ method: 'PUT', path, query: 'retention=', body, headers });
  expect(outcome(await exchange(server.port, bytes))).toBe(expected);
  expect(await codeOf(retention('refused'))).toBe('404 NoSuchObjectLockConfiguration');
});

test('half of a retention with a put is refused, and nothing stored', async () => {
  const key = 'half';
  for (const half of [
    { ObjectLockMode: 'GOVERNANCE' },
    { ObjectLockRetainUntilDate: day(1) },
    { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: new Date('2001-01-01') },
  ] as const) {
    expect(await codeOf(put(main, Bucket, key, 'x', half))).toBe('400 InvalidArgument');
  }
  expect((await history(main, Bucket, { Prefix: key })).versions).toEqual([]);
});

test('a bucket without object lock takes none', async () => {
  const plain = await versionedBucket(server);
  await put(main, plain, 'k');
  const at = { Bucket: plain };
  expect(await codeOf(retain('k', governance(1), at))).toBe('400 InvalidRequest');
  expect(await codeOf(retention('k', undefined, plain))).toBe('400 InvalidRequest');
  const lock = { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: day(1) } as const;
  expect(await codeOf(put(main, plain, 'k', 'x', lock))).toBe('400 InvalidRequest');
});

test('nothing, a missing version and a delete marker have none', async () => {
  expect(await codeOf(retain('never-there', governance(1)))).toBe('404 NoSuchKey');
  await put(main, Bucket, 'deleted');
  const version = 'f'.repeat(32);
  expect(await codeOf(retention('deleted', version))).toBe('404 NoSuchVersion');
  const VersionId = await putMarker(main, Bucket, 'deleted');
  expect(await codeOf(retain('deleted', governance(1)))).toBe('405 MethodNotAllowed');
  expect(await codeOf(retain('deleted', governance(1), { VersionId }))).toBe(
    '405 MethodNotAllowed',
  );
});

test('it is for the owner, whoever may read the object', async () => {
  await put(main, Bucket, 'public', 'x', { ACL: 'public-read' });
  await retain('public', governance(1));
  expect(await codeOf(retention('public', undefined, Bucket, server.alt))).toBe('403 AccessDenied');
  expect(await codeOf(retain('public', governance(2), {}, server.alt))).toBe('403 AccessDenied');
  const seen = await server.alt.send(new HeadObjectCommand({ Bucket, Key: 'public' }));
  expect(seen.ObjectLockMode).toBeUndefined();
});
