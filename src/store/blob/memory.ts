/** BlobStore in memory: for tests and throw-away servers. */

import { smallReadBytes } from './block-reader.ts';
import { createChunkSource } from './chunks.ts';
import { BlobCorruptError, type BlobListEntry, type BlobStore } from './port.ts';

/** Most entries in a page of a list. */
const maxListEntries = 1000;
/** Bytes a stream gives at a time. */
const streamBytes = 1024 * 1024;

interface StoredBlob {
  readonly id: Buffer;
  readonly bytes: Buffer;
  readonly writtenAt: number;
}

export interface MemoryBlobStoreOptions {
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

export function createMemoryBlobStore({ now = Date.now }: MemoryBlobStoreOptions = {}): BlobStore {
  const blobs = new Map<string, StoredBlob>();
  const underWay = new Set<Promise<unknown>>();
  let written = 0;
  let closed = false;

  function assertOpen(): void {
    if (closed) throw new Error('The blob store is closed.');
  }

  async function write(...[bytes, hint]: Parameters<BlobStore['write']>) {
    const source = createChunkSource(bytes, hint?.signal);
    try {
      const chunks: Buffer[] = [];
      for (let chunk = await source.next(); chunk; chunk = await source.next()) chunks.push(chunk);
      const body = Buffer.concat(chunks);
      if (hint?.length !== undefined && hint.length !== body.length) {
        throw new Error(`body of ${body.length} bytes, announced were ${hint.length}`);
      }
      const name = (++written).toString(16).padStart(32, '0');
      const id = Buffer.from(hint?.id ?? Buffer.from(name, 'hex'));
      blobs.set(name, { id, bytes: body, writtenAt: now() });
      return { locator: Buffer.from(name, 'hex'), length: body.length };
    } catch (error) {
      source.stop();
      throw error;
    }
  }

  return {
    async write(bytes, hint) {
      assertOpen();
      const work = write(bytes, hint);
      underWay.add(work);
      try {
        return await work;
      } finally {
        underWay.delete(work);
      }
    },

    async read(locator, length, start, end, signal) {
      assertOpen();
      if (!(start >= 0 && start <= end && end <= length)) {
        throw new RangeError(`range ${start} to ${end} of a blob of ${length} bytes`);
      }
      signal?.throwIfAborted();
      if (start === end) return Buffer.alloc(0);
      const name = locator.toString('hex');
      const bytes = blobs.get(name)?.bytes;
      if (bytes?.length !== length) {
        const found = bytes ? `has ${bytes.length} bytes, not ${length}` : 'is missing';
        throw new BlobCorruptError(`blob ${name} ${found}`, locator);
      }
      const range = bytes.subarray(start, end);
      return range.length <= smallReadBytes ? range : stream(range, signal);
    },

    async remove(locator) {
      assertOpen();
      blobs.delete(locator.toString('hex'));
    },

    async list(cursor = '') {
      assertOpen();
      const entries: BlobListEntry[] = [];
      for (const [name, { id, bytes, writtenAt }] of blobs) {
        if (name < cursor) continue;
        if (entries.length === maxListEntries) return { entries, next: name };
        entries.push({ id, locator: Buffer.from(name, 'hex'), length: bytes.length, writtenAt });
      }
      return { entries, next: undefined };
    },

    async health() {
      assertOpen();
    },

    async close() {
      closed = true;
      await Promise.allSettled(underWay);
    },
  };
}

async function* stream(bytes: Buffer, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += streamBytes) {
    signal?.throwIfAborted();
    yield bytes.subarray(at, at + streamBytes);
  }
}
