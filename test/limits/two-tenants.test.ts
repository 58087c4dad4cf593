/**
 * Two tenants with the same names for everything, on a server with two workers: neither sees, fills or slows the other.
 * A trusted proxy on this machine tells where requests come from.
 */
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  ListUsersCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import {
  CreateBucketCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createNamespace,
  deleteNamespace,
  resumeNamespace,
  setNamespaceLimits,
  suspendNamespace,
} from '../../src/identity/namespaces.ts';
import { setBucketLimits } from '../../src/store/bucket-limits.ts';
import { put, readText } from '../support/objects.ts';
import { element, exchange, outcome, requestHead } from '../support/raw-http.ts';
import { codeOf, s3Client } from '../support/s3-client.ts';
import { presignedV4, type RequestToSign, signedV4 } from '../support/signed-request.ts';
import { type RunningServer, startServer, until } from '../support/start-server.ts';
import { type Beside, openBeside } from './beside.ts';

const Bucket = 'photos';
const Key = 'holiday';

interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

interface Tenant {
  readonly name: string;
  /** The account's own. */
  readonly keys: Keys;
  readonly client: S3Client;
  /** Of its user ann. */
  readonly ann: Keys;
}

let server: RunningServer;
let beside: Beside;
let acme: Tenant;
let beta: Tenant;

async function makeTenant(name: string): Promise<Tenant> {
  const { accessKeyId, secretAccessKey } = await createNamespace(beside, { name });
  const keys = { accessKeyId, secretAccessKey };
  const client = s3Client(server.endpoint, keys);
  await client.send(new CreateBucketCommand({ Bucket }));
  await put(client, Bucket, Key, `of ${name}`);
  const iam = new IAMClient({ endpoint: server.endpoint, region: 'us-east-1', credentials: keys });
  const UserName = 'ann';
  await iam.send(new CreateUserCommand({ UserName }));
  const statement = { Effect: 'Allow', Action: 's3:*', Resource: '*' };
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statement });
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'all', PolicyDocument }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  iam.destroy();
  const ann = {
    accessKeyId: AccessKey!.AccessKeyId!,
    secretAccessKey: AccessKey!.SecretAccessKey!,
  };
  return { name, keys, client, ann };
}

beforeAll(async () => {
  server = await startServer({ workers: 2, flags: ['--trusted-proxies', '127.0.0.1'] });
  beside = await openBeside(server.dataDir);
  acme = await makeTenant('acme');
  beta = await makeTenant('beta');
});
afterAll(async () => {
  for (const { client } of [acme, beta]) client.destroy();
  await beside[Symbol.asyncDispose]();
  await server.remove();
});

const hostOf = ({ name }: Tenant) => `${name}.localhost`;
const ask = (request: RequestToSign) => exchange(server.port, signedV4(request).bytes);
const outcomeOf = async (request: RequestToSign) => outcome(await ask(request));
const path = `/${Bucket}/${Key}`;

describe('the same names in two namespaces', () => {
  test('are two buckets, two objects and two users', async () => {
    for (const { name, keys, client, ann } of [acme, beta]) {
      expect(await readText(client, Bucket, Key)).toBe(`of ${name}`);
      const { Buckets = [] } = await client.send(new ListBucketsCommand({}));
      expect(Buckets.map((one) => one.Name)).toEqual([Bucket]);
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }));
      expect(Contents.map((one) => one.Key)).toEqual([Key]);
      const answer = await ask({ method: 'GET', path, account: ann });
      expect(answer.body.toString()).toBe(`of ${name}`);
      const iam = new IAMClient({
        endpoint: server.endpoint,
        region: 'us-east-1',
        credentials: keys,
      });
      const { Users = [] } = await iam.send(new ListUsersCommand({}));
      expect(Users.map(({ UserName }) => UserName)).toEqual(['ann']);
      iam.destroy();
    }
  });

  test.each(['keys', 'ann'] as const)('are not for the other’s %s, by host name', async (whose) => {
    const account = acme[whose];
    const host = hostOf(beta);
    const requests: RequestToSign[] = [
      { method: 'GET', path },
      { method: 'PUT', path, body: 'x' },
      { method: 'DELETE', path },
      { method: 'GET', path: `/${Bucket}`, query: 'list-type=2' },
      { method: 'GET', path: '/' },
      { method: 'PUT', path: '/new-bucket' },
      { method: 'GET', path: `/${Bucket}/nothing` },
      { method: 'PUT', path: `/${Bucket}/copy`, headers: { 'x-amz-copy-source': path } },
    ];
    for (const request of requests) {
      const answered = await outcomeOf({ ...request, account, host });
      expect(answered, `${request.method} ${request.path}`).toBe('403 AccessDenied');
    }
    expect(await readText(beta.client, Bucket, Key)).toBe('of beta');
  });

  test('are not reached by an anonymous visitor, there or not', async () => {
    for (const host of [hostOf(acme), hostOf(beta)]) {
      for (const target of [path, `/${Bucket}/nothing`, `/${Bucket}`]) {
        const answer = await exchange(server.port, requestHead('GET', target, { host }));
        expect(outcome(answer)).toBe('403 AccessDenied');
      }
    }
  });
});

