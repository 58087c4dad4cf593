/**
 * Requests as the text that goes over the wire, signed with Signature Version 4 in the Authorization
 * header. The payload is not part of the signature (`UNSIGNED-PAYLOAD`), so that a head can be made
 * before its body is known and sent more than once; S3 takes it for 15 minutes.
 */
import { type SigV4Credentials, signSigV4 } from '../../protocol/sigv4/sign.ts';

export interface RequestTarget {
  /** As the `Host` header names it. */
  readonly host: string;
  readonly region: string;
  /** undefined: requests go unsigned. */
  readonly credentials: SigV4Credentials | undefined;
}

export interface PlainRequest {
  readonly method: string;
  /** Percent-encoded. */
  readonly path: string;
  /** Percent-encoded, without the `?`. */
  readonly query?: string;
  /** Lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** All headers of the request: of its own, `host` and `x-amz-*` are signed, others sent as they are. */
export function signedHeaders(
  { host, region, credentials }: RequestTarget,
  request: PlainRequest,
  now: number,
): Readonly<Record<string, string>> {
  const headers = { host, ...request.headers };
  if (credentials === undefined) return headers;
  const rawQuery = request.query ?? '';
  const wire = { method: request.method, rawPath: request.path, rawQuery, query: [], headers };
  const amz = Object.keys(headers).filter((name) => name.startsWith('x-amz-'));
  if (credentials.sessionToken !== undefined) amz.push('x-amz-security-token');
  return signSigV4(wire, credentials, {
    now,
    region,
    payload: 'UNSIGNED-PAYLOAD',
    signedHeaders: ['host', 'x-amz-content-sha256', 'x-amz-date', ...amz],
  }).headers;
}

/** Request line and headers, up to and with the empty line; one character per byte. */
export function requestHead(target: RequestTarget, request: PlainRequest, now: number): string {
  const { method, path, query } = request;
  const headers = signedHeaders(target, request, now);
  let head = query ? `${method} ${path}?${query} HTTP/1.1\r\n` : `${method} ${path} HTTP/1.1\r\n`;
  for (const name in headers) head += `${name}: ${headers[name]}\r\n`;
  return `${head}\r\n`;
}
