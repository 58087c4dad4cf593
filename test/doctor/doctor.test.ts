/** `kist doctor` beside a running server and on a stopped one, and the upkeep that a server does by itself. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, DeleteObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { main } from '../support/accounts.ts';
import { bytesOf, put, read } from '../support/objects.ts';
import { runProgram } from '../support/run-program.ts';
import { s3Client } from '../support/s3-client.ts';
import { command, type RunningServer, startServer, until } from '../support/start-server.ts';

const root = mkdtempSync(join(tmpdir(), 'kist-doctor-'));
const dataDir = join(root, 'data');
const Bucket = 'photos';
const MiB = 1024 ** 2;
const env = {
  KIST_GARBAGE_GRACE_SECONDS: '0',
  KIST_COMPACTION_INTERVAL_SECONDS: '1',
};
let server: RunningServer;
let client: S3Client;

beforeAll(async () => {
  server = await startServer({ dataDir, env, workers: 1 });
  client = s3Client(server.endpoint, main);
  await client.send(new CreateBucketCommand({ Bucket }));
});
afterAll(async () => {
  client.destroy();
  await server.kill();
  rmSync(root, { recursive: true, force: true });
});

const doctor = (...args: readonly string[]) =>
  runProgram(process.execPath, [command, 'doctor', '--data-dir', dataDir, ...args]);
const packs = () => {
  const folder = join(dataDir, 'blobs', 'packs');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.pack'))
    .map((name) => join(folder, name));
};
const packBytes = () => packs().reduce((sum, path) => sum + statSync(path).size, 0);

test('a server moves what lives out of packs that are mostly dead, and serves it meanwhile', async () => {
  const count = 40;
  await Promise.all(
    Array.from({ length: count }, (_, i) => put(client, Bucket, `key-${i}`, bytesOf(MiB, i + 1))),
  );
  const full = packBytes();
  expect(full).toBeGreaterThan(count * MiB);
  const isKept = (i: number) => i % 10 === 0;
  await Promise.all(
    Array.from({ length: count }, (_, i) => i)
      .filter((i) => !isKept(i))
      .map((i) => client.send(new DeleteObjectCommand({ Bucket, Key: `key-${i}` }))),
  );
  await until(async () => {
    const answer = await fetch(`http://127.0.0.1:${server.consolePort}/metrics`);
    const metrics = await answer.text();
    return (
      /^kist_compacted_bytes_total 4194304$/m.test(metrics) &&
      /^kist_pack_live_ratio 0\.\d+$/m.test(metrics)
    );
  }, 'what lives is moved');
  for (let i = 0; i < count; i += 10) {
    expect((await read(client, Bucket, `key-${i}`)).equals(bytesOf(MiB, i + 1))).toBe(true);
  }
});

test('beside the server it looks, and repairs nothing', async () => {
  const looked = await doctor();
  expect(looked).toMatchObject({ code: 0 });
  expect(looked.stdout).toContain('beside its server, all bytes read');
  expect(looked.stdout).toContain('Nothing is wrong.');
  const refused = await doctor('--repair');
  expect(refused).toMatchObject({ code: 1 });
  expect(refused.stderr).toContain('Stop it before a repair');
});

test('on a stopped server it tells damage with the objects that lose by it', async () => {
  await put(client, Bucket, 'photo', bytesOf(100_000, 77));
  await server.stop();
  expect(await doctor()).toMatchObject({ code: 0 });
  const needle = bytesOf(100_000, 77).subarray(5_000, 5_064);
  for (const path of packs()) {
    const bytes = readFileSync(path);
    const at = bytes.indexOf(needle);
    if (at === -1) continue;
    bytes[at]! ^= 1;
    writeFileSync(path, bytes);
  }
  expect(await doctor('--quick')).toMatchObject({ code: 0 });
  const found = await doctor('--json');
  expect(found.code).toBe(1);
  const report: unknown = JSON.parse(found.stdout);
  expect(report).toMatchObject({
    live: false,
    healthy: false,
    faultCount: 1,
    faults: [{ kind: 'bytes', objects: ['default/photos/photo'], repaired: false }],
  });
});

test('it names what is no data directory', async () => {
  const refused = await doctor('--data-dir', root);
  expect(refused).toMatchObject({ code: 1 });
  expect(refused.stderr).toContain('is not a data directory');
});
