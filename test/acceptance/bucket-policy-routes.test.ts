/** No way around a bucket policy: signatures, spelling, forms, uploads, versions, deletes, copies, websites. */
import { createHmac } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  type CreateBucketCommandInput,
  DeleteObjectsCommand,
  GetBucketAclCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  ListPartsCommand,
  PutBucketCorsCommand,
  PutBucketVersioningCommand,
  PutBucketWebsiteCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { beforeEach, expect, test } from 'vitest';
import { alt } from '../support/accounts.ts';
import { type PolicyStatement, setPolicy } from '../support/bucket-policy.ts';
import { complete, createUpload, uploadPart } from '../support/multipart.ts';
import { put, readText } from '../support/objects.ts';
import { exchange, outcome } from '../support/raw-http.ts';
import { codeOf } from '../support/s3-client.ts';
import {
  presignedV2,
  presignedV4,
  type RequestToSign,
  signedV2,
  signedV4,
} from '../support/signed-request.ts';
import { startTestServer } from '../support/test-server.ts';

const server = await startTestServer({ websiteDomain: ['sites.example.com'] });
const denied = '403 AccessDenied';
let Bucket: string;

beforeEach(async () => {
  Bucket = await server.createBucket();
});

const setTo = (...statements: readonly PolicyStatement[]) =>
  setPolicy(server.main, Bucket, ...statements);

const send = async (request: { readonly bytes: Buffer }) =>
  outcome(await exchange(server.port, request.bytes));

async function follow(target: string, method = 'GET', body = ''): Promise<string> {
  const length = method === 'PUT' ? `Content-Length: ${body.length}\r\n` : '';
  const head = `${method} ${target} HTTP/1.1\r\nHost: localhost\r\n${length}\r\n`;
  return outcome(await exchange(server.port, head + body));
}

test('Signature Version 2 does not pass for Version 4, whatever else the request says', async () => {
  await put(server.main, Bucket, 'key');
  const StringEquals = { 's3:signatureversion': 'AWS4-HMAC-SHA256' };
  await setTo({ Action: 's3:GetObject', on: '*', Condition: { StringEquals } });
  const get: RequestToSign = { method: 'GET', path: `/${Bucket}/key`, account: alt };
  const claiming = { ...get, headers: { 'x-amz-algorithm': 'AWS4-HMAC-SHA256' } };
  expect(await send(signedV4(get))).toBe('200');
  expect(await follow(presignedV4({ ...get, expiresSeconds: 60 }))).toBe('200');
  expect(await send(signedV2(get))).toBe(denied);
  expect(await send(signedV2(claiming))).toBe(denied);
  const expires = Math.floor(Date.now() / 1000) + 60;
  expect(await follow(presignedV2({ ...get, expires }))).toBe(denied);
  await setTo({
    Action: 's3:GetObject',
    on: '*',
    Condition: { StringEquals: { 's3:signatureversion': 'AWS' } },
  });
  expect(await send(signedV2(get))).toBe('200');
  expect(await follow(presignedV2({ ...get, expires }))).toBe('200');
});

test('a signature is as old as it is, not as a parameter beside it says', async () => {
  await put(server.main, Bucket, 'key');
  const NumericLessThan = { 's3:signatureAge': '300000' };
  await setTo({ Action: 's3:GetObject', on: '*', Condition: { NumericLessThan } });
  const now = Date.now();
  const young = new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const get: RequestToSign = { method: 'GET', path: `/${Bucket}/key`, account: alt };
  expect(await send(signedV4({ ...get, now }))).toBe('200');
  const old = { ...get, now: now - 600_000 };
  expect(await send(signedV4(old))).toBe(denied);
  expect(await send(signedV4({ ...old, query: `X-Amz-Date=${young}` }))).toBe(denied);
});

