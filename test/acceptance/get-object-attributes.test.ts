import { GetObjectAttributesCommand, type ObjectAttributes } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { complete, createUpload, smallestPartBytes, uploadPart } from '../support/multipart.ts';
import { bytesOf, put } from '../support/objects.ts';
import { codeOf } from '../support/s3-client.ts';
import { startTestServer } from '../support/test-server.ts';
import { putMarker, putVersion, versionedBucket } from '../support/versions.ts';

const server = await startTestServer();
const Bucket = await server.createBucket();
const everything: ObjectAttributes[] = [
  'ETag',
  'Checksum',
  'ObjectParts',
  'StorageClass',
  'ObjectSize',
];

function get(input: { Key: string } & Record<string, unknown>, client = server.main) {
  return client.send(
    new GetObjectAttributesCommand({ Bucket, ObjectAttributes: everything, ...input }),
  );
}

test('says of an object what was asked for, the ETag without quotes', async () => {
  const { ETag } = await put(server.main, Bucket, 'simple', '123456789', {
    ChecksumAlgorithm: 'CRC32',
  });
  const answer = await get({ Key: 'simple' });
  expect(answer).toMatchObject({
    ETag: ETag?.replaceAll('"', ''),
    Checksum: { ChecksumCRC32: 'y/Q5Jg==', ChecksumType: 'FULL_OBJECT' },
    StorageClass: 'STANDARD',
    ObjectSize: 9,
  });
  expect(answer.ObjectParts).toBeUndefined();
  expect(answer.LastModified).toBeInstanceOf(Date);
});

test('says nothing else', async () => {
  await put(server.main, Bucket, 'only', '123456789');
  const answer = await get({ Key: 'only', ObjectAttributes: ['ObjectSize'] });
  expect(answer.ObjectSize).toBe(9);
  expect([answer.ETag, answer.Checksum, answer.StorageClass]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test('parts come in pages', async () => {
  const ChecksumAlgorithm = 'SHA256';
  const upload = await createUpload(server.main, Bucket, 'parts', { ChecksumAlgorithm });
  const parts = [];
  for (const number of [1, 2, 3]) {
    const body = bytesOf(number === 3 ? 10 : smallestPartBytes, number);
    parts.push(await uploadPart(server.main, upload, number, body, { ChecksumAlgorithm }));
  }
  await complete(server.main, upload, parts);
  const first = await get({ Key: 'parts', MaxParts: 2 });
  expect(first.ObjectParts).toMatchObject({
    TotalPartsCount: 3,
    IsTruncated: true,
    MaxParts: 2,
    NextPartNumberMarker: '2',
  });
  expect(first.ObjectParts?.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
    [1, smallestPartBytes],
    [2, smallestPartBytes],
  ]);
  const second = await get({ Key: 'parts', MaxParts: 2, PartNumberMarker: '2' });
  expect(second.ObjectParts?.IsTruncated).toBe(false);
  expect(second.ObjectParts?.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
    [3, 10],
  ]);
  expect(second.ObjectParts?.Parts?.[0]?.ChecksumSHA256).toBe(parts[2]?.ChecksumSHA256);
});

test('no attribute, an unknown one, a missing object and others are refused', async () => {
  await put(server.main, Bucket, 'refused');
  const unknown = ['Colour' as ObjectAttributes];
  expect(await codeOf(get({ Key: 'refused', ObjectAttributes: unknown }))).toBe(
    '400 InvalidArgument',
  );
  expect(await codeOf(get({ Key: 'missing' }))).toBe('404 NoSuchKey');
  expect(await codeOf(get({ Key: 'refused' }, server.alt))).toBe('403 AccessDenied');
});

test('a version id asks for that version', async () => {
  const bucket = await versionedBucket(server);
  const old = await putVersion(server.main, bucket, 'k', 'old version');
  const current = await putVersion(server.main, bucket, 'k', 'current');
  const at = { Bucket: bucket, Key: 'k' };
  expect(await get(at)).toMatchObject({ VersionId: current, ObjectSize: 7 });
  expect(await get({ ...at, VersionId: old })).toMatchObject({ VersionId: old, ObjectSize: 11 });
  const VersionId = await putMarker(server.main, bucket, 'k');
  expect(await codeOf(get(at))).toBe('404 NoSuchKey');
  expect(await codeOf(get({ ...at, VersionId }))).toBe('405 MethodNotAllowed');
});
