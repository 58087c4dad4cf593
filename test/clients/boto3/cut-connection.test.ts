/** boto3 when a connection breaks in the middle: its own retries must end with the right bytes. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  ListMultipartUploadsCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { main, testAccounts } from '../../support/accounts.ts';
import {
  type CuttingProxy,
  type Direction,
  startCuttingProxy,
} from '../../support/cutting-proxy.ts';
import { bytesOf, put, read } from '../../support/objects.ts';
import { runInVenv } from '../../support/python.ts';
import { s3Client } from '../../support/s3-client.ts';
import { type RunningServer, startServer } from '../../support/start-server.ts';

const MiB = 1024 * 1024;
const Bucket = 'cut';
let server: RunningServer;
let proxy: CuttingProxy;
let client: S3Client;

beforeAll(async () => {
  server = await startServer();
  proxy = await startCuttingProxy(server.port);
  client = s3Client(server.endpoint, main);
  await client.send(new CreateBucketCommand({ Bucket }));
});

afterAll(async () => {
  client?.destroy();
  await proxy?.close();
  await server?.remove();
});

const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

/** @returns the hash of what was sent or received */
async function transfer(direction: Direction, signature: string): Promise<string> {
  const program = join(import.meta.dirname, 'cut_connection.py');
  const { code, stdout, stderr } = await runInVenv('python', [program, direction, signature], {
    env: { KIST_ENDPOINT: proxy.endpoint, KIST_TEST_ACCOUNTS: JSON.stringify(testAccounts) },
  });
  expect(code, stderr).toBe(0);
  return stdout.trim();
}

describe.each(['s3v4', 's3'])('with signature version %s', (signature) => {
  test('an upload in parts recovers from a cut connection', async () => {
    const { cuts } = proxy;
    proxy.cutAfter('upload', 3 * MiB);
    const sent = await transfer('upload', signature);
    expect(proxy.cuts).toBe(cuts + 1);
    expect(sha256(await read(client, Bucket, 'object'))).toBe(sent);
    const { Uploads } = await client.send(new ListMultipartUploadsCommand({ Bucket }));
    expect(Uploads ?? []).toEqual([]);
  });

  test('a download in ranges recovers from a cut connection', async () => {
    const content = bytesOf(22 * MiB, signature.length);
    await put(client, Bucket, 'object', content);
    const { cuts } = proxy;
    proxy.cutAfter('download', 3 * MiB);
    expect(await transfer('download', signature)).toBe(sha256(content));
    expect(proxy.cuts).toBe(cuts + 1);
  });
});
