import {
  CopyObjectCommand,
  type CopyObjectCommandInput,
  DeleteObjectCommand,
  GetObjectAclCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutBucketAclCommand,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { allUsers } from '../support/accounts.ts';
import { bytesOf, oddKeys, put, read, readText } from '../support/objects.ts';
import { codeOf, refusalOf } from '../support/s3-client.ts';
import { startTestServer, uniqueBucketName } from '../support/test-server.ts';
import {
  history,
  lockBucket,
  putMarker,
  putVersion,
  setVersioning,
  versionedBucket,
} from '../support/versions.ts';

const server = await startTestServer();
const Bucket = await server.createBucket();
const { ETag } = await put(server.main, Bucket, 'source', 'content', {
  CacheControl: 'no-cache',
  ContentType: 'text/plain',
  Metadata: { colour: 'red' },
  Tagging: 'a=1&b=2',
});

function copy(input: Partial<CopyObjectCommandInput> = {}, client = server.main) {
  return client.send(
    new CopyObjectCommand({ Bucket, Key: 'target', CopySource: `${Bucket}/source`, ...input }),
  );
}

function head(Key: string, bucket = Bucket) {
  return server.main.send(new HeadObjectCommand({ Bucket: bucket, Key }));
}

test('a copy has the bytes, headers, metadata and tags of its source', async () => {
  const { CopyObjectResult } = await copy();
  expect(CopyObjectResult?.ETag).toBe(ETag);
  expect(CopyObjectResult?.LastModified).toBeInstanceOf(Date);
  expect(await readText(server.main, Bucket, 'target')).toBe('content');
  expect(await head('target')).toMatchObject({
    CacheControl: 'no-cache',
    ContentType: 'text/plain',
    ETag,
    Metadata: { colour: 'red' },
  });
  const { TagSet } = await server.main.send(new GetObjectTaggingCommand({ Bucket, Key: 'target' }));
  expect(TagSet).toEqual([
    { Key: 'a', Value: '1' },
    { Key: 'b', Value: '2' },
  ]);
});

test('MetadataDirective REPLACE takes headers and metadata from the request', async () => {
  await copy({
    Key: 'replaced',
    MetadataDirective: 'REPLACE',
    ContentType: 'text/csv',
    Metadata: { shape: 'round' },
  });
  const object = await head('replaced');
  expect(object.ContentType).toBe('text/csv');
  expect(object.Metadata).toEqual({ shape: 'round' });
  expect(object.CacheControl).toBeUndefined();
});

test('MetadataDirective COPY leaves metadata of the request aside', async () => {
  await copy({ Key: 'kept', MetadataDirective: 'COPY', Metadata: { shape: 'round' } });
  expect((await head('kept')).Metadata).toEqual({ colour: 'red' });
});

test('TaggingDirective REPLACE takes tags from the request', async () => {
  await copy({ Key: 'retagged', TaggingDirective: 'REPLACE', Tagging: 'c=3' });
  const { TagSet } = await server.main.send(
    new GetObjectTaggingCommand({ Bucket, Key: 'retagged' }),
  );
  expect(TagSet).toEqual([{ Key: 'c', Value: '3' }]);
});

test.each(['MetadataDirective', 'TaggingDirective'])('an unknown %s is refused', async (name) => {
  expect(await codeOf(copy({ [name]: 'MERGE' }))).toBe('400 InvalidArgument');
});

test('an object cannot be copied onto itself unless something changes', async () => {
  await put(server.main, Bucket, 'self', 'same', { Metadata: { old: '1' } });
  const onto = { Key: 'self', CopySource: `${Bucket}/self` };
  expect(await codeOf(copy(onto))).toBe('400 InvalidRequest');
  await copy({ ...onto, MetadataDirective: 'REPLACE', Metadata: { new: '2' } });
  expect((await head('self')).Metadata).toEqual({ new: '2' });
  expect(await readText(server.main, Bucket, 'self')).toBe('same');
});

test('a copy outlives its source', async () => {
  const other = await server.createBucket();
  const body = bytesOf(2_500_000);
  await put(server.main, Bucket, 'to-be-replaced', body);
  await copy({ Bucket: other, Key: 'copy', CopySource: `${Bucket}/to-be-replaced` });
  await put(server.main, Bucket, 'to-be-replaced', 'something else');
  expect((await read(server.main, other, 'copy')).equals(body)).toBe(true);
});

test.each(oddKeys)('the source %j is found, percent-encoded', async (key) => {
  await put(server.main, Bucket, key, 'odd');
  const CopySource = `/${Bucket}/${encodeURIComponent(key)}`;
  await copy({ Key: `copy of ${key}`, CopySource });
  expect(await readText(server.main, Bucket, `copy of ${key}`)).toBe('odd');
});

test('the ACL of a copy is that of the request, not of the source', async () => {
  await put(server.main, Bucket, 'public-source', 'x', { ACL: 'public-read' });
  const CopySource = `${Bucket}/public-source`;
  const grants = async (Key: string) => {
    const { Grants } = await server.main.send(new GetObjectAclCommand({ Bucket, Key }));
    return Grants?.map((grant) => grant.Grantee?.URI ?? grant.Grantee?.ID);
  };
  await copy({ Key: 'private-copy', CopySource });
  expect(await grants('private-copy')).toEqual(['mainid']);
  await copy({ Key: 'public-copy', CopySource, ACL: 'public-read' });
  expect(await grants('public-copy')).toContain(allUsers);
});

const otherTag = '"00000000000000000000000000000000"';
const longAgo = new Date('2001-01-01T00:00:00Z');

test('conditions on the source that hold let the copy happen', async () => {
  for (const condition of [
    { CopySourceIfMatch: ETag },
    { CopySourceIfNoneMatch: otherTag },
    { CopySourceIfModifiedSince: longAgo },
    { CopySourceIfUnmodifiedSince: new Date() },
    { CopySourceIfMatch: ETag, CopySourceIfUnmodifiedSince: longAgo },
  ]) {
    await copy({ Key: 'conditional', ...condition });
  }
});

test('conditions on the source that fail copy nothing', async () => {
  for (const condition of [
    { CopySourceIfMatch: otherTag },
    { CopySourceIfNoneMatch: ETag },
    { CopySourceIfModifiedSince: new Date() },
    { CopySourceIfUnmodifiedSince: longAgo },
    { CopySourceIfNoneMatch: ETag, CopySourceIfModifiedSince: longAgo },
  ]) {
    expect(await codeOf(copy({ Key: 'refused', ...condition }))).toBe('412 PreconditionFailed');
  }
  expect((await refusalOf(head('refused'))).status).toBe(404);
});

test('If-None-Match: * copies only to where nothing is', async () => {
  await put(server.main, Bucket, 'taken', 'kept');
  expect(await codeOf(copy({ Key: 'taken', IfNoneMatch: '*' }))).toBe('412 PreconditionFailed');
  expect(await readText(server.main, Bucket, 'taken')).toBe('kept');
});

test('versionId=null names the source in an unversioned bucket', async () => {
  await copy({ Key: 'by-version', CopySource: `${Bucket}/source?versionId=null` });
  expect(await readText(server.main, Bucket, 'by-version')).toBe('content');
});

test.each([
  ['a key that is not there', () => `${Bucket}/missing`, '404 NoSuchKey'],
  ['a bucket that is not there', () => `${uniqueBucketName()}/key`, '404 NoSuchBucket'],
  ['a source without a key', () => Bucket, '400 InvalidArgument'],
  ['a source that is not percent-encoded', () => `${Bucket}/%zz`, '400 InvalidArgument'],
])('%s is refused', async (_, source, code) => {
  expect(await codeOf(copy({ CopySource: source() }))).toBe(code);
});

test('a copy needs READ on the source and WRITE on the target', async () => {
  const own = await server.createBucket(server.alt);
  const fromMain = { Bucket: own, Key: 'stolen' };
  expect(await codeOf(copy(fromMain, server.alt))).toBe('403 AccessDenied');
  await put(server.main, Bucket, 'readable', 'for all', { ACL: 'public-read' });
  await copy({ ...fromMain, CopySource: `${Bucket}/readable` }, server.alt);
  expect(await readText(server.alt, own, 'stolen')).toBe('for all');
  await put(server.alt, own, 'alts', 'x');
  expect(await codeOf(copy({ CopySource: `${own}/alts` }, server.alt))).toBe('403 AccessDenied');
});

test('a checksum of another algorithm can be asked for', async () => {
  await put(server.main, Bucket, 'summed', '123456789', { ChecksumAlgorithm: 'CRC32' });
  const kept = await copy({ CopySource: `${Bucket}/summed` });
  expect(kept.CopyObjectResult?.ChecksumCRC32).toBe('y/Q5Jg==');
  const other = await copy({ CopySource: `${Bucket}/summed`, ChecksumAlgorithm: 'CRC32C' });
  expect(other.CopyObjectResult?.ChecksumCRC32C).toBe('4waSgw==');
});

test('any version can be copied, to another key or bucket, and each answer names both versions', async () => {
  const bucket = await versionedBucket(server);
  const ids: string[] = [];
  for (const text of ['one', 'two']) ids.push(await putVersion(server.main, bucket, 'a b?c', text));
  const source = `${bucket}/a%20b%3Fc`;
  for (const [i, text] of ['one', 'two'].entries()) {
    const CopySource = `${source}?versionId=${ids[i]}`;
    const answer = await copy({ Bucket: bucket, Key: `copy-${i}`, CopySource });
    expect(answer.CopySourceVersionId).toBe(ids[i]);
    expect((await head(`copy-${i}`, bucket)).VersionId).toBe(answer.VersionId);
    expect(await readText(server.main, bucket, `copy-${i}`)).toBe(text);
    const outside = await copy({ Key: `copy-${i}`, CopySource });
    expect([outside.VersionId, outside.CopySourceVersionId]).toEqual([undefined, ids[i]]);
    expect(await readText(server.main, Bucket, `copy-${i}`)).toBe(text);
  }
  const current = await copy({ Bucket: bucket, Key: 'current', CopySource: source });
  expect(current.CopySourceVersionId).toBe(ids[1]);
  expect((await copy({ Bucket: bucket, Key: 'unversioned' })).CopySourceVersionId).toBeUndefined();
});

test('a version is brought back by copying it onto its key', async () => {
  const bucket = await versionedBucket(server);
  const old = await putVersion(server.main, bucket, 'k', 'old', { Metadata: { of: 'old' } });
  const newer = await putVersion(server.main, bucket, 'k', 'newer');
  const { VersionId } = await copy({
    Bucket: bucket,
    Key: 'k',
    CopySource: `${bucket}/k?versionId=${old}`,
  });
  expect(await readText(server.main, bucket, 'k')).toBe('old');
  expect((await head('k', bucket)).Metadata).toEqual({ of: 'old' });
  expect((await history(server.main, bucket)).versions).toEqual([
    `k ${VersionId} latest`,
    `k ${newer}`,
    `k ${old}`,
  ]);
});

test('a copy outlives the version that it was made from', async () => {
  const bucket = await versionedBucket(server);
  const body = bytesOf(2_000_000, 5);
  const { VersionId } = await put(server.main, bucket, 'k', body);
  await copy({ Bucket: bucket, Key: 'copy', CopySource: `${bucket}/k?versionId=${VersionId}` });
  await server.main.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'k', VersionId }));
  expect((await read(server.main, bucket, 'copy')).equals(body)).toBe(true);
});

