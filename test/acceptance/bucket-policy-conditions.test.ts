/** What a bucket policy may demand or forbid, asked of real requests: one test for each kind of key or element. */
import { createHash } from 'node:crypto';
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectTaggingCommand,
  GetBucketAclCommand,
  GetBucketLocationCommand,
  GetBucketPolicyStatusCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  type ObjectLockRetentionMode,
  type ObjectOwnership,
  PutBucketAclCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketVersioningCommand,
  PutObjectAclCommand,
  type PutObjectCommandInput,
  PutObjectLegalHoldCommand,
  PutObjectRetentionCommand,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3';
import { beforeEach, expect, test } from 'vitest';
import { alt, main } from '../support/accounts.ts';
import { type PolicyStatement, setPolicy } from '../support/bucket-policy.ts';
import { put, readText } from '../support/objects.ts';
import { codeOf } from '../support/s3-client.ts';
import { presignedV4 } from '../support/signed-request.ts';
import { startTestServer, uniqueBucketName } from '../support/test-server.ts';

const server = await startTestServer({ kmsKeyIds: ['key-1', 'key-2'] });
const denied = '403 AccessDenied';
let Bucket: string;

beforeEach(async () => {
  Bucket = await server.createBucket();
});

const setTo = (...statements: readonly PolicyStatement[]) =>
  setPolicy(server.main, Bucket, ...statements);

/** A put by `alt` under the condition, and whether it is allowed. */
async function allows(
  Condition: unknown,
  more: Partial<PutObjectCommandInput>,
  Action: PolicyStatement['Action'] = 's3:PutObject',
): Promise<boolean> {
  await setTo({ Action, on: '*', Condition });
  return isAllowed(put(server.alt, Bucket, 'key', 'x', more));
}

/** Fails for any other refusal than AccessDenied. */
async function isAllowed(request: Promise<unknown>): Promise<boolean> {
  const code = await request.then(
    () => undefined,
    () => codeOf(request),
  );
  if (code !== undefined) expect(code).toBe(denied);
  return code === undefined;
}

const variable = (name: string): string => `\${${name}}`;

test('encryption can be demanded, its mode and its key', async () => {
  const sse = 's3:x-amz-server-side-encryption';
  const aes: Partial<PutObjectCommandInput> = { ServerSideEncryption: 'AES256' };
  const kms = (SSEKMSKeyId: string): Partial<PutObjectCommandInput> => ({
    ServerSideEncryption: 'aws:kms',
    SSEKMSKeyId,
  });
  expect(await allows({ Null: { [sse]: 'false' } }, {})).toBe(false);
  expect(await allows({ Null: { [sse]: 'false' } }, aes)).toBe(true);
  expect(await allows({ StringEquals: { [sse]: 'AES256' } }, aes)).toBe(true);
  expect(await allows({ StringEquals: { [sse]: 'AES256' } }, kms('key-1'))).toBe(false);
  expect(await allows({ StringEquals: { [sse]: 'aws:kms' } }, aes)).toBe(false);
  const key = { StringEquals: { [`${sse}-aws-kms-key-id`]: 'key-1' } };
  expect(await allows(key, kms('key-1'))).toBe(true);
  expect(await allows(key, kms('key-2'))).toBe(false);
  expect(await allows(key, aes)).toBe(false);
  const Null = { [`${sse}-customer-algorithm`]: 'false' };
  const customer = createHash('sha256').update('a key').digest();
  const withKey = {
    SSECustomerAlgorithm: 'AES256',
    SSECustomerKey: customer.toString('base64'),
    SSECustomerKeyMD5: createHash('md5').update(customer).digest('base64'),
  };
  expect(await allows({ Null }, withKey)).toBe(true);
  expect(await allows({ Null }, aes)).toBe(false);
});

