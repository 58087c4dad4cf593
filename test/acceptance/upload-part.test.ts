import { createHash } from 'node:crypto';
import { ListPartsCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { complete, createUpload, smallestPartBytes, uploadPart } from '../support/multipart.ts';
import { bytesOf, read, readText } from '../support/objects.ts';
import { exchange, outcome } from '../support/raw-http.ts';
import { codeOf } from '../support/s3-client.ts';
import { signedV4 } from '../support/signed-request.ts';
import { startTestServer } from '../support/test-server.ts';

const server = await startTestServer();
const Bucket = await server.createBucket();

test('a part’s ETag is the MD5 of its bytes', async () => {
  const upload = await createUpload(server.main, Bucket, 'etag');
  const { ETag } = await uploadPart(server.main, upload, 1, 'part');
  expect(ETag).toBe(`"${createHash('md5').update('part').digest('hex')}"`);
});

test('parts may come in any order and at once', async () => {
  const upload = await createUpload(server.main, Bucket, 'order');
  const bodies = [1, 2, 3].map((seed) => bytesOf(smallestPartBytes, seed));
  const parts = await Promise.all(
    [3, 1, 2].map((number) =>
      uploadPart(server.main, upload, number, bodies[number - 1] ?? Buffer.alloc(0)),
    ),
  );
  const sorted = parts.toSorted((a, b) => (a.PartNumber ?? 0) - (b.PartNumber ?? 0));
  await complete(server.main, upload, sorted);
  expect((await read(server.main, Bucket, 'order')).equals(Buffer.concat(bodies))).toBe(true);
});

test('a part sent again replaces the first', async () => {
  const upload = await createUpload(server.main, Bucket, 'again');
  await uploadPart(server.main, upload, 1, 'first');
  const part = await uploadPart(server.main, upload, 1, 'second');
  const { Parts } = await server.main.send(new ListPartsCommand(upload));
  expect(Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([[1, 6]]);
  await complete(server.main, upload, [part]);
  expect(await readText(server.main, Bucket, 'again')).toBe('second');
});

test.each([0, -1, 10_001])('part number %i is refused', async (number) => {
  const upload = await createUpload(server.main, Bucket, 'number');
  expect(await codeOf(uploadPart(server.main, upload, number, 'part'))).toBe('400 InvalidArgument');
});

test('part number 10,000 is taken', async () => {
  const upload = await createUpload(server.main, Bucket, 'last-number');
  await complete(server.main, upload, [await uploadPart(server.main, upload, 10_000, 'part')]);
  expect(await readText(server.main, Bucket, 'last-number')).toBe('part');
});

test('an unknown upload, or one of another key, is NoSuchUpload', async () => {
  const upload = await createUpload(server.main, Bucket, 'known');
  for (const other of [
    { ...upload, UploadId: 'unknown' },
    { ...upload, Key: 'another-key' },
  ]) {
    expect(await codeOf(uploadPart(server.main, other, 1, 'part'))).toBe('404 NoSuchUpload');
  }
});

test('a wrong digest stores no part', async () => {
  const upload = await createUpload(server.main, Bucket, 'digest');
  const { bytes } = signedV4({
    method: 'PUT',
    path: `/${Bucket}/digest`,
    query: `partNumber=1&uploadId=${encodeURIComponent(upload.UploadId)}`,
    body: 'part',
    headers: { 'x-amz-checksum-crc32': 'AAAAAA==' },
  });
  expect(outcome(await exchange(server.port, bytes))).toBe('400 BadDigest');
  const { Parts } = await server.main.send(new ListPartsCommand(upload));
  expect(Parts ?? []).toEqual([]);
});

test('a part’s checksum is verified and returned', async () => {
  const upload = await createUpload(server.main, Bucket, 'sum', { ChecksumAlgorithm: 'CRC32C' });
  const part = await uploadPart(server.main, upload, 1, '123456789', {
    ChecksumAlgorithm: 'CRC32C',
  });
  expect(part.ChecksumCRC32C).toBe('4waSgw==');
});

test('others may not add parts', async () => {
  const upload = await createUpload(server.main, Bucket, 'others');
  expect(await codeOf(uploadPart(server.alt, upload, 1, 'part'))).toBe('403 AccessDenied');
  expect(await codeOf(uploadPart(server.anonymous, upload, 1, 'part'))).toBe('403 AccessDenied');
});
