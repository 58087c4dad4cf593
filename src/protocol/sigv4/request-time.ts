/**
 * When a request says it was signed, and how far that may be from now: both signature versions.
 *
 * API reference, "Authenticating Requests": 15 minutes either way.
 */

import { S3Error } from '../errors.ts';

export const maxSkewMs = 15 * 60 * 1000;

/** Requests that come together were mostly signed in the same second. */
let lastText = '';
let lastMs: number | undefined;

/** `20130524T000000Z` → ms since the epoch; undefined for anything else. */
export function parseAmzDate(text: string): number | undefined {
  if (text !== lastText) {
    lastMs = readAmzDate(text);
    lastText = text;
  }
  return lastMs;
}

function readAmzDate(text: string): number | undefined {
  if (text.length !== 16 || text.charCodeAt(8) !== 0x54 || text.charCodeAt(15) !== 0x5a) {
    return undefined;
  }
  const year = digits(text, 0, 4);
  const month = digits(text, 4, 6);
  const day = digits(text, 6, 8);
  const hour = digits(text, 9, 11);
  const minute = digits(text, 11, 13);
  const second = digits(text, 13, 15);
  // A NaN in any part fails its comparison.
  if (!(hour < 24 && minute < 60 && second < 60 && year >= 1970)) return undefined;
  const ms = Date.UTC(year, month - 1, day, hour, minute, second);
  const date = new Date(ms);
  const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return exists ? ms : undefined;
}

/** ms since the epoch → `20130524T000000Z`. */
export function formatAmzDate(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
}

/** ms since the epoch → `2013-05-24T00:00:00Z`, as error documents have it. */
export function formatErrorTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

const httpDate =
  /^(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*, *)?\d{1,2}[ -](?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[ -]\d{4} \d{2}:\d{2}:\d{2} (?:GMT|UTC|[+-]\d{4})$/;

/** The `Date` header's forms, an HTTP or RFC 2822 date, and the basic ISO form; nothing before 1970. */
export function parseDateHeader(text: string): number | undefined {
  const basic = parseAmzDate(text);
  if (basic !== undefined) return basic;
  if (!httpDate.test(text)) return undefined;
  const ms = Date.parse(text);
  return ms >= 0 ? ms : undefined;
}

export function checkSkew(requestTime: string, requestMs: number, now: number): void {
  if (Math.abs(now - requestMs) <= maxSkewMs) return;
  throw new S3Error('RequestTimeTooSkewed', {
    fields: {
      RequestTime: requestTime,
      ServerTime: formatErrorTime(now),
      MaxAllowedSkewMilliseconds: String(maxSkewMs),
    },
  });
}

export function invalidDateError(): S3Error {
  return new S3Error('AccessDenied', {
    message: 'AWS authentication requires a valid Date or x-amz-date header',
  });
}

function digits(text: string, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - 0x30;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}
