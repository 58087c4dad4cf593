import {
  GetObjectAclCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { allUsers } from '../support/accounts.ts';
import { complete, createUpload, uploadPart } from '../support/multipart.ts';
import { put, readText } from '../support/objects.ts';
import { codeOf } from '../support/s3-client.ts';
import { startTestServer, uniqueBucketName } from '../support/test-server.ts';

const server = await startTestServer();
const Bucket = await server.createBucket();

test('two uploads of one key have ids of their own and do not touch the object', async () => {
  await put(server.main, Bucket, 'same-key', 'object');
  const first = await createUpload(server.main, Bucket, 'same-key');
  const second = await createUpload(server.main, Bucket, 'same-key');
  expect(first.UploadId).not.toBe(second.UploadId);
  expect(await readText(server.main, Bucket, 'same-key')).toBe('object');
});

test('what is said at the beginning holds for the object', async () => {
  const upload = await createUpload(server.main, Bucket, 'said', {
    ACL: 'public-read',
    CacheControl: 'no-cache',
    ContentDisposition: 'inline',
    ContentEncoding: 'br',
    ContentLanguage: 'en',
    ContentType: 'text/plain',
    Metadata: { name: 'value' },
    Tagging: 'tag=1',
  });
  await complete(server.main, upload, [await uploadPart(server.main, upload, 1, 'part')]);
  const object = { Bucket, Key: 'said' };
  expect(await server.main.send(new HeadObjectCommand(object))).toMatchObject({
    CacheControl: 'no-cache',
    ContentDisposition: 'inline',
    ContentEncoding: 'br',
    ContentLanguage: 'en',
    ContentType: 'text/plain',
    Metadata: { name: 'value' },
  });
  const { Grants } = await server.main.send(new GetObjectAclCommand(object));
  expect(Grants?.map((grant) => grant.Grantee?.URI)).toContain(allUsers);
  const { TagSet } = await server.main.send(new GetObjectTaggingCommand(object));
  expect(TagSet).toEqual([{ Key: 'tag', Value: '1' }]);
});

test('checksum algorithm and type must fit each other', async () => {
  const create = (
    ChecksumAlgorithm: 'SHA256' | 'CRC64NVME',
    ChecksumType: 'FULL_OBJECT' | 'COMPOSITE',
  ) => createUpload(server.main, Bucket, 'checksum', { ChecksumAlgorithm, ChecksumType });
  expect(await codeOf(create('SHA256', 'FULL_OBJECT'))).toBe('400 InvalidRequest');
  expect(await codeOf(create('CRC64NVME', 'COMPOSITE'))).toBe('400 InvalidRequest');
});

test('refusals make no upload', async () => {
  const bucket = await server.createBucket();
  const ACL = 'nonsense' as 'private';
  expect(await codeOf(createUpload(server.main, bucket, 'key', { ACL }))).toBe(
    '400 InvalidArgument',
  );
  expect(await codeOf(createUpload(server.alt, bucket, 'key'))).toBe('403 AccessDenied');
  expect(await codeOf(createUpload(server.anonymous, bucket, 'key'))).toBe('403 AccessDenied');
  expect(await codeOf(createUpload(server.main, bucket, 'k'.repeat(1_025)))).toBe(
    '400 KeyTooLongError',
  );
  const { Uploads } = await server.main.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
  expect(Uploads ?? []).toEqual([]);
});

test('a bucket that is not there has no uploads', async () => {
  expect(await codeOf(createUpload(server.main, uniqueBucketName(), 'key'))).toBe(
    '404 NoSuchBucket',
  );
});
