/**
 * The packs of a directory as things that are listed, emptied and reclaimed.
 *
 * A pack never changes behind its back: what was removed is noted in a list beside it (`<id>.dead`), and
 * that it takes no more entries in a seal (`<id>.seal`). A sealed pack whose entries are all dead is
 * deleted. Neither note is flushed: a lost one makes the orphan sweep offer the same removals again.
 */

import { isMissing, removeFile } from './durable-files.ts';
import type { FileSystem, StoreFile } from './file-system.ts';
import {
  type Crc32c,
  decodeEntryHead,
  decodePackHead,
  type EntryHead,
  entryBytes,
  entryHeadBytes,
  entryMagic,
  idTime,
  isId,
  packHeadBytes,
} from './layout.ts';

/** Bytes read at a time when walking over a pack. */
const walkReadBytes = 256 * 1024;
/** Most dead lists in memory; one of a pack full of 4 KiB bodies takes some 20 MB. */
const maxDeadLists = 8;
/** A pack that got no head in this time is nobody's. */
const headlessPackMs = 3_600_000;

export interface PackSeal {
  /** Acknowledged entries. */
  readonly entries: number;
  /** Behind the last of them; what follows is a torn tail. */
  readonly end: number;
}

/** A seal as it is stored. */
interface StoredSeal extends PackSeal {
  /** The pack's size when it was sealed: a pack that grew since then is still being written, seal or not. */
  readonly size: number;
}

export interface PackEntry extends EntryHead {
  readonly offset: number;
}

export interface PackStats {
  readonly id: string;
  readonly sealed: boolean;
  /** Bytes of entries, dead ones included. */
  readonly entryBytes: number;
  readonly deadBytes: number;
}

export interface Packs {
  /** In order of their names, which is their age. */
  ids(): Promise<readonly string[]>;
  path(id: string): string;
  /** Entries from an offset on, in order, torn ones skipped. */
  walk(id: string, from?: number): AsyncGenerator<PackEntry>;
  deadOffsets(id: string): Promise<ReadonlySet<number>>;
  /** Bytes of dead entries. */
  deadBytes(id: string): Promise<number>;
  /** Notes a dead entry, and deletes the pack if it was the last live one of a sealed pack. */
  markDead(id: string, offset: number, bytes: number): Promise<void>;
  seal(id: string, seal: PackSeal): Promise<void>;
  /** Seals those of the given packs that an earlier process of this writer left open. */
  sealAbandoned(writerId: string, ids: readonly string[]): Promise<void>;
  stats(): Promise<readonly PackStats[]>;
}

interface DeadList {
  /** Bytes of the list that were read. */
  readBytes: number;
  /** Entry bytes by offset. */
  readonly offsets: Map<number, number>;
  /** One reading at a time. */
  reading: Promise<void>;
}

