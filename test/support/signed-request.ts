/** Signed requests as bytes, for tests that then change, cut or reorder what a client would send. */
import { createHash, createHmac } from 'node:crypto';
import { main, type TestAccount } from './accounts.ts';
import { requestHead } from './raw-http.ts';
import { region } from './s3-client.ts';
import {
  amzDate,
  authorizeV4,
  type ChunkSigner,
  decode,
  presignV4,
  type ScopeV4,
  sha256,
} from './sigv4.ts';

export interface RequestToSign {
  readonly method: string;
  /** Still percent-encoded. */
  readonly path: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
  /** x-amz-content-sha256; the body's hash if left out. */
  readonly payload?: string;
  readonly account?: Pick<TestAccount, 'accessKeyId' | 'secretAccessKey'>;
  /** ms since the epoch. */
  readonly now?: number;
  readonly region?: string;
  /** `s3` if left out. */
  readonly service?: string;
  readonly host?: string;
  readonly signedHeaders?: readonly string[];
}

export interface UnsignedBytes {
  readonly headers: Readonly<Record<string, string>>;
  readonly target: string;
  readonly body: Buffer;
  /** Request line and headers. */
  readonly head: string;
  readonly bytes: Buffer;
}

export interface SignedBytes extends UnsignedBytes {
  readonly signer: ChunkSigner;
}

export function md5Base64(data: Buffer | string): string {
  return createHash('md5').update(data).digest('base64');
}

/** Signature Version 4 in the Authorization header. */
export function signedV4(request: RequestToSign): SignedBytes {
  const body = Buffer.from(request.body ?? '');
  const scope = scopeOf(request);
  const headers: Record<string, string> = { host: request.host ?? 'localhost' };
  for (const [name, value] of Object.entries(request.headers ?? {})) {
    headers[name.toLowerCase()] = value;
  }
  if (headers['content-length'] === undefined && (body.length > 0 || request.method === 'PUT')) {
    headers['content-length'] = String(body.length);
  }
  headers['x-amz-date'] = amzDate(scope.now);
  headers['x-amz-content-sha256'] = request.payload ?? sha256(body);
  const { method, path, query = '' } = request;
  const { authorization, signer } = authorizeV4(
    { method, path, query, headers },
    scope,
    request.signedHeaders,
  );
  headers.authorization = authorization;
  return { ...asBytes(request, headers, body), signer };
}

/** Path and query of a URL that is signed with Signature Version 4. */
export function presignedV4(request: RequestToSign & { readonly expiresSeconds: number }): string {
  const { method, path, query = '', expiresSeconds } = request;
  const headers = { host: request.host ?? 'localhost', ...request.headers };
  return `${path}?${presignV4({ method, path, query, headers }, scopeOf(request), expiresSeconds)}`;
}

function scopeOf(request: RequestToSign): ScopeV4 {
  const { accessKeyId, secretAccessKey } = request.account ?? main;
  const { now = Date.now() } = request;
  const { service } = request;
  return { accessKeyId, secretAccessKey, now, region: request.region ?? region, service };
}

function asBytes(
  request: RequestToSign,
  headers: Readonly<Record<string, string>>,
  body: Buffer,
): UnsignedBytes {
  const target = request.query ? `${request.path}?${request.query}` : request.path;
  const head = requestHead(request.method, target, headers);
  const bytes = Buffer.concat([Buffer.from(head, 'latin1'), body]);
  return { headers, target, body, head, bytes };
}

export interface ChunkedUpload extends Omit<RequestToSign, 'body' | 'payload' | 'method'> {
  readonly data: readonly Buffer[];
  readonly signed: boolean;
  /** Lower-case name → value, sent after the data. */
  readonly trailers?: Readonly<Record<string, string>>;
  /** x-amz-decoded-content-length, if it is to be another than the data's. */
  readonly decodedLength?: number;
}

/** A PutObject whose body is coded as aws-chunked, in any of its forms. */
export function chunkedPut(upload: ChunkedUpload): SignedBytes {
  const { data, signed, trailers, decodedLength, ...request } = upload;
  const trailing = trailers !== undefined || !signed;
  const payload = signed
    ? `STREAMING-AWS4-HMAC-SHA256-PAYLOAD${trailing ? '-TRAILER' : ''}`
    : 'STREAMING-UNSIGNED-PAYLOAD-TRAILER';
  const size = data.reduce((sum, chunk) => sum + chunk.length, 0);
  const sign = (length: number) =>
    signedV4({
      ...request,
      method: 'PUT',
      payload,
      headers: {
        ...request.headers,
        'content-encoding': 'aws-chunked',
        'content-length': String(length),
        'x-amz-decoded-content-length': String(decodedLength ?? size),
        ...(trailers && { 'x-amz-trailer': Object.keys(trailers).join(',') }),
      },
    });
  // Signatures have one length, so that a body signed with a first guess has the final size.
  const { length } = chunkedBody(upload, sign(0).signer);
  const head = sign(length);
  const body = chunkedBody(upload, head.signer);
  return { ...head, body, bytes: Buffer.concat([Buffer.from(head.head, 'latin1'), body]) };
}

