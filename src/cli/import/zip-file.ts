/**
 * Reads the files of a zip archive that fits into memory: stored or deflated, which is what MinIO writes.
 *
 * PKWARE APPNOTE 6.3, 4.3.6 (whole), 4.3.12 (central directory), 4.3.16 (its end), 4.4.4 (flags). The sizes of the central
 * directory count, as those before the data may be zero. Not read: encrypted files, Zip64, archives on several disks.
 */
import { crc32, inflateRawSync } from 'node:zlib';

export class ZipError extends Error {
  override readonly name = 'ZipError';
}

/** Of all files together, unpacked. */
const maxUnpackedBytes = 256 * 1024 ** 2;
const maxFiles = 1000;

const endBytes = 22;
const maxCommentBytes = 0xffff;
const endSignature = 0x06054b50;
const centralSignature = 0x02014b50;
const centralBytes = 46;
const localSignature = 0x04034b50;
const localBytes = 30;
const encryptedFlag = 0x0001;
const zip64Marker = 0xffffffff;
const methods = { stored: 0, deflated: 8 } as const;

/**
 * By their names.
 * @throws ZipError for what is no such archive, or was damaged
 */
export function readZip(archive: Buffer): ReadonlyMap<string, Buffer> {
  try {
    return filesIn(archive);
  } catch (error) {
    // Places beyond the end.
    if (error instanceof RangeError) throw new ZipError('it is cut off or damaged');
    throw error;
  }
}

function filesIn(archive: Buffer): ReadonlyMap<string, Buffer> {
  const end = endOf(archive);
  const count = archive.readUInt16LE(end + 10);
  if (count > maxFiles) throw new ZipError(`it has ${count} files; ${maxFiles} are read at most`);
  let at = archive.readUInt32LE(end + 16);
  if (at === zip64Marker) throw new ZipError('it is Zip64, which is not read');
  const files = new Map<string, Buffer>();
  let unpacked = 0;
  for (let file = 0; file < count; file++) {
    if (archive.readUInt32LE(at) !== centralSignature)
      throw new ZipError('its directory is damaged');
    const nameBytes = archive.readUInt16LE(at + 28);
    const name = archive.toString('utf8', at + centralBytes, at + centralBytes + nameBytes);
    const size = archive.readUInt32LE(at + 24);
    unpacked += size;
    if (unpacked > maxUnpackedBytes) {
      throw new ZipError(`it has more than ${maxUnpackedBytes} bytes, unpacked`);
    }
    files.set(name, fileAt(archive, at, name, size));
    at += centralBytes + nameBytes + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  return files;
}

/** Before it there is only what it says itself is a comment. */
function endOf(archive: Buffer): number {
  const first = Math.max(0, archive.length - endBytes - maxCommentBytes);
  for (let at = archive.length - endBytes; at >= first; at--) {
    if (archive.readUInt32LE(at) !== endSignature) continue;
    if (at + endBytes + archive.readUInt16LE(at + 20) === archive.length) return at;
  }
  throw new ZipError('it is no zip archive, or its end is missing');
}

function fileAt(archive: Buffer, central: number, name: string, size: number): Buffer {
  if ((archive.readUInt16LE(central + 8) & encryptedFlag) !== 0) {
    throw new ZipError(`${name} in it is encrypted`);
  }
  const method = archive.readUInt16LE(central + 10);
  const expected = archive.readUInt32LE(central + 16);
  const packed = archive.readUInt32LE(central + 20);
  const local = archive.readUInt32LE(central + 42);
  if (archive.readUInt32LE(local) !== localSignature)
    throw new ZipError(`${name} in it is damaged`);
  const start =
    local + localBytes + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
  const data = archive.subarray(start, start + packed);
  const content = data.length === packed ? unpack(data, method, name, size) : undefined;
  if (content?.length !== size || crc32(content) !== expected) {
    throw new ZipError(`${name} in it is damaged`);
  }
  return content;
}

function unpack(data: Buffer, method: number, name: string, size: number): Buffer | undefined {
  if (method === methods.stored) return data;
  if (method !== methods.deflated)
    throw new ZipError(`${name} in it is packed by method ${method}`);
  try {
    return inflateRawSync(data, { maxOutputLength: Math.max(1, size) });
  } catch {
    return undefined;
  }
}
