/** The scrub over real files: records in LMDB, bytes in packs and files, bits flipped in all of them. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import { crc32cOf } from '../digest/digest.ts';
import { type FileBlobStore, openFileBlobStore } from './blob/files.ts';
import { testBytes } from './contract/blob.ts';
import { createStore } from './create-store.ts';
import { openLmdbMetaStore } from './meta/lmdb.ts';
import type { MetaStore } from './meta/port.ts';
import type { Bucket } from './records.ts';
import { createScrubber, type Damage } from './scrub.ts';

const KiB = 1024;
const dayMs = 86_400_000;
const acl = { owner: 'owner', grants: [] };
const described = { headers: {}, metadata: {}, storageClass: 'STANDARD', acl, etag: 'e' };
const directory = mkdtempSync(join(tmpdir(), 'kist-scrub-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const inline = Buffer.from('an inline body that is told from all others');
const inPack = testBytes(20 * KiB, 5);
const inFile = testBytes(600 * KiB, 6);

let time: number;
let places = 0;
let dir: string;
let meta: MetaStore;
let blobs: FileBlobStore;
let bucket: Bucket;
let found: Damage[];
let pauses: number[];
let progress: number[];

const now = () => time;
/** The process that writes the packs, or another one. */
async function openAll(writerId = '0') {
  meta = await openLmdbMetaStore({ path: join(dir, 'meta'), now, mapBytes: 64 * KiB * KiB });
  blobs = await openFileBlobStore({
    dir: join(dir, 'blobs'),
    writerId,
    packBlobMaxBytes: 256 * KiB,
    deps: { crc32c: crc32cOf, now },
  });
}
async function closeAll() {
  await blobs.close();
  await meta.close();
}
const openStore = () =>
  createStore({
    meta,
    blobs,
    now,
    randomBytes,
    writer: 0,
    limits: { inlineMaxBytes: 100, gatherMaxBytes: 256 * KiB },
  });
const scrubber = (over: Partial<FileBlobStore> = {}, bytesPerSecond = 1024 * KiB) =>
  createScrubber({
    meta,
    blobs: { ...blobs, ...over },
    now,
    pause: async (ms) => {
      pauses.push(ms);
      time += ms;
    },
    settings: { bytesPerSecond, intervalMs: dayMs },
    events: {
      damaged: (damage) => found.push(damage),
      advanced: (_bytes, done) => progress.push(done),
    },
  });
const run = () => scrubber().run(new AbortController().signal);

beforeEach(async () => {
  time = 1_700_000_000_000;
  dir = join(directory, String(++places));
  found = [];
  pauses = [];
  progress = [];
  await openAll();
  const store = openStore();
  await store.buckets.create({ namespace: 'default', name: 'b', locationConstraint: '', acl });
  bucket = (await store.buckets.get('default', 'b'))!;
  for (const [key, body] of [
    ['inline', inline],
    ['pack', inPack],
    ['file', inFile],
  ] as const) {
    time += 1000;
    await store.objects.put(bucket, key, await store.objects.stage(body), {
      ...described,
      metadata: { note: `a note of ${key}` },
    });
  }
});
afterEach(closeAll);

/** Flips one bit of where a piece of text or bytes lies in a file; all of its places. */
function flipBit(path: string, pattern: Buffer): void {
  const bytes = readFileSync(path);
  let at = bytes.indexOf(pattern);
  expect(at).not.toBe(-1);
  for (; at !== -1; at = bytes.indexOf(pattern, at + 1)) bytes[at + 3]! ^= 0x10;
  writeFileSync(path, bytes);
}
const records = () => join(dir, 'meta', 'data.mdb');
const fileWith = (folder: string, extension: string) => {
  const names = readdirSync(join(dir, 'blobs', folder), { recursive: true, encoding: 'utf8' });
  return join(dir, 'blobs', folder, names.find((name) => name.endsWith(extension))!);
};

it('finds nothing where nothing is wrong, and says how much it read', async () => {
  const report = (await run())!;
  expect(found).toEqual([]);
  expect(report.bytes).toBeGreaterThan(620 * KiB);
  expect(report.records).toBeGreaterThan(7);
  expect(progress.at(-1)).toBe(1);
  expect([...progress].sort((a, b) => a - b)).toEqual(progress);
});

