import {
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeletePublicAccessBlockCommand,
  GetBucketAclCommand,
  GetObjectCommand,
  GetPublicAccessBlockCommand,
  ListObjectsV2Command,
  type PublicAccessBlockConfiguration,
  PutBucketAclCommand,
  PutBucketPolicyCommand,
  PutObjectAclCommand,
  PutPublicAccessBlockCommand,
} from '@aws-sdk/client-s3';
import { beforeEach, expect, test } from 'vitest';
import { allUsers, alt, authenticatedUsers } from '../support/accounts.ts';
import { put, readText } from '../support/objects.ts';
import { exchange, outcome } from '../support/raw-http.ts';
import { codeOf } from '../support/s3-client.ts';
import { signedV4 } from '../support/signed-request.ts';
import { startTestServer } from '../support/test-server.ts';

const server = await startTestServer();
const denied = '403 AccessDenied';
let Bucket: string;

beforeEach(async () => {
  Bucket = await server.createBucket();
});

function block(configuration: PublicAccessBlockConfiguration, client = server.main) {
  return client.send(
    new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: configuration }),
  );
}

const get = (client = server.main) => client.send(new GetPublicAccessBlockCommand({ Bucket }));
const unblock = (client = server.main) =>
  client.send(new DeletePublicAccessBlockCommand({ Bucket }));

function setPolicy(Principal: unknown, Effect = 'Allow', Action = 's3:*') {
  const Resource = [`arn:aws:s3:::${Bucket}`, `arn:aws:s3:::${Bucket}/*`];
  const Policy = JSON.stringify({ Statement: { Effect, Principal, Action, Resource } });
  return server.main.send(new PutBucketPolicyCommand({ Bucket, Policy }));
}

test('a block is given back with all four settings, and is gone after its deletion', async () => {
  expect(await codeOf(get())).toBe('404 NoSuchPublicAccessBlockConfiguration');
  await block({ BlockPublicAcls: true });
  expect((await get()).PublicAccessBlockConfiguration).toEqual({
    BlockPublicAcls: true,
    IgnorePublicAcls: false,
    BlockPublicPolicy: false,
    RestrictPublicBuckets: false,
  });
  expect((await unblock()).$metadata.httpStatusCode).toBe(204);
  expect((await unblock()).$metadata.httpStatusCode).toBe(204);
  expect(await codeOf(get())).toBe('404 NoSuchPublicAccessBlockConfiguration');
});

test('it is for the owner, and for whom the policy allows it', async () => {
  await server.main.send(new PutBucketAclCommand({ Bucket, ACL: 'public-read-write' }));
  expect(await codeOf(block({}, server.alt))).toBe(denied);
  expect(await codeOf(get(server.alt))).toBe(denied);
  expect(await codeOf(unblock(server.alt))).toBe(denied);
  await setPolicy({ AWS: alt.accountId }, 'Allow', 's3:PutBucketPublicAccessBlock');
  await block({}, server.alt);
  await unblock(server.alt);
  await setPolicy('*', 'Deny', 's3:GetBucketPublicAccessBlock');
  expect(await codeOf(get())).toBe(denied);
});

test('BlockPublicAcls refuses public ACLs, and no others', async () => {
  await put(server.main, Bucket, 'key');
  await block({ BlockPublicAcls: true });
  const Key = 'key';
  for (const ACL of ['public-read', 'public-read-write', 'authenticated-read'] as const) {
    expect(await codeOf(put(server.main, Bucket, 'new', 'x', { ACL }))).toBe(denied);
    expect(await codeOf(server.main.send(new PutBucketAclCommand({ Bucket, ACL })))).toBe(denied);
    expect(await codeOf(server.main.send(new PutObjectAclCommand({ Bucket, Key, ACL })))).toBe(
      denied,
    );
    const upload = new CreateMultipartUploadCommand({ Bucket, Key, ACL });
    expect(await codeOf(server.main.send(upload))).toBe(denied);
  }
  const GrantRead = 'uri="http://acs.amazonaws.com/groups/global/AllUsers"';
  expect(await codeOf(put(server.main, Bucket, 'new', 'x', { GrantRead }))).toBe(denied);
  await put(server.main, Bucket, 'new', 'x', { ACL: 'private' });
  await put(server.main, Bucket, 'new', 'x', { GrantRead: `id="${alt.accountId}"` });
  await unblock();
  await put(server.main, Bucket, 'new', 'x', { ACL: 'public-read' });
});

