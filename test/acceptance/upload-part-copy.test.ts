import { UploadPartCopyCommand, type UploadPartCopyCommandInput } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import {
  complete,
  createUpload,
  multipartPut,
  smallestPartBytes,
  type UploadId,
  uploadPart,
} from '../support/multipart.ts';
import { bytesOf, put, read } from '../support/objects.ts';
import { codeOf } from '../support/s3-client.ts';
import { startTestServer } from '../support/test-server.ts';
import { putVersion, versionedBucket } from '../support/versions.ts';

const server = await startTestServer();
const Bucket = await server.createBucket();
const source = bytesOf(smallestPartBytes + 1_000);
const { ETag } = await put(server.main, Bucket, 'source', source);

async function copyPart(
  upload: UploadId,
  PartNumber: number,
  more: Partial<UploadPartCopyCommandInput> = {},
  client = server.main,
) {
  const CopySource = `${Bucket}/source`;
  const { CopyPartResult } = await client.send(
    new UploadPartCopyCommand({ ...upload, PartNumber, CopySource, ...more }),
  );
  const { ChecksumCRC64NVME, ChecksumCRC32 } = CopyPartResult ?? {};
  return { PartNumber, ETag: CopyPartResult?.ETag, ChecksumCRC64NVME, ChecksumCRC32 };
}

test('a part may be a whole object, a range of one, or bytes of its own', async () => {
  const upload = await createUpload(server.main, Bucket, 'mixed');
  const parts = [
    await copyPart(upload, 1),
    await copyPart(upload, 2, { CopySourceRange: `bytes=500-${smallestPartBytes + 599}` }),
    await uploadPart(server.main, upload, 3, 'the end'),
  ];
  await complete(server.main, upload, parts);
  const expected = Buffer.concat([
    source,
    source.subarray(500, smallestPartBytes + 600),
    Buffer.from('the end'),
  ]);
  expect((await read(server.main, Bucket, 'mixed')).equals(expected)).toBe(true);
});

test('a whole object copied as a part has its ETag', async () => {
  const upload = await createUpload(server.main, Bucket, 'etag');
  expect((await copyPart(upload, 1)).ETag).toBe(ETag);
});

test('a part of an object that was itself uploaded in parts is right across their border', async () => {
  const bodies = [bytesOf(smallestPartBytes, 7), bytesOf(2_000, 8)];
  await multipartPut(server.main, Bucket, 'in-parts', bodies);
  const upload = await createUpload(server.main, Bucket, 'across');
  const part = await copyPart(upload, 1, {
    CopySource: `${Bucket}/in-parts`,
    CopySourceRange: `bytes=${smallestPartBytes - 10}-${smallestPartBytes + 9}`,
  });
  await complete(server.main, upload, [part]);
  const expected = Buffer.concat(bodies).subarray(smallestPartBytes - 10, smallestPartBytes + 10);
  expect((await read(server.main, Bucket, 'across')).equals(expected)).toBe(true);
});

test('what was copied outlives its source', async () => {
  await put(server.main, Bucket, 'short-lived', source);
  const upload = await createUpload(server.main, Bucket, 'outlives');
  const part = await copyPart(upload, 1, { CopySource: `${Bucket}/short-lived` });
  await put(server.main, Bucket, 'short-lived', 'replaced');
  await complete(server.main, upload, [part]);
  expect((await read(server.main, Bucket, 'outlives')).equals(source)).toBe(true);
});

test.each(['bytes=0-', 'bytes=-5', '0-5', 'bytes=5-2', 'bytes=a-b'])(
  'the range %s is refused',
  async (CopySourceRange) => {
    const upload = await createUpload(server.main, Bucket, 'bad-range');
    expect(await codeOf(copyPart(upload, 1, { CopySourceRange }))).toBe('400 InvalidArgument');
  },
);

test('a range beyond the source is refused', async () => {
  const upload = await createUpload(server.main, Bucket, 'beyond');
  const CopySourceRange = `bytes=0-${source.length}`;
  expect(await codeOf(copyPart(upload, 1, { CopySourceRange }))).toMatch(
    /^(400 InvalidArgument|400 InvalidRequest|416 InvalidRange)$/,
  );
});

test('conditions on the source are heeded', async () => {
  const upload = await createUpload(server.main, Bucket, 'conditions');
  await copyPart(upload, 1, { CopySourceIfMatch: ETag });
  expect(await codeOf(copyPart(upload, 1, { CopySourceIfNoneMatch: ETag }))).toBe(
    '412 PreconditionFailed',
  );
});

test('a missing source or upload is refused', async () => {
  const upload = await createUpload(server.main, Bucket, 'missing');
  expect(await codeOf(copyPart(upload, 1, { CopySource: `${Bucket}/nothing` }))).toBe(
    '404 NoSuchKey',
  );
  expect(await codeOf(copyPart({ ...upload, UploadId: 'unknown' }, 1))).toBe('404 NoSuchUpload');
});

test('others need READ on the source', async () => {
  const own = await server.createBucket(server.alt);
  const upload = await createUpload(server.alt, own, 'stolen');
  expect(await codeOf(copyPart(upload, 1, {}, server.alt))).toBe('403 AccessDenied');
});

test('a version can be the source, and is named in the answer', async () => {
  const bucket = await versionedBucket(server);
  const old = await putVersion(server.main, bucket, 'k', 'the old version');
  const current = await putVersion(server.main, bucket, 'k', 'current');
  const upload = await createUpload(server.main, Bucket, 'of-versions');
  const answerTo = (CopySource: string, more: Partial<UploadPartCopyCommandInput> = {}) =>
    server.main.send(new UploadPartCopyCommand({ ...upload, PartNumber: 1, CopySource, ...more }));
  expect((await answerTo(`${bucket}/k`)).CopySourceVersionId).toBe(current);
  expect(await codeOf(answerTo(`${bucket}/k?versionId=${'f'.repeat(32)}`))).toBe(
    '404 NoSuchVersion',
  );
  const { CopySourceVersionId, CopyPartResult } = await answerTo(`${bucket}/k?versionId=${old}`, {
    CopySourceRange: 'bytes=4-6',
  });
  expect(CopySourceVersionId).toBe(old);
  await complete(server.main, upload, [{ PartNumber: 1, ETag: CopyPartResult?.ETag }]);
  expect((await read(server.main, Bucket, 'of-versions')).toString()).toBe('old');
});
