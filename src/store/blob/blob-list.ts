/** Every blob of a directory in a stable order, a page at a time: entries of packs that live, then files. */

import { isMissing } from './durable-files.ts';
import type { FileSystem } from './file-system.ts';
import { encodeLocator, fileBodyLength, isId } from './layout.ts';
import type { Packs } from './packs.ts';
import type { BlobListEntry, BlobPage } from './port.ts';

/** Most entries in a page of a list. */
const maxListEntries = 1000;

/** Where a list goes on: a pack's entry, or a file by directory and id. */
interface ListCursor {
  readonly home: 'pack' | 'file';
  readonly name: string;
  readonly offset: number;
}

export interface BlobList {
  page(cursor: string | undefined): Promise<BlobPage>;
  /** What lives in one pack, in order; nothing if the pack is gone. */
  packPages(pack: string): AsyncGenerator<readonly BlobListEntry[]>;
}

export function createBlobList({
  fileSystem,
  packs,
  fileDir,
}: {
  readonly fileSystem: FileSystem;
  readonly packs: Packs;
  readonly fileDir: string;
}): BlobList {
  /** Live entries from an offset on. */
  async function* livingIn(pack: string, from?: number) {
    const dead = await packs.deadOffsets(pack);
    const writerIsGone = await packs.isAbandoned(pack);
    try {
      for await (const { id, length, writtenAt, offset } of packs.walk(pack, from)) {
        if (dead.has(offset)) continue;
        const locator = encodeLocator({ home: 'pack', id: pack, offset });
        const entry: BlobListEntry = {
          ...{ id: Buffer.from(id, 'hex'), locator, length, writtenAt },
          ...(writerIsGone && { writerIsGone }),
        };
        yield { offset, entry };
      }
    } catch (error) {
      // Reclaimed meanwhile: everything in it was dead.
      if (!isMissing(error)) throw error;
    }
  }

  async function listPacks(cursor: ListCursor, entries: BlobListEntry[]): Promise<ListCursor> {
    for (const id of await packs.ids()) {
      if (id < cursor.name) continue;
      const from = id === cursor.name && cursor.offset > 0 ? cursor.offset : undefined;
      for await (const { offset, entry } of livingIn(id, from)) {
        if (entries.length === maxListEntries) return { home: 'pack', name: id, offset };
        entries.push(entry);
      }
    }
    return { home: 'file', name: '', offset: 0 };
  }

  async function listFiles(
    cursor: ListCursor,
    entries: BlobListEntry[],
  ): Promise<ListCursor | undefined> {
    const directories = (await fileSystem.readdir(fileDir)).filter((name) =>
      /^[0-9a-f]{2}$/.test(name),
    );
    for (const directory of directories.sort()) {
      if (directory < cursor.name.slice(0, 2)) continue;
      for (const name of [...(await fileSystem.readdir(`${fileDir}/${directory}`))].sort()) {
        const id = name.slice(0, -'.blob'.length);
        if (!name.endsWith('.blob') || !isId(id)) continue;
        const position = `${directory}/${id}`;
        if (position < cursor.name) continue;
        if (entries.length === maxListEntries) return { home: 'file', name: position, offset: 0 };
        const found = await statFile(fileSystem, `${fileDir}/${directory}/${name}`);
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

  return {
    async page(cursor) {
      const entries: BlobListEntry[] = [];
      let next: ListCursor | undefined = decodeCursor(cursor);
      if (next.home === 'pack') next = await listPacks(next, entries);
      if (next.home === 'file') next = await listFiles(next, entries);
      return { entries, next: next && encodeCursor(next) };
    },

    async *packPages(pack) {
      let entries: BlobListEntry[] = [];
      for await (const { entry } of livingIn(pack)) {
        entries.push(entry);
        if (entries.length < maxListEntries) continue;
        yield entries;
        entries = [];
      }
      if (entries.length > 0) yield entries;
    },
  };
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

async function statFile(fileSystem: FileSystem, path: string) {
  try {
    return await fileSystem.stat(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
