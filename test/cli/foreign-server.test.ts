/** The commands that are plain S3 against another's server, and between it and Kist. */
import { readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type ForeignServer,
  s3rverKeys,
  startS3rver,
} from '../typescript-client/support/s3rver.ts';
import { type CommandLine, startCommandLine } from './support/command-line.ts';

let cli: CommandLine;
let foreign: ForeignServer;
const bytes = Buffer.alloc(20_000_000, 'foreign bytes ');

beforeAll(async () => {
  cli = await startCommandLine();
  foreign = await startS3rver();
  cli.write({ secret: s3rverKeys.secretAccessKey, 'tree/large.bin': bytes, 'tree/a/ü.txt': 'ü' });
  // Its times have no fractions of a second.
  const past = new Date(Date.now() - 60_000);
  for (const file of ['large.bin', 'a/ü.txt']) {
    utimesSync(join(cli.directory, 'tree', file), past, past);
  }
  const keys = ['--access-key-id', s3rverKeys.accessKeyId, '--secret-file', 'secret'];
  await cli.done('alias', 'set', 'other', foreign.endpoint, ...keys);
});
afterAll(async () => {
  await foreign.close();
  await cli.close();
});

test('buckets and objects, up, listed, down and removed', async () => {
  await cli.done('alias', 'test', 'other');
  await cli.done('bucket', 'create', 'other/first');
  await cli.done('object', 'cp', './tree', 'other/first/t', '--recursive');
  const listed = await cli.json('object', 'ls', 'other/first', '--recursive');
  expect(listed.map(({ key, size }) => [key, size])).toEqual([
    ['t/a/ü.txt', 2],
    ['t/large.bin', bytes.length],
  ]);
  const sync = await cli.json('object', 'sync', './tree', 'other/first/t');
  expect(sync.filter(({ type }) => type === 'copy')).toEqual([]);
  await cli.done('object', 'cp', 'other/first/t/large.bin', './back.bin');
  expect(readFileSync(join(cli.directory, 'back.bin')).equals(bytes)).toBe(true);
  await cli.done('object', 'mv', 'other/first/t', 'other/first/u', '--recursive');
  expect(await cli.done('object', 'cat', 'other/first/u/a/ü.txt')).toBe('ü');
  const refused = await cli.run(['bucket', 'public', 'other/first']);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('This server does not have it.');
  expect(await cli.done('bucket', 'info', 'other/first')).toMatch(/policy +not told/);
});

test('from one server to the other, streamed, with metadata and checksum', async () => {
  const bucket = await cli.newBucket();
  await cli.done(
    ...['object', 'cp', './tree/large.bin', 'other/first/l', '--metadata', 'a=b'],
    ...['--content-type', 'text/x'],
  );
  const [line] = await cli.json('object', 'cp', 'other/first/l', `env/${bucket}/l`);
  expect(line).toMatchObject({ action: 'relay', bytes: bytes.length });
  const { Body, ...head } = await cli.client.getObject({ Bucket: bucket, Key: 'l' });
  expect(head).toMatchObject({ ContentType: 'text/x', Metadata: { a: 'b' } });
  expect(Buffer.from(await Body.bytes()).equals(bytes)).toBe(true);
  await cli.done('object', 'cp', `env/${bucket}`, 'other/first/back', '--recursive');
  const [back] = await cli.json('object', 'find', 'other/first/back');
  expect(back).toMatchObject({ key: 'back/l', size: bytes.length });
});

test('what it lacks is told in a line, and a bucket is emptied and deleted', async () => {
  const { code, stderr } = await cli.run(['user', 'list', '--alias', 'other']);
  expect(code).toBe(1);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  await cli.done('bucket', 'delete', 'other/first', '--force');
  expect(await cli.json('bucket', 'list', 'other')).toEqual([]);
});
