/** The admin API of a real server, asked by its own client: what it tells, what it changes, and for whom. */
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { limitRoutes } from '../../src/admin/limit-routes.ts';
import { routeNames } from '../../src/admin/routes.ts';
import { alt, main, tenant } from '../support/accounts.ts';
import { codeOf, s3Client } from '../support/s3-client.ts';
import { type RunningServer, startServer, until } from '../support/start-server.ts';
import { adminClient, type Keys, root, seen } from './checked-client.ts';

let server: RunningServer;

beforeAll(async () => {
  server = await startServer({ env: { KIST_LOG_LEVEL: 'warn' } });
});
afterAll(() => server?.remove());

const as = (keys: Keys) => adminClient(server.consolePort, keys);
const allow = (Action: string | readonly string[], Resource = '*') =>
  JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action, Resource } });

/** A user of `main` who is allowed this. */
async function user(name: string, ...statements: string[]): Promise<Keys> {
  const { call } = as(main);
  await call('callIam', { action: 'CreateUser', UserName: name });
  for (const [place, PolicyDocument] of statements.entries()) {
    await call('callIam', {
      action: 'PutUserPolicy',
      UserName: name,
      PolicyName: `p${place}`,
      PolicyDocument,
    });
  }
  const made = (await call('callIam', { action: 'CreateAccessKey', UserName: name })) as {
    readonly AccessKey: { readonly AccessKeyId: string; readonly SecretAccessKey: string };
  };
  const { AccessKeyId, SecretAccessKey } = made.AccessKey;
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey };
}

describe('the server', () => {
  test('tells its root how it is: version, processes, readiness, disk', async () => {
    const status = await as(root).call('getServerStatus', {});
    expect(status.ready).toBe(true);
    expect(status.processes.map(({ name }) => name).sort()).toEqual([
      'jobs',
      'supervisor',
      'worker-0',
      'worker-1',
    ]);
    expect(status.processes[0]!.pid).toBe(server.pid);
    expect(status.disk!.freeBytes).toBeGreaterThan(0);
    expect(status.disk!.directory).toBe(server.dataDir);
  });

  test('sums up its metrics', async () => {
    const bucket = 'for-metrics';
    await s3Client(server.endpoint, main).send(new CreateBucketCommand({ Bucket: bucket }));
    const metrics = await as(root).call('getServerMetrics', {});
    const created = metrics.requests.byOperation.find((one) => one.operation === 'CreateBucket');
    expect(created!.total).toBeGreaterThan(0);
    expect(metrics.requests.total).toBeGreaterThanOrEqual(created!.total);
    expect(metrics.processes.map(({ name }) => name)).toContain('worker-1');
  });

  test('shows its settings with their sources, and no secret', async () => {
    const { settings } = await as(root).call('getServerConfiguration', {});
    const of = (name: string) => settings.find((one) => one.name === name)!;
    expect(of('dataDir')).toEqual({
      name: 'dataDir',
      group: 'Storage',
      value: server.dataDir,
      secret: false,
      source: { kind: 'flag', flag: '--data-dir' },
      reload: false,
    });
    expect(of('logLevel').source).toEqual({ kind: 'environment', variable: 'KIST_LOG_LEVEL' });
    expect(of('garbageGraceSeconds')).toMatchObject({ source: { kind: 'default' }, reload: true });
    expect(of('rootSecretAccessKey')).not.toHaveProperty('value');
    expect(of('accounts')).not.toHaveProperty('value');
    expect(JSON.stringify(settings)).not.toContain(root.secretAccessKey);
    expect(JSON.stringify(settings)).not.toContain(main.secretAccessKey);
  });

  test('lists its jobs, and runs one when it is told to', async () => {
    const { call, refused } = as(root);
    const stateOf = async (name: string) =>
      (await call('listJobs', {})).items.find((job) => job.name === name);
    const [first] = (await call('listJobs', {})).items;
    const before = (await stateOf(first!.name))!.lastRun?.startedAt ?? '';
    await call('runJob', { job: first!.name });
    await until(async () => {
      const { lastRun } = (await stateOf(first!.name))!;
      return lastRun !== undefined && lastRun.startedAt > before;
    }, 'the job has run');
    expect(await refused('runJob', { job: 'nothing' })).toBe('404 NotFound');
  });

  test.each(['getServerStatus', 'getServerMetrics', 'getServerConfiguration', 'listJobs'] as const)(
    'keeps %s from other accounts',
    async (name) => {
      expect(await as(main).refused(name, {})).toBe('403 AccessDenied');
      const everything = await user(`all-${name}`, allow('*'));
      expect(await as(everything).refused(name, {})).toBe('403 AccessDenied');
    },
  );

  test('is not reloaded by others, and reloads for its root as at SIGHUP', async () => {
    expect(await as(main).refused('reloadServer', {})).toBe('403 AccessDenied');
    const { call } = as(root);
    const pids = async () =>
      (await call('getServerStatus', {})).processes.map(({ pid }) => pid).sort();
    const before = await pids();
    await call('reloadServer', {});
    await until(async () => {
      const { lastReload } = await call('getServerStatus', {}).catch(() => ({
        lastReload: undefined,
      }));
      return lastReload?.done === true;
    }, 'the reload is over');
    const isReplaced = async () =>
      (await pids()).filter((pid) => before.includes(pid)).join() === String(server.pid);
    await until(isReplaced, 'the processes before are gone');
  });
});

