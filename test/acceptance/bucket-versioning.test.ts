/** GetBucketVersioning of buckets that were never versioned. */
import { GetBucketVersioningCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { startTestServer } from '../support/test-server.ts';

const server = await startTestServer();

test('a bucket that was never versioned has no status', async () => {
  const Bucket = await server.createBucket();
  const answer = await server.main.send(new GetBucketVersioningCommand({ Bucket }));
  expect(answer.Status).toBeUndefined();
  expect(answer.MFADelete).toBeUndefined();
});
