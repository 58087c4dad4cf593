import { GetObjectAclCommand, PutBucketAclCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { allUsers, alt, main } from '../support/accounts.ts';
import { put } from '../support/objects.ts';
import { codeOf } from '../support/s3-client.ts';
import { startTestServer } from '../support/test-server.ts';

const server = await startTestServer();
const Bucket = await server.createBucket();

function get(Key: string, client = server.main, bucket = Bucket) {
  return client.send(new GetObjectAclCommand({ Bucket: bucket, Key }));
}

test('an object belongs to who put it, with full control', async () => {
  await put(server.main, Bucket, 'own');
  const { Owner, Grants } = await get('own');
  expect(Owner).toMatchObject({ ID: main.accountId });
  expect(Grants).toEqual([
    {
      Grantee: { Type: 'CanonicalUser', ID: main.accountId, DisplayName: main.displayName },
      Permission: 'FULL_CONTROL',
    },
  ]);
});

test('an object in the bucket of another belongs to who put it', async () => {
  const shared = await server.createBucket();
  await server.main.send(new PutBucketAclCommand({ Bucket: shared, ACL: 'public-read-write' }));
  await put(server.alt, shared, 'alts', 'x', { ACL: 'bucket-owner-read' });
  const { Owner, Grants } = await get('alts', server.alt, shared);
  expect(Owner?.ID).toBe(alt.accountId);
  expect(Grants?.map(({ Grantee, Permission }) => [Grantee?.ID, Permission])).toEqual([
    [alt.accountId, 'FULL_CONTROL'],
    [main.accountId, 'READ'],
  ]);
});

test('READ_ACP reads it, READ does not', async () => {
  await put(server.main, Bucket, 'read', 'x', { GrantRead: `uri=${allUsers}` });
  expect(await codeOf(get('read', server.alt))).toBe('403 AccessDenied');
  await put(server.main, Bucket, 'read-acp', 'x', { GrantReadACP: `uri=${allUsers}` });
  await get('read-acp', server.alt);
  await get('read-acp', server.anonymous);
});

test('an object that is not there has none', async () => {
  expect(await codeOf(get('missing'))).toBe('404 NoSuchKey');
});
