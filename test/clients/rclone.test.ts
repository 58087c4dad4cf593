/** rclone against the real server, configured as `docs/guide/clients.md` says. */
import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  CreateBucketCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { main } from '../support/accounts.ts';
import { type CuttingProxy, startCuttingProxy } from '../support/cutting-proxy.ts';
import { guideSection } from '../support/guide.ts';
import { manyKeys, manyTimeoutMs, putMany } from '../support/many-objects.ts';
import { createUpload, uploadPart } from '../support/multipart.ts';
import { allKeys, bytesOf, put, read } from '../support/objects.ts';
import { type ProcessResult, type RunOptions, runProgram } from '../support/run-program.ts';
import { s3Client } from '../support/s3-client.ts';
import { type RunningServer, startServer } from '../support/start-server.ts';

const MiB = 1024 * 1024;
const directory = mkdtempSync(join(tmpdir(), 'kist-rclone-'));
const config = join(directory, 'rclone.conf');
const bucket = 'rclone';
const remote = `kist:${bucket}`;
let server: RunningServer;
let proxy: CuttingProxy;
let client: S3Client;

beforeAll(async () => {
  server = await startServer();
  proxy = await startCuttingProxy(server.port);
  client = s3Client(server.endpoint, main);
  const { files } = guideSection('rclone', server.port);
  writeFileSync(config, files.get('.config/rclone/rclone.conf')!);
  await rclone(['mkdir', remote]);
});

afterAll(async () => {
  client?.destroy();
  await proxy?.close();
  await server?.remove();
  rmSync(directory, { recursive: true, force: true });
});

async function run(args: readonly string[], options: RunOptions = {}): Promise<ProcessResult> {
  return runProgram('rclone', ['--config', config, ...args], {
    cwd: directory,
    ...options,
    env: { HOME: directory, ...options.env },
  });
}

/** Standard output; what rclone logs goes to standard error. */
async function rclone(args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await run(args, options);
  expect(code, stderr).toBe(0);
  return stdout;
}

/** Its log of what it did to which file: `one: Copied (new)`. */
async function logOf(args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { code, stderr } = await run(['-v', ...args], options);
  expect(code, stderr).toBe(0);
  return stderr;
}

const throughProxy = (): RunOptions => ({ env: { RCLONE_CONFIG_KIST_ENDPOINT: proxy.endpoint } });

function write(path: string, content: Buffer | string): string {
  const file = join(directory, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');
const md5 = (content: Buffer): string => createHash('md5').update(content).digest('hex');

test('copy takes a tree there and back, odd names and times too, and check finds no difference', async () => {
  const paths = ['a b.txt', 'deep/er/ä+&.txt', 'x%20y', 'tab\there', 'control\u0001', '日本/キー'];
  const time = new Date('2001-02-03T04:05:06.789Z');
  for (const path of paths) utimesSync(write(`tree/${path}`, `of ${path}`), time, time);
  await rclone(['copy', 'tree', `${remote}/tree`]);
  expect(await allKeys(client, bucket)).toEqual(paths.map((path) => `tree/${path}`).toSorted());
  await rclone(['check', 'tree', `${remote}/tree`]);
  await rclone(['copy', `${remote}/tree`, 'tree.back']);
  for (const path of paths) {
    const file = join(directory, 'tree.back', path);
    expect(readFileSync(file, 'utf8')).toBe(`of ${path}`);
    expect(statSync(file).mtime).toEqual(time);
  }
  write('tree/x%20y', 'other');
  const { code, stderr } = await run(['check', 'tree', `${remote}/tree`]);
  expect([code, stderr]).toEqual([1, expect.stringMatching(/x%20y: (sizes|md5) differ/)]);
  await rclone(['purge', `${remote}/tree`]);
  expect(await allKeys(client, bucket)).toEqual([]);
  await rclone(['rmdir', remote]);
  expect(await rclone(['lsf', 'kist:'])).toBe('');
  await rclone(['mkdir', remote]);
});

test('keeps content type and metadata, its own and what it is given', async () => {
  write('page.html', '<p>page</p>');
  const given = ['--metadata', '--metadata-set', 'origin=rclone', '--header-upload'];
  await rclone(['copyto', ...given, 'Cache-Control: no-cache', 'page.html', `${remote}/page.html`]);
  const head = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'page.html' }));
  expect(head.ContentType).toMatch(/^text\/html/);
  expect(head.CacheControl).toBe('no-cache');
  expect(head.Metadata).toMatchObject({ origin: 'rclone', mtime: expect.any(String) });
  const [entry] = JSON.parse(await rclone(['lsjson', '--metadata', `${remote}/page.html`]));
  expect(entry).toMatchObject({ Size: 11, Metadata: { origin: 'rclone' } });
  await rclone(['deletefile', `${remote}/page.html`]);
  expect(await rclone(['lsf', remote])).toBe('');
});

