/**
 * What surrounds a body: the head of its entry in a pack, or the checksums and the trailer of its file. Reading
 * needs none of it but the checksums; the sweep, compaction and people who repair do.
 */

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

  const read = async (position: number, count: number): Promise<Buffer> => {
    const bytes = Buffer.allocUnsafe(count);
    const file = {
      read: (to: Buffer, offset: number, wanted: number, at: number) =>
        fileSystem.read(body.fd, to, offset, wanted, at),
    };
    if ((await readAll(file, bytes, position)) === count) return bytes;
    throw new BlobCorruptError(`${where}: its file ends before ${position + count}`, locator);
  };

  if (place.home === 'pack') {
    const head = decodeEntryHead(
      await read(place.offset, entryHeadBytes),
      place.id,
      place.offset,
      crc32c,
    );
    const end = place.offset + entryHeadBytes + length + tableBytes;
    if (tableBytes > 0) await read(end - checksumBytes, checksumBytes);
    if (head?.length === length) return;
    throw new BlobFrameError(`${where}: the head of the entry is damaged`, locator);
  }
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
