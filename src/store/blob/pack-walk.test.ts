/** Reads that end early: the system may give fewer bytes anywhere, above all before a place it cannot read. */
import { mkdtempSync, rmSync } from 'node:fs';
import { appendFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { crc32cOf } from '../../digest/digest.ts';
import { listAll, readAll, testBytes } from '../contract/blob.ts';
import { type FileSystem, nodeFileSystem } from './file-system.ts';
import { openFileBlobStore } from './files.ts';

const directory = mkdtempSync(join(tmpdir(), 'kist-pack-walk-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Gives 30 bytes at a time, less than the head of an entry. */
const hesitant: FileSystem = {
  ...nodeFileSystem,
  async open(path, flags) {
    const file = await nodeFileSystem.open(path, flags);
    return {
      writev: (buffers, position) => file.writev(buffers, position),
      read: (bytes, offset, length, position) =>
        file.read(bytes, offset, Math.min(length, 30), position),
      stat: () => file.stat(),
      datasync: () => file.datasync(),
      sync: () => file.sync(),
      close: () => file.close(),
    };
  },
};

const open = (place: string, fileSystem = nodeFileSystem, writerId = 'worker-0') =>
  openFileBlobStore({
    dir: join(directory, place),
    writerId,
    deps: { crc32c: crc32cOf, fileSystem },
  });

test('a pack is sealed behind its last body even where each read ends early', async () => {
  const crashed = await open('sealed');
  const written = await Promise.all([1, 2, 3].map((i) => crashed.write(testBytes(5000, i))));
  // Gone without a word: its pack has no seal.
  const successor = await open('sealed', hesitant);
  expect((await listAll(successor)).map(({ locator }) => locator)).toEqual(
    written.map(({ locator }) => locator),
  );
  for (const { locator } of written.slice(0, 2)) await successor.remove(locator);
  await successor.close();
  const later = await open('sealed');
  const { locator } = written[2]!;
  expect((await readAll(await later.read(locator, 5000, 0, 5000))).equals(testBytes(5000, 3))).toBe(
    true,
  );
  await later.close();
  await crashed.close();
});

test('a pack that another process deletes meanwhile does not keep the others from being sealed', async () => {
  const crashed = await open('deleted');
  const written = await crashed.write(testBytes(5000));
  const packs = join(directory, 'deleted', 'packs');
  const gone = `${'0'.repeat(31)}1`;
  // Listed, and no longer there when it is looked at.
  const successor = await open('deleted', {
    ...nodeFileSystem,
    readdir: async (path) => {
      const names = await readdir(path);
      return path === packs ? [`${gone}.pack`, ...names] : names;
    },
  });
  await successor.close();
  expect((await readdir(packs)).filter((name) => name.endsWith('.seal'))).toHaveLength(1);
  await crashed.remove(written.locator);
  await crashed.close();
});

test('a pack that is deleted while it is looked at hides nothing', async () => {
  const crashed = await open('hides');
  const written = await crashed.write(testBytes(5000));
  await crashed.close();
  const pack = crashed.packOf(written.locator)!;
  const other = await open(
    'hides',
    {
      ...nodeFileSystem,
      async open(path, flags) {
        // Its seal was there a moment ago.
        if (path.endsWith('.pack')) await rm(path);
        return await nodeFileSystem.open(path, flags);
      },
    },
    'jobs',
  );
  expect(await other.mayHide(pack)).toBe(false);
  await other.close();
});

test('a doubtful pack that another process deletes while it is settled leaves nothing behind', async () => {
  const crashed = await open('settled');
  const written = await crashed.write(testBytes(5000));
  const pack = crashed.packOf(written.locator)!;
  const packs = join(directory, 'settled', 'packs');
  await crashed.remove(written.locator);
  await appendFile(join(packs, `${pack}.pack`), 'a torn tail');
  let isDeleting = false;
  const successor = await open('settled', {
    ...nodeFileSystem,
    async open(path, flags) {
      if (isDeleting && path.endsWith('.pack')) await rm(path);
      return await nodeFileSystem.open(path, flags);
    },
  });
  await expect.poll(() => successor.doubtfulPacks()).toEqual([pack]);
  isDeleting = true;
  await successor.settlePack(pack);
  expect(await readdir(packs)).toEqual([]);
  isDeleting = false;
  await successor.close();
  await crashed.close();
});
