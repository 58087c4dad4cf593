/** s3cmd against the real server, with both signature versions, configured as `docs/guide/clients.md` says. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { main } from '../support/accounts.ts';
import { type CuttingProxy, type Direction, startCuttingProxy } from '../support/cutting-proxy.ts';
import { guideSection } from '../support/guide.ts';
import { manyKeys, manyTimeoutMs, putMany } from '../support/many-objects.ts';
import { createUpload, uploadPart } from '../support/multipart.ts';
import { allKeys, bytesOf, put, read, readText } from '../support/objects.ts';
import { runInVenv } from '../support/python.ts';
import type { ProcessResult, RunOptions } from '../support/run-program.ts';
import { s3Client } from '../support/s3-client.ts';
import { type RunningServer, startServer } from '../support/start-server.ts';

const MiB = 1024 * 1024;
const directory = mkdtempSync(join(tmpdir(), 'kist-s3cmd-'));
const config = join(directory, 's3cfg');
let server: RunningServer;
let client: S3Client;

beforeAll(async () => {
  server = await startServer();
  client = s3Client(server.endpoint, main);
  writeFileSync(config, guideSection('s3cmd', server.port).files.get('.s3cfg')!);
});

afterAll(async () => {
  client?.destroy();
  await server?.remove();
  rmSync(directory, { recursive: true, force: true });
});

function attempt(args: readonly string[], options: RunOptions = {}): Promise<ProcessResult> {
  return runInVenv('s3cmd', ['--config', config, ...args], {
    cwd: directory,
    ...options,
    env: { HOME: directory },
  });
}

async function run(args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await attempt(args, options);
  expect(code, stderr).toBe(0);
  return stdout;
}

function write(path: string, content: Buffer | string): void {
  const file = join(directory, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

const contentOf = (path: string): Buffer => readFileSync(join(directory, path));
const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');

const at = ({ port }: CuttingProxy): readonly string[] => [
  `--host=127.0.0.1:${port}`,
  `--host-bucket=127.0.0.1:${port}`,
];

/** What is listed below a URI, without time and size. */
async function urisBelow(uri: string, flags: readonly string[]): Promise<string[]> {
  const listed = await run([...flags, 'ls', '--recursive', uri]);
  return lines(listed).map((line) => line.slice(line.indexOf('s3://')));
}