export function createPacks({
  fileSystem,
  dir,
  crc32c,
  now,
  onDeleted,
}: {
  readonly fileSystem: FileSystem;
  readonly dir: string;
  readonly crc32c: Crc32c;
  readonly now: () => number;
  readonly onDeleted: (path: string) => void;
}): Packs {
  const deadLists = new Map<string, DeadList>();
  const deadTotals = new Map<string, { readonly listBytes: number; readonly dead: number }>();
  const unwritten = new Map<string, { lines: string[]; written: Promise<void> }>();

  const path = (id: string) => `${dir}/${id}.pack`;
  const deadPath = (id: string) => `${dir}/${id}.dead`;
  const sealPath = (id: string) => `${dir}/${id}.seal`;

  async function ids(): Promise<string[]> {
    const names = await fileSystem.readdir(dir);
    return names
      .filter((name) => name.endsWith('.pack') && isId(name.slice(0, -5)))
      .map((name) => name.slice(0, -5))
      .sort();
  }

  /** A line is worth its checksum: a torn or foreign one is skipped. */
  function encodeDeadLine(id: string, offset: number, bytes: number): string {
    const fact = `${offset} ${bytes}`;
    return `${fact} ${crc32c(Buffer.from(`${id} ${fact}`)).toString(16)}\n`;
  }

  /** What this and other processes noted so far. */
  async function readDead(id: string): Promise<DeadList> {
    const list = deadLists.get(id) ?? {
      readBytes: 0,
      offsets: new Map(),
      reading: Promise.resolve(),
    };
    deadLists.delete(id);
    deadLists.set(id, list);
    for (const oldest of deadLists.keys()) {
      if (deadLists.size <= maxDeadLists) break;
      deadLists.delete(oldest);
    }
    const reading = list.reading.catch(() => {}).then(() => readMore(id, list));
    list.reading = reading;
    await reading;
    return list;
  }

  /** Read again only where the list has grown. */
  async function countDead(id: string): Promise<number> {
    const listBytes = (await sizeOf(fileSystem, deadPath(id))) ?? 0;
    const counted = deadTotals.get(id);
    if (counted?.listBytes === listBytes) return counted.dead;
    let dead = 0;
    for (const bytes of (await readDead(id)).offsets.values()) dead += bytes;
    deadTotals.set(id, { listBytes, dead });
    return dead;
  }

  async function readMore(id: string, list: DeadList): Promise<void> {
    const text = await readFrom(fileSystem, deadPath(id), list.readBytes);
    const complete = text.lastIndexOf('\n') + 1;
    for (const line of text.slice(0, complete).split('\n')) {
      const [offset, bytes] = line.split(' ').map(Number);
      if (offset === undefined || bytes === undefined) continue;
      if (encodeDeadLine(id, offset, bytes) === `${line}\n`) list.offsets.set(offset, bytes);
    }
    list.readBytes += complete;
  }

  async function readSeal(id: string): Promise<PackSeal | undefined> {
    try {
      const seal = JSON.parse(await fileSystem.readText(sealPath(id))) as StoredSeal;
      const { entries, end, size } = seal;
      if (![entries, end, size].every(Number.isInteger)) return undefined;
      return size === (await sizeOf(fileSystem, path(id))) ? seal : undefined;
    } catch (error) {
      // A torn seal is none.
      if (isMissing(error) || error instanceof SyntaxError) return undefined;
      throw error;
    }
  }

  async function writeSeal(id: string, seal: PackSeal): Promise<void> {
    const stored: StoredSeal = { ...seal, size: (await sizeOf(fileSystem, path(id))) ?? 0 };
    await fileSystem.writeText(sealPath(id), `${JSON.stringify(stored)}\n`);
  }

  async function* walk(id: string, from = packHeadBytes): AsyncGenerator<PackEntry> {
    const end = (await readSeal(id))?.end ?? Number.POSITIVE_INFINITY;
    const file = await fileSystem.open(path(id), 'r');
    try {
      const window = createWindow(file);
      const { size } = await file.stat();
      let offset = from;
      while (offset < end) {
        const head = decodeEntryHead(
          await window.bytes(offset, entryHeadBytes),
          id,
          offset,
          crc32c,
        );
        if (head) {
          const next = offset + entryBytes(head.length);
          // Half an entry at the end of the file was never acknowledged.
          if (next > size) return;
          yield { ...head, offset };
          offset = next;
          continue;
        }
        // Torn, or damaged: later entries are found by their magic and checksum.
        const found = await window.find(entryMagic, offset + 1);
        if (found === undefined) return;
        offset = found;
      }
    } finally {
      await file.close();
    }
  }

  async function deletePack(id: string): Promise<void> {
    await removeFile(fileSystem, path(id));
    onDeleted(path(id));
    deadLists.delete(id);
    deadTotals.delete(id);
    await removeFile(fileSystem, deadPath(id));
    await removeFile(fileSystem, sealPath(id));
  }

  /** Deletes a sealed pack if every entry that was acknowledged is found, and dead. */
  async function reclaim(id: string): Promise<void> {
    const seal = await readSeal(id);
    if (!seal) return;
    const { offsets } = await readDead(id);
    if (offsets.size < seal.entries) return;
    let found = 0;
    for await (const { offset } of walk(id)) {
      if (!offsets.has(offset)) return;
      found++;
    }
    if (found >= seal.entries) await deletePack(id);
  }

  return {
    ids,
    path,
    walk,
    seal: async (id, seal) => {
      await writeSeal(id, seal);
      await reclaim(id);
    },
    async deadOffsets(id) {
      return new Set((await readDead(id)).offsets.keys());
    },
    deadBytes: countDead,

    async markDead(id, offset, bytes) {
      const line = encodeDeadLine(id, offset, bytes);
      const open = unwritten.get(id);
      if (open) {
        open.lines.push(line);
        return await open.written;
      }
      // Removals of one turn of the event loop share an append and a look at what is left.
      const lines = [line];
      const written = new Promise((resolve) => setImmediate(resolve)).then(async () => {
        unwritten.delete(id);
        // A line of its own, even behind a line that a crash or a full disk cut off.
        await fileSystem.appendText(deadPath(id), `\n${lines.join('')}`);
        await reclaim(id);
      });
      unwritten.set(id, { lines, written });
      await written;
    },

    async sealAbandoned(writerId, candidates) {
      for (const name of await fileSystem.readdir(dir)) {
        const id = name.slice(0, -5);
        const isNote = name.endsWith('.dead') || name.endsWith('.seal');
        // A note whose pack is gone: the process died between the two deletions.
        if (isNote && isId(id) && (await sizeOf(fileSystem, path(id))) === undefined) {
          await removeFile(fileSystem, `${dir}/${name}`);
        }
      }
      for (const id of candidates) {
        if (await readSeal(id)) {
          // The process died before the last removal had its consequence, or the deletion was undone.
          await reclaim(id);
          continue;
        }
        const start = await readStart(fileSystem, path(id), packHeadBytes + 1);
        const head = decodePackHead(start, crc32c);
        // The head is on disk before the first entry: a file that is no longer than one has none.
        const isBegun = start.length > packHeadBytes || now() - idTime(id) <= headlessPackMs;
        if (!head && !isBegun) await deletePack(id);
        if (head?.writerId !== writerId) continue;
        let entries = 0;
        let end = packHeadBytes;
        for await (const entry of walk(id)) {
          entries++;
          end = entry.offset + entryBytes(entry.length);
        }
        await writeSeal(id, { entries, end });
        await reclaim(id);
      }
    },

    async stats() {
      const stats: PackStats[] = [];
      const present = await ids();
      // Other processes delete packs too.
      for (const id of deadTotals.keys()) if (!present.includes(id)) deadTotals.delete(id);
      for (const id of present) {
        const seal = await readSeal(id);
        const size = seal?.end ?? (await sizeOf(fileSystem, path(id))) ?? 0;
        const deadBytes = await countDead(id);
        const bytes = Math.max(0, size - packHeadBytes);
        stats.push({ id, sealed: seal !== undefined, entryBytes: bytes, deadBytes });
      }
      return stats;
    },
  };
}

