import {
  AbortMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteBucketPolicyCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketPolicyCommand,
  GetBucketPolicyStatusCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutBucketAclCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  PutPublicAccessBlockCommand,
  RenameObjectCommand,
} from '@aws-sdk/client-s3';
import { beforeEach, expect, test } from 'vitest';
import { alt, main } from '../support/accounts.ts';
import { type PolicyStatement, policyText } from '../support/bucket-policy.ts';
import { allKeys, put, readText } from '../support/objects.ts';
import { codeOf, refusalOf } from '../support/s3-client.ts';
import { presignedV4 } from '../support/signed-request.ts';
import { startTestServer, uniqueBucketName } from '../support/test-server.ts';

const server = await startTestServer();
const denied = '403 AccessDenied';
let Bucket: string;

beforeEach(async () => {
  Bucket = await server.createBucket();
});

function textOf(statements: readonly PolicyStatement[], bucket = Bucket): string {
  return policyText(bucket, statements);
}

function set(Policy: string, client = server.main, bucket = Bucket) {
  return client.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }));
}

const setTo = (...statements: readonly PolicyStatement[]) => set(textOf(statements));
const get = (client = server.main) => client.send(new GetBucketPolicyCommand({ Bucket }));
const remove = (client = server.main) => client.send(new DeleteBucketPolicyCommand({ Bucket }));
const list = (client = server.alt, more = {}) =>
  client.send(new ListObjectsV2Command({ Bucket, ...more }));

test('a policy is given back as it was put, and is gone after its deletion', async () => {
  const missing = await refusalOf(get());
  expect(missing).toMatchObject({ status: 404, code: 'NoSuchBucketPolicy' });
  const text = textOf([{ Action: 's3:ListBucket' }]).replaceAll(',', ' ,\n');
  expect((await set(text)).$metadata.httpStatusCode).toBe(204);
  expect((await get()).Policy).toBe(text);
  expect((await remove()).$metadata.httpStatusCode).toBe(204);
  expect((await remove()).$metadata.httpStatusCode).toBe(204);
  expect(await codeOf(get())).toBe('404 NoSuchBucketPolicy');
});

test('what is no policy for the bucket is malformed, and changes nothing', async () => {
  await setTo({ Action: 's3:ListBucket' });
  const before = (await get()).Policy;
  for (const text of [
    'text',
    '{"Version":"2012-10-17"}',
    textOf([{ Action: 's3:ListBucket' }], 'another-bucket'),
    textOf([{ Action: 's3:LisstBucket' }]),
    textOf([{ Action: 's3:ListBucket', Condition: { StringEquals: { 's3:prefiks': '' } } }]),
    textOf([{ Action: 's3:ListBucket', on: 'x'.repeat(21_000) }]),
  ]) {
    expect(await codeOf(set(text))).toBe('400 MalformedPolicy');
  }
  expect((await get()).Policy).toBe(before);
  expect(await codeOf(set('{}', server.main, uniqueBucketName()))).toBe('404 NoSuchBucket');
});

test('only the owner sets, reads and deletes it; whom it allows that is told so', async () => {
  for (const client of [server.alt, server.anonymous]) {
    expect(await codeOf(set(textOf([{ Action: '*' }]), client))).toBe(denied);
    expect(await codeOf(get(client))).toBe(denied);
    expect(await codeOf(remove(client))).toBe(denied);
  }
  await setTo({ Action: '*' });
  expect(await codeOf(get(server.alt))).toBe('405 MethodNotAllowed');
  expect(await codeOf(remove(server.alt))).toBe('405 MethodNotAllowed');
});

test('an owner can be denied everything but looking after the policy', async () => {
  await setTo({ Effect: 'Deny', Action: '*' }, { Effect: 'Deny', Action: '*', on: '*' });
  expect(await codeOf(list(server.main))).toBe(denied);
  expect(await codeOf(put(server.main, Bucket, 'key'))).toBe(denied);
  await get();
  await remove();
  await put(server.main, Bucket, 'key');
});