describe('a tenant', () => {
  test('that fills its quota leaves the other’s room alone', async () => {
    await beside.store.quotas.set({ namespace: 'acme' }, { maxBytes: 1000, maxObjects: 3 });
    await put(acme.client, Bucket, 'full', 'x'.repeat(1000 - 'of acme'.length));
    expect(await codeOf(put(acme.client, Bucket, 'more', 'x'))).toBe('403 QuotaExceeded');
    const Other = 'another';
    await acme.client.send(new CreateBucketCommand({ Bucket: Other }));
    expect(await codeOf(put(acme.client, Other, 'more', 'x'))).toBe('403 QuotaExceeded');
    const byAnn = { method: 'PUT', path: `/${Other}/more`, body: 'x', account: acme.ann };
    expect(await outcomeOf(byAnn)).toBe('403 QuotaExceeded');
    await put(beta.client, Bucket, 'more', 'x'.repeat(5000));
    await beside.store.quotas.set({ namespace: 'acme' }, undefined);
    await put(acme.client, Other, 'more', 'x');
  });

  test('that uses up its rate slows nobody else, and is not slowed by who may not', async () => {
    const few = { requestsPerSecond: 0.001 };
    await setNamespaceLimits(beside, 'acme', { rate: few });
    const read = { method: 'GET', path } as const;
    const isSlow = async () =>
      (await outcomeOf({ ...read, account: acme.keys })) === '503 SlowDown' &&
      (await outcomeOf({ ...read, account: acme.ann })) === '503 SlowDown';
    await until(isSlow, 'every worker slows the namespace down');
    for (let i = 0; i < 10; i++) {
      expect(await outcomeOf({ ...read, account: beta.keys })).toBe('200');
    }
    await setNamespaceLimits(beside, 'acme', { rate: undefined });
    const isFast = async () => {
      const all = Array.from({ length: 8 }, () => outcomeOf({ ...read, account: acme.keys }));
      return (await Promise.all(all)).every((one) => one === '200');
    };
    await until(isFast, 'every worker lets it go');

    await setBucketLimits(beside.store.buckets, await beside.bucket('beta', Bucket), { rate: few });
    const hammered = Array.from({ length: 10 }, () =>
      outcomeOf({ ...read, account: acme.keys, host: hostOf(beta) }),
    );
    expect(new Set(await Promise.all(hammered))).toEqual(new Set(['403 AccessDenied']));
    expect(await outcomeOf({ ...read, account: beta.keys })).toBe('200');
    expect(await outcomeOf({ ...read, account: beta.keys })).toBe('503 SlowDown');
    await setBucketLimits(beside.store.buckets, await beside.bucket('beta', Bucket), {
      rate: undefined,
    });
  });

  test('that is suspended is closed for everybody, and the other is not', async () => {
    await acme.client.send(
      new PutObjectCommand({ Bucket, Key: 'open', Body: 'x', ACL: 'public-read' }),
    );
    const visit = async () => {
      const head = requestHead('GET', `/${Bucket}/open`, { host: hostOf(acme) });
      return outcome(await exchange(server.port, head));
    };
    const read = { method: 'GET', path } as const;
    expect(await visit()).toBe('200');
    await suspendNamespace(beside, 'acme');
    const isClosed = async () => {
      const visits = await Promise.all(Array.from({ length: 8 }, visit));
      return visits.every((one) => one === '403 AllAccessDisabled');
    };
    await until(isClosed, 'no worker lets visitors in');
    for (const account of [acme.keys, acme.ann]) {
      expect(await outcomeOf({ ...read, account })).toBe('403 AccountProblem');
    }
    expect(await outcomeOf({ ...read, account: beta.keys })).toBe('200');
    await expect(deleteNamespace(beside, 'acme')).rejects.toThrow('still users');
    await resumeNamespace(beside, 'acme');
    const isOpen = async () => {
      const keys = Array.from({ length: 8 }, () => outcomeOf({ ...read, account: acme.keys }));
      const all = await Promise.all([visit(), ...keys]);
      return all.every((one) => one === '200');
    };
    await until(isOpen, 'everybody is let in again');
  });
});

