/**
 * The pages of one column → its values: "Encodings" and "Data pages" of the Parquet format, for columns that
 * aren't nested. PLAIN, RLE and dictionaries are read; other encodings are refused by name.
 *
 * Nothing that a page says of itself is believed: what it holds is counted against `budget` first, and every
 * run is cut at the number of values that were counted.
 */
import { gunzipSync } from 'node:zlib';
import { type CompressionCodec, snappyUncompress } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { S3Error } from '../../../protocol/errors.ts';
import { maxParquetGroupBytes, maxParquetGroupValues } from '../limits.ts';
import type { Value } from '../values/value.ts';
import { type ParquetColumn, type RawValue, unsupported } from './parquet-columns.ts';
import { skipThriftStruct } from './thrift-guard.ts';

/** What a row group has taken so far. */
export interface PageBudget {
  bytes: number;
  values: number;
}

type Header = ReturnType<typeof parquetHeader>;

/**
 * @returns as many values as the group has rows
 * @throws S3Error OverMaxParquetBlockSize, ParquetParsingError, ParquetUnsupportedCompressionCodec
 */
export function readColumnPages(
  bytes: Buffer,
  column: ParquetColumn,
  codec: CompressionCodec,
  rows: number,
  budget: PageBudget,
): readonly Value[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const reader = { view, offset: 0 };
  const values: Value[] = [];
  let dictionary: readonly Value[] = [];
  while (values.length < rows) {
    skipThriftStruct({ bytes, offset: reader.offset });
    const header = parquetHeader(reader);
    const end = reader.offset + header.compressed_page_size;
    if (!(header.compressed_page_size >= 0 && end <= bytes.length)) throw damaged();
    const body = bytes.subarray(reader.offset, end);
    reader.offset = end;
    spend(header, budget);
    if (header.type === 'DICTIONARY_PAGE') {
      const count = header.dictionary_page_header?.num_values ?? 0;
      const page = uncompress(body, header.uncompressed_page_size, codec);
      dictionary = readPlain(page, column, count);
    } else if (header.type === 'DATA_PAGE') {
      readDataPage(uncompress(body, header.uncompressed_page_size, codec), header, column, {
        dictionary,
        values,
      });
    } else if (header.type === 'DATA_PAGE_V2') {
      readDataPageV2(body, header, column, codec, { dictionary, values });
    } else {
      throw damaged();
    }
  }
  if (values.length !== rows) throw damaged();
  return values;
}

function damaged(): S3Error {
  return new S3Error('ParquetParsingError');
}

/** Also pages without values are bounded: each is read once. */
function spend(header: Header, budget: PageBudget): void {
  const page =
    header.data_page_header ?? header.data_page_header_v2 ?? header.dictionary_page_header;
  const values = page?.num_values ?? -1;
  const size = header.uncompressed_page_size;
  if (!(size >= 0 && values >= 0)) throw damaged();
  budget.bytes += size;
  budget.values += values;
  if (budget.bytes > maxParquetGroupBytes || budget.values > maxParquetGroupValues) {
    throw new S3Error('OverMaxParquetBlockSize');
  }
}

function uncompress(bytes: Buffer, size: number, codec: CompressionCodec): Buffer {
  let page = bytes;
  if (codec === 'GZIP') {
    page = gunzipSync(bytes, { maxOutputLength: Math.max(size, 1) });
  } else if (codec === 'SNAPPY') {
    page = Buffer.alloc(size);
    snappyUncompress(bytes, page);
  } else if (codec !== 'UNCOMPRESSED') {
    throw new S3Error('ParquetUnsupportedCompressionCodec');
  }
  if (page.length !== size) throw damaged();
  return page;
}

interface Target {
  readonly dictionary: readonly Value[];
  readonly values: Value[];
}

function readDataPage(
  page: Buffer,
  { data_page_header: header }: Header,
  column: ParquetColumn,
  target: Target,
): void {
  if (header === undefined) throw damaged();
  let at = 0;
  let levels: Uint32Array | undefined;
  if (column.element.repetition_type === 'OPTIONAL') {
    const length = page.readUInt32LE(0);
    at = 4 + length;
    if (at > page.length) throw damaged();
    levels = readHybrid(page.subarray(4, at), 1, header.num_values);
  }
  appendValues(page.subarray(at), header.encoding, levels, header.num_values, column, target);
}

