/** Compaction through the whole store, over real files. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { open as openFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { crc32cOf } from '../digest/digest.ts';
import { type FileSystem, nodeFileSystem } from './blob/file-system.ts';
import { type FileBlobStore, openFileBlobStore } from './blob/files.ts';
import { decodeLocator } from './blob/layout.ts';
import { createCompactor } from './compaction.ts';
import { audit } from './contract/audit.ts';
import { readAll, testBytes } from './contract/blob.ts';
import { createStore } from './create-store.ts';
import { RecordCorruptError } from './errors.ts';
import { blobKey } from './keyspace.ts';
import { createMemoryMetaStore } from './meta/memory.ts';
import type { MetaStore } from './meta/port.ts';
import { sweepOrphans } from './orphans.ts';
import { decodeBlobRecord } from './record-codec.ts';
import type { Bucket } from './records.ts';

const KiB = 1024;
const hourMs = 3_600_000;
const acl = { owner: 'owner', grants: [] };
const described = { headers: {}, metadata: {}, storageClass: 'STANDARD', acl, etag: 'e' };
const directory = mkdtempSync(join(tmpdir(), 'kist-compaction-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

let time: number;
let places = 0;
let dir: string;
let meta: MetaStore;
let blobs: FileBlobStore;
let store: ReturnType<typeof openOver>;
let bucket: Bucket;
const onDamaged = vi.fn();

const now = () => time;
const openBlobs = (fileSystem: FileSystem = nodeFileSystem) =>
  openFileBlobStore({
    dir,
    writerId: '0',
    packBlobMaxBytes: 64 * KiB,
    packMaxBytes: 256 * KiB,
    deps: { crc32c: crc32cOf, now, fileSystem },
  });
const openOver = (over: MetaStore, bytes: FileBlobStore, writer = 0) =>
  createStore({
    meta: over,
    blobs: bytes,
    now,
    randomBytes,
    writer,
    limits: { inlineMaxBytes: 100, gatherMaxBytes: 64 * KiB },
  });
const compactor = (maxRunBytes = 1024 ** 3, over = meta, bytes = blobs) =>
  createCompactor({
    meta: over,
    blobs: bytes,
    now,
    randomBytes,
    settings: { maxLiveRatio: 0.6, maxRunBytes },
    onDamaged,
  });

beforeEach(async () => {
  time = 1_700_000_000_000;
  dir = join(directory, String(++places));
  meta = createMemoryMetaStore({ now });
  blobs = await openBlobs();
  store = openOver(meta, blobs);
  await store.buckets.create({ namespace: 'default', name: 'b', locationConstraint: '', acl });
  bucket = (await store.buckets.get('default', 'b'))!;
  onDamaged.mockReset();
});
afterEach(() => blobs.close());

async function put(key: string, body: Buffer) {
  await store.objects.put(bucket, key, await store.objects.stage(body), described);
}
async function get(key: string): Promise<Buffer> {
  const object = (await store.objects.get(bucket, key))!;
  return readAll(await store.objects.read(object, 0, object.size));
}
async function expectAll(expected: ReadonlyMap<string, Buffer>): Promise<void> {
  for (const [key, body] of expected) expect((await get(key)).equals(body), key).toBe(true);
}
/** As the garbage job would, long enough afterwards for every grace to have passed. */
async function collect() {
  time += hourMs;
  expect((await store.garbage.collect(time)).failures).toEqual([]);
}
const packBytes = () => {
  const packs = readdirSync(join(dir, 'packs')).filter((name) => name.endsWith('.pack'));
  return packs.reduce((sum, name) => sum + statSync(join(dir, 'packs', name)).size, 0);
};
async function locatorOf(key: string): Promise<Buffer> {
  const { blob } = (await store.objects.get(bucket, key))!;
  const { home } = decodeBlobRecord((await meta.get(blobKey(blob!)))!.value);
  if (home.kind !== 'stored') throw new Error(`${key} is ${home.kind}`);
  return home.locator;
}

/** Sealed packs of which every fourth body lives. */
async function mostlyDead(count = 64): Promise<Map<string, Buffer>> {
  const living = new Map<string, Buffer>();
  for (let i = 0; i < count; i++) {
    const body = testBytes(16 * KiB + i, i + 1);
    await put(`key-${i}`, body);
    if (i % 4 === 0) living.set(`key-${i}`, body);
  }
  for (let i = 0; i < count; i++) {
    if (i % 4 !== 0) await store.objects.remove(bucket, `key-${i}`);
  }
  await collect();
  await blobs.sealMostlyDead(1, 1);
  return living;
}

