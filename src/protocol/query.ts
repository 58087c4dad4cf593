/**
 * Percent-decoding of paths and query strings as S3 does it: bytes are UTF-8, a malformed sequence makes
 * the request InvalidURI. `+` is a space in a query and itself in a path.
 */
import { S3Error } from './errors.ts';
import type { QueryPairs } from './request.ts';

/** Bytes above ASCII that a client sent unencoded; Node hands them over one character per byte. */
const rawBytes = /[\x80-\xff]/g;

function decode(text: string): string {
  try {
    return decodeURIComponent(
      text.replace(rawBytes, (byte) => `%${byte.charCodeAt(0).toString(16)}`),
    );
  } catch (cause) {
    throw new S3Error('InvalidURI', { fields: { URI: text }, cause });
  }
}

const encoded = /[%\u0080-\uffff]/;

/** Decodes a path or one of its parts. */
export function decodePath(raw: string): string {
  return encoded.test(raw) ? decode(raw) : raw;
}

const encodedQuery = /[%+\u0080-\uffff]/;

function decodeQueryPart(raw: string): string {
  return encodedQuery.test(raw) ? decode(raw.replaceAll('+', ' ')) : raw;
}

/** Names and values in the order sent. `a`, `a=` and an empty value are the same; empty parts are skipped. */
export function parseQuery(raw: string): QueryPairs {
  if (raw === '') return [];
  const pairs: [string, string][] = [];
  for (const part of raw.split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    pairs.push(
      equals < 0
        ? [decodeQueryPart(part), '']
        : [decodeQueryPart(part.slice(0, equals)), decodeQueryPart(part.slice(equals + 1))],
    );
  }
  return pairs;
}

/** The first value of a parameter; undefined if it isn't there. */
export function queryValue(query: QueryPairs, name: string): string | undefined {
  for (const pair of query) if (pair[0] === name) return pair[1];
  return undefined;
}
