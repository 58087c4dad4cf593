/** What the admin API sets for tenants, seen from S3: lives of namespaces, quotas, rates, addresses, keys, and who may. */
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  GetBucketEncryptionCommand,
  GetObjectCommand,
  ListBucketsCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { limitRoutes } from '../../src/admin/limit-routes.ts';
import type { RouteName } from '../../src/admin/routes.ts';
import { alt, main, tenant } from '../support/accounts.ts';
import { codeOf, s3Client } from '../support/s3-client.ts';
import { type RunningServer, startServer, until } from '../support/start-server.ts';
import { ask } from './ask.ts';
import { adminClient, type Keys, root, seen } from './checked-client.ts';

const auditLog = join(tmpdir(), `kist-admin-limits-${process.pid}.jsonl`);
let server: RunningServer;

beforeAll(async () => {
  server = await startServer({ env: { KIST_LOG_LEVEL: 'warn', KIST_AUDIT_LOG: auditLog } });
});
afterAll(async () => {
  await server?.remove();
  rmSync(auditLog, { force: true });
});

const as = (keys: Keys) => adminClient(server.consolePort, keys);
const s3As = (keys: Keys) => s3Client(server.endpoint, { ...main, ...keys });
const elsewhere = ['192.0.2.0/24'];

const outcomeOf = (request: Promise<unknown>): Promise<string> =>
  request.then(
    () => '200',
    () => codeOf(request),
  );

interface Line {
  readonly service: string;
  readonly action: string;
  readonly outcome: string;
  readonly code?: string;
  readonly who: { readonly accessKeyId?: string };
  readonly parameters?: Readonly<Record<string, unknown>>;
}

const audited = (): readonly Line[] =>
  readFileSync(auditLog, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);

/** A namespace with its first key, good in every process. */
async function namespace(name: string, more: object = {}) {
  const made = await as(root).call('createNamespace', { name, ...more });
  const s3 = s3As(made.accessKey);
  const isGood = () =>
    s3.send(new ListBucketsCommand()).then(
      () => true,
      () => false,
    );
  await until(isGood, 'the key is good');
  return { ...made, keys: made.accessKey, s3 };
}

/** A user of `main` with the right to do this. */
async function user(name: string, Action: string): Promise<Keys> {
  const { call } = as(main);
  await call('callIam', { action: 'CreateUser', UserName: name });
  const Statement = { Effect: 'Allow', Action, Resource: '*' };
  await call('callIam', {
    ...{ action: 'PutUserPolicy', UserName: name, PolicyName: 'p' },
    PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }),
  });
  const made = (await call('callIam', { action: 'CreateAccessKey', UserName: name })) as {
    readonly AccessKey: { readonly AccessKeyId: string; readonly SecretAccessKey: string };
  };
  const { AccessKeyId, SecretAccessKey } = made.AccessKey;
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey };
}

