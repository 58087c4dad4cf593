/**
 * Requests as bytes, signed ahead of time with Signature Version 4, so that a load generator has
 * nothing to do but send them. S3 accepts a signature for 15 minutes: sign just before measuring.
 */
import { writeFileSync } from 'node:fs';
import * as client from '../src/cli/bench/request-head.ts';

export type { PlainRequest } from '../src/cli/bench/request-head.ts';

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

/** What a request carries beside its own headers; `x-amz-*` are signed, others sent as they are. */
export function requestHeaders(
  endpoint: Endpoint,
  request: client.PlainRequest,
): Readonly<Record<string, string>> {
  return client.signedHeaders(targetOf(endpoint), request, Date.now());
}

/** Request line and headers, up to and with the empty line. */
export function requestHead(endpoint: Endpoint, request: client.PlainRequest): string {
  return client.requestHead(targetOf(endpoint), request, Date.now());
}

function targetOf({ host, port, credentials }: Endpoint): client.RequestTarget {
  return { host: `${host}:${port}`, region: credentials?.region ?? '', credentials };
}

/** The file that the load generators read: heads with a NUL after each. */
export function writeRequests(file: string, heads: readonly string[]): void {
  writeFileSync(file, `${heads.join('\0')}\0`, 'latin1');
}
