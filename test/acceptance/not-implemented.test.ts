import {
  CreateBucketCommand,
  GetBucketReplicationCommand,
  GetObjectTorrentCommand,
  HeadBucketCommand,
  PutBucketReplicationCommand,
  PutObjectCommand,
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

test('one that would change the bucket, or is on an object, too', async () => {
  const replication = new PutBucketReplicationCommand({
    Bucket,
    ReplicationConfiguration: {
      Role: 'arn:aws:iam::123456789012:role/replication',
      Rules: [{ Status: 'Enabled', Destination: { Bucket: 'arn:aws:s3:::elsewhere' } }],
    },
  });
  await put(server.main, Bucket, 'key');
  const torrent = new GetObjectTorrentCommand({ Bucket, Key: 'key' });
  for (const [name, request] of [
    ['PutBucketReplication', () => server.main.send(replication)],
    ['GetObjectTorrent', () => server.main.send(torrent)],
  ] as const) {
    const refusal = await refusalOf(request());
    expect(`${refusal.status} ${refusal.code}`).toBe('501 NotImplemented');
    expect(refusal.message).toContain(name);
  }
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

test('a directory bucket is refused, and no bucket made', async () => {
  const name = uniqueBucketName();
  const refusal = await refusalOf(
    server.main.send(
      new CreateBucketCommand({
        Bucket: name,
        CreateBucketConfiguration: {
          Location: { Type: 'AvailabilityZone', Name: 'zone' },
          Bucket: { Type: 'Directory', DataRedundancy: 'SingleAvailabilityZone' },
        },
      }),
    ),
  );
  expect(`${refusal.status} ${refusal.code}`).toBe('501 NotImplemented');
  const head = await refusalOf(server.main.send(new HeadBucketCommand({ Bucket: name })));
  expect(head.status).toBe(404);
});

test.each([
  ['PATCH', '/', '405 MethodNotAllowed'],
  ['PUT', '/', '405 MethodNotAllowed'],
  ['DELETE', '/', '405 MethodNotAllowed'],
])('%s %s is no operation', async (method, path, expected) => {
  const { bytes } = signedV4({ method, path, headers: { 'content-length': '0' } });
  expect(outcome(await exchange(server.port, bytes))).toBe(expected);
});

test.each(['analytics', 'intelligent-tiering', 'metrics'])(
  'configurations of %s are refused by name, as nothing would come of them',
  async (subresource) => {
    for (const query of [`${subresource}&id=a`, subresource]) {
      const { bytes } = signedV4({ method: 'GET', path: `/${Bucket}`, query });
      expect(outcome(await exchange(server.port, bytes))).toBe('501 NotImplemented');
    }
  },
);
