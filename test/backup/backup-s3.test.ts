/** `kist backup` to a bucket of another server, and `kist restore` from it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { alt, main } from '../support/accounts.ts';
import { type FaultyProxy, startFaultyProxy } from '../support/faulty-proxy.ts';
import { allKeys, bytesOf, oddKeys, put, putAll, read } from '../support/objects.ts';
import { runProgram } from '../support/run-program.ts';
import { s3Client } from '../support/s3-client.ts';
import { command, type RunningServer, startServer, until } from '../support/start-server.ts';
import { bodyOf, expectMoment, sizes, startWriters } from './moving-objects.ts';

const root = mkdtempSync(join(tmpdir(), 'kist-backup-s3-'));
const still = 'still';
const moving = 'moving';
const backups = 'backups';
/** More than one piece. */
const largeBytes = 20 * 1024 * 1024;
/** Bytes go at once and packs are compacted all the time, so that only the backup's hold keeps them. */
const env = { KIST_GARBAGE_GRACE_SECONDS: '0', KIST_COMPACTION_INTERVAL_SECONDS: '1' };
let server: RunningServer;
let client: S3Client;
/** Where the backups go. */
let other: RunningServer;
let store: S3Client;
let proxy: FaultyProxy;
let places = 0;
let target: string;

beforeAll(async () => {
  [server, other] = await Promise.all([startServer({ env }), startServer()]);
  client = s3Client(server.endpoint, main);
  store = s3Client(other.endpoint, alt);
  proxy = await startFaultyProxy(other.port);
  for (const Bucket of [still, moving]) await client.send(new CreateBucketCommand({ Bucket }));
  await store.send(new CreateBucketCommand({ Bucket: backups }));
  await putAll(client, still, oddKeys);
  for (const [n, size] of sizes.entries()) await put(client, still, `size-${size}`, bodyOf(9, n));
  await put(client, still, 'large', bytesOf(largeBytes, 5));
});
afterAll(async () => {
  for (const one of [client, store]) one.destroy();
  await proxy.close();
  for (const one of [server, other]) await one.remove();
  rmSync(root, { recursive: true, force: true });
});
beforeEach(() => {
  proxy.decide = () => 'pass';
  target = `s3://${backups}/of/${++places}`;
});

const keysOf = ({ accessKeyId, secretAccessKey } = alt) => ({
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
});
const kist = (args: readonly string[], more: Readonly<Record<string, string>> = {}) =>
  runProgram(process.execPath, [command, ...args], {
    env: { ...keysOf(), AWS_ENDPOINT_URL_S3: proxy.endpoint, ...more },
    timeoutMs: 150_000,
  });

async function done(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await kist(args);
  expect(code, stderr).toBe(0);
  return stdout;
}
const backUp = (...more: readonly string[]) =>
  done('backup', target, '--data-dir', server.dataDir, ...more);

async function restored(): Promise<string> {
  const into = join(root, `restored-${++places}`);
  await done('restore', target, '--data-dir', into);
  return into;
}

async function refused(args: readonly string[], more?: Readonly<Record<string, string>>) {
  const { code, stderr } = await kist(args, more);
  expect(code).toBe(1);
  expect(stderr.trim().split('\n').length, stderr).toBe(1);
  return stderr;
}

/** Keys of the target, without its prefix. */
async function storedNames(folder = ''): Promise<readonly string[]> {
  const prefix = `${target.slice(`s3://${backups}/`.length)}/`;
  const names: string[] = [];
  const pages = paginateListObjectsV2(
    { client: store },
    { Bucket: backups, Prefix: `${prefix}${folder}` },
  );
  for await (const page of pages) {
    for (const { Key } of page.Contents ?? []) names.push(Key!.slice(prefix.length));
  }
  return names;
}
const storedKey = (name: string) => `${target.slice(`s3://${backups}/`.length)}/${name}`;

async function expectSame(reader: S3Client): Promise<void> {
  const keys = await allKeys(client, still);
  expect(await allKeys(reader, still)).toEqual(keys);
  for (const Key of keys) {
    const [here, there] = await Promise.all(
      [client, reader].map((one) => one.send(new HeadObjectCommand({ Bucket: still, Key }))),
    );
    expect(there!.ETag, Key).toBe(here!.ETag);
    const [ours, theirs] = [await read(client, still, Key), await read(reader, still, Key)];
    expect(theirs.equals(ours), Key).toBe(true);
  }
}

test('a backup beside writers to another server is restored as of one moment, each object by ETag and bytes', async () => {
  const writers = startWriters(client, moving, 2);
  const puts: string[] = [];
  proxy.decide = ({ method, url }) => {
    if (method === 'PUT') puts.push(url);
    return 'pass';
  };
  try {
    for (let round = 1; round <= 2; round++) {
      await writers.reached(round * 6);
      const before = writers.acknowledged();
      await backUp('--keep', '2');
      const after = writers.sent();
      const into = await restored();
      const examined = await kist(['doctor', '--data-dir', into]);
      expect(examined.code, examined.stdout + examined.stderr).toBe(0);
      const copy = await startServer({ dataDir: into });
      const reader = s3Client(copy.endpoint, main);
      await expectSame(reader);
      await expectMoment(reader, moving, before, after);
      reader.destroy();
      await copy.remove();
    }
  } finally {
    await writers.stop();
  }
  // The large object's first piece went once; no other is of a file that long.
  expect(puts.filter((url) => /\/blobs\/files\/.*\.0-16777216-/.test(url)).length).toBe(1);
  const manifests = (await storedNames('snapshots/')).filter((name) => name.endsWith('.json'));
  expect(manifests.length).toBe(2 * ['manifest.json', 'settings/root-credentials.json'].length);
}, 300_000);

