import {
  GetObjectAclCommand,
  HeadObjectCommand,
  PutBucketAclCommand,
  PutObjectAclCommand,
  type PutObjectAclCommandInput,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { allUsers, alt, authenticatedUsers, main } from '../support/accounts.ts';
import { put, readText } from '../support/objects.ts';
import { codeOf } from '../support/s3-client.ts';
import { startTestServer } from '../support/test-server.ts';
import { putMarker, putVersion, versionedBucket } from '../support/versions.ts';

const server = await startTestServer();
const Bucket = await server.createBucket();
const Key = 'object';
await put(server.main, Bucket, Key, 'content', { Metadata: { kept: 'yes' } });

function set(input: Partial<PutObjectAclCommandInput>, client = server.main) {
  return client.send(new PutObjectAclCommand({ Bucket, Key, ...input }));
}

async function grants(): Promise<string[]> {
  const { Grants } = await server.main.send(new GetObjectAclCommand({ Bucket, Key }));
  return (Grants ?? [])
    .map(({ Grantee, Permission }) => `${Grantee?.URI ?? Grantee?.ID} ${Permission}`)
    .toSorted();
}

const owner = `${main.accountId} FULL_CONTROL`;

test.each<readonly [PutObjectAclCommandInput['ACL'], readonly string[]]>([
  ['private', [owner]],
  ['public-read', [owner, `${allUsers} READ`]],
  ['public-read-write', [owner, `${allUsers} READ`, `${allUsers} WRITE`]],
  ['authenticated-read', [owner, `${authenticatedUsers} READ`]],
  ['bucket-owner-read', [owner]],
  ['bucket-owner-full-control', [owner]],
])('the canned ACL %s grants what its name says', async (ACL, expected) => {
  await set({ ACL });
  expect(await grants()).toEqual(expected.toSorted());
});

test('grants by id, e-mail and group are kept and told apart', async () => {
  await set({
    GrantFullControl: `id=${main.accountId}`,
    GrantRead: `emailAddress="${alt.email}"`,
    GrantReadACP: `uri="${allUsers}"`,
    GrantWriteACP: `id="${alt.accountId}"`,
  });
  expect(await grants()).toEqual(
    [
      owner,
      `${alt.accountId} READ`,
      `${alt.accountId} WRITE_ACP`,
      `${allUsers} READ_ACP`,
    ].toSorted(),
  );
});

test('grants change nothing else about the object', async () => {
  const before = await server.main.send(new HeadObjectCommand({ Bucket, Key }));
  await set({ ACL: 'public-read' });
  const after = await server.main.send(new HeadObjectCommand({ Bucket, Key }));
  const { $metadata: _before, ...was } = before;
  const { $metadata: _after, ...is } = after;
  expect(is).toEqual(was);
  expect(await readText(server.anonymous, Bucket, Key)).toBe('content');
});

test('public and private again: the object opens and closes', async () => {
  await set({ ACL: 'public-read' });
  expect(await readText(server.anonymous, Bucket, Key)).toBe('content');
  await set({ ACL: 'private' });
  expect(await codeOf(readText(server.anonymous, Bucket, Key))).toBe('403 AccessDenied');
});

test('a document may name grantees in all three ways', async () => {
  await set({
    AccessControlPolicy: {
      Owner: { ID: main.accountId, DisplayName: 'whatever' },
      Grants: [
        { Grantee: { Type: 'CanonicalUser', ID: main.accountId }, Permission: 'FULL_CONTROL' },
        { Grantee: { Type: 'AmazonCustomerByEmail', EmailAddress: alt.email }, Permission: 'READ' },
        { Grantee: { Type: 'Group', URI: authenticatedUsers }, Permission: 'READ_ACP' },
      ],
    },
  });
  expect(await grants()).toEqual(
    [owner, `${alt.accountId} READ`, `${authenticatedUsers} READ_ACP`].toSorted(),
  );
  expect(await readText(server.alt, Bucket, Key)).toBe('content');
});

test('an overwritten object has the ACL of the new put', async () => {
  await put(server.main, Bucket, 'overwritten', 'one', { ACL: 'public-read' });
  await put(server.main, Bucket, 'overwritten', 'two');
  expect(await codeOf(readText(server.anonymous, Bucket, 'overwritten'))).toBe('403 AccessDenied');
});

test('WRITE_ACP sets it, nothing less does', async () => {
  await set({ ACL: 'public-read' });
  expect(await codeOf(set({ ACL: 'private' }, server.alt))).toBe('403 AccessDenied');
  expect(await codeOf(set({ ACL: 'private' }, server.anonymous))).toBe('403 AccessDenied');
  await set({ GrantWriteACP: 'id=altid', GrantFullControl: 'id=mainid' });
  await set({ ACL: 'public-read' }, server.alt);
  expect(await readText(server.anonymous, Bucket, Key)).toBe('content');
  const { Owner } = await server.main.send(new GetObjectAclCommand({ Bucket, Key }));
  expect(Owner?.ID).toBe(main.accountId);
});

test('the bucket’s owner has no say about the object of another', async () => {
  const shared = await server.createBucket();
  await server.main.send(new PutBucketAclCommand({ Bucket: shared, ACL: 'public-read-write' }));
  await put(server.alt, shared, 'alts', 'of alt');
  const object = { Bucket: shared, Key: 'alts' };
  expect(await codeOf(set({ ...object, ACL: 'public-read' }))).toBe('403 AccessDenied');
  expect(await codeOf(readText(server.main, shared, 'alts'))).toBe('403 AccessDenied');
  await set({ ...object, ACL: 'bucket-owner-full-control' }, server.alt);
  expect(await readText(server.main, shared, 'alts')).toBe('of alt');
});

test('refusals leave the ACL as it was', async () => {
  await set({ ACL: 'private' });
  expect(await codeOf(set({ ACL: 'nonsense' as 'private' }))).toBe('400 InvalidArgument');
  expect(await codeOf(set({ GrantRead: 'id=nobody' }))).toBe('400 InvalidArgument');
  expect(await codeOf(set({ GrantRead: 'emailAddress=nobody@example.com' }))).toBe(
    '400 UnresolvableGrantByEmailAddress',
  );
  expect(await grants()).toEqual([owner]);
});

test('an object that is not there has no ACL to set', async () => {
  expect(await codeOf(set({ Key: 'missing', ACL: 'private' }))).toBe('404 NoSuchKey');
});

test('an ACL is that of one version, the current one unless another is named', async () => {
  const bucket = await versionedBucket(server);
  const old = await putVersion(server.main, bucket, Key, 'old');
  await putVersion(server.main, bucket, Key, 'current');
  const granted = async (VersionId?: string) => {
    const { Grants } = await server.main.send(
      new GetObjectAclCommand({ Bucket: bucket, Key, VersionId }),
    );
    return Grants?.length;
  };
  await set({ Bucket: bucket, VersionId: old, ACL: 'public-read' });
  expect([await granted(old), await granted()]).toEqual([2, 1]);
  await set({ Bucket: bucket, ACL: 'authenticated-read' });
  await set({ Bucket: bucket, VersionId: old, ACL: 'private' });
  expect([await granted(old), await granted()]).toEqual([1, 2]);
});

test('the ACL of a delete marker is neither read nor set', async () => {
  const bucket = await versionedBucket(server);
  const VersionId = await putMarker(server.main, bucket, Key);
  const get = (version: object) =>
    codeOf(server.main.send(new GetObjectAclCommand({ Bucket: bucket, Key, ...version })));
  expect([await get({}), await get({ VersionId })]).toEqual([
    '404 NoSuchKey',
    '405 MethodNotAllowed',
  ]);
  for (const version of [{}, { VersionId }]) {
    expect(await codeOf(set({ Bucket: bucket, ACL: 'public-read', ...version }))).toBe(
      '405 MethodNotAllowed',
    );
  }
});
