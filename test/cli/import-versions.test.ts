/** `kist import aws` from Kist: versions in their order, locks, boundaries, and going on where a run ended. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from '../../src/client/index.ts';
import { type CommandLine, startCommandLine, tenantTarget } from './support/command-line.ts';

let cli: CommandLine;
/** In a namespace of its own, where buckets may have the same names. */
let target: Client;

beforeAll(async () => {
  cli = await startCommandLine();
  target = await tenantTarget(cli);
});
afterAll(async () => {
  target?.close();
  await cli?.close();
});

const imported = async (Bucket: string, ...flags: readonly string[]) =>
  (await cli.json('import', 'aws', 'env', 'new', '--bucket', Bucket, '--no-identities', ...flags))
    .filter(({ type }) => type === 'step')
    .map(({ kind, name }) => `${kind} ${name}`);

async function versionedBucket(): Promise<string> {
  const Bucket = await cli.newBucket();
  await setVersioning(Bucket, 'Enabled');
  return Bucket;
}

const setVersioning = (Bucket: string, Status: 'Enabled' | 'Suspended') =>
  cli.client.putBucketVersioning({ Bucket, VersioningConfiguration: { Status } });

/** The newest first: what each version says, and `-` for delete markers. */
async function versionsOf(client: Client, Bucket: string, Key: string): Promise<string[]> {
  const found: string[] = [];
  const pages = client.paginate.listObjectVersions({ Bucket, Prefix: Key }, { pageSize: 1 });
  for await (const { Key: key, VersionId, DeleteMarker } of pages.items()) {
    if (key !== Key) continue;
    if (DeleteMarker) found.push('-');
    else found.push(await (await client.getObject({ Bucket, Key, VersionId })).Body.text());
  }
  return found;
}

async function writeHistory(Bucket: string, Key: string, history: readonly string[]) {
  for (const Body of history) {
    if (Body === '-') await cli.client.deleteObject({ Bucket, Key });
    else await cli.client.putObject({ Bucket, Key, Body });
  }
}

test('versions and delete markers come in the order in which they were made, even within one second', async () => {
  const Bucket = await versionedBucket();
  const history = ['1', '-', '22', '333', '-', '4'];
  await writeHistory(Bucket, 'a', history);
  await writeHistory(Bucket, 'a/b', ['x', '-']);
  expect(await imported(Bucket, '--versions', '--dry-run')).toHaveLength(10);
  await imported(Bucket, '--versions');
  expect(await versionsOf(target, Bucket, 'a')).toEqual([...history].reverse());
  expect(await versionsOf(target, Bucket, 'a/b')).toEqual(['-', 'x']);
});

test('a second run takes what is new, and a version that came without being noted comes once', async () => {
  const Bucket = await versionedBucket();
  await writeHistory(Bucket, 'k', ['1', '22']);
  await imported(Bucket, '--versions');
  expect(await imported(Bucket, '--versions')).toEqual([]);
  await writeHistory(Bucket, 'k', ['333']);
  expect(await imported(Bucket, '--versions')).toEqual([`object ${Bucket}/k`]);
  const folder = join(cli.directory, '.state', 'imports');
  const file = join(folder, readdirSync(folder)[0]!);
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  // As if the run had been killed before the last note, in the middle of writing it.
  writeFileSync(file, `${lines.slice(0, -1).join('\n')}\n${lines.at(-1)!.slice(0, 9)}`);
  expect(await imported(Bucket, '--versions')).toEqual([]);
  await writeHistory(Bucket, 'k', ['4']);
  expect(await imported(Bucket, '--versions')).toEqual([`object ${Bucket}/k`]);
  expect(await versionsOf(target, Bucket, 'k')).toEqual(['4', '333', '22', '1']);
});

test('where versioning is suspended, it is after the versions have come', async () => {
  const Bucket = await versionedBucket();
  await writeHistory(Bucket, 'k', ['1', '22']);
  await setVersioning(Bucket, 'Suspended');
  await imported(Bucket, '--versions');
  expect(await versionsOf(target, Bucket, 'k')).toEqual(['22', '1']);
  expect((await target.getBucketVersioning({ Bucket })).Status).toBe('Suspended');
});

