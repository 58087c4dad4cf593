/**
 * restic against the real server, configured as `docs/guide/clients.md` says. It uploads packs of some
 * MiB in one request each and stores no metadata, so that nothing here is about either.
 */
import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { main } from '../support/accounts.ts';
import { type CuttingProxy, startCuttingProxy } from '../support/cutting-proxy.ts';
import { guideSection } from '../support/guide.ts';
import { manyTimeoutMs, putMany } from '../support/many-objects.ts';
import { allKeys, bytesOf } from '../support/objects.ts';
import { type ProcessResult, runProgram } from '../support/run-program.ts';
import { s3Client } from '../support/s3-client.ts';
import { type RunningServer, startServer } from '../support/start-server.ts';

const MiB = 1024 * 1024;
const directory = mkdtempSync(join(tmpdir(), 'kist-restic-'));
const source = join(directory, 'source');
const bucket = 'guide-restic';
let server: RunningServer;
let proxy: CuttingProxy;
let client: S3Client;
let environment: Readonly<Record<string, string>>;

beforeAll(async () => {
  server = await startServer();
  proxy = await startCuttingProxy(server.port);
  client = s3Client(server.endpoint, main);
  environment = guideSection('restic', server.port).env;
  mkdirSync(join(source, 'deep/er'), { recursive: true });
  for (let index = 0; index < 40; index++) {
    writeFileSync(join(source, `file-${index}`), `content ${index}\n`.repeat(index));
  }
  writeFileSync(join(source, 'deep/er/ä b.bin'), bytesOf(3 * MiB));
  symlinkSync('deep/er', join(source, 'link'));
});

afterAll(async () => {
  client?.destroy();
  await proxy?.close();
  await server?.remove();
  rmSync(directory, { recursive: true, force: true });
});

interface ResticOptions {
  readonly port?: number;
  readonly repository?: string;
}

function attempt(args: readonly string[], options: ResticOptions = {}): Promise<ProcessResult> {
  const { port = server.port, repository = 'laptop' } = options;
  return runProgram('restic', ['--cache-dir', join(directory, 'cache'), ...args], {
    cwd: directory,
    env: {
      ...environment,
      HOME: directory,
      RESTIC_REPOSITORY: `s3:http://127.0.0.1:${port}/${bucket}/${repository}`,
    },
  });
}

async function restic(args: readonly string[], options?: ResticOptions): Promise<string> {
  const { code, stdout, stderr } = await attempt(args, options);
  expect(code, stderr).toBe(0);
  return stdout;
}

interface BackupSummary {
  readonly snapshot_id: string;
  readonly files_new: number;
  readonly files_changed: number;
  readonly files_unmodified: number;
  readonly data_added: number;
}

async function backup(options?: ResticOptions): Promise<BackupSummary> {
  const output = await restic(['backup', '--json', 'source'], options);
  return JSON.parse(output.trim().split('\n').at(-1)!) as BackupSummary;
}

/** Path → hash of content, of everything below a directory. */
function contentsOf(path: string): Record<string, string> {
  const contents: Record<string, string> = {};
  for (const name of readdirSync(path, { recursive: true, encoding: 'utf8' })) {
    const file = join(path, name);
    if (!statSync(file).isFile()) continue;
    contents[name] = createHash('sha256').update(readFileSync(file)).digest('hex');
  }
  return contents;
}

async function restored(snapshot: string, options?: ResticOptions): Promise<object> {
  const target = join(directory, `restored-${snapshot}`);
  await restic(['restore', snapshot, '--verify', '--target', target], options);
  return contentsOf(join(target, 'source'));
}

let first: BackupSummary;
let firstContents: object;

test('init makes bucket and repository, once', async () => {
  expect((await attempt(['snapshots'])).code).not.toBe(0);
  await restic(['init']);
  const again = await attempt(['init']);
  expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('already')]);
  expect(JSON.parse(await restic(['snapshots', '--json']))).toEqual([]);
});

