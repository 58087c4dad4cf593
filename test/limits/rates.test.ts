/**
 * Rates of a server with two workers. They are so low that a bucket gives one request and nothing flows in while a
 * test runs: what is counted doesn't depend on the clock.
 */
import { CreateBucketCommand, GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { setKeyLimits } from '../../src/identity/key-limits.ts';
import { setBucketLimits } from '../../src/store/bucket-limits.ts';
import { alt, main, type TestAccount, tenant } from '../support/accounts.ts';
import { put } from '../support/objects.ts';
import { exchange, outcome } from '../support/raw-http.ts';
import { s3Client } from '../support/s3-client.ts';
import { signedV4 } from '../support/signed-request.ts';
import { type RunningServer, startServer, until } from '../support/start-server.ts';
import { type Beside, openBeside } from './beside.ts';

const Bucket = 'slow';
const hardlyAny = 0.001;
let server: RunningServer;
let client: S3Client;
let beside: Beside;

beforeAll(async () => {
  server = await startServer({ workers: 2, flags: ['--anonymous-requests-per-second', '1000000'] });
  client = s3Client(server.endpoint, main);
  beside = await openBeside(server.dataDir);
  await client.send(new CreateBucketCommand({ Bucket }));
  await put(client, Bucket, 'key', 'x'.repeat(5000));
});
afterAll(async () => {
  client.destroy();
  await beside[Symbol.asyncDispose]();
  await server.remove();
});

/** On a connection of its own: the supervisor deals them to its workers in turn. */
const ask = (path: string, account: TestAccount = main) =>
  exchange(server.port, signedV4({ method: 'GET', path, account }).bytes);
const many = async (path: string, account?: TestAccount) =>
  (await Promise.all(Array.from({ length: 40 }, () => ask(path, account)))).map(outcome);

async function setLimits(limits: Parameters<typeof setBucketLimits>[2]): Promise<void> {
  const bucket = await beside.bucket('default', Bucket);
  await setBucketLimits(beside.store.buckets, bucket, limits);
}

test('of forty requests at once to two workers as many get through as the bucket may have', async () => {
  await setLimits({ rate: { requestsPerSecond: hardlyAny } });
  const all = await many(`/${Bucket}/key`);
  expect(all.filter((one) => one === '200')).toHaveLength(1);
  expect(all.filter((one) => one === '503 SlowDown')).toHaveLength(39);
  const { headers } = await ask(`/${Bucket}/key`);
  const seconds = Number(headers['retry-after']);
  expect(seconds).toBeGreaterThan(500);
  expect(seconds).toBeLessThanOrEqual(1000);
  await setLimits({ rate: undefined });
  expect(new Set(await many(`/${Bucket}/key`))).toEqual(new Set(['200']));
});

test('bytes that one worker sends keep the other from sending more', async () => {
  await setLimits({ rate: { bytesPerSecond: 1 } });
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: 'key' }));
  expect((await Body?.transformToByteArray())?.length).toBe(5000);
  // The bytes are told when the answer is over.
  await until(async () => (await many(`/${Bucket}/key`)).every((one) => one.startsWith('503')), '');
  await setLimits({ rate: undefined });
});

test('a key with a rate is slowed down in both workers, and no other key is', async () => {
  expect(
    await setKeyLimits(beside.directory, alt.accessKeyId, { requestsPerSecond: hardlyAny }),
  ).toBe(true);
  const isSlow = async () => (await many('/', alt)).every((one) => one === '503 SlowDown');
  await until(isSlow, 'both workers know of it');
  expect(new Set(await many('/', main))).toEqual(new Set(['200']));
  expect(new Set(await many('/', tenant))).toEqual(new Set(['200']));
});
