/** `kist alias`: where secrets are kept, who may read them, and that none is told. */
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { alt, main } from '../support/accounts.ts';
import { until } from '../support/start-server.ts';
import { type CommandLine, linesOf, startCommandLine } from './support/command-line.ts';

let cli: CommandLine;
const secret = main.secretAccessKey;
const said: string[] = [];

beforeAll(async () => {
  cli = await startCommandLine();
});
afterAll(() => cli.close());

/** Nothing of the environment but where things are kept. */
const bare = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_ENDPOINT_URL: '' };

async function kist(args: readonly string[], env: Record<string, string> = {}, input?: string) {
  const options = { env: { ...bare, ...env }, ...(input !== undefined && { input }) };
  const result = await cli.run(args, options);
  said.push(result.stdout, result.stderr);
  return result;
}
const set = (name: string, ...more: readonly string[]) => [
  ...['alias', 'set', name, cli.server.endpoint, '--access-key-id', main.accessKeyId],
  ...more,
];
const file = () => join(cli.directory, '.config', 'aliases.json');

test('keys come from a file, standard input or the environment, and lie where nobody else reads them', async () => {
  writeFileSync(join(cli.directory, 'secret'), `${secret}\n`);
  expect((await kist(set('one', '--secret-file', 'secret'))).code).toBe(0);
  expect((await kist(set('two', '--secret-file', '-'), {}, secret)).code).toBe(0);
  expect((await kist(set('three'), { KIST_SECRET_ACCESS_KEY: secret })).code).toBe(0);
  expect(statSync(file()).mode & 0o777).toBe(0o600);
  expect(statSync(join(cli.directory, '.config')).mode & 0o777).toBe(0o700);
  for (const name of ['one', 'two', 'three']) {
    const { code, stdout, stderr } = await kist(['alias', 'test', name]);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('answers and knows the key');
  }
});

test('a secret is never taken from the command line, nor asked for where nobody can answer', async () => {
  const refused = await kist(set('four', '--secret-access-key', 'mine-alone'));
  expect(refused.code).toBe(2);
  expect(refused.stderr).not.toContain('mine-alone');
  const unasked = await kist(set('four'));
  expect(unasked.code).toBe(2);
  expect(unasked.stderr).toContain('--secret-file');
});

test('the list shows all but secrets', async () => {
  const { stdout } = await kist(['alias', 'list', '--json']);
  const lines = linesOf(stdout);
  expect(lines.map(({ name, kind }) => [name, kind])).toEqual([
    ['one', 'set'],
    ['three', 'set'],
    ['two', 'set'],
    ['local', 'local'],
    ['env', 'environment'],
  ]);
  expect(lines[0]).toMatchObject({ endpoint: cli.server.endpoint, accessKeyId: main.accessKeyId });
});

test('a wrong secret is told, and what to do', async () => {
  await kist(set('wrong'), { KIST_SECRET_ACCESS_KEY: 'wrong-secret' });
  const { code, stderr } = await kist(['alias', 'test', 'wrong']);
  expect(code).toBe(1);
  expect(stderr).toMatch(/SignatureDoesNotMatch.*set the alias again/);
  expect(stderr).not.toContain('wrong-secret');
});

test('signature versions are those of the alias', async () => {
  for (const version of ['s3', 's3v4']) {
    const name = `v-${version}`;
    await kist(set(name, '--signature-version', version), { KIST_SECRET_ACCESS_KEY: secret });
    expect((await kist(['alias', 'test', name])).code).toBe(0);
    const { stdout } = await kist(['object', 'share', `${name}/bucket/key`]);
    expect(stdout).toContain(version === 's3' ? 'AWSAccessKeyId=' : 'X-Amz-Credential=');
  }
});

test('a file that others may read is not read', async () => {
  chmodSync(file(), 0o644);
  const { code, stderr } = await kist(['alias', 'list']);
  chmodSync(file(), 0o600);
  expect(code).toBe(1);
  expect(stderr).toContain('chmod 600');
});

test('local is a server with the keys that it has made', async () => {
  const data = join(cli.directory, 'data');
  mkdirSync(data);
  const { accessKeyId, secretAccessKey } = alt;
  const keys = { accountId: 'a'.repeat(64), accessKeyId, secretAccessKey };
  writeFileSync(join(data, 'root-credentials.json'), JSON.stringify(keys));
  const env = { KIST_DATA_DIR: data, KIST_PORT: String(cli.server.port) };
  const { stdout } = await kist(['alias', 'test', 'local', '--json'], env);
  expect(linesOf(stdout)).toMatchObject([{ alias: 'local', owner: alt.accountId }]);
  expect((await kist(['object', 'ls'], env)).code).toBe(0);
  const nowhere = await kist(['object', 'ls']);
  expect(nowhere.code).toBe(1);
  expect(nowhere.stderr).toContain('kist alias set');
});

test('profiles of AWS are aliases, and KIST_ALIAS is what s3:// means', async () => {
  const config = join(cli.directory, 'aws-config');
  const lines = [
    '[profile work]',
    `endpoint_url = ${cli.server.endpoint}`,
    `aws_access_key_id = ${main.accessKeyId}`,
    `aws_secret_access_key = ${secret}`,
  ];
  writeFileSync(config, lines.join('\n'));
  const env = { AWS_CONFIG_FILE: config };
  expect((await kist(['alias', 'test', 'aws:work'], env)).code).toBe(0);
  const { stdout } = await kist(['alias', 'test', '--json'], { ...env, KIST_ALIAS: 'aws:work' });
  expect(linesOf(stdout)).toMatchObject([{ alias: 'aws:work', owner: main.accountId }]);
  expect((await kist(['alias', 'test', 'aws:play'], env)).stderr).toContain(
    'no profile called play',
  );
});

test('what can’t be a name or an endpoint is refused', async () => {
  for (const [name, endpoint] of [
    ['env', 'http://localhost'],
    ['s3', 'http://localhost'],
    ['a/b', 'http://localhost'],
    ['1st', 'http://localhost'],
    ['fine', 'localhost:9000'],
    ['fine', 'http://me:password@localhost'],
  ]) {
    expect((await kist(['alias', 'set', name!, endpoint!])).code, `${name} ${endpoint}`).toBe(2);
  }
});

test('an alias is removed with its keys', async () => {
  for (const name of ['one', 'two', 'three', 'wrong', 'v-s3', 'v-s3v4']) {
    const { code } = await kist(['alias', 'remove', name]);
    expect(code).toBe(0);
  }
  expect(readFileSync(file(), 'utf8')).not.toContain(secret);
  expect((await kist(['alias', 'remove', 'one'])).code).toBe(1);
});

test('no secret was told, and none is in the list of processes', async () => {
  expect(said.length).toBeGreaterThan(20);
  for (const text of said) {
    expect(text).not.toContain(secret);
    expect(text).not.toContain(alt.secretAccessKey);
  }
  await kist(set('work'), { KIST_SECRET_ACCESS_KEY: secret });
  mkdirSync(join(cli.directory, 'watched'));
  const bucket = await cli.newBucket();
  const args = ['object', 'mirror', './watched', `work/${bucket}`, '--watch'];
  const running = cli.start(args, bare);
  await until(() => running.output().includes('Watching'), 'it watches');
  const line = readFileSync(`/proc/${running.child.pid}/cmdline`, 'utf8');
  expect(line).toContain(`work/${bucket}`);
  expect(line).not.toContain(secret);
  await running.kill('SIGINT');
});
