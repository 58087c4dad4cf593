import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import { eventsOf, refusal, select } from '../select.fixture.ts';

const asked = { input: { Parquet: {} }, output: { JSON: {} } } as const;

type Columns = Parameters<typeof parquetWriteBuffer>[0]['columnData'];

function parquet(columnData: Columns, more: object = {}): Buffer {
  return Buffer.from(parquetWriteBuffer({ columnData, ...more }));
}

const people = parquet([
  { name: 'name', data: ['Anna', 'Bob', null, 'Dora'], type: 'STRING' },
  { name: 'age', data: [31, 27, 45, 8], type: 'INT32' },
  { name: 'Big', data: [1n, 2n, 9007199254740993n, -4n], type: 'INT64' },
  { name: 'ratio', data: [0.5, 1, null, -2.25], type: 'DOUBLE' },
  { name: 'ok', data: [true, false, true, null], type: 'BOOLEAN' },
]);

test('all columns, with NULL and all digits', async () => {
  expect(await select(people, 'SELECT * FROM S3Object', asked)).toBe(
    '{"name":"Anna","age":31,"Big":1,"ratio":0.5,"ok":true}\n' +
      '{"name":"Bob","age":27,"Big":2,"ratio":1,"ok":false}\n' +
      '{"name":null,"age":45,"Big":9007199254740993,"ratio":null,"ok":true}\n' +
      '{"name":"Dora","age":8,"Big":-4,"ratio":-2.25,"ok":null}\n',
  );
});

test('conditions, aggregates, names without case', async () => {
  const sql = 'SELECT s.NAME FROM S3Object s WHERE s.age > 30 AND s.ok';
  expect(await select(people, sql, asked)).toBe('{"NAME":"Anna"}\n{"NAME":null}\n');
  expect(await select(people, 'SELECT COUNT(*), SUM(big), MIN(ratio) FROM S3Object', asked)).toBe(
    '{"_1":4,"_2":9007199254740992,"_3":-2.25}\n',
  );
  expect(await refusal(people, 'SELECT size FROM S3Object', asked)).toBe('MissingHeaders');
});

test('columns that the query does not look at are not read', async () => {
  const long = parquet([
    { name: 'a', data: ['x'], type: 'STRING' },
    { name: 'b', data: [randomBytes(100_000).toString('hex')], type: 'STRING' },
  ]);
  const scanned = async (sql: string): Promise<number> => {
    const events = await eventsOf(long, sql, asked);
    return events.at(-2)?.Stats?.Details?.BytesScanned ?? 0;
  };
  const footerBytes = 64 * 1024;
  expect(await scanned('SELECT s.a FROM S3Object s')).toBeLessThan(footerBytes + 1000);
  expect(await scanned('SELECT COUNT(*) FROM S3Object s')).toBe(footerBytes);
  for (const sql of ['SELECT * FROM S3Object', 'SELECT _1 FROM S3Object WHERE B IS NULL']) {
    expect(await scanned(sql)).toBeGreaterThan(200_000);
  }
});

test('row groups one after the other, up to LIMIT', async () => {
  const object = parquet(
    [{ name: 'n', data: Array.from({ length: 5000 }, (_, index) => index), type: 'INT32' }],
    { rowGroupSize: 1000 },
  );
  expect(await select(object, 'SELECT SUM(n), COUNT(n) FROM S3Object', asked)).toBe(
    '{"_1":12497500,"_2":5000}\n',
  );
  expect(await select(object, 'SELECT n FROM S3Object WHERE n >= 1998 LIMIT 3', asked)).toBe(
    '{"n":1998}\n{"n":1999}\n{"n":2000}\n',
  );
});

test('columns compressed with GZIP or not at all', async () => {
  const column = { name: 'a', data: ['x', 'y'.repeat(100)], type: 'STRING' as const };
  const compressors = { GZIP: (input: Uint8Array) => gzipSync(input) };
  for (const more of [{ codec: 'GZIP', compressors }, { codec: 'UNCOMPRESSED' }]) {
    expect(
      await select(parquet([column], more), 'SELECT CHAR_LENGTH(a) FROM S3Object', asked),
    ).toBe('{"_1":1}\n{"_1":100}\n');
  }
});

test('decimals and timestamps stay exact', async () => {
  const object = parquet(
    [
      { name: 'price', data: [12345678901234567n] },
      { name: 'at', data: [1_700_000_000_123_456n] },
      { name: 'day', data: [19_700] },
    ],
    {
      schema: [
        { name: 'root', num_children: 3 },
        {
          name: 'price',
          type: 'INT64',
          repetition_type: 'REQUIRED',
          converted_type: 'DECIMAL',
          scale: 2,
          precision: 18,
        },
        {
          name: 'at',
          type: 'INT64',
          repetition_type: 'REQUIRED',
          converted_type: 'TIMESTAMP_MICROS',
        },
        { name: 'day', type: 'INT32', repetition_type: 'REQUIRED', converted_type: 'DATE' },
      ],
    },
  );
  expect(await select(object, 'SELECT * FROM S3Object', asked)).toBe(
    '{"price":123456789012345.67,"at":"2023-11-14T22:13:20.123456Z","day":"2023-12-09"}\n',
  );
});

test('what is no Parquet, or damaged, is refused as such', async () => {
  const sql = 'SELECT * FROM S3Object';
  for (const object of ['', 'PAR1', 'a,b\n1,2\n'.repeat(10), `PAR1${'x'.repeat(50)}PAR1`]) {
    expect(await refusal(object, sql, asked)).toBe('ParquetParsingError');
  }
  for (let at = 4; at < people.length; at += 3) {
    const damaged = Buffer.from(people);
    damaged[at] = damaged[at]! ^ 0xff;
    const code = await refusal(damaged, sql, asked);
    expect(code).toMatch(
      /^(no error|ParquetParsingError|ParquetUnsupportedCompressionCodec|OverMaxParquetBlockSize)/,
    );
  }
});

test('a file that is cut short is refused', async () => {
  const sql = 'SELECT * FROM S3Object';
  expect(await refusal(people.subarray(0, -10), sql, asked)).toBe('ParquetParsingError');
  expect(await refusal(people.subarray(40), sql, asked)).toBe('ParquetParsingError');
});

test('a time that no calendar has is refused', async () => {
  const schema = [
    { name: 'root', num_children: 1 },
    {
      name: 'at',
      type: 'INT64',
      repetition_type: 'REQUIRED',
      converted_type: 'TIMESTAMP_MILLIS',
    },
  ] as const;
  const data = [2n ** 62n];
  const object = parquet([{ name: 'at', data }], { schema });
  const sql = 'SELECT EXTRACT(YEAR FROM at) FROM S3Object';
  expect(await refusal(object, sql, asked)).toBe('ParquetParsingError');
});
