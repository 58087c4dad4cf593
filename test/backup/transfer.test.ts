/** `kist export` and `kist import`: between a bucket and plain files. */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { main } from '../support/accounts.ts';
import { allKeys, bytesOf, oddKeys, put, putAll, read, readText } from '../support/objects.ts';
import { runProgram } from '../support/run-program.ts';
import { s3Client } from '../support/s3-client.ts';
import { command, type RunningServer, startServer } from '../support/start-server.ts';

const root = mkdtempSync(join(tmpdir(), 'kist-transfer-'));
let server: RunningServer;
let client: S3Client;
let places = 0;

beforeAll(async () => {
  server = await startServer();
  client = s3Client(server.endpoint, main);
});
afterAll(async () => {
  client.destroy();
  await server.remove();
  rmSync(root, { recursive: true, force: true });
});

const kist = (...args: readonly string[]) =>
  runProgram(process.execPath, [command, ...args, '--endpoint', server.endpoint], {
    env: {
      AWS_ACCESS_KEY_ID: main.accessKeyId,
      AWS_SECRET_ACCESS_KEY: main.secretAccessKey,
    },
  });

async function newBucket(): Promise<string> {
  const Bucket = `transfer-${++places}`;
  await client.send(new CreateBucketCommand({ Bucket }));
  return Bucket;
}

const newDirectory = () => join(root, String(++places));

async function done(...args: readonly string[]) {
  const result = await kist(...args);
  expect(result.code, result.stderr).toBe(0);
  return result;
}

test('a bucket that was exported and imported is the same, every odd key and all metadata', async () => {
  const [from, to] = [await newBucket(), await newBucket()];
  await putAll(client, from, oddKeys);
  await put(client, from, 'described', bytesOf(3_000_000), {
    ContentType: 'image/png',
    CacheControl: 'max-age=60',
    ContentDisposition: 'attachment; filename="a b.png"',
    Metadata: { colour: 'blue' },
  });
  await put(client, from, 'empty', '');
  const directory = newDirectory();
  await done('export', from, directory);
  expect(readFileSync(join(directory, 'described')).equals(bytesOf(3_000_000))).toBe(true);
  await done('import', directory, to);
  expect(await allKeys(client, to)).toEqual(await allKeys(client, from));
  for (const key of oddKeys) expect(await readText(client, to, key), key).toBe(key);
  expect(await client.send(new HeadObjectCommand({ Bucket: to, Key: 'described' }))).toMatchObject({
    ContentType: 'image/png',
    CacheControl: 'max-age=60',
    ContentDisposition: 'attachment; filename="a b.png"',
    Metadata: { colour: 'blue' },
    ContentLength: 3_000_000,
  });
});

test('keys that are no paths or whose place is taken are told by name, and nothing leaves the directory', async () => {
  const bucket = await newBucket();
  const paths = ['a/b', 'plain', 'x'.repeat(255)];
  const others = [
    'a/b/c',
    '../up',
    'in/../../up',
    '/absolute',
    'a//b',
    'nul\0byte',
    'back\\slash',
    '.kist/objects.jsonl',
    'folder/',
    'y'.repeat(256),
    `deep/${'z'.repeat(600)}`,
  ];
  await putAll(client, bucket, [...paths, ...others]);
  const directory = join(newDirectory(), 'inner');
  const { stderr } = await done('export', bucket, directory);
  const told = stderr.split('\n').filter((line) => line !== '');
  expect(told.map((line) => JSON.parse(line.slice(line.indexOf('"'))) as string).sort()).toEqual(
    [...others].sort(),
  );
  for (const path of paths) expect(readFileSync(join(directory, path), 'utf8')).toBe(path);
  expect(readdirSync(join(directory, '..'))).toEqual(['inner']);
  expect(readdirSync(join(directory, '.kist/aside')).length).toBe(others.length);
  const again = await newBucket();
  await done('import', directory, again);
  expect(await allKeys(client, again)).toEqual(await allKeys(client, bucket));
  for (const key of others) expect(await readText(client, again, key), key).toBe(key);
});

