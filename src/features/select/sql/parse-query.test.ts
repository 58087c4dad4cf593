import { expect, test } from 'vitest';
import { type ErrorCode, S3Error } from '../../../protocol/errors.ts';
import { maxExpressionBytes, maxExpressionDepth } from '../limits.ts';
import { parseQuery } from './parse-query.ts';

function codeOf(sql: string): ErrorCode | undefined {
  try {
    parseQuery(sql);
    return undefined;
  } catch (error) {
    if (error instanceof S3Error) return error.code;
    throw error;
  }
}

test('the parts of a query', () => {
  const query = parseQuery(
    'select s.a as x, "B", s."c d"[2].e from s3object[*].rules[*] s where s.a > 1 limit 5;',
  );
  expect(query).toMatchObject({
    items: [
      { alias: 'x', expression: { first: { text: 's' }, steps: [{ name: { text: 'a' } }] } },
      { alias: undefined, expression: { first: { text: 'B', quoted: true }, steps: [] } },
      {
        expression: {
          steps: [
            { kind: 'member', name: { text: 'c d', quoted: true } },
            { kind: 'index', index: 2 },
            { kind: 'member', name: { text: 'e' } },
          ],
        },
      },
    ],
    source: [{ kind: 'member', name: { text: 'rules' } }, { kind: 'items' }],
    alias: { text: 's', quoted: false },
    where: { kind: 'compare', operator: '>' },
    limit: 5,
  });
});

test('comments and line breaks are blanks', () => {
  const sql = 'SELECT /* all */ *\n-- of it\nFROM S3Object';
  expect(parseQuery(sql)).toMatchObject({ items: '*', source: [], alias: undefined });
});

test('the first [*] says nothing; a path gives the table its name', () => {
  expect(parseQuery('SELECT * FROM S3Object[*]').source).toEqual([]);
  expect(parseQuery('SELECT * FROM S3Object[*][*]').source).toEqual([{ kind: 'items' }]);
  expect(parseQuery('SELECT id FROM S3Object[*].Rules[*].id').alias?.text).toBe('id');
  expect(parseQuery('SELECT * FROM S3Object.a.* x').source.at(-1)).toEqual({ kind: 'members' });
});

