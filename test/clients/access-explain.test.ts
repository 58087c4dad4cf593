/** `kist access explain` beside a running server: what it says is what requests get, and it names what decided. */
import { spawnSync } from 'node:child_process';
import {
  AddUserToGroupCommand,
  AttachGroupPolicyCommand,
  CreateAccessKeyCommand,
  CreateGroupCommand,
  CreateUserCommand,
  IAMClient,
  PutGroupPolicyCommand,
  PutUserPermissionsBoundaryCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alt, main, tenant } from '../support/accounts.ts';
import { anonymousClient, region, s3Client } from '../support/s3-client.ts';
import { command, type RunningServer, startServer } from '../support/start-server.ts';

const Bucket = 'explained';
let server: RunningServer;
let owner: S3Client;
let ann: { readonly accessKeyId: string; readonly secretAccessKey: string };

const statement = (Effect: string, Action: string | string[], more: object = {}) => ({
  Effect,
  Action,
  Resource: [`arn:aws:s3:::${Bucket}`, `arn:aws:s3:::${Bucket}/*`],
  ...more,
});
const policy = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });

beforeAll(async () => {
  server = await startServer();
  owner = s3Client(server.endpoint, main);
  await owner.send(new CreateBucketCommand({ Bucket }));
  await owner.send(new PutObjectCommand({ Bucket, Key: 'plain/a', Body: 'a' }));
  await owner.send(new PutObjectCommand({ Bucket, Key: 'b', Body: 'b', ACL: 'public-read' }));
  const { accessKeyId, secretAccessKey } = main;
  const iam = new IAMClient({
    endpoint: server.endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
  });
  await iam.send(new CreateUserCommand({ UserName: 'ann' }));
  await iam.send(new CreateGroupCommand({ GroupName: 'staff' }));
  await iam.send(new AddUserToGroupCommand({ GroupName: 'staff', UserName: 'ann' }));
  const plain = { Sid: 'DenyPlain', Resource: `arn:aws:s3:::${Bucket}/plain/*` };
  await iam.send(
    new PutGroupPolicyCommand({
      GroupName: 'staff',
      PolicyName: 'readers',
      PolicyDocument: policy(
        statement('Allow', ['s3:GetObject', 's3:PutObject']),
        statement('Deny', 's3:GetObject', plain),
      ),
    }),
  );
  await iam.send(
    new PutUserPermissionsBoundaryCommand({
      UserName: 'ann',
      PermissionsBoundary: 'arn:aws:iam::aws:policy/read_only',
    }),
  );
  await iam.send(
    new AttachGroupPolicyCommand({
      GroupName: 'staff',
      PolicyArn: 'arn:aws:iam::aws:policy/IAMReadOnlyAccess',
    }),
  );
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'ann' }));
  ann = { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
  const { AccessKey: second } = await iam.send(new CreateAccessKeyCommand({ UserName: 'ann' }));
  await iam.send(
    new UpdateAccessKeyCommand({
      UserName: 'ann',
      AccessKeyId: second!.AccessKeyId!,
      Status: 'Inactive',
    }),
  );
  inactive = second!.AccessKeyId!;
  iam.destroy();
});
let inactive = '';
afterAll(async () => {
  owner?.destroy();
  await server?.remove();
});

function run(...args: readonly string[]) {
  return spawnSync(process.execPath, [command, 'access', 'explain', ...args], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, KIST_DATA_DIR: server.dataDir },
  });
}

interface Explanation {
  readonly allowed: boolean;
  readonly code?: string;
  readonly reason: string;
  readonly decidedBy: readonly string[];
  readonly considered: readonly {
    readonly kind: string;
    readonly name: string;
    readonly effect: string;
  }[];
}

function explain(who: string | undefined, action: string, ...more: readonly string[]): Explanation {
  const caller = who === undefined ? ['--anonymous'] : ['--access-key-id', who];
  const { stdout, stderr, status } = run(
    ...caller,
    '--action',
    action,
    '--bucket',
    Bucket,
    ...more,
    '--json',
  );
  if (stderr !== '') throw new Error(stderr);
  const explanation = JSON.parse(stdout) as Explanation;
  expect(status).toBe(explanation.allowed ? 0 : 3);
  return explanation;
}

const outcomeOf = (sent: Promise<unknown>): Promise<string> =>
  sent.then(
    () => 'ok',
    (error: Error) => error.name,
  );