describe('a namespace', () => {
  test('is made with a key and defaults, renamed, closed, opened and deleted', async () => {
    const { call, refused } = as(root);
    const { keys, s3, accountId } = await namespace('life', {
      displayName: 'Life',
      account: { displayName: 'L. Ife', email: 'it@life.example' },
      defaults: { encryption: { algorithm: 'aws:kms' }, publicAccessBlock: true },
    });
    expect(await call('getAccount', { account: accountId })).toMatchObject({
      ...{ namespace: 'life', displayName: 'L. Ife', email: 'it@life.example', accessKeys: 1 },
    });
    await as(keys).call('createBucket', { name: 'born' });
    const { ServerSideEncryptionConfiguration: encryption } = await s3.send(
      new GetBucketEncryptionCommand({ Bucket: 'born' }),
    );
    expect(encryption?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm).toBe(
      'aws:kms',
    );
    expect(await as(keys).call('getBucket', { bucket: 'born' })).toMatchObject({
      publicAccessBlock: { BlockPublicPolicy: true },
    });
    await call('putNamespaceDefaults', {
      namespace: 'life',
      objectOwnership: 'BucketOwnerEnforced',
    });
    expect((await call('getNamespace', { namespace: 'life' })).defaults).toEqual({
      objectOwnership: 'BucketOwnerEnforced',
    });
    expect(await refused('putNamespaceDefaults', { namespace: 'life' })).toBe('400 InvalidRequest');
    await call('deleteNamespaceDefaults', { namespace: 'life' });
    await call('renameNamespace', { namespace: 'life', displayName: 'Life & Sons' });
    const shown = await call('getNamespace', { namespace: 'life' });
    expect(shown).toMatchObject({ displayName: 'Life & Sons', accountId, buckets: 1 });
    expect(shown).not.toHaveProperty('defaults');

    await call('suspendNamespace', { namespace: 'life' });
    expect((await call('getNamespace', { namespace: 'life' })).suspended).toBe(true);
    expect(await as(keys).refused('whoAmI', {})).toBe('403 AccountProblem');
    const listing = () => outcomeOf(s3.send(new ListBucketsCommand()));
    await until(async () => (await listing()) === '403 AccountProblem', 'it is closed');
    expect(await refused('suspendNamespace', { namespace: 'default' })).toBe('400 InvalidRequest');
    await call('resumeNamespace', { namespace: 'life' });
    await as(keys).call('whoAmI', {});

    expect(await refused('deleteNamespace', { namespace: 'life' })).toBe('409 Conflict');
    expect(await refused('deleteAccount', { account: accountId })).toBe('409 Conflict');
    await as(keys).call('deleteBucket', { bucket: 'born' });
    await call('putNamespaceQuota', { namespace: 'life', maxBytes: 1 });
    expect(await refused('deleteAccount', { account: accountId })).toBe('409 Conflict');
    await call('deleteNamespace', { namespace: 'life' });
    expect(await as(keys).refused('whoAmI', {})).toBe('403 InvalidAccessKeyId');
    expect(await refused('getNamespace', { namespace: 'life' })).toBe('404 NotFound');
    // What the one before was held to is not for the next of its name.
    await call('createNamespace', { name: 'life' });
    expect(await call('getNamespace', { namespace: 'life' })).not.toHaveProperty('quota');
  });
});

describe('a quota', () => {
  test('of a bucket, an account or a namespace holds at once, and tells its use', async () => {
    const { call, refused } = as(root);
    const { keys, s3, accountId } = await namespace('full');
    await s3.send(new CreateBucketCommand({ Bucket: 'box' }));
    const put = (Key: string, Body: string) =>
      s3.send(new PutObjectCommand({ Bucket: 'box', Key, Body }));
    await put('a', '12345');
    const name = 'full';
    const used = { used: { bytes: 5, objects: 1 }, exact: true };
    const bucket = { bucket: 'box', namespace: name };

    await call('putBucketQuota', { ...bucket, maxBytes: 8 });
    expect((await call('getBucket', bucket)).quota).toEqual({ maxBytes: 8, ...used });
    expect(await codeOf(put('b', '1234'))).toBe('403 QuotaExceeded');
    await call('deleteBucketQuota', bucket);
    expect(await call('getBucket', bucket)).not.toHaveProperty('quota');

    await call('putAccountQuota', { account: accountId, maxObjects: 1 });
    const account = await as(keys).call('getAccount', { account: accountId });
    expect(account.quota).toEqual({ maxObjects: 1, ...used });
    expect(await codeOf(put('b', '1'))).toBe('403 QuotaExceeded');
    await call('deleteAccountQuota', { account: accountId });

    await call('putNamespaceQuota', { namespace: name, maxBytes: 8, maxObjects: 9 });
    const shown = await as(keys).call('getNamespace', { namespace: name });
    expect(shown.quota).toEqual({ maxBytes: 8, maxObjects: 9, ...used });
    expect(await codeOf(put('b', '1234'))).toBe('403 QuotaExceeded');
    await call('deleteNamespaceQuota', { namespace: name });
    await put('b', '1234');

    expect(await refused('putBucketQuota', bucket)).toBe('400 InvalidRequest');
    expect(await refused('putBucketQuota', { ...bucket, maxBytes: -1 })).toBe('400 InvalidRequest');
    expect(await refused('putBucketQuota', { ...bucket, bucket: 'none', maxBytes: 1 })).toBe(
      '404 NotFound',
    );
    expect(await refused('putAccountQuota', { account: 'none', maxBytes: 1 })).toBe('404 NotFound');
    expect(await refused('putNamespaceQuota', { namespace: 'none', maxBytes: 1 })).toBe(
      '404 NotFound',
    );
  });
});