test('answers that are lost and servers that are busy hold nothing up', async () => {
  let requests = 0;
  const troubled = () => {
    requests++;
    if (requests % 5 === 2) return 'slow-down' as const;
    return requests % 7 === 3 ? ('cut' as const) : ('pass' as const);
  };
  proxy.decide = troubled;
  await backUp();
  const into = await restored();
  expect(requests).toBeGreaterThan(20);
  expect((await kist(['doctor', '--data-dir', into])).code).toBe(0);
});

/** A backup whose copying of pieces stands still after the first two. */
async function startStuck(): Promise<ChildProcess> {
  let pieces = 0;
  let stuck = false;
  proxy.decide = ({ method, url }) => {
    if (method !== 'PUT' || !url.includes('/blobs/') || ++pieces <= 2) return 'pass';
    stuck = true;
    return 'stall';
  };
  const child = spawn(
    process.execPath,
    [command, 'backup', target, '--data-dir', server.dataDir, '--endpoint', proxy.endpoint],
    { stdio: 'ignore', env: { PATH: process.env.PATH, ...keysOf() } },
  );
  await until(() => stuck, 'the backup stands still', 60_000);
  await until(async () => (await storedNames('blobs/')).length === 2, 'two pieces are there');
  return child;
}

test('a backup that was killed is no snapshot, and the next one copies only the rest', async () => {
  const child = await startStuck();
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
  proxy.decide = () => 'pass';
  const into = join(root, 'never');
  const refusal = await refused(['restore', target, '--data-dir', into]);
  expect(refusal).toContain(`${target} has no finished snapshot`);

  const first = await storedNames('blobs/');
  let puts = 0;
  proxy.decide = ({ method, url }) => {
    if (method === 'PUT' && url.includes('/blobs/')) puts++;
    return 'pass';
  };
  // It waits until the dead one's hold runs out.
  await backUp();
  const all = await storedNames('blobs/');
  expect(all).toEqual(expect.arrayContaining([...first]));
  expect(puts).toBe(all.length - first.length);
  const snapshots = new Set((await storedNames('snapshots/')).map((name) => name.split('/')[1]));
  expect(snapshots.size).toBe(1);
  await restored();
}, 120_000);

test('a second backup waits for the first, and both are whole', async () => {
  const child = await startStuck();
  const exited = once(child, 'exit');
  const second = backUp();
  child.kill('SIGTERM');
  await exited;
  proxy.decide = () => 'pass';
  await second;
  const [third, fourth] = await Promise.all([backUp(), backUp()]);
  expect(third).not.toBe(fourth);
  expect((await storedNames('snapshots/')).filter((n) => n.endsWith('manifest.json')).length).toBe(
    3,
  );
}, 120_000);

test('a flipped bit or a lost object in the target ends a restore by name', async () => {
  await backUp();
  const pieces = await storedNames('blobs/');
  const records = (await storedNames('snapshots/')).filter((name) => name.includes('/records-'));
  for (const name of [pieces[0]!, records[0]!]) {
    const Key = storedKey(name);
    const bytes = await read(store, backups, Key);
    const at = Math.floor(bytes.length / 2);
    await put(store, backups, Key, Buffer.from(bytes.with(at, bytes[at]! ^ 1)));
    const into = join(root, `flipped-${++places}`);
    const restore = ['restore', target, '--data-dir', into];
    expect(await refused(restore)).toContain(`${target}/${name} differs from its checksum`);
    await store.send(new DeleteObjectCommand({ Bucket: backups, Key }));
    expect(await refused(restore)).toContain(`${target}/${name} is missing`);
    // Nobody takes what is half restored for a data directory.
    expect(await refused(['serve', '--data-dir', into])).toContain('not restored to the end');
    await put(store, backups, Key, bytes);
    await done(...restore);
  }
}, 180_000);

test('mistakes are told in one line', async () => {
  const backup = ['backup', target, '--data-dir', server.dataDir];
  const wrong = keysOf({ ...alt, secretAccessKey: 'wrong' });
  expect(await refused(backup, wrong)).toContain(
    `${target}/kist-backup.json: SignatureDoesNotMatch`,
  );
  const unknown = keysOf({ ...alt, accessKeyId: 'KISTUNKNOWN000000000' });
  expect(await refused(backup, unknown)).toContain('InvalidAccessKeyId');
  expect(await refused(backup, keysOf(main))).toContain('AccessDenied');
  expect(await refused(backup, { AWS_ACCESS_KEY_ID: '' })).toContain('AWS_ACCESS_KEY_ID');
  expect(await refused(['backup', 's3://no-such/x', '--data-dir', server.dataDir])).toContain(
    'NoSuchBucket',
  );
  expect(await refused([...backup, '--endpoint', 'http://127.0.0.1:1'])).toContain('ECONNREFUSED');
  const into = join(root, 'none');
  expect(await refused(['restore', target, '--data-dir', into])).toContain('not a backup');
  await put(store, backups, storedKey('letter'), 'dear');
  expect(await refused(backup)).toContain('neither empty nor a backup');
});
