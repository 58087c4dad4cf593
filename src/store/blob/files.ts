/**
 * BlobStore on plain files, the embedded default. Small bodies are appended to packs, large ones get a
 * file each; both are verified block by block. Several processes share a directory: each appends to
 * packs of its own, and any of them reads and removes.
 */

import { randomBytes as systemRandomBytes } from 'node:crypto';
import { mkdir, readdir, rm, stat, unlink } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import {
  createBlockReader,
  readFullySync,
  type StoredBody,
  smallReadBytes,
} from './block-reader.ts';
import { type ChunkSource, createChunkSource } from './chunks.ts';
import {
  ensureDirectory,
  isMissing,
  type OnSync,
  type OpenFile,
  openFile,
  writeAll,
} from './durable-files.ts';
import { createFileWriter, fileDirectory } from './file-writer.ts';
import {
  type BlobPlace,
  type Crc32c,
  createId,
  decodeEntryHead,
  decodeLocator,
  encodeLocator,
  entryBytes,
  entryHeadBytes,
  fileBodyLength,
  idBytes,
  isId,
  maxWriterIdBytes,
} from './layout.ts';
import { createOpenFiles, type FileLease } from './open-files.ts';
import { createPackWriter } from './pack-writer.ts';
import { createPacks, type PackStats } from './packs.ts';
import {
  BlobCorruptError,
  type BlobListEntry,
  type BlobLocator,
  type BlobPage,
  type BlobStore,
} from './port.ts';

/** Bodies up to this are appended to a pack. */
export const defaultPackBlobMaxBytes = 1024 * 1024;
/** A pack is sealed before it grows beyond this. */
export const defaultPackMaxBytes = 1024 * 1024 * 1024;
/** Most entries in a page of a list. */
const maxListEntries = 1000;

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
  readonly deps: {
    readonly crc32c: Crc32c;
    readonly now?: () => number;
    readonly randomBytes?: (count: number) => Buffer;
    readonly openFile?: OpenFile;
    readonly onSync?: OnSync;
  };
}

export interface FileBlobStore extends BlobStore {
  /** What each pack holds, dead bytes included. */
  packStats(): Promise<readonly PackStats[]>;
  /** Sealed packs that hold something dead, the emptiest first: rewriting their live part frees the rest. */
  compactable(): Promise<readonly (PackStats & { readonly liveRatio: number })[]>;
}

