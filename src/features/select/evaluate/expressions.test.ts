import { expect, test } from 'vitest';
import { maxRecordBytes } from '../limits.ts';
import { refusal, select, valueIn } from '../select.fixture.ts';

/** Expression → its value as JSON, or the code of the error. */
async function outcome(expression: string): Promise<string> {
  const code = await refusal('{}', `SELECT ${expression} AS v FROM S3Object`, {
    input: { JSON: { Type: 'LINES' } },
    output: { JSON: {} },
  });
  return code.startsWith('no error') ? valueIn(expression) : code;
}

test.each([
  ['1 + 2 * 3', '7'],
  ['(1 + 2) * 3', '9'],
  ['7 / 2', '3'],
  ['-7 % 3', '-1'],
  ['7.0 / 2', '3.5'],
  ['0.1 + 0.2', '0.3'],
  ['1e0 / 4', '0.25'],
  ['- -3', '3'],
  ['9223372036854775807 + 1', 'IntegerOverflow'],
  ['1 / 0', 'IllegalSqlFunctionArgument'],
  ["'a' || 'b' || 'c'", '"abc"'],
  ["'a' + 1", 'IncorrectSqlFunctionArgumentType'],
  ['1 + NULL', 'null'],
])('arithmetic: %s is %s', async (expression, value) => {
  expect(await outcome(expression)).toBe(value);
});

test.each([
  ['1 = 1.0', 'true'],
  ['1 < 2.5', 'true'],
  ["'a' < 'b'", 'true'],
  ["'a' = 1", 'false'],
  ["'a' < 1", 'null'],
  ['NULL = NULL', 'null'],
  ['NULL IS NULL', 'true'],
  ['MISSING IS NULL', 'true'],
  ['NULL IS MISSING', 'false'],
  ['MISSING IS MISSING', 'true'],
  ['1 IS NOT NULL', 'true'],
  ['MISSING', 'MISSING'],
  ['NULL AND FALSE', 'false'],
  ['NULL AND TRUE', 'null'],
  ['NULL OR TRUE', 'true'],
  ['NOT NULL', 'null'],
  ['NOT 1 = 2 AND TRUE', 'true'],
  ['1 = 2 OR 3 = 3 AND 4 = 4', 'true'],
  ['2 BETWEEN 1 AND 3', 'true'],
  ['2 NOT BETWEEN 1 AND 3', 'false'],
  ['2 IN (1, 2)', 'true'],
  ['3 NOT IN (1, 2)', 'true'],
  ['3 IN (1, NULL)', 'null'],
  ["'yes' AND TRUE", 'IncorrectSqlFunctionArgumentType'],
])('conditions: %s is %s', async (expression, value) => {
  expect(await outcome(expression)).toBe(value);
});

test.each([
  ["'abc' LIKE 'a%'", 'true'],
  ["'abc' LIKE '_b_'", 'true'],
  ["'abc' LIKE 'b'", 'false'],
  ["'abc' NOT LIKE '%c'", 'false'],
  ["'a%c' LIKE 'a!%c' ESCAPE '!'", 'true'],
  ["'abc' LIKE 'a!%c' ESCAPE '!'", 'false'],
  ["'😀x' LIKE '_x'", 'true'],
  ["'a.c' LIKE 'a.c'", 'true'],
  ["'abc' LIKE 'a.c'", 'false'],
  ["'mississippi' LIKE '%iss%ppi'", 'true'],
  ["'abc' LIKE 'abc%%'", 'true'],
  ["'' LIKE '%'", 'true'],
  ["'' LIKE '_'", 'false'],
  ["NULL LIKE 'a'", 'null'],
  ["1 LIKE 'a'", 'LikeInvalidInputs'],
  ["'a' LIKE 'a' ESCAPE 'xy'", 'LikeInvalidInputs'],
  ["'a' LIKE 'a!' ESCAPE '!'", 'LikeInvalidInputs'],
])('LIKE: %s is %s', async (expression, value) => {
  expect(await outcome(expression)).toBe(value);
});

test.each([
  ["CAST('12' AS INT)", '12'],
  ["CAST(' 12 ' AS INTEGER)", '12'],
  ["CAST('x' AS INT)", 'CastFailed'],
  ["CAST('1.5' AS INT)", 'CastFailed'],
  ['CAST(1.9 AS INT)', '1'],
  ["CAST('1.50' AS DECIMAL)", '1.50'],
  ["CAST('0.1' AS NUMERIC) * 3", '0.3'],
  ["CAST('1e3' AS FLOAT)", '1000'],
  ["CAST('TRUE' AS BOOL)", 'true'],
  ["CAST('maybe' AS BOOL)", 'CastFailed'],
  ['CAST(12 AS STRING)', '"12"'],
  ['CAST(NULL AS INT)', 'null'],
  ['CAST(`2007T` AS STRING)', '"2007T"'],
  ["CAST('2007-04-05T14:30Z' AS TIMESTAMP)", '"2007-04-05T14:30Z"'],
  ["CAST('yesterday' AS TIMESTAMP)", 'CastFailed'],
  ["CAST('99999999999999999999' AS INT)", 'CastFailed'],
  ['CAST(1 AS VARCHAR)', 'InvalidDataType'],
])('CAST: %s is %s', async (expression, value) => {
  expect(await outcome(expression)).toBe(value);
});

