/** AWS's SDK for JavaScript: `Upload` of `@aws-sdk/lib-storage`, paginators, and downloads that are taken up again. */
import { Readable } from 'node:stream';
import {
  CreateBucketCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { main } from '../support/accounts.ts';
import { type CuttingProxy, startCuttingProxy } from '../support/cutting-proxy.ts';
import { manyKeys, manyTimeoutMs, putMany } from '../support/many-objects.ts';
import { allKeys, bytesOf, put, read } from '../support/objects.ts';
import { s3Client } from '../support/s3-client.ts';
import { type RunningServer, startServer } from '../support/start-server.ts';

const MiB = 1024 * 1024;
const Bucket = 'lib-storage';
let server: RunningServer;
let proxy: CuttingProxy;
let client: S3Client;
/** As the SDK is by itself: three attempts. */
let retrying: S3Client;

beforeAll(async () => {
  server = await startServer();
  proxy = await startCuttingProxy(server.port);
  client = s3Client(server.endpoint, main);
  retrying = s3Client(proxy.endpoint, main, { maxAttempts: 3 });
  await client.send(new CreateBucketCommand({ Bucket }));
});

afterAll(async () => {
  client?.destroy();
  retrying?.destroy();
  await proxy?.close();
  await server?.remove();
});

/** In pieces that fit no part. */
function* piecesOf(content: Buffer, bytes = 700_001): Generator<Buffer> {
  for (let start = 0; start < content.length; start += bytes) {
    yield content.subarray(start, start + bytes);
  }
}

const unfinished = async () =>
  (await client.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads ?? [];

test('a small body goes up in one request, with metadata, tags and content type', async () => {
  const params = {
    Bucket,
    Key: 'small',
    Body: 'small',
    ContentType: 'text/plain',
    Metadata: { origin: 'upload' },
  };
  await new Upload({ client, params, tags: [{ Key: 'team', Value: 'storage' }] }).done();
  const head = await client.send(new HeadObjectCommand({ Bucket, Key: 'small' }));
  expect(head).toMatchObject({ ContentType: 'text/plain', Metadata: { origin: 'upload' } });
  expect(head.ETag).not.toContain('-');
  const { TagSet } = await client.send(new GetObjectTaggingCommand({ Bucket, Key: 'small' }));
  expect(TagSet).toEqual([{ Key: 'team', Value: 'storage' }]);
});

test('a stream of unknown length goes up in parts, and tells how far it is', async () => {
  const content = bytesOf(22 * MiB);
  const params = {
    Bucket,
    Key: 'streamed',
    Body: Readable.from(piecesOf(content)),
    Metadata: { origin: 'stream' },
  };
  const upload = new Upload({ client, params, queueSize: 3, partSize: 5 * MiB });
  const loaded: number[] = [];
  upload.on('httpUploadProgress', (progress) => loaded.push(progress.loaded ?? 0));
  const { ETag } = await upload.done();
  expect(ETag).toMatch(/-5"$/);
  expect(Math.max(...loaded)).toBe(content.length);
  const head = await client.send(new HeadObjectCommand({ Bucket, Key: 'streamed' }));
  expect(head).toMatchObject({ ETag, Metadata: { origin: 'stream' } });
  expect((await read(client, Bucket, 'streamed')).equals(content)).toBe(true);
});

test.each(['CRC32', 'CRC64NVME', 'SHA256'] as const)(
  'parts carry %s checksums',
  async (algorithm) => {
    const content = bytesOf(6 * MiB, 2);
    const params = { Bucket, Key: algorithm, Body: content, ChecksumAlgorithm: algorithm };
    await new Upload({ client, params }).done();
    const answer = await client.send(
      new GetObjectCommand({ Bucket, Key: algorithm, ChecksumMode: 'ENABLED' }),
    );
    expect(answer[`Checksum${algorithm}`]).toBeDefined();
    expect(Buffer.from(await answer.Body!.transformToByteArray()).equals(content)).toBe(true);
  },
);

test('abort and a broken stream leave no unfinished upload behind', async () => {
  const endless = function* () {
    for (;;) yield Buffer.alloc(MiB);
  };
  const aborted = new Upload({
    client,
    params: { Bucket, Key: 'aborted', Body: Readable.from(endless()) },
  });
  aborted.once('httpUploadProgress', () => void aborted.abort());
  await expect(aborted.done()).rejects.toThrow('aborted');
  const broken = function* () {
    yield* piecesOf(bytesOf(6 * MiB));
    throw new Error('broken');
  };
  const params = { Bucket, Key: 'broken', Body: Readable.from(broken()) };
  await expect(new Upload({ client, params }).done()).rejects.toThrow('broken');
  expect(await unfinished()).toEqual([]);
  expect(await allKeys(client, Bucket)).not.toContain('broken');
});

test('an upload survives a cut connection: the part that was cut is sent again', async () => {
  const content = bytesOf(22 * MiB, 3);
  const { cuts } = proxy;
  proxy.cutAfter('upload', 3 * MiB);
  const params = { Bucket, Key: 'cut', Body: Readable.from(piecesOf(content)) };
  const { ETag } = await new Upload({ client: retrying, params, partSize: 5 * MiB }).done();
  expect(ETag).toMatch(/-5"$/);
  expect(proxy.cuts).toBe(cuts + 1);
  expect((await read(client, Bucket, 'cut')).equals(content)).toBe(true);
  expect(await unfinished()).toEqual([]);
});

test('a cut download is an error, never a short object, and is taken up where it was', async () => {
  const content = bytesOf(12 * MiB, 4);
  const { ETag } = await put(client, Bucket, 'download', content);
  const received: Buffer[] = [];
  const receive = async (Range?: string) => {
    const request = { Bucket, Key: 'download', IfMatch: ETag, Range };
    const { Body } = await retrying.send(new GetObjectCommand(request));
    for await (const piece of Body as Readable) received.push(piece as Buffer);
  };
  proxy.cutAfter('download', 7 * MiB);
  await expect(receive()).rejects.toThrow();
  const { length } = Buffer.concat(received);
  expect(length).toBeGreaterThan(MiB);
  expect(length).toBeLessThan(content.length);
  await receive(`bytes=${length}-`);
  expect(Buffer.concat(received).equals(content)).toBe(true);
  const other = new GetObjectCommand({ Bucket, Key: 'download', IfMatch: '"other"' });
  await expect(retrying.send(other)).rejects.toThrow(/condition/i);
});

test(
  'lists thousands page by page and deletes them in batches',
  async () => {
    const many = 'lib-storage-many';
    await client.send(new CreateBucketCommand({ Bucket: many }));
    await putMany(server.port, many, manyKeys);
    const pages: number[] = [];
    const keys: string[] = [];
    for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: many })) {
      pages.push(Contents.length);
      keys.push(...Contents.map(({ Key }) => Key!));
    }
    expect(pages).toEqual([1000, 1000, 500]);
    expect(keys).toEqual(manyKeys);
    const folders: string[] = [];
    const byFolder = { Bucket: many, Delimiter: '/', MaxKeys: 7 };
    for await (const { CommonPrefixes = [] } of paginateListObjectsV2({ client }, byFolder)) {
      folders.push(...CommonPrefixes.map(({ Prefix }) => Prefix!));
    }
    expect(folders).toHaveLength(50);
    for (let start = 0; start < keys.length; start += 1000) {
      const Objects = keys.slice(start, start + 1000).map((Key) => ({ Key }));
      const { Errors } = await client.send(
        new DeleteObjectsCommand({ Bucket: many, Delete: { Objects, Quiet: true } }),
      );
      expect(Errors ?? []).toEqual([]);
    }
    expect(await allKeys(client, many)).toEqual([]);
  },
  manyTimeoutMs,
);