describe('tenants', () => {
  test('are made, shown and deleted by the root of the server', async () => {
    const { call, refused } = as(root);
    expect(await call('createNamespace', { name: 'acme', displayName: 'Acme' })).toMatchObject({
      name: 'acme',
      displayName: 'Acme',
      accounts: 1,
    });
    expect(await refused('createNamespace', { name: 'acme' })).toBe('409 Conflict');
    expect(await refused('createNamespace', { name: 'Acme' })).toBe('400 InvalidRequest');
    const made = await call('createAccount', { namespace: 'acme', displayName: 'A. Cme' });
    const keys = made.accessKey;
    const shown = await call('getAccount', { account: made.accountId });
    expect(shown).toMatchObject({ namespace: 'acme', accessKeys: 1, users: 0 });
    expect(JSON.stringify(shown)).not.toContain(keys.secretAccessKey);
    expect(await refused('deleteNamespace', { namespace: 'acme' })).toBe('409 Conflict');

    // The account is good at once, in all processes within a second.
    const bucket = 'for-acme';
    await until(
      () =>
        as(keys)
          .call('createBucket', { name: bucket })
          .then(
            () => true,
            () => false,
          ),
      'the new key is good',
    );
    const s3 = s3Client(server.endpoint, { ...main, ...keys });
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'a', Body: '12345' }));
    const namespace = await as(keys).call('getNamespace', { namespace: 'acme' });
    expect(namespace).toMatchObject({ buckets: 1, usage: { objects: 1, bytes: 5 } });
    expect(await refused('deleteAccount', { account: made.accountId })).toBe('409 Conflict');
    expect(await as(keys).refused('deleteBucket', { bucket })).toBe('409 BucketNotEmpty');
    await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'a' }));
    await as(keys).call('deleteBucket', { bucket });
    await call('deleteAccount', { account: made.accountId });
    expect(await as(keys).refused('whoAmI', {})).toBe('403 InvalidAccessKeyId');
    await call('deleteNamespace', { namespace: 'acme' });
    expect(await refused('getNamespace', { namespace: 'acme' })).toBe('404 NotFound');
  });

  test('that settings give are not deleted', async () => {
    expect(await as(root).refused('deleteAccount', { account: main.accountId })).toBe(
      '409 Conflict',
    );
    expect(await as(root).refused('deleteNamespace', { namespace: 'default' })).toBe(
      '400 InvalidRequest',
    );
  });

  test('are listed in pages', async () => {
    const { call } = as(root);
    const ids: string[] = [];
    let after: string | undefined;
    do {
      const page = await call('listAccounts', { limit: 2, after });
      ids.push(...page.items.map(({ accountId }) => accountId));
      after = page.next;
    } while (after !== undefined);
    expect(ids).toEqual([...ids].sort());
    expect(ids).toEqual(expect.arrayContaining([main.accountId, alt.accountId, tenant.accountId]));
    expect((await call('listNamespaces', {})).items.map(({ name }) => name)).toEqual([
      'default',
      'tenantx',
    ]);
  });

  test('see themselves, and nothing of each other', async () => {
    const { call, refused } = as(tenant);
    expect((await call('listNamespaces', {})).items.map(({ name }) => name)).toEqual(['tenantx']);
    const { items } = await call('listAccounts', {});
    expect(items.map(({ accountId }) => accountId)).toEqual([tenant.accountId]);
    await call('getNamespace', { namespace: 'tenantx' });
    await call('getAccount', { account: tenant.accountId });
    for (const [name, input] of [
      ['getNamespace', { namespace: 'default' }],
      ['getNamespace', { namespace: 'nothing' }],
      ['getAccount', { account: main.accountId }],
      ['getAccount', { account: 'nothing' }],
      ['createNamespace', { name: 'mine' }],
      ['deleteNamespace', { namespace: 'tenantx' }],
      ['createAccount', { namespace: 'tenantx', displayName: 'more' }],
      ['deleteAccount', { account: tenant.accountId }],
      ['listBuckets', { namespace: 'default', owner: main.accountId }],
      ['getBucket', { bucket: 'for-metrics', namespace: 'default' }],
      ['getBucket', { bucket: 'nothing', namespace: 'default' }],
      ['createBucket', { name: 'theirs', owner: main.accountId }],
      ['callIamForAccount', { account: main.accountId, action: 'ListUsers' }],
    ] as const) {
      expect([name, input, await refused(name, input)]).toEqual([name, input, '403 AccessDenied']);
    }
    expect((await call('listBuckets', { namespace: 'default' })).items).toEqual([]);
  });
});