test.each([
  ["CHAR_LENGTH('a😀')", '2'],
  ["CHARACTER_LENGTH('')", '0'],
  ["LOWER('AbC') || UPPER('AbC')", '"abcABC"'],
  ["SUBSTRING('123456789', 0)", '"123456789"'],
  ["SUBSTRING('123456789', 2)", '"23456789"'],
  ["SUBSTRING('123456789', -4)", '"123456789"'],
  ["SUBSTRING('123456789', 0, 999)", '"123456789"'],
  ["SUBSTRING('123456789', 1, 5)", '"12345"'],
  ["SUBSTRING('123456789' FROM 3 FOR 2)", '"34"'],
  ["SUBSTRING('123', 1, -1)", 'IllegalSqlFunctionArgument'],
  ["TRIM('  foobar ')", '"foobar"'],
  ["TRIM(LEADING FROM '  foobar ')", '"foobar "'],
  ["TRIM(TRAILING FROM '  foobar ')", '"  foobar"'],
  ["TRIM(BOTH '12' FROM '1112211foobar22211122')", '"foobar"'],
  ['COALESCE(MISSING, NULL, 3, 4)', '3'],
  ['COALESCE(NULL)', 'null'],
  ['NULLIF(1, 1.0)', 'null'],
  ['NULLIF(1, 2)', '1'],
  ["CASE WHEN 1 = 2 THEN 'a' WHEN 1 = 1 THEN 'b' ELSE 'c' END", '"b"'],
  ["CASE 3 WHEN 1 THEN 'a' WHEN 3 THEN 'b' END", '"b"'],
  ["CASE 4 WHEN 1 THEN 'a' END", 'null'],
  ['LOWER(1)', 'IncorrectSqlFunctionArgumentType'],
  ["LOWER('a', 'b')", 'EvaluatorInvalidArguments'],
  ["SOUNDEX('a')", 'UnsupportedFunction'],
  ['CHAR_LENGTH(NULL)', 'null'],
])('functions: %s is %s', async (expression, value) => {
  expect(await outcome(expression)).toBe(value);
});

test.each([
  ['DATE_ADD(year, 5, `2010-01-01T`)', '"2015-01-01"'],
  ['DATE_ADD(month, 1, `2010T`)', '"2010-02T"'],
  ['DATE_ADD(month, 13, `2010T`)', '"2011-02T"'],
  ['DATE_ADD(day, -1, `2017-01-10T`)', '"2017-01-09"'],
  ['DATE_ADD(hour, 1, `2017T`)', '"2017-01-01T01:00-00:00"'],
  ['DATE_ADD(hour, 1, `2017-01-02T03:04Z`)', '"2017-01-02T04:04Z"'],
  ['DATE_ADD(minute, 1, `2017-01-02T03:04:05.006Z`)', '"2017-01-02T03:05:05.006Z"'],
  ['DATE_ADD(second, 1, `2017-01-02T03:04:05.006Z`)', '"2017-01-02T03:04:06.006Z"'],
  ['DATE_ADD(month, 1, `2024-01-31T`)', '"2024-02-29"'],
  ['DATE_ADD(year, 9000, `2010T`)', 'IllegalSqlFunctionArgument'],
  ['DATE_DIFF(year, `2010-01-01T`, `2011-01-01T`)', '1'],
  ['DATE_DIFF(month, `2010T`, `2010-05T`)', '4'],
  ['DATE_DIFF(month, `2010T`, `2011T`)', '12'],
  ['DATE_DIFF(month, `2011T`, `2010T`)', '-12'],
  ['DATE_DIFF(day, `2010-01-01T23:00Z`, `2010-01-02T01:00Z`)', '0'],
  ['EXTRACT(YEAR FROM `2010-01-01T`)', '2010'],
  ['EXTRACT(MONTH FROM `2010T`)', '1'],
  ['EXTRACT(MINUTE FROM `2017-01-02T03:04:05+07:08`)', '4'],
  ['EXTRACT(TIMEZONE_HOUR FROM `2017-01-02T03:04:05+07:08`)', '7'],
  ['EXTRACT(TIMEZONE_MINUTE FROM `2017-01-02T03:04:05+07:08`)', '8'],
  ["TO_STRING(`1969-07-20T20:18Z`, 'MMMM d, y')", '"July 20, 1969"'],
  ["TO_STRING(`1969-07-20T20:18Z`, 'MMM d, yyyy')", '"Jul 20, 1969"'],
  ["TO_STRING(`1969-07-20T20:18Z`, 'M-d-yy')", '"7-20-69"'],
  ["TO_STRING(`1969-07-20T20:18Z`, 'MM-d-y')", '"07-20-1969"'],
  ["TO_STRING(`1969-07-20T20:18Z`, 'MMMM d, y h:m a')", '"July 20, 1969 8:18 PM"'],
  ["TO_STRING(`1969-07-20T20:18Z`, 'y-MM-dd''T''H:m:ssX')", '"1969-07-20T20:18:00Z"'],
  ["TO_STRING(`1969-07-20T20:18+08:00`, 'y-MM-dd''T''H:m:ssXXXX')", '"1969-07-20T20:18:00+0800"'],
  ["TO_STRING(`2007T`, 'y-q')", 'EvaluatorTimestampFormatPatternInvalidToken'],
  ["TO_STRING(`2007T`, 'y ''o')", 'EvaluatorUnterminatedTimestampFormatPatternToken'],
  ["TO_TIMESTAMP('2007T')", '"2007T"'],
  ["TO_TIMESTAMP('2007-02-23T12:14:33.079-08:00')", '"2007-02-23T12:14:33.079-08:00"'],
  ["TO_TIMESTAMP('2007-02-30T')", 'ValueParseFailure'],
  ['UTCNOW()', '"2024-05-06T07:08:09.123Z"'],
  ["TO_TIMESTAMP('2007T') < UTCNOW()", 'true'],
  ['DATE_ADD(week, 1, UTCNOW())', 'ParseExpectedDatePart'],
])('dates: %s is %s', async (expression, value) => {
  expect(await outcome(expression)).toBe(value);
});

