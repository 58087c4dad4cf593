/**
 * Expressions, by precedence: OR, AND, NOT, comparisons with IS, IN, LIKE and BETWEEN, `||`, `+ -`, `* / %`,
 * signs ("Operators" in the SQL reference).
 */
import { S3Error } from '../../../protocol/errors.ts';
import { maxExpressionDepth } from '../limits.ts';
import { parseDecimal } from '../values/decimal.ts';
import { parseTimestamp } from '../values/timestamp.ts';
import type { Value } from '../values/value.ts';
import { type CallParser, parseCall } from './parse-call.ts';
import type {
  ArithmeticOperator,
  ComparisonOperator,
  Expression,
  Name,
  PathStep,
} from './syntax.ts';
import { type TokenStream, unexpected } from './token-stream.ts';
import type { Token } from './tokens.ts';

/** Words that can't be a name unless they are quoted. */
const reserved: ReadonlySet<string> = new Set(
  (
    'SELECT FROM WHERE LIMIT AND OR NOT IN IS LIKE BETWEEN CASE WHEN THEN ELSE END AS NULL MISSING ' +
    'TRUE FALSE ESCAPE CAST GROUP ORDER HAVING JOIN UNION DISTINCT ALL BY ON'
  ).split(' '),
);

const comparisons: Readonly<Record<string, ComparisonOperator>> = {
  '=': '=',
  '<>': '<>',
  '!=': '<>',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
};

/** Operators of one level each, loosest first; all of them are left-associative. */
const arithmetic: readonly (readonly ArithmeticOperator[])[] = [
  ['||'],
  ['+', '-'],
  ['*', '/', '%'],
];

const maxInteger = 2n ** 63n - 1n;

export interface ExpressionParser {
  parse(): Expression;
  /** A name, quoted or not, that isn't reserved; undefined if none is at hand. */
  takeName(): Name | undefined;
  /** `.name`, `[0]` and `['name']`, as many as there are. */
  takeSteps(): PathStep[];
}

