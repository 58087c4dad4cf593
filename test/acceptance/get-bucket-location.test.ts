import {
  CreateBucketCommand,
  GetBucketLocationCommand,
  PutBucketAclCommand,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { exchange } from '../support/raw-http.ts';
import { codeOf } from '../support/s3-client.ts';
import { signedV4 } from '../support/signed-request.ts';
import { startTestServer, uniqueBucketName } from '../support/test-server.ts';

const server = await startTestServer();

test('is empty for a bucket that was created without a location', async () => {
  const Bucket = await server.createBucket();
  const { bytes } = signedV4({ method: 'GET', path: `/${Bucket}`, query: 'location=' });
  const response = await exchange(server.port, bytes);
  expect(response.body.toString()).toMatch(
    /<LocationConstraint xmlns="http:\/\/s3\.amazonaws\.com\/doc\/2006-03-01\/"\s*(\/>|><\/LocationConstraint>)/,
  );
});

test('is what the bucket was created with', async () => {
  const Bucket = uniqueBucketName();
  const CreateBucketConfiguration = { LocationConstraint: 'eu-central-1' } as const;
  await server.main.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
  const { LocationConstraint } = await server.main.send(new GetBucketLocationCommand({ Bucket }));
  expect(LocationConstraint).toBe('eu-central-1');
});

test('is told to the owner only, whatever the ACL', async () => {
  const Bucket = await server.createBucket();
  await server.main.send(new PutBucketAclCommand({ Bucket, ACL: 'public-read' }));
  const request = new GetBucketLocationCommand({ Bucket });
  expect(await codeOf(server.alt.send(request))).toBe('403 AccessDenied');
});

test('a bucket that is not there has none', async () => {
  const request = new GetBucketLocationCommand({ Bucket: uniqueBucketName() });
  expect(await codeOf(server.main.send(request))).toBe('404 NoSuchBucket');
});
