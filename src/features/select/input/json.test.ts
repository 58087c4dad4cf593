import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { maxJsonDepth, maxRecordBytes } from '../limits.ts';
import { refusal, select } from '../select.fixture.ts';

const lines = { input: { JSON: { Type: 'LINES' } }, output: { JSON: {} } } as const;
const document = { input: { JSON: { Type: 'DOCUMENT' } }, output: { JSON: {} } } as const;

/** The examples of "FROM clause" in the SQL reference. */
const rules =
  '{"Rules": [ {"id": "1"}, {"expr": "y > x"}, {"id": "2", "expr": "z = DEBUG"} ]}\n' +
  '{"created": "June 27", "modified": "July 6"}\n';
const folder =
  '{"dir_name": "important_docs", "files": [{"name": "."}, {"name": ".aws"}], "owner": "A"}\n' +
  '{"dir_name": "other_docs", "files": [{"name": "my stuff"}]}\n';

test.each([lines, document])(
  'paths of FROM, and MISSING where they lead nowhere',
  async (asked) => {
    const ask = (sql: string, object = rules) => select(object, sql, asked);
    expect(await ask('SELECT id FROM S3Object[*].Rules[*].id')).toBe(
      '{"id":"1"}\n{}\n{"id":"2"}\n{}\n',
    );
    expect(await ask('SELECT id FROM S3Object[*].Rules[*].id WHERE id IS NOT MISSING')).toBe(
      '{"id":"1"}\n{"id":"2"}\n',
    );
    expect(await ask('SELECT d.dir_name, d.owner FROM S3Object[*] d', folder)).toBe(
      '{"dir_name":"important_docs","owner":"A"}\n{"dir_name":"other_docs"}\n',
    );
    expect(await ask('SELECT d.files[1].name FROM S3Object d', folder)).toBe(
      '{"name":".aws"}\n{}\n',
    );
    expect(await ask('SELECT * FROM S3Object[*].files[0]', folder)).toBe(
      '{"name":"."}\n{"name":"my stuff"}\n',
    );
    expect(await ask('SELECT _1 FROM S3Object[*].*', '{"a":1,"b":[2]}\n{}\n3\n')).toBe(
      '{"_1":1}\n{"_1":[2]}\n{}\n',
    );
    expect(await ask('SELECT s.a.b FROM S3Object s', '{"a":{"B":1,"c":2}}')).toBe('{"b":1}\n');
    expect(await ask('SELECT s."a"."b" FROM S3Object s', '{"a":{"B":1}}')).toBe('{}\n');
  },
);

test('a document may span lines and be an array', async () => {
  const object = '[\n {"a": 1,\n "b": [ ]},\n {"a": 2}\n]\n';
  expect(await select(object, 'SELECT * FROM S3Object[*][*]', document)).toBe(
    '{"a":1,"b":[]}\n{"a":2}\n',
  );
  expect(await select(object, 'SELECT s.a FROM S3Object[*][*] s WHERE s.a > 1', document)).toBe(
    '{"a":2}\n',
  );
  expect(await select('[1,[2]]', 'SELECT * FROM S3Object', document)).toBe('{"_1":[1,[2]]}\n');
  expect(await refusal(object, 'SELECT * FROM S3Object', lines)).toBe('JSONParsingError');
});

test('numbers keep all their digits and members their order', async () => {
  const object =
    '{"b":12345678901234567890123,"1":0.1000000000000000000000001,"a":9007199254740993,"e":1e3}';
  const written = `${object.replace('1e3', '1000')}\n`;
  expect(await select(object, 'SELECT * FROM S3Object', lines)).toBe(written);
  expect(
    await select(object, 'SELECT s.a + 1 AS x FROM S3Object s WHERE s.a > 9007199254740992', lines),
  ).toBe('{"x":9007199254740994}\n');
});

test('JSON has types: text is no number', async () => {
  const object = '{"a":"10"}\n{"a":10}\n{"a":10.0}\n{"a":true}\n{"a":null}\n{}\n';
  expect(await select(object, 'SELECT * FROM S3Object s WHERE s.a = 10', lines)).toBe(
    '{"a":10}\n{"a":10.0}\n',
  );
  expect(await select(object, 'SELECT COUNT(a), COUNT(*) FROM S3Object', lines)).toBe(
    '{"_1":4,"_2":6}\n',
  );
  expect(await refusal(object, 'SELECT SUM(a) FROM S3Object', lines)).toBe(
    'IncorrectSqlFunctionArgumentType',
  );
});

