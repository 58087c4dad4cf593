import {
  GetBucketNotificationConfigurationCommand,
  type NotificationConfiguration,
  PutBucketNotificationConfigurationCommand,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { codeOf, refusalOf } from '../support/s3-client.ts';
import { startTestServer } from '../support/test-server.ts';

const server = await startTestServer();
const Bucket = await server.createBucket();

function set(configuration: NotificationConfiguration, client = server.main) {
  return client.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket,
      NotificationConfiguration: configuration,
    }),
  );
}

test('a bucket has the empty configuration, which can be set', async () => {
  await set({});
  const get = new GetBucketNotificationConfigurationCommand({ Bucket });
  const { $metadata, ...configuration } = await server.main.send(get);
  expect($metadata.httpStatusCode).toBe(200);
  expect(Object.values(configuration).filter((value) => value !== undefined)).toEqual([]);
  expect(await codeOf(set({}, server.alt))).toBe('403 AccessDenied');
});

test.each<readonly [string, NotificationConfiguration]>([
  [
    'QueueConfigurations',
    { QueueConfigurations: [{ QueueArn: 'arn:aws:sqs:::q', Events: ['s3:ObjectCreated:*'] }] },
  ],
  [
    'TopicConfigurations',
    { TopicConfigurations: [{ TopicArn: 'arn:aws:sns:::t', Events: ['s3:ObjectRemoved:*'] }] },
  ],
  ['EventBridgeConfiguration', { EventBridgeConfiguration: {} }],
])('%s are refused by name', async (name, configuration) => {
  const { status, code, message } = await refusalOf(set(configuration));
  expect([status, code]).toEqual([501, 'NotImplemented']);
  expect(message).toContain(name);
});
