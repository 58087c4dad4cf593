import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { crc32cOf } from '../../digest/digest.ts';
import { testBytes } from '../contract/blob.ts';
import { streamChunkBytes } from './block-reader.ts';
import { type FileSystem, nodeFileSystem } from './file-system.ts';
import { type FileBlobStore, openFileBlobStore } from './files.ts';
import type { BlobLocator, ByteStream } from './port.ts';

const MiB = 2 ** 20;
const body = testBytes(12 * MiB + 5);

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'kist-blocks-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function withStore<Result>(
  name: string,
  work: (store: FileBlobStore, locator: BlobLocator) => Promise<Result>,
  deps: { readonly fileSystem?: FileSystem; readonly stopwatch?: () => number } = {},
): Promise<Result> {
  const store = await openFileBlobStore({
    dir: join(dir, name),
    writerId: '0',
    deps: { crc32c: crc32cOf, ...deps },
  });
  try {
    const { locator } = await store.write(body);
    return await work(store, locator);
  } finally {
    await store.close();
  }
}

async function streamOf(store: FileBlobStore, locator: BlobLocator): Promise<ByteStream> {
  const stream = await store.read(locator, body.length, 0, body.length);
  if (Buffer.isBuffer(stream)) throw new Error('a large body came as one buffer');
  return stream;
}

describe('streaming a large body', () => {
  test('uses the same memory again where chunks are given back', async () => {
    const work = async (store: FileBlobStore, locator: BlobLocator) => {
      const stream = await streamOf(store, locator);
      const memories = new Set<ArrayBufferLike>();
      const copies: Buffer[] = [];
      for await (const chunk of stream) {
        memories.add(chunk.buffer);
        copies.push(Buffer.from(chunk));
        stream.recycle?.(chunk);
      }
      expect(Buffer.concat(copies).equals(body)).toBe(true);
      expect(memories.size).toBe(1);
    };
    // After a read that blocked, the next chunk is read ahead, into memory of its own.
    await withStore('reuse', work, { stopwatch: () => 0 });
  });

  test('never touches a chunk that was not given back, whatever other readers do with theirs', async () => {
    await withStore('keep', async (store, locator) => {
      const kept: Buffer[] = [];
      for await (const chunk of await streamOf(store, locator)) {
        kept.push(chunk);
        const other = await streamOf(store, locator);
        for await (const theirs of other) {
          other.recycle?.(theirs);
          break;
        }
      }
      expect(Buffer.concat(kept).equals(body)).toBe(true);
    });
  });

  test('asks the disk for a chunk only when its reader wants it', async () => {
    let reads = 0;
    const fileSystem: FileSystem = {
      ...nodeFileSystem,
      readSync: (fd, bytes, offset, length, position) => {
        if (length === streamChunkBytes) reads++;
        return nodeFileSystem.readSync(fd, bytes, offset, length, position);
      },
    };
    const work = async (store: FileBlobStore, locator: BlobLocator) => {
      const iterator = (await streamOf(store, locator))[Symbol.asyncIterator]();
      for (let wanted = 1; wanted <= 4; wanted++) {
        await iterator.next();
        expect(reads).toBe(wanted);
      }
      await iterator.return?.();
    };
    await withStore('lazy', work, { fileSystem, stopwatch: () => 0 });
  });

  test('goes through the thread pool once a read has blocked, and gives the same bytes', async () => {
    let pooled = 0;
    const fileSystem: FileSystem = {
      ...nodeFileSystem,
      read: (...asked) => {
        pooled++;
        return nodeFileSystem.read(...asked);
      },
    };
    let ms = 0;
    const stopwatch = (): number => {
      ms += 100;
      return ms;
    };
    const work = async (store: FileBlobStore, locator: BlobLocator) => {
      const copies: Buffer[] = [];
      const stream = await streamOf(store, locator);
      for await (const chunk of stream) {
        copies.push(Buffer.from(chunk));
        stream.recycle?.(chunk);
      }
      expect(Buffer.concat(copies).equals(body)).toBe(true);
      expect(pooled).toBeGreaterThan(20);
    };
    await withStore('slow', work, { fileSystem, stopwatch });
  });
});
