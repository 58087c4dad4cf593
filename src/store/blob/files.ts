/**
 * BlobStore on plain files, the embedded default. Small bodies are appended to packs, large ones get a
 * file each; both are verified block by block. Several processes share a directory: each appends to
 * packs of its own, and any of them reads and removes.
 */

import { randomBytes as systemRandomBytes } from 'node:crypto';
import { createBlobList } from './blob-list.ts';
import {
  createBlockReader,
  readFullySync,
  type StoredBody,
  smallReadBytes,
} from './block-reader.ts';
import { type ChunkSource, createChunkSource, expectLength } from './chunks.ts';
import {
  ensureDirectories,
  ensureDirectory,
  isMissing,
  type OnSync,
  removeFile,
  writeAll,
} from './durable-files.ts';
import { type FileSystem, nodeFileSystem } from './file-system.ts';
import { createFileWriter, fileDirectory } from './file-writer.ts';
import { verifyFrame } from './frame.ts';
import {
  type BlobPlace,
  type Crc32c,
  createId,
  decodeEntryHead,
  decodeLocator,
  encodeLocator,
  entryBytes,
  entryHeadBytes,
  idBytes,
  maxWriterIdBytes,
} from './layout.ts';
import { createOpenFiles, type FileLease, type OnFileLookup } from './open-files.ts';
import { createPackWriter } from './pack-writer.ts';
import { createPacks, type PackStats } from './packs.ts';
import {
  BlobCorruptError,
  type BlobListEntry,
  type BlobLocator,
  type BlobStore,
  type FrameStore,
} from './port.ts';

/** Bodies up to this are appended to a pack. */
export const defaultPackBlobMaxBytes = 1024 * 1024;
/** A pack is sealed before it grows beyond this. */
export const defaultPackMaxBytes = 1024 * 1024 * 1024;

export interface FileBlobStoreOptions {
  /** Made if missing. */
  readonly dir: string;
  /**
   * Names this process among those that write here: unique among live ones, and the same after a restart,
   * so that the successor seals what a crashed one left open. At most 16 bytes.
   */
  readonly writerId: string;
  readonly packBlobMaxBytes?: number;
  readonly packMaxBytes?: number;
  /** Changes nothing, not even what a crashed process left. */
  readonly readOnly?: boolean;
  readonly deps: {
    readonly crc32c: Crc32c;
    readonly now?: () => number;
    readonly randomBytes?: (count: number) => Buffer;
    readonly fileSystem?: FileSystem;
    /** Milliseconds from any moment on: tells slow reads. */
    readonly stopwatch?: () => number;
    readonly onSync?: OnSync;
    readonly onFileLookup?: OnFileLookup;
  };
}

export interface FileBlobStore extends BlobStore, FrameStore {
  /** What each pack holds, dead bytes included. */
  packStats(): Promise<readonly PackStats[]>;
  /** Sealed packs that hold something dead, the emptiest first: rewriting their live part frees the rest. */
  compactable(): Promise<readonly CompactablePack[]>;
  /** What lives in a pack, a page at a time. */
  packPages(pack: string): AsyncIterable<readonly BlobListEntry[]>;
  /**
   * Seals this process's own pack where it has grown to `minBytes` and no more than `maxLiveRatio` of it
   * lives, so that it can be compacted. True if it did.
   */
  sealMostlyDead(maxLiveRatio: number, minBytes: number): Promise<boolean>;
  /** Packs that may hold bodies which neither `packPages` nor `list` can show: their heads cannot be read. */
  mayHide(pack: string): Promise<boolean>;
  /** Packs that a crash left and that cannot be read to the end: kept until `settlePack`. */
  doubtfulPacks(): Promise<readonly string[]>;
  /** No record refers to what cannot be read in a doubtful pack. */
  settlePack(pack: string): Promise<void>;
  /** Counts anew what a pack holds, and seals it: of a pack that no process writes. */
  resealPack(pack: string): Promise<void>;
  /** Undefined where it is in a file of its own. */
  packOf(locator: BlobLocator): string | undefined;
}

export interface CompactablePack extends PackStats {
  /** 0 to 1 */
  readonly liveRatio: number;
}