test('ACLs and grants can be demanded', async () => {
  const GrantFullControl = `id="${main.accountId}"`;
  const full = { 's3:x-amz-grant-full-control': `id="${main.accountId}"` };
  expect(await allows({ StringEquals: full }, { GrantFullControl })).toBe(true);
  expect(await allows({ StringEquals: full }, {})).toBe(false);
  expect(await allows({ StringEquals: full }, { GrantFullControl: `id="${alt.accountId}"` })).toBe(
    false,
  );
  for (const [member, header] of [
    ['GrantRead', 's3:x-amz-grant-read'],
    ['GrantReadACP', 's3:x-amz-grant-read-acp'],
    ['GrantWriteACP', 's3:x-amz-grant-write-acp'],
  ] as const) {
    const condition = { Null: { [header]: 'true' } };
    expect(await allows(condition, { [member]: GrantFullControl })).toBe(false);
    expect(await allows(condition, { GrantFullControl })).toBe(true);
  }
  const StringEquals = { 's3:x-amz-acl': 'bucket-owner-full-control' };
  expect(await allows({ StringEquals }, { ACL: 'bucket-owner-full-control' })).toBe(true);
  expect(await allows({ StringEquals }, { ACL: 'bucket-owner-read' })).toBe(false);
  expect(await allows({ StringEquals }, {})).toBe(false);
});

test('storage class, redirection and what is known of the bytes can be demanded', async () => {
  const StringEquals = { 's3:x-amz-storage-class': 'STANDARD' };
  expect(await allows({ StringEquals }, { StorageClass: 'STANDARD' })).toBe(true);
  expect(await allows({ StringEquals }, {})).toBe(false);
  const StringLike = { 's3:x-amz-website-redirect-location': 'http://example.com/*' };
  const to = (WebsiteRedirectLocation: string) => ({ WebsiteRedirectLocation });
  expect(await allows({ StringLike }, to('http://example.com/a'))).toBe(true);
  expect(await allows({ StringLike }, to('http://example.org/a'))).toBe(false);

  await put(server.main, Bucket, 'key');
  const path = `/${Bucket}/key`;
  const host = new URL(server.endpoint).host;
  const get = { method: 'GET', path, host, account: alt, expiresSeconds: 60 };
  const Condition = { StringEquals: { 's3:x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } };
  const content = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
  await setTo(
    { Action: 's3:GetObject', on: '*' },
    {
      Effect: 'Deny',
      Action: 's3:GetObject',
      on: '*',
      Condition,
    },
  );
  const headers = { ...content };
  const answer = await fetch(`${server.endpoint}${presignedV4({ ...get, headers })}`, { headers });
  expect(answer.status).toBe(403);
  expect(await readText(server.alt, Bucket, 'key')).toBe('key');
});

test('what becomes of metadata can be demanded of a copy', async () => {
  await put(server.main, Bucket, 'key', 'x', { ACL: 'authenticated-read' });
  const StringEquals = { 's3:x-amz-metadata-directive': 'COPY' };
  await setTo({ Action: 's3:PutObject', on: '*', Condition: { StringEquals } });
  const copy = (MetadataDirective?: 'COPY' | 'REPLACE') =>
    server.alt.send(
      new CopyObjectCommand({
        Bucket,
        Key: 'copy',
        CopySource: `${Bucket}/key`,
        MetadataDirective,
      }),
    );
  await copy('COPY');
  expect(await codeOf(copy('REPLACE'))).toBe(denied);
  expect(await codeOf(copy())).toBe(denied);
});

test('locks can be held to modes and lengths, in headers and documents', async () => {
  Bucket = uniqueBucketName();
  await server.main.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: true }));
  await put(server.main, Bucket, 'locked');
  const inDays = (days: number) => new Date(Date.now() + days * 86_400_000);
  const retain = (Mode: ObjectLockRetentionMode, days: number) =>
    isAllowed(
      server.alt.send(
        new PutObjectRetentionCommand({
          Bucket,
          Key: 'locked',
          Retention: { Mode, RetainUntilDate: inDays(days) },
        }),
      ),
    );
  const locked = (ObjectLockMode: ObjectLockRetentionMode, days: number) => ({
    ObjectLockMode,
    ObjectLockRetainUntilDate: inDays(days),
  });
  const Action = ['s3:PutObject', 's3:PutObjectRetention', 's3:PutObjectLegalHold'];
  const short = { NumericLessThanEquals: { 's3:object-lock-remaining-retention-days': '10' } };
  expect(await allows(short, locked('GOVERNANCE', 5), Action)).toBe(true);
  expect(await allows(short, locked('GOVERNANCE', 50), Action)).toBe(false);
  expect(await retain('GOVERNANCE', 5)).toBe(true);
  expect(await retain('GOVERNANCE', 50)).toBe(false);
  const early = { DateLessThan: { 's3:object-lock-retain-until-date': inDays(20).toISOString() } };
  expect(await allows(early, locked('GOVERNANCE', 15), Action)).toBe(true);
  expect(await allows(early, locked('GOVERNANCE', 25), Action)).toBe(false);
  expect(await retain('GOVERNANCE', 25)).toBe(false);
  const mild = { StringEquals: { 's3:object-lock-mode': 'GOVERNANCE' } };
  expect(await allows(mild, locked('GOVERNANCE', 5), Action)).toBe(true);
  expect(await allows(mild, locked('COMPLIANCE', 5), Action)).toBe(false);
  expect(await retain('COMPLIANCE', 30)).toBe(false);
  const free = { StringEquals: { 's3:object-lock-legal-hold': 'OFF' } };
  const hold = (Status: 'ON' | 'OFF') => ({ Bucket, Key: 'locked', LegalHold: { Status } });
  expect(await allows(free, { ObjectLockLegalHoldStatus: 'ON' }, Action)).toBe(false);
  expect(await allows(free, { ObjectLockLegalHoldStatus: 'OFF' }, Action)).toBe(true);
  const setHold = (Status: 'ON' | 'OFF') =>
    server.alt.send(new PutObjectLegalHoldCommand(hold(Status)));
  await setHold('OFF');
  expect(await codeOf(setHold('ON'))).toBe(denied);
  expect(await allows({}, locked('GOVERNANCE', 5), 's3:PutObject')).toBe(false);
});