test('a number is the same number however it is spelled', async () => {
  await setTo(
    { Action: 's3:ListBucket' },
    {
      Effect: 'Deny',
      Action: 's3:ListBucket',
      Condition: { NumericGreaterThan: { 's3:max-keys': '10' } },
    },
  );
  expect(await follow(`/${Bucket}?max-keys=10`)).toBe('200');
  for (const spelled of ['11', '%2011', '+11', '%2B11', '0000000000000011']) {
    expect(await follow(`/${Bucket}?max-keys=${spelled}`)).toBe(denied);
  }
});

test('a header is the same header in a URL and with spaces around it', async () => {
  const StringEquals = { 's3:x-amz-acl': 'public-read' };
  const denial: PolicyStatement = {
    Effect: 'Deny',
    Action: 's3:PutObject',
    on: '*',
    Condition: { StringEquals },
  };
  await setTo({ Action: 's3:PutObject', on: '*' }, denial);
  const target = (query: string) =>
    presignedV4({ method: 'PUT', path: `/${Bucket}/key`, query, account: alt, expiresSeconds: 60 });
  expect(await follow(target('x-amz-acl=private'), 'PUT')).toBe('200');
  expect(await follow(target('x-amz-acl=public-read'), 'PUT')).toBe(denied);
  expect(await follow(target('x-amz-acl=%20public-read'), 'PUT')).toBe(denied);
  expect(await follow(target('x-amz-acl=public-read%C2%A0'), 'PUT')).not.toBe('200');
});

interface Form {
  readonly fields?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly version?: 2 | 4 | 'none';
}

/** Signed by `alt`, unless nobody signs it. */
async function post({ fields = {}, headers = {}, version = 4 }: Form): Promise<string> {
  const form = new Map(Object.entries({ key: 'posted', ...fields }));
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '');
  if (version === 4) {
    form.set('x-amz-algorithm', 'AWS4-HMAC-SHA256');
    form.set('x-amz-credential', `${alt.accessKeyId}/${day}/us-east-1/s3/aws4_request`);
    form.set('x-amz-date', `${day}T000000Z`);
  }
  const conditions = [{ bucket: Bucket }, ...[...form].map(([name, value]) => ({ [name]: value }))];
  const expiration = new Date(Date.now() + 60_000).toISOString();
  const policy = Buffer.from(JSON.stringify({ expiration, conditions })).toString('base64');
  if (version !== 'none') form.set('policy', policy);
  if (version === 2) {
    form.set('AWSAccessKeyId', alt.accessKeyId);
    const hmac = createHmac('sha1', alt.secretAccessKey);
    form.set('signature', hmac.update(policy).digest('base64'));
  } else if (version === 4) {
    const key = [day, 'us-east-1', 's3', 'aws4_request'].reduce<string | Buffer>(
      (secret, step) => createHmac('sha256', secret).update(step).digest(),
      `AWS4${alt.secretAccessKey}`,
    );
    form.set('x-amz-signature', createHmac('sha256', key).update(policy).digest('hex'));
  }
  const body = new FormData();
  for (const [name, value] of form) body.append(name, value);
  body.append('file', new Blob(['posted']), 'f');
  const answer = await fetch(`${server.endpoint}/${Bucket}`, { method: 'POST', body, headers });
  const code = /<Code>(\w+)</.exec(await answer.text())?.[1];
  return code === undefined ? String(answer.status) : `${answer.status} ${code}`;
}

test('a form is told apart by how it is signed and where it comes from', async () => {
  const under = (Condition: unknown) => setTo({ Action: 's3:PutObject', on: '*', Condition });
  await under({
    StringEquals: { 's3:authType': 'POST', 's3:signatureversion': 'AWS4-HMAC-SHA256' },
  });
  expect(await post({})).toBe('204');
  expect(await post({ version: 2 })).toBe(denied);
  expect(await post({ version: 'none' })).toBe(denied);
  expect(await codeOf(put(server.alt, Bucket, 'key'))).toBe(denied);
  await under({
    StringEquals: { 'aws:Referer': 'http://example.com/', 'aws:UserAgent': 'test/1' },
  });
  const headers = { referer: 'http://example.com/', 'user-agent': 'test/1' };
  expect(await post({ headers })).toBe('204');
  expect(await post({})).toBe(denied);
});

