/**
 * The date formats of S3: HTTP dates (RFC 9110, section 5.6.7, all three), ISO 8601 as XML Schema's
 * dateTime, and the compact form of signatures (`20150830T123600Z`).
 *
 * Parsers answer undefined for anything else, so that each caller decides what a bad date means.
 */

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const imfFixdate =
  /^[A-Za-z]{3}, {1,2}(\d{1,2}) ([A-Za-z]{3}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) (?:GMT|UTC|[+-]0000)$/;
const rfc850 = /^[A-Za-z]{6,9}, (\d{2})-([A-Za-z]{3})-(\d{2}) (\d{2}):(\d{2}):(\d{2}) GMT$/;
const asctime = /^[A-Za-z]{3} ([A-Za-z]{3}) ([ \d]\d) (\d{2}):(\d{2}):(\d{2}) (\d{4})$/;
const iso =
  /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?:Z|([+-])(\d{2}):?(\d{2}))?)?$/;
const amz = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/;

/** Undefined for fields out of their range, 30 February included. */
function utc(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  millisecond = 0,
): Date | undefined {
  if (month < 0 || month > 11 || hour > 23 || minute > 59 || second > 60) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month, day);
  if (date.getUTCMonth() !== month || date.getUTCDate() !== day) return undefined;
  // A leap second is read as the last second of its minute.
  date.setUTCHours(hour, minute, Math.min(second, 59), millisecond);
  return date;
}

function monthIndex(name: string): number {
  return months.indexOf(name.charAt(0).toUpperCase() + name.slice(1).toLowerCase());
}

export function parseHttpDate(text: string): Date | undefined {
  let match = imfFixdate.exec(text);
  if (match !== null) {
    const [, day, month, year, hour, minute, second] = match;
    return utc(+year!, monthIndex(month!), +day!, +hour!, +minute!, +second!);
  }
  match = rfc850.exec(text);
  if (match !== null) {
    const [, day, month, year, hour, minute, second] = match;
    // Two digits: 1970 to 2069, so that the reading doesn't depend on today.
    const century = +year! < 70 ? 2000 : 1900;
    return utc(century + +year!, monthIndex(month!), +day!, +hour!, +minute!, +second!);
  }
  match = asctime.exec(text);
  if (match === null) return undefined;
  const [, month, day, hour, minute, second, year] = match;
  return utc(+year!, monthIndex(month!), +day!, +hour!, +minute!, +second!);
}

/** Seconds whose text is kept; beyond, all are forgotten. */
const maxKeptSeconds = 4096;
const httpDates = new Map<number, string>();

/**
 * IMF-fixdate, the one form that may be generated: `Sun, 06 Nov 1994 08:49:37 GMT`. What is read often was
 * written in few different seconds, and looking one up takes a quarter of writing it out.
 */
export function formatHttpDate(date: Date): string {
  const second = Math.floor(date.getTime() / 1000);
  const known = httpDates.get(second);
  if (known !== undefined) return known;
  const text = date.toUTCString();
  if (httpDates.size >= maxKeptSeconds) httpDates.clear();
  httpDates.set(second, text);
  return text;
}

/** A date alone is its midnight; without an offset the time is UTC. */
export function parseIsoDate(text: string): Date | undefined {
  const match = iso.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction, sign, offsetHours, offsetMinutes] =
    match;
  const milliseconds = Number((fraction ?? '').padEnd(3, '0').slice(0, 3));
  const date = utc(
    +year!,
    +month! - 1,
    +day!,
    +(hour ?? 0),
    +(minute ?? 0),
    +(second ?? 0),
    milliseconds,
  );
  if (date === undefined || sign === undefined) return date;
  const offset = (+offsetHours! * 60 + +offsetMinutes!) * 60_000;
  return new Date(date.getTime() + (sign === '-' ? offset : -offset));
}

const dayMs = 86_400_000;
const timeOfDayLength = 'hh:mm:ss.mmmZ'.length;
const twoDigits = Array.from({ length: 60 }, (_, value) => String(value).padStart(2, '0'));
/** Dates of a listing are mostly of few days, and `toISOString` is what costs most in writing one. */
let lastDay = Number.NaN;
let lastDayText = '';

/** With milliseconds, as S3 always writes them: `2009-10-12T17:50:30.000Z`. */
export function formatIsoDate(date: Date): string {
  const time = date.getTime();
  const day = Math.floor(time / dayMs);
  if (day !== lastDay) {
    lastDayText = date.toISOString().slice(0, -timeOfDayLength);
    lastDay = day;
  }
  const rest = time - day * dayMs;
  const second = Math.floor(rest / 1000);
  const minute = Math.floor(second / 60);
  const hour = Math.floor(minute / 60);
  return `${lastDayText}${twoDigits[hour]}:${twoDigits[minute % 60]}:${twoDigits[second % 60]}.${String(rest % 1000).padStart(3, '0')}Z`;
}

export function parseAmzDate(text: string): Date | undefined {
  const match = amz.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  return utc(+year!, +month! - 1, +day!, +hour!, +minute!, +second!);
}

export function formatAmzDate(date: Date): string {
  return `${date.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
}