test('BlockPublicAcls lets no public ACL in by a copy, a grant or making the bucket again', async () => {
  await put(server.main, Bucket, 'key');
  await block({ BlockPublicAcls: true });
  const ACL = 'public-read';
  const CopySource = `${Bucket}/key`;
  const copy = new CopyObjectCommand({ Bucket, Key: 'copy', CopySource, ACL });
  expect(await codeOf(server.main.send(copy))).toBe(denied);
  expect(await codeOf(server.main.send(new CreateBucketCommand({ Bucket, ACL })))).toBe(denied);
  for (const uri of [allUsers, authenticatedUsers]) {
    const GrantRead = `uri="${uri}"`;
    const grant = new PutBucketAclCommand({ Bucket, GrantRead });
    expect(await codeOf(server.main.send(grant))).toBe(denied);
    const { Owner } = await server.main.send(new GetBucketAclCommand({ Bucket }));
    const Grants = [
      { Grantee: { Type: 'Group' as const, URI: uri }, Permission: 'READ_ACP' as const },
    ];
    const AccessControlPolicy = { Owner, Grants };
    const replace = new PutObjectAclCommand({ Bucket, Key: 'key', AccessControlPolicy });
    expect(await codeOf(server.main.send(replace))).toBe(denied);
  }
});

test('what is public already stays so until it is ignored or restricted', async () => {
  await put(server.main, Bucket, 'acl', 'x', { ACL: 'public-read' });
  await put(server.main, Bucket, 'policy', 'x');
  const Resource = `arn:aws:s3:::${Bucket}/policy`;
  const Statement = { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource };
  const Policy = JSON.stringify({ Statement });
  await server.main.send(new PutBucketPolicyCommand({ Bucket, Policy }));
  const readable = async () => {
    const codes: string[] = [];
    for (const Key of ['acl', 'policy']) {
      const answer = await fetch(`${server.endpoint}/${Bucket}/${Key}`);
      codes.push(String(answer.status));
    }
    return codes.join(' ');
  };
  await block({ BlockPublicAcls: true, BlockPublicPolicy: true });
  expect(await readable()).toBe('200 200');
  await block({ IgnorePublicAcls: true });
  expect(await readable()).toBe('403 200');
  await block({ RestrictPublicBuckets: true });
  expect(await readable()).toBe('403 403');
  await unblock();
  expect(await readable()).toBe('200 200');
});

test('what is no configuration is refused', async () => {
  const put = async (body: string) => {
    const request = signedV4({
      method: 'PUT',
      path: `/${Bucket}`,
      query: 'publicAccessBlock',
      body,
    });
    return outcome(await exchange(server.port, request.bytes));
  };
  const text = (inside: string) =>
    `<PublicAccessBlockConfiguration>${inside}</PublicAccessBlockConfiguration>`;
  expect(await put('')).toBe('400 MissingRequestBodyError');
  expect(await put(text('<BlockPublicAcls>maybe</BlockPublicAcls>'))).toBe('400 MalformedXML');
  expect(await codeOf(get())).toBe('404 NoSuchPublicAccessBlockConfiguration');
  expect(await put(text('<BlockPublicAcls>TRUE</BlockPublicAcls>'))).toBe('200');
  expect((await get()).PublicAccessBlockConfiguration?.BlockPublicAcls).toBe(true);
});

test('IgnorePublicAcls takes public grants their effect, and leaves them in place', async () => {
  await server.main.send(new PutBucketAclCommand({ Bucket, ACL: 'public-read' }));
  await put(server.main, Bucket, 'open', 'x', { ACL: 'public-read' });
  await put(server.main, Bucket, 'theirs', 'x', { GrantRead: `id="${alt.accountId}"` });
  await block({ IgnorePublicAcls: true });
  const list = new ListObjectsV2Command({ Bucket });
  expect(await codeOf(server.alt.send(list))).toBe(denied);
  expect(await codeOf(server.anonymous.send(new GetObjectCommand({ Bucket, Key: 'open' })))).toBe(
    denied,
  );
  expect(await readText(server.alt, Bucket, 'theirs')).toBe('x');
  await server.main.send(new PutBucketAclCommand({ Bucket, ACL: 'public-read' }));
  await unblock();
  await server.alt.send(list);
  expect(await readText(server.anonymous, Bucket, 'open')).toBe('x');
});

test('BlockPublicPolicy refuses public policies, and no others', async () => {
  await block({ BlockPublicPolicy: true });
  expect(await codeOf(setPolicy('*'))).toBe(denied);
  expect(await codeOf(setPolicy({ AWS: '*' }))).toBe(denied);
  await setPolicy({ AWS: `arn:aws:iam::${alt.accountId}:root` });
  await setPolicy('*', 'Deny', 's3:DeleteObject');
});

test('RestrictPublicBuckets leaves a bucket with a public policy to its owner', async () => {
  await put(server.main, Bucket, 'key', 'x', { GrantRead: `id="${alt.accountId}"` });
  await setPolicy('*');
  expect(await readText(server.anonymous, Bucket, 'key')).toBe('x');
  await block({ RestrictPublicBuckets: true });
  const read = new GetObjectCommand({ Bucket, Key: 'key' });
  expect(await codeOf(server.anonymous.send(read))).toBe(denied);
  expect(await codeOf(server.alt.send(read))).toBe(denied);
  expect(await readText(server.main, Bucket, 'key')).toBe('x');
  await setPolicy({ AWS: alt.accountId });
  expect(await readText(server.alt, Bucket, 'key')).toBe('x');
});
