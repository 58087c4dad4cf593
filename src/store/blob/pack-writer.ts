/**
 * Appends small bodies to this process's own pack. At most one group of them is being written at a time;
 * those that arrive meanwhile form the next one: one writev and one fdatasync serve them all.
 *
 * After a failed write or flush nobody knows what lies behind the last acknowledged entry, and asking the
 * system to flush the same file again would only bring a success that means nothing. So the file is given
 * up: the pack is sealed behind that entry, or removed if it has none, everybody in the group is told, and
 * the next group starts a new one.
 */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { type OnSync, removeFile, sync, syncDirectory, writeAll } from './durable-files.ts';
import type { FileSystem, StoreFile } from './file-system.ts';
import {
  type BlobPlace,
  type Crc32c,
  createBlockChecksums,
  createId,
  encodeChecksums,
  encodeEntryHead,
  encodePackHead,
  entryBytes,
  idBytes,
  packHeadBytes,
} from './layout.ts';
import { BlobBusyError } from './port.ts';

/** Most bytes in one group. */
const maxGroupBytes = 8 * 1024 * 1024;
/** Most entries in one group. */
const maxGroupEntries = 1024;
/** Most bodies waiting for a group. */
const maxQueuedBodies = 8192;
/** Most bytes waiting for a group. */
const maxQueuedBytes = 512 * 1024 * 1024;

export interface PackWriterOptions {
  /** Directory of the packs. */
  readonly dir: string;
  readonly writerId: string;
  /** A pack is sealed before it grows beyond this. */
  readonly packMaxBytes: number;
  readonly crc32c: Crc32c;
  readonly now: () => number;
  readonly randomBytes: (count: number) => Buffer;
  readonly fileSystem: FileSystem;
  readonly onSync?: OnSync | undefined;
  /** Told when a pack takes no more entries. */
  readonly onSealed: (packId: string, seal: { entries: number; end: number }) => Promise<void>;
}

export interface PackWriter {
  /** Durable when it resolves. */
  append(id: string, chunks: readonly Buffer[], length: number): Promise<BlobPlace>;
  /** The pack that is being written, and the bytes of its acknowledged entries. */
  current(): { readonly id: string; readonly bytes: number } | undefined;
  /** Seals a pack after the group under way, if it is still the one being written; true if it did. */
  retire(id: string): Promise<boolean>;
  /** Waits for appends under way, then seals the pack. */
  close(): Promise<void>;
}

interface Waiting {
  readonly id: string;
  readonly chunks: readonly Buffer[];
  readonly length: number;
  readonly resolve: (place: BlobPlace) => void;
  readonly reject: (error: unknown) => void;
}

interface Pack {
  readonly id: string;
  readonly file: StoreFile;
  /** Behind the last acknowledged entry. */
  end: number;
  entries: number;
}