test('IfExists demands a value only where there is one', async () => {
  await put(server.main, Bucket, 'key');
  const StringLikeIfExists = { 'aws:Referer': 'http://www.example.com/*' };
  await setTo({ Action: 's3:GetObject', on: '*', Condition: { StringLikeIfExists } });
  const get = async (headers: Record<string, string>) =>
    (await fetch(`${server.endpoint}/${Bucket}/key`, { headers })).status;
  expect(await get({})).toBe(200);
  expect(await get({ referer: 'http://www.example.com/index.html' })).toBe(200);
  expect(await get({ referer: 'http://example.com' })).toBe(403);
});

test('accounts are told apart in conditions and variables', async () => {
  const get = (client: typeof server.alt, Key: string) =>
    isAllowed(client.send(new GetObjectCommand({ Bucket, Key })));
  for (const key of [`home/${alt.accountId}/a`, 'home/other/a'])
    await put(server.main, Bucket, key);
  await setTo({ Action: 's3:GetObject', on: `home/${variable('aws:userid')}/*` });
  expect(await get(server.alt, `home/${alt.accountId}/a`)).toBe(true);
  expect(await get(server.alt, 'home/other/a')).toBe(false);
  expect(await get(server.anonymous, `home/${alt.accountId}/a`)).toBe(false);
  for (const [operator, key, value] of [
    ['StringEquals', 'aws:PrincipalAccount', alt.accountId],
    ['StringEquals', 'aws:userid', alt.accountId],
    ['ArnLike', 'aws:PrincipalArn', `arn:aws:iam::${alt.accountId}:*`],
    ['StringNotEquals', 'aws:PrincipalType', 'Anonymous'],
  ] as const) {
    const Condition = { [operator]: { [key]: value } };
    await setTo({ Action: 's3:GetObject', on: '*', Condition });
    expect(await get(server.alt, 'home/other/a')).toBe(true);
    expect(await get(server.anonymous, 'home/other/a')).toBe(false);
  }
  const ResourceAccount = { 'aws:ResourceAccount': main.accountId };
  await setTo({
    Action: 's3:GetObject',
    on: '*',
    Condition: { StringNotEquals: ResourceAccount },
  });
  expect(await get(server.alt, 'home/other/a')).toBe(false);
});

