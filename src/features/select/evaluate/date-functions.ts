/** DATE_ADD, DATE_DIFF, EXTRACT and TO_STRING: "Date functions" in the SQL reference. */
import { S3Error } from '../../../protocol/errors.ts';
import type { DatePart, ExtractPart } from '../sql/syntax.ts';
import {
  datePrecisions,
  daysOfMonth,
  formatOffset,
  isInCalendar,
  localTime,
  type Precision,
  padded,
  secondsOf,
  type Timestamp,
} from '../values/timestamp.ts';

const secondsIn = { day: 86_400, hour: 3600, minute: 60, second: 1 } as const;
const maxQuantity = 1_000_000_000_000;

/** The result says as much as the part needs. @throws S3Error IllegalSqlFunctionArgument */
export function dateAdd(part: DatePart, quantity: bigint, timestamp: Timestamp): Timestamp {
  const count = Number(quantity);
  if (Math.abs(count) > maxQuantity) throw new S3Error('IllegalSqlFunctionArgument');
  const { offset, fraction } = timestamp;
  const precision = atLeast(timestamp.precision, part === 'hour' ? 'minute' : part);
  const seconds =
    part === 'year' || part === 'month'
      ? addMonths(timestamp, part === 'year' ? count * 12 : count)
      : timestamp.seconds + count * secondsIn[part];
  const added = { seconds, fraction, offset, precision };
  if (!isInCalendar(added)) throw new S3Error('IllegalSqlFunctionArgument');
  return added;
}

/** Whole parts from the first to the second. */
export function dateDiff(part: DatePart, from: Timestamp, to: Timestamp): bigint {
  if (part !== 'year' && part !== 'month') {
    return BigInt(Math.trunc((to.seconds - from.seconds) / secondsIn[part]));
  }
  const [a, b] = [localTime(from), localTime(to)];
  let months = (b.year - a.year) * 12 + b.month - a.month;
  const reached = addMonths(from, months);
  if (months > 0 && reached > to.seconds) months -= 1;
  if (months < 0 && reached < to.seconds) months += 1;
  return BigInt(part === 'month' ? months : Math.trunc(months / 12));
}

export function extract(part: ExtractPart, timestamp: Timestamp): bigint {
  const offset = timestamp.offset ?? 0;
  if (part === 'timezone_hour') return BigInt(Math.trunc(offset / 60));
  if (part === 'timezone_minute') return BigInt(offset % 60);
  return BigInt(localTime(timestamp)[part]);
}

/** A day that the month doesn't have becomes its last. */
function addMonths(timestamp: Timestamp, count: number): number {
  const local = localTime(timestamp);
  const months = local.year * 12 + local.month - 1 + count;
  const year = Math.floor(months / 12);
  const month = months - year * 12 + 1;
  const day = Math.min(local.day, daysOfMonth(Math.max(year, 0), month));
  return secondsOf({ ...local, year, month, day }, timestamp.offset);
}

function atLeast(precision: Precision, needed: Precision): Precision {
  const index = Math.max(datePrecisions.indexOf(precision), datePrecisions.indexOf(needed));
  return datePrecisions[index]!;
}

const monthNames =
  'January February March April May June July August September October November December'.split(
    ' ',
  );

const patternToken = /'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+/y;

/** @throws S3Error EvaluatorTimestampFormatPatternInvalidToken, …UnterminatedTimestampFormatPatternToken */
export function formatByPattern(timestamp: Timestamp, pattern: string): string {
  let text = '';
  let at = 0;
  while (at < pattern.length) {
    patternToken.lastIndex = at;
    const match = patternToken.exec(pattern);
    if (match === null) throw new S3Error('EvaluatorUnterminatedTimestampFormatPatternToken');
    const [token, literal, symbol] = match;
    if (literal !== undefined) text += literal === '' ? "'" : literal.replaceAll("''", "'");
    else text += symbol === undefined ? token : formatSymbol(timestamp, token);
    at += token.length;
  }
  return text;
}

function formatSymbol(timestamp: Timestamp, token: string): string {
  const symbol = token.charAt(0);
  const { year, month, day, hour, minute, second } = localTime(timestamp);
  const upTo2 = (value: number): string => padded(value, assertWidth(token, 2));
  const nanos = timestamp.fraction.padEnd(9, '0');
  switch (symbol) {
    case 'y':
      if (token.length === 2) return padded(year % 100);
      if (token.length === 3) throw invalidToken(token);
      return padded(year, assertWidth(token, 4));
    case 'M': {
      if (token.length <= 2) return upTo2(month);
      const name = monthNames[month - 1]!;
      const width = assertWidth(token, 5);
      if (width === 3) return name.slice(0, 3);
      return width === 4 ? name : name.charAt(0);
    }
    case 'd':
      return upTo2(day);
    case 'a':
      assertWidth(token, 1);
      return hour < 12 ? 'AM' : 'PM';
    case 'h':
      return upTo2(hour % 12 === 0 ? 12 : hour % 12);
    case 'H':
      return upTo2(hour);
    case 'm':
      return upTo2(minute);
    case 's':
      return upTo2(second);
    case 'S':
      return nanos.slice(0, assertWidth(token, 9));
    case 'n':
      assertWidth(token, 1);
      return String(Number(nanos));
    case 'X':
    case 'x':
      return formatZone(timestamp.offset ?? 0, token);
    default:
      throw invalidToken(token);
  }
}

/** One `X` is hours, two or four are hours and minutes, three or five the same with a colon; `x` never says Z. */
function formatZone(offset: number, token: string): string {
  const width = assertWidth(token, 5);
  if (offset === 0 && token.startsWith('X')) return 'Z';
  const text = offset === 0 ? '+00:00' : formatOffset(offset);
  if (width === 1) return text.endsWith(':00') ? text.slice(0, 3) : text.replace(':', '');
  return width % 2 === 0 ? text.replace(':', '') : text;
}

function assertWidth(token: string, most: number): number {
  if (token.length > most) throw invalidToken(token);
  return token.length;
}

function invalidToken(token: string): S3Error {
  return new S3Error('EvaluatorTimestampFormatPatternInvalidToken', {
    message: `The timestamp format pattern contains a token that is not valid in the SQL expression: ${token.slice(0, 32)}.`,
  });
}
