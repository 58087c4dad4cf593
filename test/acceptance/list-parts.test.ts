import { ListPartsCommand } from '@aws-sdk/client-s3';
import { beforeAll, expect, test } from 'vitest';
import { main } from '../support/accounts.ts';
import { createUpload, uploadPart } from '../support/multipart.ts';
import { codeOf } from '../support/s3-client.ts';
import { startTestServer } from '../support/test-server.ts';

const server = await startTestServer();
const Bucket = await server.createBucket();
const upload = await createUpload(server.main, Bucket, 'object', { ChecksumAlgorithm: 'CRC32' });
const numbers = [1, 2, 5, 9, 10_000];

beforeAll(async () => {
  for (const number of numbers) {
    await uploadPart(server.main, upload, number, `part ${number}`, { ChecksumAlgorithm: 'CRC32' });
  }
});

function list(input: Partial<ConstructorParameters<typeof ListPartsCommand>[0]> = {}) {
  return server.main.send(new ListPartsCommand({ ...upload, ...input }));
}

test('lists parts in order with size, ETag, time and checksum', async () => {
  const answer = await list();
  expect(answer.Parts?.map((part) => part.PartNumber)).toEqual(numbers);
  expect(answer).toMatchObject({
    Bucket,
    Key: 'object',
    UploadId: upload.UploadId,
    IsTruncated: false,
    MaxParts: 1000,
    StorageClass: 'STANDARD',
    ChecksumAlgorithm: 'CRC32',
    Initiator: { ID: main.accountId },
    Owner: { ID: main.accountId },
  });
  for (const part of answer.Parts ?? []) {
    expect(part.Size).toBe(`part ${part.PartNumber}`.length);
    expect(part.ETag).toMatch(/^"[0-9a-f]{32}"$/);
    expect(part.LastModified).toBeInstanceOf(Date);
    expect(part.ChecksumCRC32).toBeTypeOf('string');
  }
});

test('pages join up to the whole list', async () => {
  const found: (number | undefined)[] = [];
  let PartNumberMarker: string | undefined;
  for (;;) {
    const page = await list({ MaxParts: 2, PartNumberMarker });
    found.push(...(page.Parts ?? []).map((part) => part.PartNumber));
    if (page.IsTruncated !== true) break;
    expect(page.Parts).toHaveLength(2);
    PartNumberMarker = page.NextPartNumberMarker;
  }
  expect(found).toEqual(numbers);
});

test('a marker may be any number', async () => {
  const { Parts } = await list({ PartNumberMarker: '3' });
  expect(Parts?.map((part) => part.PartNumber)).toEqual([5, 9, 10_000]);
});

test('an upload without parts has an empty list', async () => {
  const empty = await createUpload(server.main, Bucket, 'empty');
  const { Parts, IsTruncated } = await list(empty);
  expect([Parts ?? [], IsTruncated]).toEqual([[], false]);
});

test('bad parameters, an unknown upload and others are refused', async () => {
  expect(await codeOf(list({ MaxParts: -1 }))).toBe('400 InvalidArgument');
  expect(await codeOf(list({ PartNumberMarker: 'x' }))).toBe('400 InvalidArgument');
  expect(await codeOf(list({ UploadId: 'unknown' }))).toBe('404 NoSuchUpload');
  const request = new ListPartsCommand(upload);
  expect(await codeOf(server.alt.send(request))).toBe('403 AccessDenied');
  expect(await codeOf(server.anonymous.send(request))).toBe('403 AccessDenied');
});