test('an expression that costs too much on one record is refused, soon', async () => {
  const text = 'a'.repeat(100_000);
  const pattern = `%${'a'.repeat(50_000)}b%`;
  const sql = `SELECT 1 FROM S3Object WHERE '${text}' LIKE '${pattern}'`;
  expect(await refusal('x', sql)).toBe('MaxOperatorsExceeded');
});

const lines = { JSON: { Type: 'LINES' } } as const;
const long = 'a'.repeat(maxRecordBytes - 100);
const half = 'a'.repeat(maxRecordBytes / 2 - 100);

/** Each goes through a whole record: a thousand of them would hold up everybody for seconds. */
test.each([
  ['LOWER(a)', { a: long }],
  ['UPPER(a)', { a: long }],
  ['CAST(a AS BOOL)', { a: `${' '.repeat(maxRecordBytes - 100)}true` }],
  ['a < b', { a: half, b: `${half}b` }],
  ['a = b', { a: half, b: `${half.slice(1)}b` }],
  ['a IN (b)', { a: half, b: `${half.slice(1)}b` }],
  ['NULLIF(a, b) = 1', { a: half, b: `${half.slice(1)}b` }],
  ['CASE a WHEN b THEN 1 ELSE 2 END', { a: half, b: `${half.slice(1)}b` }],
  ['a BETWEEN b AND b', { a: `${half}a`, b: half }],
  ['a = b', { a: Array(100_000).fill(1), b: Array(100_000).fill(1) }],
  ["TO_STRING(`2007T`, a) = 'b'", { a: '.'.repeat(half.length) }],
])('what it costs on one record is counted: %s', async (expression, record) => {
  const sql = `SELECT 1 FROM S3Object WHERE ${`NOT (${expression} IS NULL) AND `.repeat(1000)} TRUE`;
  const refused = await refusal(JSON.stringify(record), sql, { input: lines });
  expect(refused).toBe('MaxOperatorsExceeded');
});

test('records as a whole are counted by their columns', async () => {
  const sql = `SELECT 1 FROM S3Object s WHERE ${'s = s AND '.repeat(2000)} TRUE`;
  expect(await refusal(`${'a,'.repeat(10_000)}a`, sql)).toBe('MaxOperatorsExceeded');
});

test('names that differ in case are found among many, once for all of them', async () => {
  const members = Array.from({ length: 70_000 }, (_, index) => [`k${index}`, 1]);
  const record = JSON.stringify({ ...Object.fromEntries(members), Wanted: 2, twice: 3, Twice: 4 });
  const sql = `SELECT s.WANTED FROM S3Object s WHERE ${'s.missing = 1 OR '.repeat(10_000)} TRUE`;
  expect(await select(record, sql, { input: lines })).toBe('2\n');
  const ambiguous = 'SELECT s.TWICE FROM S3Object s';
  expect(await refusal(record, ambiguous, { input: lines })).toBe('AmbiguousFieldName');
});

test('numbers stay in bounds, whatever is multiplied', async () => {
  const big = `1${'0'.repeat(390)}.5`;
  expect(await outcome(Array(10).fill(big).join(' * '))).toBe('IntegerOverflow');
  const small = `0.${'0'.repeat(390)}1`;
  expect(await outcome(`${Array(10).fill(small).join(' * ')} < 1`)).toBe('true');
});

test('a record of digits alone is read in no time', async () => {
  const digits = '1'.repeat(maxRecordBytes - 100);
  expect(await select(digits, 'SELECT 1 FROM S3Object WHERE _1 > 5')).toBe('');
  expect(await refusal(digits, 'SELECT * FROM S3Object', { input: lines })).toBe(
    'JSONParsingError',
  );
});
