/** The audit log of a server with several processes: what it tells, to whom, what it never tells, and a full disk. */
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  ListUsersCommand,
} from '@aws-sdk/client-iam';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alt, main, testAccounts } from '../support/accounts.ts';
import { exchange, outcome } from '../support/raw-http.ts';
import { codeOf, region, s3Client } from '../support/s3-client.ts';
import { presignedV4, signedV4 } from '../support/signed-request.ts';
import { consolePage, type RunningServer, startServer, until } from '../support/start-server.ts';

const Bucket = 'audited';
const customerKey = Buffer.alloc(32, 'k').toString('base64');
const token = 'webhook-token-000000000000000000';

interface Line {
  readonly time: string;
  readonly requestId?: string;
  readonly who: { readonly accessKeyId?: string; readonly arn?: string; readonly command?: string };
  readonly from?: string;
  readonly service: string;
  readonly action: string;
  readonly resource?: string;
  readonly parameters?: Readonly<Record<string, string | number>>;
  readonly outcome: string;
  readonly code?: string;
  readonly reason?: string;
}

const directory = mkdtempSync(join(tmpdir(), 'kist-audit-'));
const path = join(directory, 'audit.jsonl');
const posted: string[] = [];
let refusals = 2;
let hook: Server;
let server: RunningServer;
let owner: S3Client;
let other: S3Client;
let iam: IAMClient;

beforeAll(async () => {
  hook = createServer(async (request, response) => {
    const body = await text(request);
    const isOurs = request.headers.authorization === `Bearer ${token}`;
    // The first are refused, and have to come again.
    if (!isOurs || refusals-- > 0) response.writeHead(503).end();
    else {
      posted.push(body);
      response.writeHead(204).end();
    }
  }).listen(0, '127.0.0.1');
  await once(hook, 'listening');
  const { port } = hook.address() as AddressInfo;
  server = await startServer({
    flags: [
      '--audit-log',
      path,
      '--lifecycle-day-seconds',
      '1',
      '--access-log',
      'all',
      '--log-level',
      'debug',
    ],
    env: { KIST_AUDIT_WEBHOOK: `http://127.0.0.1:${port}/in`, KIST_AUDIT_WEBHOOK_TOKEN: token },
  });
  owner = s3Client(server.endpoint, main);
  other = s3Client(server.endpoint, alt);
  const { accessKeyId, secretAccessKey } = main;
  iam = new IAMClient({
    endpoint: server.endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
  });
});
afterAll(async () => {
  for (const client of [owner, other, iam]) client?.destroy();
  await server?.remove();
  hook?.close();
  rmSync(directory, { recursive: true, force: true });
});

const linesOf = (written: string): Line[] =>
  written
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
const lines = () => (existsSync(path) ? linesOf(readFileSync(path, 'utf8')) : []);

async function told(met: (line: Line) => boolean, what: string): Promise<Line> {
  await until(() => lines().some(met), what);
  return lines().find(met)!;
}

const secrets = new Set(testAccounts.map(({ secretAccessKey }) => secretAccessKey));

