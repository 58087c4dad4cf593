/** `kist object` against a real server: what is copied where, what is printed, and how it ends. */
import { mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type CommandLine, linesOf, startCommandLine } from './support/command-line.ts';

let cli: CommandLine;
let bucket: string;
beforeAll(async () => {
  cli = await startCommandLine();
});
afterAll(() => cli.close());
beforeEach(async () => {
  bucket = await cli.newBucket();
});

const put = (Key: string, Body: string | Uint8Array = Key) =>
  cli.client.putObject({ Bucket: bucket, Key, Body });
const read = (path: string) => readFileSync(join(cli.directory, path));

describe('cp', () => {
  test('uploads a file with all that was said of it, and downloads the same bytes', async () => {
    const bytes = Buffer.alloc(9_000_001, 'some bytes ');
    cli.write({ 'up/report.pdf': bytes });
    await cli.done(
      ...['object', 'cp', './up/report.pdf', `s3://${bucket}/docs/`],
      ...['--metadata', 'author=Ada', '--tags', 'team=b lue', '--cache-control', 'max-age=60'],
      ...['--acl', 'public-read', '--storage-class', 'STANDARD_IA', '--sse', 'AES256'],
    );
    const at = { Bucket: bucket, Key: 'docs/report.pdf' };
    expect(await cli.client.headObject({ ...at, ChecksumMode: 'ENABLED' })).toMatchObject({
      ContentType: 'application/pdf',
      CacheControl: 'max-age=60',
      Metadata: { author: 'Ada' },
      StorageClass: 'STANDARD_IA',
      ServerSideEncryption: 'AES256',
      ChecksumCRC32: expect.any(String),
    });
    expect((await cli.client.getObjectTagging(at)).TagSet).toEqual([
      { Key: 'team', Value: 'b lue' },
    ]);
    expect((await fetch(cli.client.publicUrl(at), { method: 'HEAD' })).status).toBe(200);
    await cli.done('object', 'cp', `env/${bucket}/docs/report.pdf`, './down/copy.pdf');
    expect(read('down/copy.pdf').equals(bytes)).toBe(true);
  });

  test('copies directories up and down, with patterns, and says what it would do', async () => {
    cli.write({
      'tree/a/1.txt': '1',
      'tree/a/b/2.json': '2',
      'tree/ü &?.md': '3',
      'tree/x.tmp': '4',
    });
    const args = [
      'object',
      'cp',
      './tree',
      `s3://${bucket}/t`,
      '--recursive',
      '--exclude',
      '*.tmp',
    ];
    const planned = await cli.json(...args, '--dry-run');
    expect(planned.filter(({ status }) => status === 'planned')).toHaveLength(3);
    expect(await cli.keysIn(bucket)).toEqual([]);
    await cli.done(...args);
    expect(await cli.keysIn(bucket)).toEqual(['t/a/1.txt', 't/a/b/2.json', 't/ü &?.md']);
    await cli.done(
      'object',
      'cp',
      `s3://${bucket}/t`,
      './back',
      '--recursive',
      '--include',
      'a/**',
    );
    expect(read('back/a/b/2.json').toString()).toBe('2');
    expect(
      statSync(join(cli.directory, 'back/ü &?.md'), { throwIfNoEntry: false }),
    ).toBeUndefined();
  });

  test('copies within a server without fetching, with metadata, and what was asked for instead', async () => {
    await cli.client.putObject({
      ...{ Bucket: bucket, Key: 'from ö+%', Body: 'x' },
      ...{ ContentType: 'text/x', Metadata: { a: 'b' }, Tagging: 'k=v' },
    });
    const [line] = await cli.json('object', 'cp', `env/${bucket}/from ö+%`, `env/${bucket}/same`);
    expect(line).toMatchObject({ type: 'copy', action: 'copy', status: 'done', bytes: 1 });
    const said = { ContentType: 'text/x', Metadata: { a: 'b' }, TagCount: 1 };
    expect(await cli.client.headObject({ Bucket: bucket, Key: 'same' })).toMatchObject(said);
    const flags = ['--content-type', 'text/y', '--tags', 'k=w'];
    await cli.done('object', 'cp', `env/${bucket}/same`, `env/${bucket}/other`, ...flags);
    const other = { Bucket: bucket, Key: 'other' };
    expect(await cli.client.headObject(other)).toMatchObject({ ...said, ContentType: 'text/y' });
    expect((await cli.client.getObjectTagging(other)).TagSet).toEqual([{ Key: 'k', Value: 'w' }]);
  });

  test('takes standard input and output', async () => {
    const input = Buffer.alloc(3_000_000, 'piped ');
    const up = await cli.run(['object', 'cp', '-', `s3://${bucket}/piped`], { input });
    expect(up.code, up.stderr).toBe(0);
    const down = await cli.run(['object', 'cp', `s3://${bucket}/piped`, '-']);
    expect(down).toEqual({ code: 0, stdout: input.toString(), stderr: '' });
  });

  test('encrypts with a key of one’s own, which is in no command line', async () => {
    cli.write({ 'key.bin': Buffer.alloc(32, 7), 'plain.txt': 'secret text' });
    const env = { AWS_ENDPOINT_URL: cli.server.endpoint };
    const up = await cli.run(
      ['object', 'cp', './plain.txt', `s3://${bucket}/c`, '--sse-c-key-file', 'key.bin'],
      { env },
    );
    // Over plain HTTP a key of one's own would be readable: either it is refused by name, or it works.
    if (up.code !== 0) {
      expect(up.stderr).toMatch(/secure|TLS|HTTPS/i);
      return;
    }
    expect(await cli.done('object', 'cat', `s3://${bucket}/c`, '--sse-c-key-file', 'key.bin')).toBe(
      'secret text',
    );
    expect((await cli.run(['object', 'cat', `s3://${bucket}/c`])).code).toBe(1);
  });

  test('never writes outside of the directory, and skips what is no file', async () => {
    for (const key of ['../escaped', 'in/../../escaped', '/absolute', 'a//b', 'folder/', 'good'])
      await put(key);
    const { code, stderr } = await cli.run([
      'object',
      'cp',
      `s3://${bucket}`,
      './inner',
      '--recursive',
    ]);
    expect(code).toBe(0);
    for (const key of ['../escaped', 'in/../../escaped', '/absolute', 'a//b', 'folder/']) {
      expect(stderr).toContain(`skipped: ${key}: its key is no path`);
    }
    expect(read('inner/good').toString()).toBe('good');
    expect(statSync(join(cli.directory, 'escaped'), { throwIfNoEntry: false })).toBeUndefined();
    mkdirSync(join(cli.directory, 'links'));
    symlinkSync('/etc/hosts', join(cli.directory, 'links/hosts'));
    const links = await cli.run(['object', 'cp', './links', `s3://${bucket}/l`, '--recursive']);
    expect(links.stderr).toContain('a symbolic link');
    expect(await cli.keysIn(bucket)).not.toContain('l/hosts');
  });

  test.each([
    [['./nowhere', 's3://b-1/x'], 1, 'no such file'],
    [['./a', './b'], 2, 'Neither place is in a bucket'],
    [['./a'], 2, 'takes a source and a target'],
    [['nobody/bucket/key', './x'], 1, 'There is no alias nobody'],
    [['s3://b-1/x', 's3://b-1/x'], 2, 'source and target at once'],
    [['s3://b-1/x', 's3://b-1/x/y', '--recursive'], 2, 'copied would be copied again'],
    [['s3://b-1/x/', './y'], 2, 'say --recursive'],
    [['./a', './b', 's3://b-1/x'], 2, 'end s3://b-1/x with a slash'],
    [['./a', 's3://b-1/x', '--metadata', 'a'], 2, 'takes NAME=VALUE'],
    [['./a', 's3://b-1/x', '--acl', 'open'], 2, 'Allowed choices are'],
    [['./a', 's3://b-1/x', '--part-size', 'huge'], 2, 'It must be a number of bytes'],
    [['./a', 's3://b-1/x', '--colour', 'red'], 2, "unknown option '--colour'"],
  ])('refuses %j with what to do', async (args, exitCode, reason) => {
    const { code, stderr } = await cli.run(['object', 'cp', ...args]);
    expect(code, stderr).toBe(exitCode);
    expect(stderr.toLowerCase()).toContain(reason.toLowerCase());
    expect(stderr).not.toContain('    at ');
  });

  test('goes on after a failure, tells each and ends with 1', async () => {
    const others = await cli.newBucket();
    await put('one');
    const args = [
      'object',
      'cp',
      `s3://${bucket}/one`,
      `s3://${bucket}/two`,
      `s3://${others}/`,
      '--json',
    ];
    const { code, stdout } = await cli.run(args);
    expect(code).toBe(1);
    const lines = linesOf(stdout);
    expect(lines.map(({ type, status }) => [type, status])).toContainEqual(['copy', 'done']);
    expect(lines.find(({ status }) => status === 'failed')).toMatchObject({
      source: `s3://${bucket}/two`,
      error: { code: 'NoSuchKey', status: 404 },
    });
    expect(lines.at(-1)).toMatchObject({ type: 'summary', objects: 1, failed: 1 });
    expect(await cli.keysIn(others)).toEqual(['one']);
  });
});

