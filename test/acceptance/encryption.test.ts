import {
  DeleteBucketEncryptionCommand,
  GetBucketEncryptionCommand,
  HeadObjectCommand,
  PutBucketEncryptionCommand,
  type ServerSideEncryptionRule,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { complete, createUpload, smallestPartBytes, uploadPart } from '../support/multipart.ts';
import { bytesOf, put, read } from '../support/objects.ts';
import { codeOf } from '../support/s3-client.ts';
import { startTestServer } from '../support/test-server.ts';

const server = await startTestServer({ kmsKeyIds: ['invoices'] });
const { main } = server;

function set(Bucket: string, rule: ServerSideEncryptionRule, client = main) {
  const ServerSideEncryptionConfiguration = { Rules: [rule] };
  return client.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration }));
}

const ask = (Bucket: string, client = main) =>
  client.send(new GetBucketEncryptionCommand({ Bucket }));

const aes256 = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } } as const;
const kms = {
  ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'invoices' },
  BucketKeyEnabled: true,
} as const;

test('a bucket has no default until it is given one, and after it was taken away', async () => {
  const Bucket = await server.createBucket();
  const none = '404 ServerSideEncryptionConfigurationNotFoundError';
  expect(await codeOf(ask(Bucket))).toBe(none);
  await set(Bucket, aes256);
  expect((await ask(Bucket)).ServerSideEncryptionConfiguration).toEqual({
    Rules: [{ ...aes256, BucketKeyEnabled: false }],
  });
  await set(Bucket, kms);
  expect((await ask(Bucket)).ServerSideEncryptionConfiguration).toEqual({ Rules: [kms] });
  const gone = () => main.send(new DeleteBucketEncryptionCommand({ Bucket }));
  expect((await gone()).$metadata.httpStatusCode).toBe(204);
  expect(await codeOf(ask(Bucket))).toBe(none);
  expect((await gone()).$metadata.httpStatusCode).toBe(204);
});

test('objects that ask for nothing are encrypted with the default of their bucket', async () => {
  const Bucket = await server.createBucket();
  const before = await put(main, Bucket, 'before');
  expect(before.ServerSideEncryption).toBeUndefined();
  await set(Bucket, kms);
  const answer = await put(main, Bucket, 'after');
  const expected = {
    ServerSideEncryption: 'aws:kms',
    SSEKMSKeyId: 'invoices',
    BucketKeyEnabled: true,
  };
  expect(answer).toMatchObject(expected);
  const head = await main.send(new HeadObjectCommand({ Bucket, Key: 'after' }));
  expect(head).toMatchObject(expected);
  expect(String(await read(main, Bucket, 'after'))).toBe('after');
  expect(String(await read(main, Bucket, 'before'))).toBe('before');
  const own = await put(main, Bucket, 'own', 'own', { ServerSideEncryption: 'AES256' });
  expect(own.ServerSideEncryption).toBe('AES256');
  expect(own.SSEKMSKeyId).toBeUndefined();
});

test('an upload has the default of the day it was created', async () => {
  const Bucket = await server.createBucket();
  await set(Bucket, aes256);
  const upload = await createUpload(main, Bucket, 'upload');
  await main.send(new DeleteBucketEncryptionCommand({ Bucket }));
  const body = bytesOf(smallestPartBytes + 10);
  const parts = [
    await uploadPart(main, upload, 1, body.subarray(0, smallestPartBytes)),
    await uploadPart(main, upload, 2, body.subarray(smallestPartBytes)),
  ];
  expect((await complete(main, upload, parts)).ServerSideEncryption).toBe('AES256');
  expect((await read(main, Bucket, 'upload')).equals(body)).toBe(true);
});

test('what a default cannot be is refused', async () => {
  const Bucket = await server.createBucket();
  const applied = (SSEAlgorithm: string) =>
    ({ ApplyServerSideEncryptionByDefault: { SSEAlgorithm } }) as ServerSideEncryptionRule;
  expect(await codeOf(set(Bucket, applied('aws:kms:dsse')))).toBe('501 NotImplemented');
  const blocks = { ...aes256, BlockedEncryptionTypes: { EncryptionType: ['SSE-C' as const] } };
  expect(await codeOf(set(Bucket, blocks))).toBe('501 NotImplemented');
  expect(await codeOf(set(Bucket, applied('AES192')))).toBe('400 MalformedXML');
  expect(await codeOf(set(Bucket, {}))).toBe('400 MalformedXML');
});

test("another account may neither see nor change a bucket's default", async () => {
  const Bucket = await server.createBucket();
  expect(await codeOf(ask(Bucket, server.alt))).toBe('403 AccessDenied');
  expect(await codeOf(set(Bucket, aes256, server.alt))).toBe('403 AccessDenied');
  const remove = new DeleteBucketEncryptionCommand({ Bucket });
  expect(await codeOf(server.alt.send(remove))).toBe('403 AccessDenied');
});
