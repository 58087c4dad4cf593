/**
 * What the parser cannot make a request of, answered as S3 would: an error document and the end of the
 * connection.
 */
import type { Duplex } from 'node:stream';
import type { EncodedResponse } from '../protocol/encode.ts';
import { encodeError } from '../protocol/error-document.ts';
import { S3Error } from '../protocol/errors.ts';

/** An error of the parser or the socket, as Node's server reports it. */
export interface ConnectionError extends Error {
  readonly code?: string;
  /** The parser's own words. */
  readonly reason?: string;
}

interface BadRequest {
  readonly error: S3Error;
  /** Where HTTP has a status of its own for it. */
  readonly status?: number;
}

export function badRequestOf({ code, reason }: ConnectionError): BadRequest {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return { error: new S3Error('RequestHeaderSectionTooLarge'), status: 431 };
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { error: new S3Error('RequestTimeout'), status: 408 };
    case 'HPE_INVALID_URL':
      return { error: new S3Error('InvalidURI') };
    case 'HPE_INVALID_CONTENT_LENGTH':
      // S3 takes an empty Content-Length for none.
      if (reason === 'Empty Content-Length') return { error: new S3Error('MissingContentLength') };
      return { error: new S3Error('BadRequest', { message: 'Content-Length is not a number.' }) };
    case 'HPE_INVALID_TRANSFER_ENCODING':
      return { error: new S3Error('NotImplemented', { fields: { Header: 'Transfer-Encoding' } }) };
    default:
      return { error: new S3Error('BadRequest') };
  }
}

export interface BadRequestIds {
  readonly requestId: string;
  readonly hostId: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Writes the answer and ends the writing side; closing is the caller's. */
export function answerBadRequest(
  socket: Duplex,
  error: ConnectionError,
  ids: BadRequestIds,
): BadRequest {
  const bad = badRequestOf(error);
  const context = { ...ids, resource: '', bucket: undefined, key: undefined };
  const document = encodeError(bad.error, context);
  socket.end(rawResponse({ ...document, status: bad.status ?? document.status }, ids));
  return bad;
}

function rawResponse(
  { status, headers, body }: EncodedResponse,
  { requestId, hostId, now }: BadRequestIds,
): Buffer {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
  const lines = [`HTTP/1.1 ${status} ${reasons[status] ?? 'Bad Request'}`];
  const all = [
    ...['x-amz-id-2', hostId, 'x-amz-request-id', requestId, 'Server', 'Kist'],
    ...headers,
    ...['Date', new Date(now).toUTCString(), 'Content-Length', String(bytes.length)],
    ...['Connection', 'close'],
  ];
  for (let i = 0; i < all.length; i += 2) lines.push(`${all[i]}: ${all[i + 1]}`);
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), bytes]);
}

const reasons: Readonly<Record<number, string>> = {
  408: 'Request Timeout',
  411: 'Length Required',
  431: 'Request Header Fields Too Large',
  501: 'Not Implemented',
};