export async function openFileBlobStore(options: FileBlobStoreOptions): Promise<FileBlobStore> {
  const { dir, writerId, deps } = options;
  const { crc32c, now = Date.now, randomBytes = systemRandomBytes, onSync } = deps;
  const { fileSystem = nodeFileSystem, stopwatch = () => performance.now() } = deps;
  const packBlobMaxBytes = options.packBlobMaxBytes ?? defaultPackBlobMaxBytes;
  if (Buffer.byteLength(writerId) > maxWriterIdBytes || writerId.includes('\0')) {
    throw new RangeError(`writer id ${writerId} is longer than ${maxWriterIdBytes} bytes`);
  }
  const packDir = `${dir}/packs`;
  const fileDir = `${dir}/files`;
  await ensureDirectories(fileSystem, dir);
  await ensureDirectory(fileSystem, dir, 'packs');
  await ensureDirectory(fileSystem, dir, 'files');

  const packs = createPacks({
    fileSystem,
    dir: packDir,
    crc32c,
    now,
    onDeleted: (path) => openFiles.drop(path),
  });
  // Listed before this process can have a pack of its own.
  const earlierPacks = await packs.ids();
  const openFiles = createOpenFiles(fileSystem, now, deps.onFileLookup);
  const writing = { fileSystem, crc32c, now, randomBytes, onSync };
  const packWriter = createPackWriter({
    ...writing,
    dir: packDir,
    writerId,
    packMaxBytes: options.packMaxBytes ?? defaultPackMaxBytes,
    onSealed: packs.seal,
  });
  const fileWriter = createFileWriter({ ...writing, dir: fileDir });
  const reader = createBlockReader({ fileSystem, crc32c, stopwatch });
  const list = createBlobList({ fileSystem, packs, fileDir });

  // Serving does not wait for it; what it misses, the next start does.
  const abandoned = options.readOnly
    ? Promise.resolve()
    : packs.sealAbandoned(writerId, earlierPacks).catch(() => {});

  const underWay = new Set<Promise<unknown>>();
  let closing = false;

  function assertOpen(): void {
    if (closing) throw new Error('The blob store is closed.');
  }

  function assertWritable(): void {
    assertOpen();
    if (options.readOnly) throw new Error('The blob store is open for reading only.');
  }

  function idOf(given: Buffer | undefined): string {
    if (given === undefined) return createId(now(), randomBytes(idBytes));
    if (given.length !== idBytes) throw new RangeError(`blob id of ${given.length} bytes`);
    return given.toString('hex');
  }

  function pathOf(place: BlobPlace): string {
    return place.home === 'pack'
      ? packs.path(place.id)
      : `${fileDir}/${fileDirectory(place.id)}/${place.id}.blob`;
  }

  function nameOf(place: BlobPlace): string {
    return place.home === 'pack' ? `pack ${place.id} at ${place.offset}` : `file ${place.id}`;
  }

  /** Of a body in one buffer, as small objects come: it needs no source of chunks. */
  const isSmall = (length: number, announced = length) =>
    length === announced && length <= packBlobMaxBytes;

  async function append(id: string, chunks: readonly Buffer[], length: number) {
    const place = await packWriter.append(id, chunks, length);
    return { locator: encodeLocator(place), length };
  }

  async function write(id: string, source: ChunkSource, hintLength: number | undefined) {
    // A body of unknown length is small until it has proved otherwise.
    const gathered: Buffer[] = [];
    let length = 0;
    if (hintLength === undefined || hintLength <= packBlobMaxBytes) {
      for (;;) {
        const chunk = await source.next();
        if (chunk === undefined) return await append(id, gathered, length);
        gathered.push(chunk);
        length += chunk.length;
        if (length > packBlobMaxBytes) break;
      }
    }
    const fileLength = await fileWriter.write(id, gathered, source);
    return { locator: encodeLocator({ home: 'file', id }), length: fileLength };
  }

  function openBody(locator: BlobLocator, length: number): StoredBody {
    const place = decodeLocator(locator);
    const where = nameOf(place);
    let file: FileLease;
    try {
      file = openFiles.acquire(pathOf(place));
    } catch (error) {
      if (isMissing(error)) {
        throw new BlobCorruptError(`${where} is missing`, locator, { cause: error });
      }
      throw error;
    }
    const base = place.home === 'pack' ? place.offset + entryHeadBytes : 0;
    return { file, base, length, locator, where };
  }

  function readSmall(body: StoredBody, start: number, end: number): Buffer | Promise<Buffer> {
    const release = (): void => body.file.release();
    let bytes: Buffer | Promise<Buffer>;
    try {
      bytes = reader.readRange(body, start, end);
    } catch (error) {
      release();
      throw error;
    }
    if (bytes instanceof Promise) return bytes.finally(release);
    release();
    return bytes;
  }

  /** Bytes of a pack's entry by its head; none where no entry begins. Throws ENOENT without the pack. */
  function packEntryBytes(id: string, offset: number): number {
    const file = openFiles.acquire(packs.path(id));
    try {
      const bytes = Buffer.alloc(entryHeadBytes);
      const count = readFullySync(fileSystem, file.fd, bytes, offset);
      const head = decodeEntryHead(bytes.subarray(0, count), id, offset, crc32c);
      return head ? entryBytes(head.length) : 0;
    } finally {
      file.release();
    }
  }

  async function track<T>(work: Promise<T>): Promise<T> {
    underWay.add(work);
    try {
      return await work;
    } finally {
      underWay.delete(work);
    }
  }

  return {
    async write(bytes, hint = {}) {
      assertWritable();
      if (Buffer.isBuffer(bytes) && isSmall(bytes.length, hint.length)) {
        hint.signal?.throwIfAborted();
        return await track(append(idOf(hint.id), [bytes], bytes.length));
      }
      const source = createChunkSource(bytes, hint.signal);
      const hintLength = Buffer.isBuffer(bytes) ? bytes.length : hint.length;
      const checked = hint.length === undefined ? source : expectLength(source, hint.length);
      try {
        return await track(write(idOf(hint.id), checked, hintLength));
      } catch (error) {
        source.stop();
        throw error;
      }
    },

    read(locator, length, start, end, signal) {
      try {
        assertOpen();
        if (!isRange(start, end, length)) {
          throw new RangeError(`range ${start} to ${end} of a blob of ${length} bytes`);
        }
        signal?.throwIfAborted();
        if (start === end) return Buffer.alloc(0);
        const body = openBody(locator, length);
        if (end - start > smallReadBytes) return reader.openStream(body, start, end, signal);
        return readSmall(body, start, end);
      } catch (error) {
        return Promise.reject(error);
      }
    },

    async remove(locator) {
      assertWritable();
      const place = decodeLocator(locator);
      const path = pathOf(place);
      try {
        if (place.home === 'file') {
          openFiles.drop(path);
          await fileSystem.unlink(path);
          return;
        }
        const bytes = packEntryBytes(place.id, place.offset);
        await track(packs.markDead(place.id, place.offset, bytes));
      } catch (error) {
        if (!isMissing(error)) throw error;
      }
    },

    async list(cursor) {
      assertOpen();
      return await list.page(cursor);
    },

    async health() {
      assertOpen();
      // Only a write that reaches the disk shows that it is neither full, read-only nor broken.
      const path = `${dir}/health-${writerId}`;
      const file = await fileSystem.open(path, 'w');
      try {
        await writeAll(file, [Buffer.from('probe')], 0);
        await file.datasync();
      } finally {
        await file.close();
        await removeFile(fileSystem, path);
      }
    },

    packStats: packs.stats,

    async compactable() {
      const stats = await packs.stats();
      return stats
        .filter(({ sealed, deadBytes }) => sealed && deadBytes > 0)
        .map((pack) => ({ ...pack, liveRatio: 1 - pack.deadBytes / Math.max(1, pack.entryBytes) }))
        .sort((a, b) => a.liveRatio - b.liveRatio);
    },

    packPages: list.packPages,

    async sealMostlyDead(maxLiveRatio, minBytes) {
      assertWritable();
      const pack = packWriter.current();
      if (pack === undefined || pack.bytes < minBytes) return false;
      const dead = await packs.deadBytes(pack.id);
      if (1 - dead / pack.bytes > maxLiveRatio) return false;
      return await track(packWriter.retire(pack.id));
    },

    mayHide: packs.mayHide,
    doubtfulPacks: packs.doubtful,

    async settlePack(pack) {
      assertWritable();
      await track(packs.settle(pack));
    },

    async resealPack(pack) {
      assertWritable();
      await track(packs.reseal(pack));
    },

    packOf(locator) {
      const place = decodeLocator(locator);
      return place.home === 'pack' ? place.id : undefined;
    },

    async verifyFrame(locator, length) {
      assertOpen();
      const { file, where } = openBody(locator, length);
      const body = { fd: file.fd, place: decodeLocator(locator), length, locator, where };
      try {
        await verifyFrame({ fileSystem, crc32c }, body);
      } finally {
        file.release();
      }
    },

    flaws: packs.flaws,

    async close() {
      if (closing) return;
      closing = true;
      while (underWay.size > 0) await Promise.allSettled(underWay);
      try {
        await packWriter.close();
        await abandoned;
      } finally {
        openFiles.close();
      }
    },
  };
}

function isRange(start: number, end: number, length: number): boolean {
  return (
    Number.isSafeInteger(start) &&
    Number.isSafeInteger(end) &&
    start >= 0 &&
    start <= end &&
    end <= length
  );
}