describe('a rate', () => {
  test('of a bucket, a key or a namespace slows S3 and this API down', async () => {
    const { call, refused } = as(root);
    const { keys, s3 } = await namespace('slow');
    await s3.send(new CreateBucketCommand({ Bucket: 'box' }));
    const few = { requestsPerSecond: 0.001 };
    const bucket = { bucket: 'box', namespace: 'slow' };
    const { accessKeyId } = keys;
    await s3.send(new PutObjectCommand({ Bucket: 'box', Key: 'a', Body: 'a' }));
    const read = () => outcomeOf(s3.send(new GetObjectCommand({ Bucket: 'box', Key: 'a' })));
    const isSlow = async () => (await read()) === '503 SlowDown';
    const isFast = async () => (await read()) === '200';

    await call('putBucketRate', { ...bucket, ...few });
    expect((await call('getBucket', bucket)).rate).toEqual(few);
    await until(isSlow, 'the bucket is slow');
    await call('deleteBucketRate', bucket);
    expect(await read()).toBe('200');

    await call('putKeyRate', { accessKeyId, ...few });
    expect((await call('getKey', { accessKeyId })).rate).toEqual(few);
    await until(isSlow, 'the key is slow');
    expect(await as(keys).refused('whoAmI', {})).toBe('503 SlowDown');
    await call('deleteKeyRate', { accessKeyId });
    await until(isFast, 'the key is fast');

    await call('putNamespaceRate', { namespace: 'slow', ...few });
    expect((await call('getNamespace', { namespace: 'slow' })).rate).toEqual(few);
    await until(isSlow, 'the namespace is slow');
    await call('deleteNamespaceRate', { namespace: 'slow' });
    await until(isFast, 'the namespace is fast');
    await as(keys).call('whoAmI', {});

    expect(await refused('putKeyRate', { accessKeyId: 'NONE', ...few })).toBe('404 NotFound');
    expect(await refused('putKeyRate', { accessKeyId, requestsPerSecond: 0 })).toBe(
      '400 InvalidRequest',
    );
  });
});

describe('a list of addresses', () => {
  test('of a namespace keeps its keys and sessions out of this API, too', async () => {
    const { call, refused } = as(root);
    const { keys, s3 } = await namespace('walled');
    const path = '/api/session';
    const port = server.consolePort;
    const login = await ask(port, { method: 'POST', path, body: keys });
    const cookie = String(login.headers['set-cookie']).split(';', 1)[0]!;
    const session = () => ask(port, { path, headers: { cookie } });
    expect((await session()).status).toBe(200);

    await call('putNamespaceAddresses', { namespace: 'walled', addresses: elsewhere });
    expect((await call('getNamespace', { namespace: 'walled' })).addresses).toEqual(elsewhere);
    expect(await as(keys).refused('whoAmI', {})).toBe('403 AccessDenied');
    expect(await session()).toMatchObject({ status: 403, json: { code: 'AccessDenied' } });
    const listing = () => outcomeOf(s3.send(new ListBucketsCommand()));
    await until(async () => (await listing()) === '403 AccessDenied', 'S3 is closed');
    await call('putNamespaceAddresses', { namespace: 'walled', addresses: 'private' });
    await as(keys).call('whoAmI', {});
    await call('deleteNamespaceAddresses', { namespace: 'walled' });
    expect(await call('getNamespace', { namespace: 'walled' })).not.toHaveProperty('addresses');
    expect(
      await refused('putNamespaceAddresses', { namespace: 'walled', addresses: ['here'] }),
    ).toBe('400 InvalidRequest');
  });

  test('of a bucket is set by its owner, who is not locked out of taking it back', async () => {
    const { call } = as(main);
    const bucket = 'walled-bucket';
    await call('createBucket', { name: bucket });
    await call('putBucketAddresses', { bucket, addresses: elsewhere });
    expect((await call('getBucket', { bucket })).addresses).toEqual(elsewhere);
    const s3 = s3As(main);
    const read = () => codeOf(s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'none' })));
    expect(await read()).toBe('403 AccessDenied');
    expect(await as(alt).refused('deleteBucketAddresses', { bucket })).toBe('403 AccessDenied');
    await call('deleteBucketAddresses', { bucket });
    expect(await read()).toBe('404 NoSuchKey');
  });

  test('is what an explanation names where it decides, and a namespace that is suspended', async () => {
    const { call, refused } = as(root);
    const { keys, s3 } = await namespace('listed');
    const bucket = 'behind-lists';
    await s3.send(new CreateBucketCommand({ Bucket: bucket }));
    const { accessKeyId } = keys;
    const question = { accessKeyId, bucket, action: 's3:ListBucket' };
    const explain = (sourceIp?: string) => call('explainAccess', { ...question, sourceIp });
    const { decidedBy: usually } = await explain('198.51.100.7');

    await as(keys).call('putBucketAddresses', { bucket, addresses: elsewhere });
    expect(await explain('198.51.100.7')).toMatchObject({
      ...{ allowed: false, code: 'AccessDenied' },
      reason: `bucket ${bucket} lets no requests in from 198.51.100.7`,
      decidedBy: [`address list of bucket ${bucket}`],
    });
    expect((await explain('::ffff:192.0.2.7')).decidedBy).toEqual(usually);
    const unsaid = await explain();
    expect(unsaid.decidedBy).toEqual(usually);
    expect(unsaid.considered).toContainEqual({
      ...{ kind: 'addresses', name: `address list of bucket ${bucket}`, effect: 'none' },
      because: 'the question names no address',
    });

    await call('putNamespaceAddresses', { namespace: 'listed', addresses: 'private' });
    expect((await explain('192.0.2.7')).decidedBy).toEqual(['address list of namespace listed']);
    // Who belongs there is kept out of other namespaces as well.
    const abroad = { ...question, namespace: 'default', sourceIp: '192.0.2.7' };
    expect((await call('explainAccess', abroad)).decidedBy).toEqual([
      'address list of namespace listed',
    ]);
    expect(await refused('explainAccess', { ...question, sourceIp: 'here' })).toBe(
      '400 InvalidRequest',
    );
    await call('suspendNamespace', { namespace: 'listed' });
    const inside = { ...question, accessKeyId: main.accessKeyId, namespace: 'listed' };
    expect(await call('explainAccess', { ...inside, sourceIp: '127.0.0.1' })).toMatchObject({
      ...{ code: 'AllAccessDisabled', reason: 'namespace listed is suspended' },
      decidedBy: ['namespace listed'],
    });
  });
});