test('mv copies, and removes what was copied', async () => {
  cli.write({ 'go/a': '1', 'go/b': '2' });
  await cli.done('object', 'mv', './go', `s3://${bucket}/x`, '--recursive');
  expect(statSync(join(cli.directory, 'go/a'), { throwIfNoEntry: false })).toBeUndefined();
  await cli.done('object', 'mv', `s3://${bucket}/x`, `s3://${bucket}/y`, '--recursive');
  expect(await cli.keysIn(bucket)).toEqual(['y/a', 'y/b']);
  expect((await cli.run(['object', 'mv', `s3://${bucket}/y/a`, `s3://${bucket}/y/a`])).code).toBe(
    2,
  );
  expect(await cli.textOf(bucket, 'y/a')).toBe('1');
});

test('ls shows folders or all, sizes, versions and sums', async () => {
  await cli.client.putBucketVersioning({
    Bucket: bucket,
    VersioningConfiguration: { Status: 'Enabled' },
  });
  await put('a/b/1', 'x'.repeat(2048));
  await put('a/2', 'old');
  await put('a/2', 'new!');
  await cli.client.deleteObject({ Bucket: bucket, Key: 'a/b/1' });
  expect(await cli.done('object', 'ls', `s3://${bucket}/`)).toMatch(/folder {2}a\/\n$/);
  expect(await cli.done('object', 'ls')).toContain(`s3://${bucket}\n`);
  const [object, sum] = await cli.json(
    'object',
    'ls',
    `env/${bucket}`,
    '--recursive',
    '--summarize',
  );
  expect(object).toEqual({
    type: 'object',
    bucket,
    key: 'a/2',
    size: 4,
    etag: expect.stringMatching(/^"[0-9a-f]{32}"$/),
    lastModified: expect.stringMatching(/^\d{4}-.*Z$/),
    storageClass: 'STANDARD',
  });
  expect(sum).toEqual({ type: 'summary', objects: 1, bytes: 4 });
  const versions = await cli.json('object', 'ls', `env/${bucket}`, '--recursive', '--versions');
  expect(versions.map(({ type, key, isLatest }) => [type, key, isLatest])).toEqual([
    ['version', 'a/2', true],
    ['version', 'a/2', false],
    ['delete-marker', 'a/b/1', true],
    ['version', 'a/b/1', false],
  ]);
});

