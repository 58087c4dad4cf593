/** `kist bucket`: buckets, and what is set of them, as anybody and the server see it. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type CommandLine, startCommandLine } from './support/command-line.ts';

let cli: CommandLine;
let bucket: string;
beforeAll(async () => {
  cli = await startCommandLine();
});
afterAll(() => cli.close());
beforeEach(async () => {
  bucket = await cli.newBucket();
});

const kist = (...args: readonly string[]) => cli.run(['bucket', ...args]);

test('is made, listed and deleted, with all that is in it if told to', async () => {
  await cli.done('bucket', 'create', 's3://made', '--versioning', '--object-lock');
  expect((await kist('create', 's3://made')).stderr).toContain('--ignore-existing');
  await cli.done('bucket', 'create', 's3://made', '--ignore-existing');
  expect(await cli.done('bucket', 'list')).toContain('s3://made\n');
  for (let at = 0; at < 3; at++) {
    await cli.client.putObject({ Bucket: 'made', Key: 'k', Body: `${at}` });
  }
  await cli.client.deleteObject({ Bucket: 'made', Key: 'k' });
  await cli.client.createMultipartUpload({ Bucket: 'made', Key: 'under way' });
  const refused = await kist('delete', 's3://made');
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(/BucketNotEmpty \(409\).*--force/);
  await cli.done('bucket', 'delete', 's3://made', '--force');
  expect(await cli.done('bucket', 'list')).not.toContain('made');
});

test('tells what is set', async () => {
  await cli.client.putObject({ Bucket: bucket, Key: 'k', Body: '12345' });
  await cli.client.putBucketEncryption({
    Bucket: bucket,
    ServerSideEncryptionConfiguration: {
      Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
    },
  });
  expect(await cli.done('bucket', 'versioning', `s3://${bucket}`)).toBe(`s3://${bucket}: off\n`);
  await cli.done('bucket', 'versioning', `s3://${bucket}`, 'enable');
  expect(await cli.json('bucket', 'info', `s3://${bucket}`, '--usage')).toEqual([
    {
      ...{ type: 'bucket', bucket, location: 'us-east-1', versioning: 'Enabled' },
      ...{ encryption: 'AES256', policy: expect.any(String), acl: 'not public' },
      ...{ publicAccessBlock: 'none', objectLock: 'off', lifecycle: 'none', cors: 'none' },
      ...{ tags: 'none', uploadsUnderWay: '0', objects: '1', bytes: '5' },
    },
  ]);
  await cli.done('bucket', 'versioning', `s3://${bucket}`, 'suspend');
  expect((await cli.client.getBucketVersioning({ Bucket: bucket })).Status).toBe('Suspended');
});

test('is public and private again, and its other statements stay', async () => {
  const at = { Bucket: bucket, Key: 'k' };
  await cli.client.putObject({ ...at, Body: 'x' });
  const status = async (url = cli.client.publicUrl(at)) => (await fetch(url)).status;
  const list = `${cli.server.endpoint}/${bucket}`;
  const own = {
    ...{ Sid: 'Own', Effect: 'Deny', Principal: '*', Action: 's3:DeleteBucket' },
    Resource: `arn:aws:s3:::${bucket}`,
  };
  cli.write({ 'policy.json': JSON.stringify({ Version: '2012-10-17', Statement: own }) });
  await cli.done('bucket', 'policy', 'set', `s3://${bucket}`, 'policy.json');
  expect(await status()).toBe(403);
  await cli.done('bucket', 'public', `s3://${bucket}`);
  expect([await status(), await status(list)]).toEqual([200, 403]);
  await cli.done('bucket', 'public', `s3://${bucket}`, '--list');
  expect([await status(), await status(list)]).toEqual([200, 200]);
  await cli.done('bucket', 'private', `s3://${bucket}`);
  expect([await status(), await status(list)]).toEqual([403, 403]);
  const policy = JSON.parse(await cli.done('bucket', 'policy', 'get', `s3://${bucket}`));
  expect(policy.Statement).toEqual([own]);
});

test('private tells what still makes it public, and --block ends that', async () => {
  const at = { Bucket: bucket, Key: 'k' };
  await cli.client.putObject({ ...at, Body: 'x', ACL: 'public-read' });
  await cli.client.putBucketAcl({ Bucket: bucket, ACL: 'public-read' });
  const mine = {
    ...{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject' },
    Resource: `arn:aws:s3:::${bucket}/*`,
  };
  cli.write({ 'open.json': JSON.stringify({ Version: '2012-10-17', Statement: [mine] }) });
  await cli.done('bucket', 'policy', 'set', `s3://${bucket}`, 'open.json');
  const { code, stdout, stderr } = await kist('private', `s3://${bucket}`);
  expect(code).toBe(1);
  expect(stdout).toContain("set the bucket's ACL to private");
  expect(stderr).toContain('still make it public');
  await cli.done('bucket', 'private', `s3://${bucket}`, '--block');
  expect((await fetch(cli.client.publicUrl(at))).status).toBe(403);
  expect((await kist('public', `s3://${bucket}`)).stderr).toContain('public access is blocked');
});

test.each([
  [
    'lifecycle',
    { Rules: [{ ID: 'r', Status: 'Enabled', Filter: { Prefix: 'a/' }, Expiration: { Days: 3 } }] },
  ],
  ['cors', { CORSRules: [{ AllowedMethods: ['GET'], AllowedOrigins: ['*'], MaxAgeSeconds: 60 }] }],
  ['tags', { team: 'blue', stage: 'test' }],
])('its %s can be set, got and deleted', async (name, document) => {
  const set = await cli.run(['bucket', name, 'set', `s3://${bucket}`, '-'], {
    input: JSON.stringify(document),
  });
  expect(set.code, set.stderr).toBe(0);
  expect(JSON.parse(await cli.done('bucket', name, 'get', `s3://${bucket}`))).toEqual(document);
  await cli.done('bucket', name, 'delete', `s3://${bucket}`);
  const { code, stderr } = await kist(name, 'get', `s3://${bucket}`);
  expect(code).toBe(1);
  expect(stderr).toContain(`has no ${name}`);
});

test.each([
  ['lifecycle', '{"Rules":[{"Status":"Enabled","Colour":"red"}]}', 'Rules[0].Colour is unknown'],
  ['lifecycle', '{"Rules":[{"Status":"Enabled","Expiration":{"Days":"3"}}]}', 'must be a number'],
  ['cors', '{"CORSRules":[{"AllowedOrigins":["*"]}]}', 'AllowedMethods is missing'],
  ['tags', '["a"]', 'Tags must be such as'],
  ['policy', '{', 'is no JSON'],
])('%s refuses %s', async (name, input, reason) => {
  const { code, stderr } = await cli.run(['bucket', name, 'set', `s3://${bucket}`, '-'], { input });
  expect(code).toBeGreaterThan(0);
  expect(stderr).toContain(reason);
});
