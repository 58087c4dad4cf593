/**
 * Reads ranges of a stored body and verifies every block it touches before a byte goes out. Works for
 * packs and files alike (layout.ts).
 */

import { createBufferPool } from './buffer-pool.ts';
import { createByteStream } from './byte-stream.ts';
import type { FileSystem } from './file-system.ts';
import { blockBytes, blockCount, type Crc32c, checksumBytes } from './layout.ts';
import type { FileLease } from './open-files.ts';
import { BlobCorruptError, type BlobLocator, type ByteStream } from './port.ts';

/** Ranges up to this come as one buffer. */
export const smallReadBytes = blockBytes;
/**
 * Blocks read at a time when streaming, and so what a connection that takes nothing holds: one such chunk, two
 * while reads come from a slow disk. It stays in the processor's cache between reading, verifying and sending;
 * larger ones are no faster.
 */
const blocksPerRead = 1;
export const streamChunkBytes = blocksPerRead * blockBytes;
/** Chunks kept to be used again: 4 MiB a process. */
const maxIdleChunks = 16;
/** Checksums fetched at a time when streaming: those of 1 GiB. */
const checksumsPerRead = 4096;

/** What small bodies are read into, a piece for each. */
const slabBytes = 64 * 1024;
const maxPieceBytes = 8 * 1024 + checksumBytes;

/** A read that blocked this long came from a slow disk: more than a busy machine's scheduling explains. */
const slowReadMs = 4;
/** How many reads then go through the thread pool. */
const readsAfterSlow = 64;

/** A body within an open file: bytes at `base`, then its checksums. */
export interface StoredBody {
  readonly file: FileLease;
  readonly base: number;
  readonly length: number;
  readonly locator: BlobLocator;
  /** For messages. */
  readonly where: string;
}

export interface BlockReader {
  /** At most `smallReadBytes`. */
  readRange(body: StoredBody, start: number, end: number): Buffer | Promise<Buffer>;
  /**
   * Resolves once the first bytes are there and verified. Constant memory, whatever the consumer's speed
   * (byte-stream.ts). The file is released when the stream ends, however it ends; one that is never iterated
   * must be returned or aborted.
   */
  openStream(
    body: StoredBody,
    start: number,
    end: number,
    signal?: AbortSignal,
  ): Promise<ByteStream>;
}