describe('a bucket', () => {
  test('is made, shown with what it holds and how it is, listed and deleted', async () => {
    const { call, refused } = as(main);
    const made = await call('createBucket', { name: 'shown', objectLock: true });
    expect(made).toMatchObject({ owner: main.accountId, objectLock: true, versioning: 'Enabled' });
    expect(await refused('createBucket', { name: 'shown' })).toBe('409 Conflict');
    expect(await refused('createBucket', { name: 'No' })).toBe('400 InvalidBucketName');
    const s3 = s3Client(server.endpoint, main);
    for (const [Key, Body] of [
      ['a', '1'],
      ['a', '22'],
      ['b', '333'],
    ] as const) {
      await s3.send(new PutObjectCommand({ Bucket: 'shown', Key, Body }));
    }
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: {
        ...{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject' },
        Resource: 'arn:aws:s3:::shown/*',
      },
    });
    await s3.send(new PutBucketPolicyCommand({ Bucket: 'shown', Policy }));
    const shown = await call('getBucket', { bucket: 'shown' });
    expect(shown).toMatchObject({ publicPolicy: true, publicAcl: false, configured: ['policy'] });
    expect(shown.usage).toMatchObject({ objects: 2, bytes: 5, noncurrentVersions: 1 });
    expect(await refused('deleteBucket', { bucket: 'shown' })).toBe('409 BucketNotEmpty');

    await call('createBucket', { name: 'shown-too' });
    const page = await call('listBuckets', { prefix: 'shown', limit: 1 });
    expect(page.items.map(({ name }) => name)).toEqual(['shown']);
    const rest = await call('listBuckets', { prefix: 'shown', limit: 1, after: page.next });
    expect(rest.items.map(({ name }) => name)).toEqual(['shown-too']);
    expect(rest.next).toBeUndefined();
    await call('deleteBucket', { bucket: 'shown-too' });
    expect(await refused('getBucket', { bucket: 'shown-too' })).toBe('404 NotFound');
  });

  test('is made for an account by the root of the server', async () => {
    const made = await as(root).call('createBucket', { name: 'given', owner: tenant.accountId });
    expect(made).toMatchObject({ namespace: 'tenantx', owner: tenant.accountId });
    await as(tenant).call('deleteBucket', { bucket: 'given' });
  });

  test('is not deleted where its policy or the rights of S3 say no', async () => {
    await as(main).call('createBucket', { name: 'kept' });
    const noS3 = await user('no-s3', allow('kist:*'));
    expect(await as(noS3).refused('createBucket', { name: 'more' })).toBe('403 AccessDenied');
    expect(await as(noS3).refused('deleteBucket', { bucket: 'kept' })).toBe('403 AccessDenied');
    await as(noS3).call('getBucket', { bucket: 'kept' });
    const noKist = await user('no-kist', allow('s3:*'));
    expect(await as(noKist).refused('deleteBucket', { bucket: 'kept' })).toBe('403 AccessDenied');
    expect(await as(noKist).refused('getBucket', { bucket: 'kept' })).toBe('403 AccessDenied');
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: {
        ...{ Effect: 'Deny', Principal: '*', Action: 's3:DeleteBucket' },
        Resource: 'arn:aws:s3:::kept',
      },
    });
    const s3 = s3Client(server.endpoint, main);
    await s3.send(new PutBucketPolicyCommand({ Bucket: 'kept', Policy }));
    expect(await as(main).refused('deleteBucket', { bucket: 'kept' })).toBe('403 AccessDenied');
  });
});