test('sync sends what changed and removes what is gone', async () => {
  write('sync/one', '1');
  write('sync/two', '2');
  await rclone(['sync', 'sync', `${remote}/sync`]);
  expect(await logOf(['sync', 'sync', `${remote}/sync`])).not.toMatch(/: (Copied|Deleted|Updated)/);
  rmSync(join(directory, 'sync/one'));
  write('sync/two', 'two, longer');
  write('sync/three', '3');
  const log = await logOf(['sync', 'sync', `${remote}/sync`]);
  expect(log).toMatch(/one: Deleted/);
  expect(log).toMatch(/two: Copied \(replaced existing\)/);
  expect(log).toMatch(/three: Copied \(new\)/);
  await rclone(['sync', `${remote}/sync`, 'sync.back']);
  expect(readdirSync(join(directory, 'sync.back')).toSorted()).toEqual(['three', 'two']);
  expect(readFileSync(join(directory, 'sync.back/two'), 'utf8')).toBe('two, longer');
});

test('rcat sends a stream of unknown length in parts, cat reads it back, whole and in part', async () => {
  const content = bytesOf(12 * MiB);
  await rclone(['rcat', `${remote}/streamed`], { input: content });
  const { ETag } = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'streamed' }));
  expect(ETag).toMatch(/-3"$/);
  expect((await read(client, bucket, 'streamed')).equals(content)).toBe(true);
  const [sum] = (await rclone(['md5sum', '--download', `${remote}/streamed`])).split(' ');
  expect(sum).toBe(md5(content));
  await rclone(['rcat', `${remote}/small`], { input: 'from a pipe' });
  expect(await rclone(['cat', `${remote}/small`])).toBe('from a pipe');
  expect(await rclone(['cat', '--offset', '5', '--count', '1', `${remote}/small`])).toBe('a');
});

test('a large file goes up in parts and keeps its MD5', async () => {
  const content = bytesOf(20 * MiB, 2);
  write('large.bin', content);
  const inParts = ['--s3-upload-cutoff', '5M', '--s3-chunk-size', '5M'];
  await rclone(['copyto', ...inParts, 'large.bin', `${remote}/large.bin`]);
  const { ETag } = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'large.bin' }));
  expect(ETag).toMatch(/-4"$/);
  expect((await rclone(['md5sum', `${remote}/large.bin`])).split(' ')[0]).toBe(md5(content));
  await rclone(['copyto', `${remote}/large.bin`, 'large.back']);
  expect(readFileSync(join(directory, 'large.back')).equals(content)).toBe(true);
});

test('copyto and moveto work on the server, in one request and in parts', async () => {
  const content = bytesOf(11 * MiB, 3);
  await put(client, bucket, 'original', content);
  const copied = await logOf(['copyto', `${remote}/original`, `${remote}/copy`]);
  expect(copied).toMatch(/Copied \(server-side copy\)/);
  const inParts = ['--s3-copy-cutoff', '5M'];
  await rclone(['moveto', ...inParts, `${remote}/original`, `${remote}/moved`]);
  expect(await rclone(['lsf', '--include', '/{original,copy,moved}', remote])).toBe(
    'copy\nmoved\n',
  );
  for (const key of ['copy', 'moved']) {
    expect((await read(client, bucket, key)).equals(content)).toBe(true);
  }
});

test(
  'lists, counts and deletes thousands',
  async () => {
    const many = 'rclone-many';
    await rclone(['mkdir', `kist:${many}`]);
    await putMany(server.port, many, manyKeys);
    const listed = await rclone(['lsf', '--recursive', '--files-only', `kist:${many}`]);
    expect(lines(listed).toSorted()).toEqual(manyKeys);
    const fast = await rclone(['lsf', '-R', '--files-only', '--fast-list', `kist:${many}`]);
    expect(lines(fast).toSorted()).toEqual(manyKeys);
    expect(lines(await rclone(['lsf', `kist:${many}`]))).toHaveLength(50);
    const bytes = manyKeys.join('').length;
    expect(JSON.parse(await rclone(['size', '--json', `kist:${many}`]))).toMatchObject({
      count: manyKeys.length,
      bytes,
    });
    // rclone deletes one object a request: some folders show as much as all.
    await rclone(['delete', '--checkers', '16', '--include', '/dir-0*/**', `kist:${many}`]);
    expect(await allKeys(client, many)).toEqual(manyKeys.filter((key) => !/^dir-0/.test(key)));
  },
  manyTimeoutMs,
);

