/** `kist backup` beside a server that is being written to, and `kist restore` into a directory that is then served. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  NoSuchKey,
  PutBucketVersioningCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { crc32cOf } from '../../src/digest/digest.ts';
import { openFileBlobStore } from '../../src/store/blob/files.ts';
import { audit } from '../../src/store/contract/audit.ts';
import { createStore } from '../../src/store/create-store.ts';
import { openLmdbMetaStore } from '../../src/store/meta/lmdb.ts';
import { main } from '../support/accounts.ts';
import { allKeys, bytesOf, put, read } from '../support/objects.ts';
import { runProgram } from '../support/run-program.ts';
import { s3Client } from '../support/s3-client.ts';
import { command, type RunningServer, startServer, until } from '../support/start-server.ts';

const root = mkdtempSync(join(tmpdir(), 'kist-backup-'));
const dataDir = join(root, 'data');
const target = join(root, 'backup');
const still = 'still';
const moving = 'moving';
/** Bytes go at once, so that only the backup's hold keeps them. */
const env = { KIST_GARBAGE_GRACE_SECONDS: '0' };
let server: RunningServer;
let client: S3Client;

beforeAll(async () => {
  server = await startServer({ dataDir, env });
  client = s3Client(server.endpoint, main);
  for (const Bucket of [still, moving]) await client.send(new CreateBucketCommand({ Bucket }));
});
afterAll(async () => {
  client.destroy();
  await server.kill();
  rmSync(root, { recursive: true, force: true });
});

const kist = (...args: readonly string[]) => runProgram(process.execPath, [command, ...args]);
const sizes = [0, 700, 9_000, 120_000, 1_300_000];
/** The nth body of a key: half of one and half of another are none. */
const bodyOf = (writer: number, n: number) =>
  bytesOf(sizes[n % sizes.length]!, writer * 100_003 + n + 1);

interface Written {
  /** Last put that was acknowledged. */
  acknowledged: number;
  sent: number;
}

async function write(writer: number, state: Written, stopped: () => boolean): Promise<void> {
  while (!stopped()) {
    const n = ++state.sent;
    await put(client, moving, `key-${writer}`, bodyOf(writer, n), {
      Metadata: { n: String(n) },
    });
    state.acknowledged = n;
    // What is put and deleted all the time is garbage all the time.
    await put(client, moving, `brief-${writer}`, bodyOf(writer, n + 1), {
      Metadata: { n: String(n + 1) },
    });
    await client.send(new DeleteObjectCommand({ Bucket: moving, Key: `brief-${writer}` }));
  }
}

async function auditOf(directory: string): Promise<readonly string[]> {
  const meta = await openLmdbMetaStore({ path: join(directory, 'meta') });
  const blobs = await openFileBlobStore({
    dir: join(directory, 'blobs'),
    writerId: 'audit',
    deps: { crc32c: crc32cOf },
  });
  const random = (length: number) => Buffer.alloc(length);
  const store = createStore({ meta, blobs, now: Date.now, randomBytes: random, writer: 99 });
  const { buckets } = await store.buckets.list({ namespace: main.namespace, limit: 100 });
  expect(buckets.length).toBe(2);
  try {
    return await audit(meta, blobs, buckets);
  } finally {
    await blobs.close();
    await meta.close();
  }
}

