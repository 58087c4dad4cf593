import {
  CopyObjectCommand,
  GetObjectAclCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectAclCommand,
  RenameObjectCommand,
  type RenameObjectCommandInput,
} from '@aws-sdk/client-s3';
import { beforeEach, expect, test } from 'vitest';
import { allUsers, alt } from '../support/accounts.ts';
import { multipartPut, smallestPartBytes } from '../support/multipart.ts';
import { allKeys, bytesOf, oddKeys, put, read, readText } from '../support/objects.ts';
import { exchange, outcome } from '../support/raw-http.ts';
import { codeOf, refusalOf } from '../support/s3-client.ts';
import { signedV4 } from '../support/signed-request.ts';
import { startTestServer } from '../support/test-server.ts';

const server = await startTestServer();
const { main } = server;
let Bucket: string;

beforeEach(async () => {
  Bucket = await server.createBucket();
});

function rename(
  RenameSource: string,
  Key: string,
  more: Partial<RenameObjectCommandInput> = {},
  client = main,
) {
  return client.send(new RenameObjectCommand({ Bucket, Key, RenameSource, ...more }));
}

const head = (Key: string) =>
  main.send(new HeadObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }));

test('the object has the new key and nothing the old one', async () => {
  await put(main, Bucket, 'old', 'content');
  await rename('old', 'new');
  expect(await allKeys(main, Bucket)).toEqual(['new']);
  expect(await readText(main, Bucket, 'new')).toBe('content');
  expect(await codeOf(head('old'))).toBe('404 NotFound');
});

test('everything of it stays, its time too', async () => {
  await put(main, Bucket, 'old', 'content', {
    CacheControl: 'no-cache',
    ChecksumAlgorithm: 'SHA256',
    ContentType: 'text/plain',
    Metadata: { colour: 'red' },
    ServerSideEncryption: 'AES256',
    StorageClass: 'STANDARD_IA',
    Tagging: 'a=1&b=2',
    WebsiteRedirectLocation: '/elsewhere',
  });
  await main.send(new PutObjectAclCommand({ Bucket, Key: 'old', ACL: 'public-read' }));
  const { $metadata: _, ...before } = await head('old');
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  await rename('old', 'new');
  const { $metadata: __, ...after } = await head('new');
  expect(after).toEqual(before);
  const tags = await main.send(new GetObjectTaggingCommand({ Bucket, Key: 'new' }));
  expect(tags.TagSet).toEqual([
    { Key: 'a', Value: '1' },
    { Key: 'b', Value: '2' },
  ]);
  const acl = await main.send(new GetObjectAclCommand({ Bucket, Key: 'new' }));
  expect(acl.Grants?.map(({ Grantee }) => Grantee?.URI)).toContain(allUsers);
  expect(await readText(main, Bucket, 'new')).toBe('content');
});

test('a multipart object keeps its parts', async () => {
  const bodies = [bytesOf(smallestPartBytes, 1), bytesOf(10, 2)];
  const { ETag } = await multipartPut(main, Bucket, 'old', bodies);
  await rename('old', 'new');
  expect(await head('new')).toMatchObject({ ETag });
  expect(await read(main, Bucket, 'new', { PartNumber: 2 })).toEqual(bodies[1]);
});

test('what had the new key is gone', async () => {
  await put(main, Bucket, 'old', 'content', { Tagging: 'a=1' });
  await put(main, Bucket, 'new', 'replaced', { Metadata: { colour: 'red' } });
  await rename('old', 'new');
  expect(await allKeys(main, Bucket)).toEqual(['new']);
  expect(await readText(main, Bucket, 'new')).toBe('content');
  expect((await head('new')).Metadata).toEqual({});
});

test('a copy of what is renamed or replaced keeps its bytes', async () => {
  await put(main, Bucket, 'old', bytesOf(100_000, 1));
  await put(main, Bucket, 'new', bytesOf(100_000, 2));
  const copy = (from: string) =>
    main.send(
      new CopyObjectCommand({ Bucket, Key: `copy of ${from}`, CopySource: `${Bucket}/${from}` }),
    );
  await copy('old');
  await copy('new');
  await rename('old', 'new');
  expect(await read(main, Bucket, 'copy of old')).toEqual(bytesOf(100_000, 1));
  expect(await read(main, Bucket, 'copy of new')).toEqual(bytesOf(100_000, 2));
  expect(await read(main, Bucket, 'new')).toEqual(bytesOf(100_000, 1));
});

test.each(oddKeys)('the source %j is found, percent-encoded', async (key) => {
  await put(main, Bucket, key, 'content');
  await rename(encodeURIComponent(key), 'new');
  expect(await allKeys(main, Bucket)).toEqual(['new']);
});