describe('the audit log', () => {
  test('tells changes with their parameters, and reads and writes of objects not at all', async () => {
    await owner.send(new CreateBucketCommand({ Bucket }));
    await owner.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'a' }));
    await owner.send(new GetObjectCommand({ Bucket, Key: 'a' }));
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: {
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:PutObject',
        Resource: `arn:aws:s3:::${Bucket}/x`,
      },
    });
    const { $metadata } = await owner.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    const line = await told(({ action }) => action === 'PutBucketPolicy', 'the policy');
    expect(line).toMatchObject({
      requestId: $metadata.requestId,
      who: { accessKeyId: main.accessKeyId, account: main.accountId, namespace: 'default' },
      from: '127.0.0.1',
      service: 's3',
      resource: `arn:aws:s3:::${Bucket}`,
      namespace: 'default',
      parameters: { Policy },
      outcome: 'done',
      status: 204,
    });
    expect(line.who.arn).toMatch(/^arn:aws:iam::\d{12}:root$/);
    await told(({ action }) => action === 'CreateBucket', 'the bucket');
    expect(lines().filter(({ action }) => /^(Get|Put)Object$/.test(action))).toEqual([]);
  });

  test('tells what is deleted', async () => {
    for (const Key of ['b', 'c']) await owner.send(new PutObjectCommand({ Bucket, Key, Body: '' }));
    await owner.send(new DeleteObjectCommand({ Bucket, Key: 'a' }));
    const Delete = { Objects: [{ Key: 'b' }, { Key: 'c' }] };
    await owner.send(new DeleteObjectsCommand({ Bucket, Delete }));
    const one = await told(({ action }) => action === 'DeleteObject', 'a delete');
    expect(one).toMatchObject({ resource: `arn:aws:s3:::${Bucket}/a`, outcome: 'done' });
    const several = await told(({ action }) => action === 'DeleteObjects', 'deletes');
    expect(several.parameters).toMatchObject({ DeletedKeys: 2 });
    expect(several.parameters?.Delete).toContain('"Key":"c"');
  });

  test('tells what is denied, and why, whoever asks', async () => {
    expect(await codeOf(other.send(new GetObjectCommand({ Bucket, Key: 'b' })))).toBe(
      '403 AccessDenied',
    );
    const denied = await told(({ action }) => action === 'GetObject', 'a denial');
    expect(denied).toMatchObject({
      who: { accessKeyId: alt.accessKeyId },
      outcome: 'denied',
      code: 'AccessDenied',
    });
    expect(denied.reason).toMatch(/s3:ListBucket|READ/);

    const account = { accessKeyId: main.accessKeyId, secretAccessKey: 'a guess' };
    const guess = signedV4({ method: 'GET', path: `/${Bucket}/a`, account });
    expect(outcome(await exchange(server.port, guess.bytes))).toBe('403 SignatureDoesNotMatch');
    const forged = await told(({ code }) => code === 'SignatureDoesNotMatch', 'a forgery');
    // Whom it claims to be, and nothing that would say it is.
    expect(forged.who).toEqual({ accessKeyId: main.accessKeyId });
    expect(forged.reason).toMatch(/secret access key is another one$/);

    const anonymous = await exchange(server.port, `GET /${Bucket} HTTP/1.1\r\nHost: x\r\n\r\n`);
    expect(outcome(anonymous)).toBe('403 AccessDenied');
    expect(
      (
        await told(
          ({ who, outcome }) => outcome === 'denied' && Object.keys(who).length === 0,
          'nobody',
        )
      ).resource,
    ).toBe(`arn:aws:s3:::${Bucket}`);
  });

  test('tells changes of identities, by whom and of whom, and no reads of them', async () => {
    await iam.send(new CreateUserCommand({ UserName: 'ann' }));
    await iam.send(
      new AttachUserPolicyCommand({
        UserName: 'ann',
        PolicyArn: 'arn:aws:iam::aws:policy/read_only',
      }),
    );
    await iam.send(new ListUsersCommand({}));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'ann' }));
    secrets.add(AccessKey!.SecretAccessKey!);
    const made = await told(({ action }) => action === 'CreateAccessKey', 'the key');
    expect(made).toMatchObject({
      service: 'iam',
      who: { accessKeyId: main.accessKeyId },
      parameters: { UserName: 'ann', AccessKeyId: AccessKey!.AccessKeyId! },
      outcome: 'done',
    });
    const policy = await told(({ action }) => action === 'AttachUserPolicy', 'the policy');
    expect(policy.parameters).toMatchObject({ UserName: 'ann' });
    expect(lines().filter(({ action }) => action === 'ListUsers')).toEqual([]);
  });

  test('tells what a lifecycle took away, in numbers', async () => {
    await owner.send(new PutObjectCommand({ Bucket, Key: 'old/a', Body: '' }));
    const Rules = [
      { ID: 'r', Status: 'Enabled' as const, Filter: { Prefix: 'old/' }, Expiration: { Days: 1 } },
    ];
    await owner.send(
      new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } }),
    );
    const swept = await told(({ action }) => action === 'lifecycle', 'a sweep');
    expect(swept).toMatchObject({
      service: 'kist',
      who: { command: 'lifecycle' },
      resource: `arn:aws:s3:::${Bucket}`,
      parameters: { expire: 1 },
    });
  });

  test('reaches the webhook too, though it refused at first', async () => {
    const has = (name: string) => linesOf(posted.join('')).some(({ action }) => action === name);
    await until(
      () => has('lifecycle') && has('CreateBucket') && has('CreateAccessKey'),
      'it is posted',
    );
    const { body } = await consolePage(server.consolePort, '/metrics');
    expect(body).toMatch(/kist_audit_records_total\{target="webhook",result="delivered"\} [1-9]/);
    expect(body).toContain('kist_audit_records_total{target="webhook",result="dropped"} 0');
  });

  test('goes on in a new file where the old one was moved away', async () => {
    renameSync(path, `${path}.moved`);
    await owner.send(new DeleteObjectCommand({ Bucket, Key: 'after' }));
    await told(({ resource }) => resource === `arn:aws:s3:::${Bucket}/after`, 'the new file');
    process.kill(server.pid, 'SIGHUP');
    await until(() => server.log().includes('reloaded'), 'a reload');
    await owner.send(new DeleteObjectCommand({ Bucket, Key: 'reloaded' }));
    await told(
      ({ resource }) => resource === `arn:aws:s3:::${Bucket}/reloaded`,
      'after the reload',
    );
  });

  test('holds no secret, nor does any other output, whatever was sent', async () => {
    const put = {
      Bucket,
      Key: 'sealed',
      SSECustomerAlgorithm: 'AES256',
      SSECustomerKey: customerKey,
    };
    await owner.send(new PutObjectCommand({ ...put, Body: 'x' }));
    await codeOf(other.send(new GetObjectCommand(put)));
    const url = presignedV4({ method: 'DELETE', path: `/${Bucket}/b`, expiresSeconds: 60 });
    secrets.add(new URLSearchParams(url.split('?')[1]).get('X-Amz-Signature')!);
    await exchange(server.port, `DELETE ${url} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    const signed = signedV4({ method: 'DELETE', path: `/${Bucket}/signed`, account: alt });
    secrets.add(/Signature=([0-9a-f]+)/.exec(signed.headers.authorization!)![1]!);
    expect(outcome(await exchange(server.port, signed.bytes))).toBe('403 AccessDenied');
    await told(({ resource }) => resource === `arn:aws:s3:::${Bucket}/signed`, 'the last one');

    for (const secret of ['rootSecretKey000000000000000000000000000', customerKey, token])
      secrets.add(secret);
    const masterKey = readFileSync(join(server.dataDir, 'master-key'), 'utf8').trim();
    const all = [
      server.log(),
      readFileSync(path, 'utf8'),
      readFileSync(`${path}.moved`, 'utf8'),
      posted.join(''),
    ];
    for (const secret of [...secrets, masterKey]) {
      for (const output of all) expect(output).not.toContain(secret);
    }
    expect(secrets.size).toBeGreaterThan(7);
  });
});

describe('on a full disk', () => {
  const link = join(directory, 'link.jsonl');

  test('changes go on where the log is not required, and lines come when there is room again', async () => {
    symlinkSync('/dev/full', link);
    const full = await startServer({ workers: 1, flags: ['--audit-log', link] });
    const client = s3Client(full.endpoint, main);
    try {
      await client.send(new CreateBucketCommand({ Bucket: 'made-meanwhile' }));
      await until(() => full.log().includes('audit log not written'), 'the log says so');
      rmSync(link);
      await until(() => {
        try {
          return linesOf(readFileSync(link, 'utf8')).some(
            ({ action }) => action === 'CreateBucket',
          );
        } catch {
          return false;
        }
      }, 'the line is there');
    } finally {
      client.destroy();
      await full.remove();
      rmSync(link, { force: true });
    }
  });

  test('changes are refused where it is required, until it can be written; reads and writes are not', async () => {
    symlinkSync('/dev/full', link);
    const full = await startServer({
      workers: 1,
      flags: ['--audit-log', link, '--audit-required'],
    });
    const client = s3Client(full.endpoint, main, { maxAttempts: 1 });
    try {
      await client.send(new CreateBucketCommand({ Bucket: 'first' }));
      await until(() => full.log().includes('audit log not written'), 'the log says so');
      expect(await codeOf(client.send(new CreateBucketCommand({ Bucket: 'second' })))).toBe(
        '503 ServiceUnavailable',
      );
      await client.send(new PutObjectCommand({ Bucket: 'first', Key: 'a', Body: 'a' }));
      await client.send(new GetObjectCommand({ Bucket: 'first', Key: 'a' }));
      rmSync(link);
      await until(
        () =>
          client.send(new CreateBucketCommand({ Bucket: 'second' })).then(
            () => true,
            () => false,
          ),
        'it can be written',
      );
      // As many failed as were tried until then: the last line is the one of what was done.
      const lines = () =>
        linesOf(readFileSync(link, 'utf8')).map(({ action, outcome }) => `${action} ${outcome}`);
      const isWhole = () => lines().length >= 3 && lines().at(-1) === 'CreateBucket done';
      await until(isWhole, 'its lines');
      const told = lines();
      // The one that found the disk full, the refused ones, and the one after.
      expect(told[0]).toBe('CreateBucket done');
      expect(told).toContain('CreateBucket failed');
    } finally {
      client.destroy();
      await full.remove();
    }
  });
});
