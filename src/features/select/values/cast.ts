/** CAST: "Conversion functions" in the SQL reference. NULL and MISSING stay what they are. */
import { S3Error } from '../../../protocol/errors.ts';
import type { CastType } from '../sql/syntax.ts';
import { isInt64, isNumeric, type Numeric, parseNumber, toDecimal, toNumber } from './compare.ts';
import { decimalOfFloat, truncateDecimal } from './decimal.ts';
import { formatScalarText } from './format.ts';
import { parseTimestamp } from './timestamp.ts';
import { isAbsent, isList, isStruct, isTimestamp, type Value } from './value.ts';

/** @throws S3Error CastFailed */
export function cast(value: Value, type: CastType): Value {
  if (isAbsent(value)) return value;
  const result = casts[type](value);
  if (result === undefined) {
    const shown = formatScalarText(value).slice(0, 64);
    throw new S3Error('CastFailed', {
      message: `Attempt to convert "${shown}" to ${type.toUpperCase()} using CAST failed in the SQL expression.`,
    });
  }
  return result;
}

/** Undefined where there is no such conversion. */
const casts: { readonly [Type in CastType]: (value: Value) => Value } = {
  bool(value) {
    if (typeof value === 'boolean') return value;
    if (isNumeric(value)) return toNumber(value) !== 0;
    const text = typeof value === 'string' ? value.trim().toLowerCase() : '';
    return text === 'true' || text === 'false' ? text === 'true' : undefined;
  },
  int(value) {
    const number = numberOf(value);
    if (number === undefined || (typeof value === 'string' && typeof number !== 'bigint')) {
      return undefined;
    }
    const whole = wholeOf(number);
    return whole !== undefined && isInt64(whole) ? whole : undefined;
  },
  float(value) {
    const number = numberOf(value);
    return number === undefined ? undefined : toNumber(number);
  },
  decimal(value) {
    const number = numberOf(value);
    return typeof number === 'number' ? decimalOfFloat(number) : number && toDecimal(number);
  },
  string(value) {
    return isList(value) || isStruct(value) ? undefined : formatScalarText(value);
  },
  timestamp(value) {
    if (isTimestamp(value)) return value;
    return typeof value === 'string' ? parseTimestamp(value.trim()) : undefined;
  },
};

function numberOf(value: Value): Numeric | undefined {
  if (isNumeric(value)) return value;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  return typeof value === 'string' ? parseNumber(value) : undefined;
}

function wholeOf(value: Numeric): bigint | undefined {
  if (typeof value === 'bigint') return value;
  if (typeof value !== 'number') return truncateDecimal(value);
  return Number.isFinite(value) ? BigInt(Math.trunc(value)) : undefined;
}