test('a form needs what a put needs, and is no copy', async () => {
  await setTo(
    { Action: 's3:PutObject', on: '*' },
    {
      Effect: 'Deny',
      Action: 's3:PutObject',
      on: '*',
      Condition: { StringLike: { 's3:x-amz-acl': 'public*' } },
    },
  );
  expect(await post({ fields: { acl: 'private' } })).toBe('204');
  expect(await post({ fields: { acl: 'public-read' } })).toBe(denied);
  expect(await post({ fields: { 'x-amz-acl': 'public-read' } })).toBe(denied);
  expect(await post({ fields: { key: 'posted', tagging: '<Tagging><TagSet/></Tagging>' } })).toBe(
    denied,
  );
  const StringLike = { 's3:x-amz-copy-source': `${Bucket}/*` };
  await setTo({ Action: 's3:PutObject', on: '*', Condition: { StringLike } });
  expect(await post({ fields: { 'x-amz-copy-source': `${Bucket}/key` } })).toBe(denied);
  const StringEquals = { 's3:x-amz-metadata-directive': 'COPY' };
  await setTo({ Action: 's3:PutObject', on: '*', Condition: { StringEquals } });
  expect(await post({ fields: { 'x-amz-metadata-directive': 'COPY' } })).toBe(denied);
});

test('what an upload is to be is decided when it is begun, its key in every request', async () => {
  const Null = { 's3:x-amz-server-side-encryption': 'true' };
  const StringNotEquals = { 's3:x-amz-acl': 'bucket-owner-full-control' };
  const deny = { Effect: 'Deny', Action: 's3:PutObject', on: '*' } as const;
  const grant = { Action: ['s3:PutObject', 's3:PutObjectTagging'], on: 'in/*' };
  await setTo(
    grant,
    { ...deny, Condition: { Null } },
    { ...deny, Condition: { StringNotEquals } },
    { ...deny, Condition: { StringNotLike: { 's3:RequestObjectTag/by': '*' } } },
  );
  const wanted = {
    ACL: 'bucket-owner-full-control',
    ServerSideEncryption: 'AES256',
    Tagging: 'by=alt',
  } as const;
  for (const name of ['ACL', 'ServerSideEncryption', 'Tagging'] as const) {
    const without = { ...wanted, [name]: undefined };
    expect(await codeOf(createUpload(server.alt, Bucket, 'in/a', without))).toBe(denied);
  }
  expect(await codeOf(createUpload(server.alt, Bucket, 'out/a', wanted))).toBe(denied);
  const upload = await createUpload(server.alt, Bucket, 'in/a', wanted);
  const part = await uploadPart(server.alt, upload, 1, 'bytes');
  await setTo({ ...grant, on: 'in/b' });
  expect(await codeOf(uploadPart(server.alt, upload, 2, 'more'))).toBe(denied);
  expect(await codeOf(complete(server.alt, upload, [part]))).toBe(denied);
  await setTo(grant, { ...deny, Condition: { Null } });
  await complete(server.alt, upload, [part]);
  expect(await readText(server.main, Bucket, 'in/a')).toBe('bytes');
});

