/**
 * How records are written: one format byte, the payload, and the CRC32C of both (little-endian).
 *
 * Format 1 is JSON in UTF-8, readable without this program. Blob records are binary (format 2),
 * since a completed upload has thousands of extents. docs/on-disk-format.md has the byte layouts.
 */
import { crc32cOf } from '../digest/digest.ts';
import { RecordCorruptError } from './errors.ts';
import type { BlobHome, BlobRecord, Extent, ObjectPart } from './records.ts';

const jsonFormat = 1;
const blobFormat = 2;
const checksumBytes = 4;

const blobKinds = { inline: 1, stored: 2, extents: 3 } as const;
/** format, kind, references (u32), length (f64) */
const blobHeaderBytes = 1 + 1 + 4 + 8;
const blobIdBytes = 16;
/** blob id, offset (f64), length (f64) */
const extentBytes = blobIdBytes + 8 + 8;

function seal(buffer: Buffer): Buffer {
  const end = buffer.length - checksumBytes;
  buffer.writeUInt32LE(crc32cOf(buffer.subarray(0, end)), end);
  return buffer;
}

/** The CRC32C of whatever is followed by its own CRC32C: a record is verified without a view on its content. */
const sealedChecksum = 0x48674bc7;

/** @throws RecordCorruptError */
function assertSealed(buffer: Buffer, format: number): void {
  const end = buffer.length - checksumBytes;
  if (end < 1) throw new RecordCorruptError(`record of ${buffer.length} bytes is too short`);
  if (crc32cOf(buffer) !== sealedChecksum) {
    const found = crc32cOf(buffer.subarray(0, end));
    const expected = buffer.readUInt32LE(end);
    throw new RecordCorruptError(`record checksum is ${found}, expected ${expected}`);
  }
  if (buffer[0] !== format) {
    throw new RecordCorruptError(`record format is ${buffer[0]}, expected ${format}`);
  }
}

/** A plain object as a record. */
export function encodeRecord(value: object): Buffer {
  const json = JSON.stringify(value);
  const length = Buffer.byteLength(json);
  const buffer = Buffer.allocUnsafe(1 + length + checksumBytes);
  buffer[0] = jsonFormat;
  buffer.write(json, 1, length, 'utf8');
  return seal(buffer);
}

/** The JSON of a record. @throws RecordCorruptError if the checksum does not match. */
export function recordText(buffer: Buffer): string {
  assertSealed(buffer, jsonFormat);
  return buffer.toString('utf8', 1, buffer.length - checksumBytes);
}

/** @throws RecordCorruptError if the checksum does not match. */
export function decodeRecord<T>(buffer: Buffer): T {
  return JSON.parse(recordText(buffer)) as T;
}

export function encodeBlobRecord(record: BlobRecord): Buffer {
  const { home } = record;
  const tail = encodeHome(home);
  const buffer = Buffer.allocUnsafe(blobHeaderBytes + tail.length + checksumBytes);
  buffer[0] = blobFormat;
  buffer[1] = blobKinds[home.kind];
  buffer.writeUInt32LE(record.references, 2);
  buffer.writeDoubleLE(record.length, 6);
  tail.copy(buffer, blobHeaderBytes);
  return seal(buffer);
}

function encodeHome(home: BlobHome): Buffer {
  switch (home.kind) {
    case 'inline':
      return home.bytes;
    case 'stored':
      return home.locator;
    case 'extents':
      return encodeExtents(home.extents, home.parts);
  }
}

function encodeExtents(extents: readonly Extent[], parts: readonly ObjectPart[]): Buffer {
  const partsJson = Buffer.from(JSON.stringify(parts));
  const buffer = Buffer.allocUnsafe(4 + extents.length * extentBytes + partsJson.length);
  let at = buffer.writeUInt32LE(extents.length, 0);
  for (const extent of extents) {
    at += buffer.write(extent.blob, at, blobIdBytes, 'hex');
    at = buffer.writeDoubleLE(extent.offset, at);
    at = buffer.writeDoubleLE(extent.length, at);
  }
  partsJson.copy(buffer, at);
  return buffer;
}

/** @throws RecordCorruptError if the checksum does not match or the layout is unknown. */
export function decodeBlobRecord(buffer: Buffer): BlobRecord {
  assertSealed(buffer, blobFormat);
  const kind = buffer[1];
  const references = buffer.readUInt32LE(2);
  const length = buffer.readDoubleLE(6);
  const tail = buffer.subarray(blobHeaderBytes, buffer.length - checksumBytes);
  return { references, length, home: decodeHome(kind, tail) };
}

function decodeHome(kind: number | undefined, tail: Buffer): BlobHome {
  switch (kind) {
    case blobKinds.inline:
      return { kind: 'inline', bytes: tail };
    case blobKinds.stored:
      return { kind: 'stored', locator: tail };
    case blobKinds.extents:
      return decodeExtents(tail);
    default:
      throw new RecordCorruptError(`blob record kind ${kind} is unknown`);
  }
}

function decodeExtents(tail: Buffer): BlobHome {
  const count = tail.readUInt32LE(0);
  const extents: Extent[] = [];
  let at = 4;
  for (let i = 0; i < count; i++) {
    extents.push({
      blob: tail.toString('hex', at, at + blobIdBytes),
      offset: tail.readDoubleLE(at + blobIdBytes),
      length: tail.readDoubleLE(at + blobIdBytes + 8),
    });
    at += extentBytes;
  }
  const parts = JSON.parse(tail.toString('utf8', at)) as ObjectPart[];
  return { kind: 'extents', extents, parts };
}
