/**
 * Goes over a pack from entry to entry. Where no head with the right checksum is (a torn write, damage, a place
 * that the disk cannot read), it goes on at the next one: whoever counts sees that by the gap.
 */

import { isUnreadable, readAll } from './durable-files.ts';
import type { StoreFile } from './file-system.ts';
import {
  type Crc32c,
  decodeEntryHead,
  type EntryHead,
  entryBytes,
  entryHeadBytes,
  entryMagic,
} from './layout.ts';

/** Bytes read at a time. */
const walkReadBytes = 256 * 1024;
/** The same, where the disk cannot read all of these. */
const smallReadBytes = 4096;
const nothing = Buffer.alloc(0);

export interface PackEntry extends EntryHead {
  readonly offset: number;
}

/** Complete entries in [from, end), in order. */
export async function* walkEntries(
  file: StoreFile,
  pack: { readonly id: string; readonly crc32c: Crc32c },
  from: number,
  end: number,
): AsyncGenerator<PackEntry> {
  const { size } = await file.stat();
  const window = createWindow(file, size);
  let offset = from;
  while (offset < end) {
    const bytes = await window.bytes(offset, entryHeadBytes);
    const head = decodeEntryHead(bytes, pack.id, offset, pack.crc32c);
    if (head) {
      const next = offset + entryBytes(head.length);
      // Half an entry at the end of the file was never acknowledged.
      if (next > size) return;
      yield { ...head, offset };
      offset = next;
      continue;
    }
    const found = await window.find(entryMagic, offset + 1);
    if (found === undefined) return;
    offset = found;
  }
}

/** Reads a file by pieces, keeping the last one. */
function createWindow(file: StoreFile, size: number) {
  let bytes: Buffer = nothing;
  let from = 0;

  /** Where the disk cannot read all of a piece, what can be read of it in small is used. */
  async function load(offset: number): Promise<void> {
    from = offset;
    bytes = (await read(offset, walkReadBytes)) ?? (await read(offset, smallReadBytes)) ?? nothing;
  }

  async function read(offset: number, count: number): Promise<Buffer | undefined> {
    const buffer = Buffer.allocUnsafe(count);
    try {
      return buffer.subarray(0, await readAll(file, buffer, offset));
    } catch (error) {
      if (isUnreadable(error)) return undefined;
      throw error;
    }
  }

  return {
    /** Fewer at the end of the file. */
    async bytes(offset: number, count: number): Promise<Buffer> {
      if (offset < from || offset + count > from + bytes.length) await load(offset);
      return bytes.subarray(offset - from, offset - from + count);
    },
    /** The first place of a pattern at or after an offset. */
    async find(pattern: Buffer, offset: number): Promise<number | undefined> {
      for (let at = offset; at + pattern.length <= size; ) {
        await load(at);
        const index = bytes.indexOf(pattern);
        if (index !== -1) return at + index;
        at += bytes.length < pattern.length ? smallReadBytes : bytes.length - pattern.length + 1;
      }
      return undefined;
    },
  };
}
