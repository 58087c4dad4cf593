/**
 * `SELECT … FROM S3Object… [WHERE …] [LIMIT …]`: "SELECT command" in the SQL reference. Other clauses that SQL
 * has are refused as S3 does.
 */
import { S3Error } from '../../../protocol/errors.ts';
import { maxColumns, maxExpressionBytes } from '../limits.ts';
import { type ExpressionParser, expressionParser } from './parse-expression.ts';
import type { Name, Query, SelectItem, SourceStep } from './syntax.ts';
import { type TokenStream, tokenStream, unexpected } from './token-stream.ts';
import { tokenize } from './tokens.ts';

/** Clauses of SQL that S3 Select doesn't have. */
const otherClauses = ['GROUP', 'ORDER', 'HAVING', 'UNION', 'OFFSET', 'PIVOT', 'AT', 'BY', 'LET'];
const joins = ['JOIN', 'INNER', 'LEFT', 'RIGHT', 'FULL', 'CROSS', 'OUTER', 'NATURAL'];

/** @throws S3Error ExpressionTooLong, Lexer…, Parse…, Unsupported… */
export function parseQuery(text: string): Query {
  if (Buffer.byteLength(text, 'utf8') > maxExpressionBytes) throw new S3Error('ExpressionTooLong');
  const tokens = tokenStream(tokenize(text));
  const expressions = expressionParser(tokens);
  if (tokens.takeKeyword('SELECT') === undefined) {
    throw unexpected(tokens.peek(), 'ParseUnsupportedSelect');
  }
  const selected = parseItems(tokens, expressions);
  if (tokens.takeKeyword('FROM') === undefined) {
    throw unexpected(tokens.peek(), 'ParseSelectMissingFrom');
  }
  const source = parseSource(tokens, expressions);
  const alias = parseTableAlias(tokens, expressions) ?? lastName(source);
  if (selected.star !== undefined) assertTable(selected.star, alias);
  assertOneSource(tokens);
  const where = tokens.takeKeyword('WHERE') === undefined ? undefined : expressions.parse();
  const limit = tokens.takeKeyword('LIMIT') === undefined ? undefined : parseLimit(tokens);
  tokens.takeSymbol(';');
  if (tokens.isKeyword(...otherClauses)) throw unexpected(tokens.peek(), 'UnsupportedSqlStructure');
  if (tokens.peek().kind !== 'end') throw unexpected(tokens.peek());
  return { items: selected.items, source, alias, where, limit };
}

interface Selected {
  readonly items: Query['items'];
  /** Of `name.*`. */
  readonly star?: Name;
}

function parseItems(tokens: TokenStream, expressions: ExpressionParser): Selected {
  if (tokens.isKeyword('FROM')) throw new S3Error('ParseEmptySelect');
  if (tokens.isKeyword('DISTINCT', 'TOP')) {
    throw unexpected(tokens.peek(), 'UnsupportedSqlStructure');
  }
  tokens.takeKeyword('ALL');
  const star = takeStar(tokens);
  if (star !== undefined) {
    if (tokens.takeSymbol(',')) throw new S3Error('ParseAsteriskIsNotAloneInSelectList');
    return star;
  }
  const items: SelectItem[] = [];
  do {
    if (takeStar(tokens) !== undefined) throw new S3Error('ParseAsteriskIsNotAloneInSelectList');
    const expression = expressions.parse();
    items.push({ expression, alias: parseAlias(tokens, expressions) });
    if (items.length > maxColumns) throw new S3Error('OverMaxColumn');
  } while (tokens.takeSymbol(','));
  return { items };
}

/** `*` or `name.*`. */
function takeStar(tokens: TokenStream): Selected | undefined {
  if (tokens.takeSymbol('*')) return { items: '*' };
  const { kind, text } = tokens.peek();
  if (kind !== 'word' && kind !== 'name') return undefined;
  if (tokens.peek(1).text !== '.' || tokens.peek(2).text !== '*') return undefined;
  if (tokens.peek(1).kind !== 'symbol' || tokens.peek(2).kind !== 'symbol') return undefined;
  for (let taken = 0; taken < 3; taken++) tokens.next();
  return { items: '*', star: { text, quoted: kind === 'name' } };
}

function parseAlias(tokens: TokenStream, expressions: ExpressionParser): string | undefined {
  const isMarked = tokens.takeKeyword('AS') !== undefined;
  const name = expressions.takeName();
  if (name === undefined && isMarked) throw unexpected(tokens.peek(), 'ParseExpectedIdentForAlias');
  return name?.text;
}

function parseTableAlias(tokens: TokenStream, expressions: ExpressionParser): Name | undefined {
  if (tokens.isKeyword(...joins, ...otherClauses)) return undefined;
  const isMarked = tokens.takeKeyword('AS') !== undefined;
  const name = expressions.takeName();
  if (name === undefined && isMarked) throw unexpected(tokens.peek(), 'ParseExpectedIdentForAlias');
  return name;
}

/** `S3Object`, `S3Object[*]` and a path from there. */
function parseSource(tokens: TokenStream, expressions: ExpressionParser): SourceStep[] {
  const table = tokens.next();
  if (table.kind === 'symbol' && table.text === '(') throw new S3Error('UnsupportedSqlStructure');
  if (table.text.toUpperCase() !== 'S3OBJECT' || !['word', 'name'].includes(table.kind)) {
    throw unexpected(table, 'InvalidDataSource');
  }
  const steps: SourceStep[] = [];
  let isFirst = true;
  for (;;) {
    steps.push(...expressions.takeSteps());
    const wildcard = takeWildcard(tokens);
    if (wildcard === undefined) break;
    // The first [*] says what S3Object is in any case: each record.
    if (wildcard.kind !== 'items' || !isFirst || steps.length > 0) steps.push(wildcard);
    isFirst = false;
  }
  return steps;
}

function takeWildcard(tokens: TokenStream): SourceStep | undefined {
  const { kind, text } = tokens.peek(1);
  if (kind !== 'symbol' || text !== '*') return undefined;
  if (tokens.takeSymbol('.')) {
    tokens.next();
    return { kind: 'members' };
  }
  if (!tokens.takeSymbol('[')) return undefined;
  tokens.next();
  tokens.expectSymbol(']', 'ParseInvalidPathComponent');
  return { kind: 'items' };
}

/** `FROM S3Object[*].a.b` is known as `b`. */
function lastName(source: readonly SourceStep[]): Name | undefined {
  const last = source.at(-1);
  return last?.kind === 'member' ? last.name : undefined;
}

function assertTable({ text, quoted }: Name, alias: Name | undefined): void {
  const known = alias?.text ?? 'S3Object';
  const same = quoted ? text === known : text.toUpperCase() === known.toUpperCase();
  if (!same) throw new S3Error('InvalidTableAlias');
}

function assertOneSource(tokens: TokenStream): void {
  if (tokens.isKeyword(...joins) || tokens.peek().text === ',') {
    throw new S3Error('MultipleDataSourcesUnsupported');
  }
  if (tokens.isKeyword('AT', 'BY')) throw new S3Error('ParseUnsupportedSyntax');
}

function parseLimit(tokens: TokenStream): number {
  const token = tokens.next();
  const limit = Number(token.text);
  if (token.kind !== 'number' || !Number.isSafeInteger(limit)) {
    throw unexpected(token, 'ParseExpectedNumber');
  }
  return limit;
}
