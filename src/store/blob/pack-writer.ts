/**
 * Appends small bodies to this process's own pack. At most one group of them is being written at a time;
 * those that arrive meanwhile form the next one: one writev and one fdatasync serve them all.
 *
 * After a failed write nobody knows what lies behind the last acknowledged entry, so the pack is sealed
 * there and the next group starts a new one.
 */

import { type FileHandle, rm } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type OnSync, type OpenFile, sync, syncDirectory, writeAll } from './durable-files.ts';
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
  readonly openFile: OpenFile;
  readonly onSync?: OnSync | undefined;
  /** Told when a pack takes no more entries. */
  readonly onSealed: (packId: string, seal: { entries: number; end: number }) => Promise<void>;
}

export interface PackWriter {
  /** Durable when it resolves. */
  append(id: string, chunks: readonly Buffer[], length: number): Promise<BlobPlace>;
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
  readonly file: FileHandle;
  /** Behind the last acknowledged entry. */
  end: number;
  entries: number;
}

export function createPackWriter(options: PackWriterOptions): PackWriter {
  const { dir, writerId, packMaxBytes, crc32c, now, randomBytes, openFile } = options;
  const queue: Waiting[] = [];
  let queuedBytes = 0;
  let draining: Promise<void> | undefined;
  let current: Pack | undefined;

  async function startPack(): Promise<Pack> {
    const id = createId(now(), randomBytes(idBytes));
    const path = `${dir}/${id}.pack`;
    const file = await openFile(path, 'wx');
    try {
      await writeAll(file, [encodePackHead({ id, createdAt: now(), writerId }, crc32c)], 0);
      await file.datasync();
      await syncDirectory(dir);
    } catch (error) {
      await file.close();
      await rm(path, { force: true });
      throw error;
    }
    return { id, file, end: packHeadBytes, entries: 0 };
  }

  async function sealCurrent(): Promise<void> {
    const pack = current;
    if (!pack) return;
    current = undefined;
    await pack.file.close();
    await options.onSealed(pack.id, { entries: pack.entries, end: pack.end });
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

  async function drain(): Promise<void> {
    while (queue.length > 0) {
      // Bodies of requests that arrived in this turn of the event loop belong to this group too.
      await nextTurn();
      const group = takeGroup();
      try {
        const places = await writeGroup(group);
        for (const [i, { resolve }] of group.entries()) resolve(places[i]!);
      } catch (error) {
        for (const { reject } of group) reject(error);
        // Without a seal the pack only waits for the next start to get one.
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
    async close() {
      while (draining) await draining;
      await sealCurrent();
    },
  };
}