describe('rm', () => {
  test('removes objects, many at once, and never a folder unasked', async () => {
    await Promise.all(['a/1', 'a/2', 'ab', 'c'].map((key) => put(key)));
    const refused = await cli.run(['object', 'rm', `s3://${bucket}/a`, '--recursive']);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('--force');
    await cli.done('object', 'rm', `s3://${bucket}/a`, '--recursive', '--dry-run');
    expect(await cli.keysIn(bucket)).toHaveLength(4);
    await cli.done('object', 'rm', `s3://${bucket}/a`, '--recursive', '--force');
    expect(await cli.keysIn(bucket)).toEqual(['ab', 'c']);
    await cli.done('object', 'rm', `s3://${bucket}/ab`, `s3://${bucket}/c`);
    expect(await cli.keysIn(bucket)).toEqual([]);
  });

  test('removes versions for good', async () => {
    const VersioningConfiguration = { Status: 'Enabled' } as const;
    await cli.client.putBucketVersioning({ Bucket: bucket, VersioningConfiguration });
    await put('k');
    await put('k');
    await put('kk');
    await cli.done('object', 'rm', `s3://${bucket}/k`);
    await cli.done('object', 'rm', `s3://${bucket}/k`, '--versions');
    const { Versions, DeleteMarkers } = await cli.client.listObjectVersions({ Bucket: bucket });
    expect([Versions?.map(({ Key }) => Key), DeleteMarkers]).toEqual([['kk'], undefined]);
  });

  test('tells what was refused', async () => {
    await put('k');
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          ...{ Effect: 'Deny', Principal: '*', Action: 's3:DeleteObject' },
          Resource: `arn:aws:s3:::${bucket}/*`,
        },
      ],
    });
    await cli.client.putBucketPolicy({ Bucket: bucket, Policy });
    const { code, stderr } = await cli.run(['object', 'rm', `s3://${bucket}/k`]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/failed: s3:\/\/.*\/k: AccessDenied \(403\).*kist whoami/);
  });
});

