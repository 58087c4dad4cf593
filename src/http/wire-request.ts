/**
 * Node's request → `WireRequest`: raw headers and the URL as sent, nothing normalised that S3 tells apart.
 *
 * Node's parser gives header values as Latin-1, one character per byte, and strips white space around
 * them; that is what a signature covers.
 */
import type { IncomingMessage } from 'node:http';
import { S3Error } from '../protocol/errors.ts';
import { parseQuery } from '../protocol/query.ts';
import type { QueryPairs, WireHeaders, WireRequest } from '../protocol/request.ts';

/**
 * @throws S3Error InvalidURI for a query that isn't percent-encoded UTF-8, BadRequest for a Host header that
 *   is repeated, or missing where HTTP/1.1 demands it (RFC 9112, section 3.2)
 */
export function wireRequest(incoming: IncomingMessage): WireRequest {
  const headers = wireHeaders(incoming.rawHeaders);
  const target = originForm(incoming.url ?? '/', headers);
  if (headers.host === undefined ? incoming.httpVersion === '1.1' : headers.host.includes(',')) {
    throw new S3Error('BadRequest', { message: 'A request has exactly one Host header.' });
  }
  const mark = target.indexOf('?');
  const rawQuery = mark < 0 ? '' : target.slice(mark + 1);
  return {
    method: incoming.method ?? 'GET',
    rawPath: mark < 0 ? target : target.slice(0, mark),
    rawQuery,
    query: mark < 0 ? noQuery : parseQuery(rawQuery),
    headers,
  };
}

const noQuery: QueryPairs = [];

/** Names in lower case; a repeated header's values joined by commas in the order sent. */
export function wireHeaders(rawHeaders: readonly string[]): WireHeaders {
  const headers: Record<string, string | undefined> = Object.create(null);
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!.toLowerCase();
    const value = rawHeaders[i + 1]!;
    const before = headers[name];
    headers[name] = before === undefined ? value : `${before},${value}`;
  }
  return headers;
}

/**
 * A request line may hold a whole URL ("absolute-form", RFC 9112 section 3.2.2): its host is then the
 * one that counts. `OPTIONS *` asks about the server as a whole.
 */
function originForm(url: string, headers: WireHeaders): string {
  if (url.charCodeAt(0) === slash) return url;
  if (url === '*') return '/';
  const authority = url.indexOf('://') + 3;
  if (authority < 3) return url;
  let end = authority;
  while (end < url.length && url[end] !== '/' && url[end] !== '?') end++;
  (headers as Record<string, string | undefined>).host = url.slice(authority, end);
  return url[end] === '/' ? url.slice(end) : `/${url.slice(end)}`;
}

const slash = 0x2f;