function readDataPageV2(
  body: Buffer,
  { data_page_header_v2: header, uncompressed_page_size: size }: Header,
  column: ParquetColumn,
  codec: CompressionCodec,
  target: Target,
): void {
  if (header === undefined) throw damaged();
  const { definition_levels_byte_length: length, num_values: count } = header;
  if (header.repetition_levels_byte_length !== 0 || !(length >= 0 && length <= body.length)) {
    throw damaged();
  }
  const isOptional = column.element.repetition_type === 'OPTIONAL';
  const levels = isOptional ? readHybrid(body.subarray(0, length), 1, count) : undefined;
  const rest = body.subarray(length);
  const page = header.is_compressed === false ? rest : uncompress(rest, size - length, codec);
  appendValues(page, header.encoding, levels, count, column, target);
}

/** @param levels 0 is NULL; undefined where nothing is */
function appendValues(
  page: Buffer,
  encoding: string,
  levels: Uint32Array | undefined,
  count: number,
  column: ParquetColumn,
  { dictionary, values }: Target,
): void {
  const present = levels === undefined ? count : levels.reduce((sum, level) => sum + level, 0);
  const held = readEncoded(page, encoding, present, column, dictionary);
  let next = 0;
  for (let index = 0; index < count; index++) {
    values.push(levels === undefined || levels[index] === 1 ? held[next++] : null);
  }
}

function readEncoded(
  page: Buffer,
  encoding: string,
  count: number,
  column: ParquetColumn,
  dictionary: readonly Value[],
): readonly Value[] {
  if (encoding === 'PLAIN') return readPlain(page, column, count);
  if (encoding === 'PLAIN_DICTIONARY' || encoding === 'RLE_DICTIONARY') {
    if (count === 0) return [];
    const indexes = readHybrid(page.subarray(1), page.readUInt8(0), count);
    return Array.from(indexes, (index) => {
      const value = dictionary[index];
      if (value === undefined) throw damaged();
      return value;
    });
  }
  if (encoding === 'RLE' && column.element.type === 'BOOLEAN') {
    return Array.from(readHybrid(page.subarray(4), 1, count), (bit) => bit === 1);
  }
  throw unsupported(`the encoding ${encoding}`);
}

/** Runs of one value and of packed bits in turn. */
function readHybrid(bytes: Buffer, width: number, count: number): Uint32Array {
  if (width > 32) throw damaged();
  const output = new Uint32Array(count);
  if (width === 0) return output;
  let at = 0;
  let seen = 0;
  while (seen < count) {
    let header = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes.readUInt8(at++);
      header += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
      if (shift > 28) throw damaged();
    }
    const isPacked = header % 2 === 1;
    const size = Math.floor(header / 2);
    if (size === 0) throw damaged();
    if (isPacked) {
      const wanted = Math.min(size * 8, count - seen);
      for (let index = 0; index < wanted; index++) {
        output[seen + index] = bitsOf(bytes, at * 8 + index * width, width);
      }
      at += size * width;
      seen += wanted;
    } else {
      const length = (width + 7) >> 3;
      const value = length === 0 ? 0 : bytes.readUIntLE(at, length);
      at += length;
      const end = Math.min(seen + size, count);
      output.fill(value, seen, end);
      seen = end;
    }
  }
  return output;
}

function bitsOf(bytes: Buffer, start: number, width: number): number {
  let value = 0;
  for (let taken = 0; taken < width; ) {
    const at = start + taken;
    const byte = bytes.readUInt8(at >> 3);
    const usable = Math.min(8 - (at & 7), width - taken);
    value += ((byte >> (at & 7)) & ((1 << usable) - 1)) * 2 ** taken;
    taken += usable;
  }
  return value;
}

function readPlain(
  page: Buffer,
  { element, convert }: ParquetColumn,
  count: number,
): readonly Value[] {
  const { type, type_length: length = 0 } = element;
  let at = 0;
  const take = (size: number): Buffer => {
    if (!(size >= 0 && at + size <= page.length)) throw damaged();
    at += size;
    return page.subarray(at - size, at);
  };
  const read = (index: number): RawValue => {
    switch (type) {
      case 'BOOLEAN':
        return ((page.readUInt8(index >> 3) >> (index & 7)) & 1) === 1;
      case 'INT32':
        return BigInt(take(4).readInt32LE(0));
      case 'INT64':
        return take(8).readBigInt64LE(0);
      case 'INT96':
        return take(12);
      case 'FLOAT':
        return take(4).readFloatLE(0);
      case 'DOUBLE':
        return take(8).readDoubleLE(0);
      case 'BYTE_ARRAY':
        return take(take(4).readUInt32LE(0));
      default:
        return take(length);
    }
  };
  const values: Value[] = [];
  for (let index = 0; index < count; index++) values.push(convert(read(index)));
  return values;
}
