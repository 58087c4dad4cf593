import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  GetBucketAclCommand,
  GetBucketLocationCommand,
  ListObjectsV2Command,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { allUsers, alt } from '../support/accounts.ts';
import { put, readText } from '../support/objects.ts';
import { exchange, outcome } from '../support/raw-http.ts';
import { codeOf } from '../support/s3-client.ts';
import { signedV4 } from '../support/signed-request.ts';
import { startTestServer, uniqueBucketName } from '../support/test-server.ts';

const server = await startTestServer();

test('answers with the location of the bucket, which is empty', async () => {
  const Bucket = uniqueBucketName();
  const { Location } = await server.main.send(new CreateBucketCommand({ Bucket }));
  expect(Location).toBe(`/${Bucket}`);
  const { KeyCount } = await server.main.send(new ListObjectsV2Command({ Bucket }));
  expect(KeyCount).toBe(0);
});

test.each([
  'ab',
  'a'.repeat(64),
  'Upper-Case',
  'under_score',
  '-hyphen-first',
  'hyphen-last-',
  '.dot-first',
  'two..dots',
  'dot.-hyphen',
  '192.168.5.4',
  'xn--punycode',
  'alias-s3alias',
])('the name %s is refused', async (name) => {
  const { bytes } = signedV4({ method: 'PUT', path: `/${name}` });
  expect(outcome(await exchange(server.port, bytes))).toBe('400 InvalidBucketName');
});

test.each(['abc', 'a'.repeat(63), 'with.dots.in-it', '123', '1.2.3'])(
  'the name %s is taken',
  async (Bucket) => {
    await server.main.send(new CreateBucketCommand({ Bucket }));
    await server.main.send(new ListObjectsV2Command({ Bucket }));
  },
);

test('one’s own bucket, created again, keeps its objects', async () => {
  const Bucket = await server.createBucket();
  await put(server.main, Bucket, 'kept', 'content');
  const again = await server.main.send(new CreateBucketCommand({ Bucket })).catch((error) => error);
  if (again instanceof Error) expect(again.name).toBe('BucketAlreadyOwnedByYou');
  expect(await readText(server.main, Bucket, 'kept')).toBe('content');
});

test('the bucket of somebody else is not available', async () => {
  const Bucket = await server.createBucket();
  expect(await codeOf(server.alt.send(new CreateBucketCommand({ Bucket })))).toBe(
    '409 BucketAlreadyExists',
  );
});

test('the same name in another namespace is another bucket', async () => {
  const Bucket = await server.createBucket();
  await server.tenant.send(new CreateBucketCommand({ Bucket }));
  await put(server.main, Bucket, 'key', 'of main');
  await put(server.tenant, Bucket, 'key', 'of tenant');
  expect(await readText(server.main, Bucket, 'key')).toBe('of main');
  expect(await readText(server.tenant, Bucket, 'key')).toBe('of tenant');
});

test.each(['us-east-1', 'eu-west-1', 'EU', 'mars-north-7'])(
  'the location constraint %s is accepted',
  async (location) => {
    const Bucket = uniqueBucketName();
    const CreateBucketConfiguration = { LocationConstraint: location as BucketLocationConstraint };
    await server.main.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
    const answer = await server.main.send(new GetBucketLocationCommand({ Bucket }));
    expect(answer.LocationConstraint ?? 'us-east-1').toBe(location);
  },
);

test('a canned ACL takes effect', async () => {
  const Bucket = uniqueBucketName();
  await server.main.send(new CreateBucketCommand({ Bucket, ACL: 'public-read' }));
  const { Grants } = await server.main.send(new GetBucketAclCommand({ Bucket }));
  expect(Grants?.map((grant) => [grant.Grantee?.URI, grant.Permission])).toContainEqual([
    allUsers,
    'READ',
  ]);
  await server.anonymous.send(new ListObjectsV2Command({ Bucket }));
});

test('grant headers take effect', async () => {
  const Bucket = uniqueBucketName();
  const GrantRead = `id="${alt.accountId}"`;
  await server.main.send(new CreateBucketCommand({ Bucket, GrantRead }));
  await server.alt.send(new ListObjectsV2Command({ Bucket }));
});

test('an unknown canned ACL is refused and no bucket made', async () => {
  const Bucket = uniqueBucketName();
  const ACL = 'public-everything' as 'public-read';
  expect(await codeOf(server.main.send(new CreateBucketCommand({ Bucket, ACL })))).toBe(
    '400 InvalidArgument',
  );
  expect(await codeOf(server.main.send(new ListObjectsV2Command({ Bucket })))).toBe(
    '404 NoSuchBucket',
  );
});

test('a body that is not XML is refused', async () => {
  const { bytes } = signedV4({ method: 'PUT', path: `/${uniqueBucketName()}`, body: 'not xml' });
  expect(outcome(await exchange(server.port, bytes))).toBe('400 MalformedXML');
});

test('nobody creates buckets anonymously', async () => {
  const Bucket = uniqueBucketName();
  expect(await codeOf(server.anonymous.send(new CreateBucketCommand({ Bucket })))).toBe(
    '403 AccessDenied',
  );
});

test('of many at once for one new name, one account gets it', async () => {
  const Bucket = uniqueBucketName();
  const clients = [server.main, server.alt];
  const results = await Promise.allSettled(
    clients.map((client) => client.send(new CreateBucketCommand({ Bucket }))),
  );
  expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
});
