/** `kist import aws` from Kist: every setting of a bucket that comes over, and those that are told to stay. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from '../../src/client/index.ts';
import { allUsers, tenant } from '../support/accounts.ts';
import {
  type CommandLine,
  type Line,
  linesOf,
  startCommandLine,
  tenantTarget,
} from './support/command-line.ts';

const Bucket = 'settings';
let cli: CommandLine;
let target: Client;
let lines: readonly Line[];

beforeAll(async () => {
  cli = await startCommandLine();
  target = await tenantTarget(cli);
  const { client } = cli;
  await client.createBucket({ Bucket: 'logs' });
  await client.createBucket({ Bucket });
  await client.putBucketOwnershipControls({
    Bucket,
    OwnershipControls: { Rules: [{ ObjectOwnership: 'ObjectWriter' }] },
  });
  await client.putPublicAccessBlock({
    Bucket,
    PublicAccessBlockConfiguration: { BlockPublicPolicy: true },
  });
  await client.putBucketAcl({ Bucket, GrantRead: `uri="${allUsers}"` });
  await client.putBucketEncryption({
    Bucket,
    ServerSideEncryptionConfiguration: {
      Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
    },
  });
  await client.putBucketWebsite({
    Bucket,
    WebsiteConfiguration: { IndexDocument: { Suffix: 'index.html' } },
  });
  await client.putBucketRequestPayment({
    Bucket,
    RequestPaymentConfiguration: { Payer: 'Requester' },
  });
  await client.putBucketLogging({
    Bucket,
    BucketLoggingStatus: { LoggingEnabled: { TargetBucket: 'logs', TargetPrefix: 'p/' } },
  });
  await client.putObject({ Bucket, Key: 'index.html', Body: '<p>' });
  lines = await cli.json('import', 'aws', 'env', 'new', '--no-identities');
});
afterAll(async () => {
  target?.close();
  await cli?.close();
});

test('every setting comes over', async () => {
  const ownership = await target.getBucketOwnershipControls({ Bucket });
  expect(ownership.OwnershipControls?.Rules[0]?.ObjectOwnership).toBe('ObjectWriter');
  const block = await target.getPublicAccessBlock({ Bucket });
  expect(block.PublicAccessBlockConfiguration).toMatchObject({ BlockPublicPolicy: true });
  const { Grants, Owner } = await target.getBucketAcl({ Bucket });
  expect(Owner?.ID).toBe(tenant.accountId);
  expect(Grants!.some(({ Grantee }) => Grantee?.URI === allUsers)).toBe(true);
  const encryption = await target.getBucketEncryption({ Bucket });
  expect(encryption.ServerSideEncryptionConfiguration?.Rules).toMatchObject([
    { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
  ]);
  const website = await target.getBucketWebsite({ Bucket });
  expect(website.IndexDocument?.Suffix).toBe('index.html');
  expect((await target.getBucketRequestPayment({ Bucket })).Payer).toBe('Requester');
  const logging = await target.getBucketLogging({ Bucket });
  expect(logging.LoggingEnabled).toMatchObject({ TargetBucket: 'logs', TargetPrefix: 'p/' });
  expect(lines.at(-1)).toMatchObject({ type: 'summary', failed: 0 });
});

test('a second run finds all of it there', async () => {
  const again = await cli.json('import', 'aws', 'env', 'new', '--no-identities');
  expect(again.filter(({ type }) => type === 'step')).toEqual([]);
});

test('a bucket whose versioning cannot be set gets no objects', async () => {
  await target.createBucket({ Bucket: 'mine-here' });
  await target.putBucketPolicy({
    Bucket: 'mine-here',
    Policy: JSON.stringify({
      Version: '2012-10-17',
      Statement: {
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:PutBucketVersioning',
        Resource: 'arn:aws:s3:::mine-here',
      },
    }),
  });
  await cli.client.createBucket({ Bucket: 'mine-here' });
  await cli.client.putBucketVersioning({
    Bucket: 'mine-here',
    VersioningConfiguration: { Status: 'Enabled' },
  });
  await cli.client.putObject({ Bucket: 'mine-here', Key: 'k', Body: 'v' });
  const args = ['import', 'aws', 'env', 'new', '--no-identities', '--bucket', 'mine-here'];
  const { code, stdout } = await cli.run([...args, '--json']);
  expect(code).toBe(1);
  const told = linesOf(stdout).map(({ type, kind, status }) => [type, kind, status]);
  expect(told).toContainEqual(['step', 'bucket:versioning', 'failed']);
  expect(told).toContainEqual(['left', 'bucket', undefined]);
  const { Contents = [] } = await target.listObjectsV2({ Bucket: 'mine-here' });
  expect(Contents).toEqual([]);
});