test('cat and head write objects to standard output', async () => {
  await put('one', '1\n2\n3\n');
  await put('two', 'x');
  expect(await cli.done('object', 'cat', `s3://${bucket}/one`, `s3://${bucket}/two`)).toBe(
    '1\n2\n3\nx',
  );
  expect(await cli.done('object', 'head', `s3://${bucket}/one`, '--lines', '2')).toBe('1\n2\n');
  expect(await cli.done('object', 'head', `s3://${bucket}/one`, '--bytes', '3')).toBe('1\n2');
  expect((await cli.run(['object', 'cat', `s3://${bucket}/none`])).code).toBe(1);
});

test('find and du look below a folder', async () => {
  await put('logs/a.log', 'x'.repeat(100));
  await put('logs/old/b.log', 'x');
  await put('logs/old/c.txt');
  await put('logs-2/d.log');
  expect(
    await cli.done('object', 'find', `env/${bucket}/logs`, '--name', '*.log', '--smaller', '50'),
  ).toBe(`env/${bucket}/logs/old/b.log\n`);
  expect(await cli.json('object', 'du', `env/${bucket}/logs`)).toEqual([
    {
      type: 'usage',
      path: `env/${bucket}/logs/old/`,
      bucket,
      prefix: 'logs/old/',
      objects: 2,
      bytes: 15,
    },
    { type: 'usage', path: `env/${bucket}/logs/`, bucket, prefix: 'logs/', objects: 3, bytes: 115 },
  ]);
});

test('keys can’t move the cursor of who lists them', async () => {
  await put('a\x1b[2Jb');
  expect(await cli.done('object', 'ls', `s3://${bucket}`)).toContain('a\\x1b[2Jb');
});

test('a list that nobody reads to its end is no error', async () => {
  await put('k', 'x'.repeat(3_000_000));
  const child = cli.start(['object', 'cat', `s3://${bucket}/k`]).child;
  child.stdout!.destroy();
  const code = await new Promise((resolve) => child.once('close', resolve));
  expect(code).toBe(0);
});

test('a server that isn’t there is told at once, with what to do', async () => {
  const env = { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' };
  const { code, stdout, stderr } = await cli.run(['object', 'ls', 's3://b-1', '--json'], { env });
  expect(code).toBe(1);
  expect(linesOf(stdout)).toEqual([
    { type: 'error', code: 'ServerUnreachable', message: expect.any(String) },
  ]);
  expect(stderr).toMatch(/ECONNREFUSED.*Check that the server runs/s);
});
