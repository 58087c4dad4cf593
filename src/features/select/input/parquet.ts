/**
 * Parquet → records, a row group at a time. Nested columns are refused, as S3 Select doesn't support them.
 *
 * The library reads the footer, the page headers and Snappy, each after its own look at what it is given; the
 * values are read here (see `parquet-pages.ts`), for it trusts what files say about themselves.
 */
import { type FileMetaData, parquetMetadata, type RowGroup } from 'hyparquet';
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
import { type ParquetColumn, parquetColumns } from './parquet-columns.ts';
import { type PageBudget, readColumnPages } from './parquet-pages.ts';
import { skipThriftStruct } from './thrift-guard.ts';

export interface ParquetFile {
  readonly size: number;
  /** Bytes [start, end). */
  read(start: number, end: number): Promise<Buffer>;
}

/** Rows of one batch. */
const batchRows = 1024;
const magic = Buffer.from('PAR1');
const trailerBytes = 8;
const firstReadBytes = 64 * 1024;

/**
 * @param isUsed whether a column is looked at; values of others are MISSING
 * @throws S3Error ParquetParsingError, OverMaxParquetBlockSize, ParquetUnsupportedCompressionCodec
 */
export async function* readParquet(
  file: ParquetFile,
  count: ByteCount,
  isUsed: (column: string) => boolean = () => true,
): AsyncGenerator<RecordBatch<readonly Value[]>> {
  const counted: ParquetFile = {
    size: file.size,
    async read(start, end) {
      const bytes = await file.read(start, end);
      count.scanned += bytes.length;
      count.processed += bytes.length;
      return bytes;
    },
  };
  const metadata = await readMetadata(counted);
  const columns = parsed(() => parquetColumns(metadata));
  const shape = columnsShape(
    columns.map(({ name }) => name),
    false,
  );
  yield { rows: [], shape };
  for (const group of metadata.row_groups) {
    const table = await readGroup(counted, group, columns, isUsed);
    for (const rows of batches(table, Number(group.num_rows))) yield { rows, shape };
  }
}

async function readMetadata(file: ParquetFile): Promise<FileMetaData> {
  let footer = await file.read(Math.max(0, file.size - firstReadBytes), file.size);
  if (footer.length < trailerBytes || !footer.subarray(-magic.length).equals(magic)) {
    throw new S3Error('ParquetParsingError');
  }
  const needed = footer.readUInt32LE(footer.length - trailerBytes) + trailerBytes;
  if (needed > file.size || needed > maxParquetFooterBytes) {
    throw new S3Error('ParquetParsingError');
  }
  if (needed > footer.length) footer = await file.read(file.size - needed, file.size);
  return parsed(() => {
    skipThriftStruct({ bytes: footer, offset: footer.length - needed });
    return parquetMetadata(footer, { geoparquet: false, parsers: statisticsParsers });
  });
}

/** Statistics are never looked at, so that nothing is made of them. */
const nothing = (): undefined => undefined;
const statisticsParsers = {
  timestampFromMilliseconds: nothing,
  timestampFromMicroseconds: nothing,
  timestampFromNanoseconds: nothing,
  dateFromDays: nothing,
  stringFromBytes: nothing,
  jsonFromBytes: nothing,
  geometryFromBytes: nothing,
  geographyFromBytes: nothing,
  uuidFromBytes: nothing,
};

/** Its columns, in the order of the schema. */
async function readGroup(
  file: ParquetFile,
  group: RowGroup,
  columns: readonly ParquetColumn[],
  isUsed: (column: string) => boolean,
): Promise<readonly (readonly Value[])[]> {
  const rows = Number(group.num_rows);
  if (!(rows >= 0) || group.columns.length !== columns.length) {
    throw new S3Error('ParquetParsingError');
  }
  if (rows > maxParquetGroupValues) throw new S3Error('OverMaxParquetBlockSize');
  const budget: PageBudget = { bytes: 0, values: 0 };
  const table: (readonly Value[])[] = [];
  for (const [index, column] of columns.entries()) {
    if (!isUsed(column.name)) {
      table.push([]);
      continue;
    }
    const { meta_data: chunk, file_path: otherFile } = group.columns[index]!;
    if (chunk === undefined || otherFile !== undefined) throw new S3Error('ParquetParsingError');
    const start = Number(chunk.dictionary_page_offset || chunk.data_page_offset);
    const length = Number(chunk.total_compressed_size);
    if (!(start >= 0 && length >= 0 && start + length <= file.size)) {
      throw new S3Error('ParquetParsingError');
    }
    if (length > maxParquetGroupBytes) throw new S3Error('OverMaxParquetBlockSize');
    const bytes = await file.read(start, start + length);
    table.push(parsed(() => readColumnPages(bytes, column, chunk.codec, rows, budget)));
  }
  return table;
}

/** Small ones: a value that is long and common takes room only once until it is written. */
function* batches(
  table: readonly (readonly Value[])[],
  count: number,
): Generator<readonly (readonly Value[])[]> {
  let rows: (readonly Value[])[] = [];
  let size = 0;
  for (let index = 0; index < count; index++) {
    const row = table.map((column) => column[index]);
    rows.push(row);
    for (const value of row) size += typeof value === 'string' ? value.length : 8;
    if (size < pieceBytes && rows.length < batchRows) continue;
    yield rows;
    rows = [];
    size = 0;
  }
  yield rows;
}

/** Whatever else is thrown is about the file. */
function parsed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    if (cause instanceof S3Error) throw cause;
    throw new S3Error('ParquetParsingError', { cause });
  }
}