describe('rights', () => {
  test('are given one by one, on what is named', async () => {
    const lister = await user(
      'lister',
      allow('kist:ListBuckets', 'arn:aws:kist:::namespace/default'),
    );
    await as(lister).call('listBuckets', {});
    expect(await as(lister).refused('getBucket', { bucket: 'for-metrics' })).toBe(
      '403 AccessDenied',
    );
    expect(await as(lister).refused('listAccounts', {})).toBe('403 AccessDenied');
    expect(await as(lister).refused('callIam', { action: 'ListUsers' })).toBe('403 AccessDenied');
    const one = await user('one', allow('kist:Get*', 'arn:aws:kist:::bucket/default/for-metrics'));
    await as(one).call('getBucket', { bucket: 'for-metrics' });
    expect(await as(one).refused('getBucket', { bucket: 'shown' })).toBe('403 AccessDenied');
  });

  test('that are misspelt are refused where they are given', async () => {
    await as(main).call('callIam', { action: 'CreateUser', UserName: 'typo' });
    expect(
      await as(main).refused('callIam', {
        action: 'PutUserPolicy',
        UserName: 'typo',
        PolicyName: 'typo',
        PolicyDocument: allow('kist:GetBuckett'),
      }),
    ).toBe('400 MalformedPolicyDocument');
  });
});

