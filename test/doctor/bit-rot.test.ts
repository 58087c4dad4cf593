/**
 * Bits that flip on the disk, in everything that a data directory keeps: what a client sees is an error and
 * never other bytes than were stored; what is beside the damage goes on, and an operator hears of it.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { main } from '../support/accounts.ts';
import { bytesOf, put, read } from '../support/objects.ts';
import { runProgram } from '../support/run-program.ts';
import { s3Client } from '../support/s3-client.ts';
import { command, type RunningServer, startServer, until } from '../support/start-server.ts';

const root = mkdtempSync(join(tmpdir(), 'kist-bit-rot-'));
const dataDir = join(root, 'data');
const Bucket = 'old-disk';
const KiB = 1024;
const block = 256 * KiB;
const bodies = new Map<string, Buffer>(
  Object.entries({
    inline: 1000,
    packed: 100 * KiB,
    'packed in blocks': 900 * KiB,
    'packed head': 50 * KiB,
    file: 8 * 1024 * KiB,
    'file checksum': 3 * 1024 * KiB,
    noted: 70 * KiB,
    'noted and replaced': 70 * KiB,
    'noted and deleted': 70 * KiB,
    sound: 60 * KiB,
    'sound file': 2 * 1024 * KiB,
  }).map(([key, size], i) => [key, bytesOf(size, i + 1)]),
);
let server: RunningServer;
let client: S3Client;

function flip(path: string, needle: Buffer, at = 0): number {
  const bytes = readFileSync(path);
  let count = 0;
  for (let found = bytes.indexOf(needle); found !== -1; found = bytes.indexOf(needle, found + 1)) {
    bytes[found + at]! ^= 0x10;
    count++;
  }
  if (count > 0) writeFileSync(path, bytes);
  return count;
}

/** In whichever file of a folder the bytes are. */
function flipIn(folder: string, needle: Buffer, at = 0): void {
  const names = readdirSync(join(dataDir, folder), { recursive: true, encoding: 'utf8' });
  const count = names
    .filter((name) => /\.(pack|blob|mdb)$/.test(name) && !name.endsWith('lock.mdb'))
    .reduce((sum, name) => sum + flip(join(dataDir, folder, name), needle, at), 0);
  expect(count).toBeGreaterThan(0);
}

const part = (key: string, start: number, length = 64) =>
  bodies.get(key)!.subarray(start, start + length);
const end = (key: string) => part(key, bodies.get(key)!.length - 64);

beforeAll(async () => {
  server = await startServer({ dataDir, workers: 1 });
  client = s3Client(server.endpoint, main);
  await client.send(new CreateBucketCommand({ Bucket }));
  for (const [key, body] of bodies) {
    await put(
      client,
      Bucket,
      key,
      body,
      key.startsWith('noted') ? { Metadata: { note: 'told-apart' } } : {},
    );
  }
  client.destroy();
  await server.stop();

  flipIn('meta', part('inline', 500));
  flipIn('blobs/packs', part('packed', 5000));
  flipIn('blobs/packs', part('packed in blocks', 2 * block + 100));
  // The head of its entry ends where its body begins.
  flipIn('blobs/packs', part('packed head', 0), -20);
  flipIn('blobs/files', part('file', 5 * 1024 * KiB));
  flipIn('blobs/files', end('file checksum'), 64 + 1);
  flipIn('meta', Buffer.from('told-apart'), 2);

  server = await startServer({ dataDir, workers: 1 });
  client = s3Client(server.endpoint, main, { maxAttempts: 1 });
});
afterAll(async () => {
  client.destroy();
  await server.kill();
  rmSync(root, { recursive: true, force: true });
});

const range = (key: string, from: number, to: number) =>
  read(client, Bucket, key, { Range: `bytes=${from}-${to - 1}` });
const refused = { name: 'InternalError', $metadata: { httpStatusCode: 500 } };
async function corruptReads(): Promise<number> {
  const page = await (await fetch(`http://127.0.0.1:${server.consolePort}/metrics`)).text();
  return Number(/^kist_blob_corrupt_reads_total (\d+)$/m.exec(page)?.[1]);
}

test.each(['inline', 'packed', 'file checksum'])(
  'damage of %s is an InternalError, counted and told',
  async (key) => {
    const before = await corruptReads();
    await expect(read(client, Bucket, key)).rejects.toMatchObject(refused);
    expect(await corruptReads()).toBe(before + 1);
    expect(server.log()).toMatch(/checksum|CRC32C/);
  },
);

test('damage of a record is found by every request that needs it', async () => {
  const before = await corruptReads();
  await expect(read(client, Bucket, 'noted')).rejects.toMatchObject(refused);
  const head = client.send(new HeadObjectCommand({ Bucket, Key: 'noted' }));
  await expect(head).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } });
  expect(await corruptReads()).toBe(before + 2);
  expect(server.log()).toContain('record checksum');
});

test('a damaged record is listed by its key alone, what is beside it is listed as ever', async () => {
  const lists = [
    await client.send(new ListObjectsCommand({ Bucket })),
    await client.send(new ListObjectsV2Command({ Bucket, FetchOwner: true })),
  ];
  for (const { Contents } of lists) {
    expect(Contents!.map(({ Key }) => Key)).toEqual([...bodies.keys()].sort());
    for (const { Key, ...known } of Contents!) {
      if (Key!.startsWith('noted')) expect(known).toEqual({});
      else expect(known).toMatchObject({ Size: bodies.get(Key!)!.length, ETag: expect.anything() });
    }
  }
  // A version is nothing without its id.
  const versions = client.send(new ListObjectVersionsCommand({ Bucket }));
  await expect(versions).rejects.toMatchObject(refused);
  const told = async () => server.log().includes('a version of "noted"');
  await until(told, 'the log names the key');
});

