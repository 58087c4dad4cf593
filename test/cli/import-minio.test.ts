/**
 * `kist import minio`: users and policies from an archive as `mc admin cluster iam export` writes it, made by hand after
 * MinIO's cmd/admin-handlers-users.go; buckets from a server of S3.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Client, createClient } from '../../src/client/index.ts';
import { tenant } from '../support/accounts.ts';
import { runInVenv } from '../support/python.ts';
import { type CommandLine, type Line, linesOf, startCommandLine } from './support/command-line.ts';

const bucket = 'minio-photos';
const statement = (Action: readonly string[], Resource?: readonly string[]) => ({
  Effect: 'Allow',
  Action,
  ...(Resource && { Resource }),
});
const policy = (...Statement: readonly object[]) => ({ Version: '2012-10-17', Statement });
const updatedAt = '2026-01-31T10:00:00.5Z';
const mapping = (names: string) => ({ version: 0, policy: names, updatedAt });
const everything = ['arn:aws:s3:::*'];
const account = (more: object) => ({
  parent: 'ann',
  groups: null,
  claims: {},
  sessionPolicy: null,
  status: 'on',
  name: '',
  description: '',
  expiration: '1970-01-01T00:00:00Z',
  ...more,
});

const files = {
  'policies.json': {
    consoleAdmin: policy(
      statement(['admin:*']),
      statement(['kms:*']),
      statement(['s3:*'], everything),
    ),
    diagnostics: policy(statement(['admin:ServerTrace'], everything)),
    writeonly: policy(statement(['s3:PutObject'], everything)),
    reading: policy(statement(['s3:GetObject'], [`arn:aws:s3:::${bucket}/*`])),
  },
  'users.json': {
    ann: { secretKey: 'annsecret123', status: 'enabled' },
    bob: { secretKey: 'bobsecret123', status: 'disabled' },
    'uid=carl cn=x': { secretKey: 'carlsecret12', status: 'enabled' },
  },
  'groups.json': {
    editors: { version: 1, status: 'enabled', members: ['ann'], updatedAt },
    idle: { version: 1, status: 'disabled', members: [], updatedAt },
  },
  'user_mappings.json': { ann: mapping('writeonly,diagnostics') },
  'group_mappings.json': { editors: mapping('reading') },
  'stsuser_mappings.json': { 'uid=dora': mapping('readwrite') },
  'svcaccts.json': {
    SVCNARROW: account({
      accessKey: 'SVCNARROW',
      secretKey: 'narrowsecret',
      name: 'ci',
      sessionPolicy: policy(statement(['s3:GetObject'], everything)),
    }),
    SVCENDS: account({ accessKey: 'SVCENDS', expiration: '2027-01-01T00:00:00Z' }),
    SVCLOST: account({ accessKey: 'SVCLOST', parent: 'uid=dora' }),
  },
};

const zipOf = (folder: string) => `
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as archive:
    for name, content in json.load(sys.stdin).items():
        archive.writestr("${folder}" + name, json.dumps(content))
`;

let cli: CommandLine;
let lines: readonly Line[];
let keys: Readonly<Record<string, Client>>;

async function writeArchive(name: string, folder: string, content: object): Promise<string> {
  const path = join(cli.directory, name);
  const input = JSON.stringify(content);
  const { code, stderr } = await runInVenv('python', ['-c', zipOf(folder), path], { input });
  expect(code, stderr).toBe(0);
  return path;
}

beforeAll(async () => {
  cli = await startCommandLine();
  const { endpoint } = cli.server;
  await cli.run(['alias', 'set', 'new', endpoint, '--access-key-id', tenant.accessKeyId], {
    env: { KIST_SECRET_ACCESS_KEY: tenant.secretAccessKey },
  });
  await cli.client.createBucket({ Bucket: bucket });
  await cli.client.putObject({ Bucket: bucket, Key: 'a.txt', Body: 'a' });
  const archive = await writeArchive('iam.zip', 'iam-assets/', files);
  const args = ['--iam-export', archive, '--create-keys', 'keys.jsonl', '--json'];
  const result = await cli.run(['import', 'minio', 'env', 'new', ...args]);
  expect(result.code, result.stdout + result.stderr).toBe(0);
  lines = linesOf(result.stdout);
  keys = Object.fromEntries(
    readFileSync(join(cli.directory, 'keys.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => {
        const { user, accessKeyId, secretAccessKey } = JSON.parse(line);
        const credentials = { accessKeyId, secretAccessKey };
        return [user, createClient({ endpoint, region: 'us-east-1', credentials })];
      }),
  );
});
afterAll(async () => {
  for (const one of Object.values(keys ?? {})) one.close();
  await cli?.close();
});

const left = () =>
  lines.filter(({ type }) => type === 'left').map(({ kind, name }) => `${kind} ${name}`);
const at = (Key: string) => ({ Bucket: bucket, Key });

test('a user may what it might, by its own policies and those of its group', async () => {
  expect(Object.keys(keys).sort()).toEqual(['SVCNARROW', 'ann']);
  const ann = keys.ann!;
  await ann.putObject({ ...at('b.txt'), Body: 'b' });
  expect(await (await ann.getObject(at('a.txt'))).Body.text()).toBe('a');
  await expect(ann.deleteObject(at('a.txt'))).rejects.toMatchObject({ code: 'AccessDenied' });
});

test('a service account may what its parent might, within its own policy', async () => {
  const narrow = keys.SVCNARROW!;
  expect(await (await narrow.getObject(at('a.txt'))).Body.text()).toBe('a');
  const put = narrow.putObject({ ...at('c.txt'), Body: 'c' });
  await expect(put).rejects.toMatchObject({ code: 'AccessDenied' });
});

test('what does not come over is told by name', () => {
  expect(left().sort()).toEqual(
    [
      'action admin:*',
      'action admin:ServerTrace',
      'action kms:*',
      'group policies idle',
      'key bob of the user bob',
      'policy diagnostics',
      'serviceAccount SVCENDS',
      'serviceAccount SVCLOST',
      'stsMapping uid=dora',
      'user uid=carl cn=x',
    ].sort(),
  );
});

test('no secret of MinIO is told, nor the new ones', () => {
  const told = JSON.stringify(lines);
  for (const secret of ['annsecret123', 'bobsecret123', 'narrowsecret', 'secretAccessKey']) {
    expect(told).not.toContain(secret);
  }
});

test('the policy of an administrator is what Kist has of it', async () => {
  const document = JSON.parse(await cli.done('policy', 'get', 'consoleAdmin', '--alias', 'new'));
  expect(document.Statement).toEqual([statement(['s3:*'], everything)]);
});

test('a second run finds all of it there, and makes no keys', async () => {
  const args = ['--iam-export', 'iam.zip', '--create-keys', 'more.jsonl'];
  const again = await cli.json('import', 'minio', 'env', 'new', ...args, '--no-buckets');
  expect(again.filter(({ type }) => type === 'step')).toEqual([]);
});

test('what is no export is refused, without what is in it', async () => {
  writeFileSync(join(cli.directory, 'text.zip'), 'ann: annsecret123');
  const other = await writeArchive('other.zip', '', files);
  const broken = await writeArchive('broken.zip', 'iam-assets/', {
    ...files,
    'users.json': ['annsecret123'],
  });
  for (const file of ['text.zip', other, broken]) {
    const result = await cli.run(['import', 'minio', 'env', 'new', '--iam-export', file]);
    expect(result.code, file).toBe(1);
    expect(result.stderr).toMatch(/no zip archive|has no iam-assets|no JSON object/);
    expect(result.stderr).not.toContain('annsecret123');
    expect(result.stdout).toBe('');
  }
});

test('the directory import keeps its call, and has a name', async () => {
  const Bucket = await cli.newBucket();
  cli.write({ 'minio/x.txt': 'x', 'tree/y.txt': 'y' });
  await cli.done('import', './minio', Bucket);
  await cli.done('import', 'directory', './tree', Bucket, '--endpoint', cli.server.endpoint);
  expect(await cli.keysIn(Bucket)).toEqual(['x.txt', 'y.txt']);
});