test('while versioning is suspended a copy replaces the null version, and has no version id', async () => {
  const bucket = await versionedBucket(server);
  const kept = await putVersion(server.main, bucket, 'k', 'kept');
  await setVersioning(server.main, bucket, 'Suspended');
  for (let i = 0; i < 2; i++) {
    expect((await copy({ Bucket: bucket, Key: 'k' })).VersionId).toBeUndefined();
  }
  const fromNull = await copy({ CopySource: `${bucket}/k?versionId=null` });
  expect(fromNull.CopySourceVersionId).toBe('null');
  expect((await history(server.main, bucket)).versions).toEqual(['k null latest', `k ${kept}`]);
});

test('a delete marker cannot be copied, by its version id neither', async () => {
  const bucket = await versionedBucket(server);
  const VersionId = await putVersion(server.main, bucket, 'k', 'hidden');
  const marker = await putMarker(server.main, bucket, 'k');
  const from = (source: string) => codeOf(copy({ Key: 'refused', CopySource: source }));
  expect(await from(`${bucket}/k`)).toBe('404 NoSuchKey');
  expect(await from(`${bucket}/k?versionId=${marker}`)).toBe('400 InvalidRequest');
  expect(await from(`${bucket}/k?versionId=${'f'.repeat(32)}`)).toBe('404 NoSuchVersion');
  expect(await from(`${bucket}/k?versionId=none`)).toBe('400 InvalidArgument');
  await copy({ Key: 'hidden', CopySource: `${bucket}/k?versionId=${VersionId}` });
  expect(await readText(server.main, Bucket, 'hidden')).toBe('hidden');
});

