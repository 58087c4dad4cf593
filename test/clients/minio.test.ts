/**
 * MinIO's JavaScript client against the real server. It tries nothing again by itself when a connection
 * breaks: the next call of the same kind goes on where the last one was.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import {
  Client,
  type ClientOptions,
  CopyConditions,
  CopyDestinationOptions,
  CopySourceOptions,
} from 'minio';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { main } from '../support/accounts.ts';
import { type CuttingProxy, startCuttingProxy } from '../support/cutting-proxy.ts';
import { manyKeys, manyTimeoutMs, putMany } from '../support/many-objects.ts';
import { createUpload, uploadPart } from '../support/multipart.ts';
import { bytesOf } from '../support/objects.ts';
import { s3Client } from '../support/s3-client.ts';
import { type RunningServer, startServer } from '../support/start-server.ts';

const MiB = 1024 * 1024;
const directory = mkdtempSync(join(tmpdir(), 'kist-minio-'));
const bucket = 'minio';
let server: RunningServer;
let proxy: CuttingProxy;
let minio: Client;
let throughProxy: Client;

beforeAll(async () => {
  server = await startServer();
  proxy = await startCuttingProxy(server.port);
  minio = clientOf(server.port);
  throughProxy = clientOf(proxy.port);
  await minio.makeBucket(bucket);
});

afterAll(async () => {
  await proxy?.close();
  await server?.remove();
  rmSync(directory, { recursive: true, force: true });
});

function clientOf(port: number, options: Partial<ClientOptions> = {}): Client {
  const { accessKeyId: accessKey, secretAccessKey: secretKey } = main;
  const address = { endPoint: '127.0.0.1', port, useSSL: false };
  return new Client({ ...address, accessKey, secretKey, partSize: 5 * MiB, ...options });
}

async function read(Bucket: string, key: string): Promise<Buffer> {
  return buffer(await minio.getObject(Bucket, key));
}

/** In pieces as a file would come; it makes one part of larger ones, and may add the last to the one before. */
function streamOf(content: Buffer): Readable {
  const bytes = 64 * 1024;
  const count = Math.ceil(content.length / bytes);
  return Readable.from(
    Array.from({ length: count }, (_, index) =>
      content.subarray(index * bytes, (index + 1) * bytes),
    ),
  );
}

async function namesIn(list: Readable): Promise<string[]> {
  const names: string[] = [];
  for await (const { name, prefix } of list) names.push(name ?? prefix);
  return names;
}

test('makes, finds, lists and removes buckets', async () => {
  expect(await minio.bucketExists('minio-made')).toBe(false);
  await minio.makeBucket('minio-made', 'eu-central-1');
  expect(await minio.bucketExists('minio-made')).toBe(true);
  expect((await minio.listBuckets()).map(({ name }) => name)).toContain('minio-made');
  await minio.putObject('minio-made', 'key', 'x');
  await expect(minio.removeBucket('minio-made')).rejects.toThrow(/not empty/);
  await minio.removeObject('minio-made', 'key');
  await minio.removeBucket('minio-made');
  await expect(minio.removeBucket('minio-made')).rejects.toMatchObject({ code: 'NoSuchBucket' });
});

test('an object goes there and back with its metadata, and is removed', async () => {
  const metadata = { 'Content-Type': 'text/plain', 'X-Amz-Meta-Origin': 'minio', Team: 'storage' };
  const key = 'ä +&%20/plain.txt';
  const { etag } = await minio.putObject(bucket, key, 'content', 7, metadata);
  const stat = await minio.statObject(bucket, key);
  expect(stat).toMatchObject({ size: 7, etag });
  expect(stat.metaData).toMatchObject({
    'content-type': 'text/plain',
    origin: 'minio',
    team: 'storage',
  });
  expect(await text(await minio.getObject(bucket, key))).toBe('content');
  expect(await text(await minio.getPartialObject(bucket, key, 3, 2))).toBe('te');
  await minio.removeObject(bucket, key);
  await expect(minio.statObject(bucket, key)).rejects.toMatchObject({ code: 'NotFound' });
  await expect(minio.getObject(bucket, key)).rejects.toMatchObject({ code: 'NoSuchKey' });
});

test('streams and large files go up in parts', async () => {
  const content = bytesOf(12 * MiB);
  const { etag } = await minio.putObject(bucket, 'streamed', streamOf(content), content.length);
  expect(etag).toMatch(/-[23]$/);
  expect((await read(bucket, 'streamed')).equals(content)).toBe(true);
  const file = join(directory, 'large.bin');
  writeFileSync(file, content);
  await minio.fPutObject(bucket, 'large.bin', file, { 'X-Amz-Meta-Origin': 'file' });
  await minio.fGetObject(bucket, 'large.bin', `${file}.back`);
  expect(readFileSync(`${file}.back`).equals(content)).toBe(true);
  const { metaData } = await minio.statObject(bucket, 'large.bin');
  expect(metaData).toMatchObject({ origin: 'file', 'content-type': 'application/octet-stream' });
});