test('it allows what ACLs do not, and takes effect and ends at once', async () => {
  await put(server.main, Bucket, 'key', 'body');
  for (const client of [server.alt, server.anonymous]) {
    await setTo({ Action: 's3:ListBucket' });
    expect((await list(client)).KeyCount).toBe(1);
    expect(await codeOf(client.send(new GetObjectCommand({ Bucket, Key: 'key' })))).toBe(denied);
    await setTo({ Action: 's3:GetObject', on: 'k*' });
    expect(await readText(client, Bucket, 'key')).toBe('body');
    expect(await codeOf(list(client))).toBe(denied);
    await remove();
    expect(await codeOf(list(client))).toBe(denied);
  }
});

test('it denies what ACLs allow', async () => {
  await server.main.send(new PutBucketAclCommand({ Bucket, ACL: 'authenticated-read' }));
  await list();
  await setTo({ Effect: 'Deny', Action: 's3:ListBucket', Principal: { AWS: '*' } });
  expect(await codeOf(list())).toBe(denied);
});

test('it tells accounts apart', async () => {
  await setTo({
    Action: 's3:ListBucket',
    Principal: { AWS: [`arn:aws:iam::${alt.accountId}:root`] },
  });
  await list(server.alt);
  expect(await codeOf(list(server.anonymous))).toBe(denied);
  await setTo({ Action: 's3:ListBucket', Principal: { CanonicalUser: main.accountId } });
  expect(await codeOf(list(server.alt))).toBe(denied);
});

test('prefix, delimiter and page size of a listing can be demanded', async () => {
  await setTo({
    Action: 's3:ListBucket',
    Condition: {
      StringLike: { 's3:prefix': 'public/*' },
      StringEquals: { 's3:delimiter': '/' },
      NumericLessThanEquals: { 's3:max-keys': '10' },
    },
  });
  const good = { Prefix: 'public/', Delimiter: '/', MaxKeys: 10 };
  await list(server.alt, good);
  for (const bad of [{ Prefix: 'private/' }, { Delimiter: '-' }, { MaxKeys: 11 }]) {
    expect(await codeOf(list(server.alt, { ...good, ...bad }))).toBe(denied);
  }
  expect(await codeOf(list())).toBe(denied);
});

test('whether a key is missing learns who may list its prefix', async () => {
  const Condition = { StringLike: { 's3:prefix': 'public/*' } };
  await setTo({ Action: 's3:ListBucket', Condition });
  const head = (Key: string) => codeOf(server.alt.send(new HeadObjectCommand({ Bucket, Key })));
  expect(await head('public/x')).toMatch(/^404/);
  expect(await head('private/x')).toMatch(/^403/);
});