describe('a key', () => {
  test('gets another secret while the one before is good, and an end', async () => {
    const { call } = as(main);
    const ann = await user('rotated', 's3:*');
    const { accessKeyId } = ann;
    const { secretAccessKey, previousSecretUntil } = await call('rotateKey', {
      accessKeyId,
      graceSeconds: 3600,
    });
    expect(secretAccessKey).not.toBe(ann.secretAccessKey);
    const shown = await call('getKey', { accessKeyId });
    expect(shown).toMatchObject({ user: 'rotated', active: true, previousSecretUntil });
    expect(JSON.stringify(shown)).not.toContain(secretAccessKey);
    for (const secret of [ann.secretAccessKey, secretAccessKey]) {
      await s3As({ accessKeyId, secretAccessKey: secret }).send(new ListBucketsCommand());
      await as({ accessKeyId, secretAccessKey: secret }).call('whoAmI', {});
    }
    await call('rotateKey', { accessKeyId, graceSeconds: 0 });
    expect(await as({ accessKeyId, secretAccessKey }).refused('whoAmI', {})).toBe(
      '403 SignatureDoesNotMatch',
    );

    const bob = await user('ended', 's3:*');
    const key = { accessKeyId: bob.accessKeyId };
    await call('putKeyExpiry', { ...key, expiresAt: '2001-01-01T00:00:00Z' });
    expect((await call('getKey', key)).active).toBe(false);
    expect(await as(bob).refused('whoAmI', {})).toBe('403 InvalidAccessKeyId');
    await call('deleteKeyExpiry', key);
    await as(bob).call('whoAmI', {});
  });

  test('is only for its account, and that of the account itself for nobody else in it', async () => {
    const { keys, accountId } = await namespace('keyed');
    const graceSeconds = 0;
    const own = { accessKeyId: keys.accessKeyId, graceSeconds };
    expect(await as(main).refused('rotateKey', own)).toBe('403 AccessDenied');
    expect(await as(main).refused('rotateKey', { accessKeyId: 'NONE', graceSeconds })).toBe(
      '403 AccessDenied',
    );
    expect(await as(main).refused('getKey', { accessKeyId: keys.accessKeyId })).toBe(
      '403 AccessDenied',
    );
    const everything = await user('everything', '*');
    const mains = { accessKeyId: main.accessKeyId };
    expect(await as(everything).refused('rotateKey', { ...mains, graceSeconds })).toBe(
      '403 AccessDenied',
    );
    expect(await as(everything).refused('putKeyExpiry', { ...mains, expiresAt: soon })).toBe(
      '403 AccessDenied',
    );
    // Settings would give it back.
    expect(await as(main).refused('rotateKey', { ...mains, graceSeconds })).toBe('409 Conflict');
    expect(await as(main).refused('putKeyExpiry', { ...mains, expiresAt: soon })).toBe(
      '409 Conflict',
    );
    expect((await as(keys).call('getKey', { accessKeyId: keys.accessKeyId })).account).toBe(
      accountId,
    );
    const renewed = await as(keys).call('rotateKey', own);
    await as(renewed).call('whoAmI', {});
  });
});

