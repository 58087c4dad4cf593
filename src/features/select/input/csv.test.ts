import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { maxColumns, maxRecordBytes } from '../limits.ts';
import { refusal, select } from '../select.fixture.ts';
import { createCsvReader } from './csv-fields.ts';

const people = 'name,age\nAnna,31\nBob,27\nCarla,45\n';
const withHeader = { CSV: { FileHeaderInfo: 'USE' } } as const;
const json = { JSON: {} };

test('columns by position, by name, by name in quotes', async () => {
  expect(await select(people, 'SELECT _2 FROM S3Object')).toBe('age\n31\n27\n45\n');
  const input = withHeader;
  expect(await select(people, 'SELECT s.NAME FROM S3Object s WHERE s.age > 30', { input })).toBe(
    'Anna\nCarla\n',
  );
  expect(await select(people, 'SELECT "name", _2 FROM S3Object LIMIT 1', { input })).toBe(
    'Anna,31\n',
  );
  expect(await refusal(people, 'SELECT "NAME" FROM S3Object', { input })).toBe('MissingHeaders');
  expect(await refusal(people, 'SELECT size FROM S3Object', { input })).toBe('MissingHeaders');
  expect(await refusal(people, 'SELECT name FROM S3Object')).toBe('MissingHeaders');
  expect(await refusal(people, 'SELECT _0 FROM S3Object')).toBe('InvalidColumnIndex');
});

test('a header that is ignored gives no names and is no record', async () => {
  const input = { CSV: { FileHeaderInfo: 'IGNORE' } } as const;
  expect(await select(people, 'SELECT s._1 FROM S3Object s', { input })).toBe('Anna\nBob\nCarla\n');
  expect(await refusal(people, 'SELECT name FROM S3Object', { input })).toBe('MissingHeaders');
});

test('names that only case tells apart need quotes', async () => {
  const input = withHeader;
  const object = 'id,ID\n1,2\n';
  expect(await refusal(object, 'SELECT Id FROM S3Object', { input })).toBe('AmbiguousFieldName');
  expect(await select(object, 'SELECT "ID" FROM S3Object', { input })).toBe('2\n');
});

test('a record may have fewer or more fields than the header', async () => {
  const object = 'a,b\n1\n1,2,3\n';
  const asked = { input: withHeader, output: json };
  expect(await select(object, 'SELECT * FROM S3Object', asked)).toBe(
    '{"a":"1"}\n{"a":"1","b":"2","_3":"3"}\n',
  );
  expect(await select(object, 'SELECT b FROM S3Object WHERE b IS MISSING', asked)).toBe('{}\n');
});

test('an empty object has no records, and every name is missing', async () => {
  expect(await select('', 'SELECT a FROM S3Object', { input: withHeader })).toBe('');
  expect(await select('', 'SELECT COUNT(*), MAX(_1) FROM S3Object')).toBe('0,\n');
});

test('quotes, doubled or escaped; text after the closing quote belongs to the field', async () => {
  const first = 'SELECT * FROM S3Object';
  const output = json;
  expect(await select('"a,""b""",c\n', first, { output })).toBe('{"_1":"a,\\"b\\"","_2":"c"}\n');
  const input = { CSV: { QuoteEscapeCharacter: '\\' } };
  expect(await select('"a\\"\\\\\\n",c\n', first, { input, output })).toBe(
    '{"_1":"a\\"\\\\\\\\n","_2":"c"}\n',
  );
  expect(await select('"a"b,c\n', first, { output })).toBe('{"_1":"ab","_2":"c"}\n');
  expect(await select('a"b",c\n', first, { output })).toBe('{"_1":"a\\"b\\"","_2":"c"}\n');
  expect(await refusal('"a\n', first, { output })).toBe('CSVUnescapedQuote');
});

test('delimiters, quotes and comments of the caller', async () => {
  const input = {
    CSV: { FieldDelimiter: '|', RecordDelimiter: ';', QuoteCharacter: "'", Comments: '%' },
  };
  const object = "1|'a|b';%no|record;2|#c;";
  const output = { CSV: { FieldDelimiter: '\t', RecordDelimiter: '\r\n' } };
  expect(await select(object, 'SELECT * FROM S3Object', { input, output })).toBe(
    '1\ta|b\r\n2\t#c\r\n',
  );
});

