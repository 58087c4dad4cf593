/** `kist import aws`: an account of moto's, which stands for AWS, with all that it has. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  AddUserToGroupCommand,
  AttachGroupPolicyCommand,
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateGroupCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetUserCommand,
  GetUserPolicyCommand,
  IAMClient,
  ListAttachedUserPoliciesCommand,
  ListGroupsForUserCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Client, createClient } from '../../src/client/index.ts';
import { main } from '../support/accounts.ts';
import { type MotoServer, motoAccount, motoKeys, startMoto } from '../support/moto.ts';
import { type CommandLine, type Line, linesOf, startCommandLine } from './support/command-line.ts';

let cli: CommandLine;
let moto: MotoServer;
let theirs: Client;
let number: string;
let ours: IAMClient;
let first: readonly Line[];
let planned: readonly Line[];

const policy = (...statements: object[]) =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });
const photos = 'company-photos';
const policyText = policy({
  Effect: 'Allow',
  Action: ['s3:GetObject', 'dynamodb:GetItem'],
  Resource: [`arn:aws:s3:::${photos}/*`, `arn:aws:dynamodb:us-east-1:${motoAccount}:table/t`],
});

beforeAll(async () => {
  [cli, moto] = await Promise.all([startCommandLine(), startMoto()]);
  theirs = createClient({ endpoint: moto.endpoint, region: 'us-east-1', credentials: motoKeys });
  const keys = { accessKeyId: main.accessKeyId, secretAccessKey: main.secretAccessKey };
  const server = { endpoint: cli.server.endpoint, region: 'us-east-1', credentials: keys };
  ours = new IAMClient(server);
  const sts = new STSClient(server);
  number = (await sts.send(new GetCallerIdentityCommand({}))).Account!;
  sts.destroy();
  await fillAccount(
    new IAMClient({ endpoint: moto.endpoint, region: 'us-east-1', credentials: motoKeys }),
  );
  await fillBuckets();
  await cli.run(
    ['alias', 'set', 'company', moto.endpoint, '--access-key-id', motoKeys.accessKeyId],
    {
      env: { KIST_SECRET_ACCESS_KEY: motoKeys.secretAccessKey },
    },
  );
  const dry = await cli.run(['import', 'aws', 'company', 'env', '--dry-run', '--json']);
  expect(dry.code, dry.stdout + dry.stderr).toBe(0);
  planned = linesOf(dry.stdout);
  const before = await cli.client.listBuckets();
  expect(before.Buckets ?? []).toEqual([]);
  const args = ['import', 'aws', 'company', 'env', '--create-keys', 'keys.jsonl', '--json'];
  const result = await cli.run(args);
  first = linesOf(result.stdout);
  expect(result.code, result.stdout + result.stderr).toBe(0);
}, 240_000);

afterAll(async () => {
  ours?.destroy();
  theirs?.close();
  await Promise.all([cli?.close(), moto?.stop()]);
});

async function fillAccount(iam: IAMClient): Promise<void> {
  const made = await iam.send(
    new CreatePolicyCommand({ PolicyName: 'reading', Path: '/teams/', PolicyDocument: policyText }),
  );
  const PolicyArn = made.Policy!.Arn!;
  await iam.send(new CreateGroupCommand({ GroupName: 'editors' }));
  await iam.send(new AttachGroupPolicyCommand({ GroupName: 'editors', PolicyArn }));
  await iam.send(
    new CreateUserCommand({
      UserName: 'ann',
      Path: '/staff/',
      Tags: [{ Key: 'team', Value: 'blue' }],
    }),
  );
  await iam.send(new CreateUserCommand({ UserName: 'bob' }));
  await iam.send(new AddUserToGroupCommand({ GroupName: 'editors', UserName: 'ann' }));
  const readOnly = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess';
  const ofEc2 = 'arn:aws:iam::aws:policy/AmazonEC2ReadOnlyAccess';
  for (const one of [PolicyArn, readOnly, ofEc2]) {
    await iam.send(new AttachUserPolicyCommand({ UserName: 'ann', PolicyArn: one }));
  }
  await iam.send(
    new PutUserPolicyCommand({
      UserName: 'ann',
      PolicyName: 'own',
      PolicyDocument: policy({ Effect: 'Allow', Action: 's3:ListAllMyBuckets', Resource: '*' }),
    }),
  );
  await iam.send(new CreateAccessKeyCommand({ UserName: 'ann' }));
  const trust = (Principal: object) =>
    policy({ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' });
  await iam.send(
    new CreateRoleCommand({
      RoleName: 'auditor',
      AssumeRolePolicyDocument: trust({ AWS: `arn:aws:iam::${motoAccount}:user/staff/ann` }),
      MaxSessionDuration: 7200,
      // Moto keeps none of users.
      PermissionsBoundary: PolicyArn,
    }),
  );
  await iam.send(
    new CreateRoleCommand({
      RoleName: 'machines',
      AssumeRolePolicyDocument: trust({ Service: 'ec2.amazonaws.com' }),
    }),
  );
  iam.destroy();
}

async function fillBuckets(): Promise<void> {
  const Bucket = photos;
  await theirs.createBucket({ Bucket });
  await theirs.putBucketVersioning({ Bucket, VersioningConfiguration: { Status: 'Enabled' } });
  await theirs.putBucketTagging({ Bucket, Tagging: { TagSet: [{ Key: 'team', Value: 'blue' }] } });
  await theirs.putBucketCors({
    Bucket,
    CORSConfiguration: {
      CORSRules: [{ AllowedMethods: ['GET'], AllowedOrigins: ['https://example.com'] }],
    },
  });
  await theirs.putBucketLifecycleConfiguration({
    Bucket,
    LifecycleConfiguration: {
      Rules: [
        {
          ID: 'old',
          Status: 'Enabled',
          Filter: { Prefix: 'old/' },
          Expiration: { Days: 30 },
          Transitions: [{ Days: 10, StorageClass: 'GLACIER' }],
        },
      ],
    },
  });
  await theirs.putBucketPolicy({
    Bucket,
    Policy: policy({
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${motoAccount}:user/staff/ann` },
      Action: 's3:GetObject',
      Resource: `arn:aws:s3:::${Bucket}/*`,
    }),
  });
  for (const Body of ['one', 'two']) {
    await theirs.putObject({
      Bucket,
      Key: 'a b/ä+.txt',
      Body,
      ContentType: 'text/plain',
      CacheControl: 'max-age=60',
      Metadata: { colour: 'blue' },
      Tagging: 'kind=note',
      StorageClass: 'STANDARD_IA',
    });
  }
  await theirs.putObject({ Bucket, Key: 'gone', Body: 'x' });
  await theirs.deleteObject({ Bucket, Key: 'gone' });
  await theirs.putObject({ Bucket, Key: 'large', Body: Buffer.alloc(9_000_000, 7) });
  await theirs.createBucket({ Bucket: 'company-plain' });
  await theirs.putObject({ Bucket: 'company-plain', Key: 'k', Body: 'v', ACL: 'public-read' });
}

const steps = (lines: readonly Line[], kind: string) =>
  lines.filter((one) => one.type === 'step' && one.kind === kind);
const left = (lines: readonly Line[]) =>
  lines.filter(({ type }) => type === 'left').map(({ kind, name }) => `${kind} ${name}`);

describe('a dry run', () => {
  test('lists the steps that the real run does, and what stays, and does nothing', () => {
    const told = (lines: readonly Line[]) =>
      lines
        .filter(({ type, kind }) => type === 'step' && kind !== 'key')
        .map(({ kind, name }) => `${kind} ${name}`)
        .sort();
    expect(told(planned)).toEqual(told(first));
    expect(told(planned)).toContain(`object ${photos}/large`);
    expect(planned.every(({ status }) => status === undefined || status === 'planned')).toBe(true);
    // Without --create-keys it tells that keys stay.
    expect(left(planned).filter((one) => !one.startsWith('key '))).toEqual(left(first));
    expect(left(planned).some((one) => one.startsWith('key '))).toBe(true);
    expect(planned.at(-1)).toMatchObject({ type: 'summary', dryRun: true, failed: 0 });
  });
});

describe('identities', () => {
  test('policies have their path, and the account number of the target', async () => {
    const PolicyArn = `arn:aws:iam::${number}:policy/teams/reading`;
    const { Policy } = await ours.send(new GetPolicyCommand({ PolicyArn }));
    const VersionId = Policy!.DefaultVersionId;
    const answer = await ours.send(new GetPolicyVersionCommand({ PolicyArn, VersionId }));
    const document = JSON.parse(decodeURIComponent(answer.PolicyVersion!.Document!));
    expect(document).toEqual(JSON.parse(policyText.replaceAll(motoAccount, number)));
    expect(first).toContainEqual({
      type: 'rewrite',
      where: 'the policy reading',
      from: `arn:aws:dynamodb:us-east-1:${motoAccount}:table/t`,
      to: `arn:aws:dynamodb:us-east-1:${number}:table/t`,
    });
    expect(left(first)).toContain('action dynamodb:GetItem');
  });

  test('users have their path, tags, groups and policies; what Kist has no policy for is told', async () => {
    const { User } = await ours.send(new GetUserCommand({ UserName: 'ann' }));
    const reading = `arn:aws:iam::${number}:policy/teams/reading`;
    expect(User).toMatchObject({
      Path: '/staff/',
      Tags: [{ Key: 'team', Value: 'blue' }],
    });
    const { Groups } = await ours.send(new ListGroupsForUserCommand({ UserName: 'ann' }));
    expect(Groups!.map(({ GroupName }) => GroupName)).toEqual(['editors']);
    const answer = await ours.send(new ListAttachedUserPoliciesCommand({ UserName: 'ann' }));
    expect(answer.AttachedPolicies!.map(({ PolicyArn }) => PolicyArn).sort()).toEqual(
      [reading, 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'].sort(),
    );
    const own = await ours.send(new GetUserPolicyCommand({ UserName: 'ann', PolicyName: 'own' }));
    expect(decodeURIComponent(own.PolicyDocument!)).toContain('s3:ListAllMyBuckets');
    expect(left(first)).toContain(
      'attachment ann: arn:aws:iam::aws:policy/AmazonEC2ReadOnlyAccess',
    );
  });

  test('roles trust those of the target; roles of services stay', async () => {
    const { Role } = await ours.send(new GetRoleCommand({ RoleName: 'auditor' }));
    expect(Role).toMatchObject({
      MaxSessionDuration: 7200,
      PermissionsBoundary: {
        PermissionsBoundaryArn: `arn:aws:iam::${number}:policy/teams/reading`,
      },
    });
    expect(decodeURIComponent(Role!.AssumeRolePolicyDocument!)).toContain(
      `arn:aws:iam::${number}:user/staff/ann`,
    );
    expect(left(first)).toContain('role machines');
  });

  test('users that had keys get new ones, whose secrets are in one file that nobody else may read', async () => {
    const file = join(cli.directory, 'keys.jsonl');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    expect(lines).toHaveLength(1);
    const { user, accessKeyId, secretAccessKey, replaces } = JSON.parse(lines[0]!);
    expect(user).toBe('ann');
    expect(replaces).toHaveLength(1);
    expect(JSON.stringify(first)).not.toContain(secretAccessKey);
    const { stdout } = await cli.run(['whoami'], {
      env: { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
    });
    expect(stdout.trim()).toBe(`arn:aws:iam::${number}:user/staff/ann`);
  });
});

describe('buckets', () => {
  test('have their settings; what would move objects to other tiers stays', async () => {
    const Bucket = photos;
    expect((await cli.client.getBucketVersioning({ Bucket })).Status).toBe('Enabled');
    expect((await cli.client.getBucketTagging({ Bucket })).TagSet).toEqual([
      { Key: 'team', Value: 'blue' },
    ]);
    expect((await cli.client.getBucketCors({ Bucket })).CORSRules).toMatchObject([
      { AllowedMethods: ['GET'], AllowedOrigins: ['https://example.com'] },
    ]);
    const { Rules } = await cli.client.getBucketLifecycleConfiguration({ Bucket });
    expect(Rules).toMatchObject([{ ID: 'old', Expiration: { Days: 30 } }]);
    expect(Rules![0]!.Transitions).toBeUndefined();
    expect(left(first)).toContain(`lifecycle ${photos}: old`);
    const { Policy } = await cli.client.getBucketPolicy({ Bucket });
    expect(Policy).toContain(`arn:aws:iam::${number}:user/staff/ann`);
  });

  test('have their objects, with metadata, tags, storage class and ACL', async () => {
    const at = { Bucket: photos, Key: 'a b/ä+.txt' };
    const { Body, ...head } = await cli.client.getObject(at);
    expect(await Body.text()).toBe('two');
    expect(head).toMatchObject({
      ContentType: 'text/plain',
      CacheControl: 'max-age=60',
      Metadata: { colour: 'blue' },
      StorageClass: 'STANDARD_IA',
    });
    const { TagSet } = await cli.client.getObjectTagging(at);
    expect(TagSet).toEqual([{ Key: 'kind', Value: 'note' }]);
    const large = await cli.client.getObject({ Bucket: photos, Key: 'large' });
    expect(Buffer.from(await large.Body.bytes()).equals(Buffer.alloc(9_000_000, 7))).toBe(true);
    const { Grants } = await cli.client.getObjectAcl({ Bucket: 'company-plain', Key: 'k' });
    expect(Grants!.map(({ Permission, Grantee }) => Grantee?.URI && Permission)).toContain('READ');
    expect(await cli.keysIn(photos)).toEqual(['a b/ä+.txt', 'large']);
  });
});

test('a second run takes what is new or changed, and nothing else', async () => {
  await theirs.putObject({ Bucket: 'company-plain', Key: 'new', Body: 'n' });
  await theirs.putObject({ Bucket: 'company-plain', Key: 'k', Body: 'other' });
  const lines = await cli.json('import', 'aws', 'company', 'env', '--create-keys', 'more.jsonl');
  const done = lines
    .filter(({ type }) => type === 'step')
    .map(({ kind, name }) => `${kind} ${name}`);
  expect(done.sort()).toEqual(['object company-plain/k', 'object company-plain/new']);
  expect(await cli.textOf('company-plain', 'k')).toBe('other');
  expect(steps(lines, 'key')).toEqual([]);
});

test('one that fails does not keep the others back, and the exit code tells', async () => {
  await theirs.createBucket({ Bucket: 'company-other' });
  await theirs.putObject({ Bucket: 'company-other', Key: 'x', Body: 'x' });
  const args = ['--no-identities', '--bucket', 'nowhere-at-all', '--bucket', 'company-other'];
  const { code, stdout } = await cli.run(['import', 'aws', 'company', 'env', ...args, '--json']);
  expect(code).toBe(1);
  const lines = linesOf(stdout);
  expect(lines.some(({ name, status }) => name === 'nowhere-at-all' && status === 'failed')).toBe(
    true,
  );
  expect(steps(lines, 'object').map(({ name }) => name)).toEqual(['company-other/x']);
});
