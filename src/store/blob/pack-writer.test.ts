/** What becomes of a pack, and of those who wait for it, when the disk fails. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { crc32cOf } from '../../digest/digest.ts';
import { type FileSystem, nodeFileSystem, type StoreFile } from './file-system.ts';
import { type BlobPlace, entryBytes, packHeadBytes } from './layout.ts';
import { createPackWriter } from './pack-writer.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'kist-pack-writer-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const failure = (code: string) => Object.assign(new Error(code), { code });

/** A disk that can be told to fail, and remembers the flushes of each file. */
function failingDisk() {
  const disk = {
    /** Takes half of what it is given, then no more. */
    full: false,
    failingFlushes: 0,
    noSeals: false,
    flushes: new Map<string, string[]>(),
    sealed: [] as { readonly id: string; readonly entries: number; readonly end: number }[],
  };
  const open = async (path: string, flags: string): Promise<StoreFile> => {
    const file = await nodeFileSystem.open(path, flags);
    let halves = 0;
    return {
      read: (...args) => file.read(...args),
      stat: () => file.stat(),
      sync: () => file.sync(),
      close: () => file.close(),
      writev: (buffers, position) => {
        // The head of a new pack fits.
        if (!disk.full || position === 0) return file.writev(buffers, position);
        if (halves++ > 0) throw failure('ENOSPC');
        const bytes = Buffer.concat(buffers as Buffer[]);
        return file.writev([bytes.subarray(0, bytes.length >> 1)], position);
      },
      datasync: async () => {
        const outcome = disk.failingFlushes > 0 ? 'EIO' : 'done';
        disk.flushes.set(path, [...(disk.flushes.get(path) ?? []), outcome]);
        if (disk.failingFlushes > 0) {
          disk.failingFlushes--;
          throw failure('EIO');
        }
        await file.datasync();
      },
    };
  };
  const fileSystem: FileSystem = { ...nodeFileSystem, open };
  let ids = 0;
  const writer = createPackWriter({
    dir,
    writerId: '0',
    packMaxBytes: 1024 ** 3,
    crc32c: crc32cOf,
    now: () => 1_700_000_000_000 + ids,
    randomBytes: (count) => Buffer.alloc(count, ++ids),
    fileSystem,
    onSealed: async (id, seal) => {
      if (disk.noSeals) throw failure('ENOSPC');
      disk.sealed.push({ id, ...seal });
    },
  });
  const append = (text: string): Promise<BlobPlace> =>
    writer.append(String(++ids).padStart(32, '0'), [Buffer.from(text)], text.length);
  return { disk, writer, append };
}

const packs = () => readdirSync(dir).filter((name) => name.endsWith('.pack'));

describe('a failing disk', () => {
  it('fails everybody who waits for the same flush, and nobody after them', async () => {
    const { disk, append, writer } = failingDisk();
    const kept = await append('kept');
    disk.full = true;
    const outcomes = await Promise.allSettled([append('one'), append('two'), append('three')]);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'ENOSPC' } });
    }
    disk.full = false;
    const after = await append('after');
    expect(after.id).not.toBe(kept.id);
    await writer.close();
    // What is torn lies behind the seal.
    expect(disk.sealed).toEqual([
      { id: kept.id, entries: 1, end: packHeadBytes + entryBytes(4) },
      { id: after.id, entries: 1, end: packHeadBytes + entryBytes(5) },
    ]);
  });

  it('is never asked to flush a file again that it failed to flush', async () => {
    const { disk, append, writer } = failingDisk();
    const kept = await append('kept');
    disk.failingFlushes = 1;
    await expect(append('lost')).rejects.toMatchObject({ code: 'EIO' });
    const again = await append('lost');
    expect(again.id).not.toBe(kept.id);
    // Its own head, and the entry that is acknowledged.
    expect(disk.flushes.get(`${dir}/${kept.id}.pack`)).toEqual(['done', 'done', 'EIO']);
    expect(disk.flushes.get(`${dir}/${again.id}.pack`)).toEqual(['done', 'done']);
    await writer.close();
  });

  it('keeps no pack in which nothing was acknowledged', async () => {
    const { disk, append, writer } = failingDisk();
    disk.full = true;
    for (let i = 0; i < 3; i++) await expect(append('more')).rejects.toThrow();
    disk.full = false;
    const { id } = await append('room');
    expect(packs()).toEqual([`${id}.pack`]);
    await writer.close();
  });

  it('gets the seals later that it did not take', async () => {
    const { disk, append, writer } = failingDisk();
    const kept = await append('kept');
    disk.full = true;
    disk.noSeals = true;
    await expect(append('more')).rejects.toThrow();
    expect(disk.sealed).toEqual([]);
    disk.full = false;
    disk.noSeals = false;
    await append('room');
    await append('and more');
    expect(disk.sealed.map(({ id }) => id)).toEqual([kept.id]);
    await writer.close();
  });
});
