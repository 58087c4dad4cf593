/** The aws command line against the real server, as its users drive it. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { main } from '../support/accounts.ts';
import { startCuttingProxy } from '../support/cutting-proxy.ts';
import { manyKeys, manyTimeoutMs, putMany } from '../support/many-objects.ts';
import { bytesOf } from '../support/objects.ts';
import { runInVenv } from '../support/python.ts';
import type { ProcessResult, RunOptions } from '../support/run-program.ts';
import { type RunningServer, startServer } from '../support/start-server.ts';

const directory = mkdtempSync(join(tmpdir(), 'kist-aws-cli-'));
const bucket = 'aws-cli';
let server: RunningServer;

beforeAll(async () => {
  server = await startServer();
  await s3('mb', `s3://${bucket}`);
});

afterAll(async () => {
  await server?.remove();
  rmSync(directory, { recursive: true, force: true });
});

function attempt(args: readonly string[], options: RunOptions = {}): Promise<ProcessResult> {
  return runInVenv('aws', ['--endpoint-url', server.endpoint, ...args], {
    cwd: directory,
    ...options,
    env: {
      AWS_ACCESS_KEY_ID: main.accessKeyId,
      AWS_SECRET_ACCESS_KEY: main.secretAccessKey,
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_MAX_ATTEMPTS: '1',
      ...options.env,
    },
  });
}

async function aws(args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await attempt(args, options);
  expect(code, stderr).toBe(0);
  return stdout;
}

function s3(...args: string[]): Promise<string> {
  return aws(['s3', ...args]);
}

function write(path: string, content: Buffer | string): void {
  const file = join(directory, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

/** Keys under a prefix, without the time and size that `ls` puts before them. */
async function keys(prefix = ''): Promise<string[]> {
  const { code, stdout } = await attempt(['s3', 'ls', '--recursive', `s3://${bucket}/${prefix}`]);
  if (code !== 0) return [];
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.slice(31));
}

test('mb makes a bucket, ls lists it, rb removes it when it is empty', async () => {
  await s3('mb', 's3://made-and-removed');
  expect(await s3('ls')).toContain('made-and-removed');
  await aws(['s3', 'cp', '-', 's3://made-and-removed/key'], { input: 'x' });
  const refused = await attempt(['s3', 'rb', 's3://made-and-removed']);
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('BucketNotEmpty')]);
  await s3('rb', '--force', 's3://made-and-removed');
  expect(await s3('ls')).not.toContain('made-and-removed');
});

test('cp takes a small file there and back', async () => {
  write('small.txt', 'small content\n');
  await s3('cp', 'small.txt', `s3://${bucket}/cp/small.txt`);
  await s3('cp', `s3://${bucket}/cp/small.txt`, 'small.back');
  expect(readFileSync(join(directory, 'small.back'), 'utf8')).toBe('small content\n');
  const head = JSON.parse(
    await aws(['s3api', 'head-object', '--bucket', bucket, '--key', 'cp/small.txt']),
  );
  expect(head.ContentType).toBe('text/plain');
});

test('cp takes a large file there in parts and back in ranges', async () => {
  const content = bytesOf(20 * 1024 * 1024);
  write('large.bin', content);
  await s3('cp', '--quiet', 'large.bin', `s3://${bucket}/cp/large.bin`);
  await s3('cp', '--quiet', `s3://${bucket}/cp/large.bin`, 'large.back');
  expect(readFileSync(join(directory, 'large.back')).equals(content)).toBe(true);
});

test('cp reads standard input and writes standard output', async () => {
  await aws(['s3', 'cp', '-', `s3://${bucket}/cp/piped`], { input: 'from a pipe' });
  expect(await s3('cp', `s3://${bucket}/cp/piped`, '-')).toBe('from a pipe');
});

