/** A query ready to run over records: what is selected, under which names, and when it is over. */
import { S3Error } from '../../../protocol/errors.ts';
import { maxColumns } from '../limits.ts';
import type { Expression, Name, Query, SelectItem } from '../sql/syntax.ts';
import type { Value } from '../values/value.ts';
import {
  compile,
  conditionOf,
  type Evaluate,
  type RunningAggregate,
  type Scope,
  sameName,
} from './compile.ts';
import { createMeter, type Meter } from './meter.ts';
import type { RowShape } from './row-shape.ts';

/** Names and values of one record of the result. */
export type ResultRecord = Iterable<readonly [string, Value]>;

export interface Plan<Row> {
  /** What the record adds to the result; undefined if nothing. @throws S3Error */
  accept(row: Row): ResultRecord | undefined;
  /** The record that comes after all others: that of aggregates. */
  finish(): ResultRecord | undefined;
  /** No further record can add anything. */
  isOver(): boolean;
  /** What the last `accept` took beside the expressions themselves. */
  readonly meter: Meter;
  /** How many expressions there are to evaluate. */
  readonly nodes: number;
}

/** What the table is called where FROM gives it no name. */
export const defaultAlias: Name = { text: 'S3Object', quoted: false };

/** @param startedAt milliseconds since the epoch */
export function planQuery<Row>(
  { items, alias = defaultAlias, where, limit = Number.POSITIVE_INFINITY }: Query,
  shape: RowShape<Row>,
  startedAt: number,
): Plan<Row> {
  const meter = createMeter();
  const scope: Scope<Row> = {
    shape,
    alias,
    context: { untyped: shape.untyped, meter, startedAt },
  };
  const condition = where === undefined ? undefined : compile(where, scope);
  const selection = compileSelection(items, scope);
  let taken = 0;

  const passes = (row: Row): boolean =>
    condition === undefined || conditionOf(condition(row)) === true;

  return {
    meter,
    nodes: countNodes(items, where),
    accept(row) {
      meter.reset();
      if (!passes(row)) return undefined;
      if (selection.aggregates === undefined) {
        taken += 1;
        return selection.record(row);
      }
      for (const { evaluate, aggregate } of selection.aggregates) aggregate.add(evaluate(row));
      return undefined;
    },
    finish() {
      const isAggregated = selection.aggregates !== undefined && limit > 0;
      return isAggregated ? selection.record(undefined as Row) : undefined;
    },
    isOver: () => limit === 0 || taken >= limit,
  };
}

interface Selection<Row> {
  record(row: Row): ResultRecord;
  /** Where the result is one record of aggregates. */
  readonly aggregates: RunningAggregate<Row>[] | undefined;
}

function compileSelection<Row>(items: Query['items'], scope: Scope<Row>): Selection<Row> {
  if (items === '*') {
    const { shape } = scope;
    return { record: (row) => shape.entries(row), aggregates: undefined };
  }
  if (items.length > maxColumns) throw new S3Error('OverMaxColumn');
  const aggregates = items.some(({ expression }) => hasAggregate(expression)) ? [] : undefined;
  const inner = aggregates === undefined ? scope : { ...scope, aggregates };
  const columns = items.map((item, index): readonly [string, Evaluate<Row>] => [
    nameOf(item, index, scope.alias),
    compile(item.expression, inner),
  ]);
  return {
    aggregates,
    record: (row) => columns.map(([name, evaluate]) => [name, evaluate(row)] as const),
  };
}

/** The alias, the last name of a path, or `_1` by position. */
function nameOf({ expression, alias }: SelectItem, index: number, table: Name): string {
  if (alias !== undefined) return alias;
  const byPosition = `_${index + 1}`;
  if (expression.kind !== 'path') return byPosition;
  const last = expression.steps.at(-1);
  if (last !== undefined) return last.kind === 'member' ? last.name.text : byPosition;
  const isTable = sameName(expression.first, table) && table === defaultAlias;
  return isTable ? byPosition : expression.first.text;
}

function countNodes(items: Query['items'], where: Expression | undefined): number {
  const count = (expression: Expression): number =>
    childrenOf(expression).reduce((sum, child) => sum + count(child), 1);
  const selected = items === '*' ? [] : items.map(({ expression }) => expression);
  return [...selected, ...(where === undefined ? [] : [where])].reduce(
    (sum, expression) => sum + count(expression),
    1,
  );
}

function hasAggregate(expression: Expression): boolean {
  if (expression.kind === 'aggregate') return true;
  return childrenOf(expression).some(hasAggregate);
}

/** The expressions directly within one. */
export function childrenOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'literal':
    case 'path':
      return [];
    case 'and':
    case 'or':
    case 'call':
      return expression.operands;
    case 'compare':
    case 'arithmetic':
      return [expression.left, expression.right];
    case 'between':
      return [expression.operand, expression.low, expression.high];
    case 'in':
      return [expression.operand, ...expression.items];
    case 'like':
      return [
        expression.operand,
        expression.pattern,
        ...(expression.escaping === undefined ? [] : [expression.escaping]),
      ];
    case 'case':
      return [
        ...(expression.subject === undefined ? [] : [expression.subject]),
        ...expression.branches.flatMap(({ when, then }) => [when, then]),
        ...(expression.otherwise === undefined ? [] : [expression.otherwise]),
      ];
    case 'aggregate':
      return expression.operand === undefined ? [] : [expression.operand];
    default:
      return [expression.operand];
  }
}