test('a backup beside writers has all that was acknowledged before it began, and nothing half', async () => {
  const kept = new Map(sizes.map((size, n) => [`still-${size}`, bodyOf(50, n)]));
  for (const [key, body] of kept) await put(client, still, key, body);
  const part = bytesOf(5 * 1024 * 1024, 7);
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({ Bucket: still, Key: 'parts' }),
  );
  const named = { Bucket: still, Key: 'parts', UploadId };
  const { ETag } = await client.send(
    new UploadPartCommand({ ...named, PartNumber: 1, Body: part }),
  );
  const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
  await client.send(new CompleteMultipartUploadCommand({ ...named, MultipartUpload }));
  kept.set('parts', part);
  const VersioningConfiguration = { Status: 'Enabled' } as const;
  await client.send(new PutBucketVersioningCommand({ Bucket: still, VersioningConfiguration }));
  const { VersionId } = await put(client, still, 'versions', 'first');
  await put(client, still, 'versions', 'second');

  let stopped = false;
  const writers = Array.from({ length: 4 }, (): Written => ({ acknowledged: 0, sent: 0 }));
  const writing = writers.map((state, i) => write(i, state, () => stopped));
  try {
    // The second and third copy what the first has not.
    for (let round = 0; round < 3; round++) {
      while (writers.some(({ acknowledged }) => acknowledged < (round + 1) * 8)) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      const before = writers.map(({ acknowledged }) => acknowledged);
      const taken = await kist('backup', target, '--data-dir', dataDir, '--keep', '2');
      expect(taken.code, taken.stderr).toBe(0);
      const after = writers.map(({ sent }) => sent);
      expect(after.some((sent, i) => sent > before[i]!)).toBe(true);

      const into = join(root, `restored-${round}`);
      const restored = await kist('restore', target, '--data-dir', into);
      expect(restored.code, restored.stderr).toBe(0);
      expect(await auditOf(into)).toEqual([]);
      const copy = await startServer({ dataDir: into, env });
      const reader = s3Client(copy.endpoint, main);
      for (const [key, body] of kept) {
        expect((await read(reader, still, key)).equals(body), key).toBe(true);
      }
      expect((await read(reader, still, 'versions', { VersionId })).toString()).toBe('first');
      expect((await read(reader, still, 'versions')).toString()).toBe('second');
      expect((await allKeys(reader, still)).length).toBe(kept.size + 1);
      for (const [i, oldest] of before.entries()) {
        const n = await readWhole(reader, `key-${i}`, i);
        expect(n).toBeGreaterThanOrEqual(oldest);
        expect(n).toBeLessThanOrEqual(after[i]!);
        const brief = readWhole(reader, `brief-${i}`, i);
        await brief.catch((error: unknown) => expect(error).toBeInstanceOf(NoSuchKey));
      }
      // It is a server like another.
      await put(reader, moving, 'new', 'after');
      expect((await read(reader, moving, 'new')).toString()).toBe('after');
      reader.destroy();
      expect((await copy.stop()).code).toBe(0);
      expect(await auditOf(into)).toEqual([]);
      await copy.remove();
    }
  } finally {
    stopped = true;
    await Promise.all(writing);
  }
  expect(readdirSync(join(target, 'snapshots')).length).toBe(2);
}, 180_000);

/** Which of a writer's bodies it is, all of it. */
async function readWhole(reader: S3Client, Key: string, writer: number): Promise<number> {
  const { Body, Metadata } = await reader.send(new GetObjectCommand({ Bucket: moving, Key }));
  const n = Number(Metadata?.n);
  const bytes = Buffer.from(await Body!.transformToByteArray());
  expect(bytes.equals(bodyOf(writer, n)), `${Key} ${n}`).toBe(true);
  return n;
}

test('a backup that is interrupted lets the server go on at once, and the next one finishes', async () => {
  const other = join(root, 'interrupted');
  const child = spawn(process.execPath, [command, 'backup', other, '--data-dir', dataDir], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const told: string[] = [];
  child.stderr.on('data', (data: Buffer) => told.push(data.toString('utf8')));
  child.stdout.resume();
  const exited = once(child, 'exit');
  // The jobs are held by then.
  await until(
    () => {
      expect(child.exitCode, told.join('')).toBeNull();
      return existsSync(other);
    },
    'the backup has begun',
    60_000,
  );
  child.kill('SIGTERM');
  await exited;
  const taken = await kist('backup', other, '--data-dir', dataDir);
  expect(taken.code, taken.stderr).toBe(0);
  expect(taken.stdout).toContain('Snapshot ');
});

test('a directory that nobody serves is backed up the same way', async () => {
  await server.stop();
  const cold = join(root, 'cold');
  const taken = await kist('backup', cold, '--data-dir', dataDir);
  expect(taken.code, taken.stderr).toBe(0);
  const into = join(root, 'restored-cold');
  expect((await kist('restore', cold, '--data-dir', into)).code).toBe(0);
  expect(await auditOf(into)).toEqual([]);
  const copy = await startServer({ dataDir: into });
  const reader = s3Client(copy.endpoint, main);
  expect((await read(reader, still, 'parts')).equals(bytesOf(5 * 1024 * 1024, 7))).toBe(true);
  reader.destroy();
  await copy.remove();
});

test('mistakes are told in one line', async () => {
  const told = async (...args: readonly string[]) => {
    const { code, stderr } = await kist(...args);
    expect(stderr.trim().split('\n').length, stderr).toBe(1);
    expect(code).toBe(1);
    return stderr;
  };
  expect(await told('backup', target, '--data-dir', join(root, 'none'))).toContain(
    'is not a data directory',
  );
  expect(await told('backup', join(dataDir, 'inside'), '--data-dir', dataDir)).toContain(
    'must not lie in each other',
  );
  expect(await told('backup', target, '--data-dir', dataDir, '--keep', '0')).toContain('--keep');
  expect(await told('restore', target, '--data-dir', dataDir)).toContain('is not empty');
  expect(await told('restore', import.meta.dirname, '--data-dir', join(root, 'x'))).toContain(
    'not a backup',
  );
});
