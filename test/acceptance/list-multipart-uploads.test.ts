import { ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { beforeAll, expect, test } from 'vitest';
import { main } from '../support/accounts.ts';
import { createUpload } from '../support/multipart.ts';
import { exchange } from '../support/raw-http.ts';
import { codeOf } from '../support/s3-client.ts';
import { signedV4 } from '../support/signed-request.ts';
import { startTestServer, uniqueBucketName } from '../support/test-server.ts';

const server = await startTestServer();
const Bucket = await server.createBucket();
const keys = ['a', 'dir/1', 'dir/1', 'dir/2', 'other/x', 'z y'];
const uploads: { key: string; id: string }[] = [];

beforeAll(async () => {
  for (const key of keys) {
    const { UploadId } = await createUpload(server.main, Bucket, key);
    uploads.push({ key, id: UploadId });
  }
});

function list(input: Partial<ConstructorParameters<typeof ListMultipartUploadsCommand>[0]> = {}) {
  return server.main.send(new ListMultipartUploadsCommand({ Bucket, ...input }));
}

test('lists uploads by key, and those of one key by age', async () => {
  const answer = await list();
  expect(answer.Uploads?.map((upload) => [upload.Key, upload.UploadId])).toEqual(
    uploads.map(({ key, id }) => [key, id]),
  );
  expect(answer).toMatchObject({ Bucket, IsTruncated: false, MaxUploads: 1000 });
  expect(answer.Uploads?.[0]).toMatchObject({
    StorageClass: 'STANDARD',
    Initiator: { ID: main.accountId },
    Owner: { ID: main.accountId },
  });
  expect(answer.Uploads?.[0]?.Initiated).toBeInstanceOf(Date);
});

test('prefix and delimiter group as in other lists', async () => {
  const grouped = await list({ Delimiter: '/' });
  expect(grouped.Uploads?.map((upload) => upload.Key)).toEqual(['a', 'z y']);
  expect(grouped.CommonPrefixes?.map((common) => common.Prefix)).toEqual(['dir/', 'other/']);
  const inside = await list({ Prefix: 'dir/', Delimiter: '/' });
  expect(inside.Uploads?.map((upload) => upload.Key)).toEqual(['dir/1', 'dir/1', 'dir/2']);
});

test.each([1, 2, 3])('pages of %i join up to the whole list', async (MaxUploads) => {
  const found: { key: string | undefined; id: string | undefined }[] = [];
  let markers: { KeyMarker?: string; UploadIdMarker?: string } = {};
  for (;;) {
    const page = await list({ MaxUploads, ...markers });
    found.push(...(page.Uploads ?? []).map((upload) => ({ key: upload.Key, id: upload.UploadId })));
    if (page.IsTruncated !== true) break;
    markers = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker };
  }
  expect(found).toEqual(uploads);
});

test('a key marker alone stands after all uploads of its key', async () => {
  const { Uploads } = await list({ KeyMarker: 'dir/1' });
  expect(Uploads?.map((upload) => upload.Key)).toEqual(['dir/2', 'other/x', 'z y']);
});

test('encoding-type=url encodes keys', async () => {
  const { Uploads, EncodingType } = await list({ Prefix: 'z', EncodingType: 'url' });
  expect(EncodingType).toBe('url');
  expect(Uploads?.[0]?.Key).toMatch(/^z(\+|%20)y$/);
});

test('empty markers are there', async () => {
  const { bytes } = signedV4({ method: 'GET', path: `/${Bucket}`, query: 'uploads=' });
  const xml = (await exchange(server.port, bytes)).body.toString();
  expect(xml).toMatch(/<KeyMarker\s*(\/>|><\/KeyMarker>)/);
  expect(xml).toMatch(/<UploadIdMarker\s*(\/>|><\/UploadIdMarker>)/);
});

test('a bad limit, a missing bucket and others are refused', async () => {
  expect(await codeOf(list({ MaxUploads: -1 }))).toBe('400 InvalidArgument');
  expect(await codeOf(list({ Bucket: uniqueBucketName() }))).toBe('404 NoSuchBucket');
  const request = new ListMultipartUploadsCommand({ Bucket });
  expect(await codeOf(server.alt.send(request))).toBe('403 AccessDenied');
  expect(await codeOf(server.anonymous.send(request))).toBe('403 AccessDenied');
});