test('an export goes on where it was: what changed comes again, the rest stays', async () => {
  const bucket = await newBucket();
  await putAll(client, bucket, ['one', 'two', 'three']);
  const directory = newDirectory();
  expect((await done('export', bucket, directory)).stdout).toContain('3 objects');
  await put(client, bucket, 'two', 'changed');
  rmSync(join(directory, 'three'));
  expect((await done('export', bucket, directory)).stdout).toMatch(/2 objects.*1 were there/);
  expect(readFileSync(join(directory, 'two'), 'utf8')).toBe('changed');
  expect(readFileSync(join(directory, 'three'), 'utf8')).toBe('three');
  expect((await done('export', bucket, directory)).stdout).toMatch(/0 objects.*3 were there/);
});

test('a plain tree is imported, and again only what the bucket lacks', async () => {
  const bucket = await newBucket();
  const directory = newDirectory();
  mkdirSync(join(directory, 'deep/er'), { recursive: true });
  writeFileSync(join(directory, 'top.txt'), 'top');
  writeFileSync(join(directory, 'deep/er/ü &.bin'), bytesOf(2_000_000));
  expect((await done('import', directory, bucket)).stdout).toContain('2 objects');
  expect((await read(client, bucket, 'deep/er/ü &.bin')).equals(bytesOf(2_000_000))).toBe(true);
  await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'top.txt' }));
  expect((await done('import', directory, bucket)).stdout).toMatch(/1 objects.*1 were there/);
  writeFileSync(join(directory, 'top.txt'), 'pot');
  expect((await done('import', directory, bucket)).stdout).toMatch(/1 objects.*1 were there/);
  expect(await readText(client, bucket, 'top.txt')).toBe('pot');
});

test('a file too large for one request is imported in parts, and not again', async () => {
  const bucket = await newBucket();
  const directory = newDirectory();
  mkdirSync(directory);
  const bytes = bytesOf(70 * 1024 * 1024, 3);
  writeFileSync(join(directory, 'large'), bytes);
  expect((await done('import', directory, bucket)).stdout).toContain('1 objects');
  const { ETag } = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'large' }));
  expect(ETag).toMatch(/-5"$/);
  expect((await read(client, bucket, 'large')).equals(bytes)).toBe(true);
  expect((await done('import', directory, bucket)).stdout).toMatch(/0 objects.*1 were there/);
  const exported = newDirectory();
  await done('export', bucket, exported);
  expect(readFileSync(join(exported, 'large')).equals(bytes)).toBe(true);
});

test('what can’t be imported is told by name, and the rest is imported', async () => {
  const bucket = await newBucket();
  const directory = newDirectory();
  mkdirSync(directory);
  writeFileSync(join(directory, 'good'), 'good');
  symlinkSync('/etc/hosts', join(directory, 'link'));
  const { code, stderr } = await kist('import', directory, bucket);
  expect(code).toBe(1);
  expect(stderr).toContain('"link"');
  expect(await allKeys(client, bucket)).toEqual(['good']);
});

test('a directory of somebody else’s reaches no file outside of it, and sets no rights', async () => {
  const bucket = await newBucket();
  const directory = newDirectory();
  mkdirSync(join(directory, '.kist'), { recursive: true });
  writeFileSync(join(root, 'secret'), 'secret');
  writeFileSync(join(directory, 'mine'), 'mine');
  const forged = [
    { key: 'stolen', path: '.kist/../../secret', headers: {} },
    { key: 'stolen', path: '../secret', headers: {} },
    { key: 'mine', path: 'mine', headers: { 'x-amz-acl': 'public-read', 'content-type': 'a/b' } },
  ];
  writeFileSync(
    join(directory, '.kist/objects.jsonl'),
    forged.map((entry) => JSON.stringify(entry)).join('\n'),
  );
  await done('import', directory, bucket);
  expect(await allKeys(client, bucket)).toEqual(['mine']);
  const mine = await fetch(`${server.endpoint}/${bucket}/mine`);
  expect(mine.status).toBe(403);
  await done('export', bucket, directory);
  expect(readFileSync(join(root, 'secret'), 'utf8')).toBe('secret');
});

test('a bucket that is not there ends it in one line', async () => {
  for (const args of [
    ['export', 'no-such-bucket', newDirectory()],
    ['import', root, 'no-such-bucket'],
  ]) {
    const { code, stderr } = await kist(...args);
    expect(code).toBe(1);
    expect(stderr.trim().split('\n').length, stderr).toBe(1);
    expect(stderr).toMatch(/NoSuchBucket|404/);
  }
});
