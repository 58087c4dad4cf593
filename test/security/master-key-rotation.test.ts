/** `kist master-key rotate` beside a running server, and killed in the middle: nothing that was sealed is lost. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient } from '@aws-sdk/client-iam';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, GetSessionTokenCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { main } from '../support/accounts.ts';
import { region, s3Client } from '../support/s3-client.ts';
import { command, type RunningServer, startServer } from '../support/start-server.ts';

const Bucket = 'sealed';
const users = 60;
let server: RunningServer;
let session: { accessKeyId: string; secretAccessKey: string; sessionToken: string };
const keys: { readonly accessKeyId: string; readonly secretAccessKey: string }[] = [];

const clientsOf = (credentials: {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}) => {
  const { endpoint } = server;
  // The client writes into what it is given.
  return { endpoint, region, credentials: { ...credentials } };
};

beforeAll(async () => {
  server = await startServer();
  const iam = new IAMClient(clientsOf(main));
  for (let at = 0; at < users; at++) {
    const UserName = `user-${at}`;
    await iam.send(new CreateUserCommand({ UserName }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
    keys.push({
      accessKeyId: AccessKey!.AccessKeyId!,
      secretAccessKey: AccessKey!.SecretAccessKey!,
    });
  }
  iam.destroy();
  const sts = new STSClient(clientsOf(main));
  const { Credentials } = await sts.send(new GetSessionTokenCommand({}));
  session = {
    accessKeyId: Credentials!.AccessKeyId!,
    secretAccessKey: Credentials!.SecretAccessKey!,
    sessionToken: Credentials!.SessionToken!,
  };
  sts.destroy();
  kist('kms-key', 'create', 'reports');
  const owner = s3Client(server.endpoint, main);
  await owner.send(new CreateBucketCommand({ Bucket }));
  for (const how of ['s3', 'kms'] as const) await put(`before-${how}`, how);
  owner.destroy();
});
afterAll(() => server?.remove());

const args = (...words: readonly string[]) => [command, ...words, '--data-dir', server.dataDir];
const env = { PATH: process.env.PATH };

function kist(...words: readonly string[]): string {
  const { stdout, stderr, status } = spawnSync(process.execPath, args(...words), {
    encoding: 'utf8',
    env,
  });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

async function put(Key: string, how: 's3' | 'kms'): Promise<void> {
  const client = s3Client(server.endpoint, main);
  const sealed =
    how === 's3'
      ? { ServerSideEncryption: 'AES256' as const }
      : { ServerSideEncryption: 'aws:kms' as const, SSEKMSKeyId: 'reports' };
  await client.send(new PutObjectCommand({ Bucket, Key, Body: Key, ...sealed }));
  client.destroy();
}

/** Every key, the session and every object: what doesn't work. */
async function broken(...objects: readonly string[]): Promise<string[]> {
  const failures: string[] = [];
  for (const credentials of [...keys, session]) {
    const sts = new STSClient({ ...clientsOf(credentials), maxAttempts: 1 });
    await sts.send(new GetCallerIdentityCommand({})).catch((error: Error) => {
      failures.push(`${credentials.accessKeyId}: ${error.name} ${error.message}`);
    });
    sts.destroy();
  }
  const owner = s3Client(server.endpoint, main, { maxAttempts: 1 });
  for (const Key of objects) {
    const text = await owner.send(new GetObjectCommand({ Bucket, Key })).then(
      ({ Body }) => Body!.transformToString(),
      (error: Error) => error.name,
    );
    if (text !== Key) failures.push(`${Key}: ${text}`);
  }
  owner.destroy();
  return failures;
}

const file = () => join(server.dataDir, 'master-key');
const lines = () => readFileSync(file(), 'utf8').trim().split('\n');
const objects = ['before-s3', 'before-kms'];

describe('kist master-key', () => {
  test('rotates beside a server, which goes on with both keys and seals with the new one', async () => {
    const [before] = lines();
    expect(kist('master-key', 'rotate')).toMatch(
      /^Sealed anew: \d+ access keys, 1 keys of the key ring\.\n$/,
    );
    expect(lines()).toHaveLength(2);
    expect(lines()[1]).toBe(before);
    expect(await broken(...objects)).toEqual([]);
    for (const how of ['s3', 'kms'] as const) await put(`after-${how}`, how);
    objects.push('after-s3', 'after-kms');
    expect(kist('master-key', 'reseal')).toMatch(
      /^Sealed anew: 0 access keys, 0 keys of the key ring\.\n$/,
    );
    await server.stop();
    server = await startServer({ dataDir: server.dataDir });
    expect(await broken(...objects)).toEqual([]);
  });

  test('killed at any moment loses nothing, and is finished by the next one', async () => {
    let cutOff = 0;
    for (const ms of [60, 120, 180, 240, 300, 360, 420, 480, 540]) {
      const child = spawn(process.execPath, args('master-key', 'rotate'), { env, stdio: 'ignore' });
      const exited = once(child, 'exit');
      await delay(ms);
      child.kill('SIGKILL');
      const [, signal] = await exited;
      if (signal === 'SIGKILL') cutOff++;
      expect(await broken(...objects)).toEqual([]);
    }
    expect(cutOff).toBeGreaterThan(2);
    kist('master-key', 'reseal');
    await server.kill();
    server = await startServer({ dataDir: server.dataDir });
    expect(await broken(...objects)).toEqual([]);
  });

  test('leaves nothing but objects that needs the keys before', async () => {
    const all = readFileSync(file(), 'utf8');
    await server.stop();
    writeFileSync(file(), `${lines()[0]}\n`);
    server = await startServer({ dataDir: server.dataDir });
    const failed = (await broken(...objects)).map((line) => line.split(':')[0]);
    // Tokens and objects of SSE-S3 were sealed by keys that are gone; keys and SSE-KMS were sealed anew.
    expect(failed).toEqual(expect.arrayContaining([session.accessKeyId, 'before-s3']));
    expect(failed.filter((name) => keys.some(({ accessKeyId }) => accessKeyId === name))).toEqual(
      [],
    );
    expect(failed).not.toContain('before-kms');
    writeFileSync(file(), all);
  });

  test('refuses a key that is in the settings, and files that are not the right ones', () => {
    const given = { ...env, KIST_MASTER_KEY: lines()[0]! };
    const fromSettings = spawnSync(process.execPath, args('master-key', 'rotate'), {
      encoding: 'utf8',
      env: given,
    });
    expect(fromSettings.stderr).toMatch(
      /^kist: The master key comes from the settings \(KIST_MASTER_KEY\)/,
    );
    const other = join(server.dataDir, 'other-key');
    writeFileSync(other, `${Buffer.alloc(32, 1).toString('base64')}\n`);
    const wrong = spawnSync(
      process.execPath,
      [...args('master-key', 'rotate'), '--master-key-file', other],
      { encoding: 'utf8', env },
    );
    expect(wrong.stderr).toContain('The master key is not the one');
    expect(readFileSync(other, 'utf8').trim().split('\n')).toHaveLength(1);
    rmSync(other);
  });
});
