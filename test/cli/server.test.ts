/** `kist server` and `kist grant`, and how commands of the admin API tell what stands in their way. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { main } from '../support/accounts.ts';
import { until } from '../support/start-server.ts';
import { root, setAlias, startAdminLine } from './support/admin-line.ts';
import { type CommandLine, linesOf } from './support/command-line.ts';

let cli: CommandLine;
beforeAll(async () => {
  cli = await startAdminLine();
});
afterAll(() => cli.close());

test('status tells how the server is, to people and to programs', async () => {
  const text = await cli.done('server', 'status', '--alias', 'root');
  expect(text).toMatch(/^ready +yes$/m);
  expect(text).toContain(`(${cli.server.pid})`);
  expect(text).toMatch(/^disk +[\d.]+ [KMGT]iB of [\d.]+ [KMGT]iB free$/m);
  const [status] = await cli.json('server', 'status', '--alias', 'root');
  expect(status).toMatchObject({ type: 'status', ready: true });
});

test('config tells settings with their sources, and no secret', async () => {
  const text = await cli.done('server', 'config', '--changed', '--alias', 'root');
  expect(text).toMatch(
    new RegExp(`^dataDir +${cli.server.dataDir} +--data-dir +restart only$`, 'm'),
  );
  expect(text).toMatch(/^rootSecretAccessKey +\(secret\) +KIST_ROOT_SECRET_ACCESS_KEY/m);
  expect(text).not.toContain(root.secretAccessKey);
  expect(text).not.toMatch(/^scrubDays /m);
  const settings = await cli.json('server', 'config', '--alias', 'root');
  expect(settings.map(({ name }) => name)).toContain('scrubDays');
});

test('jobs are listed and run, and waited for', async () => {
  const jobs = await cli.json('server', 'jobs', 'list', '--alias', 'root');
  expect(jobs.map(({ name }) => name)).toContain('orphans');
  const run = ['server', 'jobs', 'run', 'orphans', '--alias', 'root'] as const;
  const [begun] = await cli.json(...run);
  expect(begun).toMatchObject({ type: 'job', name: 'orphans' });
  const [ended] = await cli.json(...run, '--wait');
  expect(ended).toMatchObject({
    lastRun: { outcome: expect.stringMatching(/done|nothing to do/) },
  });
  const unknown = await cli.run(['server', 'jobs', 'run', 'nothing', '--alias', 'root']);
  expect(unknown.code).toBe(1);
  expect(unknown.stderr).toMatch(/^kist: NotFound \(404\): There is no job nothing\.\n$/);
});

test('reload tells how it ended', async () => {
  expect(await cli.done('server', 'reload', '--alias', 'root')).toMatch(/^Reload: .*, done\.\n$/);
});

test('a role is granted on a prefix, listed and taken back', async () => {
  const bucket = await cli.newBucket();
  await cli.client.putObject({ Bucket: bucket, Key: '2026/a', Body: 'text' });
  await cli.client.putObject({ Bucket: bucket, Key: '2025/a', Body: 'text' });
  await cli.done('user', 'create', 'reader');
  const key = await cli.run(['key', 'create', '--user', 'reader', '--json']);
  const { AccessKeyId, SecretAccessKey } = linesOf(key.stdout)[0]!;
  const keys = { accessKeyId: String(AccessKeyId), secretAccessKey: String(SecretAccessKey) };
  await setAlias(cli, 'reader', keys);
  const what = ['read_only', 'user', 'reader', 'on', `${bucket}/2026/`, '--alias', 'main'] as const;
  expect(await cli.done('grant', ...what)).toBe(
    `Granted the user reader read_only on ${bucket}/2026/.\n`,
  );
  const cat = async (path: string) =>
    (await cli.run(['object', 'cat', `reader/${bucket}/${path}`])).code;
  await until(async () => (await cat('2026/a')) === 0, 'reader may read');
  expect(await cat('2025/a')).toBe(1);
  const list = ['grant', 'list', 'user', 'reader', '--alias', 'main'] as const;
  expect(await cli.json(...list)).toMatchObject([
    { type: 'grant', role: 'read_only', bucket, prefix: '2026/' },
  ]);
  await cli.done('grant', 'revoke', ...what);
  expect(await cli.json(...list)).toEqual([]);
  await until(async () => (await cat('2026/a')) === 1, 'reader may not any more');
});

test('what stands in the way is told with what helps', async () => {
  const refused = await cli.run(['server', 'status', '--alias', 'main']);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(/^kist: AccessDenied \(403\): .*server's root.*--alias/);
  await setAlias(cli, 'nowhere', main, 1);
  const unreached = await cli.run(['server', 'status', '--alias', 'nowhere']);
  expect(unreached.stderr).toMatch(/did not answer.*--console-url/);
  await setAlias(cli, 'elsewhere', main, cli.server.port);
  const other = await cli.run(['server', 'status', '--alias', 'elsewhere', '--json']);
  expect(other.stderr).toMatch(/no admin API.*--console-url/);
  expect(linesOf(other.stdout)).toMatchObject([{ type: 'error', code: 'NotTheApi' }]);
  const misspelt = await cli.run(['grant', 'read-only', 'user', 'ann', 'on', 'photos']);
  expect(misspelt.code).toBe(2);
  expect(misspelt.stderr).toContain('read_only, write_only');
});

test('without --console-url it is port 9001 of the same host, or KIST_CONSOLE_PORT of the local one', async () => {
  const env = {
    ...{
      KIST_ROOT_ACCESS_KEY_ID: root.accessKeyId,
      KIST_ROOT_SECRET_ACCESS_KEY: root.secretAccessKey,
    },
    ...{ KIST_PORT: String(cli.server.port), KIST_CONSOLE_PORT: String(cli.server.consolePort) },
  };
  const here = await cli.run(['server', 'status', '--alias', 'local'], { env });
  expect(here.code, here.stderr).toBe(0);
  const aws = await cli.run(['server', 'status', '--alias', 'env'], {
    env: { AWS_ENDPOINT_URL: 'https://s3.eu-west-1.amazonaws.com' },
  });
  expect(aws.stderr).toContain('has no admin API');
});