test("a part's source is allowed by its own bucket, and can be demanded", async () => {
  const from = await server.createBucket();
  for (const key of ['public/a', 'private/a']) await put(server.main, from, key, 'a');
  await setPolicy(server.main, from, { Action: 's3:GetObject', on: 'public/*' });
  await setTo({ Action: 's3:PutObject', on: '*' });
  const upload = await createUpload(server.alt, Bucket, 'key');
  const copy = (key: string) =>
    server.alt.send(
      new UploadPartCopyCommand({ ...upload, PartNumber: 1, CopySource: `${from}/${key}` }),
    );
  await copy('public/a');
  expect(await codeOf(copy('private/a'))).toBe(denied);
  const StringLike = { 's3:x-amz-copy-source': `${from}/public/*` };
  await setTo({ Action: 's3:PutObject', on: '*', Condition: { StringLike } });
  const Condition = { StringEquals: { 's3:x-amz-acl': 'private' } };
  await setPolicy(server.main, from, { Action: 's3:*', on: '*', Condition });
  expect(await codeOf(copy('public/a'))).toBe(denied);
  await setPolicy(server.main, from, { Action: 's3:GetObject', on: '*' });
  await copy('public/a');
  expect(await codeOf(copy('private/a'))).toBe(denied);
  expect(await codeOf(uploadPart(server.alt, upload, 2, 'own bytes'))).toBe(denied);
});

test('uploads of others are listed and given up by whom the policy allows it', async () => {
  const upload = await createUpload(server.main, Bucket, 'key');
  const parts = () => server.alt.send(new ListPartsCommand(upload));
  const abort = () => server.alt.send(new AbortMultipartUploadCommand(upload));
  await setTo({ Action: 's3:PutObject', on: '*' });
  expect(await codeOf(parts())).toBe(denied);
  expect(await codeOf(abort())).toBe(denied);
  await setTo({ Action: 's3:ListMultipartUploadParts', on: 'key' });
  await parts();
  await setTo({ Action: 's3:AbortMultipartUpload', on: 'key' });
  await abort();
  await setTo({ Effect: 'Deny', Action: 's3:AbortMultipartUpload', on: '*' });
  const own = await createUpload(server.main, Bucket, 'key');
  expect(await codeOf(server.main.send(new AbortMultipartUploadCommand(own)))).toBe(denied);
});

async function twoVersions(): Promise<readonly [string, string]> {
  const VersioningConfiguration = { Status: 'Enabled' as const };
  await server.main.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  const { VersionId: first = '' } = await put(server.main, Bucket, 'key', '1');
  const { VersionId: second = '' } = await put(server.main, Bucket, 'key', '2');
  return [first, second];
}

test('a version is guarded in DeleteObjects as anywhere else', async () => {
  const [first, second] = await twoVersions();
  const StringEquals = { 's3:VersionId': first };
  await setTo(
    { Action: 's3:DeleteObjectVersion', on: '*' },
    { Effect: 'Deny', Action: 's3:DeleteObjectVersion', on: '*', Condition: { StringEquals } },
  );
  const Objects = [first, second].map((VersionId) => ({ Key: 'key', VersionId }));
  const removal = new DeleteObjectsCommand({ Bucket, Delete: { Objects } });
  const { Deleted, Errors } = await server.alt.send(removal);
  expect(Deleted?.map(({ VersionId }) => VersionId)).toEqual([second]);
  expect(Errors?.map(({ VersionId, Code }) => [VersionId, Code])).toEqual([
    [first, 'AccessDenied'],
  ]);
});

test('a version is guarded as the source of a copy too', async () => {
  const [first, second] = await twoVersions();
  const StringEquals = { 's3:VersionId': second };
  await setTo(
    { Action: 's3:PutObject', on: '*' },
    { Action: 's3:GetObjectVersion', on: 'key', Condition: { StringEquals } },
  );
  const copy = (VersionId?: string) => {
    const CopySource = `${Bucket}/key${VersionId === undefined ? '' : `?versionId=${VersionId}`}`;
    return server.alt.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource }));
  };
  await copy(second);
  expect(await codeOf(copy(first))).toBe(denied);
  expect(await codeOf(copy())).toBe(denied);
});