test('comments begin with # unless the caller says otherwise; empty lines are no records', async () => {
  expect(await select('#x\n\na\r\n\r\nb', 'SELECT * FROM S3Object')).toBe('a\nb\n');
  const input = { CSV: { Comments: '' } };
  expect(await select('#x\na\n', 'SELECT * FROM S3Object', { input })).toBe('#x\na\n');
});

test('a quoted record delimiter needs to be allowed', async () => {
  const object = 'a,"b\nc"\n#"\nd,e\n';
  const sql = 'SELECT _2 FROM S3Object';
  expect(await refusal(object, sql)).toBe('CSVUnescapedQuote');
  const input = { CSV: { AllowQuotedRecordDelimiter: true } };
  for (const chunkBytes of [1, 2, 3, 5, 100]) {
    expect(await select(object, sql, { input, chunkBytes })).toBe('"b\nc"\ne\n');
  }
});

test('the output is quoted as needed or always', async () => {
  const sql = 'SELECT * FROM S3Object';
  const object = 'a,"b,c","d""e",\n';
  expect(await select(object, sql)).toBe('a,"b,c","d""e",\n');
  const output = { CSV: { QuoteFields: 'ALWAYS', QuoteCharacter: "'" } } as const;
  expect(await select(object, sql, { output })).toBe(`'a','b,c','d"e',''\n`);
  const escaped = { CSV: { QuoteEscapeCharacter: '\\' } };
  expect(await select(object, sql, { output: escaped })).toBe('a,"b,c","d\\"e",\n');
});

test('text that is a number compares and counts as one', async () => {
  const object = '9\n10\n 7 \nx\n';
  expect(await select(object, 'SELECT _1 FROM S3Object WHERE _1 < 10')).toBe('9\n 7 \n');
  expect(await select(object, "SELECT _1 FROM S3Object WHERE _1 < '2'")).toBe('10\n 7 \n');
  expect(await select('9\n10\n', 'SELECT SUM(_1), AVG(_1), MIN(_1), MAX(_1) FROM S3Object')).toBe(
    '19,9.5,9,10\n',
  );
  expect(await refusal(object, 'SELECT SUM(_1) FROM S3Object')).toBe(
    'IncorrectSqlFunctionArgumentType',
  );
});

test('text must be UTF-8', async () => {
  const object = Buffer.from([0x61, 0xff, 0x0a]);
  expect(await refusal(object, 'SELECT * FROM S3Object')).toBe('InvalidTextEncoding');
  const input = { CSV: { AllowQuotedRecordDelimiter: true } };
  expect(await refusal(object, 'SELECT * FROM S3Object', { input })).toBe('InvalidTextEncoding');
  expect(await select('\uFEFFa\n1\n', 'SELECT a FROM S3Object', { input: withHeader })).toBe('1\n');
});

test.each([false, true])('records have a limit, quoted delimiters %s', async (allowed) => {
  const input = { CSV: { AllowQuotedRecordDelimiter: allowed } };
  const sql = 'SELECT CHAR_LENGTH(_1) FROM S3Object';
  const longest = 'a'.repeat(maxRecordBytes - 1);
  expect(await select(`${longest}\n`, sql, { input })).toBe(`${maxRecordBytes - 1}\n`);
  expect(await refusal(`${longest}aaa\n`, sql, { input })).toBe('OverMaxRecordSize');
  expect(await refusal(longest.repeat(3), sql, { input, chunkBytes: 50_000 })).toBe(
    'OverMaxRecordSize',
  );
  expect(await refusal(','.repeat(maxColumns), sql, { input })).toBe('OverMaxColumn');
});

test('gzip, also of several members; what is damaged or none is refused', async () => {
  const input = { CSV: {}, CompressionType: 'GZIP' } as const;
  const sql = 'SELECT COUNT(*) FROM S3Object';
  const zipped = Buffer.concat([gzipSync('a\nb\n'), gzipSync('c\n')]);
  expect(await select(zipped, sql, { input, chunkBytes: 7 })).toBe('3\n');
  expect(await refusal('a\nb\n', sql, { input })).toBe('InvalidCompressionFormat');
  const cut = gzipSync('a\nb\n'.repeat(1000)).subarray(0, 30);
  expect(await refusal(cut, sql, { input })).toBe('TruncatedInput');
});