test('copies and composes on the server', async () => {
  const pieces = [bytesOf(5 * MiB, 2), bytesOf(6 * MiB, 3), bytesOf(100, 4)];
  for (const [index, piece] of pieces.entries()) {
    await minio.putObject(bucket, `piece-${index}`, piece);
  }
  const conditions = new CopyConditions();
  const { etag } = await minio.statObject(bucket, 'piece-2');
  conditions.setMatchETag(etag);
  await minio.copyObject(bucket, 'copy', `/${bucket}/piece-2`, conditions);
  expect((await read(bucket, 'copy')).equals(pieces[2]!)).toBe(true);
  conditions.setMatchETag('another');
  await expect(
    minio.copyObject(bucket, 'copy', `/${bucket}/piece-2`, conditions),
  ).rejects.toMatchObject({ code: 'PreconditionFailed' });
  await minio.composeObject(
    new CopyDestinationOptions({ Bucket: bucket, Object: 'composed' }),
    pieces.map((_, index) => new CopySourceOptions({ Bucket: bucket, Object: `piece-${index}` })),
  );
  expect((await read(bucket, 'composed')).equals(Buffer.concat(pieces))).toBe(true);
});

test(
  'lists thousands with both list operations and removes them in batches',
  async () => {
    const many = 'minio-many';
    await minio.makeBucket(many);
    await putMany(server.port, many, manyKeys);
    expect(await namesIn(minio.listObjects(many, '', true))).toEqual(manyKeys);
    expect(await namesIn(minio.listObjectsV2(many, '', true))).toEqual(manyKeys);
    expect(await namesIn(minio.listObjectsV2(many))).toHaveLength(50);
    expect(await namesIn(minio.listObjectsV2(many, 'dir-07/', true, manyKeys[0]))).toHaveLength(50);
    await minio.removeObjects(many, [...manyKeys]);
    expect(await namesIn(minio.listObjectsV2(many, '', true))).toEqual([]);
  },
  manyTimeoutMs,
);

test('presigned URLs read, write, and post from a form', async () => {
  const put = await minio.presignedPutObject(bucket, 'presigned äö', 60);
  expect((await fetch(put, { method: 'PUT', body: 'presigned' })).status).toBe(200);
  const given = { 'response-content-type': 'text/css' };
  const get = await fetch(await minio.presignedGetObject(bucket, 'presigned äö', 60, given));
  expect([get.headers.get('content-type'), await get.text()]).toEqual(['text/css', 'presigned']);

  const policy = minio.newPostPolicy();
  policy.setBucket(bucket);
  policy.setKey('posted');
  policy.setContentType('text/plain');
  policy.setContentLengthRange(1, 100);
  policy.setExpires(new Date(Date.now() + 60_000));
  const { postURL, formData } = await minio.presignedPostPolicy(policy);
  const post = (content: string) => {
    const form = new FormData();
    for (const [name, value] of Object.entries(formData)) form.set(name, value);
    form.set('file', new Blob([content]));
    return fetch(postURL, { method: 'POST', body: form });
  };
  expect((await post('posted')).status).toBe(204);
  expect((await read(bucket, 'posted')).toString()).toBe('posted');
  const refused = await post('x'.repeat(101));
  expect([refused.status, await refused.text()]).toEqual([
    400,
    expect.stringContaining('EntityTooLarge'),
  ]);
});