it('keeps disk use within twice the live data, however much is overwritten and deleted', async () => {
  const keys = 100;
  const living = new Map<string, Buffer>();
  const compaction = compactor();
  let seed = 7;
  const chance = (below: number) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  const write = async (key: string) => {
    const body = testBytes(200 + chance(40 * KiB), chance(1e9));
    await put(key, body);
    living.set(key, body);
  };
  for (let i = 0; i < keys; i++) await write(`key-${i}`);
  for (let turn = 0; turn < 10; turn++) {
    for (let i = 0; i < keys; i++) {
      const key = `key-${chance(keys)}`;
      if (chance(4) > 0) await write(key);
      else {
        await store.objects.remove(bucket, key);
        living.delete(key);
      }
    }
    // Readers go on through all of it.
    const reading = expectAll(new Map(living));
    await compaction.run();
    await reading;
    await collect();
  }
  await blobs.sealMostlyDead(0.6, 1);
  for (let turn = 0; turn < 3; turn++) {
    await compaction.run();
    await collect();
  }
  const live = [...living.values()].reduce((sum, body) => sum + body.length, 0);
  expect(packBytes()).toBeLessThan(2 * live);
  await expectAll(living);
  expect(await audit(meta, blobs, [bucket])).toEqual([]);
});

it('leaves the old place to readers until the garbage grace is over', async () => {
  const living = await mostlyDead();
  const before = new Map<string, Buffer>();
  for (const key of living.keys()) before.set(key, await locatorOf(key));
  expect(await compactor().run()).toMatchObject({ bodies: 16, damaged: 0 });
  // Nor does the orphan sweep take it away.
  await sweepOrphans(meta, blobs, Number.POSITIVE_INFINITY);
  await store.garbage.collect(time);
  let moved = 0;
  for (const [key, body] of living) {
    const old = before.get(key)!;
    if (!(await locatorOf(key)).equals(old)) moved++;
    const found = await readAll(await blobs.read(old, body.length, 0, body.length));
    expect(found.equals(body)).toBe(true);
  }
  expect(moved).toBe(16);
  const full = packBytes();
  await collect();
  expect(packBytes()).toBeLessThan(full / 2);
  await expectAll(living);
});

it('moves a body that copies and parts share once, for all of them', async () => {
  const living = await mostlyDead();
  const source = (await store.objects.get(bucket, 'key-0'))!;
  const copying = Promise.all(
    [1, 2, 3].map((i) => store.objects.copy(source, bucket, `copy-${i}`, described)),
  );
  await compactor().run();
  await copying;
  for (const key of ['copy-1', 'copy-2', 'copy-3']) living.set(key, living.get('key-0')!);
  await collect();
  await expectAll(living);
  expect(await audit(meta, blobs, [bucket])).toEqual([]);
});

it('leaves alone what was removed or overwritten meanwhile', async () => {
  const living = await mostlyDead();
  const run = compactor().run();
  await store.objects.remove(bucket, 'key-0');
  await put('key-4', testBytes(5000, 99));
  await run;
  living.delete('key-0');
  living.set('key-4', testBytes(5000, 99));
  await collect();
  await collect();
  await expectAll(living);
  expect(await audit(meta, blobs, [bucket])).toEqual([]);
});

it('loses nothing when two run at once', async () => {
  const living = await mostlyDead();
  const reports = await Promise.all([compactor().run(), compactor().run()]);
  expect(reports.reduce((sum, { bodies }) => sum + bodies, 0)).toBe(16);
  await collect();
  await expectAll(living);
  expect(await audit(meta, blobs, [bucket])).toEqual([]);
});

it('ends a run at its limit, and the next one goes on', async () => {
  const living = await mostlyDead(600);
  const compaction = compactor(512 * KiB);
  let bodies = 0;
  let runs = 0;
  for (; runs < 100; runs++) {
    const report = await compaction.run();
    if (report.bodies === 0) break;
    // A group is moved at once.
    expect(report.bytes).toBeLessThan(512 * KiB + 64 * 17 * KiB);
    bodies += report.bodies;
  }
  expect(runs).toBeGreaterThan(2);
  expect(bodies).toBeGreaterThan(140);
  await expectAll(living);
});