it.each([
  [
    'a pack',
    () => flipBit(fileWith('packs', '.pack'), inPack.subarray(100, 164)),
    'blob',
    'CRC32C',
  ],
  [
    'a file',
    () => flipBit(fileWith('files', '.blob'), inFile.subarray(300 * KiB, 300 * KiB + 64)),
    'blob',
    'CRC32C',
  ],
  [
    "an entry's head",
    () => flipBit(fileWith('packs', '.pack'), Buffer.from('KBLB')),
    'blob',
    'the head of the entry is damaged',
  ],
  [
    "a file's trailer",
    () => flipBit(fileWith('files', '.blob'), Buffer.from('KISTBLOB')),
    'blob',
    'the trailer or the checksums are damaged',
  ],
  [
    "a pack's head",
    () => flipBit(fileWith('packs', '.pack'), Buffer.from('KISTPACK')),
    'pack',
    'its head differs from its checksum',
  ],
  [
    'a seal',
    () => flipBit(fileWith('packs', '.seal'), Buffer.from('"entries"')),
    'pack',
    'its seal cannot be read',
  ],
  ['an inline body', () => flipBit(records(), inline), 'blob', 'checksum'],
  ['a record', () => flipBit(records(), Buffer.from('a note of pack')), 'object', 'checksum'],
] as const)('finds a flipped bit in %s', async (_where, flip, table, why) => {
  await closeAll();
  flip();
  // Another one than the seal's, which would write it anew.
  await openAll('1');
  await run();
  expect(found.map((damage) => damage.table)).toEqual([table]);
  expect(found[0]!.error.message).toContain(why);
  if (table === 'object') expect(found[0]).toMatchObject({ key: 'pack', bucket: bucket.id });
});

it('finds bytes that are gone', async () => {
  await closeAll();
  rmSync(fileWith('files', '.blob'));
  await openAll();
  await run();
  expect(found.map(({ error }) => error.message)).toEqual([expect.stringContaining('is missing')]);
});

it('takes what is removed while it reads for nothing wrong', async () => {
  const store = openStore();
  const read: FileBlobStore['read'] = async (...given) => {
    await store.objects.remove(bucket, 'file');
    time += 1000;
    await store.garbage.collect(time);
    return blobs.read(...given);
  };
  await scrubber({ read }).run(new AbortController().signal);
  expect(found).toEqual([]);
});

it('reads no faster than it may', async () => {
  const started = time;
  const body = testBytes(250 * KiB, 1);
  const store = openStore();
  for (let i = 0; i < 20; i++) {
    await store.objects.put(bucket, `more-${i}`, await store.objects.stage(body), described);
  }
  const report = (await scrubber({}, 100 * KiB).run(new AbortController().signal))!;
  const seconds = (time - started) / 1000;
  // All but what is read after the last pause.
  expect(seconds).toBeGreaterThan((report.bytes - 2 * KiB * KiB) / (100 * KiB));
});

it('goes on after a restart where it was, and begins again when it is time', async () => {
  const stopping = new AbortController();
  const seen: number[] = [];
  const read: FileBlobStore['read'] = (...given) => {
    seen.push(given[1]);
    if (seen.length === 2) stopping.abort(new Error('the server stops'));
    return blobs.read(...given);
  };
  const store = openStore();
  for (let i = 1; i <= 3; i++) {
    time += 1000;
    const staged = await store.objects.stage(testBytes(1000 + i, i));
    await store.objects.put(bucket, `later-${i}`, staged, described);
  }
  await expect(scrubber({ read }).run(stopping.signal)).rejects.toThrow('the server stops');
  await closeAll();
  await openAll();
  const again: FileBlobStore['read'] = (...given) => {
    seen.push(given[1]);
    return blobs.read(...given);
  };
  const report = await scrubber({ read: again }).run(new AbortController().signal);
  expect(seen).toEqual([inPack.length, inFile.length, 1001, 1002, 1003]);
  expect(report!.bytes).toBeGreaterThan(620 * KiB);
  expect(await run()).toBeUndefined();
  time += dayMs;
  expect(await run()).toMatchObject({ damaged: 0 });
});