export function createPackWriter(options: PackWriterOptions): PackWriter {
  const { dir, writerId, packMaxBytes, crc32c, now, randomBytes, fileSystem } = options;
  const queue: Waiting[] = [];
  let queuedBytes = 0;
  let draining: Promise<void> | undefined;
  let current: Pack | undefined;
  /** They take no more entries, but the disk has not taken their seals yet. */
  const unsealed: Pack[] = [];
  let retiring: { readonly id: string; readonly done: (sealed: boolean) => void } | undefined;

  async function startPack(): Promise<Pack> {
    const id = createId(now(), randomBytes(idBytes));
    const path = `${dir}/${id}.pack`;
    const file = await fileSystem.open(path, 'wx');
    try {
      await writeAll(file, [encodePackHead({ id, createdAt: now(), writerId }, crc32c)], 0);
      await file.datasync();
      await syncDirectory(fileSystem, dir);
    } catch (error) {
      await file.close();
      await removeFile(fileSystem, path);
      throw error;
    }
    return { id, file, end: packHeadBytes, entries: 0 };
  }

  async function sealCurrent(): Promise<void> {
    const pack = current;
    if (!pack) return;
    current = undefined;
    unsealed.push(pack);
    // Its acknowledged entries are on disk: a failing close takes nothing from them.
    await pack.file.close().catch(() => {});
    await sealFinished();
  }

  async function sealFinished(): Promise<void> {
    for (let pack = unsealed[0]; pack !== undefined; pack = unsealed[0]) {
      // Nobody knows of what is in a pack without an entry, and a full disk has no room for it.
      if (pack.entries === 0) await removeFile(fileSystem, `${dir}/${pack.id}.pack`);
      else await options.onSealed(pack.id, { entries: pack.entries, end: pack.end });
      unsealed.shift();
    }
  }

  function takeGroup(): Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const { length } of queue) {
      bytes += entryBytes(length);
      if (count > 0 && (bytes > maxGroupBytes || count === maxGroupEntries)) break;
      count++;
    }
    const group = queue.splice(0, count);
    for (const { length } of group) queuedBytes -= length;
    return group;
  }

  /** Between two groups. A seal that the disk does not take waits for the next group that it takes. */
  async function retireNow(): Promise<void> {
    const wanted = retiring;
    retiring = undefined;
    if (wanted === undefined) return;
    const isCurrent = current?.id === wanted.id;
    if (isCurrent) await sealCurrent().catch(() => {});
    wanted.done(isCurrent);
  }

  async function drain(): Promise<void> {
    while (queue.length > 0 || retiring !== undefined) {
      await retireNow();
      if (queue.length === 0) continue;
      // Bodies of requests that arrived in this turn of the event loop belong to this group too.
      await nextTurn();
      const group = takeGroup();
      try {
        const places = await writeGroup(group);
        for (const [i, { resolve }] of group.entries()) resolve(places[i]!);
        if (unsealed.length > 0) await sealFinished().catch(() => {});
      } catch (error) {
        for (const { reject } of group) reject(error);
        await sealCurrent().catch(() => {});
      }
    }
    draining = undefined;
  }

  async function writeGroup(group: readonly Waiting[]): Promise<BlobPlace[]> {
    const groupBytes = group.reduce((sum, { length }) => sum + entryBytes(length), 0);
    if (current && current.entries > 0 && current.end + groupBytes > packMaxBytes) {
      await sealCurrent();
    }
    current ??= await startPack();
    const pack = current;

    const buffers: Buffer[] = [];
    const places: BlobPlace[] = [];
    const writtenAt = now();
    let end = pack.end;
    for (const { id, chunks, length } of group) {
      const checksums = createBlockChecksums(crc32c);
      for (const chunk of chunks) checksums.add(chunk);
      buffers.push(encodeEntryHead({ id, length, writtenAt }, pack.id, end, crc32c), ...chunks);
      buffers.push(encodeChecksums(checksums.finish()));
      places.push({ home: 'pack', id: pack.id, offset: end });
      end += entryBytes(length);
    }
    await writeAll(pack.file, buffers, pack.end);
    await sync(pack.file, group.length, options.onSync);
    pack.end = end;
    pack.entries += group.length;
    return places;
  }

  return {
    async append(id, chunks, length) {
      if (queue.length >= maxQueuedBodies || queuedBytes + length > maxQueuedBytes) {
        throw new BlobBusyError(`${queue.length} bodies wait for a pack already`);
      }
      return await new Promise<BlobPlace>((resolve, reject) => {
        queue.push({ id, chunks, length, resolve, reject });
        queuedBytes += length;
        draining ??= drain();
      });
    },
    current: () => current && { id: current.id, bytes: current.end - packHeadBytes },
    async retire(id) {
      if (retiring !== undefined) return false;
      return await new Promise<boolean>((done) => {
        retiring = { id, done };
        draining ??= drain();
      });
    },
    async close() {
      while (draining) await draining;
      await sealCurrent();
      await sealFinished();
    },
  };
}
