/** A data directory that an earlier Kist wrote, opened by this one: `test/fixtures/format-1/README.md`. */
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CompleteMultipartUploadCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  ListPartsCommand,
  PutBucketVersioningCommand,
  paginateListObjectsV2,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { crc32cOf } from '../../src/digest/digest.ts';
import { openFileBlobStore } from '../../src/store/blob/files.ts';
import { audit } from '../../src/store/contract/audit.ts';
import { createStore } from '../../src/store/create-store.ts';
import { formatVersion, readFormat } from '../../src/store/format.ts';
import { systemKey } from '../../src/store/keyspace.ts';
import { openLmdbMetaStore } from '../../src/store/meta/lmdb.ts';
import { encodeRecord } from '../../src/store/record-codec.ts';
import { put, read, readText } from '../support/objects.ts';
import { runProgram } from '../support/run-program.ts';
import { s3Client } from '../support/s3-client.ts';
import { command, type RunningServer, startServer } from '../support/start-server.ts';

interface Expected {
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  readonly sha256: string;
}

const fixture = join(import.meta.dirname, '..', 'fixtures', 'format-1');
const expected = JSON.parse(
  readFileSync(join(fixture, 'expected.json'), 'utf8'),
) as readonly Expected[];
const Bucket = 'old';
/** Whose bucket it is. */
const owner = {
  accessKeyId: 'KISTFIXTUREROOT00001',
  secretAccessKey: 'fixtureSecretKey00000000000000000000000001',
};
const env = {
  KIST_ROOT_ACCESS_KEY_ID: owner.accessKeyId,
  KIST_ROOT_SECRET_ACCESS_KEY: owner.secretAccessKey,
  KIST_MIN_PART_BYTES: '1000',
  KIST_GARBAGE_GRACE_SECONDS: '0',
};
const root = mkdtempSync(join(tmpdir(), 'kist-upgrade-'));
const dataDir = join(root, 'data');
let server: RunningServer;
let client: S3Client;

async function start() {
  server = await startServer({ dataDir, env });
  client = s3Client(server.endpoint, owner);
}

beforeAll(async () => {
  cpSync(join(fixture, 'data'), dataDir, { recursive: true });
  expect(await formatIn(dataDir)).toBe(1);
  await start();
});
afterAll(async () => {
  client.destroy();
  await server.kill();
  rmSync(root, { recursive: true, force: true });
});

async function withMeta<T>(
  directory: string,
  use: (meta: Awaited<ReturnType<typeof openLmdbMetaStore>>) => Promise<T>,
): Promise<T> {
  const meta = await openLmdbMetaStore({ path: join(directory, 'meta') });
  try {
    return await use(meta);
  } finally {
    await meta.close();
  }
}

const formatIn = (directory: string) =>
  withMeta(directory, async (meta) => (await readFormat(meta))?.version);

async function auditOf(directory: string): Promise<readonly string[]> {
  return await withMeta(directory, async (meta) => {
    const deps = { crc32c: crc32cOf };
    const blobs = await openFileBlobStore({
      dir: join(directory, 'blobs'),
      writerId: 'audit',
      deps,
    });
    try {
      const randomBytes = (length: number) => Buffer.alloc(length);
      const store = createStore({ meta, blobs, now: Date.now, randomBytes, writer: 99 });
      const { buckets } = await store.buckets.list({ namespace: 'default', limit: 100 });
      expect(buckets.map(({ name }) => name)).toEqual([Bucket]);
      return await audit(meta, blobs, buckets);
    } finally {
      await blobs.close();
    }
  });
}

test('every object is listed and read byte for byte', async () => {
  const listed: object[] = [];
  for await (const page of paginateListObjectsV2({ client, pageSize: 3 }, { Bucket })) {
    for (const { Key, Size, ETag } of page.Contents ?? []) {
      listed.push({ key: Key, size: Size, etag: ETag });
    }
  }
  expect(listed).toEqual(expected.map(({ key, size, etag }) => ({ key, size, etag })));
  for (const { key, sha256 } of expected) {
    const bytes = await read(client, Bucket, key);
    expect(createHash('sha256').update(bytes).digest('hex'), key).toBe(sha256);
  }
  const range = await read(client, Bucket, 'parts', { Range: 'bytes=5990-6009' });
  expect(range.equals((await read(client, Bucket, 'parts')).subarray(5990, 6010))).toBe(true);
});