it('takes no pack that is still written, and a process seals its own once it is mostly dead', async () => {
  for (const key of ['a', 'b', 'c', 'd']) await put(key, testBytes(20 * KiB, key.charCodeAt(0)));
  for (const key of ['b', 'c', 'd']) await store.objects.remove(bucket, key);
  await collect();
  expect(await compactor().run()).toMatchObject({ bodies: 0 });
  expect(await blobs.sealMostlyDead(0.6, 1024 * KiB)).toBe(false);
  expect(await blobs.sealMostlyDead(0.1, 1)).toBe(false);
  expect(await blobs.sealMostlyDead(0.6, 1)).toBe(true);
  expect(await compactor().run()).toMatchObject({ bodies: 1, packs: 1 });
  expect(await get('a')).toEqual(testBytes(20 * KiB, 'a'.charCodeAt(0)));
});

it('seals its pack in the midst of writes, and loses none of them', async () => {
  for (let i = 0; i < 3; i++) await put(`dead-${i}`, testBytes(20 * KiB, i + 1));
  for (let i = 0; i < 3; i++) await store.objects.remove(bucket, `dead-${i}`);
  await collect();
  const living = new Map(
    Array.from({ length: 40 }, (_, i) => [`k${i}`, testBytes(2 * KiB, i + 1)]),
  );
  const writes = [...living].map(([key, body]) => put(key, body));
  expect(await blobs.sealMostlyDead(0.9, 1)).toBe(true);
  await Promise.all(writes);
  await expectAll(living);
});

it('leaves a damaged body where it is, and tells of it', async () => {
  const living = await mostlyDead();
  await overwrite(await locatorOf('key-8'), 48 + 1000, Buffer.of(0xff, 0x00, 0xff));
  const before = await locatorOf('key-8');
  expect(await compactor().run()).toMatchObject({ bodies: 15, damaged: 1 });
  expect(onDamaged).toHaveBeenCalledTimes(1);
  expect(await locatorOf('key-8')).toEqual(before);
  await collect();
  living.delete('key-8');
  await expectAll(living);
  await expect(get('key-8')).rejects.toThrow('CRC32C');
});

async function overwrite(locator: Buffer, at: number, bytes: Buffer): Promise<void> {
  const place = decodeLocator(locator);
  if (place.home !== 'pack') throw new Error('not in a pack');
  const file = await openFile(join(dir, 'packs', `${place.id}.pack`), 'r+');
  await file.write(bytes, 0, bytes.length, place.offset + at);
  await file.close();
}

it('moves a body whose head is damaged, too, by what its record says, and the pack goes', async () => {
  const living = await mostlyDead();
  for (const key of ['key-4', 'key-8']) {
    await overwrite(await locatorOf(key), 12, Buffer.from('no head'));
  }
  expect(await compactor().run()).toMatchObject({ bodies: 16, damaged: 0 });
  await collect();
  await blobs.sealMostlyDead(1, 1);
  await expectAll(living);
  expect(packBytes()).toBeLessThan(16 * 17 * KiB + 10 * KiB);
  expect(await audit(meta, blobs, [bucket])).toEqual([]);
});

it('leaves a body alone whose record is damaged, and moves all others', async () => {
  const living = await mostlyDead();
  const { blob } = (await store.objects.get(bucket, 'key-8'))!;
  const value = Buffer.from((await meta.get(blobKey(blob!)))!.value);
  value[9]! ^= 1;
  await meta.commit([{ op: 'put', at: blobKey(blob!), value }]);
  expect(await compactor().run()).toMatchObject({ bodies: 15, damaged: 1 });
  expect(onDamaged).toHaveBeenCalledWith(blob, expect.any(RecordCorruptError));
  living.delete('key-8');
  await collect();
  await expectAll(living);
});

