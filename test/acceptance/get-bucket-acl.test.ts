import { GetBucketAclCommand, PutBucketAclCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { main } from '../support/accounts.ts';
import { exchange } from '../support/raw-http.ts';
import { codeOf } from '../support/s3-client.ts';
import { signedV4 } from '../support/signed-request.ts';
import { startTestServer, uniqueBucketName } from '../support/test-server.ts';

const server = await startTestServer();

test('a new bucket belongs to its maker alone', async () => {
  const Bucket = await server.createBucket();
  const { Owner, Grants } = await server.main.send(new GetBucketAclCommand({ Bucket }));
  expect(Owner).toMatchObject({ ID: main.accountId });
  expect(Grants).toEqual([
    {
      Grantee: { Type: 'CanonicalUser', ID: main.accountId, DisplayName: main.displayName },
      Permission: 'FULL_CONTROL',
    },
  ]);
});

test('a grantee says its type in the way of XML Schema', async () => {
  const Bucket = await server.createBucket();
  const { bytes } = signedV4({ method: 'GET', path: `/${Bucket}`, query: 'acl=' });
  const xml = (await exchange(server.port, bytes)).body.toString();
  expect(xml).toContain('xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"');
  expect(xml).toContain('xsi:type="CanonicalUser"');
});

test('READ_ACP reads it, READ does not', async () => {
  const Bucket = await server.createBucket();
  const request = new GetBucketAclCommand({ Bucket });
  await server.main.send(new PutBucketAclCommand({ Bucket, GrantRead: 'id=altid' }));
  expect(await codeOf(server.alt.send(request))).toBe('403 AccessDenied');
  await server.main.send(new PutBucketAclCommand({ Bucket, GrantReadACP: 'id=altid' }));
  await server.alt.send(request);
  expect(await codeOf(server.anonymous.send(request))).toBe('403 AccessDenied');
});

test('a missing bucket has none', async () => {
  const request = new GetBucketAclCommand({ Bucket: uniqueBucketName() });
  expect(await codeOf(server.main.send(request))).toBe('404 NoSuchBucket');
});
