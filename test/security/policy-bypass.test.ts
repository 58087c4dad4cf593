/**
 * Ways round the policies of a user: what may not be read is not copied out, what may not be written is not reached by
 * parts, forms, tags or names of others. Bucket policies have their own in test/acceptance/bucket-policy*.test.ts.
 */
import { createHmac } from 'node:crypto';
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  PutObjectTaggingCommand,
  RenameObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { afterAll, expect, test } from 'vitest';
import { main } from '../support/accounts.ts';
import { region, s3Client } from '../support/s3-client.ts';
import { startTestServer } from '../support/test-server.ts';

const server = await startTestServer();
const Bucket = await server.createBucket();
for (const Key of ['secret/x', 'own/a']) {
  await server.main.send(new PutObjectCommand({ Bucket, Key, Body: Key, Tagging: 'level=top' }));
}
const iam = new IAMClient({ endpoint: server.endpoint, region, credentials: { ...main } });
await iam.send(new CreateUserCommand({ UserName: 'eve' }));
const own = `arn:aws:s3:::${Bucket}/own/*`;
await iam.send(
  new PutUserPolicyCommand({
    UserName: 'eve',
    PolicyName: 'own',
    PolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
          Resource: own,
        },
        { Effect: 'Deny', Action: 's3:PutObjectAcl', Resource: '*' },
      ],
    }),
  }),
);
const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'eve' }));
const credentials = {
  accessKeyId: AccessKey!.AccessKeyId!,
  secretAccessKey: AccessKey!.SecretAccessKey!,
};
const eve = s3Client(server.endpoint, main, { credentials });
afterAll(() => {
  eve.destroy();
  iam.destroy();
});

const outcomeOf = (sent: Promise<unknown>): Promise<string> =>
  sent.then(
    () => 'done',
    (error: Error) => error.name,
  );
const denied = 'AccessDenied';
const put = (more: Partial<PutObjectCommandInput>) =>
  outcomeOf(eve.send(new PutObjectCommand({ Bucket, Key: 'own/a', Body: 'x', ...more })));

test('what she may do is done', async () => {
  expect(await put({})).toBe('done');
  expect(await outcomeOf(eve.send(new GetObjectCommand({ Bucket, Key: 'own/a' })))).toBe('done');
  expect(await outcomeOf(eve.send(new GetObjectCommand({ Bucket, Key: 'secret/x' })))).toBe(denied);
});

test('the source of a copy has to be one that she may read, of parts as well', async () => {
  const sources = [
    'secret/x',
    './secret/x',
    'own/../secret/x',
    '%73ecret/x',
    'secret%2Fx',
    '/secret/x',
  ];
  for (const source of sources) {
    const copy = new CopyObjectCommand({
      Bucket,
      Key: 'own/copy',
      CopySource: `${Bucket}/${source}`,
    });
    expect(await outcomeOf(eve.send(copy)), source).toBe(denied);
  }
  const Key = 'own/parts';
  const { UploadId } = await eve.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  const part = { Bucket, Key, UploadId, PartNumber: 1, CopySource: `${Bucket}/secret/x` };
  expect(await outcomeOf(eve.send(new UploadPartCopyCommand(part)))).toBe(denied);
});

test('an upload that somebody else has begun is not hers to write or to complete', async () => {
  const Key = 'secret/parts';
  const { UploadId } = await server.main.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  const begin = new CreateMultipartUploadCommand({ Bucket, Key });
  expect(await outcomeOf(eve.send(begin))).toBe(denied);
  const part = { Bucket, UploadId, PartNumber: 1, Body: 'x' };
  expect(await outcomeOf(eve.send(new UploadPartCommand({ ...part, Key })))).toBe(denied);
  // Nor under a key of hers: an upload belongs to its own.
  expect(await outcomeOf(eve.send(new UploadPartCommand({ ...part, Key: 'own/a' })))).toBe(
    'NoSuchUpload',
  );
  const MultipartUpload = { Parts: [{ PartNumber: 1, ETag: '"x"' }] };
  const complete = new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload });
  expect(await outcomeOf(eve.send(complete))).toBe(denied);
});

test('a form is for keys that its signer may write', async () => {
  const hmac = (key: Buffer | string, data: string) =>
    createHmac('sha256', key).update(data).digest();
  const post = async (key: string) => {
    const date = new Date().toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
    const day = date.slice(0, 8);
    const signing = {
      'x-amz-algorithm': 'AWS4-HMAC-SHA256',
      'x-amz-credential': `${credentials.accessKeyId}/${day}/${region}/s3/aws4_request`,
      'x-amz-date': date,
    };
    const conditions: unknown[] = Object.entries(signing).map(([name, value]) => ({
      [name]: value,
    }));
    conditions.push({ bucket: Bucket }, ['starts-with', '$key', '']);
    const expiration = new Date(Date.now() + 60_000).toISOString();
    const document = { expiration, conditions };
    const policy = Buffer.from(JSON.stringify(document)).toString('base64');
    const dayKey = hmac(`AWS4${credentials.secretAccessKey}`, day);
    const signingKey = hmac(hmac(hmac(dayKey, region), 's3'), 'aws4_request');
    const signature = hmac(signingKey, policy).toString('hex');
    const form = new FormData();
    const fields = { key, policy, ...signing, 'x-amz-signature': signature };
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    form.append('file', new Blob(['posted']), 'secret/x');
    return (await fetch(`${server.endpoint}/${Bucket}`, { method: 'POST', body: form })).status;
  };
  expect(await post('own/form')).toBe(204);
  expect(await post('secret/form')).toBe(403);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: S3's own placeholder for the file's name.
  expect(await post('${filename}')).toBe(403);
});

test('tags, ACLs and renames beside a put need what they need by themselves', async () => {
  expect(await put({ Tagging: 'level=top' })).toBe(denied);
  expect(await put({ ACL: 'public-read' })).toBe(denied);
  const tagging = { Bucket, Key: 'own/a', Tagging: { TagSet: [] } };
  expect(await outcomeOf(eve.send(new PutObjectTaggingCommand(tagging)))).toBe(denied);
  const copied = { Bucket, Key: 'own/tags', CopySource: `${Bucket}/own/a` };
  expect(await put({})).toBe('done');
  const replaced = { ...copied, TaggingDirective: 'REPLACE', Tagging: 'level=top' } as const;
  expect(await outcomeOf(eve.send(new CopyObjectCommand(replaced)))).toBe(denied);
  const from = (source: string, Key: string) =>
    outcomeOf(eve.send(new RenameObjectCommand({ Bucket, Key, RenameSource: source })));
  expect(await from('secret/x', 'own/renamed')).toMatch(/AccessDenied|InvalidRequest/);
  expect(await from('own/a', 'secret/renamed')).toMatch(/AccessDenied|InvalidRequest/);
});

test('of several keys to delete each is decided', async () => {
  const Objects = [{ Key: 'own/a' }, { Key: 'secret/x' }];
  const { Deleted, Errors } = await eve.send(
    new DeleteObjectsCommand({ Bucket, Delete: { Objects } }),
  );
  expect(Deleted?.map(({ Key }) => Key)).toEqual(['own/a']);
  expect(Errors?.map(({ Key, Code }) => `${Key} ${Code}`)).toEqual(['secret/x AccessDenied']);
});
