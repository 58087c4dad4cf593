/**
 * `+ - * / %` on numbers: integers stay integers and must fit 64 bits, a float makes the result one, else it
 * is a decimal. Division of integers cuts off.
 */
import { S3Error } from '../../../protocol/errors.ts';
import { isInt64, type Numeric, toDecimal, toNumber } from './compare.ts';
import {
  addDecimals,
  type Decimal,
  divideDecimals,
  isInBounds,
  multiplyDecimals,
  negateDecimal,
  remainderOfDecimals,
} from './decimal.ts';
import { isDecimal } from './value.ts';

export type NumericOperator = '+' | '-' | '*' | '/' | '%';

interface Rules<T> {
  readonly '+': (a: T, b: T) => T;
  readonly '-': (a: T, b: T) => T;
  readonly '*': (a: T, b: T) => T;
  readonly '/': (a: T, b: T) => T;
  readonly '%': (a: T, b: T) => T;
}

const integers: Rules<bigint> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
};

const floats: Rules<number> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
};

const decimals: Rules<Decimal> = {
  '+': addDecimals,
  '-': (a, b) => addDecimals(a, negateDecimal(b)),
  '*': multiplyDecimals,
  '/': divideDecimals,
  '%': remainderOfDecimals,
};

/** @throws S3Error IntegerOverflow, IllegalSqlFunctionArgument for a division by zero */
export function calculate(operator: NumericOperator, a: Numeric, b: Numeric): Numeric {
  if ((operator === '/' || operator === '%') && toNumber(b) === 0) {
    throw new S3Error('IllegalSqlFunctionArgument', {
      message: 'The SQL expression divides by zero.',
    });
  }
  if (typeof a === 'bigint' && typeof b === 'bigint') {
    const result = integers[operator](a, b);
    if (!isInt64(result)) throw new S3Error('IntegerOverflow');
    return result;
  }
  if (typeof a === 'number' || typeof b === 'number') {
    return floats[operator](toNumber(a), toNumber(b));
  }
  const result = decimals[operator](toDecimal(a), toDecimal(b));
  if (!isInBounds(result)) throw new S3Error('IntegerOverflow');
  return result;
}

/** @throws S3Error IntegerOverflow */
export function negateNumeric(value: Numeric): Numeric {
  if (isDecimal(value)) return negateDecimal(value);
  if (typeof value === 'number') return -value;
  if (!isInt64(-value)) throw new S3Error('IntegerOverflow');
  return -value;
}
