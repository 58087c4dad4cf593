/** The keys of SSE-KMS, managed by the `kist` command beside a server that uses them. */
import { execFileSync } from 'node:child_process';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { main } from '../support/accounts.ts';
import { codeOf, s3Client } from '../support/s3-client.ts';
import { command, type RunningServer, startServer } from '../support/start-server.ts';

const Bucket = 'sealed';
let server: RunningServer;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.remove());

function kmsKey(...args: readonly string[]): string {
  return execFileSync(process.execPath, [command, 'kms-key', ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, KIST_DATA_DIR: server.dataDir },
  });
}

function failureOf(...args: readonly string[]): string {
  try {
    return kmsKey(...args);
  } catch (error) {
    return (error as { readonly stderr: string }).stderr;
  }
}

test('keys are made, used, rotated, disabled and enabled while the server runs', async () => {
  const client = s3Client(server.endpoint, main);
  await client.send(new CreateBucketCommand({ Bucket }));
  const put = (Key: string) =>
    client.send(
      new PutObjectCommand({
        Bucket,
        Key,
        Body: Key,
        ServerSideEncryption: 'aws:kms',
        SSEKMSKeyId: 'reports',
      }),
    );
  const read = async (Key: string) => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
    return Body!.transformToString();
  };

  expect(await codeOf(put('early'))).toBe('400 KMS.NotFoundException');
  expect(kmsKey('create', 'reports')).toBe('Made key reports.\n');
  await put('before');
  expect(kmsKey('rotate', 'reports')).toBe('Rotated key reports.\n');
  await put('after');
  expect([await read('before'), await read('after')]).toEqual(['before', 'after']);

  kmsKey('disable', 'reports');
  expect(kmsKey('list')).toMatch(/^ID .*\nreports +Disabled +2 /);
  expect(await codeOf(put('late'))).toBe('400 KMS.DisabledException');
  expect(await codeOf(read('before'))).toBe('400 KMS.DisabledException');
  kmsKey('enable', 'reports');
  expect(await read('before')).toBe('before');
  client.destroy();
});

test('mistakes are told in a line', () => {
  expect(failureOf('rotate', 'nothing')).toBe(
    'kist: There is no key nothing; "kist kms-key list" shows those there are.\n',
  );
  kmsKey('create', 'twice');
  expect(failureOf('create', 'twice')).toMatch(/^kist: There is a key twice already/);
  expect(failureOf('create', 'no spaces')).toMatch(/^kist: The id must be/);
  expect(failureOf('list', '--data-dir', `${server.dataDir}/none`)).toMatch(
    /^kist: .*none is not a data directory yet/,
  );
});