const soon = '2100-01-01T00:00:00Z';

describe('an explanation', () => {
  test('tells owners of keys and buckets what decides, by key, ARN or for nobody', async () => {
    const { call, refused } = as(main);
    const Bucket = 'explained';
    await call('createBucket', { name: Bucket });
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: {
        ...{ Sid: 'Open', Effect: 'Allow', Principal: '*', Action: 's3:GetObject' },
        Resource: `arn:aws:s3:::${Bucket}/*`,
        Condition: { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } },
      },
    });
    await s3As(main).send(new PutBucketPolicyCommand({ Bucket, Policy }));
    await s3As(main).send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'a' }));
    const reader = await user('reader', 's3:GetObject');
    const read = { action: 's3:GetObject', bucket: Bucket, key: 'a' };
    const byKey = await call('explainAccess', { ...read, accessKeyId: reader.accessKeyId });
    expect(byKey).toMatchObject({ allowed: true, namespace: 'default' });
    expect(byKey.caller).toMatch(/:user\/reader$/);
    const write = { ...read, action: 's3:PutObject', arn: byKey.caller };
    expect(await call('explainAccess', write)).toMatchObject({
      ...{ allowed: false, code: 'AccessDenied', caller: byKey.caller, decidedBy: [] },
    });
    const open = { ...read, anonymous: true } as const;
    expect((await call('explainAccess', { ...open, sourceIp: '192.0.2.7' })).decidedBy).toEqual([
      expect.stringContaining('Open'),
    ]);
    expect((await call('explainAccess', { ...open, sourceIp: '198.51.100.7' })).allowed).toBe(
      false,
    );

    expect(await refused('explainAccess', read)).toBe('400 InvalidRequest');
    expect(await refused('explainAccess', { ...open, action: 's3:GetObjekt' })).toBe(
      '400 InvalidRequest',
    );
    expect(await refused('explainAccess', { ...read, accessKeyId: alt.accessKeyId })).toBe(
      '403 AccessDenied',
    );
    expect(await refused('explainAccess', { ...read, accessKeyId: 'NONE' })).toBe(
      '403 AccessDenied',
    );
    expect(await as(alt).refused('explainAccess', { ...read, accessKeyId: alt.accessKeyId })).toBe(
      '403 AccessDenied',
    );
    expect(await as(tenant).refused('explainAccess', { ...open, namespace: 'default' })).toBe(
      '403 AccessDenied',
    );
    expect(
      await as(reader).refused('explainAccess', { ...read, accessKeyId: reader.accessKeyId }),
    ).toBe('403 AccessDenied');
    const byRoot = await as(root).call('explainAccess', { ...read, accessKeyId: alt.accessKeyId });
    expect(byRoot.allowed).toBe(false);
  });
});

