/**
 * Walks a struct of Thrift's compact protocol without building anything, so that a library may be let loose on
 * it: no list is longer than the bytes that are left, nothing nests deeper than Parquet's own structs do, and what
 * takes a byte here but an object there is counted.
 */
import { maxParquetElements } from '../limits.ts';

const maxDepth = 16;
/** Far more than any of Parquet's structs has. */
const maxFields = 64;

const kinds = { stop: 0, true: 1, false: 2, byte: 3, double: 7, binary: 8, list: 9, struct: 12 };
const integerKinds: ReadonlySet<number> = new Set([4, 5, 6]);
const longestVarint = 10;

export interface ThriftReader {
  readonly bytes: Buffer;
  offset: number;
  /** Of all lists so far. */
  elements?: number;
}

/** @throws Error for what isn't such a struct */
export function skipThriftStruct(reader: ThriftReader, depth = 0): void {
  if (depth > maxDepth) throw new Error('the Parquet metadata nests too deeply');
  for (let fields = 0; ; fields++) {
    const byte = takeByte(reader);
    const kind = byte & 0x0f;
    if (kind === kinds.stop) return;
    if (fields >= maxFields)
      throw new Error('a struct of the Parquet metadata has too many fields');
    if (byte >> 4 === 0) takeVarint(reader);
    skipElement(reader, kind, depth);
  }
}

function skipElement(reader: ThriftReader, kind: number, depth: number): void {
  if (kind === kinds.true || kind === kinds.false) return;
  if (kind === kinds.byte) skipBytes(reader, 1);
  else if (integerKinds.has(kind)) takeVarint(reader);
  else if (kind === kinds.double) skipBytes(reader, 8);
  else if (kind === kinds.binary) skipBytes(reader, takeVarint(reader));
  else if (kind === kinds.struct) skipThriftStruct(reader, depth + 1);
  else if (kind === kinds.list) skipList(reader, depth + 1);
  else throw new Error('the Parquet metadata has an unknown kind of field');
}

function skipList(reader: ThriftReader, depth: number): void {
  if (depth > maxDepth) throw new Error('the Parquet metadata nests too deeply');
  const byte = takeByte(reader);
  const size = byte >> 4 === 15 ? takeVarint(reader) : byte >> 4;
  if (size > reader.bytes.length - reader.offset) {
    throw new Error('a list of the Parquet metadata is longer than the metadata');
  }
  reader.elements = (reader.elements ?? 0) + size;
  if (reader.elements > maxParquetElements) {
    throw new Error('the Parquet metadata has too many elements');
  }
  const kind = byte & 0x0f;
  const isBoolean = kind === kinds.true || kind === kinds.false;
  for (let index = 0; index < size; index++) {
    skipElement(reader, isBoolean ? kinds.byte : kind, depth);
  }
}

function takeByte(reader: ThriftReader): number {
  const byte = reader.bytes[reader.offset];
  if (byte === undefined) throw new Error('the Parquet metadata ends too soon');
  reader.offset += 1;
  return byte;
}

/** Sizes and numbers; the value matters only where it is small. */
function takeVarint(reader: ThriftReader): number {
  let value = 0;
  for (let taken = 0; taken < longestVarint; taken++) {
    const byte = takeByte(reader);
    value += (byte & 0x7f) * 2 ** (7 * taken);
    if (byte < 0x80) return value;
  }
  throw new Error('the Parquet metadata has a number that is too long');
}

function skipBytes(reader: ThriftReader, count: number): void {
  if (count > reader.bytes.length - reader.offset) {
    throw new Error('the Parquet metadata ends too soon');
  }
  reader.offset += count;
}
