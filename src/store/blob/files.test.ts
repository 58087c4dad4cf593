import { mkdtempSync, rmSync } from 'node:fs';
import { appendFile, open, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { crc32cOf } from '../../digest/digest.ts';
import { describeBlobStore, inChunks, listAll, readAll, testBytes } from '../contract/blob.ts';
import { type FileSystem, nodeFileSystem, type StoreFile } from './file-system.ts';
import { type FileBlobStore, type FileBlobStoreOptions, openFileBlobStore } from './files.ts';
import { decodeLocator } from './layout.ts';
import { BlobCorruptError, BlobFrameError, type WrittenBlob } from './port.ts';

const KiB = 1024;
const MiB = 1024 * KiB;
const directory = mkdtempSync(join(tmpdir(), 'kist-blob-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

type Options = Partial<Omit<FileBlobStoreOptions, 'dir' | 'deps'>> &
  Partial<Omit<FileBlobStoreOptions['deps'], 'crc32c'>>;

function openStore(place: string, options: Options = {}): Promise<FileBlobStore> {
  const { writerId = 'worker-0', packBlobMaxBytes, packMaxBytes, ...deps } = options;
  return openFileBlobStore({
    dir: join(directory, place),
    writerId,
    packBlobMaxBytes,
    packMaxBytes,
    deps: { crc32c: crc32cOf, ...deps },
  });
}

describeBlobStore('files', { open: (place) => openStore(place), persistent: true });
describeBlobStore('files with small packs', {
  open: (place) =>
    openStore(`small-${place}`, { packMaxBytes: 2 * MiB, packBlobMaxBytes: 300 * KiB }),
  persistent: true,
});

describe('files on disk', () => {
  let store: FileBlobStore;
  let place: string;
  let places = 0;

  beforeEach(async () => {
    place = `disk${++places}`;
    store = await openStore(place);
  });
  afterEach(() => store.close());

  function pathOf({ locator }: WrittenBlob): string {
    const found = decodeLocator(locator);
    return found.home === 'pack'
      ? join(directory, place, 'packs', `${found.id}.pack`)
      : join(directory, place, 'files', found.id.slice(-2), `${found.id}.blob`);
  }

  /** Where a blob's bytes begin in its file. */
  function baseOf({ locator }: WrittenBlob): number {
    const found = decodeLocator(locator);
    return found.home === 'pack' ? found.offset + 48 : 0;
  }

  async function flipBit(path: string, position: number): Promise<void> {
    const file = await open(path, 'r+');
    const byte = Buffer.alloc(1);
    await file.read(byte, 0, 1, position);
    byte[0] = byte[0]! ^ 0x10;
    await file.write(byte, 0, 1, position);
    await file.close();
  }

  async function packNames(): Promise<string[]> {
    return (await readdir(join(directory, place, 'packs'))).sort();
  }

  async function reopen(options: Options = {}): Promise<void> {
    await store.close();
    store = await openStore(place, options);
  }

  const readWhole = async ({ locator, length }: WrittenBlob, start = 0, end = length) =>
    readAll(await store.read(locator, length, start, end));

  describe('damage', () => {
    test.each([1, 4096, 256 * KiB, 700 * KiB, 3 * MiB + 5])(
      'a flipped bit anywhere in a body of %i bytes, or in its checksums, is found',
      async (length) => {
        const written = await store.write(testBytes(length));
        const other = await store.write(testBytes(length, 9));
        const end = length + 4 * Math.ceil(length / (256 * KiB));
        for (const position of new Set([0, length >> 1, length - 1, length, end - 1])) {
          await flipBit(pathOf(written), baseOf(written) + position);
          const error = await readWhole(written).then(
            () => undefined,
            (thrown: unknown) => thrown,
          );
          expect(error, `bit at ${position} of ${length}`).toBeInstanceOf(BlobCorruptError);
          expect((error as BlobCorruptError).message).toMatch(/(pack|file) [0-9a-f]{32}.*CRC32C/);
          expect((error as BlobCorruptError).locator).toEqual(written.locator);
          expect((await readWhole(other)).equals(testBytes(length, 9))).toBe(true);
          await flipBit(pathOf(written), baseOf(written) + position);
        }
        expect((await readWhole(written)).equals(testBytes(length))).toBe(true);
      },
    );

    test('damage in one block leaves the others readable', async () => {
      const bytes = testBytes(3 * MiB);
      const written = await store.write(bytes);
      await flipBit(pathOf(written), 600 * KiB);
      const before = await readWhole(written, 0, 512 * KiB);
      expect(before.equals(bytes.subarray(0, 512 * KiB))).toBe(true);
      const after = await readWhole(written, 800 * KiB, 3 * MiB);
      expect(after.equals(bytes.subarray(800 * KiB))).toBe(true);
      await expect(readWhole(written, 600 * KiB, 600 * KiB + 1)).rejects.toThrow(BlobCorruptError);
    });

    test('no byte of a damaged stretch is handed out', async () => {
      const bytes = testBytes(8 * MiB);
      const written = await store.write(bytes);
      await flipBit(pathOf(written), 5 * MiB);
      const stream = await store.read(written.locator, written.length, 0, written.length);
      let seen = 0;
      const reading = (async () => {
        for await (const chunk of stream as AsyncIterable<Buffer>) {
          expect(chunk.equals(bytes.subarray(seen, seen + chunk.length))).toBe(true);
          seen += chunk.length;
        }
      })();
      await expect(reading).rejects.toThrow(BlobCorruptError);
      expect(seen).toBeLessThanOrEqual(5 * MiB);
    });

    test.each([4096, 3 * MiB])(
      'a truncated body of %i bytes is corrupt, never short',
      async (length) => {
        const written = await store.write(testBytes(length));
        for (const keep of [length + 3, length - 1, 10, 0]) {
          await truncate(pathOf(written), baseOf(written) + keep);
          await expect(readWhole(written)).rejects.toThrow(BlobCorruptError);
        }
      },
    );

    test('a missing file is corrupt', async () => {
      const written = await store.write(testBytes(3 * MiB));
      await store.remove(written.locator);
      await expect(readWhole(written)).rejects.toThrow('is missing');
    });
  });

  describe('what surrounds a body', () => {
    test.each([5000, 700 * KiB, 3 * MiB])('is verified for one of %i bytes', async (length) => {
      const written = await store.write(testBytes(length));
      const verify = () => store.verifyFrame(written.locator, length);
      await verify();
      const inPack = decodeLocator(written.locator).home === 'pack';
      const footer = length + 4 * Math.ceil(length / (256 * KiB));
      const places = inPack
        ? [0, 9, 30, 47].map((at) => at - 48)
        : [length, footer + 3, footer + 20, footer + 55];
      for (const at of places) {
        await flipBit(pathOf(written), baseOf(written) + at);
        await expect(verify(), `bit at ${at}`).rejects.toThrow(BlobFrameError);
        await flipBit(pathOf(written), baseOf(written) + at);
      }
      // Its bytes are the reader's.
      await flipBit(pathOf(written), baseOf(written) + 100);
      await verify();
      await truncate(pathOf(written), baseOf(written) + length);
      const error = await verify().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(BlobCorruptError);
      expect(error).not.toBeInstanceOf(BlobFrameError);
    });

    test("is a pack's head", async () => {
      const written = await store.write(testBytes(5000));
      expect(await store.flaws()).toEqual([]);
      await flipBit(pathOf(written), 20);
      const { id } = decodeLocator(written.locator);
      expect(await store.flaws()).toEqual([{ id, why: 'its head differs from its checksum' }]);
    });
  });

  describe('packs', () => {
    test('small bodies share a pack, large ones get a file, unknown lengths find out', async () => {
      const small = await store.write(testBytes(MiB));
      const gathered = await store.write(inChunks(testBytes(1000), [10]));
      const large = await store.write(testBytes(MiB + 1));
      const proved = await store.write(inChunks(testBytes(2 * MiB), [100_000]));
      const homes = [small, gathered, large, proved].map(
        ({ locator }) => decodeLocator(locator).home,
      );
      expect(homes).toEqual(['pack', 'pack', 'file', 'file']);
      expect((await packNames()).filter((name) => name.endsWith('.pack'))).toHaveLength(1);
    });

    test('a full pack is sealed and the next one begun', async () => {
      await reopen({ packMaxBytes: MiB });
      for (let i = 0; i < 10; i++) await store.write(testBytes(300 * KiB, i + 1));
      const stats = await store.packStats();
      expect(stats.length).toBeGreaterThan(2);
      expect(stats.filter(({ sealed }) => !sealed)).toHaveLength(1);
      expect((await listAll(store)).length).toBe(10);
    });

    test('a sealed pack goes when its last body is removed, the one in use stays', async () => {
      await reopen({ packMaxBytes: MiB });
      const written: WrittenBlob[] = [];
      for (let i = 0; i < 7; i++) written.push(await store.write(testBytes(300 * KiB, i + 1)));
      const packOf = (blob: WrittenBlob) => decodeLocator(blob.locator).id;
      const first = written.filter((blob) => packOf(blob) === packOf(written[0]!));
      await store.remove(first[0]!.locator);
      const [candidate] = await store.compactable();
      expect(candidate?.id).toBe(packOf(first[0]!));
      expect(candidate?.liveRatio).toBeCloseTo(1 - 1 / first.length, 2);
      for (const blob of first) await store.remove(blob.locator);
      expect((await packNames()).filter((name) => name.startsWith(packOf(first[0]!)))).toEqual([]);
      const last = written.at(-1)!;
      await store.remove(last.locator);
      expect(await packNames()).toContain(`${packOf(last)}.pack`);
      // A removal that comes late finds nothing to do, and leaves nothing behind.
      await store.remove(first[0]!.locator);
      expect((await packNames()).filter((name) => name.startsWith(packOf(first[0]!)))).toEqual([]);
      await reopen();
      const left = written.filter((blob) => !first.includes(blob) && blob !== last);
      for (const blob of left) await store.remove(blob.locator);
      expect(await packNames()).toEqual([]);
    });

    test('removals noted by another process count', async () => {
      const other = await openStore(place, { writerId: 'jobs' });
      const written = await Promise.all([1, 2, 3].map((i) => store.write(testBytes(1000, i))));
      for (const { locator } of written.slice(0, 2)) await other.remove(locator);
      expect(await listAll(store)).toHaveLength(1);
      await store.remove(written[2]!.locator);
      // Sealed by closing: everything in it is dead.
      await store.close();
      expect(await packNames()).toEqual([]);
      await other.close();
      store = await openStore(place);
    });

    test('a torn tail is skipped, and the next process starts a pack of its own', async () => {
      const kept = await store.write(testBytes(5000));
      const path = pathOf(kept);
      const pack = await readFile(path);
      // The process is gone without a word: no seal; the tail of its last group made it in part.
      await store.close();
      rmSync(path.replace('.pack', '.seal'));
      await appendFile(path, pack.subarray(64, 64 + 2000));
      store = await openStore(place);
      const next = await store.write(testBytes(5000, 2));
      expect(decodeLocator(next.locator).id).not.toBe(decodeLocator(kept.locator).id);
      expect((await listAll(store)).map(({ locator }) => locator)).toEqual([
        kept.locator,
        next.locator,
      ]);
      await reopen();
      const { id } = decodeLocator(kept.locator);
      await store.remove(kept.locator);
      // The tail may be an entry whose head is damaged, until the records say that it is none.
      expect(await store.doubtfulPacks()).toEqual([id]);
      expect(await packNames()).toContain(`${id}.pack`);
      await store.settlePack(id);
      expect(await packNames()).not.toContain(`${id}.pack`);
      expect((await readWhole(next)).equals(testBytes(5000, 2))).toBe(true);
    });

    test.each([0, 1, 2])(
      'of a crashed process, body %i with a damaged head is kept when all others go',
      async (hidden) => {
        const written: WrittenBlob[] = [];
        for (let i = 0; i < 3; i++) written.push(await store.write(testBytes(5000, i + 1)));
        const path = pathOf(written[0]!);
        await store.close();
        rmSync(path.replace('.pack', '.seal'));
        await flipBit(path, baseOf(written[hidden]!) - 10);
        await reopen();
        await reopen();
        for (const [i, { locator }] of written.entries())
          if (i !== hidden) await store.remove(locator);
        await reopen();
        expect(await readWhole(written[hidden]!)).toEqual(testBytes(5000, hidden + 1));
        expect(await store.mayHide(decodeLocator(written[0]!.locator).id)).toBe(true);
      },
    );

    test('a pack with a damaged head goes when its last body is removed', async () => {
      const written = await Promise.all([1, 2, 3].map((i) => store.write(testBytes(1000, i))));
      await flipBit(pathOf(written[1]!), baseOf(written[1]!) - 10);
      await reopen();
      expect(await store.mayHide(decodeLocator(written[0]!.locator).id)).toBe(true);
      for (const { locator } of written) await store.remove(locator);
      expect(await packNames()).toEqual([]);
    });

    test('a place that the disk cannot read hides what is there, and nothing behind it', async () => {
      const written: WrittenBlob[] = [];
      for (let i = 0; i < 6; i++) written.push(await store.write(testBytes(20 * KiB, i + 1)));
      const bad = baseOf(written[2]!) - 48;
      const broken: FileSystem = {
        ...nodeFileSystem,
        open: async (path, flags) => {
          const file = await nodeFileSystem.open(path, flags);
          const read: StoreFile['read'] = (bytes, offset, length, position) => {
            if (position > bad || position + length <= bad)
              return file.read(bytes, offset, length, position);
            return Promise.reject(Object.assign(new Error('bad sector'), { code: 'EIO' }));
          };
          return new Proxy(file, {
            get: (target, name) => {
              if (name === 'read') return read;
              const value: unknown = Reflect.get(target, name);
              return typeof value === 'function' ? value.bind(target) : value;
            },
          });
        },
      };
      await reopen({ fileSystem: broken });
      const listed = (await listAll(store)).map(({ locator }) => locator);
      expect(listed).toEqual([0, 1, 3, 4, 5].map((i) => written[i]!.locator));
      expect(await store.mayHide(decodeLocator(written[0]!.locator).id)).toBe(true);
    });

    test.each([
      ['a number', /"end":/, '"end":1'],
      ['its checksum', /"checksum":/, '"checksum":1'],
      ['its end', /}\n$/, ''],
    ])(
      'a seal with damage in %s is none; its pack is sealed anew at the next start',
      async (_, from, to) => {
        const written = await store.write(testBytes(5000));
        const { id } = decodeLocator(written.locator);
        const seal = join(directory, place, 'packs', `${id}.seal`);
        await store.close();
        const right = await readFile(seal, 'utf8');
        await writeFile(seal, right.replace(from, to));
        const jobs = await openStore(place, { writerId: 'jobs' });
        expect(await jobs.flaws()).toEqual([{ id, why: 'its seal cannot be read' }]);
        await jobs.close();
        await reopen();
        await store.close();
        const { entries, end, size } = JSON.parse(right);
        const anew = JSON.parse(await readFile(seal, 'utf8'));
        expect(anew).toMatchObject({ entries, end, size, abandoned: true });
        store = await openStore(place);
        expect(await store.flaws()).toEqual([]);
      },
    );

    test('a seal of an earlier version counts, but its pack is kept until the records were asked', async () => {
      const written = await store.write(testBytes(5000));
      const { id } = decodeLocator(written.locator);
      const seal = join(directory, place, 'packs', `${id}.seal`);
      await store.close();
      const { checksum: _, ...earlier } = JSON.parse(await readFile(seal, 'utf8'));
      await writeFile(seal, `${JSON.stringify(earlier)}\n`);
      store = await openStore(place);
      await store.remove(written.locator);
      expect(await store.doubtfulPacks()).toEqual([id]);
      await store.settlePack(id);
      expect(await packNames()).toEqual([]);
    });

    test("a crashed process's pack is sealed by its successor, no one else's", async () => {
      const written = await store.write(testBytes(5000));
      const seal = pathOf(written).replace('.pack', '.seal');
      await store.close();
      rmSync(seal);
      const stranger = await openStore(place, { writerId: 'worker-1' });
      await stranger.close();
      const sealed = async () => (await packNames()).some((name) => name.endsWith('.seal'));
      expect(await sealed()).toBe(false);
      store = await openStore(place);
      await store.close();
      expect(await sealed()).toBe(true);
      store = await openStore(place);
    });

    test('all can tell that the process is gone that wrote a pack and did not seal it', async () => {
      const written = await store.write(testBytes(5000));
      const gone = async () => (await listAll(store)).map(({ writerIsGone }) => writerIsGone);
      expect(await gone()).toEqual([undefined]);
      await store.close();
      rmSync(pathOf(written).replace('.pack', '.seal'));
      const stranger = await openStore(place, { writerId: 'worker-1' });
      await stranger.write(testBytes(5000, 2));
      store = await openStore(place);
      await expect.poll(gone).toEqual([true, undefined]);
      await stranger.close();
      expect(await gone()).toEqual([true, undefined]);
    });

    test('a pack that grew after its seal is not deleted, whatever the list of the dead says', async () => {
      const dead = await store.write(testBytes(5000));
      // Two live processes under one name: a mistake, but no reason to lose anything.
      const namesake = await openStore(place);
      await namesake.close();
      const live = await store.write(testBytes(5000, 2));
      expect(pathOf(live)).toBe(pathOf(dead));
      const jobs = await openStore(place, { writerId: 'jobs' });
      await jobs.remove(dead.locator);
      expect((await listAll(jobs)).map(({ locator }) => locator)).toEqual([live.locator]);
      expect((await readAll(await jobs.read(live.locator, 5000, 0, 5000))).length).toBe(5000);
      await jobs.close();
    });

    test('bodies after a damaged head are still listed, and keep their pack', async () => {
      const written: WrittenBlob[] = [];
      for (let i = 0; i < 4; i++) written.push(await store.write(testBytes(5000, i + 1)));
      await store.close();
      store = await openStore(place);
      await flipBit(pathOf(written[1]!), baseOf(written[1]!) - 10);
      const listed = (await listAll(store)).map(({ locator }) => locator);
      expect(listed).toEqual([0, 2, 3].map((i) => written[i]!.locator));
      // Its bytes don't depend on its head.
      expect((await readWhole(written[1]!)).equals(testBytes(5000, 2))).toBe(true);
      for (const i of [0, 2, 3]) await store.remove(written[i]!.locator);
      expect((await readWhole(written[1]!)).equals(testBytes(5000, 2))).toBe(true);
    });

    test('a damaged list of the dead only forgets', async () => {
      const written = await Promise.all([1, 2, 3].map((i) => store.write(testBytes(1000, i))));
      await store.remove(written[0]!.locator);
      const path = pathOf(written[0]!).replace('.pack', '.dead');
      const line = await readFile(path, 'utf8');
      // A torn line, a line of another place, and no line at all.
      await writeFile(path, `${line.slice(0, 5)}${line}64 1000 deadbeef\n\n${line.slice(0, -1)}`);
      await reopen();
      const listed = (await listAll(store)).map(({ locator }) => locator.toString('hex'));
      for (const { locator } of written.slice(1)) expect(listed).toContain(locator.toString('hex'));
    });

    test('a removal behind a line that was cut off counts', async () => {
      const written = await Promise.all([1, 2, 3].map((i) => store.write(testBytes(1000, i))));
      await store.remove(written[0]!.locator);
      const path = pathOf(written[0]!).replace('.pack', '.dead');
      await truncate(path, (await readFile(path)).length - 3);
      await reopen();
      await store.remove(written[1]!.locator);
      const listed = (await listAll(store)).map(({ locator }) => locator);
      expect(listed).toEqual([written[0]!.locator, written[2]!.locator]);
    });

    test('a pack that was all dead when its process died goes at the next start', async () => {
      const written = await store.write(testBytes(5000));
      const unlink = () => Promise.reject(new Error('power cut'));
      await reopen({ fileSystem: { ...nodeFileSystem, unlink } });
      await expect(store.remove(written.locator)).rejects.toThrow('power cut');
      await reopen();
      // Closing waits for what is left of the last life.
      await store.close();
      expect(await packNames()).toEqual([]);
      store = await openStore(place);
    });

    test('of a pack that was begun when the power went nothing stays', async () => {
      const packs = join(directory, place, 'packs');
      await writeFile(join(packs, `${'0'.repeat(31)}1.pack`), Buffer.alloc(10));
      // The length of a head is there, its bytes are not.
      await writeFile(join(packs, `${'0'.repeat(31)}2.pack`), Buffer.alloc(64));
      await writeFile(join(packs, `${'0'.repeat(31)}3.pack`), Buffer.alloc(65));
      await reopen();
      await store.close();
      expect(await packNames()).toEqual([`${'0'.repeat(31)}3.pack`]);
      store = await openStore(place);
    });

    test('a list page that begins in the middle of a pack goes on there', async () => {
      const written = await Promise.all(
        Array.from({ length: 1500 }, (_, i) => store.write(testBytes(i))),
      );
      const first = await store.list();
      expect(first.entries).toHaveLength(1000);
      const second = await store.list(first.next);
      expect(second.entries).toHaveLength(500);
      expect(second.next).toBeUndefined();
      expect(written).toHaveLength(1500);
    });
  });

  describe('a failing disk', () => {
    /** Opens files whose next write or flush fails. */
    function createFaults() {
      let fault:
        | { at: 'writev' | 'datasync' | 'open'; error: Error; partial?: boolean }
        | undefined;
      const noSpace = () => Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
      const openFile = async (path: string, flags: string): Promise<StoreFile> => {
        if (fault?.at === 'open') throw fault.error;
        const file = await open(path, flags);
        return new Proxy(file, {
          get(target, property) {
            if (fault && property === fault.at) {
              return async (buffers: Buffer[], position: number) => {
                if (fault?.partial) await target.writev([buffers[0]!], position);
                throw fault!.error;
              };
            }
            const value = Reflect.get(target, property) as unknown;
            return typeof value === 'function' ? value.bind(target) : value;
          },
        });
      };
      const fileSystem: FileSystem = { ...nodeFileSystem, open: openFile };
      return {
        fileSystem,
        fail(at: 'writev' | 'datasync' | 'open', partial = false) {
          fault = { at, error: noSpace(), partial };
          return fault.error;
        },
        heal() {
          fault = undefined;
        },
      };
    }

    test.each(['writev', 'datasync', 'open'] as const)(
      'a %s that fails rejects the writes with its cause; the next ones work',
      async (at) => {
        const faults = createFaults();
        await reopen({ fileSystem: faults.fileSystem });
        const before = await store.write(testBytes(1000));
        for (const length of [2000, 3 * MiB]) {
          const error = faults.fail(at, at === 'writev');
          const writes = Array.from({ length: 5 }, () => store.write(testBytes(length)));
          const outcomes = await Promise.allSettled(writes);
          // An append needs no new file while its pack is open.
          if (at !== 'open' || length > MiB) {
            for (const outcome of outcomes) {
              expect(outcome).toMatchObject({ status: 'rejected', reason: error });
            }
            await expect(store.health()).rejects.toThrow('no space');
          }
          faults.heal();
          await expect(store.health()).resolves.toBeUndefined();
          const after = await store.write(testBytes(length, 3));
          expect((await readWhole(after)).equals(testBytes(length, 3))).toBe(true);
        }
        expect((await readWhole(before)).equals(testBytes(1000))).toBe(true);
        // What failed is neither listed nor in the way.
        const listed = await listAll(store);
        for (const { locator, length } of listed) {
          await expect(readWhole({ locator, length })).resolves.toHaveLength(length);
        }
        expect(listed).toHaveLength(at === 'open' ? 8 : 3);
      },
    );

    test('after a failed append nothing more goes into that pack', async () => {
      const faults = createFaults();
      await reopen({ fileSystem: faults.fileSystem });
      const before = await store.write(testBytes(1000));
      faults.fail('writev', true);
      await expect(store.write(testBytes(1000))).rejects.toThrow('no space');
      faults.heal();
      const after = await store.write(testBytes(1000));
      expect(decodeLocator(after.locator).id).not.toBe(decodeLocator(before.locator).id);
      await store.remove(before.locator);
      expect(await packNames()).not.toContain(`${decodeLocator(before.locator).id}.pack`);
    });
  });
});
