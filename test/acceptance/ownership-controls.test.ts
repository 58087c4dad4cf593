import {
  CopyObjectCommand,
  CreateBucketCommand,
  type CreateBucketCommandInput,
  CreateMultipartUploadCommand,
  DeleteBucketOwnershipControlsCommand,
  DeletePublicAccessBlockCommand,
  GetBucketAclCommand,
  GetBucketOwnershipControlsCommand,
  GetObjectAclCommand,
  GetPublicAccessBlockCommand,
  ListObjectsV2Command,
  type ObjectOwnership,
  PutBucketAclCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutObjectAclCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { beforeEach, expect, test } from 'vitest';
import { allUsers, alt, main } from '../support/accounts.ts';
import { multipartPut } from '../support/multipart.ts';
import { put, readText } from '../support/objects.ts';
import { codeOf } from '../support/s3-client.ts';
import { startTestServer, uniqueBucketName } from '../support/test-server.ts';

const server = await startTestServer();
const asOnAws = await startTestServer({ bucketDefaults: 'aws' });
const denied = '403 AccessDenied';
let Bucket: string;

beforeEach(async () => {
  Bucket = await server.createBucket();
});

function control(ObjectOwnership: ObjectOwnership, client = server.main) {
  const OwnershipControls = { Rules: [{ ObjectOwnership }] };
  return client.send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls }));
}

async function ownershipOf(bucket = Bucket, client = server.main): Promise<string | undefined> {
  const command = new GetBucketOwnershipControlsCommand({ Bucket: bucket });
  const { OwnershipControls } = await client.send(command);
  expect(OwnershipControls?.Rules).toHaveLength(1);
  return OwnershipControls?.Rules?.[0]?.ObjectOwnership;
}

async function create(input: Partial<CreateBucketCommandInput>, client: S3Client = server.main) {
  const bucket = uniqueBucketName();
  await client.send(new CreateBucketCommand({ Bucket: bucket, ...input }));
  return bucket;
}

function letAltIn(): Promise<unknown> {
  const Policy = JSON.stringify({
    Statement: {
      Effect: 'Allow',
      Principal: { AWS: alt.accountId },
      Action: '*',
      Resource: [`arn:aws:s3:::${Bucket}`, `arn:aws:s3:::${Bucket}/*`],
    },
  });
  return server.main.send(new PutBucketPolicyCommand({ Bucket, Policy }));
}

async function aclOf(Key: string, client = server.alt) {
  const { Owner, Grants } = await client.send(new GetObjectAclCommand({ Bucket, Key }));
  return { owner: Owner?.ID, grants: Grants?.map((grant) => grant.Grantee?.ID) };
}

test('controls are given back, and are gone after their deletion', async () => {
  const none = '404 OwnershipControlsNotFoundError';
  expect(await codeOf(ownershipOf())).toBe(none);
  for (const value of ['BucketOwnerPreferred', 'ObjectWriter', 'BucketOwnerEnforced'] as const) {
    await control(value);
    expect(await ownershipOf()).toBe(value);
  }
  const remove = new DeleteBucketOwnershipControlsCommand({ Bucket });
  expect((await server.main.send(remove)).$metadata.httpStatusCode).toBe(204);
  expect((await server.main.send(remove)).$metadata.httpStatusCode).toBe(204);
  expect(await codeOf(ownershipOf())).toBe(none);
  expect(await codeOf(control('ObjectWriter', server.alt))).toBe(denied);
  expect(await codeOf(control('Nobody' as 'ObjectWriter'))).toBe('400 MalformedXML');
});

test('a bucket can be made with each of them', async () => {
  for (const value of ['BucketOwnerPreferred', 'ObjectWriter', 'BucketOwnerEnforced'] as const) {
    expect(await ownershipOf(await create({ ObjectOwnership: value }))).toBe(value);
  }
  const enforced = { ObjectOwnership: 'BucketOwnerEnforced', ACL: 'public-read' } as const;
  expect(await codeOf(create(enforced))).toBe('400 InvalidBucketAclWithObjectOwnership');
  await create({ ...enforced, ACL: 'private' });
});