test('backup stores a tree, restore brings it back', async () => {
  first = await backup();
  expect(first).toMatchObject({ files_new: 41, files_changed: 0 });
  firstContents = contentsOf(source);
  expect(await restored(first.snapshot_id)).toEqual(firstContents);
  expect(await restic(['ls', first.snapshot_id, '/source/deep/er'])).toContain('ä b.bin');
  expect(await restic(['dump', first.snapshot_id, '/source/file-2'])).toBe('content 2\n'.repeat(2));
});

test('a second backup sends what changed alone, and either snapshot restores', async () => {
  writeFileSync(join(source, 'file-1'), 'changed');
  writeFileSync(join(source, 'new'), bytesOf(MiB, 2));
  rmSync(join(source, 'file-2'));
  const second = await backup();
  expect(second).toMatchObject({ files_new: 1, files_changed: 1, files_unmodified: 39 });
  expect(second.data_added).toBeLessThan(1.5 * MiB);
  expect(await restored(second.snapshot_id)).toEqual(contentsOf(source));
  rmSync(join(directory, `restored-${first.snapshot_id}`), { recursive: true });
  expect(await restored(first.snapshot_id)).toEqual(firstContents);
});

test('check --read-data reads every pack and finds no error', async () => {
  expect(await restic(['check', '--read-data'])).toContain('no errors were found');
});

test('forget --prune deletes what no snapshot needs, and the rest is whole', async () => {
  rmSync(join(source, 'deep/er/ä b.bin'));
  const last = await backup();
  const before = await bytesStored();
  await restic(['forget', '--keep-last', '1', '--prune', '--max-unused', '0']);
  expect(await bytesStored()).toBeLessThan(before - 2 * MiB);
  const snapshots = JSON.parse(await restic(['snapshots', '--json']));
  expect(snapshots).toEqual([
    expect.objectContaining({ id: expect.stringMatching(last.snapshot_id) }),
  ]);
  expect(await restic(['check', '--read-data'])).toContain('no errors were found');
  expect(await restored(last.snapshot_id)).toEqual(contentsOf(source));
  expect((await allKeys(client, bucket)).filter((key) => key.includes('/locks/'))).toEqual([]);
});

/** What the bucket holds of packs, whether a snapshot needs them or not. */
async function bytesStored(): Promise<number> {
  let bytes = 0;
  const pages = paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: 'laptop/data/' });
  for await (const { Contents } of pages) {
    for (const { Size } of Contents ?? []) bytes += Size ?? 0;
  }
  return bytes;
}

test(
  'lists a repository of thousands of packs',
  async () => {
    const repository = 'many';
    await restic(['init'], { repository });
    const names = Array.from({ length: 2500 }, (_, index) =>
      createHash('sha256').update(`pack ${index}`).digest('hex'),
    );
    const keyOf = (name: string) => `${repository}/data/${name.slice(0, 2)}/${name}`;
    await putMany(server.port, bucket, names.map(keyOf));
    const listed = (await restic(['list', 'packs', '--no-lock'], { repository }))
      .trim()
      .split('\n');
    expect(listed.toSorted()).toEqual(names.toSorted());
  },
  manyTimeoutMs,
);

test('backup and restore survive cut connections', async () => {
  const options = { repository: 'cut', port: proxy.port };
  await restic(['init'], options);
  writeFileSync(join(source, 'large.bin'), bytesOf(20 * MiB, 3));
  proxy.cutAfter('upload', 6 * MiB);
  const { snapshot_id } = await backup(options);
  expect(proxy.cuts).toBe(1);
  expect(await restic(['check', '--read-data'], { repository: 'cut' })).toContain('no errors');
  proxy.cutAfter('download', 6 * MiB);
  expect(await restored(snapshot_id, options)).toEqual(contentsOf(source));
  expect(proxy.cuts).toBe(2);
});
