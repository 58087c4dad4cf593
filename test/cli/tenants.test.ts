/** `kist namespace` and `account`, and what tenants are held to: `quota`, `rate`, `addresses`. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../support/start-server.ts';
import { startAdminLine } from './support/admin-line.ts';
import type { CommandLine } from './support/command-line.ts';

let cli: CommandLine;
beforeAll(async () => {
  cli = await startAdminLine();
  await cli.done('namespace', 'create', 'acme', '--save-as', 'acme', '--alias', 'root');
  await until(
    async () => (await cli.run(['whoami', '--alias', 'acme'])).code === 0,
    'the key is good',
  );
});
afterAll(() => cli.close());

const asRoot = (...args: readonly string[]) => cli.done(...args, '--alias', 'root');
const factsOf = async (...args: readonly string[]) =>
  (await cli.json(...args, '--alias', 'root'))[0]!;
const isRefused = (code: string, ...args: readonly string[]) =>
  until(async () => (await cli.run(args)).stderr.includes(code), `${args.join(' ')}: ${code}`);
const works = (...args: readonly string[]) =>
  until(async () => (await cli.run(args)).code === 0, `${args.join(' ')} works`);

test('a namespace is made with an account, whose secret goes where it is told to and nowhere else', async () => {
  const made = await cli.run([
    ...['namespace', 'create', 'umbrella', '--display-name', 'Umbrella Ltd.'],
    ...['--max-bytes', '1GiB', '--secret-file', 'secret', '--alias', 'root'],
  ]);
  expect(made.code, made.stderr).toBe(0);
  const secret = readFileSync(join(cli.directory, 'secret'), 'utf8').trim();
  expect(statSync(join(cli.directory, 'secret')).mode & 0o777).toBe(0o600);
  expect(made.stdout + made.stderr).not.toContain(secret);
  expect(await factsOf('namespace', 'info', 'umbrella')).toMatchObject({
    type: 'namespace',
    displayName: 'Umbrella Ltd.',
    quota: { maxBytes: 1024 ** 3, used: { bytes: 0 } },
  });
  await asRoot('namespace', 'rename', 'umbrella', 'Umbrella Inc.');
  const list = await asRoot('namespace', 'list');
  expect(list).toMatch(/^umbrella +Umbrella Inc\. +1 +active/m);
  const noted = await cli.run(['namespace', 'delete', 'umbrella', '--alias', 'root']);
  expect([noted.code, noted.stderr]).toEqual([2, expect.stringContaining('Say --yes')]);
  await asRoot('namespace', 'delete', 'umbrella', '--yes');
  expect(await asRoot('namespace', 'list')).not.toContain('umbrella');
});

test('a namespace that is suspended is closed until it is resumed', async () => {
  await asRoot('namespace', 'suspend', 'acme', '--yes');
  expect(await asRoot('namespace', 'info', 'acme')).toMatch(/^state +suspended$/m);
  await until(
    async () => (await cli.run(['bucket', 'list', 'acme'])).code === 1,
    'its keys are refused',
  );
  await asRoot('namespace', 'resume', 'acme');
  await works('bucket', 'list', 'acme');
});

test('its new buckets begin with its defaults', async () => {
  const set = ['--encryption', 'AES256', '--public-access-block', 'on'];
  const told = await asRoot('namespace', 'defaults', 'set', 'acme', ...set);
  expect(told).toMatch(/^default encryption +AES256$/m);
  // Each worker learns of it within its own second, and of the end of the suspension before.
  await until(async () => {
    const name = `acme/defaults-${Math.trunc(performance.now())}`;
    await cli.run(['bucket', 'create', name]);
    const { stdout } = await cli.run(['bucket', 'info', name]);
    return /^encryption +AES256$/m.test(stdout) && /BlockPublicAcls/.test(stdout);
  }, 'a new bucket has them');
  await asRoot('namespace', 'defaults', 'remove', 'acme');
  expect(await asRoot('namespace', 'defaults', 'get', 'acme')).toContain('as the server gives');
  const nothing = await cli.run(['namespace', 'defaults', 'set', 'acme', '--alias', 'root']);
  expect([nothing.code, nothing.stderr]).toEqual([2, expect.stringContaining('nothing to set')]);
});

test('an account is made, shown and deleted', async () => {
  const create = ['account', 'create', 'acme-2', '--namespace', 'acme', '--alias', 'root'];
  const made = await cli.run(create);
  expect(made.stdout).toMatch(
    /^Made the account acme-2 in acme, with the key \w+\.\nSecret \(told this once\): \S+\n$/,
  );
  const again = await cli.run(create);
  expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('Conflict (409)')]);
  const listed = await cli.json('account', 'list', '--namespace', 'acme', '--alias', 'root');
  expect(listed.map(({ accountId }) => accountId)).toContain('acme-2');
  expect(await factsOf('account', 'info', 'acme-2')).toMatchObject({ namespace: 'acme', users: 0 });
  await asRoot('account', 'delete', 'acme-2', '--yes');
  const gone = await cli.run(['account', 'info', 'acme-2', '--alias', 'root']);
  expect(gone.stderr).toContain('NotFound (404)');
});

describe('a quota', () => {
  test.each(['bucket', 'account', 'namespace'] as const)(
    'of a %s holds, is shown and removed',
    async (kind) => {
      const bucket = `quota-of-${kind}`;
      await cli.done('bucket', 'create', `acme/${bucket}`);
      const { accountId } = await factsOf('namespace', 'info', 'acme');
      const name = { bucket, account: String(accountId), namespace: 'acme' }[kind];
      const what = [kind, name, ...(kind === 'bucket' ? ['--namespace', 'acme'] : [])];
      cli.write({ 'two-bytes': '12' });
      await asRoot('quota', 'set', ...what, '--max-bytes', '1', '--max-objects', '5');
      const copy = ['object', 'cp', './two-bytes', `acme/${bucket}/k`];
      await until(async () => {
        const { code, stderr } = await cli.run(copy);
        if (code === 0) await cli.run(['object', 'rm', `acme/${bucket}/k`]);
        return /Quota/i.test(stderr);
      }, 'the quota holds');
      const shown = await asRoot('quota', 'get', ...what);
      expect(shown).toMatch(/^size held +\d+ B of 1 B$/m);
      expect(shown).toMatch(/^objects held +\d+ of 5$/m);
      expect(await asRoot('quota', 'remove', ...what)).toMatch(/^quota +no limit$/m);
      await works(...copy);
      await cli.done('bucket', 'delete', `acme/${bucket}`, '--force');
    },
  );

  test('of nothing is refused, and so is one of what has none', async () => {
    const nothing = await cli.run(['quota', 'set', 'bucket', 'x', '--alias', 'root']);
    expect([nothing.code, nothing.stderr]).toEqual([2, expect.stringContaining('nothing to set')]);
    const ofKey = await cli.run(['quota', 'set', 'key', 'x', '--max-bytes', '1']);
    expect(ofKey.code).toBe(2);
    expect(ofKey.stderr).toContain('bucket, account, namespace');
  });
});

test('a rate of a key, a bucket and a namespace is set, shown and removed', async () => {
  await cli.done('bucket', 'create', 'acme/rated');
  const made = await cli.run(['key', 'create', '--json', '--alias', 'acme']);
  const { AccessKeyId } = JSON.parse(made.stdout) as { AccessKeyId: string };
  for (const what of [
    ['key', AccessKeyId],
    ['bucket', 'rated', '--namespace', 'acme'],
    ['namespace', 'acme'],
  ]) {
    const rate = ['--requests-per-second', '1000.5', '--bytes-per-second', '100MiB'];
    const told = await asRoot('rate', 'set', ...what, ...rate);
    expect(told).toMatch(/^requests +1000\.5 a second$/m);
    expect(await factsOf('rate', 'get', ...what)).toMatchObject({
      ...{ type: 'rate', requestsPerSecond: 1000.5, bytesPerSecond: 100 * 1024 ** 2 },
    });
    expect(await asRoot('rate', 'remove', ...what)).toMatch(/^rate +no limit$/m);
  }
});

test('a bucket and a namespace are for some addresses alone', async () => {
  await cli.done('bucket', 'create', 'acme/here');
  for (const what of [
    ['bucket', 'here', '--namespace', 'acme'],
    ['namespace', 'acme'],
  ]) {
    await asRoot('addresses', 'set', ...what, '192.0.2.0/24', '2001:db8::/32');
    await isRefused('AccessDenied', 'object', 'ls', 'acme/here/');
    expect(await asRoot('addresses', 'get', ...what)).toMatch(
      /^requests from +192\.0\.2\.0\/24, 2001:db8::\/32$/m,
    );
    await asRoot('addresses', 'set', ...what, 'private');
    await works('object', 'ls', 'acme/here/');
    expect(await asRoot('addresses', 'remove', ...what)).toMatch(/^requests from +everywhere$/m);
  }
  const mixed = await cli.run(['addresses', 'set', 'namespace', 'acme', 'private', '192.0.2.1']);
  expect([mixed.code, mixed.stderr]).toEqual([2, expect.stringContaining('one of the three')]);
});