test('addresses, plain HTTP, agents and referers can be demanded', async () => {
  const allowed = async (Condition: unknown): Promise<boolean> => {
    await setTo({ Action: 's3:ListBucket', Condition });
    const headers = { referer: 'http://www.example.com/page', 'user-agent': 'test/1' };
    const { status } = await fetch(`${server.endpoint}/${Bucket}`, { headers });
    return status === 200;
  };
  expect(await allowed({ IpAddress: { 'aws:SourceIp': '127.0.0.0/8' } })).toBe(true);
  expect(await allowed({ NotIpAddress: { 'aws:SourceIp': '127.0.0.0/8' } })).toBe(false);
  expect(await allowed({ Bool: { 'aws:SecureTransport': 'false' } })).toBe(true);
  expect(await allowed({ Bool: { 'aws:SecureTransport': 'true' } })).toBe(false);
  expect(await allowed({ StringLike: { 'aws:Referer': 'http://www.example.com/*' } })).toBe(true);
  expect(await allowed({ StringLike: { 'aws:Referer': 'http://example.org/*' } })).toBe(false);
  expect(await allowed({ StringEquals: { 'aws:UserAgent': 'test/1' } })).toBe(true);
  expect(await allowed({ DateGreaterThan: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' } })).toBe(
    true,
  );
  expect(await allowed({ NumericLessThan: { 'aws:EpochTime': '1577836800' } })).toBe(false);
  expect(await allowed({ StringEquals: { 'aws:PrincipalType': 'Anonymous' } })).toBe(true);
  expect(await allowed({ Null: { 's3:authType': 'true' } })).toBe(true);
});

test('presigned requests can be told apart, also by their age', async () => {
  await put(server.main, Bucket, 'key', 'body');
  const host = new URL(server.endpoint).host;
  const signed = { method: 'GET', path: `/${Bucket}/key`, host, account: alt, expiresSeconds: 900 };
  const status = async (Condition: unknown, ageMs = 0): Promise<number> => {
    await setTo({ Action: 's3:GetObject', on: '*', Condition });
    const target = presignedV4({ ...signed, now: Date.now() - ageMs });
    return (await fetch(`${server.endpoint}${target}`)).status;
  };
  expect(await status({ StringEquals: { 's3:authType': 'REST-QUERY-STRING' } })).toBe(200);
  expect(await status({ StringEquals: { 's3:authType': 'REST-HEADER' } })).toBe(403);
  expect(await status({ StringEquals: { 's3:signatureversion': 'AWS4-HMAC-SHA256' } })).toBe(200);
  const young = { NumericLessThan: { 's3:signatureAge': '600000' } };
  expect(await status(young)).toBe(200);
  expect(await status(young, 700_000)).toBe(403);
});

test('a put can be allowed or denied by its headers', async () => {
  await setTo(
    { Action: 's3:PutObject', on: '*' },
    {
      Effect: 'Deny',
      Action: 's3:PutObject',
      on: '*',
      Condition: { StringLike: { 's3:x-amz-acl': 'public*' } },
    },
  );
  await put(server.alt, Bucket, 'key');
  await put(server.alt, Bucket, 'key', 'x', { ACL: 'bucket-owner-full-control' });
  expect(await codeOf(put(server.alt, Bucket, 'key', 'x', { ACL: 'public-read' }))).toBe(denied);
  expect(await codeOf(put(server.main, Bucket, 'key', 'x', { ACL: 'public-read' }))).toBe(denied);
});

test('who may put may not give an ACL where the policy denies s3:PutObjectAcl', async () => {
  await setTo(
    { Action: 's3:PutObject', on: '*' },
    { Effect: 'Deny', Action: 's3:PutObjectAcl', on: '*' },
  );
  await put(server.alt, Bucket, 'key');
  expect(await codeOf(put(server.alt, Bucket, 'key', 'x', { ACL: 'private' }))).toBe(denied);
});

test('tags come with a put for those who may tag, and can be demanded', async () => {
  const Condition = { StringEquals: { 's3:RequestObjectTag/security': 'public' } };
  await setTo({ Action: 's3:PutObject', on: '*' });
  const tagged = (Tagging: string) => put(server.alt, Bucket, 'key', 'x', { Tagging });
  expect(await codeOf(tagged('security=public'))).toBe(denied);
  await setTo({ Action: ['s3:PutObject', 's3:PutObjectTagging'], on: '*', Condition });
  await tagged('a=b&security=public');
  expect(await codeOf(tagged('security=private'))).toBe(denied);
  expect(await codeOf(put(server.alt, Bucket, 'key'))).toBe(denied);
});

test('tags of the document can be demanded of PutObjectTagging', async () => {
  await put(server.main, Bucket, 'key');
  const tag = (Key: string, Value: string) =>
    server.alt.send(
      new PutObjectTaggingCommand({ Bucket, Key: 'key', Tagging: { TagSet: [{ Key, Value }] } }),
    );
  await setTo({
    Action: 's3:PutObjectTagging',
    on: '*',
    Condition: {
      'ForAllValues:StringLike': { 's3:RequestObjectTagKeys': ['colour', 'size'] },
      StringEquals: { 's3:RequestObjectTag/colour': 'red' },
    },
  });
  await tag('colour', 'red');
  expect(await codeOf(tag('colour', 'blue'))).toBe(denied);
  expect(await codeOf(tag('size', 'red'))).toBe(denied);
  const { TagSet } = await server.main.send(new GetObjectTaggingCommand({ Bucket, Key: 'key' }));
  expect(TagSet).toEqual([{ Key: 'colour', Value: 'red' }]);
});

test('objects can be told apart by the tags that they have', async () => {
  await put(server.main, Bucket, 'open', 'x', { Tagging: 'security=public' });
  await put(server.main, Bucket, 'closed', 'x', { Tagging: 'security=private' });
  const Condition = { StringEquals: { 's3:ExistingObjectTag/security': 'public' } };
  await setTo({
    Action: ['s3:GetObject', 's3:GetObjectTagging', 's3:GetObjectAcl'],
    on: '*',
    Condition,
  });
  for (const command of [GetObjectCommand, GetObjectTaggingCommand, GetObjectAclCommand]) {
    const ask = (Key: string) =>
      server.alt.send(new command({ Bucket, Key }) as GetObjectCommand) as Promise<unknown>;
    await ask('open');
    expect(await codeOf(ask('closed'))).toBe(denied);
  }
});

test('the source of a copy is allowed by its own bucket, and named by its new one', async () => {
  const from = await server.createBucket();
  await put(server.main, from, 'public/a', 'a');
  await put(server.main, from, 'private/a', 'a');
  const copy = (key: string) =>
    server.alt.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${from}/${key}` }));
  await setTo({ Action: 's3:PutObject', on: '*' });
  expect(await codeOf(copy('public/a'))).toBe(denied);
  await set(textOf([{ Action: 's3:GetObject', on: '*' }], from), server.main, from);
  await copy('public/a');
  await copy('private/a');
  const Condition = { StringLike: { 's3:x-amz-copy-source': `${from}/public/*` } };
  await setTo({ Action: 's3:PutObject', on: '*', Condition });
  await copy('public/a');
  expect(await codeOf(copy('private/a'))).toBe(denied);
  expect(await codeOf(put(server.alt, Bucket, 'key'))).toBe(denied);
});

test("a copy has its source's tags only for those who may read them, and tag the copy", async () => {
  const from = await server.createBucket();
  await put(server.main, from, 'key', 'a', { Tagging: 'a=b' });
  await setTo({ Action: 's3:PutObject', on: '*' });
  const copy = () =>
    server.alt.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${from}/key` }));
  await set(textOf([{ Action: 's3:GetObject', on: '*' }], from), server.main, from);
  expect(await codeOf(copy())).toBe(denied);
  const reading = ['s3:GetObject', 's3:GetObjectTagging'];
  await set(textOf([{ Action: reading, on: '*' }], from), server.main, from);
  expect(await codeOf(copy())).toBe(denied);
  await setTo({ Action: ['s3:PutObject', 's3:PutObjectTagging'], on: '*' });
  await copy();
});

test('multipart uploads are allowed by the ARN of their key', async () => {
  const create = (Key: string) =>
    server.alt.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  await setTo({ Action: 's3:PutObject' });
  expect(await codeOf(create('key'))).toBe(denied);
  await setTo({ Action: ['s3:PutObject', 's3:AbortMultipartUpload'], on: 'key' });
  const { UploadId } = await create('key');
  expect(await codeOf(create('other'))).toBe(denied);
  await server.alt.send(new AbortMultipartUploadCommand({ Bucket, Key: 'key', UploadId }));
});

test('DeleteObjects is decided for each key', async () => {
  for (const key of ['tmp/a', 'tmp/b', 'keep']) await put(server.main, Bucket, key);
  await setTo({ Action: 's3:DeleteObject', on: 'tmp/*' });
  const removal = (keys: string[]) =>
    new DeleteObjectsCommand({ Bucket, Delete: { Objects: keys.map((Key) => ({ Key })) } });
  const { Deleted, Errors } = await server.alt.send(removal(['tmp/a', 'keep']));
  expect(Deleted?.map(({ Key }) => Key)).toEqual(['tmp/a']);
  expect(Errors?.map(({ Key, Code }) => [Key, Code])).toEqual([['keep', 'AccessDenied']]);
  await setTo({ Effect: 'Deny', Action: 's3:DeleteObject', on: 'keep' });
  const own = await server.main.send(removal(['tmp/b', 'keep']));
  expect(own.Errors?.map(({ Key }) => Key)).toEqual(['keep']);
  expect(await allKeys(server.main, Bucket)).toEqual(['keep']);
  const one = new DeleteObjectCommand({ Bucket, Key: 'keep' });
  expect(await codeOf(server.main.send(one))).toBe(denied);
});

test('versions have actions of their own', async () => {
  const VersioningConfiguration = { Status: 'Enabled' as const };
  await server.main.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  const { VersionId } = await put(server.main, Bucket, 'key');
  const ask = (version?: string) =>
    server.alt.send(new GetObjectCommand({ Bucket, Key: 'key', VersionId: version }));
  await setTo({ Action: 's3:GetObject', on: '*' });
  await ask();
  expect(await codeOf(ask(VersionId))).toBe(denied);
  await setTo({
    Action: 's3:GetObjectVersion',
    on: '*',
    Condition: { StringEquals: { 's3:VersionId': VersionId } },
  });
  await ask(VersionId);
  expect(await codeOf(ask())).toBe(denied);
});

test("it allows nothing on other accounts' objects, and can deny it", async () => {
  await setTo({ Action: ['s3:PutObject', 's3:GetObject'], on: '*' });
  await put(server.alt, Bucket, 'theirs', 'x');
  expect(await readText(server.alt, Bucket, 'theirs')).toBe('x');
  const read = new GetObjectCommand({ Bucket, Key: 'theirs' });
  expect(await codeOf(server.anonymous.send(read))).toBe(denied);
  await setTo({ Effect: 'Deny', Action: 's3:GetObject', on: '*' });
  expect(await codeOf(server.alt.send(read))).toBe(denied);
});

test('an object can be put under a condition that demands its first creation', async () => {
  await setTo({
    Effect: 'Deny',
    Action: 's3:PutObject',
    on: '*',
    Condition: {
      Null: { 's3:if-none-match': 'true' },
      Bool: { 's3:ObjectCreationOperation': 'true' },
    },
  });
  expect(await codeOf(put(server.main, Bucket, 'key'))).toBe(denied);
  await server.main.send(new PutObjectCommand({ Bucket, Key: 'key', Body: 'x', IfNoneMatch: '*' }));
  const renamed = { Bucket, Key: 'new', RenameSource: 'key' };
  expect(await codeOf(server.main.send(new RenameObjectCommand(renamed)))).toBe(denied);
  await server.main.send(new RenameObjectCommand({ ...renamed, DestinationIfNoneMatch: '*' }));
});

test('the status says whether policy or ACL make the bucket public', async () => {
  const isPublic = async () => {
    const { PolicyStatus } = await server.main.send(new GetBucketPolicyStatusCommand({ Bucket }));
    return PolicyStatus?.IsPublic;
  };
  expect(await isPublic()).toBe(false);
  await setTo({ Action: 's3:ListBucket' });
  expect(await isPublic()).toBe(true);
  const Condition = { IpAddress: { 'aws:SourceIp': '10.0.0.0/32' } };
  await setTo({ Action: 's3:ListBucket', Condition });
  expect(await isPublic()).toBe(false);
  await server.main.send(new PutBucketAclCommand({ Bucket, ACL: 'authenticated-read' }));
  expect(await isPublic()).toBe(true);
  const PublicAccessBlockConfiguration = { IgnorePublicAcls: true };
  await server.main.send(
    new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration }),
  );
  expect(await isPublic()).toBe(false);
  await setTo({ Action: 's3:ListBucket' });
  expect(await isPublic()).toBe(true);
  const status = new GetBucketPolicyStatusCommand({ Bucket });
  expect(await codeOf(server.anonymous.send(status))).toBe(denied);
});