test('a client token, which SDKs make up, may be left out', async () => {
  await put(main, Bucket, 'old', 'content');
  const headers = { 'x-amz-rename-source': 'old' };
  const send = () => {
    const path = `/${Bucket}/new`;
    const { bytes } = signedV4({ method: 'PUT', path, query: 'renameObject=', headers });
    return exchange(server.port, bytes);
  };
  const answer = await send();
  expect([outcome(answer), answer.body.length]).toEqual(['200', 0]);
  expect(outcome(await send())).toBe('404 NoSuchKey');
  expect(await allKeys(main, Bucket)).toEqual(['new']);
});

test('an object that is not there cannot be renamed', async () => {
  await put(main, Bucket, 'new', 'stays');
  expect(await codeOf(rename('missing', 'new'))).toBe('404 NoSuchKey');
  expect(await readText(main, Bucket, 'new')).toBe('stays');
});

test.each([
  ['', '400 InvalidArgument'],
  ['%zz', '400 InvalidArgument'],
  ['x'.repeat(1025), '400 KeyTooLongError'],
  ['itself', '400 InvalidRequest'],
])('the source %j is refused', async (source, expected) => {
  await put(main, Bucket, 'itself', 'stays');
  expect(await codeOf(rename(source, 'itself'))).toBe(expected);
  expect(await readText(main, Bucket, 'itself')).toBe('stays');
});

const past = new Date(Date.now() - 3_600_000);
const future = new Date(Date.now() + 3_600_000);

test.each<readonly [string, Partial<RenameObjectCommandInput>]>([
  ['SourceIfMatch', { SourceIfMatch: '"no"' }],
  ['SourceIfNoneMatch', { SourceIfNoneMatch: '*' }],
  ['SourceIfModifiedSince', { SourceIfModifiedSince: future }],
  ['SourceIfUnmodifiedSince', { SourceIfUnmodifiedSince: past }],
  ['DestinationIfMatch', { DestinationIfMatch: '"no"' }],
  ['DestinationIfNoneMatch', { DestinationIfNoneMatch: '*' }],
  ['DestinationIfModifiedSince', { DestinationIfModifiedSince: future }],
  ['DestinationIfUnmodifiedSince', { DestinationIfUnmodifiedSince: past }],
])('%s that fails renames nothing', async (_, condition) => {
  await put(main, Bucket, 'old', 'content');
  await put(main, Bucket, 'new', 'stays');
  const refusal = await refusalOf(rename('old', 'new', condition));
  expect(`${refusal.status} ${refusal.code}`).toBe('412 PreconditionFailed');
  expect(await readText(main, Bucket, 'old')).toBe('content');
  expect(await readText(main, Bucket, 'new')).toBe('stays');
});

test('conditions that hold let it happen', async () => {
  const { ETag } = await put(main, Bucket, 'old', 'content');
  const replaced = await put(main, Bucket, 'new', 'replaced');
  await rename('old', 'new', {
    SourceIfMatch: ETag,
    SourceIfModifiedSince: past,
    SourceIfUnmodifiedSince: future,
    DestinationIfMatch: replaced.ETag,
    DestinationIfModifiedSince: past,
    DestinationIfUnmodifiedSince: future,
  });
  expect(await readText(main, Bucket, 'new')).toBe('content');
  await rename('new', 'newer', { SourceIfNoneMatch: '"no"', DestinationIfNoneMatch: '*' });
  expect(await allKeys(main, Bucket)).toEqual(['newer']);
});

test('a destination that is not there fails what asks for it', async () => {
  await put(main, Bucket, 'old', 'content');
  const fails = [{ DestinationIfMatch: '*' }, { DestinationIfModifiedSince: past }];
  for (const condition of fails) {
    expect(await codeOf(rename('old', 'new', condition))).toBe('412 PreconditionFailed');
  }
  await rename('old', 'new', { DestinationIfUnmodifiedSince: past });
  expect(await allKeys(main, Bucket)).toEqual(['new']);
});

test('If-None-Match takes only an asterisk', async () => {
  await put(main, Bucket, 'old', 'content');
  expect(await codeOf(rename('old', 'new', { DestinationIfNoneMatch: '"etag"' }))).toBe(
    '501 NotImplemented',
  );
});

test('with its client token a request that is sent again is known to be done', async () => {
  const ClientToken = 'token-1';
  await put(main, Bucket, 'old', 'content');
  await rename('old', 'new', { ClientToken });
  await put(main, Bucket, 'old', 'another');
  await rename('old', 'new', { ClientToken });
  expect(await readText(main, Bucket, 'new')).toBe('content');
  expect(await readText(main, Bucket, 'old')).toBe('another');
});

