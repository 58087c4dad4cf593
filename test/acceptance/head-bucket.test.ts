import { HeadBucketCommand, PutBucketAclCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { exchange } from '../support/raw-http.ts';
import { refusalOf } from '../support/s3-client.ts';
import { signedV4 } from '../support/signed-request.ts';
import { startTestServer, uniqueBucketName } from '../support/test-server.ts';

const server = await startTestServer();

test('an own bucket answers with its region', async () => {
  const Bucket = await server.createBucket();
  const { BucketRegion } = await server.main.send(new HeadBucketCommand({ Bucket }));
  expect(BucketRegion).toBe('us-east-1');
});

test('a bucket that is not there answers 404', async () => {
  const Bucket = uniqueBucketName();
  const { status } = await refusalOf(server.main.send(new HeadBucketCommand({ Bucket })));
  expect(status).toBe(404);
});

test('the bucket of somebody else answers 403', async () => {
  const Bucket = await server.createBucket();
  const { status } = await refusalOf(server.alt.send(new HeadBucketCommand({ Bucket })));
  expect(status).toBe(403);
});

test('READ on the bucket is enough', async () => {
  const Bucket = await server.createBucket();
  await server.main.send(new PutBucketAclCommand({ Bucket, ACL: 'authenticated-read' }));
  await server.alt.send(new HeadBucketCommand({ Bucket }));
  const { status } = await refusalOf(server.anonymous.send(new HeadBucketCommand({ Bucket })));
  expect(status).toBe(403);
});

test('a refusal has no body', async () => {
  const { bytes } = signedV4({ method: 'HEAD', path: `/${uniqueBucketName()}` });
  const response = await exchange(server.port, bytes, { head: true });
  expect(response.status).toBe(404);
  expect(response.headers['transfer-encoding']).toBeUndefined();
});
