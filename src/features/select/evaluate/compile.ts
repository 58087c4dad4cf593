/**
 * Expressions → functions of a record. Conditions have three values: a comparison with NULL or MISSING is
 * NULL, and so is `<` between values that have no order; only TRUE lets a record through.
 */
import { S3Error } from '../../../protocol/errors.ts';
import type { ComparisonOperator, Expression, Name, PathStep } from '../sql/syntax.ts';
import { calculate, negateNumeric } from '../values/arithmetic.ts';
import { cast } from '../values/cast.ts';
import { type Numeric, numericOf } from '../values/compare.ts';
import { assertTextLength } from '../values/format.ts';
import { isAbsent, isStruct, type Value } from '../values/value.ts';
import { type Aggregate, createAggregate } from './aggregates.ts';
import { type FunctionContext, scalarFunction, textOf } from './functions.ts';
import { type LikePattern, matchesLike, parseLikePattern } from './like.ts';
import { areEqual, orderOf } from './metered-comparison.ts';
import { type RowShape, stepInto } from './row-shape.ts';

export type Evaluate<Row> = (row: Row) => Value;

export interface Scope<Row> {
  readonly shape: RowShape<Row>;
  /** What the table is called. */
  readonly alias: Name;
  readonly context: FunctionContext;
  /** Where aggregates may be: columns outside of them may not. */
  readonly aggregates?: RunningAggregate<Row>[];
}

export interface RunningAggregate<Row> {
  readonly evaluate: Evaluate<Row>;
  readonly aggregate: Aggregate;
}

type Node<Kind extends Expression['kind']> = Expression & { readonly kind: Kind };

/** @throws S3Error for names and functions that aren't there, and aggregates out of place */
export function compile<Row>(expression: Expression, scope: Scope<Row>): Evaluate<Row> {
  switch (expression.kind) {
    case 'literal': {
      const { value } = expression;
      return () => value;
    }
    case 'path':
      return compilePath(expression, scope);
    case 'negate': {
      const operand = compile(expression.operand, scope);
      const { untyped } = scope.shape;
      return (row) => {
        const value = operand(row);
        return isAbsent(value) ? null : negateNumeric(assertNumeric(value, untyped));
      };
    }
    case 'not': {
      const operand = compile(expression.operand, scope);
      return (row) => {
        const value = conditionOf(operand(row));
        return value === null ? null : !value;
      };
    }
    case 'and':
      return compileLogic(expression, false, scope);
    case 'or':
      return compileLogic(expression, true, scope);
    case 'compare':
      return compileComparison(expression, scope);
    case 'arithmetic':
      return compileArithmetic(expression, scope);
    case 'is': {
      const operand = compile(expression.operand, scope);
      if (expression.what === 'missing') return (row) => operand(row) === undefined;
      return (row) => isAbsent(operand(row));
    }
    case 'between':
      return compileBetween(expression, scope);
    case 'in':
      return compileIn(expression, scope);
    case 'like':
      return compileLike(expression, scope);
    case 'case':
      return compileCase(expression, scope);
    case 'cast': {
      const operand = compile(expression.operand, scope);
      const { meter } = scope.context;
      return (row) => {
        const value = operand(row);
        if (typeof value === 'string') meter.spend(value.length);
        return cast(value, expression.type);
      };
    }
    case 'call': {
      const apply = scalarFunction(expression);
      const operands = expression.operands.map((one) => compile(one, scope));
      return (row) =>
        apply(
          operands.map((one) => one(row)),
          scope.context,
        );
    }
    case 'aggregate':
      return compileAggregate(expression, scope);
  }
}

/** TRUE, FALSE or NULL. @throws S3Error IncorrectSqlFunctionArgumentType for what is no condition */
export function conditionOf(value: Value): boolean | null {
  if (isAbsent(value)) return null;
  if (typeof value !== 'boolean') throw new S3Error('IncorrectSqlFunctionArgumentType');
  return value;
}

export function sameName(name: Name, other: Name): boolean {
  if (name.text === other.text) return true;
  if (name.quoted || other.quoted) return false;
  return name.text.toUpperCase() === other.text.toUpperCase();
}

function compilePath<Row>(
  { first, steps }: Node<'path'>,
  { shape, alias, aggregates, context }: Scope<Row>,
): Evaluate<Row> {
  if (aggregates !== undefined) throw new S3Error('UnsupportedSqlStructure');
  let start: Evaluate<Row>;
  let rest: readonly PathStep[] = steps;
  if (!sameName(first, alias)) {
    start = shape.member(first);
  } else if (steps[0]?.kind === 'member') {
    start = shape.member(steps[0].name);
    rest = steps.slice(1);
  } else {
    start = (row) => {
      const record = shape.whole(row);
      // One of columns is put together for it.
      if (isStruct(record)) context.meter.spend(record.size);
      return record;
    };
  }
  if (rest.length === 0) return start;
  const further = rest.map(stepInto);
  return (row) => further.reduce((value, step) => step(value), start(row));
}

/** @param decisive the value of one operand that settles the matter */
function compileLogic<Row>(
  { operands }: Node<'and' | 'or'>,
  decisive: boolean,
  scope: Scope<Row>,
): Evaluate<Row> {
  const compiled = operands.map((one) => compile(one, scope));
  return (row) => {
    let isUnknown = false;
    for (const operand of compiled) {
      const value = conditionOf(operand(row));
      if (value === decisive) return decisive;
      if (value === null) isUnknown = true;
    }
    return isUnknown ? null : !decisive;
  };
}

