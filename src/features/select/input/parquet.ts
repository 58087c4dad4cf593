/**
 * Parquet → records, a row group at a time. Nested columns are refused, as S3 Select doesn't support them.
 *
 * What a file says about itself is not believed: before a column is decoded, the page headers in it are
 * held against the limits, so that a few bytes can't ask for memory without end.
 */
import { gunzipSync } from 'node:zlib';
import { type FileMetaData, parquetMetadata, parquetRead, type RowGroup } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { S3Error } from '../../../protocol/errors.ts';
import { columnsShape } from '../evaluate/row-shape.ts';
import {
  maxParquetFooterBytes,
  maxParquetGroupBytes,
  maxParquetGroupValues,
  pieceBytes,
} from '../limits.ts';
import type { Value } from '../values/value.ts';
import type { ByteCount } from './byte-count.ts';
import type { RecordBatch } from './csv.ts';
import {
  type ParquetColumn,
  parquetColumns,
  parquetParsers,
  unsupported,
} from './parquet-columns.ts';
import { skipThriftStruct } from './thrift-guard.ts';

export interface ParquetFile {
  readonly size: number;
  /** Bytes [start, end). */
  read(start: number, end: number): Promise<Buffer>;
}

/** Rows of one batch. */
const batchRows = 1024;
const trailerBytes = 8;
const firstReadBytes = 64 * 1024;

/** @throws S3Error ParquetParsingError, OverMaxParquetBlockSize, ParquetUnsupportedCompressionCodec */
export async function* readParquet(
  file: ParquetFile,
  count: ByteCount,
): AsyncGenerator<RecordBatch<readonly Value[]>> {
  const metadata = await readMetadata(file, count);
  const columns = parquetColumns(metadata);
  const shape = columnsShape(
    columns.map(({ name }) => name),
    false,
  );
  yield { rows: [], shape };
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    const rowEnd = rowStart + Number(group.num_rows);
    const chunks = await readChunks(file, group, count);
    const table = await parsed(() => decodeGroup(file, metadata, chunks, rowStart, rowEnd));
    for (const rows of batches(table, columns)) yield { rows, shape };
    rowStart = rowEnd;
  }
}

async function readMetadata(file: ParquetFile, count: ByteCount): Promise<FileMetaData> {
  const read = async (start: number): Promise<Buffer> => {
    const bytes = await file.read(start, file.size);
    count.scanned += bytes.length;
    count.processed += bytes.length;
    return bytes;
  };
  let footer = await read(Math.max(0, file.size - firstReadBytes));
  if (footer.length < trailerBytes + 4) throw new S3Error('ParquetParsingError');
  const needed = footer.readUInt32LE(footer.length - trailerBytes) + trailerBytes;
  if (needed > file.size || needed > maxParquetFooterBytes) {
    throw new S3Error('ParquetParsingError');
  }
  if (needed > footer.length) footer = await read(file.size - needed);
  return parsed(() => {
    skipThriftStruct({ bytes: footer, offset: footer.length - needed });
    return parquetMetadata(footer, { geoparquet: false, parsers: parquetParsers });
  });
}

interface Chunk {
  readonly start: number;
  readonly bytes: Buffer;
}

/** The bytes of all columns of a row group, once their page headers have been looked at. */
async function readChunks(
  file: ParquetFile,
  group: RowGroup,
  count: ByteCount,
): Promise<readonly Chunk[]> {
  const chunks: Chunk[] = [];
  const totals: Totals = { bytes: 0, values: 0 };
  const rows = Number(group.num_rows);
  if (rows > maxParquetGroupValues) throw new S3Error('OverMaxParquetBlockSize');
  let compressed = 0;
  for (const { meta_data: column, file_path: otherFile } of group.columns) {
    if (column === undefined || otherFile !== undefined) throw new S3Error('ParquetParsingError');
    if (!['UNCOMPRESSED', 'SNAPPY', 'GZIP'].includes(column.codec)) {
      throw new S3Error('ParquetUnsupportedCompressionCodec');
    }
    const start = Number(column.dictionary_page_offset || column.data_page_offset);
    const length = Number(column.total_compressed_size);
    if (!(start >= 0 && length >= 0 && start + length <= file.size)) {
      throw new S3Error('ParquetParsingError');
    }
    compressed += length;
    if (compressed > maxParquetGroupBytes) throw new S3Error('OverMaxParquetBlockSize');
    const bytes = await file.read(start, start + length);
    count.scanned += length;
    count.processed += length;
    await parsed(() => assertPages(bytes, totals));
    chunks.push({ start, bytes });
  }
  return chunks;
}

