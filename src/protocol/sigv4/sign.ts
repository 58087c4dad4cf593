/**
 * The client's side of Signature Version 4: an Authorization header, or a presigned URL.
 *
 * Same canonical request as the server's. Header values are text with one character per byte.
 */

import type { WireRequest } from '../request.ts';
import { canonicalQuery, canonicalRequest } from './canonical-request.ts';
import { algorithm } from './claim.ts';
import { uriEncode } from './percent-encoding.ts';
import { formatAmzDate } from './request-time.ts';
import { deriveSigningKey, sha256Hex, signText } from './signing-key.ts';
import type { SigningContext } from './verify.ts';

export interface SigV4Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface SigningOptions {
  /** ms since the epoch. */
  readonly now: number;
  readonly region: string;
  readonly service?: string;
  /** All of the request's headers but those that change on the way, if undefined. */
  readonly signedHeaders?: readonly string[];
}

export interface SignedRequest {
  /** The request's headers and those of the signature. */
  readonly headers: Readonly<Record<string, string>>;
  readonly context: SigningContext;
}

/** What proxies and HTTP clients change or add after signing. */
const neverSigned: readonly string[] = [
  'accept-encoding',
  'authorization',
  'connection',
  'expect',
  'keep-alive',
  'te',
  'transfer-encoding',
  'upgrade',
  'user-agent',
  'x-amzn-trace-id',
];

/** Signs `request`, which has a `host`; `payload` is a SHA-256 in hex or one of AWS's words. */
export function signSigV4(
  request: WireRequest,
  credentials: SigV4Credentials,
  options: SigningOptions & { readonly payload: string },
): SignedRequest {
  const headers: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = value;
  }
  const scope = scopeOf(options);
  headers['x-amz-date'] = scope.amzDate;
  headers['x-amz-content-sha256'] = options.payload;
  if (credentials.sessionToken !== undefined) {
    headers['x-amz-security-token'] = credentials.sessionToken;
  }
  const signedHeaders = headersToSign(headers, options.signedHeaders);
  const canonical = canonicalRequest({ ...request, headers }, signedHeaders, options.payload);
  const context = sign(canonical, credentials, scope);
  headers.authorization = `${algorithm} Credential=${credentials.accessKeyId}/${context.scope}, SignedHeaders=${signedHeaders.join(';')}, Signature=${context.seedSignature}`;
  return { headers, context };
}

/** The query string of a presigned URL for `request`; of its headers, those signed must be sent. */
export function presignSigV4(
  request: WireRequest,
  credentials: SigV4Credentials,
  options: SigningOptions & { readonly expiresSeconds: number; readonly payload?: string },
): string {
  const scope = scopeOf(options);
  const signedHeaders = headersToSign(request.headers, options.signedHeaders);
  const parameters: [name: string, value: string][] = [
    ['X-Amz-Algorithm', algorithm],
    ['X-Amz-Credential', `${credentials.accessKeyId}/${scope.text}`],
    ['X-Amz-Date', scope.amzDate],
    ['X-Amz-Expires', String(options.expiresSeconds)],
    ['X-Amz-SignedHeaders', signedHeaders.join(';')],
  ];
  if (options.payload !== undefined) parameters.push(['X-Amz-Content-Sha256', options.payload]);
  if (credentials.sessionToken !== undefined) {
    parameters.push(['X-Amz-Security-Token', credentials.sessionToken]);
  }
  const own = parameters.map(([name, value]) => `${name}=${uriEncode(value)}`).join('&');
  const rawQuery = canonicalQuery(request.rawQuery === '' ? own : `${request.rawQuery}&${own}`);
  const payload = options.payload ?? request.headers['x-amz-content-sha256'] ?? 'UNSIGNED-PAYLOAD';
  const canonical = canonicalRequest({ ...request, rawQuery }, signedHeaders, payload);
  return `${rawQuery}&X-Amz-Signature=${sign(canonical, credentials, scope).seedSignature}`;
}

interface Scope {
  readonly amzDate: string;
  readonly scopeDate: string;
  readonly region: string;
  readonly service: string;
  readonly text: string;
}

function scopeOf(options: SigningOptions): Scope {
  const { region, service = 's3' } = options;
  const amzDate = formatAmzDate(options.now);
  const scopeDate = amzDate.slice(0, 8);
  const text = `${scopeDate}/${region}/${service}/aws4_request`;
  return { amzDate, scopeDate, region, service, text };
}

function headersToSign(
  headers: WireRequest['headers'],
  chosen: readonly string[] | undefined,
): readonly string[] {
  const names =
    chosen ??
    Object.keys(headers).filter(
      (name) => headers[name] !== undefined && !neverSigned.includes(name),
    );
  return [...names].sort();
}

function sign(canonical: string, credentials: SigV4Credentials, scope: Scope): SigningContext {
  const { accessKeyId, secretAccessKey } = credentials;
  const { amzDate, scopeDate, region, service, text } = scope;
  const signingKey = deriveSigningKey(secretAccessKey, scopeDate, region, service);
  const stringToSign = `${algorithm}\n${amzDate}\n${text}\n${sha256Hex(canonical)}`;
  const seedSignature = signText(signingKey, stringToSign);
  return { accessKeyId, signingKey, seedSignature, scope: text, amzDate };
}