test('it is known even when the old key has nothing any more', async () => {
  const ClientToken = 'token-2';
  await put(main, Bucket, 'old', 'content');
  await rename('old', 'new', { ClientToken });
  await rename('old', 'new', { ClientToken });
  expect(await codeOf(rename('old', 'new', { ClientToken: 'another' }))).toBe('404 NoSuchKey');
});

test('a client token that came with another request is refused', async () => {
  const ClientToken = 'token-3';
  await put(main, Bucket, 'old', 'content');
  await rename('old', 'new', { ClientToken });
  const others = [
    rename('old', 'newer', { ClientToken }),
    rename('new', 'newer', { ClientToken }),
    rename('old', 'new', { ClientToken, SourceIfNoneMatch: '"no"' }),
  ];
  const answers = await Promise.all(others.map(codeOf));
  expect(answers).toEqual(Array(3).fill('400 IdempotencyParameterMismatch'));
  expect(await allKeys(main, Bucket)).toEqual(['new']);
});

test('a refused request uses no token up', async () => {
  const ClientToken = 'token-4';
  expect(await codeOf(rename('old', 'new', { ClientToken }))).toBe('404 NoSuchKey');
  await put(main, Bucket, 'old', 'content');
  await rename('old', 'new', { ClientToken });
  expect(await allKeys(main, Bucket)).toEqual(['new']);
});

test.each(['x'.repeat(65), 'with space'])('the client token %j is refused', async (ClientToken) => {
  await put(main, Bucket, 'old', 'content');
  expect(await codeOf(rename('old', 'new', { ClientToken }))).toBe('400 InvalidArgument');
});

test('a bucket with versioning is refused by name', async () => {
  await put(main, Bucket, 'old', 'content');
  for (const Status of ['Enabled', 'Suspended'] as const) {
    const VersioningConfiguration = { Status };
    await main.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
    const refusal = await refusalOf(rename('old', 'new'));
    expect(`${refusal.status} ${refusal.code}`).toBe('501 NotImplemented');
    expect(refusal.message).toContain('RenameObject');
  }
  expect(await allKeys(main, Bucket)).toEqual(['old']);
});

const principal = `arn:aws:iam::${alt.accountId}:root`;

function setPolicy(allowed: readonly string[], denied: readonly string[] = []) {
  const statement = (Effect: string, Action: readonly string[]) => ({
    Effect,
    Principal: { AWS: principal },
    Action,
    Resource: `arn:aws:s3:::${Bucket}/*`,
  });
  const Statement = [statement('Allow', allowed)];
  if (denied.length > 0) Statement.push(statement('Deny', denied));
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
  return main.send(new PutBucketPolicyCommand({ Bucket, Policy }));
}

const rights = ['s3:GetObject', 's3:DeleteObject', 's3:PutObject'];

test.each(rights)('others may not rename without %s', async (missing) => {
  await put(main, Bucket, 'old', 'content');
  await setPolicy(rights.filter((one) => one !== missing));
  expect(await codeOf(rename('old', 'new', {}, server.alt))).toBe('403 AccessDenied');
  expect(await allKeys(main, Bucket)).toEqual(['old']);
});

test('others may with all three, unless s3:RenameObject is denied', async () => {
  await put(main, Bucket, 'old', 'content');
  await setPolicy(rights, ['s3:RenameObject']);
  expect(await codeOf(rename('old', 'new', {}, server.alt))).toBe('403 AccessDenied');
  await setPolicy(rights);
  await rename('old', 'new', {}, server.alt);
  expect(await allKeys(main, Bucket)).toEqual(['new']);
});

test('of many renames of one object to many keys one wins', async () => {
  await put(main, Bucket, 'old', 'content');
  const tries = Array.from({ length: 20 }, (_, at) => codeOf(rename('old', `new-${at}`)));
  const answers = await Promise.all(tries.map((one) => one.catch(() => 'done')));
  expect(answers.filter((one) => one === 'done')).toHaveLength(1);
  expect(new Set(answers)).toEqual(new Set(['done', '404 NoSuchKey']));
  expect(await allKeys(main, Bucket)).toHaveLength(1);
});

test('of many renames to a key that is to be free one wins', async () => {
  const keys = Array.from({ length: 20 }, (_, at) => `old-${at}`);
  await Promise.all(keys.map((key) => put(main, Bucket, key)));
  const only = { DestinationIfNoneMatch: '*' };
  const tries = keys.map((key) => codeOf(rename(key, 'new', only)).catch(() => 'done'));
  const answers = await Promise.all(tries);
  const winners = keys.filter((_, at) => answers[at] === 'done');
  expect(winners).toHaveLength(1);
  expect(await readText(main, Bucket, 'new')).toBe(winners[0]);
  expect(await allKeys(main, Bucket)).toHaveLength(20);
});