test('without --versions what is current comes', async () => {
  const Bucket = await versionedBucket();
  await writeHistory(Bucket, 'k', ['1', '22']);
  await writeHistory(Bucket, 'gone', ['1', '-']);
  await imported(Bucket);
  expect(await versionsOf(target, Bucket, 'k')).toEqual(['22']);
  expect(await versionsOf(target, Bucket, 'gone')).toEqual([]);
});

test('locked objects stay locked until the same time; the default of the bucket is not put on others', async () => {
  const Bucket = 'import-locked';
  await cli.client.createBucket({ Bucket, ObjectLockEnabledForBucket: true });
  const until = new Date(Date.now() + 86_400_000);
  const lock = { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: until } as const;
  await cli.client.putObject({ Bucket, Key: 'kept', Body: '1', ...lock });
  await cli.client.putObject({
    Bucket,
    Key: 'held',
    Body: '2',
    ObjectLockLegalHoldStatus: 'ON',
  });
  const Rule = { DefaultRetention: { Mode: 'GOVERNANCE', Days: 3 } } as const;
  await cli.client.putObjectLockConfiguration({
    Bucket,
    ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled', Rule },
  });
  await imported(Bucket);
  const kept = await target.headObject({ Bucket, Key: 'kept' });
  expect(kept.ObjectLockMode).toBe('GOVERNANCE');
  expect(Math.abs(kept.ObjectLockRetainUntilDate!.getTime() - until.getTime())).toBeLessThan(1000);
  const held = await target.headObject({ Bucket, Key: 'held' });
  expect(held.ObjectLockLegalHoldStatus).toBe('ON');
  expect(held.ObjectLockMode).toBeUndefined();
  const { ObjectLockConfiguration } = await target.getObjectLockConfiguration({ Bucket });
  expect(ObjectLockConfiguration?.Rule).toMatchObject(Rule);
});

test('a boundary comes with its user, and what was changed in the source is set', async () => {
  cli.write({
    'p.json': JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' },
    }),
  });
  await cli.done('policy', 'create', 'most', './p.json', '--alias', 'env');
  await cli.done('user', 'create', 'eve', '--boundary', 'most', '--alias', 'env');
  const run = () => cli.json('import', 'aws', 'env', 'new', '--no-buckets');
  await run();
  const [eve] = await cli.json('user', 'info', 'eve', '--alias', 'new');
  const [theirs] = await cli.json('user', 'info', 'eve', '--alias', 'env');
  const boundaryOf = (one: unknown) =>
    (one as { PermissionsBoundary?: { PermissionsBoundaryArn?: string } }).PermissionsBoundary
      ?.PermissionsBoundaryArn;
  expect(boundaryOf(eve)).toMatch(/:policy\/most$/);
  expect(boundaryOf(eve)).not.toBe(boundaryOf(theirs));
  expect((await run()).filter(({ type }) => type === 'step')).toEqual([]);
  cli.write({
    'p.json': readFileSync(join(cli.directory, 'p.json'), 'utf8').replace('Get', 'Put'),
  });
  await cli.done('policy', 'set', 'most', './p.json', '--alias', 'env');
  expect((await run()).filter(({ type }) => type === 'step')).toMatchObject([
    { kind: 'policy', name: 'most' },
  ]);
  expect(await cli.done('policy', 'get', 'most', '--alias', 'new')).toContain('s3:PutObject');
});

test('what is no import is refused as a mistake of the command', async () => {
  const mistakes = [
    ['aws', 'env', 'env'],
    ['aws', 'env', 'new', '--no-buckets', '--no-identities'],
    ['aws', 'env', 'new', '--no-buckets', '--bucket', 'b'],
    ['aws', 'env', 'new/bucket'],
    ['aws', 'env', 'new', '--state', 'f'],
    ['minio', 'env', 'new', '--create-keys', 'f'],
    ['minio', 'env'],
  ];
  for (const args of mistakes) {
    expect((await cli.run(['import', ...args])).code, args.join(' ')).toBe(2);
  }
});