export function expressionParser(tokens: TokenStream): ExpressionParser {
  /** Evaluation goes as deep as the expression, so that its depth is bounded. */
  const depths = new WeakMap<Expression, number>();
  let nesting = 0;

  function made(expression: Expression, children: readonly (Expression | undefined)[] = []) {
    let depth = 0;
    for (const child of children) {
      if (child !== undefined) depth = Math.max(depth, depths.get(child) ?? 0);
    }
    assertDepth(depth);
    depths.set(expression, depth + 1);
    return expression;
  }

  function nested<T>(parse: () => T): T {
    nesting += 1;
    assertDepth(nesting);
    const result = parse();
    nesting -= 1;
    return result;
  }

  const parse = (): Expression => nested(() => parseList('or', 'OR', () => parseAnd()));
  const parseAnd = (): Expression => parseList('and', 'AND', parseNot);

  function parseList(kind: 'and' | 'or', keyword: string, parseOperand: () => Expression) {
    const first = parseOperand();
    if (!tokens.isKeyword(keyword)) return first;
    const operands = [first];
    while (tokens.takeKeyword(keyword) !== undefined) operands.push(parseOperand());
    return made({ kind, operands }, operands);
  }

  function parseNot(): Expression {
    if (tokens.takeKeyword('NOT') === undefined) return parseComparison();
    const operand = nested(parseNot);
    return made({ kind: 'not', operand }, [operand]);
  }

  function parseComparison(): Expression {
    let left = parseArithmetic(0);
    for (;;) {
      const { kind, text } = tokens.peek();
      const operator = kind === 'symbol' ? comparisons[text] : undefined;
      if (operator !== undefined) {
        tokens.next();
        const right = parseArithmetic(0);
        left = made({ kind: 'compare', operator, left, right }, [left, right]);
        continue;
      }
      const test = parseTest(left);
      if (test === undefined) return left;
      left = test;
    }
  }

  function parseTest(operand: Expression): Expression | undefined {
    if (tokens.takeKeyword('IS') !== undefined) {
      const negated = tokens.takeKeyword('NOT') !== undefined;
      const found = tokens.takeKeyword('NULL', 'MISSING');
      if (found === undefined) throw unexpected(tokens.peek(), 'ParseExpectedKeyword');
      const what = found === 'NULL' ? 'null' : 'missing';
      return negate(made({ kind: 'is', operand, what }, [operand]), negated);
    }
    const negated =
      tokens.isKeyword('NOT') && ['IN', 'LIKE', 'BETWEEN'].includes(tokens.peek(1).keyword);
    if (negated) tokens.next();
    switch (tokens.takeKeyword('IN', 'LIKE', 'BETWEEN')) {
      case 'IN':
        return negate(parseIn(operand), negated);
      case 'LIKE':
        return negate(parseLike(operand), negated);
      case 'BETWEEN':
        return negate(parseBetween(operand), negated);
      default:
        return undefined;
    }
  }

  function negate(operand: Expression, negated: boolean): Expression {
    return negated ? made({ kind: 'not', operand }, [operand]) : operand;
  }

  function parseIn(operand: Expression): Expression {
    tokens.expectSymbol('(');
    const items = parseListed();
    tokens.expectSymbol(')');
    return made({ kind: 'in', operand, items }, [operand, ...items]);
  }

  function parseLike(operand: Expression): Expression {
    const pattern = parseArithmetic(0);
    const escaping = tokens.takeKeyword('ESCAPE') === undefined ? undefined : parseArithmetic(0);
    return made({ kind: 'like', operand, pattern, escaping }, [operand, pattern, escaping]);
  }

  function parseBetween(operand: Expression): Expression {
    const low = parseArithmetic(0);
    tokens.expectKeyword('AND');
    const high = parseArithmetic(0);
    return made({ kind: 'between', operand, low, high }, [operand, low, high]);
  }

  function parseListed(): Expression[] {
    const items = [parse()];
    while (tokens.takeSymbol(',')) items.push(parse());
    return items;
  }

  function parseArithmetic(level: number): Expression {
    const operators = arithmetic[level];
    if (operators === undefined) return parseSigned();
    let left = parseArithmetic(level + 1);
    for (;;) {
      const operator = operators.find((one) => tokens.takeSymbol(one));
      if (operator === undefined) return left;
      const right = parseArithmetic(level + 1);
      left = made({ kind: 'arithmetic', operator, left, right }, [left, right]);
    }
  }

  function parseSigned(): Expression {
    if (tokens.takeSymbol('+')) return nested(parseSigned);
    if (!tokens.takeSymbol('-')) return parsePrimary();
    const operand = nested(parseSigned);
    return made({ kind: 'negate', operand }, [operand]);
  }

  function parsePrimary(): Expression {
    const token = tokens.peek();
    if (token.kind === 'symbol' && token.text === '(') {
      tokens.next();
      if (tokens.isKeyword('SELECT')) throw new S3Error('UnsupportedSqlStructure');
      const inner = parse();
      tokens.expectSymbol(')');
      return inner;
    }
    const value = literalOf(token);
    if (value !== noLiteral) {
      tokens.next();
      return made({ kind: 'literal', value });
    }
    if (token.keyword === 'CASE') return parseCase();
    const following = tokens.peek(1);
    const isCalled = following.kind === 'symbol' && following.text === '(';
    if (isCalled && token.kind === 'word' && (token.keyword === 'CAST' || isName(token))) {
      return parseCall(callParser);
    }
    if (token.keyword === 'CAST') throw new S3Error('ParseExpectedLeftParenAfterCast');
    const first = takeName();
    if (first === undefined) {
      if (token.kind === 'end') throw unexpected(token, 'ParseExpectedExpression');
      throw unexpected(token, token.kind === 'word' ? 'ParseUnExpectedKeyword' : undefined);
    }
    return made({ kind: 'path', first, steps: takeSteps() });
  }

  function parseCase(): Expression {
    tokens.next();
    const subject = tokens.isKeyword('WHEN') ? undefined : parse();
    const branches: { when: Expression; then: Expression }[] = [];
    while (tokens.takeKeyword('WHEN') !== undefined) {
      const when = parse();
      tokens.expectKeyword('THEN');
      const then = parse();
      branches.push({ when, then });
    }
    if (branches.length === 0) throw unexpected(tokens.peek(), 'ParseExpectedWhenClause');
    const otherwise = tokens.takeKeyword('ELSE') === undefined ? undefined : parse();
    tokens.expectKeyword('END');
    const children = branches.flatMap(({ when, then }) => [when, then]);
    return made({ kind: 'case', subject, branches, otherwise }, [subject, ...children, otherwise]);
  }

  function takeName(): Name | undefined {
    const token = tokens.peek();
    if (!isName(token)) return undefined;
    tokens.next();
    return { text: token.text, quoted: token.kind === 'name' };
  }

  function takeSteps(): PathStep[] {
    const steps: PathStep[] = [];
    for (;;) {
      const step = takeStep();
      if (step === undefined) return steps;
      steps.push(step);
      assertDepth(steps.length);
    }
  }

  function takeStep(): PathStep | undefined {
    const wildcard = tokens.peek(1).text === '*' && tokens.peek(1).kind === 'symbol';
    if (wildcard) return undefined;
    if (tokens.takeSymbol('.')) return { kind: 'member', name: expectMember() };
    if (!tokens.takeSymbol('[')) return undefined;
    const token = tokens.next();
    tokens.expectSymbol(']', 'ParseInvalidPathComponent');
    if (token.kind === 'string') {
      return { kind: 'member', name: { text: token.text, quoted: true } };
    }
    const index = Number(token.text);
    if (token.kind !== 'number' || !Number.isSafeInteger(index)) {
      throw unexpected(token, 'ParseInvalidPathComponent');
    }
    return { kind: 'index', index };
  }

  /** After a point any word is a name. */
  function expectMember(): Name {
    const token = tokens.next();
    if (token.kind !== 'word' && token.kind !== 'name') {
      throw unexpected(token, 'ParseInvalidPathComponent');
    }
    return { text: token.text, quoted: token.kind === 'name' };
  }

  const callParser: CallParser = { tokens, parse, made };
  return { parse, takeName, takeSteps };
}

