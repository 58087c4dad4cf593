import { DeleteObjectCommand, GetObjectCommand, PutBucketAclCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { allKeys, oddKeys, put, putAll } from '../support/objects.ts';
import { codeOf } from '../support/s3-client.ts';
import { startTestServer, uniqueBucketName } from '../support/test-server.ts';

const server = await startTestServer();
const Bucket = await server.createBucket();

test('a deleted object is gone', async () => {
  await put(server.main, Bucket, 'gone');
  const { $metadata, DeleteMarker, VersionId } = await server.main.send(
    new DeleteObjectCommand({ Bucket, Key: 'gone' }),
  );
  expect($metadata.httpStatusCode).toBe(204);
  expect([DeleteMarker, VersionId]).toEqual([undefined, undefined]);
  expect(await codeOf(server.main.send(new GetObjectCommand({ Bucket, Key: 'gone' })))).toBe(
    '404 NoSuchKey',
  );
});

test('deleting what is not there succeeds', async () => {
  await server.main.send(new DeleteObjectCommand({ Bucket, Key: 'never-there' }));
});

test('odd keys are deleted one by one, and none with another', async () => {
  const bucket = await server.createBucket();
  await putAll(server.main, bucket, oddKeys);
  const left = new Set(oddKeys);
  for (const Key of oddKeys) {
    await server.main.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
    left.delete(Key);
    expect(new Set(await allKeys(server.main, bucket))).toEqual(left);
  }
});

test('If-Match deletes only what is meant', async () => {
  const { ETag } = await put(server.main, Bucket, 'matched');
  const deletion = (IfMatch: string | undefined) =>
    server.main.send(new DeleteObjectCommand({ Bucket, Key: 'matched', IfMatch }));
  expect(await codeOf(deletion('"00000000000000000000000000000000"'))).toBe(
    '412 PreconditionFailed',
  );
  await deletion(ETag);
  expect(await codeOf(deletion(ETag))).toBe('404 NoSuchKey');
});

test('versionId=null deletes the object of an unversioned bucket', async () => {
  await put(server.main, Bucket, 'null-version');
  await server.main.send(
    new DeleteObjectCommand({ Bucket, Key: 'null-version', VersionId: 'null' }),
  );
  const Key = 'null-version';
  expect(await codeOf(server.main.send(new GetObjectCommand({ Bucket, Key })))).toBe(
    '404 NoSuchKey',
  );
});

test('who has WRITE on the bucket deletes, others do not', async () => {
  const shared = await server.createBucket();
  await put(server.main, shared, 'key');
  const request = new DeleteObjectCommand({ Bucket: shared, Key: 'key' });
  expect(await codeOf(server.alt.send(request))).toBe('403 AccessDenied');
  expect(await codeOf(server.anonymous.send(request))).toBe('403 AccessDenied');
  await server.main.send(new PutBucketAclCommand({ Bucket: shared, ACL: 'public-read-write' }));
  await server.alt.send(request);
  expect(await allKeys(server.main, shared)).toEqual([]);
});

test('FULL_CONTROL on an object does not delete it', async () => {
  await put(server.main, Bucket, 'controlled', 'x', { GrantFullControl: 'id=altid' });
  const request = new DeleteObjectCommand({ Bucket, Key: 'controlled' });
  expect(await codeOf(server.alt.send(request))).toBe('403 AccessDenied');
});

test('nothing can be deleted from a bucket that is not there', async () => {
  const request = new DeleteObjectCommand({ Bucket: uniqueBucketName(), Key: 'key' });
  expect(await codeOf(server.main.send(request))).toBe('404 NoSuchBucket');
});