test.each<[string, ErrorCode]>([
  ['', 'ParseUnsupportedSelect'],
  ['INSERT INTO S3Object VALUES (1)', 'ParseUnsupportedSelect'],
  ['SELECT FROM S3Object', 'ParseEmptySelect'],
  ['SELECT 1', 'ParseSelectMissingFrom'],
  ['SELECT * FROM other', 'InvalidDataSource'],
  ["SELECT * FROM read_csv('/etc/passwd')", 'InvalidDataSource'],
  ['SELECT *, a FROM S3Object', 'ParseAsteriskIsNotAloneInSelectList'],
  ['SELECT a, * FROM S3Object', 'ParseAsteriskIsNotAloneInSelectList'],
  ['SELECT t.* FROM S3Object s', 'InvalidTableAlias'],
  ['SELECT a FROM S3Object, S3Object', 'MultipleDataSourcesUnsupported'],
  ['SELECT a FROM S3Object s JOIN S3Object t', 'MultipleDataSourcesUnsupported'],
  ['SELECT a FROM S3Object GROUP BY a', 'UnsupportedSqlStructure'],
  ['SELECT a FROM S3Object ORDER BY a', 'UnsupportedSqlStructure'],
  ['SELECT DISTINCT a FROM S3Object', 'UnsupportedSqlStructure'],
  ['SELECT a FROM (SELECT * FROM S3Object)', 'UnsupportedSqlStructure'],
  ['SELECT (SELECT 1 FROM S3Object) FROM S3Object', 'UnsupportedSqlStructure'],
  ['SELECT a FROM S3Object WHERE', 'ParseExpectedExpression'],
  ['SELECT a FROM S3Object WHERE a = ', 'ParseExpectedExpression'],
  ['SELECT a FROM S3Object LIMIT ten', 'ParseExpectedNumber'],
  ['SELECT a FROM S3Object LIMIT 1.5', 'ParseExpectedNumber'],
  ['SELECT a FROM S3Object; DROP TABLE x', 'ParseUnexpectedToken'],
  ['SELECT a AS FROM S3Object', 'ParseExpectedIdentForAlias'],
  ['SELECT a FROM S3Object s s2', 'ParseUnexpectedToken'],
  ['SELECT (a FROM S3Object', 'ParseExpectedTokenType'],
  ['SELECT SUM(*) FROM S3Object', 'ParseUnsupportedCallWithStar'],
  ['SELECT CAST(a, INT) FROM S3Object', 'ParseExpectedKeyword'],
  ['SELECT CAST a FROM S3Object', 'ParseExpectedLeftParenAfterCast'],
  ['SELECT CAST(a AS 5) FROM S3Object', 'ParseExpectedTypeName'],
  ['SELECT CASE a END FROM S3Object', 'ParseExpectedWhenClause'],
  ['SELECT LOWER(a FROM S3Object', 'ParseExpectedRightParenBuiltinFunctionCall'],
  ['SELECT DATE_ADD(day 1, a) FROM S3Object', 'ParseExpectedArgumentDelimiter'],
  ['SELECT a[b] FROM S3Object', 'ParseInvalidPathComponent'],
  ['SELECT where FROM S3Object', 'ParseUnExpectedKeyword'],
  ["SELECT 'a FROM S3Object", 'LexerInvalidLiteral'],
  ['SELECT `a` FROM S3Object', 'LexerInvalidIONLiteral'],
  ['SELECT a ~ b FROM S3Object', 'LexerInvalidChar'],
  ['SELECT /* a FROM S3Object', 'LexerInvalidChar'],
  ['SELECT constructor(1) FROM S3Object', 'UnsupportedFunction'],
])('%s is %s', (sql, code) => {
  expect(codeOf(sql)).toBe(code);
});

test('an expression is as long as S3 allows, and no longer', () => {
  const padded = (bytes: number) => `SELECT * FROM S3Object${' '.repeat(bytes - 22)}`;
  expect(codeOf(padded(maxExpressionBytes))).toBeUndefined();
  expect(codeOf(padded(maxExpressionBytes + 1))).toBe('ExpressionTooLong');
});

test('an expression is as deep as evaluation may go, however it gets there', () => {
  const where = (text: string) => codeOf(`SELECT * FROM S3Object WHERE ${text}`);
  const many = 20_000;
  expect(where(`${'('.repeat(many)}a${')'.repeat(many)}`)).toBe('MaxOperatorsExceeded');
  expect(where(`${'NOT '.repeat(many)}a`)).toBe('MaxOperatorsExceeded');
  expect(where(`${'- '.repeat(many)}a`)).toBe('MaxOperatorsExceeded');
  expect(where(`a${' + a'.repeat(many)}`)).toBe('MaxOperatorsExceeded');
  expect(where(`a${' IS NULL'.repeat(many)}`)).toBe('MaxOperatorsExceeded');
  expect(where(`${'a'}${'.a'.repeat(many)}`)).toBe('MaxOperatorsExceeded');
  expect(where(`a${' + a'.repeat(maxExpressionDepth / 2)}`)).toBeUndefined();
  expect(where(`a = 1${' OR a = 1'.repeat(many)}`)).toBeUndefined();
  expect(where(`a IN (1${', 1'.repeat(many)})`)).toBeUndefined();
});

test('comments that do not end cost no more than their length', () => {
  expect(codeOf(`SELECT ${'/* '.repeat(80_000)}`)).toBe('LexerInvalidChar');
});

test('as many operands as an expression has room for', () => {
  const many = `1${',1'.repeat(130_900)}`;
  expect(() => parseQuery(`SELECT * FROM S3Object WHERE 1 IN (${many})`)).not.toThrow();
  expect(() => parseQuery(`SELECT COALESCE(${many}) FROM S3Object`)).not.toThrow();
});