export function createBlockReader(deps: {
  readonly fileSystem: FileSystem;
  readonly crc32c: Crc32c;
  /** Milliseconds from any moment on. */
  readonly stopwatch: () => number;
}): BlockReader {
  const { fileSystem, crc32c, stopwatch } = deps;
  const buffers = createBufferPool({ bytes: streamChunkBytes, maxIdle: maxIdleChunks });
  const readSmall = createReader();
  const readChunk = createReader();
  let slab: Buffer = Buffer.alloc(0);
  let slabUsed = 0;

  /**
   * Reads are synchronous while they come from the page cache: 4 µs for 4 KiB and 20 for 256, against 8 and
   * more of CPU and up to 125 µs of waiting through the thread pool. One that blocks sends the next ones there.
   */
  function createReader(): (fd: number, bytes: Buffer, at: number) => number | Promise<number> {
    let asyncReads = 0;
    return (fd, bytes, position) => {
      if (asyncReads > 0) {
        asyncReads--;
        return readLarge(fileSystem, fd, bytes, position);
      }
      const started = stopwatch();
      const count = readFullySync(fileSystem, fd, bytes, position);
      if (stopwatch() - started > slowReadMs) asyncReads = readsAfterSlow;
      return count;
    };
  }

  /**
   * Bodies of a few KiB share a slab: memory of its own for each costs 3 µs, and as much again when the
   * collector gives it back. A slab lives as long as the last of its answers.
   */
  function takeBuffer(length: number): Buffer {
    if (length > maxPieceBytes) return Buffer.allocUnsafe(length);
    if (slabUsed + length > slab.length) {
      slab = Buffer.allocUnsafeSlow(slabBytes);
      slabUsed = 0;
    }
    const piece = slab.subarray(slabUsed, slabUsed + length);
    slabUsed += length;
    return piece;
  }

  /** Every block from `first` on that `blocks` touches, checked against the checksums. */
  function verify(body: StoredBody, first: number, blocks: Buffer, checksums: Buffer): void {
    for (let at = 0, block = first; at < blocks.length; at += blockBytes, block++) {
      const bytes = blocks.subarray(at, at + blockBytes);
      const expected = checksums.readUInt32LE((block - first) * checksumBytes);
      const found = crc32c(bytes);
      if (expected !== found) {
        const start = block * blockBytes;
        throw new BlobCorruptError(
          `${body.where}: bytes ${start} to ${start + bytes.length} of ${body.length} have CRC32C ` +
            `${hex(found)}, stored is ${hex(expected)}`,
          body.locator,
        );
      }
    }
  }

  function assertComplete(body: StoredBody, what: string, found: number, expected: number): void {
    if (found === expected) return;
    throw new BlobCorruptError(
      `${body.where}: ${what} end after ${found} of ${expected} bytes`,
      body.locator,
    );
  }

  return {
    readRange(body, start, end) {
      const { fd } = body.file;
      const first = Math.floor(start / blockBytes);
      const from = first * blockBytes;
      const last = blockCount(end);
      const to = Math.min(last * blockBytes, body.length);

      function cut(bytes: Buffer, checksums: Buffer): Buffer {
        verify(body, first, bytes, checksums);
        return bytes.subarray(start - from, end - from);
      }

      if (first === 0 && to === body.length) {
        // The whole body, its checksums right behind it: one read.
        const bytes = takeBuffer(to + last * checksumBytes);
        const finish = (count: number) => {
          assertComplete(body, 'body and checksums', count, bytes.length);
          return cut(bytes.subarray(0, to), bytes.subarray(to));
        };
        const count = readSmall(fd, bytes, body.base);
        return typeof count === 'number' ? finish(count) : count.then(finish);
      }

      const bytes = Buffer.allocUnsafe(to - from);
      const checksums = Buffer.allocUnsafe((last - first) * checksumBytes);
      const finish = (count: number, checksumCount: number) => {
        assertComplete(body, 'bytes', count, bytes.length);
        assertComplete(body, 'checksums', checksumCount, checksums.length);
        return cut(bytes, checksums);
      };
      const count = readSmall(fd, bytes, body.base + from);
      // Where the next line throws, its failure is nobody's.
      if (typeof count !== 'number') count.catch(() => {});
      const checksumCount = readSmall(
        fd,
        checksums,
        body.base + body.length + first * checksumBytes,
      );
      return typeof count === 'number' && typeof checksumCount === 'number'
        ? finish(count, checksumCount)
        : Promise.all([count, checksumCount]).then(([a, b]) => finish(a, b));
    },

    async openStream(body, start, end, signal) {
      const { fd } = body.file;
      const blocks = blockCount(body.length);
      const last = blockCount(end);
      let next = Math.floor(start / blockBytes);

      let checksums = Buffer.alloc(0);
      let checksumsFrom = 0;
      function checksumsOf(first: number, count: number): Buffer | Promise<Buffer> {
        const at = (first - checksumsFrom) * checksumBytes;
        if (at + count * checksumBytes <= checksums.length) return checksums.subarray(at);
        const fetched = Buffer.allocUnsafe(
          Math.min(checksumsPerRead, blocks - first) * checksumBytes,
        );
        const finish = (found: number): Buffer => {
          assertComplete(body, 'checksums', found, fetched.length);
          checksums = fetched;
          checksumsFrom = first;
          return fetched;
        };
        const position = body.base + body.length + first * checksumBytes;
        const found = readChunk(fd, fetched, position);
        return typeof found === 'number' ? finish(found) : found.then(finish);
      }

      function read(): Buffer | Promise<Buffer> | undefined {
        if (next >= last) return undefined;
        const first = next;
        next += blocksPerRead;
        const from = first * blockBytes;
        const to = Math.min(next * blockBytes, last * blockBytes, body.length);
        const bytes = buffers.take(to - from);
        const finish = (count: number, expected: Buffer): Buffer => {
          assertComplete(body, 'bytes', count, bytes.length);
          verify(body, first, bytes, expected);
          return bytes.subarray(Math.max(0, start - from), Math.min(bytes.length, end - from));
        };
        const expected = checksumsOf(first, blockCount(bytes.length));
        if (expected instanceof Promise) {
          return expected.then(async (found) =>
            finish(await readChunk(fd, bytes, body.base + from), found),
          );
        }
        const count = readChunk(fd, bytes, body.base + from);
        return typeof count === 'number'
          ? finish(count, expected)
          : count.then((found) => finish(found, expected));
      }

      const { file } = body;
      const release = (): void => file.release();
      try {
        const first = await read()!;
        signal?.throwIfAborted();
        return createByteStream({ first, read, release, recycle: buffers.give, signal });
      } catch (error) {
        release();
        throw error;
      }
    },
  };
}

/** Fewer bytes than asked for only at the end of the file. */
export function readFullySync(
  fileSystem: FileSystem,
  fd: number,
  bytes: Buffer,
  position: number,
): number {
  let done = 0;
  while (done < bytes.length) {
    const count = fileSystem.readSync(fd, bytes, done, bytes.length - done, position + done);
    if (count === 0) break;
    done += count;
  }
  return done;
}

async function readLarge(
  fileSystem: FileSystem,
  fd: number,
  bytes: Buffer,
  position: number,
): Promise<number> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesRead } = await fileSystem.read(
      fd,
      bytes,
      done,
      bytes.length - done,
      position + done,
    );
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return done;
}

function hex(checksum: number): string {
  return checksum.toString(16).padStart(8, '0');
}