describe.each([
  { signature: 'Signature Version 4', bucket: 's3cmd-v4', flags: [] },
  { signature: 'Signature Version 2', bucket: 's3cmd-v2', flags: ['--signature-v2'] },
])('$signature', ({ bucket, flags }) => {
  const s3 = `s3://${bucket}`;
  const s3cmd = (...args: string[]) => run([...flags, ...args]);
  const head = (Key: string) => client.send(new HeadObjectCommand({ Bucket: bucket, Key }));

  beforeAll(async () => {
    await s3cmd('mb', s3);
  });

  test('mb makes a bucket, rb removes it when it is empty', async () => {
    const made = `s3://${bucket}-made`;
    await s3cmd('mb', made);
    expect(await s3cmd('ls')).toContain(made);
    await put(client, `${bucket}-made`, 'key');
    const refused = await attempt([...flags, 'rb', made]);
    expect([refused.code !== 0, refused.stderr]).toEqual([
      true,
      expect.stringContaining('BucketNotEmpty'),
    ]);
    await s3cmd('rb', '--recursive', '--force', made);
    expect(await s3cmd('ls')).not.toContain(made);
  });

  test('put and get take files there and back, odd names too, and del removes them', async () => {
    for (const name of ['plain.txt', 'ä +&%20.txt']) {
      write(name, `content of ${name}`);
      await s3cmd('put', name, `${s3}/files/${name}`);
      await s3cmd('get', '--force', `${s3}/files/${name}`, 'back');
      expect(contentOf('back').toString()).toBe(`content of ${name}`);
    }
    expect(await urisBelow(`${s3}/files/`, flags)).toEqual([
      `${s3}/files/plain.txt`,
      `${s3}/files/ä +&%20.txt`,
    ]);
    await s3cmd('del', `${s3}/files/plain.txt`);
    await s3cmd('del', `${s3}/files/ä +&%20.txt`);
    expect(await urisBelow(s3, flags)).toEqual([]);
    const missing = await attempt([...flags, 'get', '--force', `${s3}/files/plain.txt`, 'back']);
    expect(missing.stderr).toMatch(/404|does not exist/);
  });

  test('a large file goes up in parts and comes back the same', async () => {
    const content = bytesOf(12 * MiB);
    write('large.bin', content);
    await s3cmd('put', '--multipart-chunk-size-mb=5', 'large.bin', `${s3}/large.bin`);
    expect((await head('large.bin')).ETag).toMatch(/-3"$/);
    await s3cmd('get', '--force', `${s3}/large.bin`, 'large.back');
    expect(contentOf('large.back').equals(content)).toBe(true);
  });

  test('put sends metadata and content type, modify changes them, info shows the object', async () => {
    write('page', '<p>page</p>');
    const given = ['--mime-type=text/html', '--add-header=x-amz-meta-origin: s3cmd'];
    await s3cmd('put', ...given, 'page', `${s3}/page`);
    expect(await head('page')).toMatchObject({
      ContentType: 'text/html',
      Metadata: { origin: 's3cmd', 's3cmd-attrs': expect.stringContaining('md5:') },
    });
    await s3cmd('modify', '--add-header=Cache-Control: no-cache', `${s3}/page`);
    expect(await head('page')).toMatchObject({
      CacheControl: 'no-cache',
      ContentType: 'text/html',
      Metadata: { origin: 's3cmd' },
    });
    const info = await s3cmd('info', `${s3}/page`);
    expect(info).toMatch(/File size: 11/);
    expect(info).toMatch(/MIME type: text\/html/);
    expect(info).toContain(createHash('md5').update('<p>page</p>').digest('hex'));
    expect(info).toMatch(/ACL: +M\. Tester: FULL_CONTROL/);
    expect(await s3cmd('info', s3)).toMatch(/Location: {2}us-east-1/);
  });

  test('setacl opens an object to everybody and closes it again', async () => {
    const url = `${server.endpoint}/${bucket}/acl`;
    await put(client, bucket, 'acl', 'open');
    await s3cmd('setacl', '--acl-public', `${s3}/acl`);
    expect(await (await fetch(url)).text()).toBe('open');
    await s3cmd('setacl', '--acl-private', `${s3}/acl`);
    expect((await fetch(url)).status).toBe(403);
    write('open.txt', 'open');
    await s3cmd('put', '--acl-public', 'open.txt', `${s3}/open.txt`);
    expect((await fetch(`${server.endpoint}/${bucket}/open.txt`)).status).toBe(200);
  });

  test('cp and mv work on the server, in one request and in parts', async () => {
    await put(client, bucket, 'from', 'copied', { Metadata: { kept: 'yes' } });
    await s3cmd('cp', `${s3}/from`, `${s3}/to äö`);
    expect((await head('to äö')).Metadata).toMatchObject({ kept: 'yes' });
    await s3cmd('mv', `${s3}/to äö`, `${s3}/moved`);
    expect(await readText(client, bucket, 'moved')).toBe('copied');
    const content = bytesOf(12 * MiB, 2);
    await put(client, bucket, 'large', content);
    await s3cmd('cp', '--multipart-chunk-size-mb=5', `${s3}/large`, `${s3}/large-copy`);
    expect((await read(client, bucket, 'large-copy')).equals(content)).toBe(true);
    expect(await allKeys(client, bucket)).not.toContain('to äö');
  });

  test('sync sends what changed, removes what is gone, and comes back', async () => {
    const tree = `${bucket}-tree`;
    write(`${tree}/one`, '1');
    write(`${tree}/deep/two`, '2');
    await s3cmd('sync', `${tree}/`, `${s3}/tree/`);
    expect(await s3cmd('sync', `${tree}/`, `${s3}/tree/`)).not.toMatch(/^upload:/m);
    rmSync(join(directory, tree, 'one'));
    write(`${tree}/deep/two`, 'two, longer');
    const output = await s3cmd('sync', '--delete-removed', `${tree}/`, `${s3}/tree/`);
    expect(output).toContain(`delete: '${s3}/tree/one'`);
    expect(await urisBelow(`${s3}/tree/`, flags)).toEqual([`${s3}/tree/deep/two`]);
    mkdirSync(join(directory, `${tree}.back`));
    await s3cmd('sync', `${s3}/tree/`, `${tree}.back/`);
    expect(readdirSync(join(directory, `${tree}.back/deep`))).toEqual(['two']);
    expect(contentOf(`${tree}.back/deep/two`).toString()).toBe('two, longer');
  });

  test('multipart lists unfinished uploads and their parts, abortmp ends them', async () => {
    const upload = await createUpload(client, bucket, 'unfinished');
    await uploadPart(client, upload, 1, 'part');
    expect(await s3cmd('multipart', s3)).toContain(`${s3}/unfinished\t${upload.UploadId}`);
    expect(await s3cmd('listmp', `${s3}/unfinished`, upload.UploadId)).toMatch(/\t1\t.*\t4$/m);
    await s3cmd('abortmp', `${s3}/unfinished`, upload.UploadId);
    expect(await s3cmd('multipart', s3)).not.toContain(upload.UploadId);
  });

  test('put --continue-put sends the parts alone that are not there yet', async () => {
    const content = bytesOf(12 * MiB, 3);
    write('continued.bin', content);
    const upload = await createUpload(client, bucket, 'continued');
    await uploadPart(client, upload, 1, content.subarray(0, 5 * MiB));
    const proxy = await startCuttingProxy(server.port);
    const what = ['--continue-put', '--upload-id', upload.UploadId, '--multipart-chunk-size-mb=5'];
    await s3cmd('put', ...what, ...at(proxy), 'continued.bin', `${s3}/continued`);
    await proxy.close();
    expect(proxy.carried.upload).toBeLessThan(7.5 * MiB);
    expect((await read(client, bucket, 'continued')).equals(content)).toBe(true);
  });

  test('configures its bucket: policy, lifecycle, cross-origin rules, tags, versioning', async () => {
    const Statement = {
      Effect: 'Allow',
      Principal: '*',
      Action: 's3:GetObject',
      Resource: `arn:aws:s3:::${bucket}/by-policy/*`,
    };
    write('policy.json', JSON.stringify({ Version: '2012-10-17', Statement }));
    await put(client, bucket, 'by-policy/page', 'by policy');
    const open = async () => (await fetch(`${server.endpoint}/${bucket}/by-policy/page`)).status;
    await s3cmd('setpolicy', 'policy.json', s3);
    expect(await open()).toBe(200);
    expect(await s3cmd('info', s3)).toContain('by-policy');
    await s3cmd('delpolicy', s3);
    expect(await open()).toBe(403);

    const rule = '<ID>logs</ID><Filter><Prefix>logs/</Prefix></Filter><Status>Enabled</Status>';
    write(
      'lifecycle.xml',
      `<LifecycleConfiguration><Rule>${rule}<Expiration><Days>7</Days></Expiration></Rule></LifecycleConfiguration>`,
    );
    await s3cmd('setlifecycle', 'lifecycle.xml', s3);
    expect(await s3cmd('getlifecycle', s3)).toMatch(/<Days>7<\/Days>/);
    await s3cmd('dellifecycle', s3);
    await s3cmd('expire', '--expiry-days=3', '--expiry-prefix=old/', s3);
    expect(await s3cmd('getlifecycle', s3)).toMatch(/<Days>3<\/Days>/);

    const cors = '<AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod>';
    write('cors.xml', `<CORSConfiguration><CORSRule>${cors}</CORSRule></CORSConfiguration>`);
    await s3cmd('setcors', 'cors.xml', s3);
    expect(await s3cmd('info', s3)).toContain('<AllowedMethod>GET</AllowedMethod>');
    await s3cmd('delcors', s3);

    await s3cmd('settagging', s3, 'team=storage&cost=low');
    expect(await s3cmd('gettagging', s3)).toMatch(/team:\s+storage/);
    await s3cmd('setversioning', s3, 'enable');
    expect(await s3cmd('info', s3)).toMatch(/Versioning: ?Enabled/);
  });

  test('signurl makes a URL that anybody may open', async () => {
    await put(client, bucket, 'signed äö', 'signed');
    const url = (await s3cmd('signurl', `${s3}/signed äö`, '+60')).trim();
    expect(await (await fetch(url)).text()).toBe('signed');
    expect((await fetch(url.replace('Expires=', 'Expires=1'))).status).toBe(403);
  });

  // One after another they would wait longest for s3cmd, which rests three seconds before it tries again.
  describe.concurrent('a cut connection', () => {
    test.each<{ how: string; direction: Direction; name: string; more: string[] }>([
      { how: 'an upload', direction: 'upload', name: 'up', more: [] },
      {
        how: 'an upload in parts',
        direction: 'upload',
        name: 'parts',
        more: ['--multipart-chunk-size-mb=5'],
      },
      { how: 'a download', direction: 'download', name: 'down', more: [] },
    ])('$how recovers', async ({ direction, name, more }) => {
      const proxy = await startCuttingProxy(server.port);
      const file = `${bucket}-${name}`;
      const content = bytesOf(12 * MiB, 4);
      proxy.cutAfter(direction, 7 * MiB);
      try {
        if (direction === 'upload') {
          write(file, content);
          await s3cmd(...at(proxy), ...more, 'put', file, `${s3}/cut/${name}`);
          expect((await read(client, bucket, `cut/${name}`)).equals(content)).toBe(true);
        } else {
          await put(client, bucket, `cut/${name}`, content);
          await s3cmd(...at(proxy), ...more, 'get', `${s3}/cut/${name}`, file);
          expect(contentOf(file).equals(content)).toBe(true);
        }
        expect(proxy.cuts).toBe(1);
      } finally {
        await proxy.close();
      }
    });
  });
});

test(
  'lists, measures and deletes thousands',
  async () => {
    const bucket = 's3cmd-many';
    await run(['mb', `s3://${bucket}`]);
    await putMany(server.port, bucket, manyKeys);
    const uris = manyKeys.map((key) => `s3://${bucket}/${key}`);
    for (const flags of [[], ['--signature-v2']]) {
      expect(await urisBelow(`s3://${bucket}`, flags)).toEqual(uris);
      expect(lines(await run([...flags, 'ls', `s3://${bucket}`]))).toHaveLength(50);
    }
    expect(await run(['du', `s3://${bucket}`])).toMatch(
      new RegExp(`^ *${manyKeys.join('').length} +2500 objects`),
    );
    await run(['del', '--recursive', '--force', '--quiet', `s3://${bucket}`]);
    expect(await allKeys(client, bucket)).toEqual([]);
  },
  manyTimeoutMs,
);