export async function openFileBlobStore(options: FileBlobStoreOptions): Promise<FileBlobStore> {
  const { dir, writerId, deps } = options;
  const { crc32c, now = Date.now, randomBytes = systemRandomBytes } = deps;
  const packBlobMaxBytes = options.packBlobMaxBytes ?? defaultPackBlobMaxBytes;
  if (Buffer.byteLength(writerId) > maxWriterIdBytes || writerId.includes('\0')) {
    throw new RangeError(`writer id ${writerId} is longer than ${maxWriterIdBytes} bytes`);
  }
  const packDir = `${dir}/packs`;
  const fileDir = `${dir}/files`;
  await mkdir(dir, { recursive: true });
  await ensureDirectory(dirname(dir), basename(dir));
  await ensureDirectory(dir, 'packs');
  await ensureDirectory(dir, 'files');

  const openFiles = createOpenFiles(now);
  const packs = createPacks({ dir: packDir, crc32c, now, onDeleted: openFiles.drop });
  // Listed before this process can have a pack of its own.
  const earlierPacks = await packs.ids();
  const { onSync } = deps;
  const writing = { crc32c, now, randomBytes, openFile: deps.openFile ?? openFile, onSync };
  const packWriter = createPackWriter({
    ...writing,
    dir: packDir,
    writerId,
    packMaxBytes: options.packMaxBytes ?? defaultPackMaxBytes,
    onSealed: packs.seal,
  });
  const fileWriter = createFileWriter({ ...writing, dir: fileDir });
  const reader = createBlockReader(crc32c);

  // Serving does not wait for it; what it misses, the next start does.
  const abandoned = packs.sealAbandoned(writerId, earlierPacks).catch(() => {});

  const underWay = new Set<Promise<unknown>>();
  let closing = false;

  function assertOpen(): void {
    if (closing) throw new Error('The blob store is closed.');
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

  async function write(id: string, source: ChunkSource, hintLength: number | undefined) {
    // A body of unknown length is small until it has proved otherwise.
    const gathered: Buffer[] = [];
    let length = 0;
    if (hintLength === undefined || hintLength <= packBlobMaxBytes) {
      for (;;) {
        const chunk = await source.next();
        if (chunk === undefined) {
          const place = await packWriter.append(id, gathered, length);
          return { locator: encodeLocator(place), length };
        }
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

  /** Bytes of a pack's entry by its head; none where no entry begins. Throws ENOENT without the pack. */
  function packEntryBytes(id: string, offset: number): number {
    const file = openFiles.acquire(packs.path(id));
    try {
      const bytes = Buffer.alloc(entryHeadBytes);
      const count = readFullySync(file.fd, bytes, offset);
      const head = decodeEntryHead(bytes.subarray(0, count), id, offset, crc32c);
      return head ? entryBytes(head.length) : 0;
    } finally {
      file.release();
    }
  }

  async function listPacks(cursor: ListCursor, entries: BlobListEntry[]): Promise<ListCursor> {
    for (const id of await packs.ids()) {
      if (id < cursor.name) continue;
      const dead = await packs.deadOffsets(id);
      const from = id === cursor.name && cursor.offset > 0 ? cursor.offset : undefined;
      try {
        for await (const entry of packs.walk(id, from)) {
          if (entries.length === maxListEntries) {
            return { home: 'pack', name: id, offset: entry.offset };
          }
          if (dead.has(entry.offset)) continue;
          const locator = encodeLocator({ home: 'pack', id, offset: entry.offset });
          entries.push({
            id: Buffer.from(entry.id, 'hex'),
            locator,
            length: entry.length,
            writtenAt: entry.writtenAt,
          });
        }
      } catch (error) {
        // Reclaimed meanwhile: everything in it was dead.
        if (!isMissing(error)) throw error;
      }
    }
    return { home: 'file', name: '', offset: 0 };
  }

  async function listFiles(
    cursor: ListCursor,
    entries: BlobListEntry[],
  ): Promise<ListCursor | undefined> {
    const directories = (await readdir(fileDir)).filter((name) => /^[0-9a-f]{2}$/.test(name));
    for (const directory of directories.sort()) {
      if (directory < cursor.name.slice(0, 2)) continue;
      for (const name of (await readdir(`${fileDir}/${directory}`)).sort()) {
        const id = name.slice(0, -'.blob'.length);
        if (!name.endsWith('.blob') || !isId(id)) continue;
        const position = `${directory}/${id}`;
        if (position < cursor.name) continue;
        if (entries.length === maxListEntries) return { home: 'file', name: position, offset: 0 };
        const found = await statFile(`${fileDir}/${directory}/${name}`);
        if (!found) continue;
        entries.push({
          id: Buffer.from(id, 'hex'),
          locator: encodeLocator({ home: 'file', id }),
          length: fileBodyLength(found.size),
          // The last write: recent while a long upload is still arriving.
          writtenAt: Math.floor(found.mtimeMs),
        });
      }
    }
    return undefined;
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
      assertOpen();
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

    async read(locator, length, start, end, signal) {
      assertOpen();
      if (!isRange(start, end, length)) {
        throw new RangeError(`range ${start} to ${end} of a blob of ${length} bytes`);
      }
      signal?.throwIfAborted();
      if (start === end) return Buffer.alloc(0);
      const body = openBody(locator, length);
      if (end - start > smallReadBytes) return await reader.openStream(body, start, end, signal);
      try {
        return await reader.readRange(body, start, end);
      } finally {
        body.file.release();
      }
    },

    async remove(locator) {
      assertOpen();
      const place = decodeLocator(locator);
      const path = pathOf(place);
      try {
        if (place.home === 'file') {
          openFiles.drop(path);
          await unlink(path);
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
      const entries: BlobListEntry[] = [];
      let next: ListCursor | undefined = decodeCursor(cursor);
      if (next.home === 'pack') next = await listPacks(next, entries);
      if (next.home === 'file') next = await listFiles(next, entries);
      return { entries, next: next && encodeCursor(next) } satisfies BlobPage;
    },

    async health() {
      assertOpen();
      // Only a write that reaches the disk shows that it is neither full, read-only nor broken.
      const path = `${dir}/health-${writerId}`;
      const file = await writing.openFile(path, 'w');
      try {
        await writeAll(file, [Buffer.from('probe')], 0);
        await file.datasync();
      } finally {
        await file.close();
        await rm(path, { force: true });
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

    async close() {
      if (closing) return;
      closing = true;
      while (underWay.size > 0) await Promise.allSettled(underWay);
      await packWriter.close();
      await abandoned;
      openFiles.close();
    },
  };
}

/** Where a list goes on: a pack's entry, or a file by directory and id. */
interface ListCursor {
  readonly home: 'pack' | 'file';
  readonly name: string;
  readonly offset: number;
}

function encodeCursor({ home, name, offset }: ListCursor): string {
  return `${home}:${name}:${offset}`;
}

function decodeCursor(cursor: string | undefined): ListCursor {
  if (cursor === undefined) return { home: 'pack', name: '', offset: 0 };
  const [home, name, offset] = cursor.split(':');
  if ((home !== 'pack' && home !== 'file') || name === undefined || offset === undefined) {
    throw new RangeError(`cursor ${cursor} is none of this store`);
  }
  return { home, name, offset: Number(offset) };
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

/** A body that ends early or late was damaged on its way here. */
function expectLength(source: ChunkSource, length: number): ChunkSource {
  let seen = 0;
  return {
    async next() {
      const chunk = await source.next();
      seen += chunk?.length ?? 0;
      if (seen > length || (chunk === undefined && seen < length)) {
        throw new Error(`body of ${seen} bytes or more, announced were ${length}`);
      }
      return chunk;
    },
    stop: source.stop,
  };
}

async function statFile(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
