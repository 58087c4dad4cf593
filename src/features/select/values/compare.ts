/**
 * Comparing values. Numbers compare whatever kind they are of; other values only with their own kind. A CSV
 * file has nothing but text, so that text which is a number compares as one with numbers (the untyped text
 * of the reference; JSON and Parquet have types, so there it does not).
 */
import {
  compareDecimals,
  type Decimal,
  decimalOf,
  decimalToNumber,
  parseDecimal,
} from './decimal.ts';
import { compareTimestamps } from './timestamp.ts';
import { isDecimal, isList, isStruct, isTimestamp, type Value } from './value.ts';

export type Numeric = bigint | number | Decimal;

export const isNumeric = (value: Value): value is Numeric =>
  typeof value === 'bigint' || typeof value === 'number' || isDecimal(value);

/** Text that is a number, as one; undefined for any other value that isn't. */
export function numericOf(value: Value, untyped: boolean): Numeric | undefined {
  if (isNumeric(value)) return value;
  return untyped && typeof value === 'string' ? parseNumber(value) : undefined;
}

const integerText = /^[+-]?\d{1,18}$/;
const floatText = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)[eE][+-]?\d+$/;
/** Longer text is no number, and isn't looked at. */
const maxNumberLength = 1024;

export function parseNumber(text: string): Numeric | undefined {
  if (text.length > maxNumberLength) return undefined;
  const trimmed = text.trim();
  if (integerText.test(trimmed)) return BigInt(trimmed.replace('+', ''));
  if (floatText.test(trimmed)) return Number(trimmed);
  const decimal = parseDecimal(trimmed);
  if (decimal === undefined) return undefined;
  return decimal.scale === 0 && isInt64(decimal.coefficient) ? decimal.coefficient : decimal;
}

export function isInt64(value: bigint): boolean {
  return BigInt.asIntN(64, value) === value;
}

export function toNumber(value: Numeric): number {
  return isDecimal(value) ? decimalToNumber(value) : Number(value);
}

export function toDecimal(value: bigint | Decimal): Decimal {
  return typeof value === 'bigint' ? decimalOf(value) : value;
}

export function compareNumerics(a: Numeric, b: Numeric): number {
  if (typeof a === 'bigint' && typeof b === 'bigint') return a < b ? -1 : Number(a > b);
  if (typeof a !== 'number' && typeof b !== 'number') {
    return compareDecimals(toDecimal(a), toDecimal(b));
  }
  const [left, right] = [toNumber(a), toNumber(b)];
  return left < right ? -1 : Number(left > right);
}

/**
 * Negative, zero or positive; undefined where the values have no order between them.
 * @param untyped text may be numbers
 */
export function compareValues(a: Value, b: Value, untyped: boolean): number | undefined {
  if (typeof a === 'string' && typeof b === 'string') return compareTexts(a, b);
  const left = numericOf(a, untyped);
  const right = left === undefined ? undefined : numericOf(b, untyped);
  if (left !== undefined && right !== undefined) return compareNumerics(left, right);
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  if (isTimestamp(a) && isTimestamp(b)) return compareTimestamps(a, b);
  return undefined;
}

export function equalValues(a: Value, b: Value, untyped: boolean): boolean {
  if (isList(a)) {
    if (!isList(b) || a.length !== b.length) return false;
    return a.every((item, index) => equalValues(item, b[index], untyped));
  }
  if (isStruct(a)) {
    if (!isStruct(b) || a.size !== b.size) return false;
    return [...a].every(([name, item]) => b.has(name) && equalValues(item, b.get(name), untyped));
  }
  if (a === null || b === null) return a === b;
  return compareValues(a, b, untyped) === 0;
}

/** By code points, as UTF-8 sorts. */
function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const [left, right] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (left !== right) return orderOf(left) - orderOf(right);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above all others. */
function orderOf(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