test('GetObjectAttributes tells nothing of an object that may not be read', async () => {
  await put(server.main, Bucket, 'key');
  const ask = (client = server.alt) =>
    client.send(
      new GetObjectAttributesCommand({ Bucket, Key: 'key', ObjectAttributes: ['ObjectSize'] }),
    );
  for (const Action of ['s3:GetObject', 's3:GetObjectAttributes']) {
    await setTo({ Action, on: '*' });
    expect(await codeOf(ask())).toBe(denied);
  }
  await setTo({ Action: ['s3:GetObject', 's3:GetObjectAttributes'], on: '*' });
  await ask();
  await setTo({ Effect: 'Deny', Action: 's3:GetObject', on: '*' });
  expect(await codeOf(ask(server.main))).toBe(denied);
});

test('making a bucket again changes no ACL or tags that its owner may not change', async () => {
  const again = (more: Partial<CreateBucketCommandInput> = {}) =>
    server.main.send(new CreateBucketCommand({ Bucket, ACL: 'public-read', ...more }));
  await setTo({ Effect: 'Deny', Action: 's3:PutBucketAcl' });
  expect(await codeOf(again())).toBe(denied);
  const { Grants } = await server.main.send(new GetBucketAclCommand({ Bucket }));
  expect(Grants).toHaveLength(1);
  await setTo({ Effect: 'Deny', Action: 's3:PutBucketTagging' });
  const tagged = { CreateBucketConfiguration: { Tags: [{ Key: 'a', Value: 'b' }] } };
  expect(await codeOf(again(tagged))).toBe(denied);
  await again();
});

test("a website and another origin's page read what the policy lets everybody read", async () => {
  await put(server.main, Bucket, 'open.html', 'open');
  await put(server.main, Bucket, 'closed.html', 'closed', { ACL: 'public-read' });
  const WebsiteConfiguration = { IndexDocument: { Suffix: 'open.html' } };
  await server.main.send(new PutBucketWebsiteCommand({ Bucket, WebsiteConfiguration }));
  const CORSRules = [{ AllowedMethods: ['GET'], AllowedOrigins: ['*'] }];
  await server.main.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules } }));
  const visit = async (path: string, more = '') => {
    const head = `GET ${path} HTTP/1.1\r\nHost: ${Bucket}.sites.example.com\r\n${more}\r\n`;
    return (await exchange(server.port, head)).status;
  };
  expect(await visit('/')).toBe(403);
  expect(await visit('/closed.html')).toBe(200);
  await setTo(
    { Action: 's3:GetObject', on: 'open.html' },
    { Effect: 'Deny', Action: 's3:GetObject', on: 'closed.html' },
  );
  expect(await visit('/')).toBe(200);
  expect(await visit('/closed.html')).toBe(403);
  expect(await visit('/closed.html', 'Origin: http://example.com\r\n')).toBe(403);
  const page = await fetch(`${server.endpoint}/${Bucket}/closed.html`, {
    headers: { origin: 'http://example.com' },
  });
  expect(page.status).toBe(403);
  expect(page.headers.get('access-control-allow-origin')).toBe('*');
  const Condition = { StringLike: { 'aws:Referer': 'http://example.com/*' } };
  await setTo({ Action: 's3:GetObject', on: 'open.html', Condition });
  expect(await visit('/')).toBe(403);
  expect(await visit('/', 'Referer: http://example.com/a\r\n')).toBe(200);
});

test('a presigned URL is good for what its signer may do when it is used', async () => {
  await put(server.main, Bucket, 'key');
  const target = presignedV4({
    method: 'GET',
    path: `/${Bucket}/key`,
    account: alt,
    expiresSeconds: 60,
  });
  expect(await follow(target)).toBe(denied);
  await setTo({ Action: 's3:GetObject', on: '*', Principal: { AWS: alt.accountId } });
  expect(await follow(target)).toBe('200');
  await setTo({ Effect: 'Deny', Action: 's3:GetObject', on: '*' });
  expect(await follow(target)).toBe(denied);
  expect(await codeOf(server.main.send(new GetObjectCommand({ Bucket, Key: 'key' })))).toBe(denied);
});
