/** `kist object sync` and `mirror`: what is copied, what is left, what is deleted, and when not. */
import {
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { until } from '../support/start-server.ts';
import { type CommandLine, startCommandLine } from './support/command-line.ts';

let cli: CommandLine;
let bucket: string;
let folder: string;
let count = 0;
beforeAll(async () => {
  cli = await startCommandLine();
});
afterAll(() => cli.close());
beforeEach(async () => {
  bucket = await cli.newBucket();
  folder = `s-${++count}`;
});

const at = (path: string) => join(cli.directory, folder, path);
const copied = async (...args: readonly string[]) =>
  (await cli.json('object', 'sync', ...args))
    .filter(({ type }) => type === 'copy')
    .map(({ source }) => String(source).split('/').at(-1))
    .sort();

test('sync up copies what is new or changed, and deletes when told to', async () => {
  cli.write({ [`${folder}/a`]: '1', [`${folder}/b/c`]: '2', [`${folder}/same`]: '3' });
  const args = [`./${folder}`, `s3://${bucket}/t`];
  expect(await copied(...args)).toEqual(['a', 'c', 'same']);
  expect(await copied(...args)).toEqual([]);
  writeFileSync(at('a'), '9');
  const later = new Date(Date.now() + 60_000);
  utimesSync(at('a'), later, later);
  rmSync(at('b'), { recursive: true });
  expect(await copied(...args, '--dry-run', '--delete')).toEqual(['a']);
  expect(await cli.keysIn(bucket)).toEqual(['t/a', 't/b/c', 't/same']);
  expect(await copied(...args)).toEqual(['a']);
  await cli.client.putObject({ Bucket: bucket, Key: 't-2/other', Body: '' });
  await cli.done('object', 'sync', ...args, '--delete');
  expect(await cli.keysIn(bucket)).toEqual(['t-2/other', 't/a', 't/same']);
});

test('sync down and from bucket to bucket', async () => {
  for (const Key of ['x/a', 'x/b/c'])
    await cli.client.putObject({ Bucket: bucket, Key, Body: Key });
  expect(await copied(`s3://${bucket}/x`, `./${folder}`)).toEqual(['a', 'c']);
  expect(readFileSync(at('b/c'), 'utf8')).toBe('x/b/c');
  expect(await copied(`s3://${bucket}/x`, `./${folder}`)).toEqual([]);
  writeFileSync(at('mine'), '');
  await cli.done('object', 'sync', `s3://${bucket}/x`, `./${folder}`, '--delete');
  expect(() => readFileSync(at('mine'))).toThrow('ENOENT');
  const other = await cli.newBucket();
  expect(await copied(`s3://${bucket}/x`, `s3://${other}`)).toEqual(['a', 'c']);
  expect(await copied(`s3://${bucket}/x`, `s3://${other}`, '--checksum')).toEqual([]);
});

test('with --checksum what differs is found whatever its time and size, and what doesn’t is left', async () => {
  cli.write({
    [`${folder}/a`]: 'one',
    [`${folder}/b`]: 'two',
    [`${folder}/large`]: Buffer.alloc(3e6, 'x'),
  });
  const args = [`./${folder}`, `s3://${bucket}`, '--part-size', '1048576'];
  await copied(...args);
  const past = new Date(Date.now() - 3_600_000);
  writeFileSync(at('a'), 'eno');
  const future = new Date(Date.now() + 3_600_000);
  for (const name of ['b', 'large']) utimesSync(at(name), future, future);
  utimesSync(at('a'), past, past);
  expect(await copied(...args, '--size-only')).toEqual([]);
  expect(await copied(...args, '--checksum')).toEqual(['a']);
  expect(await cli.textOf(bucket, 'a')).toBe('eno');
});

test('nothing is deleted if the source could not be seen as a whole', async () => {
  cli.write({ [`${folder}/a`]: '1', [`${folder}/b`]: '2' });
  await cli.done('object', 'sync', `./${folder}`, `s3://${bucket}`);
  unlinkSync(at('a'));
  symlinkSync('/etc/hosts', at('link'));
  const skipped = await cli.run(['object', 'sync', `./${folder}`, `s3://${bucket}`, '--delete']);
  expect(skipped.code).toBe(1);
  expect(skipped.stderr).toContain('nothing was deleted');
  expect(await cli.keysIn(bucket)).toEqual(['a', 'b']);
  rmSync(at(''), { recursive: true });
  const gone = await cli.run(['object', 'sync', `./${folder}`, `s3://${bucket}`, '--delete']);
  expect(gone.code).toBe(1);
  expect(gone.stderr).toContain('is no directory');
  expect(await cli.keysIn(bucket)).toEqual(['a', 'b']);
});

test('a mirror follows bursts, changes, renames and removals', async () => {
  cli.write({ [`${folder}/first`]: '1' });
  await cli.client.putObject({ Bucket: bucket, Key: 'm/stale', Body: 'x' });
  const mirror = cli.start([
    ...['object', 'mirror', `./${folder}`, `s3://${bucket}/m`],
    ...['--watch', '--delete', '--rescan-every', '2s'],
  ]);
  const expected = (): Record<string, string> => ({ ...files });
  const files: Record<string, string> = { first: '1' };
  const mirrored = async (): Promise<boolean> => {
    const keys = await cli.keysIn(bucket);
    const wanted = Object.keys(expected())
      .map((key) => `m/${key}`)
      .sort();
    if (JSON.stringify(keys) !== JSON.stringify(wanted)) return false;
    for (const [key, text] of Object.entries(files)) {
      if ((await cli.textOf(bucket, `m/${key}`)) !== text) return false;
    }
    return true;
  };
  try {
    await until(() => mirror.output().includes('Watching'), 'it watches');
    await until(mirrored, 'the first pass is done');
    mkdirSync(at('new/deep'), { recursive: true });
    for (let i = 0; i < 40; i++) {
      writeFileSync(at(`new/deep/${i}`), `v${i}`);
      files[`new/deep/${i}`] = `v${i}`;
    }
    await until(mirrored, 'a burst in new directories has come');
    for (let i = 0; i < 20; i++) writeFileSync(at('first'), `again ${i}`);
    files.first = 'again 19';
    await until(mirrored, 'the last of many changes has come');
    renameSync(at('new'), at('old'));
    for (const key of Object.keys(files).filter((name) => name.startsWith('new/'))) {
      files[key.replace('new/', 'old/')] = files[key]!;
      delete files[key];
    }
    renameSync(at('first'), at('second'));
    files.second = files.first;
    delete files.first;
    await until(mirrored, 'renames have come');
    rmSync(at('old'), { recursive: true });
    for (const key of Object.keys(files)) if (key.startsWith('old/')) delete files[key];
    await until(mirrored, 'removals have come');
  } finally {
    mirror.child.kill('SIGINT');
    expect(await mirror.ended).toBe(130);
  }
});
