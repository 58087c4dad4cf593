/**
 * Timestamps with the precision and the offset they were written with, as Ion has them: `2010T`,
 * `2010-05T`, `2010-05-06`, `2010-05-06T07:08Z`, `2010-05-06T07:08:09.123+02:00`.
 */

export const datePrecisions = ['year', 'month', 'day', 'minute', 'second'] as const;
export type Precision = (typeof datePrecisions)[number];

export interface Timestamp {
  /** Of the epoch. */
  readonly seconds: number;
  /** Digits after the second's point, up to nine. */
  readonly fraction: string;
  /** Minutes east of Greenwich; undefined where the time zone isn't known. */
  readonly offset: number | undefined;
  readonly precision: Precision;
}

/** The calendar's view of a timestamp, at its own offset. */
export interface LocalTime {
  readonly year: number;
  /** From 1, as days are. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const pattern =
  /^(\d{4})(?:T?$|-(\d\d)(?:T?$|-(\d\d)(?:T?$|[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9})\d*)?)?(Z|[+-]\d\d:?\d\d)?$)))/;

const minuteSeconds = 60;

/** Undefined for what isn't one. */
export function parseTimestamp(text: string): Timestamp | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const [, year, month = '1', day = '1', hour = '0', minute = '0', second = '0', fraction = ''] =
    match;
  const offset = match[4] === undefined ? undefined : parseOffset(match[8]);
  const local: LocalTime = {
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
  };
  if (!isPossible(local) || (offset !== undefined && Math.abs(offset) >= 24 * 60)) return undefined;
  return { seconds: secondsOf(local, offset), fraction, offset, precision: precisionOf(match) };
}

export function timestampOfMillis(millis: number): Timestamp {
  const seconds = Math.floor(millis / 1000);
  const fraction = String(Math.round(millis - seconds * 1000)).padStart(3, '0');
  return { seconds, fraction, offset: 0, precision: 'second' };
}

/** @param perSecond 1000n, 1000000n or 1000000000n */
export function timestampOfUnits(units: bigint, perSecond: bigint): Timestamp {
  let rest = units % perSecond;
  if (rest < 0n) rest += perSecond;
  const seconds = Number((units - rest) / perSecond);
  const fraction = rest.toString().padStart(perSecond.toString().length - 1, '0');
  return { seconds, fraction, offset: 0, precision: 'second' };
}

/** Years 1 to 9999, as SQL and Ion can write them. */
export function isInCalendar(timestamp: Timestamp): boolean {
  const { year } = localTime(timestamp);
  return year >= 1 && year <= 9999;
}

export function localTime({ seconds, offset = 0 }: Timestamp): LocalTime {
  const date = new Date((seconds + offset * minuteSeconds) * 1000);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
  };
}

/** Seconds of the epoch; months and days out of bounds carry over. */
export function secondsOf(
  { year, month, day, hour, minute, second }: LocalTime,
  offset: number | undefined,
): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  return date.getTime() / 1000 - (offset ?? 0) * minuteSeconds;
}

/** Days of the month, which is counted from 1. */
export function daysOfMonth(year: number, month: number): number {
  return new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
}

export function compareTimestamps(a: Timestamp, b: Timestamp): number {
  if (a.seconds !== b.seconds) return a.seconds - b.seconds;
  const [left, right] = [a.fraction.padEnd(9, '0'), b.fraction.padEnd(9, '0')];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** As Ion writes it. */
export function formatTimestamp(timestamp: Timestamp): string {
  const { year, month, day, hour, minute, second } = localTime(timestamp);
  const { precision, fraction, offset } = timestamp;
  const date = [padded(year, 4), padded(month), padded(day)];
  if (precision === 'year') return `${date[0]}T`;
  if (precision === 'month') return `${date[0]}-${date[1]}T`;
  if (precision === 'day') return date.join('-');
  const seconds = precision === 'minute' ? '' : `:${padded(second)}`;
  const point = precision === 'minute' || fraction === '' ? '' : `.${fraction}`;
  return `${date.join('-')}T${padded(hour)}:${padded(minute)}${seconds}${point}${formatOffset(offset)}`;
}

export function formatOffset(offset: number | undefined): string {
  if (offset === undefined) return '-00:00';
  if (offset === 0) return 'Z';
  const minutes = Math.abs(offset);
  const sign = offset < 0 ? '-' : '+';
  return `${sign}${padded(Math.trunc(minutes / 60))}:${padded(minutes % 60)}`;
}

export function padded(value: number, width = 2): string {
  return String(value).padStart(width, '0');
}

function parseOffset(text: string | undefined): number | undefined {
  if (text === undefined || text === '-00:00') return undefined;
  if (text === 'Z') return 0;
  const minutes = Number(text.slice(1, 3)) * 60 + Number(text.slice(-2));
  return text.startsWith('-') ? -minutes : minutes;
}

function precisionOf(match: readonly (string | undefined)[]): Precision {
  if (match[6] !== undefined) return 'second';
  if (match[4] !== undefined) return 'minute';
  if (match[3] !== undefined) return 'day';
  return match[2] === undefined ? 'year' : 'month';
}

function isPossible({ year, month, day, hour, minute, second }: LocalTime): boolean {
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysOfMonth(year, month)) {
    return false;
  }
  return hour < 24 && minute < 60 && second < 60;
}