function isName({ kind, keyword }: Token): boolean {
  return kind === 'name' || (kind === 'word' && !reserved.has(keyword));
}

function assertDepth(depth: number): void {
  if (depth > maxExpressionDepth) throw new S3Error('MaxOperatorsExceeded');
}

const noLiteral = Symbol('no literal');

function literalOf({ kind, text, keyword }: Token): Value | typeof noLiteral {
  switch (kind) {
    case 'string':
      return text;
    case 'number':
      return numberOf(text);
    case 'ion':
      return ionOf(text.trim());
    case 'word':
      if (keyword === 'TRUE') return true;
      if (keyword === 'FALSE') return false;
      if (keyword === 'NULL') return null;
      return keyword === 'MISSING' ? undefined : noLiteral;
    default:
      return noLiteral;
  }
}

function numberOf(text: string): Value {
  if (/^\d+$/.test(text) && text.length <= 19) {
    const value = BigInt(text);
    if (value <= maxInteger) return value;
  }
  const value = /[eE]/.test(text) ? Number(text) : parseDecimal(text);
  if (value === undefined || value === Number.POSITIVE_INFINITY) {
    throw new S3Error('LexerInvalidLiteral');
  }
  return value;
}

/** Timestamps, which have no other literal, and scalars that mean the same in Ion and SQL. */
function ionOf(text: string): Value {
  const timestamp = parseTimestamp(text);
  if (timestamp !== undefined) return timestamp;
  if (text === 'true' || text === 'false') return text === 'true';
  if (text === 'null') return null;
  if (/^"[^"\\]*"$/.test(text)) return text.slice(1, -1);
  if (/^-?\d+$/.test(text) && text.length <= 18) return BigInt(text);
  throw new S3Error('LexerInvalidIONLiteral');
}