/** One chunk for each Buffer, the empty one at the end, and the trailer. */
function chunkedBody({ data, signed, trailers }: ChunkedUpload, signer: ChunkSigner): Buffer {
  const pieces: Buffer[] = [];
  let signature = signer.seedSignature;
  for (const chunk of [...data.filter((bytes) => bytes.length > 0), Buffer.alloc(0)]) {
    signature = signer.chunk(signature, chunk);
    const extension = signed ? `;chunk-signature=${signature}` : '';
    pieces.push(Buffer.from(`${chunk.length.toString(16)}${extension}\r\n`), chunk);
    if (chunk.length > 0) pieces.push(Buffer.from('\r\n'));
  }
  const lines = Object.entries(trailers ?? {}).map(([name, value]) => `${name}:${value}`);
  if (signed && lines.length > 0) {
    const signedLines = lines.map((line) => `${line}\n`).join('');
    lines.push(`x-amz-trailer-signature:${signer.trailer(signature, signedLines)}`);
  }
  pieces.push(Buffer.from([...lines, '', ''].join('\r\n')));
  return Buffer.concat(pieces);
}

/** Sub-resources and overrides that Signature Version 2 covers. */
const signedParameters = [
  'acl',
  'cors',
  'delete',
  'location',
  'partNumber',
  'response-content-disposition',
  'response-content-type',
  'tagging',
  'uploadId',
  'uploads',
  'versionId',
  'versions',
];

function stringToSignV2(request: RequestToSign, date: string, amzDate: boolean): string {
  const headers = Object.fromEntries(
    Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const amz = Object.entries(headers)
    .filter(([name]) => name.startsWith('x-amz-'))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}:${value.trim()}\n`)
    .join('');
  const parameters = (request.query ?? '')
    .split('&')
    .filter((pair) => signedParameters.includes(pair.split('=')[0] ?? ''))
    .sort()
    .map((pair) => {
      const [name, ...value] = pair.split('=');
      return value.length === 0 ? name : `${name}=${decode(value.join('='))}`;
    })
    .join('&');
  const resource = parameters === '' ? request.path : `${request.path}?${parameters}`;
  const lines = [
    request.method,
    headers['content-md5'] ?? '',
    headers['content-type'] ?? '',
    amzDate ? '' : date,
  ];
  return `${lines.join('\n')}\n${amz}${resource}`;
}

function signatureV2(secret: string, stringToSign: string): string {
  return createHmac('sha1', secret).update(stringToSign, 'utf8').digest('base64');
}

/** Signature Version 2 in the Authorization header, written here from its specification. */
export function signedV2(request: RequestToSign): UnsignedBytes {
  const body = Buffer.from(request.body ?? '');
  const account = request.account ?? main;
  const date = new Date(request.now ?? Date.now()).toUTCString();
  const hasAmzDate = Object.keys(request.headers ?? {}).some(
    (name) => name.toLowerCase() === 'x-amz-date',
  );
  const signature = signatureV2(account.secretAccessKey, stringToSignV2(request, date, hasAmzDate));
  const headers: Record<string, string> = {
    Host: request.host ?? 'localhost',
    ...(!hasAmzDate && { Date: date }),
    ...request.headers,
    ...((body.length > 0 || request.method === 'PUT') && {
      'Content-Length': String(body.length),
    }),
    Authorization: `AWS ${account.accessKeyId}:${signature}`,
  };
  return asBytes(request, headers, body);
}

/** Path and query of a URL that is signed with Signature Version 2. */
export function presignedV2(request: RequestToSign & { readonly expires: number }): string {
  const account = request.account ?? main;
  const stringToSign = stringToSignV2(request, String(request.expires), false);
  const signature = signatureV2(account.secretAccessKey, stringToSign);
  const own = `AWSAccessKeyId=${account.accessKeyId}&Expires=${request.expires}&Signature=${encodeURIComponent(signature)}`;
  return `${request.path}?${request.query ? `${request.query}&` : ''}${own}`;
}