test('a policy may speak of all but what it names', async () => {
  for (const key of ['a', 'b']) await put(server.main, Bucket, key, key, { ACL: 'public-read' });
  const get = (client: typeof server.alt, Key = 'a') =>
    isAllowed(client.send(new GetObjectCommand({ Bucket, Key })));
  const everything = { Effect: 'Deny', Action: 's3:*', on: '*' } as const;
  await setTo({ ...everything, NotPrincipal: { AWS: [alt.accountId, main.accountId] } });
  expect(await get(server.alt)).toBe(true);
  expect(await get(server.main)).toBe(true);
  expect(await get(server.anonymous)).toBe(false);
  await setTo({ Effect: 'Deny', NotAction: 's3:GetObject', on: '*' });
  expect(await get(server.anonymous)).toBe(true);
  const tags = new GetObjectTaggingCommand({ Bucket, Key: 'a' });
  expect(await codeOf(server.main.send(tags))).toBe(denied);
  const NotResource = `arn:aws:s3:::${Bucket}/a`;
  await setTo({ Effect: 'Deny', Action: 's3:GetObject', NotResource });
  expect(await get(server.anonymous, 'a')).toBe(true);
  expect(await get(server.anonymous, 'b')).toBe(false);
});

test('tags are read, set and removed by whom the policy lets', async () => {
  const { VersionId = '' } = await versioned();
  const Tagging = { TagSet: [{ Key: 'by', Value: 'alt' }] };
  const key = { Bucket, Key: 'key' };
  for (const client of [server.alt, server.anonymous]) {
    const requests = {
      GetObjectTagging: () => client.send(new GetObjectTaggingCommand(key)),
      PutObjectTagging: () => client.send(new PutObjectTaggingCommand({ ...key, Tagging })),
      DeleteObjectTagging: () => client.send(new DeleteObjectTaggingCommand(key)),
      GetObjectVersionTagging: () =>
        client.send(new GetObjectTaggingCommand({ ...key, VersionId })),
      PutObjectVersionTagging: () =>
        client.send(new PutObjectTaggingCommand({ ...key, VersionId, Tagging })),
      DeleteObjectVersionTagging: () =>
        client.send(new DeleteObjectTaggingCommand({ ...key, VersionId })),
    };
    for (const action of Object.keys(requests)) {
      await setTo({ Action: `s3:${action}`, on: '*' });
      for (const [name, request] of Object.entries(requests)) {
        expect([action, name, await isAllowed(request())]).toEqual([action, name, name === action]);
      }
    }
  }
});

async function versioned() {
  const VersioningConfiguration = { Status: 'Enabled' as const };
  await server.main.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  return put(server.main, Bucket, 'key');
}

test('the tags that an object has count where they are changed, too', async () => {
  const Condition = { StringEquals: { 's3:ExistingObjectTag/security': 'public' } };
  await put(server.main, Bucket, 'open', 'x', { Tagging: 'security=public' });
  await put(server.main, Bucket, 'closed', 'x', { Tagging: 'security=private' });
  await setTo({ Action: ['s3:PutObjectTagging', 's3:DeleteObjectTagging'], on: '*', Condition });
  const Tagging = { TagSet: [{ Key: 'security', Value: 'public' }] };
  const tag = (Key: string) =>
    isAllowed(server.alt.send(new PutObjectTaggingCommand({ Bucket, Key, Tagging })));
  const untag = (Key: string) =>
    isAllowed(server.alt.send(new DeleteObjectTaggingCommand({ Bucket, Key })));
  expect([await tag('open'), await tag('closed')]).toEqual([true, false]);
  expect([await untag('open'), await untag('closed')]).toEqual([true, false]);
  expect(await tag('open')).toBe(false);
});

