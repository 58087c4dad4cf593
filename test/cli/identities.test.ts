/** `kist user`, `group`, `role`, `policy`, `key` and `whoami`: identities that then may what they should. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../support/start-server.ts';
import { type CommandLine, linesOf, startCommandLine } from './support/command-line.ts';

let cli: CommandLine;
let bucket: string;
beforeAll(async () => {
  cli = await startCommandLine();
  bucket = await cli.newBucket();
  await cli.client.putObject({ Bucket: bucket, Key: 'k', Body: 'text' });
});
afterAll(() => cli.close());

/** Processes learn of changes within a second. */
const may = (...args: readonly string[]) =>
  until(async () => (await cli.run(args)).code === 0, `kist ${args.join(' ')} may`);
const mayNot = (...args: readonly string[]) =>
  until(async () => (await cli.run(args)).stderr.includes('AccessDenied'), `${args} may not`);

test('a user gets a key that is in an alias and nowhere else, and rights by a policy', async () => {
  expect(await cli.done('user', 'create', 'ann', '--path', '/staff/')).toContain(':user/staff/ann');
  const made = await cli.run(['key', 'create', '--user', 'ann', '--save-as', 'ann']);
  expect(made.code, made.stderr).toBe(0);
  const file = readFileSync(join(cli.directory, '.config', 'aliases.json'), 'utf8');
  const { secretAccessKey } = JSON.parse(file).aliases.ann as { secretAccessKey: string };
  expect(made.stdout + made.stderr).not.toContain(secretAccessKey);
  await may('whoami', '--alias', 'ann');
  expect(await cli.done('whoami', '--alias', 'ann')).toContain(':user/staff/ann');
  await mayNot('object', 'cat', `ann/${bucket}/k`);
  await cli.done('user', 'attach', 'ann', 'read_only');
  await may('object', 'cat', `ann/${bucket}/k`);
  await mayNot('object', 'rm', `ann/${bucket}/k`);
  const [info] = await cli.json('user', 'info', 'ann');
  expect(info).toMatchObject({
    type: 'user',
    UserName: 'ann',
    policies: ['arn:aws:iam::aws:policy/read_only'],
    keys: [expect.stringContaining('(Active)')],
  });
  await cli.done('user', 'detach', 'ann', 'read_only');
  await mayNot('object', 'cat', `ann/${bucket}/k`);
});

test('keys are disabled, enabled and deleted', async () => {
  cli.write({ 'read.json': document('s3:GetObject') });
  await cli.done('user', 'policy', 'set', 'ann', 'reading', 'read.json');
  await may('object', 'cat', `ann/${bucket}/k`);
  const [key] = await cli.json('key', 'list', '--user', 'ann');
  expect(key).toMatchObject({ type: 'key', Status: 'Active' });
  const id = String(key!.AccessKeyId);
  await cli.done('key', 'disable', id, '--user', 'ann');
  const refused = () => cli.run(['object', 'cat', `ann/${bucket}/k`]);
  await until(async () => (await refused()).stderr.includes('InvalidAccessKeyId'), 'it is refused');
  await cli.done('key', 'enable', id, '--user', 'ann');
  await may('object', 'cat', `ann/${bucket}/k`);
  await cli.done('key', 'create', '--user', 'ann', '--secret-file', 'second');
  expect(statSync(join(cli.directory, 'second')).mode & 0o777).toBe(0o600);
  const again = await cli.run(['key', 'create', '--user', 'ann', '--secret-file', 'second']);
  expect(again.code).toBe(1);
  await cli.done('key', 'delete', id, '--user', 'ann');
  await until(async () => (await refused()).stderr.includes('InvalidAccessKeyId'), 'it is gone');
});

const document = (Action: string) =>
  JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action, Resource: '*' } });

test('a managed policy has versions, and a group gives it to its users', async () => {
  cli.write({ 'get.json': document('s3:GetObject'), 'all.json': document('s3:*') });
  await cli.done('policy', 'create', 'staff', 'get.json');
  await cli.done('group', 'create', 'editors');
  await cli.done('group', 'attach', 'editors', 'staff');
  await cli.done('user', 'create', 'bob');
  await cli.done('group', 'add', 'editors', 'bob');
  await cli.done('key', 'create', '--user', 'bob', '--save-as', 'bob');
  await may('object', 'cat', `bob/${bucket}/k`);
  await mayNot('object', 'cp', './get.json', `bob/${bucket}/new`);
  // More often than there can be versions.
  for (let at = 0; at < 6; at++) await cli.done('policy', 'set', 'staff', 'all.json');
  await may('object', 'cp', './get.json', `bob/${bucket}/new`);
  expect(JSON.parse(await cli.done('policy', 'get', 'staff'))).toEqual(
    JSON.parse(document('s3:*')),
  );
  const [group] = await cli.json('group', 'info', 'editors');
  expect(group).toMatchObject({
    users: ['bob'],
    policies: [expect.stringMatching(/:policy\/staff$/)],
  });
  const listed = (await cli.json('policy', 'list')).map(({ PolicyName }) => PolicyName);
  expect(listed).toEqual(['staff']);
  expect((await cli.json('policy', 'list', '--all')).length).toBeGreaterThan(5);
  await cli.done('group', 'remove', 'editors', 'bob');
  await mayNot('object', 'cat', `bob/${bucket}/k`);
});

test('a role is made with whom it trusts', async () => {
  const Principal = { AWS: '*' };
  const trust = (Effect: string) =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect, Principal, Action: 'sts:AssumeRole' }],
    });
  cli.write({ 'trust.json': trust('Allow'), 'distrust.json': trust('Deny') });
  expect((await cli.run(['role', 'create', 'keeper'])).stderr).toContain('--trust');
  await cli.done('role', 'create', 'keeper', '--trust', 'trust.json', '--description', 'Keeps');
  expect(JSON.parse(await cli.done('role', 'trust', 'keeper'))).toEqual(JSON.parse(trust('Allow')));
  await cli.done('role', 'trust', 'keeper', 'distrust.json');
  const [role] = await cli.json('role', 'info', 'keeper');
  expect(role).toMatchObject({
    RoleName: 'keeper',
    Description: 'Keeps',
    trust: JSON.parse(trust('Deny')),
  });
  await cli.done('role', 'attach', 'keeper', 'read_write');
  await cli.done('role', 'delete', 'keeper', '--force');
  expect(await cli.json('role', 'list')).toEqual([]);
});

test('what belongs to somebody is removed first, or with --force', async () => {
  const refused = await cli.run(['user', 'delete', 'bob']);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(/DeleteConflict.*Remove first what belongs to it/);
  for (const user of ['ann', 'bob']) await cli.done('user', 'delete', user, '--force');
  await cli.done('group', 'delete', 'editors', '--force');
  await cli.done('policy', 'delete', 'staff');
  expect(await cli.json('user', 'list')).toEqual([]);
  expect(await cli.json('policy', 'list')).toEqual([]);
});

test('mistakes are told with IAM’s words', async () => {
  const missing = await cli.run(['user', 'info', 'nobody', '--json']);
  expect(missing.code).toBe(1);
  expect(linesOf(missing.stdout)).toMatchObject([
    { type: 'error', code: 'NoSuchEntity', status: 404 },
  ]);
  cli.write({ 'bad.json': '{"Version":"2012-10-17"}' });
  const bad = await cli.run(['policy', 'create', 'bad', 'bad.json']);
  expect(bad.stderr).toContain('MalformedPolicyDocument');
  expect((await cli.run(['user', 'attach', 'nobody', 'nothing'])).stderr).toContain(
    'no policy nothing',
  );
});
