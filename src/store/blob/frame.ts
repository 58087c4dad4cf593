/**
 * What surrounds a body: the head of its entry in a pack, or the checksums and the trailer of its file. Reading
 * needs none of it but the checksums; the sweep, compaction and people who repair do.
 */

import { readFullySync } from './block-reader.ts';
import { readAll } from './durable-files.ts';
import type { FileSystem } from './file-system.ts';
import {
  type BlobPlace,
  blockCount,
  type Crc32c,
  checksumBytes,
  decodeEntryHead,
  decodeFileTrailer,
  entryHeadBytes,
  fileTrailerBytes,
} from './layout.ts';
import { BlobCorruptError, BlobFrameError, type BlobLocator } from './port.ts';

/** Checksums read at a time. */
const pieceBytes = 1024 * 1024;

interface Deps {
  readonly fileSystem: FileSystem;
  readonly crc32c: Crc32c;
}

interface FramedBody {
  readonly fd: number;
  readonly place: BlobPlace;
  readonly length: number;
  readonly locator: BlobLocator;
  /** For messages. */
  readonly where: string;
}

/** @throws BlobFrameError where the frame is not that of this body, BlobCorruptError where the body ends early */
export async function verifyFrame({ fileSystem, crc32c }: Deps, body: FramedBody): Promise<void> {
  const { place, length, locator, where } = body;
  const tableBytes = blockCount(length) * checksumBytes;

  const assertAll = (count: number, bytes: Buffer, position: number): Buffer => {
    if (count === bytes.length) return bytes;
    const end = position + bytes.length;
    throw new BlobCorruptError(`${where}: its file ends before ${end}`, locator);
  };

  if (place.home === 'pack') {
    // A few bytes beside those that were read just now: cheaper than a turn of the thread pool.
    const read = (position: number, count: number): Buffer => {
      const bytes = Buffer.allocUnsafe(count);
      return assertAll(readFullySync(fileSystem, body.fd, bytes, position), bytes, position);
    };
    const bytes = read(place.offset, entryHeadBytes);
    if (tableBytes > 0) {
      read(place.offset + entryHeadBytes + length + tableBytes - checksumBytes, checksumBytes);
    }
    if (decodeEntryHead(bytes, place.id, place.offset, crc32c)?.length === length) return;
    throw new BlobFrameError(`${where}: the head of the entry is damaged`, locator);
  }

  const file = {
    read: (to: Buffer, offset: number, wanted: number, at: number) =>
      fileSystem.read(body.fd, to, offset, wanted, at),
  };
  const read = async (position: number, count: number): Promise<Buffer> => {
    const bytes = Buffer.allocUnsafe(count);
    return assertAll(await readAll(file, bytes, position), bytes, position);
  };
  let checksum = 0;
  for (let at = 0; at < tableBytes; at += pieceBytes) {
    const piece = await read(length + at, Math.min(pieceBytes, tableBytes - at));
    checksum = crc32c(piece, checksum);
  }
  const trailer = decodeFileTrailer(
    await read(length + tableBytes, fileTrailerBytes),
    checksum,
    crc32c,
  );
  if (trailer?.length === length && trailer.id === place.id) return;
  throw new BlobFrameError(`${where}: the trailer or the checksums are damaged`, locator);
}