test('cp --recursive takes a directory, odd names too, and mv and rm --recursive take it away', async () => {
  for (const path of ['tree/a b.txt', 'tree/deep/er/ä+&.txt', 'tree/x%20y', 'tree/deep/z']) {
    write(path, path);
  }
  await s3('cp', '--recursive', '--quiet', 'tree', `s3://${bucket}/tree`);
  expect((await keys('tree/')).toSorted()).toEqual(
    ['tree/a b.txt', 'tree/deep/er/ä+&.txt', 'tree/deep/z', 'tree/x%20y'].toSorted(),
  );
  expect(await s3('ls', `s3://${bucket}/tree/`)).toMatch(/PRE deep\//);
  await s3('cp', '--recursive', '--quiet', `s3://${bucket}/tree`, 'tree.back');
  expect(readFileSync(join(directory, 'tree.back/deep/er/ä+&.txt'), 'utf8')).toBe(
    'tree/deep/er/ä+&.txt',
  );
  await s3('mv', '--recursive', '--quiet', `s3://${bucket}/tree`, `s3://${bucket}/moved`);
  expect(await keys('tree/')).toEqual([]);
  expect(await keys('moved/')).toHaveLength(4);
  await s3('rm', '--recursive', '--quiet', `s3://${bucket}/moved`);
  expect(await keys('moved/')).toEqual([]);
});

test('sync sends what changed, and with --delete removes what is gone', async () => {
  write('sync/one', '1');
  write('sync/two', '2');
  await s3('sync', 'sync', `s3://${bucket}/sync`);
  expect(await keys('sync/')).toEqual(['sync/one', 'sync/two']);
  expect(await s3('sync', 'sync', `s3://${bucket}/sync`)).toBe('');
  rmSync(join(directory, 'sync/one'));
  write('sync/two', 'two, longer');
  const output = await s3('sync', '--delete', 'sync', `s3://${bucket}/sync`);
  expect(output).toContain('upload: sync/two');
  expect(output).toContain(`delete: s3://${bucket}/sync/one`);
  expect(await keys('sync/')).toEqual(['sync/two']);
  await s3('sync', `s3://${bucket}/sync`, 'sync.back');
  expect(readdirSync(join(directory, 'sync.back'))).toEqual(['two']);
});

test('presign makes a URL that anybody may open', async () => {
  await aws(['s3', 'cp', '-', `s3://${bucket}/presigned äö`], { input: 'presigned' });
  const url = (await s3('presign', `s3://${bucket}/presigned äö`, '--expires-in', '60')).trim();
  expect(await (await fetch(url)).text()).toBe('presigned');
  const changed = url.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
  expect((await fetch(changed)).status).toBe(403);
});

test('cp --acl public-read opens an object to everybody', async () => {
  write('public.html', '<p>public</p>');
  await s3('cp', '--acl', 'public-read', 'public.html', `s3://${bucket}/public.html`);
  const response = await fetch(`${server.endpoint}/${bucket}/public.html`);
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html']);
  expect(await response.text()).toBe('<p>public</p>');
});

test('cp sends metadata, and cp on the server keeps it or replaces it', async () => {
  write('described.txt', 'described');
  const uri = `s3://${bucket}/described`;
  const metadataOf = async (key: string) =>
    JSON.parse(await aws(['s3api', 'head-object', '--bucket', bucket, '--key', key])).Metadata;
  await s3('cp', '--metadata', 'origin=cli,kind=text', 'described.txt', `${uri}/one`);
  expect(await metadataOf('described/one')).toEqual({ origin: 'cli', kind: 'text' });
  await s3('cp', `${uri}/one`, `${uri}/two`);
  expect(await metadataOf('described/two')).toEqual({ origin: 'cli', kind: 'text' });
  const replaced = ['--metadata-directive', 'REPLACE', '--metadata', 'origin=copy'];
  await s3('cp', ...replaced, `${uri}/one`, `${uri}/three`);
  expect(await metadataOf('described/three')).toEqual({ origin: 'copy' });
});

test(
  'ls lists thousands, and rm --recursive takes a folder of them away',
  async () => {
    await s3('mb', 's3://aws-cli-many');
    await putMany(server.port, 'aws-cli-many', manyKeys);
    const listed = (await s3('ls', '--recursive', 's3://aws-cli-many')).trim().split('\n');
    expect(listed.map((line) => line.slice(31))).toEqual(manyKeys);
    await s3('rm', '--recursive', '--quiet', 's3://aws-cli-many/dir-07/');
    const listing = ['s3api', 'list-objects-v2', '--bucket', 'aws-cli-many', '--query'];
    expect(JSON.parse(await aws([...listing, 'length(Contents)']))).toBe(2450);
  },
  manyTimeoutMs,
);

test('cp recovers from connections that are cut on the way there and back', async () => {
  const proxy = await startCuttingProxy(server.port);
  const content = bytesOf(20 * 1024 * 1024, 2);
  write('cut.bin', content);
  const uri = `s3://${bucket}/cut.bin`;
  const cp = (from: string, to: string) =>
    aws(['--endpoint-url', proxy.endpoint, 's3', 'cp', '--quiet', from, to], {
      env: { AWS_MAX_ATTEMPTS: '3' },
    });
  try {
    proxy.cutAfter('upload', 3 * 1024 * 1024);
    await cp('cut.bin', uri);
    proxy.cutAfter('download', 3 * 1024 * 1024);
    await cp(uri, 'cut.back');
    expect(proxy.cuts).toBe(2);
  } finally {
    await proxy.close();
  }
  expect(readFileSync(join(directory, 'cut.back')).equals(content)).toBe(true);
});
