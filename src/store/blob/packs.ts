/**
 * The packs of a directory as things that are listed, emptied and reclaimed.
 *
 * A pack never changes behind its back: what was removed is noted in a list beside it (`<id>.dead`), and
 * that it takes no more entries in a seal (`<id>.seal`). A sealed pack whose entries are all dead is
 * deleted. Neither note is flushed: a lost one makes the orphan sweep offer the same removals again.
 */

import { isMissing, readAll, removeFile } from './durable-files.ts';
import type { FileSystem } from './file-system.ts';
import {
  type Crc32c,
  decodePackHead,
  entryBytes,
  idTime,
  isId,
  type PackHead,
  packHeadBytes,
} from './layout.ts';
import { createPackSeals, type PackSeal } from './pack-seals.ts';
import { type PackEntry, walkEntries } from './pack-walk.ts';

/** Most dead lists in memory; one of a pack full of 4 KiB bodies takes some 20 MB. */
const maxDeadLists = 8;
/** A pack that got no head in this time is nobody's. */
const headlessPackMs = 3_600_000;

export interface PackStats {
  readonly id: string;
  readonly sealed: boolean;
  /** Bytes of entries, dead ones included. */
  readonly entryBytes: number;
  readonly deadBytes: number;
}

export interface PackFlaw {
  readonly id: string;
  readonly why: string;
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
  /** Whether it may hold entries that a walk does not find: a doubtful pack, or one with damaged heads. */
  mayHide(id: string): Promise<boolean>;
  /** Packs whose seal is doubtful. */
  doubtful(): Promise<readonly string[]>;
  /** No record refers to what cannot be read in it. */
  settle(id: string): Promise<void>;
  /** Counts a pack anew and seals it, whatever its seal says. */
  reseal(id: string): Promise<void>;
  /** What is wrong with heads and seals; the packs' entries are not looked at. */
  flaws(): Promise<readonly PackFlaw[]>;
  /** Whether its writer ended without sealing it. */
  isAbandoned(id: string): Promise<boolean>;
  /** Seals those of the given packs that an earlier process of this writer left open, and notes that it is gone. */
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
  const seals = createPackSeals({
    fileSystem,
    dir,
    crc32c,
    sizeOf: (id) => sizeOf(fileSystem, path(id)),
  });

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

  async function writeSeal(id: string, seal: PackSeal): Promise<void> {
    await seals.write(id, seal, (await sizeOf(fileSystem, path(id))) ?? 0);
  }

  async function* walk(id: string, from = packHeadBytes): AsyncGenerator<PackEntry> {
    const end = (await seals.read(id))?.end ?? Number.POSITIVE_INFINITY;
    const file = await fileSystem.open(path(id), 'r');
    try {
      yield* walkEntries(file, { id, crc32c }, from, end);
    } finally {
      await file.close();
    }
  }

  async function readHead(id: string): Promise<{ head: PackHead | undefined; isBegun: boolean }> {
    const start = await readStart(fileSystem, path(id), packHeadBytes + 1);
    const head = decodePackHead(start, crc32c);
    // The head is on disk before the first entry: a file that is no longer than one has none.
    return { head: head?.id === id ? head : undefined, isBegun: start.length > packHeadBytes };
  }

  async function deletePack(id: string): Promise<void> {
    await removeFile(fileSystem, path(id));
    onDeleted(path(id));
    deadLists.delete(id);
    deadTotals.delete(id);
    await removeFile(fileSystem, deadPath(id));
    await removeFile(fileSystem, seals.path(id));
  }

  /**
   * Deletes a sealed pack if every entry that was acknowledged is dead. One whose head is damaged is not found,
   * but counted in the seal, and its removal noted at its offset.
   */
  async function reclaim(id: string): Promise<void> {
    const seal = await seals.read(id);
    if (!seal || seal.doubtful) return;
    const { offsets } = await readDead(id);
    let dead = 0;
    for (const offset of offsets.keys()) if (offset < seal.end) dead++;
    if (dead < seal.entries) return;
    try {
      for await (const { offset } of walk(id)) {
        if (!offsets.has(offset)) return;
      }
    } catch (error) {
      // Another process deleted it meanwhile; what was noted since goes, too.
      if (!isMissing(error)) throw error;
    }
    await deletePack(id);
  }

  /** What a writer that is gone left, as far as it can be read. */
  async function countEntries(id: string): Promise<PackSeal> {
    let entries = 0;
    let end = packHeadBytes;
    let isWhole = true;
    for await (const entry of walk(id)) {
      isWhole &&= entry.offset === end;
      entries++;
      end = entry.offset + entryBytes(entry.length);
    }
    isWhole &&= (await sizeOf(fileSystem, path(id))) === end;
    return { entries, end, ...(isWhole ? {} : { doubtful: true }) };
  }

  async function sealIfAbandoned(id: string, writerId: string): Promise<void> {
    if (await seals.read(id)) {
      // The process died before the last removal had its consequence, or the deletion was undone.
      return await reclaim(id);
    }
    const { head, isBegun } = await readHead(id);
    if (!head && !isBegun && now() - idTime(id) > headlessPackMs) await deletePack(id);
    if (head?.writerId !== writerId) return;
    await writeSeal(id, { ...(await countEntries(id)), abandoned: true });
    await reclaim(id);
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
    isAbandoned: async (id) => (await seals.read(id))?.abandoned === true,

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
        try {
          await sealIfAbandoned(id, writerId);
        } catch (error) {
          // Another process deleted it meanwhile.
          if (!isMissing(error)) throw error;
        }
      }
    },

    async mayHide(id) {
      const seal = await seals.read(id);
      if (!seal) return false;
      if (seal.doubtful) return true;
      let found = 0;
      try {
        for await (const _ of walk(id)) found++;
      } catch (error) {
        // Deleted meanwhile: everything in it was dead.
        if (isMissing(error)) return false;
        throw error;
      }
      return found < seal.entries;
    },

    async doubtful() {
      const doubtful: string[] = [];
      for (const id of await ids()) if ((await seals.read(id))?.doubtful) doubtful.push(id);
      return doubtful;
    },

    async settle(id) {
      const seal = await seals.read(id);
      if (!seal) return;
      const { doubtful: _, ...settled } = seal;
      await writeSeal(id, settled);
      await reclaim(id);
    },

    async reseal(id) {
      await writeSeal(id, await countEntries(id));
      await reclaim(id);
    },

    async flaws() {
      const flaws: PackFlaw[] = [];
      for (const id of await ids()) {
        try {
          const { head, isBegun } = await readHead(id);
          if (!head && isBegun) flaws.push({ id, why: 'its head differs from its checksum' });
          if (await seals.isDamaged(id)) flaws.push({ id, why: 'its seal cannot be read' });
        } catch (error) {
          // Gone meanwhile.
          if (!isMissing(error)) throw error;
        }
      }
      return flaws;
    },

    async stats() {
      const stats: PackStats[] = [];
      const present = await ids();
      // Other processes delete packs too.
      for (const id of deadTotals.keys()) if (!present.includes(id)) deadTotals.delete(id);
      for (const id of present) {
        const seal = await seals.read(id);
        const size = seal?.end ?? (await sizeOf(fileSystem, path(id))) ?? 0;
        const deadBytes = await countDead(id);
        const bytes = Math.max(0, size - packHeadBytes);
        stats.push({ id, sealed: seal !== undefined, entryBytes: bytes, deadBytes });
      }
      return stats;
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
      return bytes.toString('latin1', 0, await readAll(file, bytes, offset));
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
    return bytes.subarray(0, await readAll(file, bytes, 0));
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