test('what was said about objects is still said', async () => {
  const inline = await client.send(new HeadObjectCommand({ Bucket, Key: 'inline' }));
  expect(inline).toMatchObject({ Metadata: { colour: 'blue' }, ContentType: 'text/plain' });
  expect(inline.VersionId).toBeUndefined();
  const packed = await client.send(
    new HeadObjectCommand({ Bucket, Key: 'packed', ChecksumMode: 'ENABLED' }),
  );
  const { sha256 } = expected.find(({ key }) => key === 'packed')!;
  expect(packed.ChecksumSHA256).toBe(Buffer.from(sha256, 'hex').toString('base64'));
  expect((await fetch(`${server.endpoint}/${Bucket}/public`)).status).toBe(200);
  expect((await fetch(`${server.endpoint}/${Bucket}/inline`)).status).toBe(403);
});

test('an upload that was begun is gone on with', async () => {
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket }));
  expect(Uploads.map(({ Key }) => Key)).toEqual(['unfinished']);
  const named = { Bucket, Key: 'unfinished', UploadId: Uploads[0]?.UploadId };
  const { Parts = [] } = await client.send(new ListPartsCommand(named));
  expect(Parts.map(({ Size }) => Size)).toEqual([4_000]);
  const Body = 'the rest';
  const { ETag } = await client.send(new UploadPartCommand({ ...named, PartNumber: 2, Body }));
  const chosen = [...Parts, { PartNumber: 2, ETag }].map((part) => ({
    PartNumber: part.PartNumber,
    ETag: part.ETag,
  }));
  await client.send(
    new CompleteMultipartUploadCommand({ ...named, MultipartUpload: { Parts: chosen } }),
  );
  const bytes = await read(client, Bucket, 'unfinished');
  expect(bytes.length).toBe(4_000 + Body.length);
  expect(bytes.subarray(4_000).toString()).toBe(Body);
});

test('objects are overwritten, versioned and removed as those that came later', async () => {
  await put(client, Bucket, 'overwritten', 'again');
  const VersioningConfiguration = { Status: 'Enabled' } as const;
  await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  const { VersionId } = await put(client, Bucket, 'file', 'new');
  const { VersionId: marker } = await client.send(
    new DeleteObjectCommand({ Bucket, Key: 'packed' }),
  );
  const seen = async (Prefix: string) => {
    const found = await client.send(new ListObjectVersionsCommand({ Bucket, Prefix }));
    return [...(found.Versions ?? []), ...(found.DeleteMarkers ?? [])].map((one) => one.VersionId);
  };
  expect(await seen('file')).toEqual([VersionId, 'null']);
  expect(await seen('packed')).toEqual(['null', marker]);
  const file = expected.find(({ key }) => key === 'file')!;
  const old = await read(client, Bucket, 'file', { VersionId: 'null' });
  expect(createHash('sha256').update(old).digest('hex')).toBe(file.sha256);
  for (const Key of ['file', 'packed']) {
    await client.send(new DeleteObjectCommand({ Bucket, Key, VersionId: 'null' }));
  }
  expect(await seen('file')).toEqual([VersionId]);
  expect(await readText(client, Bucket, 'overwritten')).toBe('again');
  // Its bytes are the removed object's: shared ones stay.
  const copied = expected.find(({ key }) => key === 'copied')!;
  const bytes = await read(client, Bucket, 'copied');
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(copied.sha256);
});

test('the directory is of the new format from then on, and agrees with itself', async () => {
  client.destroy();
  expect((await server.stop()).code).toBe(0);
  expect(await formatIn(dataDir)).toBe(formatVersion);
  expect(await auditOf(dataDir)).toEqual([]);
});

test('a backup of the upgraded directory is restored with every object', async () => {
  const into = join(root, 'restored');
  for (const args of [
    ['backup', join(root, 'backup'), '--data-dir', dataDir],
    ['restore', join(root, 'backup'), '--data-dir', into],
  ]) {
    const { code, stderr } = await runProgram(process.execPath, [command, ...args]);
    expect(code, stderr).toBe(0);
  }
  expect(await auditOf(into)).toEqual([]);
});

test('a directory of a newer format is refused by name', async () => {
  const version = formatVersion + 1;
  await withMeta(dataDir, async (meta) => {
    const value = encodeRecord({ version, createdAt: 1 });
    await meta.commit([{ op: 'put', at: systemKey('format'), value }]);
  });
  const refusal = `the data directory is in format ${version}`;
  const started = startServer({ dataDir, env, readyTimeoutMs: 20_000 });
  await expect(started).rejects.toThrow(refusal);
  const copy = join(root, 'too-new');
  const taken = await runProgram(process.execPath, [
    command,
    'backup',
    copy,
    '--data-dir',
    dataDir,
  ]);
  expect(taken.code).toBe(1);
  expect(taken.stderr).toContain(refusal);
});