/** Reads a file by pieces, keeping the last one. */
function createWindow(file: StoreFile) {
  let bytes = Buffer.alloc(0);
  let from = 0;

  async function load(offset: number): Promise<void> {
    const buffer = Buffer.allocUnsafe(walkReadBytes);
    const { bytesRead } = await file.read(buffer, 0, walkReadBytes, offset);
    bytes = buffer.subarray(0, bytesRead);
    from = offset;
  }

  return {
    /** Fewer at the end of the file. */
    async bytes(offset: number, count: number): Promise<Buffer> {
      if (offset < from || offset + count > from + bytes.length) await load(offset);
      return bytes.subarray(offset - from, offset - from + count);
    },
    /** The first place of a pattern at or after an offset. */
    async find(pattern: Buffer, offset: number): Promise<number | undefined> {
      for (let at = offset; ; ) {
        await load(at);
        const index = bytes.indexOf(pattern);
        if (index !== -1) return at + index;
        if (bytes.length < walkReadBytes) return undefined;
        at += bytes.length - pattern.length + 1;
      }
    },
  };
}

async function readFrom(fileSystem: FileSystem, path: string, offset: number): Promise<string> {
  try {
    const file = await fileSystem.open(path, 'r');
    try {
      const { size } = await file.stat();
      if (size <= offset) return '';
      const bytes = Buffer.alloc(size - offset);
      const { bytesRead } = await file.read(bytes, 0, bytes.length, offset);
      return bytes.toString('latin1', 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isMissing(error)) return '';
    throw error;
  }
}

async function readStart(fileSystem: FileSystem, path: string, count: number): Promise<Buffer> {
  const file = await fileSystem.open(path, 'r');
  try {
    const bytes = Buffer.alloc(count);
    const { bytesRead } = await file.read(bytes, 0, count, 0);
    return bytes.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function sizeOf(fileSystem: FileSystem, path: string): Promise<number | undefined> {
  try {
    return (await fileSystem.stat(path)).size;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
