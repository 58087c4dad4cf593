import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import { S3Error } from '../../../protocol/errors.ts';
import { maxParquetGroupBytes, maxParquetGroupValues } from '../limits.ts';
import { type ParquetColumn, parquetColumns } from './parquet-columns.ts';
import { readColumnPages } from './parquet-pages.ts';
import { skipThriftStruct, type ThriftReader } from './thrift-guard.ts';

const column: ParquetColumn = {
  name: 'n',
  element: { name: 'n', type: 'INT32', repetition_type: 'REQUIRED' },
  convert: (value) => value as bigint,
};

/** Thrift's compact protocol: a page header for a dictionary-encoded data page. */
function pageHeader(values: number, uncompressed: number, compressed: number): Buffer {
  const zigzag = (value: number): number[] => {
    const bytes: number[] = [];
    for (let rest = value * 2; ; rest = Math.floor(rest / 128)) {
      if (rest < 128) return [...bytes, rest];
      bytes.push((rest % 128) | 0x80);
    }
  };
  const integer = (value: number): number[] => [0x15, ...zigzag(value)];
  const page = [integer(values), integer(8), integer(3), integer(3), [0]].flat();
  return Buffer.from(
    [integer(0), integer(uncompressed), integer(compressed), [0x2c], page, [0]].flat(),
  );
}

function codeOf(bytes: Buffer, rows: number): string {
  try {
    readColumnPages(bytes, column, 'UNCOMPRESSED', rows, { bytes: 0, values: 0 });
    return 'read';
  } catch (error) {
    return error instanceof S3Error ? error.code : 'the library’s';
  }
}

test('a page is not believed about how many values it has, nor how large it becomes', () => {
  const run = Buffer.from([1, 0xfe, 0xff, 0xff, 0xff, 0x0f, 0]);
  const page = (values: number, size = run.length) =>
    Buffer.concat([pageHeader(values, size, run.length), run]);
  expect(codeOf(page(maxParquetGroupValues + 1), 10)).toBe('OverMaxParquetBlockSize');
  expect(codeOf(page(10, maxParquetGroupBytes + 1), 10)).toBe('OverMaxParquetBlockSize');
  // The run says more than the page has; there is no dictionary that it could mean.
  expect(codeOf(page(10), 10)).toBe('ParquetParsingError');
});

test('pages that never fill the rows end with the bytes', () => {
  const empty = Buffer.concat(Array.from({ length: 50 }, () => pageHeader(0, 0, 0)));
  expect(codeOf(empty, 1)).not.toBe('read');
});

test('encodings that are not read are refused by name', () => {
  const columnData = [
    {
      name: 'n',
      data: [1, 2, 3],
      type: 'INT32' as const,
      encoding: 'DELTA_BINARY_PACKED' as const,
    },
  ];
  const bytes = Buffer.from(parquetWriteBuffer({ columnData, codec: 'UNCOMPRESSED' })).subarray(4);
  const optional = {
    ...column,
    element: { ...column.element, repetition_type: 'REQUIRED' as const },
  };
  expect(() =>
    readColumnPages(bytes, optional, 'UNCOMPRESSED', 3, { bytes: 0, values: 0 }),
  ).toThrow(/DELTA_BINARY_PACKED/);
});

test('nested columns are refused by name', () => {
  const schema = [
    { name: 'root', num_children: 1 },
    { name: 'list', num_children: 1 },
    { name: 'item', type: 'INT32' as const },
  ];
  const metadata = { version: 1, schema, num_rows: 0n, row_groups: [], metadata_length: 0 };
  expect(() => parquetColumns(metadata)).toThrow(/nested column list/);
});

test('metadata can ask for no more than its bytes allow', () => {
  const skip = (bytes: number[]): ThriftReader => {
    const reader = { bytes: Buffer.from(bytes), offset: 0 };
    skipThriftStruct(reader);
    return reader;
  };
  expect(skip([0x15, 0x02, 0x19, 0x25, 2, 4, 0, 99]).offset).toBe(7);
  // A list of two thousand million.
  expect(() => skip([0x19, 0xf5, 0xff, 0xff, 0xff, 0xff, 7, 0])).toThrow('longer');
  expect(() => skip(new Array(100).fill(0x1c))).toThrow('too deeply');
  expect(() => skip([0x18, 0x7f, 0])).toThrow('too soon');
  expect(() => skip([0x15, ...new Array(12).fill(0xff)])).toThrow('too long');
  expect(() => skip([0x1b, 0])).toThrow('unknown kind');
  // A list of a million structs without fields, and a struct of a hundred.
  const structs = [0x19, 0xfc, 0xc0, 0x84, 0x3d, ...Buffer.alloc(1_000_001)];
  expect(() => skip(structs)).toThrow('too many elements');
  expect(() => skip([...new Array(100).fill(0x11), 0])).toThrow('too many fields');
});
