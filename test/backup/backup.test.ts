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
import { bodyOf, expectMoment, sizes, startWriters } from './moving-objects.ts';

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

  const writers = startWriters(client, moving);
  try {
    // The second and third copy what the first has not.
    for (let round = 0; round < 3; round++) {
      await writers.reached((round + 1) * 8);
      const before = writers.acknowledged();
      const taken = await kist('backup', target, '--data-dir', dataDir, '--keep', '2');
      expect(taken.code, taken.stderr).toBe(0);
      const after = writers.sent();
      expect(after.some((sent, i) => sent > before[i]!)).toBe(true);

      const into = join(root, `restored-${round}`);
      const restored = await kist('restore', target, '--data-dir', into);
      expect(restored.code, restored.stderr).toBe(0);
      expect(await auditOf(into)).toEqual([]);
      const examined = await kist('doctor', '--data-dir', into);
      expect(examined.code, examined.stdout + examined.stderr).toBe(0);
      const copy = await startServer({ dataDir: into, env });
      const reader = s3Client(copy.endpoint, main);
      for (const [key, body] of kept) {
        expect((await read(reader, still, key)).equals(body), key).toBe(true);
      }
      expect((await read(reader, still, 'versions', { VersionId })).toString()).toBe('first');
      expect((await read(reader, still, 'versions')).toString()).toBe('second');
      expect((await allKeys(reader, still)).length).toBe(kept.size + 1);
      await expectMoment(reader, moving, before, after);
      // It is a server like another.
      await put(reader, moving, 'new', 'after');
      expect((await read(reader, moving, 'new')).toString()).toBe('after');
      reader.destroy();
      expect((await copy.stop()).code).toBe(0);
      expect(await auditOf(into)).toEqual([]);
      await copy.remove();
    }
  } finally {
    await writers.stop();
  }
  expect(readdirSync(join(target, 'snapshots')).length).toBe(2);
}, 300_000);

test('a backup that is interrupted lets the server go on at once, and the next one finishes', async () => {
  const other = join(root, 'interrupted');
  const child = spawn(process.execPath, [command, 'backup', other, '--data-dir', dataDir], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH },
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