test('a damaged record can be replaced and deleted, unless a condition is to hold', async () => {
  const Key = 'noted and replaced';
  const conditional = put(client, Bucket, Key, bytesOf(10, 1), { IfNoneMatch: '*' });
  await expect(conditional).rejects.toMatchObject(refused);
  await put(client, Bucket, Key, bytesOf(10, 1));
  expect(await read(client, Bucket, Key)).toEqual(bytesOf(10, 1));
  await client.send(new DeleteObjectCommand({ Bucket, Key: 'noted and deleted' }));
  await expect(read(client, Bucket, 'noted and deleted')).rejects.toMatchObject({
    name: 'NoSuchKey',
  });
});

test('an answer that has begun is cut off before the damage, never finished', async () => {
  const before = await corruptReads();
  const body = bodies.get('file')!;
  const { Body, ContentLength } = await client.send(new GetObjectCommand({ Bucket, Key: 'file' }));
  expect(ContentLength).toBe(body.length);
  const chunks: Buffer[] = [];
  const reading = (async () => {
    for await (const chunk of Body as AsyncIterable<Buffer>) chunks.push(chunk);
  })();
  await expect(reading).rejects.toThrow();
  const got = Buffer.concat(chunks);
  expect(got.length).toBeLessThanOrEqual(5 * 1024 * KiB);
  expect(got.equals(body.subarray(0, got.length))).toBe(true);
  expect(await corruptReads()).toBe(before + 1);
});

test.each([
  ['packed in blocks', 2 * block + 100],
  ['file', 5 * 1024 * KiB],
])('ranges of %s that do not touch the damaged block are served', async (key, damaged) => {
  const body = bodies.get(key)!;
  const from = Math.floor(damaged / block) * block;
  expect((await range(key, 10, from)).equals(body.subarray(10, from))).toBe(true);
  const rest = await range(key, from + block, body.length);
  expect(rest.equals(body.subarray(from + block))).toBe(true);
  await expect(range(key, from + block - 10, from + block)).rejects.toMatchObject(refused);
});

test('what is sound is served, beside a damaged head too', async () => {
  for (const key of ['sound', 'sound file', 'packed head']) {
    expect((await read(client, Bucket, key)).equals(bodies.get(key)!)).toBe(true);
  }
});

test('the doctor names each damage with the objects that lose by it', async () => {
  await server.stop();
  const args = ['doctor', '--data-dir', dataDir, '--json'];
  const found = await runProgram(process.execPath, [command, ...args]);
  expect(found.code).toBe(1);
  const { faults } = JSON.parse(found.stdout) as {
    readonly faults: readonly { readonly kind: string; readonly objects?: readonly string[] }[];
  };
  const objects = (kind: string) =>
    faults.filter((fault) => fault.kind === kind).flatMap((fault) => fault.objects ?? []);
  const named = (...keys: readonly string[]) =>
    keys.map((key) => `default/${Bucket}/${key}`).sort();
  expect(objects('bytes').sort()).toEqual(
    named('packed', 'packed in blocks', 'file', 'file checksum'),
  );
  expect(objects('frame')).toEqual(named('packed head'));
  expect(objects('record')).toEqual(named('inline'));
  expect(faults.filter(({ kind }) => kind === 'record')).toHaveLength(2);
});

test('the doctor drops what is damaged, and what has data goes on', async () => {
  const run = (...args: readonly string[]) =>
    runProgram(process.execPath, [command, 'doctor', '--data-dir', dataDir, '--repair', ...args]);
  const { stdout } = await run('--drop-damaged');
  expect(stdout).toContain(`damaged   object default/${Bucket}/noted: dropped\n`);
  expect(stdout).toMatch(/^damaged {3}blob [0-9a-f]{32}: dropped$/m);
  const [, file] = /^Damaged records are kept in (.*)$/m.exec(stdout)!;
  expect(readFileSync(file!, 'utf8').trimEnd().split('\n')).toHaveLength(2);
  const { faults } = JSON.parse((await run('--json')).stdout) as {
    readonly faults: readonly { readonly kind: string }[];
  };
  const left = faults.map(({ kind }) => kind);
  expect(left.sort()).toEqual(['blob-missing', 'bytes', 'bytes', 'bytes', 'bytes']);

  server = await startServer({ dataDir, workers: 1 });
  client.destroy();
  client = s3Client(server.endpoint, main, { maxAttempts: 1 });
  await expect(read(client, Bucket, 'noted')).rejects.toMatchObject({ name: 'NoSuchKey' });
  await expect(read(client, Bucket, 'inline')).rejects.toMatchObject(refused);
  await put(client, Bucket, 'inline', bytesOf(10, 2));
  expect(await read(client, Bucket, 'inline')).toEqual(bytesOf(10, 2));
  const { Versions } = await client.send(new ListObjectVersionsCommand({ Bucket }));
  expect(Versions).toHaveLength(bodies.size - 2);
});

test('a repair that drops records is asked for as such', async () => {
  const args = ['doctor', '--data-dir', dataDir, '--drop-damaged'];
  const refusal = await runProgram(process.execPath, [command, ...args]);
  expect(refusal).toMatchObject({ code: 1 });
  expect(refusal.stderr).toContain('Give --repair with it');
});
