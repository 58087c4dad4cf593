import {
  CopyObjectCommand,
  CreateBucketCommand,
  HeadObjectCommand,
  PutObjectLegalHoldCommand,
  UpdateObjectEncryptionCommand,
} from '@aws-sdk/client-s3';

import { expect, test } from 'vitest';
import { complete, createUpload, smallestPartBytes, uploadPart } from '../support/multipart.ts';
import { bytesOf, put, read } from '../support/objects.ts';
import { codeOf } from '../support/s3-client.ts';
import { startTestServer, uniqueBucketName } from '../support/test-server.ts';

const server = await startTestServer({ kmsKeyIds: ['first', 'second'] });
const { main } = server;
const Bucket = await server.createBucket();

const sseS3 = { ServerSideEncryption: 'AES256' } as const;
const sseKms = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'first' } as const;

function update(
  Key: string,
  KMSKeyArn = 'second',
  more: {
    readonly Bucket?: string;
    readonly VersionId?: string | undefined;
    readonly BucketKeyEnabled?: boolean;
  } = {},
  client = main,
) {
  const { BucketKeyEnabled, ...names } = more;
  const ObjectEncryption = { SSEKMS: { KMSKeyArn, BucketKeyEnabled } };
  return client.send(
    new UpdateObjectEncryptionCommand({ Bucket, Key, ObjectEncryption, ...names }),
  );
}

const head = (Key: string, VersionId?: string) =>
  main.send(new HeadObjectCommand({ Bucket, Key, VersionId, ChecksumMode: 'ENABLED' }));

test.each([
  ['SSE-S3', sseS3],
  ['SSE-KMS', sseKms],
])('an object of %s gets another key, and all else stays', async (mode, asks) => {
  const body = bytesOf(200_000, 1);
  await put(main, Bucket, mode, body, { ...asks, Metadata: { a: 'b' }, Tagging: 'c=d' });
  const before = await head(mode);
  await update(mode);
  const after = await head(mode);
  expect(after).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'second' });
  for (const member of ['ETag', 'LastModified', 'Metadata', 'TagCount', 'ChecksumCRC32'] as const) {
    expect(after[member]).toEqual(before[member]);
  }
  expect(await read(main, Bucket, mode)).toEqual(body);
  expect(await read(main, Bucket, mode, { Range: 'bytes=99990-100009' })).toEqual(
    body.subarray(99_990, 100_010),
  );
});

test('so does one that came in parts', async () => {
  const bodies = [bytesOf(smallestPartBytes, 1), bytesOf(10, 2)];
  const upload = await createUpload(main, Bucket, 'parts', sseS3);
  const parts = await Promise.all(bodies.map((body, at) => uploadPart(main, upload, at + 1, body)));
  const { ETag } = await complete(main, upload, parts);
  await update('parts', 'second', { BucketKeyEnabled: true });
  expect(await head('parts')).toMatchObject({ ETag, BucketKeyEnabled: true });
  expect((await read(main, Bucket, 'parts')).equals(Buffer.concat(bodies))).toBe(true);
  expect(await read(main, Bucket, 'parts', { PartNumber: 2 })).toEqual(bodies[1]);
});

test('copies that share its bytes keep their own key', async () => {
  await put(main, Bucket, 'source', 'shared', sseKms);
  const input = { Bucket, Key: 'copy', CopySource: `${Bucket}/source`, ...sseKms };
  await main.send(new CopyObjectCommand(input));
  await update('source');
  expect((await head('copy')).SSEKMSKeyId).toBe('first');
  expect((await read(main, Bucket, 'copy')).toString()).toBe('shared');
  expect((await read(main, Bucket, 'source')).toString()).toBe('shared');
});

test('objects that are not encrypted by the server are refused', async () => {
  await put(main, Bucket, 'plain');
  expect(await codeOf(update('plain'))).toBe('400 InvalidRequest');
});

test('a key that is not there is not found, and changes nothing', async () => {
  await put(main, Bucket, 'kept', 'x', sseKms);
  expect(await codeOf(update('kept', 'missing'))).toMatch(/KMS\.NotFoundException$/);
  expect((await head('kept')).SSEKMSKeyId).toBe('first');
  expect(await codeOf(update('nothing'))).toBe('404 NoSuchKey');
});

test('it is the version named that changes', async () => {
  const versioned = uniqueBucketName();
  await main.send(new CreateBucketCommand({ Bucket: versioned, ObjectLockEnabledForBucket: true }));
  const { VersionId } = await put(main, versioned, 'key', 'old', sseS3);
  await put(main, versioned, 'key', 'new', sseS3);
  await update('key', 'second', { Bucket: versioned, VersionId });
  const of = (id?: string) =>
    main.send(new HeadObjectCommand({ Bucket: versioned, Key: 'key', VersionId: id }));
  expect((await of(VersionId)).SSEKMSKeyId).toBe('second');
  expect((await of()).ServerSideEncryption).toBe('AES256');

  const LegalHold = { Status: 'ON' } as const;
  await main.send(
    new PutObjectLegalHoldCommand({ Bucket: versioned, Key: 'key', VersionId, LegalHold }),
  );
  const locked = update('key', 'first', { Bucket: versioned, VersionId });
  expect(await codeOf(locked)).toBe('403 AccessDenied');
});

test('others may not', async () => {
  await put(main, Bucket, 'private', 'x', sseS3);
  expect(await codeOf(update('private', 'second', {}, server.alt))).toBe('403 AccessDenied');
});