test('If-Match copies only over what is meant', async () => {
  const own = await put(server.main, Bucket, 'matched', 'mine');
  expect(await codeOf(copy({ Key: 'matched', IfMatch: otherTag }))).toBe('412 PreconditionFailed');
  expect(await readText(server.main, Bucket, 'matched')).toBe('mine');
  await copy({ Key: 'matched', IfMatch: own.ETag });
  expect(await readText(server.main, Bucket, 'matched')).toBe('content');
  expect(await codeOf(copy({ Key: 'nothing-there', IfMatch: own.ETag }))).toBe('404 NoSuchKey');
});

test('a copy has the lock that its request asks for, and not that of its source', async () => {
  const bucket = await lockBucket(server);
  await put(server.main, bucket, 'held', 'x', { ObjectLockLegalHoldStatus: 'ON' });
  const CopySource = `${bucket}/held`;
  await copy({ Bucket: bucket, Key: 'free', CopySource });
  expect((await head('free', bucket)).ObjectLockLegalHoldStatus).toBeUndefined();
  const lock = {
    ObjectLockMode: 'GOVERNANCE',
    ObjectLockRetainUntilDate: new Date('2130-01-01T00:00:00Z'),
  } as const;
  await copy({ Bucket: bucket, Key: 'locked', CopySource, ...lock });
  expect(await head('locked', bucket)).toMatchObject(lock);
});

test('who may write but not read the target may not hold its ETag against a guess', async () => {
  const bucket = await server.createBucket();
  await server.main.send(new PutBucketAclCommand({ Bucket: bucket, ACL: 'public-read-write' }));
  await put(server.main, bucket, 'open-source', 'y', { ACL: 'public-read' });
  const target = await put(server.main, bucket, 'closed', 'x');
  const CopySource = `${bucket}/open-source`;
  const over = { Bucket: bucket, Key: 'closed', CopySource };
  expect(await codeOf(copy({ ...over, IfMatch: target.ETag }, server.alt))).toBe(
    '403 AccessDenied',
  );
  await copy({ ...over, IfMatch: '*' }, server.alt);
});
