/** COUNT, SUM, AVG, MIN and MAX over all records that WHERE lets through. NULL and MISSING don't count. */
import { S3Error } from '../../../protocol/errors.ts';
import type { AggregateName } from '../sql/syntax.ts';
import { calculate } from '../values/arithmetic.ts';
import { compareValues, type Numeric, numericOf } from '../values/compare.ts';
import { decimalOf } from '../values/decimal.ts';
import { isAbsent, isTimestamp, type Value } from '../values/value.ts';

export interface Aggregate {
  /** @throws S3Error IncorrectSqlFunctionArgumentType, IntegerOverflow */
  add(value: Value): void;
  result(): Value;
}

/** @param untyped text may be numbers */
export function createAggregate(name: AggregateName, untyped: boolean): Aggregate {
  switch (name) {
    case 'COUNT':
      return createCount();
    case 'SUM':
      return createSum(untyped);
    case 'AVG':
      return createAverage(untyped);
    default:
      return createExtreme(name === 'MIN' ? -1 : 1, untyped);
  }
}

function createCount(): Aggregate {
  let count = 0n;
  return {
    add(value) {
      if (!isAbsent(value)) count += 1n;
    },
    result: () => count,
  };
}

function createSum(untyped: boolean): Aggregate {
  let sum: Numeric | null = null;
  return {
    add(value) {
      if (isAbsent(value)) return;
      const number = assertNumeric(value, untyped);
      sum = sum === null ? number : calculate('+', sum, number);
    },
    result: () => sum,
  };
}

/** A decimal, unless floats are among the values. */
function createAverage(untyped: boolean): Aggregate {
  let sum: Numeric = decimalOf(0n);
  let count = 0n;
  return {
    add(value) {
      if (isAbsent(value)) return;
      const number = assertNumeric(value, untyped);
      sum = calculate('+', sum, typeof number === 'bigint' ? decimalOf(number) : number);
      count += 1n;
    },
    result: () => (count === 0n ? null : calculate('/', sum, decimalOf(count))),
  };
}

function createExtreme(direction: -1 | 1, untyped: boolean): Aggregate {
  let extreme: Value = null;
  return {
    add(value) {
      if (isAbsent(value)) return;
      const next = isTimestamp(value) ? value : assertNumeric(value, untyped);
      if (extreme === null) {
        extreme = next;
        return;
      }
      const order = compareValues(next, extreme, false);
      if (order === undefined) throw new S3Error('IncorrectSqlFunctionArgumentType');
      if (order * direction > 0) extreme = next;
    },
    result: () => extreme,
  };
}

function assertNumeric(value: Value, untyped: boolean): Numeric {
  const number = numericOf(value, untyped);
  if (number === undefined) {
    throw new S3Error('IncorrectSqlFunctionArgumentType');
  }
  return number;
}
