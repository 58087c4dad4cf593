/** Function calls: those of the SQL reference, with the forms that some of them have of their own. */
import { S3Error } from '../../../protocol/errors.ts';
import {
  type AggregateName,
  type CastType,
  dateParts,
  type Expression,
  type ExtractPart,
} from './syntax.ts';
import { type TokenStream, unexpected } from './token-stream.ts';

export interface CallParser {
  readonly tokens: TokenStream;
  parse(): Expression;
  made(expression: Expression, children?: readonly (Expression | undefined)[]): Expression;
}

const aggregateNames: ReadonlySet<string> = new Set(['COUNT', 'SUM', 'AVG', 'MIN', 'MAX']);

/** Function → fewest and most arguments. */
const arities: Readonly<Record<string, readonly [number, number]>> = {
  CHAR_LENGTH: [1, 1],
  CHARACTER_LENGTH: [1, 1],
  LOWER: [1, 1],
  UPPER: [1, 1],
  COALESCE: [1, Number.POSITIVE_INFINITY],
  NULLIF: [2, 2],
  UTCNOW: [0, 0],
  TO_TIMESTAMP: [1, 1],
  TO_STRING: [2, 2],
};

const typeNames: Readonly<Record<string, CastType>> = {
  BOOL: 'bool',
  BOOLEAN: 'bool',
  INT: 'int',
  INTEGER: 'int',
  FLOAT: 'float',
  DECIMAL: 'decimal',
  NUMERIC: 'decimal',
  STRING: 'string',
  TIMESTAMP: 'timestamp',
};

const extractParts: readonly string[] = [...dateParts, 'timezone_hour', 'timezone_minute'];

/** The name and the left parenthesis are at hand. */
export function parseCall(parser: CallParser): Expression {
  const { tokens } = parser;
  const { keyword: name, text } = tokens.next();
  tokens.next();
  if (aggregateNames.has(name)) return parseAggregate(parser, name as AggregateName);
  switch (name) {
    case 'CAST':
      return parseCast(parser);
    case 'EXTRACT':
      return parseExtract(parser);
    case 'DATE_ADD':
    case 'DATE_DIFF':
      return parseDateCall(parser, name);
    case 'SUBSTRING':
      return parseSubstring(parser);
    case 'TRIM':
      return parseTrim(parser);
    default:
      return parsePlain(parser, name, text);
  }
}

function parsePlain({ tokens, parse, made }: CallParser, name: string, text: string): Expression {
  const arity = Object.hasOwn(arities, name) ? arities[name] : undefined;
  if (arity === undefined) {
    throw new S3Error('UnsupportedFunction', {
      message: `An unsupported SQL function was encountered: ${text.slice(0, 64)}.`,
    });
  }
  const operands: Expression[] = [];
  if (!tokens.takeSymbol(')')) {
    if (tokens.takeSymbol('*')) throw new S3Error('ParseUnsupportedCallWithStar');
    do operands.push(parse());
    while (tokens.takeSymbol(','));
    closeCall(tokens);
  }
  if (operands.length < arity[0] || operands.length > arity[1]) {
    throw new S3Error('EvaluatorInvalidArguments');
  }
  return made({ kind: 'call', name, operands }, operands);
}

function parseAggregate({ tokens, parse, made }: CallParser, name: AggregateName): Expression {
  if (tokens.takeSymbol('*')) {
    if (name !== 'COUNT') throw new S3Error('ParseUnsupportedCallWithStar');
    closeCall(tokens);
    return made({ kind: 'aggregate', name, operand: undefined });
  }
  if (tokens.isKeyword('DISTINCT')) throw new S3Error('UnsupportedSqlStructure');
  tokens.takeKeyword('ALL');
  const operand = parse();
  closeCall(tokens);
  return made({ kind: 'aggregate', name, operand }, [operand]);
}

function parseCast({ tokens, parse, made }: CallParser): Expression {
  const operand = parse();
  tokens.expectKeyword('AS');
  const token = tokens.next();
  if (token.kind !== 'word') throw unexpected(token, 'ParseExpectedTypeName');
  const type = Object.hasOwn(typeNames, token.keyword) ? typeNames[token.keyword] : undefined;
  if (type === undefined) throw unexpected(token, 'InvalidDataType');
  closeCall(tokens);
  return made({ kind: 'cast', operand, type }, [operand]);
}

function parseExtract({ tokens, parse, made }: CallParser): Expression {
  const part = takePart(tokens, extractParts);
  tokens.expectKeyword('FROM');
  const operand = parse();
  closeCall(tokens);
  return made({ kind: 'call', name: 'EXTRACT', operands: [operand], part }, [operand]);
}

function parseDateCall({ tokens, parse, made }: CallParser, name: string): Expression {
  const part = takePart(tokens, dateParts);
  tokens.expectSymbol(',', 'ParseExpectedArgumentDelimiter');
  const first = parse();
  tokens.expectSymbol(',', 'ParseExpectedArgumentDelimiter');
  const second = parse();
  closeCall(tokens);
  return made({ kind: 'call', name, operands: [first, second], part }, [first, second]);
}

/** `SUBSTRING(text FROM 2 FOR 3)` or with commas. */
function parseSubstring({ tokens, parse, made }: CallParser): Expression {
  const operands = [parse()];
  if (tokens.takeKeyword('FROM') !== undefined) {
    operands.push(parse());
    if (tokens.takeKeyword('FOR') !== undefined) operands.push(parse());
  } else {
    tokens.expectSymbol(',', 'ParseExpectedArgumentDelimiter');
    operands.push(parse());
    if (tokens.takeSymbol(',')) operands.push(parse());
  }
  closeCall(tokens);
  return made({ kind: 'call', name: 'SUBSTRING', operands }, operands);
}

/** `TRIM([[LEADING | TRAILING | BOTH] [characters] FROM] text)`. */
function parseTrim({ tokens, parse, made }: CallParser): Expression {
  const found = tokens.takeKeyword('LEADING', 'TRAILING', 'BOTH')?.toLowerCase();
  const side = (found ?? 'both') as 'leading' | 'trailing' | 'both';
  const operands: Expression[] = [];
  if (!tokens.isKeyword('FROM')) operands.push(parse());
  if (tokens.takeKeyword('FROM') !== undefined) operands.unshift(parse());
  else if (found !== undefined) throw unexpected(tokens.peek(), 'ParseExpectedKeyword');
  closeCall(tokens);
  return made({ kind: 'call', name: 'TRIM', operands, side }, operands);
}

function takePart(tokens: TokenStream, known: readonly string[]): ExtractPart {
  const token = tokens.next();
  const part = token.keyword.toLowerCase();
  if (!known.includes(part)) throw unexpected(token, 'ParseExpectedDatePart');
  return part as ExtractPart;
}

function closeCall(tokens: TokenStream): void {
  tokens.expectSymbol(')', 'ParseExpectedRightParenBuiltinFunctionCall');
}