test('as CSV, members become columns', async () => {
  const asked = { ...lines, output: { CSV: {} } };
  const object = '{"a":"x,y","b":null,"c":{"d":[1]}}\n';
  expect(await select(object, 'SELECT a, b, z, c FROM S3Object', asked)).toBe(
    '"x,y",,,"{""d"":[1]}"\n',
  );
});

test('names: any in quotes or brackets, also those of Object.prototype', async () => {
  const object = '{"__proto__":1,"a b":{"from":2}}\n';
  const sql = `SELECT s."__proto__" AS p, s['a b']['from'] AS f, s.toString FROM S3Object s`;
  expect(await select(object, sql, lines)).toBe('{"p":1,"f":2}\n');
  const ambiguous = 'SELECT s.a FROM S3Object s';
  expect(await refusal('{"A":1,"Aa":2,"a":3}', ambiguous, lines)).toContain('no error');
  expect(await refusal('{"Ab":1,"aB":2}', 'SELECT s.ab FROM S3Object s', lines)).toBe(
    'AmbiguousFieldName',
  );
});

test.each([
  '{"a":1',
  '{"a"}',
  '{a:1}',
  '[1,]',
  '{"a":1,}',
  'tru',
  '01',
  '"\n"',
  '{"a":1}}',
  ']',
  '"\\x"',
])('%s is no JSON', async (object) => {
  const sql = 'SELECT * FROM S3Object';
  expect(await refusal(object, sql, lines)).toBe('JSONParsingError');
  expect(await refusal(object, sql, document)).toBe('JSONParsingError');
});

test('records and nesting have limits; what is off the path may be of any size', async () => {
  const sql = 'SELECT s.b FROM S3Object s';
  const long = JSON.stringify({ a: 'x'.repeat(maxRecordBytes), b: 1 });
  expect(await refusal(long, sql, lines)).toBe('OverMaxRecordSize');
  expect(await refusal(long, sql, document)).toBe('OverMaxRecordSize');
  const chunkBytes = 10_000;
  expect(await select(long, 'SELECT * FROM S3Object[*].b', { ...document, chunkBytes })).toBe(
    '{"_1":1}\n',
  );
  const deep = '['.repeat(maxJsonDepth * 2) + ']'.repeat(maxJsonDepth * 2);
  expect(await refusal(deep, sql, lines)).toBe('JSONParsingError');
  expect(await refusal(deep, sql, document)).toBe('JSONParsingError');
});

test('gzip and scan ranges of lines', async () => {
  const object = '{"a":1}\n{"a":2}\n{"a":3}\n';
  const input = { ...lines.input, CompressionType: 'GZIP' } as const;
  const sql = 'SELECT a FROM S3Object';
  expect(await select(gzipSync(object), sql, { ...lines, input })).toBe(object);
  expect(await select(object, sql, { ...lines, range: { Start: 1, End: 8 } })).toBe('{"a":2}\n');
});

const path = fc.constantFrom(
  'S3Object',
  'S3Object[*][*]',
  'S3Object[*].a',
  'S3Object[*].a[*]',
  'S3Object[*].*',
  'S3Object[*].a[1].b',
  'S3Object[*][0].a',
  'S3Object[*].*[*].a',
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, 0, -1.5, '', 'a"\\b{[', 'é😀'),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c"]'), tie('value'), { maxKeys: 3 }),
  ),
}));

test('the scanner of documents finds what walking the whole value finds', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(value, { maxLength: 4 }),
      path,
      fc.integer({ min: 1, max: 9 }),
      async (values, from, chunkBytes) => {
        const object = values.map((one) => `${JSON.stringify(one)}\n`).join('');
        const sql = `SELECT * FROM ${from} x`;
        const expected = await select(object, sql, lines);
        const spread = values.map((one) => `${JSON.stringify(one, null, 2)}\n`).join('');
        expect(await select(spread, sql, { ...document, chunkBytes })).toBe(expected);
      },
    ),
    { numRuns: 500 },
  );
});
