import {
  CopyObjectCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  ListPartsCommand,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { complete, createUpload, uploadPart } from '../support/multipart.ts';
import { put } from '../support/objects.ts';
import { codeOf } from '../support/s3-client.ts';
import { startTestServer } from '../support/test-server.ts';

const server = await startTestServer();
const { main } = server;
const Bucket = await server.createBucket();

const classOf = async (Key: string) =>
  (await main.send(new HeadObjectCommand({ Bucket, Key }))).StorageClass;

test('the class of an object is shown wherever S3 shows it', async () => {
  const StorageClass = 'STANDARD_IA';
  const Key = 'shown';
  await put(main, Bucket, Key, 'x', { StorageClass });
  expect(await classOf(Key)).toBe(StorageClass);
  const got = await main.send(new GetObjectCommand({ Bucket, Key }));
  await got.Body?.transformToString();
  expect(got.StorageClass).toBe(StorageClass);
  const attributes = await main.send(
    new GetObjectAttributesCommand({ Bucket, Key, ObjectAttributes: ['StorageClass'] }),
  );
  expect(attributes.StorageClass).toBe(StorageClass);
  const input = { Bucket, Prefix: Key };
  const lists = [
    (await main.send(new ListObjectsCommand(input))).Contents,
    (await main.send(new ListObjectsV2Command(input))).Contents,
    (await main.send(new ListObjectVersionsCommand(input))).Versions,
  ];
  for (const list of lists) expect(list).toMatchObject([{ Key, StorageClass }]);
});

test('STANDARD is said in lists, and goes without saying in headers', async () => {
  await put(main, Bucket, 'standard', 'x', { StorageClass: 'STANDARD' });
  expect(await classOf('standard')).toBeUndefined();
  const { Contents } = await main.send(new ListObjectsV2Command({ Bucket, Prefix: 'standard' }));
  expect(Contents).toMatchObject([{ StorageClass: 'STANDARD' }]);
});

test('an upload has the class that it was begun with, and so has its object', async () => {
  const StorageClass = 'ONEZONE_IA';
  const upload = await createUpload(main, Bucket, 'parts', { StorageClass });
  const parts = [await uploadPart(main, upload, 1, 'x')];
  const { Uploads } = await main.send(new ListMultipartUploadsCommand({ Bucket }));
  expect(Uploads).toMatchObject([{ Key: 'parts', StorageClass }]);
  expect((await main.send(new ListPartsCommand(upload))).StorageClass).toBe(StorageClass);
  await complete(main, upload, parts);
  expect(await classOf('parts')).toBe(StorageClass);
});

test('a copy has the class that it asks for, else STANDARD', async () => {
  await put(main, Bucket, 'source', 'x', { StorageClass: 'STANDARD_IA' });
  const copy = (Key: string, more = {}) =>
    main.send(new CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/source`, ...more }));
  await copy('plain');
  expect(await classOf('plain')).toBeUndefined();
  await copy('other', { StorageClass: 'GLACIER_IR' });
  expect(await classOf('other')).toBe('GLACIER_IR');
  await copy('source', { StorageClass: 'INTELLIGENT_TIERING' });
  expect(await classOf('source')).toBe('INTELLIGENT_TIERING');
});

test.each(['GLACIER', 'DEEP_ARCHIVE', 'EXPRESS_ONEZONE'] as const)(
  'the class %s is refused, and nothing stored',
  async (StorageClass) => {
    expect(await codeOf(put(main, Bucket, 'refused', 'x', { StorageClass }))).toBe(
      '400 InvalidStorageClass',
    );
    expect(await codeOf(createUpload(main, Bucket, 'refused', { StorageClass }))).toBe(
      '400 InvalidStorageClass',
    );
    expect(await codeOf(classOf('refused'))).toBe('404 NotFound');
  },
);
