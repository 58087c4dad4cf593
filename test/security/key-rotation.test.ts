/** `kist key rotate` beside a server under load: no request of anybody fails, and the old secret ends when it has to. */
import { spawnSync } from 'node:child_process';
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  GetAccessKeyLastUsedCommand,
  IAMClient,
  ListAccessKeysCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alt, main } from '../support/accounts.ts';
import { region, s3Client } from '../support/s3-client.ts';
import { command, type RunningServer, startServer, until } from '../support/start-server.ts';

const Bucket = 'rotated';
let server: RunningServer;
let iam: IAMClient;

const iamOf = ({ accessKeyId, secretAccessKey }: typeof main) =>
  new IAMClient({
    endpoint: server.endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
  });

beforeAll(async () => {
  server = await startServer({ workers: 3 });
  iam = iamOf(main);
  const owner = s3Client(server.endpoint, main);
  await owner.send(new CreateBucketCommand({ Bucket }));
  owner.destroy();
  await iam.send(new CreateUserCommand({ UserName: 'ann' }));
  await iam.send(
    new PutUserPolicyCommand({
      UserName: 'ann',
      PolicyName: 'all',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: { Effect: 'Allow', Action: 's3:*', Resource: '*' },
      }),
    }),
  );
});
afterAll(async () => {
  iam?.destroy();
  await server?.remove();
});

interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

async function newKey(): Promise<Keys> {
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'ann' }));
  return { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
}

const deleteKey = ({ accessKeyId }: Keys) =>
  iam.send(new DeleteAccessKeyCommand({ UserName: 'ann', AccessKeyId: accessKeyId }));

const run = (...args: string[]) =>
  spawnSync(process.execPath, [command, 'key', 'rotate', ...args], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, KIST_DATA_DIR: server.dataDir },
  });

function rotate(accessKeyId: string, ...more: string[]): Keys & { readonly previousUntil: number } {
  const { stdout, stderr } = run(accessKeyId, '--json', ...more);
  if (stderr !== '') throw new Error(stderr);
  return JSON.parse(stdout);
}

const clientOf = (keys: Keys) =>
  s3Client(server.endpoint, main, { credentials: keys, maxAttempts: 1 });
const write = (keys: Keys) => {
  const client = clientOf(keys);
  return outcomeOf(client.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'a' }))).finally(() =>
    client.destroy(),
  );
};
const outcomeOf = (sent: Promise<unknown>) =>
  sent.then(
    () => 'ok',
    (error: Error) => error.name,
  );

describe('kist key rotate', () => {
  test('under load: clients with the old secret go on, others begin with the new one, and none fails', async () => {
    const old = await newKey();
    const failures: string[] = [];
    const counts = { old: 0, new: 0 };
    let stopped = false;
    /** Each request on a connection of its own, so that every process is asked. */
    const work = async (keys: () => Keys) => {
      while (!stopped) {
        const used = keys();
        const client = clientOf(used);
        const Key = `k${counts.old % 7}`;
        await client.send(new PutObjectCommand({ Bucket, Key, Body: 'x' })).then(
          () => counts[used === old ? 'old' : 'new']++,
          (error: Error) => failures.push(`${used === old ? 'old' : 'new'}: ${error.name}`),
        );
        await client.send(new GetObjectCommand({ Bucket, Key })).then(
          ({ Body }) => Body!.transformToByteArray(),
          (error: Error) => failures.push(error.name),
        );
        client.destroy();
      }
    };
    let current = old;
    const workers = [
      work(() => old),
      work(() => current),
      work(() => current),
      work(() => current),
    ];
    await until(() => counts.old > 30, 'load');
    current = rotate(old.accessKeyId, '--grace', '1h');
    expect(current.secretAccessKey).not.toBe(old.secretAccessKey);
    await until(() => counts.new > 60, 'the new secret under load');
    const before = counts.old;
    await until(() => counts.old > before + 20, 'the old one beside it');
    stopped = true;
    await Promise.all(workers);
    expect(failures).toEqual([]);
    await deleteKey(old);
  });

  test('ends the old secret with the grace period, and not the new one', async () => {
    const old = await newKey();
    const renewed = rotate(old.accessKeyId, '--grace', '2s');
    expect([await write(old), await write(renewed)]).toEqual(['ok', 'ok']);
    await until(
      async () => (await write(old)) === 'SignatureDoesNotMatch',
      'the grace period is over',
    );
    expect(Date.now()).toBeGreaterThanOrEqual(renewed.previousUntil);
    expect(await write(renewed)).toBe('ok');
    await deleteKey(old);
  });

  test('without a grace period ends it at once, in every process', async () => {
    const old = await newKey();
    const renewed = rotate(old.accessKeyId, '--grace', '1h');
    const third = rotate(old.accessKeyId, '--grace', '0s');
    await until(async () => {
      const codes = await Promise.all([1, 2, 3, 4].map(() => write(old)));
      return codes.every((code) => code === 'SignatureDoesNotMatch');
    }, 'the first secret is no good');
    expect(await write(renewed)).toBe('SignatureDoesNotMatch');
    expect(await write(third)).toBe('ok');
    await deleteKey(old);
  });

  test('refuses in a line what it can not do', async () => {
    const key = await newKey();
    expect(run('AKIANONE').stderr).toBe('kist: There is no access key AKIANONE.\n');
    expect(run(main.accessKeyId).stderr).toMatch(/^kist: .* is given by the server's settings/);
    expect(run(key.accessKeyId, '--grace', 'soon').stderr).toMatch(
      /^kist: --grace soon: give it as/,
    );
    expect(run(key.accessKeyId, '--grace', '31d').stderr).toMatch(/^kist: The grace period is/);
    rotate(key.accessKeyId);
    expect(run(key.accessKeyId).stderr).toMatch(/^kist: .* has two secrets until /);
    await deleteKey(key);
  });
});

describe('GetAccessKeyLastUsed', () => {
  const lastUse = (AccessKeyId: string, by = iam) =>
    by.send(new GetAccessKeyLastUsedCommand({ AccessKeyId }));

  test('tells when, where and for what a key was used, also after a restart', async () => {
    const key = await newKey();
    const { AccessKeyLastUsed: never, UserName } = await lastUse(key.accessKeyId);
    expect({ UserName, ...never }).toEqual({ UserName: 'ann', ServiceName: 'N/A', Region: 'N/A' });
    const before = Date.now();
    expect(await write(key)).toBe('ok');
    server = await restarted(server);
    iam.destroy();
    iam = iamOf(main);
    const { AccessKeyLastUsed: used } = await lastUse(key.accessKeyId);
    expect(used).toMatchObject({ ServiceName: 's3', Region: region });
    expect(used!.LastUsedDate!.getTime()).toBeGreaterThanOrEqual(Math.floor(before / 1000) * 1000);

    // To ask is to use, of the key that asks.
    await iam.send(new ListAccessKeysCommand({ UserName: 'ann' }));
    expect(await outcomeOf(lastUse('AKIANONE'))).toMatch(/NoSuchEntity/);
    const others = iamOf(alt);
    expect(await outcomeOf(lastUse(key.accessKeyId, others))).toMatch(/NoSuchEntity/);
    others.destroy();
  });
});

async function restarted({ dataDir, stop }: RunningServer): Promise<RunningServer> {
  await stop();
  return startServer({ dataDir, workers: 3 });
}
