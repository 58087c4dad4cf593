/** Keys and access, asked of a server: rotation, ends, explanations. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { main } from '../support/accounts.ts';
import { until } from '../support/start-server.ts';
import { setAlias, startAdminLine } from './support/admin-line.ts';
import { type CommandLine, linesOf } from './support/command-line.ts';

let cli: CommandLine;
beforeAll(async () => {
  cli = await startAdminLine();
});
afterAll(() => cli.close());

async function newKey(user: string, ...flags: readonly string[]) {
  await cli.done('user', 'create', user, '--alias', 'main');
  const args = ['key', 'create', '--user', user, '--json', '--alias', 'main', ...flags];
  const { code, stdout, stderr } = await cli.run(args);
  expect(code, stderr).toBe(0);
  const [key] = linesOf(stdout);
  return { accessKeyId: String(key!.AccessKeyId), secretAccessKey: String(key!.SecretAccessKey) };
}
const isGood = async (alias: string) => (await cli.run(['whoami', '--alias', alias])).code === 0;

test('a key is rotated by the server; both secrets are good meanwhile, and one after no grace', async () => {
  const key = await newKey('ann');
  await setAlias(cli, 'before', key);
  const { accessKeyId } = key;
  const rotate = ['key', 'rotate', accessKeyId, '--alias', 'main'];
  const { code, stdout, stderr } = await cli.run([...rotate, '--secret-file', 'rotated']);
  expect(code, stderr).toBe(0);
  const secretAccessKey = readFileSync(join(cli.directory, 'rotated'), 'utf8').trim();
  expect(stdout).toContain('good until 2');
  expect(stdout).not.toContain(secretAccessKey);
  await setAlias(cli, 'after', { accessKeyId, secretAccessKey });
  await until(() => isGood('after'), 'the new secret is good');
  expect(await isGood('before')).toBe(true);
  const again = await cli.done(...rotate, '--grace', '0s', '--json');
  expect(linesOf(again)[0]).toMatchObject({ accessKeyId, secretAccessKey: expect.any(String) });
  await until(async () => !(await isGood('after')), 'the secret before is refused');
  expect(await isGood('before')).toBe(false);
  const both = await cli.run([...rotate, '--data-dir', cli.server.dataDir]);
  expect(both.code).toBe(1);
  expect(both.stderr).toContain('two places');
});

test('a key ends when it is told to, and is shown', async () => {
  const { accessKeyId, secretAccessKey } = await newKey('bob', '--expires', '2h');
  const info = async () => (await cli.json('key', 'info', accessKeyId, '--alias', 'main'))[0]!;
  const { expiresAt } = await info();
  const hours = (Date.parse(String(expiresAt)) - Date.now()) / 3_600_000;
  expect(hours).toBeGreaterThan(1.9);
  expect(hours).toBeLessThanOrEqual(2);
  const text = await cli.done('key', 'info', accessKeyId, '--alias', 'main');
  expect(text).toMatch(/^user +bob$/m);
  expect(text).not.toContain(secretAccessKey);
  await cli.done('key', 'expires', accessKeyId, 'never', '--alias', 'main');
  expect(await info()).not.toHaveProperty('expiresAt');
  await cli.done('key', 'expires', accessKeyId, '2099-01-31', '--alias', 'main');
  expect((await info()).expiresAt).toMatch(/^2099-01-31T00:00:00/);
  const past = await cli.run(['key', 'expires', accessKeyId, '2001-01-01', '--alias', 'main']);
  expect(past.code).toBe(2);
  await setAlias(cli, 'ending', { accessKeyId, secretAccessKey });
  await cli.done('key', 'expires', accessKeyId, '1s', '--alias', 'main');
  await until(async () => !(await isGood('ending')), 'it has ended');
});

test('no key is left that could not be given its end', async () => {
  await setAlias(cli, 'nowhere', main, 1);
  await newKey('carl');
  const list = () => cli.json('key', 'list', '--user', 'carl', '--alias', 'main');
  const before = await list();
  const args = ['key', 'create', '--user', 'carl', '--expires', '1d', '--alias', 'nowhere'];
  const { code, stdout, stderr } = await cli.run(args);
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toContain('No key was made');
  expect(await list()).toEqual(before);
});

test('the server explains what decides, as the data directory does', async () => {
  const bucket = await cli.newBucket();
  await cli.client.putObject({ Bucket: bucket, Key: 'k', Body: 'x' });
  const { accessKeyId } = await newKey('dan');
  const asked = ['--access-key-id', accessKeyId, '--action', 's3:GetObject'];
  const place = `root/${bucket}/k`;
  const named = ['--bucket', bucket, '--key', 'k'];
  await until(async () => {
    const { code } = await cli.run(['access', 'explain', place, ...asked]);
    return code === 3;
  }, 'the key is known');
  const network = await cli.run(['access', 'explain', '--alias', 'root', ...named, ...asked]);
  const dataDir = ['--data-dir', cli.server.dataDir];
  const offline = await cli.run(['access', 'explain', ...dataDir, ...named, ...asked]);
  expect([network.code, network.stdout]).toEqual([offline.code, offline.stdout]);
  expect(network.stdout).toMatch(/^Refused \(AccessDenied\): s3:GetObject/);
  const anonymous = ['--anonymous', '--action', 's3:GetObject', '--json'];
  const json = await cli.run(['access', 'explain', place, ...anonymous]);
  expect(JSON.parse(json.stdout)).toMatchObject({ allowed: false, action: 's3:GetObject' });
  const arn = (await cli.done('whoami', '--alias', 'main')).trim();
  const owner = ['access', 'explain', place, '--arn', arn, '--action', 's3:GetObject'];
  expect(await cli.done(...owner)).toContain('Allowed: s3:GetObject');
  const both = await cli.run(['access', 'explain', place, ...dataDir, ...asked]);
  expect(both.stderr).toContain('two places');
});
