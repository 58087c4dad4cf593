/** Transfers of a `kist` that was killed in their middle: the same command goes on, and the bytes are right. */
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FaultyProxy, startFaultyProxy } from '../support/faulty-proxy.ts';
import { until } from '../support/start-server.ts';
import { type CommandLine, startCommandLine } from './support/command-line.ts';

const partBytes = 256 * 1024;
const bytes = randomBytes(12 * partBytes - 99);
const flags = ['--part-size', String(partBytes)];

let cli: CommandLine;
let proxy: FaultyProxy;
let seen: { readonly method: string; readonly url: string }[] = [];

beforeAll(async () => {
  cli = await startCommandLine();
  proxy = await startFaultyProxy(cli.server.port);
});
afterAll(async () => {
  await proxy.close();
  await cli.close();
});

/** Lets so many requests of a kind through, and stalls the others of it. */
function stallAfter(count: number, isMeant: (one: { method: string; url: string }) => boolean) {
  seen = [];
  proxy.decide = (request) => {
    seen.push(request);
    return isMeant(request) && seen.filter(isMeant).length > count ? 'stall' : 'pass';
  };
}
const passAll = () => stallAfter(Number.POSITIVE_INFINITY, () => false);
const env = () => ({ AWS_ENDPOINT_URL: proxy.endpoint });
const states = () => readdirSync(join(cli.directory, '.state', 'transfers'));
const digest = (data: Uint8Array) => createHash('sha256').update(data).digest('hex');

test('an upload that was killed goes on: what is there isn’t sent again', async () => {
  const bucket = await cli.newBucket();
  writeFileSync(join(cli.directory, 'up.bin'), bytes);
  const args = ['object', 'cp', './up.bin', `s3://${bucket}/up.bin`, ...flags, '--json'];
  const isPart = ({ method, url }: { method: string; url: string }) =>
    method === 'PUT' && url.includes('partNumber=');
  stallAfter(5, isPart);
  const killed = cli.start(args, env());
  await until(async () => {
    const { Uploads = [] } = await cli.client.listMultipartUploads({ Bucket: bucket });
    const [upload] = Uploads;
    if (upload === undefined) return false;
    const at = { Bucket: bucket, Key: 'up.bin', UploadId: upload.UploadId! };
    return ((await cli.client.listParts(at)).Parts ?? []).length === 5;
  }, 'five parts are there');
  await killed.kill('SIGKILL');
  expect(await cli.keysIn(bucket)).toEqual([]);
  expect(states()).toHaveLength(1);
  const state = join(cli.directory, '.state', 'transfers', states()[0]!);
  expect(statSync(state).mode & 0o777).toBe(0o600);
  expect(readFileSync(state, 'utf8')).not.toContain(cli.env.AWS_SECRET_ACCESS_KEY);
  passAll();
  const again = await cli.run(args, { env: env() });
  expect(again.code, again.stderr).toBe(0);
  expect(again.stdout).toContain(`"bytes":${bytes.length}`);
  expect(seen.filter(isPart)).toHaveLength(7);
  const { Body } = await cli.client.getObject({ Bucket: bucket, Key: 'up.bin' });
  expect(digest(await Body.bytes())).toBe(digest(bytes));
  expect(states()).toEqual([]);
});

test('a download that was killed goes on, and the file has its name when it is whole', async () => {
  const bucket = await cli.newBucket();
  await cli.client.upload({ Bucket: bucket, Key: 'k', Body: bytes }, { partBytes });
  const args = ['object', 'cp', `s3://${bucket}/k`, './down.bin', ...flags, '--json'];
  const isGet = ({ method, url }: { method: string; url: string }) =>
    method === 'GET' && !url.includes('?');
  stallAfter(5, isGet);
  const killed = cli.start(args, env());
  await until(() => {
    // Beside it, for a moment, lies what will replace it.
    const state = states().find((name) => !name.endsWith('.part'));
    if (state === undefined) return false;
    const text = readFileSync(join(cli.directory, '.state', 'transfers', state), 'utf8');
    return (JSON.parse(text) as { ranges: unknown[] }).ranges.length === 5;
  }, 'five ranges are there');
  await killed.kill('SIGKILL');
  expect(statSync(join(cli.directory, 'down.bin'), { throwIfNoEntry: false })).toBeUndefined();
  passAll();
  const again = await cli.run(args, { env: env() });
  expect(again.code, again.stderr).toBe(0);
  expect(again.stdout).toContain(`"resumedBytes":${5 * partBytes}`);
  expect(seen.filter(isGet)).toHaveLength(7);
  expect(digest(readFileSync(join(cli.directory, 'down.bin')))).toBe(digest(bytes));
  expect(states()).toEqual([]);
  expect(readdirSync(cli.directory).filter((name) => name.endsWith('.part'))).toEqual([]);
});

test('Ctrl-C ends it with 130, and it goes on, too; --no-resume begins anew', async () => {
  const bucket = await cli.newBucket();
  const args = ['object', 'cp', './up.bin', `s3://${bucket}/up.bin`, ...flags];
  const isPart = ({ url }: { url: string }) => url.includes('partNumber=');
  stallAfter(3, isPart);
  const stopped = cli.start(args, env());
  await until(() => seen.filter(isPart).length > 3, 'some parts are under way');
  stopped.child.kill('SIGINT');
  expect(await stopped.ended).toBe(130);
  expect(stopped.output()).toContain('Run it again to go on');
  passAll();
  const again = await cli.run([...args, '--no-resume'], { env: env() });
  expect(again.code, again.stderr).toBe(0);
  expect(seen.filter(isPart)).toHaveLength(12);
  const { Body } = await cli.client.getObject({ Bucket: bucket, Key: 'up.bin' });
  expect(digest(await Body.bytes())).toBe(digest(bytes));
});

test('a file that differs from what was begun is not mixed with it', async () => {
  const bucket = await cli.newBucket();
  const other = randomBytes(bytes.length);
  writeFileSync(join(cli.directory, 'changing.bin'), bytes);
  const args = ['object', 'cp', './changing.bin', `s3://${bucket}/c`, ...flags];
  const isPart = ({ url }: { url: string }) => url.includes('partNumber=');
  stallAfter(3, isPart);
  const killed = cli.start(args, env());
  await until(() => seen.filter(isPart).length > 3, 'some parts are under way');
  await killed.kill('SIGKILL');
  writeFileSync(join(cli.directory, 'changing.bin'), other);
  passAll();
  const again = await cli.run(args, { env: env() });
  expect(again.code, again.stderr).toBe(0);
  const { Body } = await cli.client.getObject({ Bucket: bucket, Key: 'c' });
  expect(digest(await Body.bytes())).toBe(digest(other));
});