test('versions, tags, locks and the configuration of a bucket', async () => {
  const locked = 'minio-locked';
  await minio.makeBucket(locked, 'us-east-1', { ObjectLocking: true });
  expect(await minio.getBucketVersioning(locked)).toMatchObject({ Status: 'Enabled' });
  const first = await minio.putObject(locked, 'note', 'first');
  await minio.putObject(locked, 'note', 'second');
  const versionId = first.versionId!;
  expect(await text(await minio.getObject(locked, 'note', { versionId }))).toBe('first');
  await minio.removeObject(locked, 'note');
  const versions: unknown[] = [];
  for await (const each of minio.listObjects(locked, '', true, { IncludeVersion: true })) {
    versions.push([each.name, each.isDeleteMarker ?? false]);
  }
  expect(versions.toSorted()).toEqual([
    ['note', false],
    ['note', false],
    ['note', true],
  ]);
  await minio.setObjectLegalHold(locked, 'note', { versionId, status: 'ON' });
  await expect(minio.removeObject(locked, 'note', { versionId })).rejects.toMatchObject({
    code: 'AccessDenied',
  });
  await minio.setObjectLegalHold(locked, 'note', { versionId, status: 'OFF' });
  await minio.removeObject(locked, 'note', { versionId });

  await minio.putObject(bucket, 'tagged', 'x');
  await minio.setObjectTagging(bucket, 'tagged', { team: 'storage' });
  expect(await minio.getObjectTagging(bucket, 'tagged')).toEqual([
    { Key: 'team', Value: 'storage' },
  ]);
  const Statement = [
    {
      Effect: 'Allow',
      Principal: { AWS: ['*'] },
      Action: ['s3:GetObject'],
      Resource: [`arn:aws:s3:::${bucket}/tagged`],
    },
  ];
  await minio.setBucketPolicy(bucket, JSON.stringify({ Version: '2012-10-17', Statement }));
  expect((await fetch(`${server.endpoint}/${bucket}/tagged`)).status).toBe(200);
  expect(JSON.parse(await minio.getBucketPolicy(bucket))).toMatchObject({ Statement });
  await minio.setBucketPolicy(bucket, '');
  expect((await fetch(`${server.endpoint}/${bucket}/tagged`)).status).toBe(403);
  const Rule = [
    { ID: 'old', Status: 'Enabled', Filter: { Prefix: 'old/' }, Expiration: { Days: 7 } },
  ];
  await minio.setBucketLifecycle(bucket, { Rule });
  expect(await minio.getBucketLifecycle(bucket)).toMatchObject({ Rule: { ID: 'old' } });
});

test('unfinished uploads are listed and removed', async () => {
  const client = s3Client(server.endpoint, main);
  await uploadPart(client, await createUpload(client, bucket, 'unfinished'), 1, 'part');
  client.destroy();
  const unfinished: unknown[] = [];
  for await (const { key, size } of minio.listIncompleteUploads(bucket, '', true)) {
    unfinished.push([key, size]);
  }
  expect(unfinished).toEqual([['unfinished', 4]]);
  await minio.removeIncompleteUpload(bucket, 'unfinished');
  expect(await minio.findUploadId(bucket, 'unfinished')).toBeUndefined();
});

test('an upload whose connection is cut fails, and the next call finishes the same upload', async () => {
  const content = bytesOf(17 * MiB, 5);
  const { cuts } = proxy;
  proxy.cutAfter('upload', 7 * MiB);
  const send = () => throughProxy.putObject(bucket, 'cut', streamOf(content), content.length);
  await expect(send()).rejects.toThrow();
  expect(proxy.cuts).toBe(cuts + 1);
  expect(await minio.findUploadId(bucket, 'cut')).toBeDefined();
  await send();
  expect(await minio.findUploadId(bucket, 'cut')).toBeUndefined();
  expect((await read(bucket, 'cut')).equals(content)).toBe(true);
});

test('an upload is taken up without the parts that are there already', async () => {
  const content = bytesOf(17 * MiB, 6);
  const client = s3Client(server.endpoint, main);
  const upload = await createUpload(client, bucket, 'resumed');
  for (const part of [1, 2]) {
    const end = part * 5 * MiB;
    await uploadPart(client, upload, part, content.subarray(end - 5 * MiB, end));
  }
  client.destroy();
  const before = proxy.carried.upload;
  await throughProxy.putObject(bucket, 'resumed', streamOf(content), content.length);
  expect(proxy.carried.upload - before).toBeLessThan(8 * MiB);
  expect((await read(bucket, 'resumed')).equals(content)).toBe(true);
});

test('a download whose connection is cut fails, and the next call fetches the rest alone', async () => {
  const content = bytesOf(12 * MiB, 7);
  await minio.putObject(bucket, 'download', content);
  const file = join(directory, 'download');
  const before = { cuts: proxy.cuts, download: proxy.carried.download };
  proxy.cutAfter('download', 7 * MiB);
  await expect(throughProxy.fGetObject(bucket, 'download', file)).rejects.toThrow();
  expect(proxy.cuts).toBe(before.cuts + 1);
  expect(existsSync(file)).toBe(false);
  await throughProxy.fGetObject(bucket, 'download', file);
  expect(readFileSync(file).equals(content)).toBe(true);
  expect(proxy.carried.download - before.download).toBeLessThan(13 * MiB);
  expect(readdirSync(directory).filter((name) => name.endsWith('.part.minio'))).toEqual([]);
});
