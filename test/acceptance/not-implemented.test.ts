import {
  CreateBucketCommand,
  GetBucketReplicationCommand,
  PutObjectCommand,
  SelectObjectContentCommand,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { put } from '../support/objects.ts';
import { exchange, outcome } from '../support/raw-http.ts';
import { refusalOf } from '../support/s3-client.ts';
import { signedV4 } from '../support/signed-request.ts';
import { startTestServer, uniqueBucketName } from '../support/test-server.ts';

const server = await startTestServer();
const Bucket = await server.createBucket();

test('an operation that is not built is refused by name', async () => {
  const refusal = await refusalOf(server.main.send(new GetBucketReplicationCommand({ Bucket })));
  expect(`${refusal.status} ${refusal.code}`).toBe('501 NotImplemented');
  expect(refusal.message).toContain('GetBucketReplication');
});

test('one on an object, too', async () => {
  await put(server.main, Bucket, 'key');
  const refusal = await refusalOf(
    server.main.send(
      new SelectObjectContentCommand({
        Bucket,
        Key: 'key',
        Expression: 'select * from s3object',
        ExpressionType: 'SQL',
        InputSerialization: { CSV: {} },
        OutputSerialization: { CSV: {} },
      }),
    ),
  );
  expect(`${refusal.status} ${refusal.code}`).toBe('501 NotImplemented');
  expect(refusal.message).toContain('SelectObjectContent');
});

test('a parameter that has no effect is refused by name, and nothing stored', async () => {
  const refusal = await refusalOf(
    server.main.send(
      new PutObjectCommand({
        Bucket,
        Key: 'encrypted',
        Body: 'secret',
        ServerSideEncryption: 'aws:kms:dsse',
      }),
    ),
  );
  expect(`${refusal.status} ${refusal.code}`).toBe('501 NotImplemented');
  expect(JSON.stringify([refusal.message, refusal.fields])).toMatch(/server-side-encryption/i);
});

test('object lock at creation is refused, and no bucket made', async () => {
  const name = uniqueBucketName();
  const refusal = await refusalOf(
    server.main.send(new CreateBucketCommand({ Bucket: name, ObjectLockEnabledForBucket: true })),
  );
  expect(refusal.code).toBe('NotImplemented');
  await server.main.send(new CreateBucketCommand({ Bucket: name }));
});

test.each([
  ['PATCH', '/', '405 MethodNotAllowed'],
  ['PUT', '/', '405 MethodNotAllowed'],
  ['DELETE', '/', '405 MethodNotAllowed'],
])('%s %s is no operation', async (method, path, expected) => {
  const { bytes } = signedV4({ method, path, headers: { 'content-length': '0' } });
  expect(outcome(await exchange(server.port, bytes))).toBe(expected);
});