describe('IAM as JSON', () => {
  test('gives what the Query API gives, with documents and times as they are', async () => {
    const { call, refused } = as(main);
    const PolicyDocument = allow(['s3:GetObject']);
    await call('callIam', { action: 'CreateGroup', GroupName: 'staff' });
    await call('callIam', {
      action: 'PutGroupPolicy',
      GroupName: 'staff',
      PolicyName: 'reading',
      PolicyDocument,
    });
    const shown = await call('callIam', {
      action: 'GetGroupPolicy',
      GroupName: 'staff',
      PolicyName: 'reading',
    });
    expect(shown).toEqual({ GroupName: 'staff', PolicyName: 'reading', PolicyDocument });
    const { Group } = (await call('callIam', {
      action: 'GetGroup',
      GroupName: 'staff',
    })) as never as {
      Group: { CreateDate: string };
    };
    expect(new Date(Group.CreateDate).getTime()).toBeGreaterThan(Date.now() - 3_600_000);
    const page = await call('callIam', { action: 'ListUsers', MaxItems: 1 });
    expect(page.IsTruncated).toBe(true);
    expect(await refused('callIam', { action: 'GetUser', UserName: 'nobody' })).toBe(
      '404 NoSuchEntity',
    );
    expect(await refused('callIam', { action: 'GetUser', Nothing: 1 })).toBe('400 InvalidRequest');
    expect(await refused('callIam', { action: 'CreateUser' })).toBe('400 InvalidRequest');
    expect(await refused('callIam', { action: 'CreateLoginProfile' as never })).toBe(
      '400 InvalidRequest',
    );
  });

  test('acts in another account for the root of the server', async () => {
    const made = {
      action: 'CreateUser',
      account: tenant.accountId,
      UserName: 'made-by-root',
    } as const;
    await as(root).call('callIamForAccount', made);
    const { Users } = (await as(tenant).call('callIam', { action: 'ListUsers' })) as never as {
      Users: { UserName: string }[];
    };
    expect(Users.map(({ UserName }) => UserName)).toEqual(['made-by-root']);
  });
});

describe('a grant', () => {
  test('of a role on a prefix lets a user read there and nowhere else, until it is taken back', async () => {
    const Bucket = 'granted';
    await as(main).call('createBucket', { name: Bucket });
    const s3 = s3Client(server.endpoint, main);
    for (const Key of ['a/1', 'b/1'])
      await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'text' }));
    const ann = await user('ann');
    const grant = {
      kind: 'user',
      name: 'ann',
      role: 'read_only',
      bucket: Bucket,
      prefix: 'a/',
    } as const;
    const { policyName } = await as(main).call('putGrant', grant);
    expect((await as(main).call('listGrants', { kind: 'user', name: 'ann' })).items).toEqual([
      { ...grant, policyName },
    ]);
    const reader = s3Client(server.endpoint, { ...main, ...ann });
    const get = (Key: string) => reader.send(new GetObjectCommand({ Bucket, Key }));
    const mayRead = () =>
      get('a/1').then(
        () => true,
        () => false,
      );
    await until(mayRead, 'ann may read');
    expect(await codeOf(get('b/1'))).toBe('403 AccessDenied');
    expect(await as(ann).refused('putGrant', { ...grant, role: 'owner' })).toBe('403 AccessDenied');
    await as(main).call('deleteGrant', grant);
    expect((await as(main).call('listGrants', { kind: 'user', name: 'ann' })).items).toEqual([]);
    await until(async () => !(await mayRead()), 'ann may not any more');
    expect(await as(main).refused('deleteGrant', grant)).toBe('404 NoSuchEntity');
  });
});

describe('the description', () => {
  test('is served to everybody', async () => {
    const answer = await fetch(`http://127.0.0.1:${server.consolePort}/api/openapi.json`);
    expect(((await answer.json()) as { openapi: string }).openapi).toBe('3.1.0');
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    expect((await as(root).call('getOpenApi', {})).openapi).toBe('3.1.0');
  });

  test('is true: the answer of every route but those of sessions was held against it above', async () => {
    await as(main).call('whoAmI', {});
    await as(main).call('getSession', {});
    // Of limits and explanations in limits.test.ts, of the audit log in audit.test.ts.
    const elsewhere = new Set<string>([
      ...Object.keys(limitRoutes),
      ...['explainAccess', 'listAuditRecords'],
    ]);
    const others = routeNames.filter((name) => !seen.has(name) && !elsewhere.has(name));
    expect(others.sort()).toEqual(['createSession', 'deleteSession']);
  });
});
