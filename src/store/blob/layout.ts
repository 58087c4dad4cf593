/**
 * How bytes lie on disk, and how a locator says where. Part of the on-disk format
 * (docs/on-disk-format.md); all integers are little-endian.
 *
 * A body is cut into blocks. Wherever it lies, its bytes are followed by a table of one CRC32C a block,
 * so one reader serves packs and files: bytes at `base`, checksums at `base + length`.
 */

import { BlobCorruptError, type BlobLocator } from './port.ts';

/** CRC32C of the bytes, continuing from the CRC of what came before them. */
export type Crc32c = (bytes: Buffer, previous?: number) => number;

/** Bytes that one checksum covers. */
export const blockBytes = 256 * 1024;
export const checksumBytes = 4;

export const idBytes = 16;
const idTimeBytes = 6;
const formatVersion = 1;

export function blockCount(length: number): number {
  return Math.ceil(length / blockBytes);
}

/** Time-ordered and random, as hex: 48 bits of milliseconds, 80 random ones. */
export function createId(now: number, random: Buffer): string {
  const id = Buffer.alloc(idBytes);
  id.writeUIntBE(now, 0, idTimeBytes);
  random.copy(id, idTimeBytes, 0, idBytes - idTimeBytes);
  return id.toString('hex');
}

export function isId(name: string): boolean {
  return /^[0-9a-f]{32}$/.test(name);
}

/** When an id was made, in milliseconds since the epoch. */
export function idTime(id: string): number {
  return Number.parseInt(id.slice(0, 2 * idTimeBytes), 16);
}

// Locators: a tag byte, the pack's or file's id, and in a pack the entry's offset.

const packTag = 1;
const fileTag = 2;
const offsetBytes = 6;

export type BlobPlace =
  | { readonly home: 'pack'; readonly id: string; readonly offset: number }
  | { readonly home: 'file'; readonly id: string };

export function encodeLocator(place: BlobPlace): BlobLocator {
  const id = Buffer.from(place.id, 'hex');
  if (place.home === 'file') return Buffer.concat([Buffer.of(fileTag), id]);
  const offset = Buffer.alloc(offsetBytes);
  offset.writeUIntLE(place.offset, 0, offsetBytes);
  return Buffer.concat([Buffer.of(packTag), id, offset]);
}

export function decodeLocator(locator: BlobLocator): BlobPlace {
  const id = locator.toString('hex', 1, 1 + idBytes);
  if (locator[0] === fileTag && locator.length === 1 + idBytes) return { home: 'file', id };
  if (locator[0] === packTag && locator.length === 1 + idBytes + offsetBytes) {
    return { home: 'pack', id, offset: locator.readUIntLE(1 + idBytes, offsetBytes) };
  }
  throw new BlobCorruptError(`locator ${locator.toString('hex')} is none of this store`, locator);
}

// Packs.

const packMagic = Buffer.from('KISTPACK', 'latin1');
export const packHeadBytes = 64;
export const maxWriterIdBytes = 16;

export interface PackHead {
  readonly id: string;
  readonly createdAt: number;
  /** Whose pack it is: of one live process at a time, and of its successor after a restart. */
  readonly writerId: string;
}

export function encodePackHead(head: PackHead, crc32c: Crc32c): Buffer {
  const bytes = Buffer.alloc(packHeadBytes);
  packMagic.copy(bytes, 0);
  bytes.writeUInt32LE(formatVersion, 8);
  bytes.write(head.id, 16, 'hex');
  bytes.writeBigUInt64LE(BigInt(head.createdAt), 32);
  bytes.write(head.writerId, 40, maxWriterIdBytes, 'utf8');
  bytes.writeUInt32LE(crc32c(bytes.subarray(0, 60)), 60);
  return bytes;
}

export function decodePackHead(bytes: Buffer, crc32c: Crc32c): PackHead | undefined {
  if (bytes.length < packHeadBytes || !bytes.subarray(0, 8).equals(packMagic)) return undefined;
  if (bytes.readUInt32LE(60) !== crc32c(bytes.subarray(0, 60))) return undefined;
  const writerId = bytes.subarray(40, 40 + maxWriterIdBytes);
  const writerIdEnd = writerId.indexOf(0);
  return {
    id: bytes.toString('hex', 16, 16 + idBytes),
    createdAt: Number(bytes.readBigUInt64LE(32)),
    writerId: writerId.toString('utf8', 0, writerIdEnd === -1 ? maxWriterIdBytes : writerIdEnd),
  };
}

export const entryMagic = Buffer.from('KBLB', 'latin1');
export const entryHeadBytes = 48;
const entryHeadChecksumAt = 44;

export interface EntryHead {
  /** The blob's id as hex. */
  readonly id: string;
  readonly length: number;
  readonly writtenAt: number;
}

/** Bytes of a whole entry: head, body, checksums. */
export function entryBytes(length: number): number {
  return entryHeadBytes + length + blockCount(length) * checksumBytes;
}

