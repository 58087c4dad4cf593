import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  HeadBucketCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { put } from '../support/objects.ts';
import { codeOf } from '../support/s3-client.ts';
import { startTestServer, uniqueBucketName } from '../support/test-server.ts';

const server = await startTestServer();

test('an empty bucket goes, and its name is free again', async () => {
  const Bucket = await server.createBucket();
  const { $metadata } = await server.main.send(new DeleteBucketCommand({ Bucket }));
  expect($metadata.httpStatusCode).toBe(204);
  expect(await codeOf(server.main.send(new ListObjectsV2Command({ Bucket })))).toBe(
    '404 NoSuchBucket',
  );
  await server.alt.send(new CreateBucketCommand({ Bucket }));
});

test('a bucket with an object stays', async () => {
  const Bucket = await server.createBucket();
  await put(server.main, Bucket, 'key');
  expect(await codeOf(server.main.send(new DeleteBucketCommand({ Bucket })))).toBe(
    '409 BucketNotEmpty',
  );
  await server.main.send(new DeleteObjectCommand({ Bucket, Key: 'key' }));
  await server.main.send(new DeleteBucketCommand({ Bucket }));
});

test('a bucket whose deletion was refused takes objects as before', async () => {
  const Bucket = await server.createBucket();
  await put(server.main, Bucket, 'one');
  await codeOf(server.main.send(new DeleteBucketCommand({ Bucket })));
  await put(server.main, Bucket, 'two');
  const { KeyCount } = await server.main.send(new ListObjectsV2Command({ Bucket }));
  expect(KeyCount).toBe(2);
});

test('unfinished uploads do not keep a bucket, nor come back with its name', async () => {
  const Bucket = await server.createBucket();
  await server.main.send(new CreateMultipartUploadCommand({ Bucket, Key: 'unfinished' }));
  await server.main.send(new DeleteBucketCommand({ Bucket }));
  await server.main.send(new CreateBucketCommand({ Bucket }));
  const { Uploads } = await server.main.send(new ListMultipartUploadsCommand({ Bucket }));
  expect(Uploads ?? []).toEqual([]);
});

test('a bucket that is not there cannot be deleted', async () => {
  const Bucket = uniqueBucketName();
  expect(await codeOf(server.main.send(new DeleteBucketCommand({ Bucket })))).toBe(
    '404 NoSuchBucket',
  );
});

test('only the owner deletes a bucket, whatever its ACL', async () => {
  const Bucket = uniqueBucketName();
  await server.main.send(new CreateBucketCommand({ Bucket, ACL: 'public-read-write' }));
  const request = new DeleteBucketCommand({ Bucket });
  expect(await codeOf(server.alt.send(request))).toBe('403 AccessDenied');
  expect(await codeOf(server.anonymous.send(request))).toBe('403 AccessDenied');
  await server.main.send(new HeadBucketCommand({ Bucket }));
});

test('puts and a deletion at once leave no object without a bucket', async () => {
  const Bucket = await server.createBucket();
  const puts = Array.from({ length: 12 }, (_, index) => put(server.main, Bucket, `key-${index}`));
  const deletion = server.main.send(new DeleteBucketCommand({ Bucket }));
  const [deleted, ...stored] = await Promise.allSettled([deletion, ...puts]);
  const acknowledged = stored.filter((result) => result.status === 'fulfilled').length;
  if (deleted?.status === 'fulfilled') {
    expect(acknowledged).toBe(0);
  } else {
    const { KeyCount } = await server.main.send(new ListObjectsV2Command({ Bucket }));
    expect(KeyCount).toBe(acknowledged);
  }
});
