/** Quotas of a server with two workers: exact, early, and nothing left behind of what is refused. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  AbortMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { quotaKey } from '../../src/store/keyspace.ts';
import { openLmdbMetaStore } from '../../src/store/meta/lmdb.ts';
import { main } from '../support/accounts.ts';
import { put } from '../support/objects.ts';
import { outcome, RawConnection } from '../support/raw-http.ts';
import { runProgram } from '../support/run-program.ts';
import { codeOf, refusalOf, s3Client } from '../support/s3-client.ts';
import { signedV4 } from '../support/signed-request.ts';
import { command, type RunningServer, startServer } from '../support/start-server.ts';
import { type Beside, openBeside } from './beside.ts';

const MiB = 1024 ** 2;
let server: RunningServer;
let client: S3Client;
let beside: Beside;
let Bucket: string;
let buckets = 0;

beforeAll(async () => {
  server = await startServer({ workers: 2 });
  client = s3Client(server.endpoint, main);
  beside = await openBeside(server.dataDir);
});
afterAll(async () => {
  client.destroy();
  await beside[Symbol.asyncDispose]();
  await server.remove();
});
beforeEach(async () => {
  Bucket = `bucket-${++buckets}`;
  await client.send(new CreateBucketCommand({ Bucket }));
});

const scope = async () => ({ bucket: await beside.bucket('default', Bucket) });
const used = async () => (await beside.store.quotas.get(await scope()))?.used;
const limit = async (maxBytes: number) => beside.store.quotas.set(await scope(), { maxBytes });

/** `200`, or what was refused, of many at once: on connections of their own, so by both workers. */
async function outcomes(requests: readonly Promise<unknown>[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const settled of await Promise.allSettled(requests)) {
    const key =
      settled.status === 'fulfilled' ? '200' : await codeOf(Promise.reject(settled.reason));
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

test('puts by both workers at once fill it to the last byte, and none beyond', async () => {
  await put(client, Bucket, 'before', 'x'.repeat(1024));
  await limit(101 * 1024);
  const body = 'x'.repeat(1024);
  const puts = Array.from({ length: 160 }, (_, i) => put(client, Bucket, `key-${i}`, body));
  expect(await outcomes(puts)).toEqual({ 200: 100, '403 QuotaExceeded': 60 });
  expect(await used()).toEqual({ bytes: 101 * 1024, objects: 101 });
  const [first, second] = await Promise.all([
    codeOf(put(client, Bucket, 'one-more', 'x')),
    put(client, Bucket, 'before', body),
  ]);
  expect(first).toBe('403 QuotaExceeded');
  expect(second.ETag).toBeDefined();
});

test('copies, parts and uploads count; deleting and aborting give the room back at once', async () => {
  await limit(1000);
  await put(client, Bucket, 'a', 'x'.repeat(400));
  const CopySource = `${Bucket}/a`;
  await client.send(new CopyObjectCommand({ Bucket, Key: 'b', CopySource }));
  const third = client.send(new CopyObjectCommand({ Bucket, Key: 'c', CopySource }));
  expect(await refusalOf(third)).toMatchObject({
    code: 'QuotaExceeded',
    status: 403,
    message:
      'The quota of the bucket would be exceeded: it allows 1000 bytes, holds 800, and this would add 400.',
  });
  await client.send(new DeleteObjectCommand({ Bucket, Key: 'b' }));
  const Key = 'upload';
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  const part = (PartNumber: number, size: number) =>
    client.send(
      new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body: 'x'.repeat(size) }),
    );
  await part(1, 600);
  expect(await codeOf(part(2, 1))).toBe('403 QuotaExceeded');
  await part(1, 500);
  expect(await used()).toEqual({ bytes: 900, objects: 2 });
  await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
  expect(await used()).toEqual({ bytes: 400, objects: 1 });
  await put(client, Bucket, 'd', 'x'.repeat(600));
});

test.each([
  ['an object', async () => ({ path: `/${Bucket}/large` })],
  [
    'a part',
    async () => {
      const Key = 'large';
      const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
      return { path: `/${Bucket}/large`, query: `partNumber=1&uploadId=${UploadId}` };
    },
  ],
])('the body of %s that does not fit is not asked for', async (_, target) => {
  await limit(1000);
  const request = { method: 'PUT', ...(await target()), headers: { Expect: '100-continue' } };
  const ask = async (body: string) => {
    const connection = await RawConnection.open(server.port);
    await connection.write(signedV4({ ...request, body }).head);
    const answer = await connection.response();
    connection.close();
    return outcome(answer);
  };
  expect(await ask('x'.repeat(1001))).toBe('403 QuotaExceeded');
  expect(await ask('x'.repeat(1000))).toBe('100');
});

test('of large bodies that fit only alone one is kept, and no file of the others', async () => {
  const folder = join(server.dataDir, 'blobs', 'files');
  const files = () =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.blob'),
    );
  const before = files().length;
  await limit(5 * MiB);
  const body = Buffer.alloc(3 * MiB, 'x');
  const puts = Array.from({ length: 6 }, (_, i) => put(client, Bucket, `large-${i}`, body));
  expect(await outcomes(puts)).toEqual({ 200: 1, '403 QuotaExceeded': 5 });
  expect(files().length).toBe(before + 1);
  expect(await used()).toEqual({ bytes: 3 * MiB, objects: 1 });
});

test('a quota that is set while both workers write counts all that they write', async () => {
  let isOver = false;
  const write = async (seed: number): Promise<void> => {
    for (let i = 0; !isOver; i++) {
      const key = `key-${seed}-${i % 5}`;
      if (i % 4 === 3) await client.send(new DeleteObjectCommand({ Bucket, Key: key }));
      else await put(client, Bucket, key, 'x'.repeat((i * 37) % 500));
    }
  };
  const writers = Promise.all([1, 2, 3, 4].map(write));
  for (let round = 1; round <= 10; round++) {
    await beside.store.quotas.set({ account: main.accountId }, { maxObjects: 100_000 * round });
    await limit(10 * MiB * round);
    if (round % 3 === 0) await beside.store.quotas.set(await scope(), undefined);
  }
  isOver = true;
  await writers;
  const { buckets: _, ...found } = await beside.store.quotas.used(await scope());
  expect(await used()).toEqual(found);
  const account = { account: main.accountId };
  const { buckets: __, ...all } = await beside.store.quotas.used(account);
  expect((await beside.store.quotas.get(account))?.used).toEqual(all);
});

test('the doctor finds counters that are wrong, and counts them anew', async () => {
  await put(client, Bucket, 'a', 'x'.repeat(700));
  await limit(1000);
  const { bucket } = await scope();
  await server.stop();
  const meta = await openLmdbMetaStore({ path: join(server.dataDir, 'meta') });
  await meta.commit([{ op: 'add', at: quotaKey(`bucket/${bucket.id}`), deltas: [-300, 2] }]);
  await meta.close();
  const doctor = (...args: string[]) =>
    runProgram(process.execPath, [command, 'doctor', '--data-dir', server.dataDir, ...args]);
  const found = await doctor();
  expect(found.code).not.toBe(0);
  expect(found.stdout).toContain(
    `quota of bucket/${bucket.id} counts {"bytes":400,"objects":3}, there is {"bytes":700,"objects":1}`,
  );
  expect((await doctor('--repair')).code).toBe(0);
  expect((await doctor()).code).toBe(0);
  expect(await used()).toEqual({ bytes: 700, objects: 1 });
});