describe('a list of addresses', () => {
  const home = '192.0.2.7';
  const abroad = '198.51.100.7';
  const from = (address: string) => ({ headers: { 'X-Forwarded-For': address } });
  const read = { method: 'GET', path } as const;

  test('of a bucket holds for presigned URLs and copies from it, too', async () => {
    const bucket = await beside.bucket('acme', Bucket);
    await setBucketLimits(beside.store.buckets, bucket, { addresses: ['192.0.2.0/24'] });
    const account = acme.keys;
    expect(await outcomeOf({ ...read, account, ...from(home) })).toBe('200');
    expect(await outcomeOf({ ...read, account, ...from(abroad) })).toBe('403 AccessDenied');
    const url = presignedV4({ ...read, account, host: 'localhost', expiresSeconds: 60 });
    const presigned = async (address: string) => {
      const headers = { host: 'localhost', 'X-Forwarded-For': address };
      return outcome(await exchange(server.port, requestHead('GET', url, headers)));
    };
    expect(await presigned(home)).toBe('200');
    expect(await presigned(`${home}, ${abroad}`)).toBe('403 AccessDenied');
    const copyFrom = (address: string) =>
      outcomeOf({
        method: 'PUT',
        path: '/another/copied',
        account,
        headers: { 'x-amz-copy-source': path, ...from(address).headers },
      });
    expect(await copyFrom(abroad)).toBe('403 AccessDenied');
    expect(await copyFrom(home)).toBe('200');
    await setBucketLimits(beside.store.buckets, bucket, { addresses: undefined });
  });

  test('of a namespace holds for IAM, too, and for no other namespace', async () => {
    const listUsers = (account: Keys, address: string) => {
      const body = 'Action=ListUsers&Version=2010-05-08';
      return ask({
        method: 'POST',
        path: '/',
        body,
        account,
        service: 'iam',
        headers: {
          'Content-Type': 'application/x-www-form-urlencoded',
          'X-Forwarded-For': address,
        },
      });
    };
    expect((await listUsers(beta.keys, abroad)).status).toBe(200);
    await setNamespaceLimits(beside, 'beta', { addresses: ['192.0.2.0/24'] });
    const isClosed = async () => {
      const all = Array.from({ length: 8 }, () => listUsers(beta.keys, abroad));
      return (await Promise.all(all)).every(({ status }) => status === 403);
    };
    await until(isClosed, 'no worker lets it in');
    expect(element(await listUsers(beta.keys, abroad), 'Code')).toBe('AccessDenied');
    expect((await listUsers(beta.keys, home)).status).toBe(200);
    expect((await listUsers(acme.keys, abroad)).status).toBe(200);
    expect(await outcomeOf({ ...read, account: beta.keys, ...from(abroad) })).toBe(
      '403 AccessDenied',
    );
    expect(await outcomeOf({ ...read, account: beta.keys, ...from(home) })).toBe('200');
    // Its keys are bound by it wherever they go.
    const host = hostOf(acme);
    const elsewhere = { method: 'GET', path: `/${Bucket}/open`, host, account: beta.keys };
    expect(await outcomeOf({ ...elsewhere, ...from(abroad) })).toBe('403 AccessDenied');
    expect(await outcomeOf({ ...elsewhere, ...from(home) })).toBe('200');
  });
});