test('a bucket that is made again keeps its ownership', async () => {
  const bucket = await create({ ObjectOwnership: 'BucketOwnerEnforced' });
  const again = (input: Partial<CreateBucketCommandInput>) =>
    server.main.send(new CreateBucketCommand({ Bucket: bucket, ...input }));
  await again({});
  await again({ ObjectOwnership: 'BucketOwnerEnforced' });
  expect(await codeOf(again({ ObjectOwnership: 'ObjectWriter' }))).toBe(
    '409 BucketAlreadyOwnedByYou',
  );
  expect(await codeOf(again({ ACL: 'public-read' }))).toBe(
    '400 InvalidBucketAclWithObjectOwnership',
  );
  expect(await ownershipOf(bucket)).toBe('BucketOwnerEnforced');
});

test('ACLs that give something away have to go before they are disabled', async () => {
  await server.main.send(new PutBucketAclCommand({ Bucket, ACL: 'public-read' }));
  expect(await codeOf(control('BucketOwnerEnforced'))).toBe(
    '400 InvalidBucketAclWithObjectOwnership',
  );
  await control('BucketOwnerPreferred');
  await server.main.send(new PutBucketAclCommand({ Bucket, ACL: 'private' }));
  await control('BucketOwnerEnforced');
});

test("under BucketOwnerEnforced everything is the bucket owner's, and ACLs are refused", async () => {
  await letAltIn();
  await control('BucketOwnerEnforced');
  const own = { owner: main.accountId, grants: [main.accountId] };
  const full = { ACL: 'bucket-owner-full-control' } as const;
  await put(server.alt, Bucket, 'plain');
  await put(server.alt, Bucket, 'full', 'x', full);
  await put(server.alt, Bucket, 'granted', 'x', { GrantFullControl: `id="${main.accountId}"` });
  const copy = (more: object) =>
    server.alt.send(
      new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/plain`, ...more }),
    );
  const upload = (more: object) =>
    server.alt.send(new CreateMultipartUploadCommand({ Bucket, Key: 'upload', ...more }));
  await copy(full);
  await upload(full);
  for (const key of ['plain', 'full', 'granted', 'copy']) expect(await aclOf(key)).toEqual(own);

  const refused = '400 AccessControlListNotSupported';
  for (const more of [
    { ACL: 'private' } as const,
    { GrantRead: `id="${main.accountId}"` },
    { GrantFullControl: `id="${alt.accountId}"` },
  ]) {
    expect(await codeOf(put(server.alt, Bucket, 'plain', 'x', more))).toBe(refused);
    expect(await codeOf(copy(more))).toBe(refused);
    expect(await codeOf(upload(more))).toBe(refused);
  }
  const ACL = 'private';
  expect(await codeOf(server.main.send(new PutBucketAclCommand({ Bucket, ACL })))).toBe(refused);
  const change = new PutObjectAclCommand({ Bucket, Key: 'plain', ACL });
  expect(await codeOf(server.main.send(change))).toBe(refused);
});

test('BucketOwnerEnforced takes the ACLs of before their effect, and gives it back', async () => {
  await server.main.send(
    new PutBucketAclCommand({
      Bucket,
      GrantFullControl: `id="${main.accountId}"`,
      GrantWrite: `id="${alt.accountId}"`,
    }),
  );
  await put(server.alt, Bucket, 'theirs', 'x');
  await put(server.main, Bucket, 'open', 'x', { ACL: 'public-read' });
  await server.main.send(new PutBucketAclCommand({ Bucket, ACL: 'private' }));
  await control('BucketOwnerEnforced');
  expect(await codeOf(readText(server.alt, Bucket, 'theirs'))).toBe(denied);
  expect(await codeOf(readText(server.anonymous, Bucket, 'open'))).toBe(denied);
  expect(await readText(server.main, Bucket, 'theirs')).toBe('x');
  expect(await aclOf('theirs', server.main)).toEqual({
    owner: main.accountId,
    grants: [main.accountId],
  });
  const { Owner } = await server.main.send(new GetBucketAclCommand({ Bucket }));
  expect(Owner?.ID).toBe(main.accountId);
  await server.main.send(new DeleteBucketOwnershipControlsCommand({ Bucket }));
  expect(await readText(server.alt, Bucket, 'theirs')).toBe('x');
  expect(await readText(server.anonymous, Bucket, 'open')).toBe('x');
});

test('under BucketOwnerPreferred only bucket-owner-full-control hands an object over', async () => {
  await letAltIn();
  await control('BucketOwnerPreferred');
  await put(server.alt, Bucket, 'plain');
  await put(server.alt, Bucket, 'private', 'x', { ACL: 'private' });
  await put(server.alt, Bucket, 'full', 'x', { ACL: 'bucket-owner-full-control' });
  expect((await aclOf('plain')).owner).toBe(alt.accountId);
  expect((await aclOf('private')).owner).toBe(alt.accountId);
  expect(await aclOf('full')).toEqual({ owner: main.accountId, grants: [main.accountId] });
  await control('ObjectWriter');
  await put(server.alt, Bucket, 'full', 'x', { ACL: 'bucket-owner-full-control' });
  expect((await aclOf('full')).owner).toBe(alt.accountId);
});

test('what no bucket can have is refused', async () => {
  expect(await codeOf(create({ ObjectOwnership: 'Nobody' as 'ObjectWriter' }))).toBe(
    '400 InvalidArgument',
  );
  for (const Rules of [[], ['ObjectWriter', 'BucketOwnerPreferred'] as const]) {
    const OwnershipControls = {
      Rules: Rules.map((value) => ({ ObjectOwnership: value })),
    };
    const command = new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls });
    expect(await codeOf(server.main.send(command))).toBe('400 MalformedXML');
  }
});

test('under BucketOwnerEnforced an ACL is not set even to what holds anyway', async () => {
  await put(server.main, Bucket, 'key');
  await control('BucketOwnerEnforced');
  const refused = '400 AccessControlListNotSupported';
  const ACL = 'bucket-owner-full-control';
  const AccessControlPolicy = await server.main.send(
    new GetObjectAclCommand({ Bucket, Key: 'key' }),
  );
  const key = { Bucket, Key: 'key' };
  const { Owner, Grants } = AccessControlPolicy;
  for (const command of [
    new PutObjectAclCommand({ ...key, ACL }),
    new PutObjectAclCommand({ ...key, AccessControlPolicy: { Owner, Grants } }),
  ]) {
    expect(await codeOf(server.main.send(command))).toBe(refused);
  }
  const bucket = new PutBucketAclCommand({ Bucket, AccessControlPolicy: { Owner, Grants } });
  expect(await codeOf(server.main.send(bucket))).toBe(refused);
});

test("under BucketOwnerEnforced everybody's uploads and forms are the bucket owner's", async () => {
  await letAltIn();
  await control('BucketOwnerEnforced');
  await multipartPut(server.alt, Bucket, 'uploaded', ['bytes']);
  const form = new FormData();
  form.append('key', 'posted');
  form.append('acl', 'bucket-owner-full-control');
  form.append('file', new Blob(['bytes']), 'f');
  const Policy = JSON.stringify({
    Statement: {
      Effect: 'Allow',
      Principal: '*',
      Action: 's3:PutObject',
      Resource: `arn:aws:s3:::${Bucket}/*`,
    },
  });
  await server.main.send(new PutBucketPolicyCommand({ Bucket, Policy }));
  const post = async () =>
    (await fetch(`${server.endpoint}/${Bucket}`, { method: 'POST', body: form })).status;
  expect(await post()).toBe(204);
  for (const key of ['uploaded', 'posted']) {
    const { owner, grants } = await aclOf(key, server.main);
    expect([owner, grants]).toEqual([main.accountId, [main.accountId]]);
  }
  const refused = new FormData();
  for (const [name, value] of Object.entries({ key: 'posted', acl: 'private' })) {
    refused.append(name, value);
  }
  refused.append('file', new Blob(['bytes']), 'f');
  const answer = await fetch(`${server.endpoint}/${Bucket}`, { method: 'POST', body: refused });
  expect(await answer.text()).toContain('<Code>AccessControlListNotSupported</Code>');
});

test('with bucketDefaults aws a bucket begins without ACLs and with public access blocked', async () => {
  const bucket = await create({}, asOnAws.main);
  expect(await ownershipOf(bucket, asOnAws.main)).toBe('BucketOwnerEnforced');
  const block = await asOnAws.main.send(new GetPublicAccessBlockCommand({ Bucket: bucket }));
  expect(block.PublicAccessBlockConfiguration).toEqual({
    BlockPublicAcls: true,
    IgnorePublicAcls: true,
    BlockPublicPolicy: true,
    RestrictPublicBuckets: true,
  });
  expect(await codeOf(put(asOnAws.main, bucket, 'key', 'x', { ACL: 'public-read' }))).toBe(
    '400 AccessControlListNotSupported',
  );
  await put(asOnAws.main, bucket, 'key', 'x');
  expect(await codeOf(asOnAws.alt.send(new ListObjectsV2Command({ Bucket: bucket })))).toBe(denied);
  const writer = { ObjectOwnership: 'ObjectWriter' } as const;
  expect(await ownershipOf(await create(writer, asOnAws.main), asOnAws.main)).toBe('ObjectWriter');
  expect(await codeOf(create({ ACL: 'public-read' }, asOnAws.main))).toBe(
    '400 InvalidBucketAclWithObjectOwnership',
  );
  expect(await codeOf(create({ ...writer, GrantRead: `uri="${allUsers}"` }, asOnAws.main))).toBe(
    '400 InvalidBucketAclWithBlockPublicAccessError',
  );
});

test('with bucketDefaults aws a bucket is opened in the steps that AWS asks for', async () => {
  const { main: owner, anonymous } = asOnAws;
  const bucket = await create({}, owner);
  await put(owner, bucket, 'policy', 'x');
  const Resource = `arn:aws:s3:::${bucket}/policy`;
  const Statement = { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource };
  const Policy = JSON.stringify({ Statement });
  const open = () => owner.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }));
  expect(await codeOf(open())).toBe(denied);
  const acl = { ACL: 'public-read' } as const;
  expect(await codeOf(owner.send(new PutBucketAclCommand({ Bucket: bucket, ...acl })))).toBe(
    '400 AccessControlListNotSupported',
  );
  await owner.send(new DeletePublicAccessBlockCommand({ Bucket: bucket }));
  await open();
  expect(await readText(anonymous, bucket, 'policy')).toBe('x');
  expect(await codeOf(put(owner, bucket, 'acl', 'x', acl))).toBe(
    '400 AccessControlListNotSupported',
  );
  await owner.send(new DeleteBucketOwnershipControlsCommand({ Bucket: bucket }));
  await put(owner, bucket, 'acl', 'x', acl);
  expect(await readText(anonymous, bucket, 'acl')).toBe('x');
});

test('with bucketDefaults aws a bucket made again keeps what it has become', async () => {
  const bucket = await create({}, asOnAws.main);
  const again = () => asOnAws.main.send(new CreateBucketCommand({ Bucket: bucket }));
  await again();
  await asOnAws.main.send(new DeleteBucketOwnershipControlsCommand({ Bucket: bucket }));
  await asOnAws.main.send(new DeletePublicAccessBlockCommand({ Bucket: bucket }));
  await again();
  expect(await codeOf(ownershipOf(bucket, asOnAws.main))).toBe(
    '404 OwnershipControlsNotFoundError',
  );
  const get = new GetPublicAccessBlockCommand({ Bucket: bucket });
  expect(await codeOf(asOnAws.main.send(get))).toBe('404 NoSuchPublicAccessBlockConfiguration');
});
