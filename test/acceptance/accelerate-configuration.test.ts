import {
  GetBucketAccelerateConfigurationCommand,
  PutBucketAccelerateConfigurationCommand,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { refusalOf } from '../support/s3-client.ts';
import { startTestServer } from '../support/test-server.ts';

const server = await startTestServer();
const Bucket = await server.createBucket();

test('no bucket is accelerated, and none can be', async () => {
  for (const Status of ['Enabled', 'Suspended'] as const) {
    const put = new PutBucketAccelerateConfigurationCommand({
      Bucket,
      AccelerateConfiguration: { Status },
    });
    expect(await refusalOf(server.main.send(put))).toMatchObject({
      status: 400,
      code: 'InvalidRequest',
      message: 'S3 Transfer Acceleration is not supported on this bucket',
    });
  }
  const get = new GetBucketAccelerateConfigurationCommand({ Bucket });
  expect((await server.main.send(get)).Status).toBeUndefined();
});