interface Totals {
  bytes: number;
  values: number;
}

/** @throws S3Error OverMaxParquetBlockSize */
function assertPages(bytes: Buffer, totals: Totals): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const reader = { view, offset: 0 };
  while (reader.offset < bytes.length - 1) {
    skipThriftStruct({ bytes, offset: reader.offset });
    const header = parquetHeader(reader);
    const page =
      header.data_page_header ?? header.data_page_header_v2 ?? header.dictionary_page_header;
    const { uncompressed_page_size: size, compressed_page_size: length } = header;
    const values = page?.num_values ?? 0;
    const rows = header.data_page_header_v2?.num_rows ?? 0;
    if (!(size >= 0 && length >= 0 && values >= 0 && rows >= 0)) {
      throw new S3Error('ParquetParsingError');
    }
    if (page !== undefined && page.encoding === 'DELTA_BYTE_ARRAY') {
      // Each value repeats as much of the one before as it likes: memory without bound.
      throw unsupported('the encoding DELTA_BYTE_ARRAY');
    }
    reader.offset += length;
    if (reader.offset > bytes.length) throw new S3Error('ParquetParsingError');
    totals.bytes += size;
    totals.values += Math.max(values, rows);
    const isOver = totals.bytes > maxParquetGroupBytes || totals.values > maxParquetGroupValues;
    if (isOver) throw new S3Error('OverMaxParquetBlockSize');
  }
}

async function decodeGroup(
  file: ParquetFile,
  metadata: FileMetaData,
  chunks: readonly Chunk[],
  rowStart: number,
  rowEnd: number,
): Promise<readonly unknown[][]> {
  let table: readonly unknown[][] = [];
  await parquetRead({
    file: {
      byteLength: file.size,
      slice: (start, end) => sliceOf(chunks, start, end ?? file.size),
    },
    metadata,
    rowStart,
    rowEnd,
    utf8: false,
    geoparquet: false,
    parsers: parquetParsers,
    compressors: {
      GZIP: (input, outputLength) =>
        gunzipSync(input, { maxOutputLength: Math.max(outputLength, 1) }),
    },
    onComplete: (rows) => {
      table = rows;
    },
  });
  return table;
}

/** What lies between columns is never looked at. */
function sliceOf(chunks: readonly Chunk[], start: number, end: number): ArrayBuffer {
  const slice = new Uint8Array(Math.max(0, end - start));
  for (const chunk of chunks) {
    const from = Math.max(chunk.start, start);
    const to = Math.min(chunk.start + chunk.bytes.length, end);
    if (from < to)
      slice.set(chunk.bytes.subarray(from - chunk.start, to - chunk.start), from - start);
  }
  return slice.buffer;
}

/** Small ones: a value that is long and common takes room only once until it is a row's. */
function* batches(
  table: readonly unknown[][],
  columns: readonly ParquetColumn[],
): Generator<readonly (readonly Value[])[]> {
  let rows: (readonly Value[])[] = [];
  let size = 0;
  for (const raw of table) {
    const row = rowOf(raw, columns);
    rows.push(row);
    for (const value of row) size += typeof value === 'string' ? value.length : 8;
    if (size < pieceBytes && rows.length < batchRows) continue;
    yield rows;
    rows = [];
    size = 0;
  }
  yield rows;
}

function rowOf(row: readonly unknown[], columns: readonly ParquetColumn[]): readonly Value[] {
  return columns.map(({ convert }, index) => {
    const value = row[index];
    return value === undefined || value === null ? null : convert(value);
  });
}

/** Whatever the library throws is about the file. */
async function parsed<T>(parse: () => T | Promise<T>): Promise<T> {
  try {
    return await parse();
  } catch (cause) {
    if (cause instanceof S3Error) throw cause;
    throw new S3Error('ParquetParsingError', { cause });
  }
}
