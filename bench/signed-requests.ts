/**
 * Requests as bytes, signed ahead of time with Signature Version 4, so that a load generator has
 * nothing to do but send them. S3 accepts a signature for 15 minutes: sign just before measuring.
 */
import { writeFileSync } from 'node:fs';
import { signSigV4 } from '../src/protocol/sigv4/sign.ts';

export interface Endpoint {
  readonly host: string;
  readonly port: number;
  /** undefined: requests go unsigned. */
  readonly credentials: Credentials | undefined;
}

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
}

export interface PlainRequest {
  readonly method: string;
  /** Percent-encoded. */
  readonly path: string;
  readonly query?: string;
  /** Lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a request carries beside its own headers; `x-amz-*` are signed, others sent as they are. */
export function requestHeaders(
  endpoint: Endpoint,
  request: PlainRequest,
): Readonly<Record<string, string>> {
  const headers = { host: `${endpoint.host}:${endpoint.port}`, ...request.headers };
  if (endpoint.credentials === undefined) return headers;
  const { region, ...credentials } = endpoint.credentials;
  const rawQuery = request.query ?? '';
  const wire = { method: request.method, rawPath: request.path, rawQuery, query: [], headers };
  const amz = Object.keys(headers).filter((name) => name.startsWith('x-amz-'));
  return signSigV4(wire, credentials, {
    now: Date.now(),
    region,
    payload: 'UNSIGNED-PAYLOAD',
    signedHeaders: ['host', 'x-amz-content-sha256', 'x-amz-date', ...amz],
  }).headers;
}

/** Request line and headers, up to and with the empty line. */
export function requestHead(endpoint: Endpoint, request: PlainRequest): string {
  const target = request.query ? `${request.path}?${request.query}` : request.path;
  const lines = Object.entries(requestHeaders(endpoint, request)).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return `${request.method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

/** The file that the load generators read: heads with a NUL after each. */
export function writeRequests(file: string, heads: readonly string[]): void {
  writeFileSync(file, `${heads.join('\0')}\0`, 'latin1');
}