const field = fc.stringMatching(/^[a-z,"\r\n'é😀 ]{0,6}$/u);

test('what is written is read again, however the bytes come', async () => {
  const input = { CSV: { AllowQuotedRecordDelimiter: true, RecordDelimiter: '\n' } };
  const output = { CSV: { QuoteFields: 'ALWAYS' } } as const;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(field, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 1, max: 20 }),
      async (records, chunkBytes) => {
        const text = records
          .map((record) => record.map((one) => `"${one.replaceAll('"', '""')}"`).join(','))
          .map((line) => `${line}\n`)
          .join('');
        const again = await select(text, 'SELECT * FROM S3Object', { input, output, chunkBytes });
        expect(again).toBe(text);
      },
    ),
    { numRuns: 200 },
  );
});

const object = 'head,er\n1,one\n22,two\n333,three\n';

test('a scan range takes the records that begin in it, each in exactly one of two', async () => {
  const sql = 'SELECT _1 FROM S3Object';
  const whole = await select(object, sql);
  for (let cut = 1; cut < object.length; cut++) {
    const first = await select(object, sql, { range: { Start: 0, End: cut - 1 }, chunkBytes: 3 });
    const second = await select(object, sql, { range: { Start: cut } });
    expect(first + second).toBe(whole);
  }
  expect(await select(object, sql, { range: { End: 10 } })).toBe('333\n');
  expect(await select(object, sql, { range: { Start: 8, End: 8 } })).toBe('1\n');
});

test('the header gives names wherever the scan range begins', async () => {
  const input = withHeader;
  const range = { Start: 10 };
  expect(await select(object, 'SELECT er FROM S3Object', { input, range })).toBe('two\nthree\n');
});

test('scan ranges that mean nothing are refused', async () => {
  const sql = 'SELECT * FROM S3Object';
  for (const range of [{ Start: 31 }, { Start: 5, End: 4 }, { End: 0 }, { Start: -1 }]) {
    expect(await refusal(object, sql, { range })).toBe('InvalidScanRange');
  }
  const range = { Start: 0 };
  for (const input of [
    { CSV: {}, CompressionType: 'GZIP' },
    { CSV: { AllowQuotedRecordDelimiter: true } },
    { JSON: { Type: 'DOCUMENT' } },
    { Parquet: {} },
  ] as const) {
    expect(await refusal(object, sql, { range, input })).toBe('UnsupportedScanRangeInput');
  }
});

test('serializations that contradict themselves are refused', async () => {
  const sql = 'SELECT * FROM S3Object';
  const refused = (asked: Parameters<typeof refusal>[2]) => refusal(object, sql, asked);
  expect(await refused({ input: {} })).toBe('MissingRequiredParameter');
  expect(await refused({ output: {} })).toBe('MissingRequiredParameter');
  expect(await refused({ input: { JSON: {} } })).toBe('MissingRequiredParameter');
  expect(await refused({ input: { CSV: {}, Parquet: {} } })).toBe('ObjectSerializationConflict');
  expect(await refused({ output: { CSV: {}, JSON: {} } })).toBe('ObjectSerializationConflict');
  expect(await refused({ input: { CSV: { FieldDelimiter: 'ab' } } })).toBe(
    'InvalidRequestParameter',
  );
  expect(await refused({ input: { CSV: { FieldDelimiter: '"' } } })).toBe(
    'InvalidRequestParameter',
  );
  expect(await refused({ input: { CSV: {}, CompressionType: 'BZIP2' } })).toBe('NotImplemented');
  expect(await refused({ input: { Parquet: {}, CompressionType: 'GZIP' } })).toBe(
    'InvalidRequestParameter',
  );
  expect(await refusal(object, 'SELECT * FROM S3Object[*].a')).toBe('InvalidKeyPath');
});

test('text without a field delimiter is searched for it once', () => {
  const text = 'a\n'.repeat(500_000);
  const dialect = { quote: '"', escaper: '\\', fieldDelimiter: ',', comment: '' };
  const whole = { ...dialect, recordDelimiter: '\n', quotedDelimiters: true };
  const read = createCsvReader(text, whole, '\n', true);
  let records = 0;
  for (let at = 0; at < text.length; records++) at = read(at)!.next;
  expect(records).toBe(500_000);
});

test('header names are names, whatever they are', async () => {
  const input = { CSV: { FileHeaderInfo: 'USE' } } as const;
  const object = '__proto__,constructor,toString\n1,2,3\n';
  const sql = 'SELECT s.__proto__, s.constructor, s.toString FROM S3Object s';
  expect(await select(object, sql, { input, output: { JSON: {} } })).toBe(
    '{"__proto__":"1","constructor":"2","toString":"3"}\n',
  );
  expect(await refusal(object, 'SELECT s.valueOf FROM S3Object s', { input })).toBe(
    'MissingHeaders',
  );
});
