/**
 * The scalar functions of the SQL reference but CAST. Where an argument is NULL or MISSING the result is NULL,
 * but for COALESCE and NULLIF.
 */
import { S3Error } from '../../../protocol/errors.ts';
import type { DatePart, Expression } from '../sql/syntax.ts';
import { isInt64, numericOf } from '../values/compare.ts';
import { assertTextLength } from '../values/format.ts';
import { parseTimestamp, type Timestamp, timestampOfMillis } from '../values/timestamp.ts';
import { isAbsent, isTimestamp, type Value } from '../values/value.ts';
import { dateAdd, dateDiff, extract, formatByPattern } from './date-functions.ts';
import type { Meter } from './meter.ts';
import { areEqual } from './metered-comparison.ts';

type Call = Expression & { readonly kind: 'call' };

export interface FunctionContext {
  /** Text may be numbers: CSV. */
  readonly untyped: boolean;
  readonly meter: Meter;
  /** Milliseconds since the epoch, the same for the whole query. */
  readonly startedAt: number;
}

type ScalarFunction = (values: readonly Value[], context: FunctionContext) => Value;

/** The function that a call names; its arguments come evaluated. */
export function scalarFunction(call: Call): ScalarFunction {
  const known = functions[call.name as keyof typeof functions];
  if (known === undefined) throw new S3Error('UnsupportedFunction');
  const apply = known(call);
  if (takesAbsent.has(call.name)) return apply;
  return (values, context) => (values.some(isAbsent) ? null : apply(values, context));
}

const takesAbsent: ReadonlySet<string> = new Set(['COALESCE', 'NULLIF']);

const length: () => ScalarFunction =
  () =>
  ([value], { meter }) =>
    BigInt(charactersOf(value, meter).length);

const functions = {
  CHAR_LENGTH: length,
  CHARACTER_LENGTH: length,
  LOWER:
    () =>
    ([value], { meter }) =>
      assertTextLength(meteredText(value, meter).toLowerCase()),
  UPPER:
    () =>
    ([value], { meter }) =>
      assertTextLength(meteredText(value, meter).toUpperCase()),
  SUBSTRING: () => substring,
  TRIM: ({ side = 'both' }) => trimmer(side),
  COALESCE: () => (values) => values.find((value) => !isAbsent(value)) ?? null,
  NULLIF:
    () =>
    ([first, second], context) =>
      !isAbsent(first) && !isAbsent(second) && areEqual(first, second, context) ? null : first,
  UTCNOW:
    () =>
    (_, { startedAt }) =>
      timestampOfMillis(startedAt),
  TO_TIMESTAMP:
    () =>
    ([value], { meter }) => {
      if (isTimestamp(value)) return value;
      const timestamp = parseTimestamp(meteredText(value, meter));
      if (timestamp === undefined) throw new S3Error('ValueParseFailure');
      return timestamp;
    },
  TO_STRING:
    () =>
    ([value, pattern], { meter }) =>
      assertTextLength(formatByPattern(timestampOf(value), meteredText(pattern, meter))),
  DATE_ADD:
    ({ part }) =>
    ([quantity, value], { untyped }) =>
      dateAdd(part as DatePart, integerOf(quantity, untyped), timestampOf(value)),
  DATE_DIFF:
    ({ part }) =>
    ([from, to]) =>
      dateDiff(part as DatePart, timestampOf(from), timestampOf(to)),
  EXTRACT:
    ({ part }) =>
    ([value]) =>
      extract(part!, timestampOf(value)),
} as const satisfies Record<string, (call: Call) => ScalarFunction>;

/** Characters count from 1; a range that begins before them loses what lies there. */
function substring(
  [value, from, count]: readonly Value[],
  { untyped, meter }: FunctionContext,
): Value {
  const characters = charactersOf(value, meter);
  const start = Number(integerOf(from, untyped)) - 1;
  if (count === undefined) return characters.slice(Math.max(start, 0)).join('');
  const wanted = Number(integerOf(count, untyped));
  if (wanted < 0) throw new S3Error('IllegalSqlFunctionArgument');
  return characters.slice(Math.max(start, 0), Math.max(start + wanted, 0)).join('');
}

function trimmer(side: 'leading' | 'trailing' | 'both'): ScalarFunction {
  return ([value, unwanted = ' '], { meter }) => {
    const characters = charactersOf(value, meter);
    const removed = new Set(charactersOf(unwanted, meter));
    let start = 0;
    let end = characters.length;
    if (side !== 'trailing') while (start < end && removed.has(characters[start]!)) start += 1;
    if (side !== 'leading') while (end > start && removed.has(characters[end - 1]!)) end -= 1;
    return characters.slice(start, end).join('');
  };
}

export function textOf(value: Value): string {
  if (typeof value !== 'string') throw new S3Error('IncorrectSqlFunctionArgumentType');
  return value;
}

function meteredText(value: Value, meter: Meter): string {
  const text = textOf(value);
  meter.spend(text.length);
  return text;
}

function charactersOf(value: Value, meter: Meter): readonly string[] {
  return [...meteredText(value, meter)];
}

function timestampOf(value: Value): Timestamp {
  if (!isTimestamp(value)) throw new S3Error('IncorrectSqlFunctionArgumentType');
  return value;
}

function integerOf(value: Value, untyped: boolean): bigint {
  const number = numericOf(value, untyped);
  if (typeof number === 'bigint' && isInt64(number)) return number;
  throw new S3Error('IncorrectSqlFunctionArgumentType');
}
