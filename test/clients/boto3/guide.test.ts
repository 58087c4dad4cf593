/**
 * The provider's boto3 guide, run as it is written: its Python blocks are taken from the guide's own
 * file, and nothing in them is replaced but credentials, endpoint, bucket and region (and, to show
 * each signature version alone, the version's name).
 *
 * The guide belongs to the provider, so that it is read from beside the checkout and not copied here.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { main, type TestAccount, tenant } from '../../support/accounts.ts';
import { put, readText } from '../../support/objects.ts';
import { runInVenv } from '../../support/python.ts';
import { exchange, outcome, requestHead } from '../../support/raw-http.ts';
import { codeOf, s3Client } from '../../support/s3-client.ts';
import { type RunningServer, startServer } from '../../support/start-server.ts';

const guide = join(import.meta.dirname, '../../../../shared/seed/000_f35f73ed93c2b75c.txt');
const guideIsThere = existsSync(guide);
const inCi = process.env.CI === 'true';

const bucket = 'mein-bucket';
const region = 'eu-central-1';
const key = 'users/dupond_claire.json';
const readKey = 'kb_data/agents/cisco-ucs-specialist.json';

/** The program between the fences; the last block of the file has no end but the file's. */
function pythonBlocks(text: string): readonly string[] {
  return [...text.matchAll(/^```python\n([\s\S]*?)(?:^```$|(?![\s\S]))/gm)].map(
    ([, block]) => block ?? '',
  );
}

interface Setting {
  readonly account: TestAccount;
  readonly endpoint: string;
  /** As written if undefined: the guide mixes the two. */
  readonly signature: 's3v4' | 's3' | undefined;
}

/** Each replacement must find what it replaces, so that a changed guide is noticed. */
function withOwnValues(block: string, setting: Setting): string {
  const own = {
    access_key: setting.account.accessKeyId,
    secret_key: setting.account.secretAccessKey,
    endpoint_url: setting.endpoint,
    region,
    bucket_name: bucket,
  };
  let program = block;
  for (const [name, value] of Object.entries(own)) {
    const line = new RegExp(`^(${name} = )'[^']*'`, 'm');
    expect(program).toMatch(line);
    program = program.replace(line, `$1${JSON.stringify(value)}`);
  }
  return program;
}

function withSignature(program: string, { signature }: Setting): string {
  if (signature === undefined) return program;
  return program.replaceAll(/signature_version='[^']*'/g, `signature_version='${signature}'`);
}

async function run(program: string, setting: Setting): Promise<string> {
  const result = await runInVenv('python', ['-'], {
    input: program,
    // As `pip install boto3` alone leaves it.
    env: { S3_ENDPOINT_URL: setting.endpoint, BOTO_DISABLE_CRT: 'true' },
  });
  expect(result.stderr).toBe('');
  expect(result.code).toBe(0);
  return result.stdout;
}

test('in CI the guide is beside the checkout', () => {
  expect(guideIsThere || !inCi).toBe(true);
});

if (!guideIsThere) {
  test.skip('the guide is not here: it is read from shared/seed beside the checkout', () => {});
}

describe.runIf(guideIsThere)('the guide', () => {
  let server: RunningServer;
  const blocks = guideIsThere ? pythonBlocks(readFileSync(guide, 'utf8')) : [];
  const [configuration = '', list = '', upload = '', uploadPublic = '', ...rest] = blocks;
  const [read = '', remove = '', makePublic = ''] = rest;

  beforeAll(async () => {
    server = await startServer();
    for (const account of [main, tenant]) {
      const client = s3Client(server.endpoint, account);
      await client.send(new CreateBucketCommand({ Bucket: bucket }));
      await put(client, bucket, readKey, `{"of": "${account.displayName}"}`);
      client.destroy();
    }
  });
  afterAll(() => server?.remove());

  test('has the seven programs that this test knows', () => {
    expect(blocks).toHaveLength(7);
    expect(list).toContain("get_paginator('list_objects_v2')");
    expect(upload).toContain("config=Config(signature_version='s3')");
    expect(uploadPublic).toContain('ACL="public-read"');
    expect(read).toContain('get_object');
    expect(remove).toContain('delete_object');
    expect(makePublic).toContain('put_object_acl');
  });

  const hosts = [
    { style: 'path style on 127.0.0.1', account: main, host: '127.0.0.1' },
    { style: 'a namespace host', account: tenant, host: `${tenant.namespace}.localhost` },
  ] as const;
  const signatures = [undefined, 's3v4', 's3'] as const;

  for (const { style, account, host } of hosts) {
    for (const signature of signatures) {
      test(`works on ${style}, with ${signature ?? 'the signature versions as written'}`, async () => {
        const setting = { account, endpoint: `http://${host}:${server.port}`, signature };
        const own = withOwnValues(configuration, setting);
        const program = (...parts: string[]) => withSignature([own, ...parts].join('\n'), setting);
        const client = s3Client(server.endpoint, account);
        /** What anybody gets who opens the public URL. */
        const open = () =>
          exchange(
            server.port,
            requestHead('GET', `/${bucket}/${key}`, { Host: `${host}:${server.port}` }),
          );

        const stored = await run(program(upload), setting);
        expect(stored).toContain("'HTTPStatusCode': 200");
        const body = await readText(client, bucket, key);
        expect(JSON.parse(body)).toMatchObject({ id: 12345, nom: 'Dupont', actif: true });
        expect(outcome(await open())).toBe('403 AccessDenied');

        expect((await run(program(list), setting)).trim().split('\n')).toEqual([readKey, key]);
        expect(await run(program(read), setting)).toContain(account.displayName);

        const url = await run(program(makePublic), setting);
        expect(url).toContain(`http://${host}:${server.port}/${bucket}/${key}`);
        const opened = await open();
        expect(opened.status).toBe(200);
        expect(opened.headers['content-type']).toBe('application/json');
        expect(opened.body.toString('utf8')).toBe(body);

        await run(program(upload), setting);
        expect(outcome(await open())).toBe('403 AccessDenied');
        await run(program(upload, uploadPublic), setting);
        expect((await open()).body.toString('utf8')).toBe(body);

        expect(await run(program(remove), setting)).toContain("'HTTPStatusCode': 204");
        expect(await codeOf(readText(client, bucket, key))).toBe('404 NoSuchKey');
        client.destroy();
      });
    }
  }

  test('a bucket of the namespace answers on a host of its own, too', async () => {
    const client = s3Client(server.endpoint, tenant);
    await put(client, bucket, 'open.txt', 'open', { ACL: 'public-read' });
    client.destroy();
    const Host = `${bucket}.${tenant.namespace}.localhost:${server.port}`;
    const response = await exchange(server.port, requestHead('GET', '/open.txt', { Host }));
    expect([response.status, response.body.toString()]).toEqual([200, 'open']);
  });
});