describe('what tenants are held to', () => {
  const few = { requestsPerSecond: 1 };
  const bucket = 'of-main';
  test.each([
    ['renameNamespace', { namespace: 'default', displayName: 'mine' }],
    ['suspendNamespace', { namespace: 'default' }],
    ['resumeNamespace', { namespace: 'default' }],
    ['putNamespaceDefaults', { namespace: 'default', publicAccessBlock: false }],
    ['deleteNamespaceDefaults', { namespace: 'default' }],
    ['putNamespaceQuota', { namespace: 'default', maxBytes: 1 }],
    ['deleteNamespaceQuota', { namespace: 'default' }],
    ['putNamespaceRate', { namespace: 'default', ...few }],
    ['deleteNamespaceRate', { namespace: 'default' }],
    ['putNamespaceAddresses', { namespace: 'default', addresses: 'public' }],
    ['deleteNamespaceAddresses', { namespace: 'default' }],
    ['putAccountQuota', { account: main.accountId, maxBytes: 1 }],
    ['deleteAccountQuota', { account: main.accountId }],
    ['putBucketQuota', { bucket, maxBytes: 1 }],
    ['deleteBucketQuota', { bucket }],
    ['putBucketRate', { bucket, ...few }],
    ['deleteBucketRate', { bucket }],
    ['putKeyRate', { accessKeyId: main.accessKeyId, ...few }],
    ['deleteKeyRate', { accessKeyId: main.accessKeyId }],
  ] as const)('is not for them to change: %s', async (name, input) => {
    expect(await as(main).refused(name, input)).toBe('403 AccessDenied');
  });

  test('is for those of the root whom policies let, one by one', async () => {
    const { call } = as(root);
    await call('callIam', { action: 'CreateUser', UserName: 'operator' });
    const Resource = 'arn:aws:kist:::namespace/tenantx';
    const Statement = { Effect: 'Allow', Action: 'kist:PutNamespaceQuota', Resource };
    await call('callIam', {
      ...{ action: 'PutUserPolicy', UserName: 'operator', PolicyName: 'p' },
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }),
    });
    const { AccessKey } = (await call('callIam', {
      ...{ action: 'CreateAccessKey', UserName: 'operator' },
    })) as { readonly AccessKey: Readonly<Record<'AccessKeyId' | 'SecretAccessKey', string>> };
    const operator = as({
      accessKeyId: AccessKey.AccessKeyId,
      secretAccessKey: AccessKey.SecretAccessKey,
    });
    await operator.call('putNamespaceQuota', { namespace: 'tenantx', maxBytes: 10_000 });
    await operator.call('deleteNamespaceQuota', { namespace: 'tenantx' });
    for (const [name, input] of [
      ['putNamespaceQuota', { namespace: 'default', maxBytes: 1 }],
      ['putNamespaceRate', { namespace: 'tenantx', ...few }],
      ['suspendNamespace', { namespace: 'tenantx' }],
    ] as const) {
      expect([name, await operator.refused(name, input)]).toEqual([name, '403 AccessDenied']);
    }
  });
});

describe('the audit log', () => {
  test('tells what was changed and refused here, and no secret', async () => {
    const made = await as(root).call('createNamespace', { name: 'told' });
    await as(main).refused('deleteNamespace', { namespace: 'told' });
    await as(root).call('callIam', { action: 'CreateUser', UserName: 'told' });
    await ask(server.consolePort, { method: 'POST', path: '/api/session', body: wrongKey });
    const lineOf = (service: string, action: string, outcome: string, name: string) =>
      audited().find(
        (line) =>
          line.service === service &&
          line.action === action &&
          line.outcome === outcome &&
          Object.values(line.parameters ?? {}).includes(name),
      );
    await until(
      () => lineOf('kist', 'CreateSession', 'denied', wrongKey.accessKeyId) !== undefined,
      'all of it is told',
    );
    expect(lineOf('kist', 'CreateNamespace', 'done', 'told')).toMatchObject({
      who: { accessKeyId: root.accessKeyId },
      parameters: { AccessKeyId: made.accessKey.accessKeyId },
    });
    expect(lineOf('kist', 'DeleteNamespace', 'denied', 'told')).toMatchObject({
      who: { accessKeyId: main.accessKeyId },
      code: 'AccessDenied',
    });
    expect(lineOf('iam', 'CreateUser', 'done', 'told')).toBeDefined();
    const text = readFileSync(auditLog, 'utf8');
    expect(text).not.toContain(made.accessKey.secretAccessKey);
    expect(text).not.toContain(wrongKey.secretAccessKey);
    const reading = audited().filter(
      ({ action, outcome }) => /^Get/.test(action) && outcome === 'done',
    );
    expect(reading).toEqual([]);
  });
});

const wrongKey = { accessKeyId: 'NOSUCHKEY', secretAccessKey: 'guessed-at-random' };

test('the answer of each of these routes was held against the description above', () => {
  const all = Object.keys(limitRoutes) as RouteName[];
  expect(all.filter((name) => !seen.has(name))).toEqual([]);
  expect(seen.has('explainAccess')).toBe(true);
});
