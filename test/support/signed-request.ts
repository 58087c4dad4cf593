/** Signed requests as bytes, for tests that then change, cut or reorder what a client would send. */
import { createHash, createHmac } from 'node:crypto';
import { encodeAwsChunked } from '../../src/protocol/aws-chunked/encode.ts';
import type { WireRequest } from '../../src/protocol/request.ts';
import { presignSigV4, signSigV4 } from '../../src/protocol/sigv4/sign.ts';
import type { SigningContext } from '../../src/protocol/sigv4/verify.ts';
import { main, type TestAccount } from './accounts.ts';
import { requestHead } from './raw-http.ts';
import { region } from './s3-client.ts';

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
  readonly host?: string;
  readonly signedHeaders?: readonly string[];
}

export interface SignedBytes {
  readonly headers: Readonly<Record<string, string>>;
  readonly target: string;
  readonly body: Buffer;
  readonly context: SigningContext;
  /** Request line and headers. */
  readonly head: string;
  readonly bytes: Buffer;
}

export function sha256(data: Buffer | string): string {
  return createHash('sha256').update(data).digest('hex');
}

export function md5Base64(data: Buffer | string): string {
  return createHash('md5').update(data).digest('base64');
}

export const emptyHash = sha256('');

/** Signature Version 4 in the Authorization header. */
export function signedV4(request: RequestToSign): SignedBytes {
  const body = Buffer.from(request.body ?? '');
  const headers: Record<string, string> = { host: request.host ?? 'localhost' };
  for (const [name, value] of Object.entries(request.headers ?? {})) {
    headers[name.toLowerCase()] = value;
  }
  if (headers['content-length'] === undefined && (body.length > 0 || request.method === 'PUT')) {
    headers['content-length'] = String(body.length);
  }
  const { context, headers: all } = signSigV4(
    wireRequest(request, headers),
    request.account ?? main,
    {
      now: request.now ?? Date.now(),
      region: request.region ?? region,
      payload: request.payload ?? sha256(body),
      signedHeaders: request.signedHeaders,
    },
  );
  const target = request.query ? `${request.path}?${request.query}` : request.path;
  const head = requestHead(request.method, target, all);
  const bytes = Buffer.concat([Buffer.from(head, 'latin1'), body]);
  return { headers: all, target, body, context, head, bytes };
}

/** Path and query of a URL that is signed with Signature Version 4. */
export function presignedV4(request: RequestToSign & { readonly expiresSeconds: number }): string {
  const headers = { host: request.host ?? 'localhost', ...request.headers };
  const query = presignSigV4(wireRequest(request, headers), request.account ?? main, {
    now: request.now ?? Date.now(),
    region: request.region ?? region,
    expiresSeconds: request.expiresSeconds,
  });
  return `${request.path}?${query}`;
}

function wireRequest(
  request: RequestToSign,
  headers: Readonly<Record<string, string>>,
): WireRequest {
  const rawQuery = request.query ?? '';
  const query = [...new URLSearchParams(rawQuery)];
  return { method: request.method, rawPath: request.path, rawQuery, query, headers };
}

export interface ChunkedUpload extends Omit<RequestToSign, 'body' | 'payload' | 'method'> {
  readonly data: readonly Buffer[];
  readonly signed: boolean;
  /** Lower-case name → value, sent after the data. */
  readonly trailers?: Readonly<Record<string, string>>;
  /** x-amz-decoded-content-length, if it is to be another than the data's. */
  readonly decodedLength?: number;
}

/** A PutObject whose body is coded as aws-chunked, in any of its four forms. */
export async function chunkedPut(upload: ChunkedUpload): Promise<SignedBytes> {
  const { data, signed, trailers, decodedLength, ...request } = upload;
  const trailing = trailers !== undefined || !signed;
  const payload = signed
    ? `STREAMING-AWS4-HMAC-SHA256-PAYLOAD${trailing ? '-TRAILER' : ''}`
    : 'STREAMING-UNSIGNED-PAYLOAD-TRAILER';
  const size = data.reduce((sum, chunk) => sum + chunk.length, 0);
  const encoded = async (context: SigningContext) => {
    const pieces: Buffer[] = [];
    const encoding = {
      ...(signed && { signing: context }),
      ...(trailers && { trailers: () => trailers }),
    };
    for await (const piece of encodeAwsChunked(data, encoding)) pieces.push(piece);
    return Buffer.concat(pieces);
  };
  // Signatures have one length, so that a body signed with a first guess has the final size.
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
  const length = (await encoded(sign(0).context)).length;
  const signedHead = sign(length);
  const body = await encoded(signedHead.context);
  const bytes = Buffer.concat([Buffer.from(signedHead.head, 'latin1'), body]);
  return { ...signedHead, body, bytes };
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
      return value.length === 0 ? name : `${name}=${decodeURIComponent(value.join('='))}`;
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
export function signedV2(request: RequestToSign): SignedBytes {
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
  const target = request.query ? `${request.path}?${request.query}` : request.path;
  const head = requestHead(request.method, target, headers);
  const bytes = Buffer.concat([Buffer.from(head, 'latin1'), body]);
  return { headers, target, body, head, bytes, context: unusedContext };
}

/** Path and query of a URL that is signed with Signature Version 2. */
export function presignedV2(request: RequestToSign & { readonly expires: number }): string {
  const account = request.account ?? main;
  const stringToSign = stringToSignV2(request, String(request.expires), false);
  const signature = signatureV2(account.secretAccessKey, stringToSign);
  const own = `AWSAccessKeyId=${account.accessKeyId}&Expires=${request.expires}&Signature=${encodeURIComponent(signature)}`;
  return `${request.path}?${request.query ? `${request.query}&` : ''}${own}`;
}

const unusedContext = {} as SigningContext;