test('cleanup removes unfinished uploads, and those alone that are old enough', async () => {
  const upload = await createUpload(client, bucket, 'unfinished');
  await uploadPart(client, upload, 1, 'part');
  const listed = JSON.parse(await rclone(['backend', 'list-multipart-uploads', remote]));
  expect(listed).toEqual({ [bucket]: [expect.objectContaining({ Key: 'unfinished' })] });
  const uploads = async () =>
    (await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }))).Uploads ?? [];
  // Without an age it means a day.
  await rclone(['cleanup', remote]);
  expect(await uploads()).toHaveLength(1);
  await rclone(['backend', 'cleanup', '-o', 'max-age=1ns', remote]);
  expect(await uploads()).toEqual([]);
});

test('--s3-versions shows, reads and cleans up old versions', async () => {
  const Bucket = 'rclone-versions';
  await client.send(new CreateBucketCommand({ Bucket }));
  const VersioningConfiguration = { Status: 'Enabled' } as const;
  await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  for (const content of ['first', 'second, current']) {
    await rclone(['rcat', `kist:${Bucket}/note.txt`], { input: content });
  }
  await rclone(['rcat', `kist:${Bucket}/deleted.txt`], { input: 'deleted' });
  await rclone(['deletefile', `kist:${Bucket}/deleted.txt`]);
  expect(lines(await rclone(['lsf', `kist:${Bucket}`]))).toEqual(['note.txt']);
  const names = lines(await rclone(['lsf', '--s3-versions', `kist:${Bucket}`]));
  expect(names.toSorted()).toEqual([
    expect.stringMatching(/^deleted-v[\d-]+\.txt$/),
    expect.stringMatching(/^note-v[\d-]+\.txt$/),
    'note.txt',
  ]);
  const old = names.find((name) => name.startsWith('note-v'))!;
  expect(await rclone(['cat', '--s3-versions', `kist:${Bucket}/${old}`])).toBe('first');
  expect(await rclone(['cat', `kist:${Bucket}/note.txt`])).toBe('second, current');
  await rclone(['backend', 'cleanup-hidden', `kist:${Bucket}`]);
  const { Versions } = await client.send(new ListObjectVersionsCommand({ Bucket }));
  expect(Versions?.map(({ Key, IsLatest }) => [Key, IsLatest])).toEqual([['note.txt', true]]);
});

test('link makes a URL that anybody may open', async () => {
  await put(client, bucket, 'shared äö.txt', 'shared');
  const url = (await rclone(['link', '--expire', '1m', `${remote}/shared äö.txt`])).trim();
  expect(await (await fetch(url)).text()).toBe('shared');
  const changed = url.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
  expect((await fetch(changed)).status).toBe(403);
});

test.each([
  ['in one request', []],
  ['in parts', ['--s3-upload-cutoff', '5M', '--s3-chunk-size', '5M']],
])('an upload %s survives a cut connection', async (_how, flags) => {
  const content = bytesOf(16 * MiB, 4);
  write('cut.bin', content);
  const { cuts } = proxy;
  proxy.cutAfter('upload', 3 * MiB);
  await rclone(['copyto', ...flags, 'cut.bin', `${remote}/cut.bin`], throughProxy());
  expect(proxy.cuts).toBe(cuts + 1);
  expect((await read(client, bucket, 'cut.bin')).equals(content)).toBe(true);
  await rclone(['deletefile', `${remote}/cut.bin`]);
});

test('a download survives a cut connection and goes on where it was', async () => {
  const content = bytesOf(16 * MiB, 5);
  await put(client, bucket, 'cut.bin', content);
  const before = { cuts: proxy.cuts, download: proxy.carried.download };
  proxy.cutAfter('download', 10 * MiB);
  await rclone(['copyto', `${remote}/cut.bin`, 'cut.back'], throughProxy());
  expect(proxy.cuts).toBe(before.cuts + 1);
  expect(readFileSync(join(directory, 'cut.back')).equals(content)).toBe(true);
  expect(proxy.carried.download - before.download).toBeLessThan(20 * MiB);
});

test('what it cannot have is an error in its own words', async () => {
  const missing = await run(['lsf', '--retries', '1', 'kist:no-such-bucket']);
  expect([missing.code, missing.stderr]).toEqual([3, expect.stringContaining('not found')]);
  const stranger = { RCLONE_CONFIG_KIST_SECRET_ACCESS_KEY: 'wrong' };
  const refused = await run(['lsf', '--low-level-retries', '1', '--retries', '1', remote], {
    env: stranger,
  });
  expect([refused.code !== 0, refused.stderr]).toEqual([
    true,
    expect.stringContaining('SignatureDoesNotMatch'),
  ]);
});
