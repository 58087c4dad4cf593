import {
  DeleteObjectCommand,
  type DeleteObjectCommandInput,
  GetObjectCommand,
  HeadObjectCommand,
  PutBucketAclCommand,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { allKeys, oddKeys, put, putAll, readText } from '../support/objects.ts';
import { codeOf, refusalOf } from '../support/s3-client.ts';
import { startTestServer, uniqueBucketName } from '../support/test-server.ts';
import { history, putMarker, putVersion, versionedBucket } from '../support/versions.ts';

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
  expect(await codeOf(deletion(ETag))).toBe('412 PreconditionFailed');
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

function deletion(bucket: string, Key: string, more: Partial<DeleteObjectCommandInput> = {}) {
  return server.main.send(new DeleteObjectCommand({ Bucket: bucket, Key, ...more }));
}

const otherTag = '"00000000000000000000000000000000"';
const longAgo = new Date('2001-01-01T00:00:00Z');

test('size and last-modified time delete only what is meant, and what is not there', async () => {
  const key = 'measured';
  await put(server.main, Bucket, key, 'four');
  const { ETag, LastModified } = await server.main.send(
    new HeadObjectCommand({ Bucket, Key: key }),
  );
  for (const wrong of [
    { IfMatchSize: 5 },
    { IfMatchLastModifiedTime: longAgo },
    { IfMatch: ETag, IfMatchSize: 5 },
    { IfMatch: otherTag, IfMatchSize: 4 },
    { IfMatchSize: 4, IfMatchLastModifiedTime: longAgo },
  ]) {
    expect(await codeOf(deletion(Bucket, key, wrong))).toBe('412 PreconditionFailed');
  }
  await deletion(Bucket, key, {
    IfMatch: ETag,
    IfMatchSize: 4,
    IfMatchLastModifiedTime: LastModified,
  });
  expect(await allKeys(server.main, Bucket)).not.toContain(key);
  await deletion(Bucket, key, { IfMatchSize: 5 });
  await deletion(Bucket, key, { IfMatchLastModifiedTime: longAgo });
  expect(await codeOf(deletion(Bucket, key, { IfMatch: '*' }))).toBe('412 PreconditionFailed');
});

test('in a versioned bucket an object is hidden by a delete marker, which can be deleted itself', async () => {
  const bucket = await versionedBucket(server);
  const version = await putVersion(server.main, bucket, 'k', 'kept');
  const made = await deletion(bucket, 'k');
  expect(made.$metadata.httpStatusCode).toBe(204);
  expect(made.DeleteMarker).toBe(true);
  expect(await allKeys(server.main, bucket)).toEqual([]);
  expect(await history(server.main, bucket)).toEqual({
    versions: [`k ${version}`],
    markers: [`k ${made.VersionId} latest`],
  });
  const removed = await deletion(bucket, 'k', { VersionId: made.VersionId });
  expect([removed.DeleteMarker, removed.VersionId]).toEqual([true, made.VersionId]);
  expect(await history(server.main, bucket)).toEqual({
    versions: [`k ${version} latest`],
    markers: [],
  });
});

test('every deletion without a version id makes a marker, of keys that never were, too', async () => {
  const bucket = await versionedBucket(server);
  const markers = [await putMarker(server.main, bucket, 'k')];
  markers.unshift(await putMarker(server.main, bucket, 'k'));
  expect((await history(server.main, bucket)).markers).toEqual([
    `k ${markers[0]} latest`,
    `k ${markers[1]}`,
  ]);
});

test('a version that is named is gone for good, and the newest of the others current', async () => {
  const bucket = await versionedBucket(server);
  const ids = [];
  for (const text of ['1', '2', '3']) ids.push(await putVersion(server.main, bucket, 'k', text));
  const answer = await deletion(bucket, 'k', { VersionId: ids[2] });
  expect([answer.DeleteMarker, answer.VersionId]).toEqual([undefined, ids[2]]);
  expect(await readText(server.main, bucket, 'k')).toBe('2');
  await deletion(bucket, 'k', { VersionId: ids[0] });
  expect((await history(server.main, bucket)).versions).toEqual([`k ${ids[1]} latest`]);
  await deletion(bucket, 'k', { VersionId: ids[1] });
  expect(await history(server.main, bucket)).toEqual({ versions: [], markers: [] });
});

test('a version that is not there is deleted already; what is no version id is refused', async () => {
  const bucket = await versionedBucket(server);
  const VersionId = await putVersion(server.main, bucket, 'k');
  await deletion(bucket, 'k', { VersionId });
  expect((await deletion(bucket, 'k', { VersionId })).$metadata.httpStatusCode).toBe(204);
  expect(await codeOf(deletion(bucket, 'k', { VersionId: 'no version' }))).toBe(
    '400 InvalidArgument',
  );
});

test('conditions without a version id are about the current object, never about what a marker hides', async () => {
  const bucket = await versionedBucket(server);
  const { ETag: oldTag } = await put(server.main, bucket, 'k', 'old');
  const { ETag } = await put(server.main, bucket, 'k', 'current');
  expect(await codeOf(deletion(bucket, 'k', { IfMatch: oldTag }))).toBe('412 PreconditionFailed');
  expect((await deletion(bucket, 'k', { IfMatch: ETag })).DeleteMarker).toBe(true);
  for (const IfMatch of [ETag, oldTag, '*']) {
    expect(await codeOf(deletion(bucket, 'k', { IfMatch }))).toBe('412 PreconditionFailed');
  }
  expect(await codeOf(deletion(bucket, 'k', { IfMatchSize: 7 }))).toBe('412 PreconditionFailed');
  const stale = { IfMatchLastModifiedTime: longAgo };
  expect(await codeOf(deletion(bucket, 'k', stale))).toBe('412 PreconditionFailed');
  expect((await history(server.main, bucket)).markers).toHaveLength(1);
});

test('conditions with a version id are about that version', async () => {
  const bucket = await versionedBucket(server);
  const { ETag, VersionId } = await put(server.main, bucket, 'k', 'old');
  await put(server.main, bucket, 'k', 'newest');
  for (const wrong of [
    { IfMatch: otherTag },
    { IfMatchSize: 6 },
    { IfMatchLastModifiedTime: longAgo },
  ]) {
    expect(await codeOf(deletion(bucket, 'k', { VersionId, ...wrong }))).toBe(
      '412 PreconditionFailed',
    );
  }
  await deletion(bucket, 'k', { VersionId, IfMatch: ETag, IfMatchSize: 3 });
  expect((await history(server.main, bucket)).versions).toHaveLength(1);
  // Its id is never used again: who asks once more asks for what is done.
  await deletion(bucket, 'k', { VersionId, IfMatch: ETag });
});

test('who has WRITE on the bucket may hide objects, and delete no version', async () => {
  const bucket = await versionedBucket(server);
  await server.main.send(new PutBucketAclCommand({ Bucket: bucket, ACL: 'public-read-write' }));
  const VersionId = await putVersion(server.main, bucket, 'k');
  const version = new DeleteObjectCommand({ Bucket: bucket, Key: 'k', VersionId });
  expect(await codeOf(server.alt.send(version))).toBe('403 AccessDenied');
  await server.alt.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'k' }));
  expect((await history(server.main, bucket)).versions).toEqual([`k ${VersionId}`]);
});

test('MFA is refused by name', async () => {
  const refusal = await refusalOf(deletion(Bucket, 'k', { MFA: 'serial 123456' }));
  expect([refusal.status, refusal.code]).toEqual([501, 'NotImplemented']);
  expect(JSON.stringify(refusal.fields)).toContain('x-amz-mfa');
});

test('who may delete but not read an object may not hold its ETag against a guess', async () => {
  const bucket = await server.createBucket();
  await server.main.send(new PutBucketAclCommand({ Bucket: bucket, ACL: 'public-read-write' }));
  const { ETag } = await put(server.main, bucket, 'closed', 'x');
  const byAlt = (Key: string, IfMatch?: string) =>
    server.alt.send(new DeleteObjectCommand({ Bucket: bucket, Key, IfMatch }));
  expect(await codeOf(byAlt('closed', ETag))).toBe('403 AccessDenied');
  expect(await codeOf(byAlt('closed', otherTag))).toBe('403 AccessDenied');
  await put(server.main, bucket, 'open', 'x', { ACL: 'public-read' });
  await byAlt('open', ETag);
  await byAlt('closed', '*');
  expect(await allKeys(server.main, bucket)).toEqual([]);
});