/** The head's own checksum covers where it lies, so that a head in the wrong place is none. */
function entryHeadChecksum(head: Buffer, packId: string, offset: number, crc32c: Crc32c): number {
  const place = Buffer.allocUnsafe(idBytes + 8);
  place.write(packId, 0, 'hex');
  place.writeBigUInt64LE(BigInt(offset), idBytes);
  return crc32c(head.subarray(0, entryHeadChecksumAt), crc32c(place));
}

export function encodeEntryHead(
  head: EntryHead,
  packId: string,
  offset: number,
  crc32c: Crc32c,
): Buffer {
  const bytes = Buffer.alloc(entryHeadBytes);
  entryMagic.copy(bytes, 0);
  bytes.writeUInt32LE(formatVersion, 4);
  bytes.writeUInt32LE(head.length, 8);
  bytes.writeUInt32LE(blockBytes, 12);
  bytes.writeBigUInt64LE(BigInt(head.writtenAt), 16);
  bytes.write(head.id, 24, 'hex');
  bytes.writeUInt32LE(entryHeadChecksum(bytes, packId, offset, crc32c), entryHeadChecksumAt);
  return bytes;
}

export function decodeEntryHead(
  bytes: Buffer,
  packId: string,
  offset: number,
  crc32c: Crc32c,
): EntryHead | undefined {
  if (bytes.length < entryHeadBytes || !bytes.subarray(0, 4).equals(entryMagic)) return undefined;
  const checksum = entryHeadChecksum(bytes, packId, offset, crc32c);
  if (bytes.readUInt32LE(entryHeadChecksumAt) !== checksum) return undefined;
  return {
    id: bytes.toString('hex', 24, 24 + idBytes),
    length: bytes.readUInt32LE(8),
    writtenAt: Number(bytes.readBigUInt64LE(16)),
  };
}

// Files: the bytes, one checksum a block, and a trailer.

const fileMagic = Buffer.from('KISTBLOB', 'latin1');
export const fileTrailerBytes = 56;

export interface FileTrailer {
  /** The blob's id as hex; also the file's name. */
  readonly id: string;
  readonly length: number;
  readonly writtenAt: number;
}

/** What follows the bytes of a file. */
export function encodeFileFooter(
  checksums: readonly number[],
  trailer: FileTrailer,
  crc32c: Crc32c,
): Buffer {
  const tableBytes = checksums.length * checksumBytes;
  const bytes = Buffer.alloc(tableBytes + fileTrailerBytes);
  encodeChecksums(checksums).copy(bytes, 0);
  fileMagic.copy(bytes, tableBytes);
  bytes.writeUInt32LE(formatVersion, tableBytes + 8);
  bytes.writeUInt32LE(blockBytes, tableBytes + 12);
  bytes.writeBigUInt64LE(BigInt(trailer.length), tableBytes + 16);
  bytes.writeBigUInt64LE(BigInt(trailer.writtenAt), tableBytes + 24);
  bytes.write(trailer.id, tableBytes + 32, 'hex');
  bytes.writeUInt32LE(crc32c(bytes.subarray(0, tableBytes + 52)), tableBytes + 52);
  return bytes;
}

/**
 * Undefined where it differs from its checksum.
 * @param tableChecksum CRC32C of the checksums before it
 */
export function decodeFileTrailer(
  bytes: Buffer,
  tableChecksum: number,
  crc32c: Crc32c,
): FileTrailer | undefined {
  if (bytes.length < fileTrailerBytes || !bytes.subarray(0, 8).equals(fileMagic)) return undefined;
  if (bytes.readUInt32LE(52) !== crc32c(bytes.subarray(0, 52), tableChecksum)) return undefined;
  return {
    id: bytes.toString('hex', 32, 32 + idBytes),
    length: Number(bytes.readBigUInt64LE(16)),
    writtenAt: Number(bytes.readBigUInt64LE(24)),
  };
}

/** Length of the body in a complete file of this size. */
export function fileBodyLength(fileSize: number): number {
  const withTable = Math.max(0, fileSize - fileTrailerBytes);
  const blocks = Math.ceil(withTable / (blockBytes + checksumBytes));
  return Math.max(0, withTable - blocks * checksumBytes);
}

export function encodeChecksums(checksums: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(checksums.length * checksumBytes);
  for (const [i, checksum] of checksums.entries()) {
    bytes.writeUInt32LE(checksum, i * checksumBytes);
  }
  return bytes;
}

/** The checksums of a body that arrives in chunks of any size. */
export function createBlockChecksums(crc32c: Crc32c) {
  const finished: number[] = [];
  let current = 0;
  let inBlock = 0;
  return {
    add(chunk: Buffer): void {
      for (let at = 0; at < chunk.length; ) {
        const piece = chunk.subarray(at, at + blockBytes - inBlock);
        current = crc32c(piece, current);
        inBlock += piece.length;
        at += piece.length;
        if (inBlock === blockBytes) {
          finished.push(current);
          current = 0;
          inBlock = 0;
        }
      }
    },
    /** One checksum a block; call once, after the last chunk. */
    finish(): readonly number[] {
      if (inBlock > 0) finished.push(current);
      return finished;
    },
  };
}