const orders: {
  readonly [Operator in Exclude<ComparisonOperator, '=' | '<>'>]: (order: number) => boolean;
} = {
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

function compileComparison<Row>(
  { operator, left, right }: Node<'compare'>,
  scope: Scope<Row>,
): Evaluate<Row> {
  const [first, second] = [compile(left, scope), compile(right, scope)];
  const { context } = scope;
  const compare = (test: (a: Value, b: Value) => boolean | null): Evaluate<Row> => {
    return (row) => {
      const [a, b] = [first(row), second(row)];
      return isAbsent(a) || isAbsent(b) ? null : test(a, b);
    };
  };
  if (operator === '=') return compare((a, b) => areEqual(a, b, context));
  if (operator === '<>') return compare((a, b) => !areEqual(a, b, context));
  const holds = orders[operator];
  return compare((a, b) => {
    const order = orderOf(a, b, context);
    return order === undefined ? null : holds(order);
  });
}

function compileBetween<Row>(
  { operand, low, high }: Node<'between'>,
  scope: Scope<Row>,
): Evaluate<Row> {
  const [value, from, to] = [operand, low, high].map((one) => compile(one, scope));
  const { context } = scope;
  const isOrdered = (a: Value, b: Value): boolean | null => {
    if (isAbsent(a) || isAbsent(b)) return null;
    const order = orderOf(a, b, context);
    return order === undefined ? null : order <= 0;
  };
  return (row) => {
    const held = value!(row);
    const isAbove = isOrdered(from!(row), held);
    const isBelow = isOrdered(held, to!(row));
    if (isAbove === false || isBelow === false) return false;
    return isAbove === null || isBelow === null ? null : true;
  };
}

function compileArithmetic<Row>(
  { operator, left, right }: Node<'arithmetic'>,
  scope: Scope<Row>,
): Evaluate<Row> {
  const [first, second] = [compile(left, scope), compile(right, scope)];
  const { untyped } = scope.shape;
  return (row) => {
    const [a, b] = [first(row), second(row)];
    if (isAbsent(a) || isAbsent(b)) return null;
    if (operator === '||') return concatenate(textOf(a), textOf(b), scope.context);
    return calculate(operator, assertNumeric(a, untyped), assertNumeric(b, untyped));
  };
}

function concatenate(a: string, b: string, { meter }: FunctionContext): string {
  meter.spend(a.length + b.length);
  return assertTextLength(a + b);
}

function assertNumeric(value: Value, untyped: boolean): Numeric {
  const number = numericOf(value, untyped);
  if (number === undefined) throw new S3Error('IncorrectSqlFunctionArgumentType');
  return number;
}

function compileIn<Row>({ operand, items }: Node<'in'>, scope: Scope<Row>): Evaluate<Row> {
  const wanted = compile(operand, scope);
  const listed = items.map((one) => compile(one, scope));
  const { context } = scope;
  return (row) => {
    const value = wanted(row);
    if (isAbsent(value)) return null;
    let isUnknown = false;
    for (const one of listed) {
      const item = one(row);
      if (isAbsent(item)) isUnknown = true;
      else if (areEqual(value, item, context)) return true;
    }
    return isUnknown ? null : false;
  };
}

function compileLike<Row>(
  { operand, pattern, escaping }: Node<'like'>,
  scope: Scope<Row>,
): Evaluate<Row> {
  const text = compile(operand, scope);
  const wanted = compile(pattern, scope);
  const escapeBy = escaping === undefined ? undefined : compile(escaping, scope);
  const { meter } = scope.context;
  let last: { readonly text: string; readonly escape: string | undefined } | undefined;
  let parsed: LikePattern = [];
  return (row) => {
    const [value, like, escaper] = [text(row), wanted(row), escapeBy?.(row)];
    if (isAbsent(value) || isAbsent(like) || escaper === null) return null;
    if (typeof value !== 'string' || typeof like !== 'string') {
      throw new S3Error('LikeInvalidInputs');
    }
    const by = escaper === undefined ? undefined : textOf(escaper);
    if (last === undefined || last.text !== like || last.escape !== by) {
      meter.spend(like.length);
      parsed = parseLikePattern(like, by);
      last = { text: like, escape: by };
    }
    meter.spend(value.length);
    return matchesLike(value, parsed, meter);
  };
}

function compileCase<Row>(
  { subject, branches, otherwise }: Node<'case'>,
  scope: Scope<Row>,
): Evaluate<Row> {
  const tested = subject === undefined ? undefined : compile(subject, scope);
  const compiled = branches.map(({ when, then }) => ({
    when: compile(when, scope),
    result: compile(then, scope),
  }));
  const last = otherwise === undefined ? () => null : compile(otherwise, scope);
  const { context } = scope;
  return (row) => {
    const value = tested?.(row);
    const found = compiled.find(({ when }) => {
      const condition = when(row);
      if (tested === undefined) return conditionOf(condition) === true;
      return !isAbsent(value) && !isAbsent(condition) && areEqual(value, condition, context);
    });
    return found === undefined ? last(row) : found.result(row);
  };
}

function compileAggregate<Row>(
  { name, operand }: Node<'aggregate'>,
  scope: Scope<Row>,
): Evaluate<Row> {
  const { aggregates, ...inner } = scope;
  if (aggregates === undefined) throw new S3Error('UnsupportedSqlStructure');
  const evaluate: Evaluate<Row> = operand === undefined ? () => true : compile(operand, inner);
  const aggregate = createAggregate(name, scope.shape.untyped);
  aggregates.push({ evaluate, aggregate });
  return () => aggregate.result();
}
