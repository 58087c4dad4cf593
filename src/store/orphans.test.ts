/** The orphan sweep where a crash and damage meet, over real files. */
import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import { crc32cOf } from '../digest/digest.ts';
import { type FileBlobStore, openFileBlobStore } from './blob/files.ts';
import { decodeLocator } from './blob/layout.ts';
import { readAll, testBytes } from './contract/blob.ts';
import { createStore } from './create-store.ts';
import { blobKey, garbageKey } from './keyspace.ts';
import { createMemoryMetaStore } from './meta/memory.ts';
import type { MetaStore } from './meta/port.ts';
import { sweepOrphans } from './orphans.ts';
import { decodeBlobRecord } from './record-codec.ts';
import type { Bucket } from './records.ts';

const acl = { owner: 'owner', grants: [] };
const described = { headers: {}, metadata: {}, storageClass: 'STANDARD', acl, etag: 'e' };
const directory = mkdtempSync(join(tmpdir(), 'kist-orphans-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const now = () => 1_700_000_000_000;
let places = 0;
let dir: string;
let meta: MetaStore;
let blobs: FileBlobStore;
let store: ReturnType<typeof createStore>;
let bucket: Bucket;

async function open() {
  blobs = await openFileBlobStore({ dir, writerId: '0', deps: { crc32c: crc32cOf, now } });
  store = createStore({
    meta,
    blobs,
    now,
    randomBytes,
    writer: 0,
    limits: { inlineMaxBytes: 100 },
  });
}
beforeEach(async () => {
  dir = join(directory, String(++places));
  meta = createMemoryMetaStore({ now });
  await open();
  await store.buckets.create({ namespace: 'default', name: 'b', locationConstraint: '', acl });
  bucket = (await store.buckets.get('default', 'b'))!;
  for (let i = 0; i < 3; i++) {
    const staged = await store.objects.stage(testBytes(5000, i + 1));
    await store.objects.put(bucket, `key-${i}`, staged, described);
  }
});
afterEach(() => blobs.close());

const files = () => readdirSync(join(dir, 'packs'));
const sweep = () => sweepOrphans(meta, blobs, Number.POSITIVE_INFINITY);
async function locatorOf(key: string): Promise<Buffer> {
  const { blob } = (await store.objects.get(bucket, key))!;
  const { home } = decodeBlobRecord((await meta.get(blobKey(blob!)))!.value);
  return home.kind === 'stored' ? home.locator : Buffer.alloc(0);
}
async function removeAll(...numbers: readonly number[]) {
  for (const i of numbers) await store.objects.remove(bucket, `key-${i}`);
  expect((await store.garbage.collect(now() + 1000)).failures).toEqual([]);
}
/** The process is gone without a word. */
async function die() {
  await blobs.close();
  for (const name of files()) if (name.endsWith('.seal')) rmSync(join(dir, 'packs', name));
}
/** And something happened to its pack. */
async function crash(damage: (path: string) => void) {
  await die();
  damage(join(dir, 'packs', files()[0]!));
  await open();
  await blobs.close();
  await open();
}

it('lets go of a pack with a torn tail, once nothing in it lives', async () => {
  await crash((path) => appendFileSync(path, Buffer.from('KBLB and half a head')));
  await removeAll(0, 1);
  await sweep();
  expect(
    (await readAll(await store.objects.read((await store.objects.get(bucket, 'key-2'))!, 0, 5000)))
      .length,
  ).toBe(5000);
  await removeAll(2);
  expect(files()).toEqual([]);
});

it('keeps a pack in which a body lives that only its record knows of', async () => {
  const { offset } = decodeLocator(await locatorOf('key-2')) as { readonly offset: number };
  await crash((path) => {
    const bytes = readFileSync(path);
    bytes[offset + 9]! ^= 1;
    writeFileSync(path, bytes);
  });
  await removeAll(0, 1);
  for (let i = 0; i < 2; i++) await sweep();
  const object = (await store.objects.get(bucket, 'key-2'))!;
  expect(await readAll(await store.objects.read(object, 0, 5000))).toEqual(testBytes(5000, 3));
  await removeAll(2);
  await sweep();
  expect(files()).toEqual([]);
});

it('keeps every pack it is in doubt about while a blob record cannot be read', async () => {
  await crash((path) => appendFileSync(path, Buffer.from('torn')));
  const { blob } = (await store.objects.get(bucket, 'key-2'))!;
  const value = Buffer.from((await meta.get(blobKey(blob!)))!.value);
  value[3]! ^= 1;
  await meta.commit([{ op: 'put', at: blobKey(blob!), value }]);
  await sweep();
  expect(await blobs.doubtfulPacks()).toHaveLength(1);
});

it('is not held up by a damaged entry of the garbage', async () => {
  const value = Buffer.from('not what was written');
  await meta.commit([{ op: 'put', at: garbageKey('00'.repeat(16)), value }]);
  await store.objects.stage(testBytes(3000, 9));
  expect(await sweep()).toMatchObject({ removed: 1 });
});

it('takes what a process left without a record as soon as its successor has noted that it is gone', async () => {
  await store.objects.stage(testBytes(3000, 9));
  const sweepNow = () => sweepOrphans(meta, blobs, 0);
  expect(await sweepNow()).toMatchObject({ seen: 4, removed: 0 });
  await die();
  await open();
  await expect.poll(sweepNow).toEqual({ seen: 4, removed: 1, bytes: 3000 });
  expect(await sweepNow()).toMatchObject({ seen: 3, removed: 0 });
  await store.objects.stage(testBytes(3000, 9));
  expect(await sweepNow()).toMatchObject({ seen: 4, removed: 0 });
});