describe('kist access explain', () => {
  test('says what requests get, whoever asks, and names something for every answer', async () => {
    const clients: readonly (readonly [string | undefined, S3Client])[] = [
      [main.accessKeyId, owner],
      [alt.accessKeyId, s3Client(server.endpoint, alt)],
      [tenant.accessKeyId, s3Client(server.endpoint, tenant)],
      [ann.accessKeyId, s3Client(server.endpoint, { ...main, ...ann })],
      [undefined, anonymousClient(server.endpoint)],
    ];
    const answers = new Set<string>();
    for (const [who, client] of clients) {
      const get = (Key: string) => outcomeOf(client.send(new GetObjectCommand({ Bucket, Key })));
      const asked = [
        [explain(who, 's3:GetObject', '--key', 'plain/a'), () => get('plain/a')],
        [explain(who, 's3:GetObject', '--key', 'b'), () => get('b')],
        [explain(who, 's3:GetObject', '--key', 'none'), () => get('none')],
        [
          explain(who, 's3:PutObject', '--key', 'c'),
          () => outcomeOf(client.send(new PutObjectCommand({ Bucket, Key: 'c', Body: 'c' }))),
        ],
        [
          explain(who, 's3:ListBucket'),
          () => outcomeOf(client.send(new ListObjectsV2Command({ Bucket }))),
        ],
      ] as const;
      for (const [explanation, sent] of asked) {
        const got = await sent();
        expect(explanation.code ?? 'ok').toBe(got);
        expect(explanation.considered).not.toEqual([]);
        if (explanation.allowed) expect(explanation.decidedBy).not.toEqual([]);
        answers.add(got);
      }
      if (client !== owner) client.destroy();
    }
    expect([...answers].sort()).toEqual(['AccessDenied', 'NoSuchBucket', 'NoSuchKey', 'ok']);
  });

  test('names the statement of a group, the boundary, the grant and the namespace that decided', () => {
    expect(explain(ann.accessKeyId, 's3:GetObject', '--key', 'plain/a').decidedBy).toEqual([
      'statement "DenyPlain" of policy readers of group staff',
    ]);
    expect(explain(ann.accessKeyId, 's3:GetObject', '--key', 'b').decidedBy).toEqual([
      'statement 1 of policy readers of group staff',
      'ownership of the object',
    ]);
    expect(explain(ann.accessKeyId, 's3:PutObject', '--key', 'b').decidedBy[0]).toMatch(
      /^policy read_only, the permissions boundary of arn:aws:iam::\d{12}:user\/ann$/,
    );
    const granted = explain(undefined, 's3:GetObject', '--key', 'b');
    expect(granted.decidedBy).toEqual(["the object's ACL"]);
    expect(granted.considered).toContainEqual(
      expect.objectContaining({
        name: "grant of READ to AllUsers in the object's ACL",
        effect: 'allow',
      }),
    );
    expect(explain(tenant.accessKeyId, 's3:ListBucket')).toMatchObject({
      code: 'NoSuchBucket',
      decidedBy: ['namespace tenantx'],
    });
    expect(explain(inactive, 's3:ListBucket')).toMatchObject({
      code: 'InvalidAccessKeyId',
      reason: `access key ${inactive} is inactive`,
    });
  });

  test('takes conditions, and sees the change of a bucket at once', async () => {
    const Policy = policy(
      statement('Allow', 's3:GetObject', {
        Principal: '*',
        Sid: 'Office',
        Condition: { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } },
      }),
    );
    await owner.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    const from = (address: string) =>
      explain(alt.accessKeyId, 's3:GetObject', '--key', 'plain/a', '--source-ip', address);
    expect(from('192.0.2.7').decidedBy).toEqual(['statement "Office" of the bucket policy']);
    expect(from('198.51.100.7')).toMatchObject({ allowed: false, decidedBy: [] });
    const assumed = ['--condition', 'aws:SourceIp=192.0.2.9'];
    expect(explain(alt.accessKeyId, 's3:GetObject', '--key', 'plain/a', ...assumed).allowed).toBe(
      true,
    );

    const PublicAccessBlockConfiguration = { IgnorePublicAcls: true };
    await owner.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration }));
    const ignored = explain(undefined, 's3:GetObject', '--key', 'b');
    expect(ignored.allowed).toBe(false);
    expect(ignored.considered).toContainEqual(
      expect.objectContaining({
        because: 'IgnorePublicAcls of the public access block takes it away',
      }),
    );
  });

  test('tells it to people, and mistakes in a line', () => {
    const who = ['--access-key-id', main.accessKeyId];
    const told = run(...who, '--action', 's3:DeleteObject', '--bucket', Bucket, '--key', 'b');
    expect(told.stdout).toMatch(
      /^Allowed: s3:DeleteObject on arn:aws:s3:::explained\/b by arn:aws:iam::/,
    );
    expect(told.stdout).toContain('Decided by: ownership of the bucket');
    const error = (...args: string[]) => run(...args).stderr;
    expect(error('--action', 's3:GetObject')).toMatch(/^kist: Say who asks: /);
    expect(error(...who, '--action', 's3:Read', '--bucket', Bucket)).toMatch(
      /^kist: There is no action s3:Read /,
    );
    expect(error(...who, '--action', 's3:GetObject', '--bucket', Bucket)).toMatch(
      /^kist: .* is on an object: name its key/,
    );
  });
});