test('ACLs are read and set by whom the policy lets, and of which kind', async () => {
  await put(server.main, Bucket, 'key');
  const key = { Bucket, Key: 'key' };
  const setObject = (ACL: 'private' | 'public-read') =>
    isAllowed(server.alt.send(new PutObjectAclCommand({ ...key, ACL })));
  const setBucket = (ACL: 'private' | 'public-read') =>
    isAllowed(server.alt.send(new PutBucketAclCommand({ Bucket, ACL })));
  const Condition = { StringEquals: { 's3:x-amz-acl': 'private' } };
  await setTo(
    { Action: ['s3:GetObjectAcl'], on: '*' },
    { Action: 's3:PutObjectAcl', on: '*', Condition },
    { Action: 's3:PutBucketAcl', Condition },
  );
  await server.alt.send(new GetObjectAclCommand(key));
  expect(await codeOf(server.alt.send(new GetBucketAclCommand({ Bucket })))).toBe(denied);
  expect([await setObject('private'), await setObject('public-read')]).toEqual([true, false]);
  expect([await setBucket('private'), await setBucket('public-read')]).toEqual([true, false]);
});

test('the object ownership that a bucket gets can be demanded', async () => {
  const StringEquals = { 's3:x-amz-object-ownership': 'BucketOwnerEnforced' };
  await setTo({ Action: 's3:PutBucketOwnershipControls', Condition: { StringEquals } });
  const own = (value: ObjectOwnership) => {
    const OwnershipControls = { Rules: [{ ObjectOwnership: value }] };
    const command = new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls });
    return isAllowed(server.alt.send(command));
  };
  expect(await own('ObjectWriter')).toBe(false);
  expect(await own('BucketOwnerEnforced')).toBe(true);
});

test('versions and uploads are listed by prefix as objects are', async () => {
  const Condition = { StringLike: { 's3:prefix': 'public/*' } };
  const Action = ['s3:ListBucketVersions', 's3:ListBucketMultipartUploads'];
  await setTo({ Action, Condition });
  for (const Prefix of ['public/', 'private/', undefined]) {
    const versions = new ListObjectVersionsCommand({ Bucket, Prefix });
    const uploads = new ListMultipartUploadsCommand({ Bucket, Prefix });
    const expected = Prefix === 'public/';
    expect(await isAllowed(server.alt.send(versions))).toBe(expected);
    expect(await isAllowed(server.alt.send(uploads))).toBe(expected);
  }
});

test('a bucket is looked at action by action', async () => {
  const requests = {
    GetBucketAcl: () => server.alt.send(new GetBucketAclCommand({ Bucket })),
    GetBucketLocation: () => server.alt.send(new GetBucketLocationCommand({ Bucket })),
    GetBucketPolicyStatus: () => server.alt.send(new GetBucketPolicyStatusCommand({ Bucket })),
    GetBucketVersioning: () => server.alt.send(new GetBucketVersioningCommand({ Bucket })),
  };
  for (const action of Object.keys(requests)) {
    await setTo({ Action: `s3:${action}` });
    for (const [name, request] of Object.entries(requests)) {
      expect([action, name, await isAllowed(request())]).toEqual([action, name, name === action]);
    }
  }
  const tags = new GetBucketTaggingCommand({ Bucket });
  expect(await codeOf(server.alt.send(tags))).toBe(denied);
  await setTo({ Action: 's3:GetBucketTagging' });
  expect(await codeOf(server.alt.send(tags))).toBe('404 NoSuchTagSet');
  await setTo({ Action: 's3:ListBucket' });
  await server.alt.send(new HeadBucketCommand({ Bucket }));
});