describe('a disk that fails', () => {
  const failure = (code: string) => Object.assign(new Error(code), { code });

  it('to read one body holds up no other, and the body is not lost', async () => {
    const living = await mostlyDead();
    const unreadable = await locatorOf('key-8');
    const read: FileBlobStore['read'] = (locator, ...given) =>
      locator.equals(unreadable) ? Promise.reject(failure('EIO')) : blobs.read(locator, ...given);
    const run = () => compactor(1024 ** 3, meta, { ...blobs, read }).run();
    expect(await run()).toMatchObject({ bodies: 15, damaged: 1 });
    expect(onDamaged).toHaveBeenCalledTimes(1);
    await collect();
    // Its pack is the only one that is left, and is left alone.
    expect(await run()).toMatchObject({ bodies: 0, damaged: 1 });
    await expectAll(living);
    expect(await locatorOf('key-8')).toEqual(unreadable);
  });

  it.each(['ENOSPC', 'EIO'])(
    'with %s to write ends the run, and the next one goes on',
    async (code) => {
      const living = await mostlyDead(200);
      let room = 20;
      const write: FileBlobStore['write'] = (...given) =>
        room-- > 0 ? blobs.write(...given) : Promise.reject(failure(code));
      const full = compactor(1024 ** 3, meta, { ...blobs, write });
      await expect(full.run()).rejects.toMatchObject({ code });
      await expectAll(living);
      await expect(full.run()).rejects.toMatchObject({ code });
      room = Number.POSITIVE_INFINITY;
      expect((await full.run()).bodies).toBe(50 - 20);
      await collect();
      await expectAll(living);
      expect(await audit(meta, blobs, [bucket])).toEqual([]);
    },
  );
});

it('a reader that was held up until the old place is gone reads the new one', async () => {
  const living = await mostlyDead();
  const object = (await store.objects.get(bucket, 'key-8'))!;
  const read: FileBlobStore['read'] = async (...given) => {
    await compactor().run();
    await collect();
    return blobs.read(...given);
  };
  const slow = openOver(meta, { ...blobs, read }, 1);
  const old = await locatorOf('key-8');
  const bytes = await readAll(await slow.objects.read(object, 0, object.size));
  expect(bytes.equals(living.get('key-8')!)).toBe(true);
  expect(await locatorOf('key-8')).not.toEqual(old);
  await expect(blobs.read(old, object.size, 0, object.size)).rejects.toThrow('missing');
});

describe('a crash', () => {
  /** From the nth call on, everything that changes something fails, as it does for a process that is gone. */
  function dying(after: number) {
    let calls = 0;
    let isArmed = false;
    const step = () => {
      if (isArmed && ++calls > after) throw new Error('the process is gone');
    };
    const guard = <T extends object>(target: T, names: readonly string[]): T =>
      new Proxy(target, {
        get(_, name) {
          const value: unknown = Reflect.get(target, name);
          if (typeof value !== 'function') return value;
          if (!names.includes(String(name))) return value.bind(target);
          return async (...given: unknown[]) => {
            step();
            const result: unknown = await value.apply(target, given);
            // It may have happened, and nobody hears of it.
            step();
            return result;
          };
        },
      });
    const fileSystem = guard(nodeFileSystem, ['mkdir', 'appendText', 'writeText', 'unlink']);
    const files: FileSystem = {
      ...fileSystem,
      mkdir: nodeFileSystem.mkdir,
      appendText: fileSystem.appendText,
      writeText: fileSystem.writeText,
      unlink: fileSystem.unlink,
      open: async (path, flags) => {
        const file = await nodeFileSystem.open(path, flags);
        return guard(file, ['writev', 'datasync', 'sync']);
      },
    };
    const arm = () => {
      isArmed = true;
    };
    return { files, guard, arm };
  }

  it('at any step loses nothing, and what it leaves goes with the next sweep', async () => {
    let living = new Map<string, Buffer>();
    let steps = 0;
    for (let isOver = false; !isOver; steps++) {
      living = await mostlyDead(16);
      await blobs.close();
      const death = dying(steps);
      const doomed = await openBlobs(death.files);
      const records = death.guard(meta, ['commit']);
      death.arm();
      const run = compactor(1024 ** 3, records, doomed).run();
      isOver = await run.then(
        () => true,
        () => false,
      );
      await doomed.close().catch(() => {});

      blobs = await openBlobs();
      store = openOver(meta, blobs);
      await expectAll(living);
      time += 2 * hourMs;
      await sweepOrphans(meta, blobs, time - hourMs);
      await collect();
      await expectAll(living);
    }
    expect(steps).toBeGreaterThan(10);
    await compactor().run();
    await collect();
    await expectAll(living);
    expect(await audit(meta, blobs, [bucket])).toEqual([]);
  });
});
