import { randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { nodeRuntime } from '../client/node/node-runtime.ts';
import { createPatientSender } from '../client/node/patient-sender.ts';
import { createKist } from '../index.ts';
import { CreateBucket } from '../model/operations.gen.ts';
import { openDirectoryPlace } from './directory-place.ts';
import * as durableWrite from './durable-write.ts';
import type { BackupPlace } from './place.ts';
import { openS3Place } from './s3-place.ts';

vi.mock('./durable-write.ts', { spy: true });

const root = mkdtempSync(join(tmpdir(), 'kist-place-'));
const kist = await createKist({ memory: true });
const bucket = 'backups';
const { endpoint, region, credentials } = kist;
const pauses: number[] = [];

function s3Place(prefix: string, keys = credentials, at = endpoint): BackupPlace {
  const sleep = async (ms: number) => {
    pauses.push(ms);
  };
  const config = { endpoint: at, region, credentials: keys };
  const sender = createPatientSender(config, { ...nodeRuntime, sleep });
  return openS3Place({ sender, bucket, prefix });
}
const sender = createPatientSender({ endpoint, region, credentials });
await sender.send(CreateBucket, { Bucket: bucket });
sender.close();
afterAll(async () => {
  await kist.close();
  rmSync(root, { recursive: true, force: true });
});

const { signal } = new AbortController();
setMaxListeners(0, signal);
let places = 0;
const kinds: readonly (readonly [string, () => BackupPlace])[] = [
  ['a directory', () => openDirectoryPlace(join(root, String(++places)))],
  ['a prefix of a bucket', () => s3Place(`place ${++places}/ü&`)],
];

async function listed(place: BackupPlace, folder = '') {
  const found: Record<string, number> = {};
  for await (const page of place.list(folder, signal)) {
    for (const { name, bytes } of page) found[name] = bytes;
  }
  return found;
}

describe.each(kinds)('%s', (_, open) => {
  it('gives back what was put, and nothing for what was not', async () => {
    const place = open();
    const content = randomBytes(300_000);
    await place.put('a/b/c.0-1', content, signal);
    await place.put('a/b/empty', Buffer.alloc(0), signal);
    await place.flush();
    expect((await place.get('a/b/c.0-1', signal))?.equals(content)).toBe(true);
    expect(await place.get('a/b/empty', signal)).toEqual(Buffer.alloc(0));
    expect(await place.get('a/b/none', signal)).toBeUndefined();
    await place.put('a/b/empty', Buffer.from('no more'), signal);
    expect((await place.get('a/b/empty', signal))?.toString()).toBe('no more');
    place.close();
  });

  it('lists what is below a folder, with its length, and nothing of other places', async () => {
    const place = open();
    const other = open();
    expect(await listed(place)).toEqual({});
    for (const name of ['top', 'a/1', 'a/b/2', 'ab/3']) {
      await place.put(name, Buffer.from(name), signal);
      await other.put('a/other', Buffer.from(name), signal);
    }
    expect(await listed(place)).toEqual({ top: 3, 'a/1': 3, 'a/b/2': 5, 'ab/3': 4 });
    expect(await listed(place, 'a/')).toEqual({ 'a/1': 3, 'a/b/2': 5 });
    expect(await listed(place, 'none/')).toEqual({});
    for (const one of [place, other]) one.close();
  });

  it('removes any number of files, those that are gone too', async () => {
    const place = open();
    const names = Array.from({ length: 1_050 }, (_, i) => `many/${i}`);
    const put = async (name: string) => place.put(name, Buffer.from('x'), signal);
    for (let at = 0; at < names.length; at += 50) {
      await Promise.all(names.slice(at, at + 50).map(put));
    }
    await put('kept');
    expect(Object.keys(await listed(place)).length).toBe(1_051);
    await place.remove([...names, 'many/none'], signal);
    expect(await listed(place)).toEqual({ kept: 1 });
    place.close();
  });

  it('stops when it is told to', async () => {
    const place = open();
    const stopped = AbortSignal.abort(new Error('stopped'));
    await expect(place.put('name', Buffer.alloc(10), stopped)).rejects.toThrow();
    expect(await listed(place)).toEqual({});
    place.close();
  });
});

describe('a directory', () => {
  it('leaves no empty folders behind', async () => {
    const directory = join(root, String(++places));
    const place = openDirectoryPlace(directory);
    for (const name of ['a/b/c/1', 'a/2']) await place.put(name, Buffer.from('x'), signal);
    await place.remove(['a/b/c/1'], signal);
    expect(readdirSync(join(directory, 'a'))).toEqual(['2']);
    await place.put('a/b/c/1', Buffer.from('again'), signal);
    expect((await place.get('a/b/c/1', signal))?.toString()).toBe('again');
  });

  it('makes durable what it finds: who wrote it may have been killed before that', async () => {
    const directory = join(root, String(++places));
    await openDirectoryPlace(directory).put('a/b/1', Buffer.from('x'), signal);
    const place = openDirectoryPlace(directory);
    expect(await listed(place, 'a/')).toEqual({ 'a/b/1': 1 });
    const sync = vi.mocked(durableWrite.syncDirectory).mockClear();
    await place.flush();
    const flushed = sync.mock.calls.map(([path]) => path);
    expect(flushed).toContain(join(directory, 'a'));
    expect(flushed).toContain(join(directory, 'a/b'));
  });

  it('that cannot be one is told with its path', async () => {
    const path = join(root, 'a file');
    writeFileSync(path, '');
    const place = openDirectoryPlace(join(path, 'below'));
    await expect(place.put('name', Buffer.alloc(1), signal)).rejects.toThrow(/a file.*ENOTDIR/);
  });
});

describe('a bucket', () => {
  it('that refuses is told by name, in the server’s words, at once', async () => {
    const wrong = s3Place('p', { ...credentials, secretAccessKey: 'wrong' });
    pauses.length = 0;
    await expect(wrong.get('name', signal)).rejects.toThrow(
      /^s3:\/\/backups\/p\/name: SignatureDoesNotMatch \(403\)/,
    );
    await expect(wrong.put('name', Buffer.alloc(10), signal)).rejects.toThrow(
      's3://backups/p/name',
    );
    expect(pauses).toEqual([]);
    wrong.close();
  });

  it('that nobody serves is told by name, at once', async () => {
    const nowhere = s3Place('p', credentials, 'http://127.0.0.1:1');
    await expect(nowhere.get('name', signal)).rejects.toThrow(
      /^s3:\/\/backups\/p\/name: .*REFUSED/,
    );
    nowhere.close();
  });
});
