/**
 * Signature Version 4, written for the tests from its specification alone, so that a mistake of the
 * server's own signer cannot hide itself. API reference, "Authenticating Requests".
 */
import { createHash, createHmac } from 'node:crypto';

export interface RequestForV4 {
  readonly method: string;
  /** As it goes over the wire. */
  readonly path: string;
  readonly query: string;
  /** Lower-case name → value, one character a byte. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface ScopeV4 {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
  /** `s3` if left out. */
  readonly service?: string | undefined;
  /** ms since the epoch. */
  readonly now: number;
}

/** What chunks and trailers are signed with. */
export interface ChunkSigner {
  readonly seedSignature: string;
  /** The next chunk's signature, from the one before. */
  chunk(previous: string, data: Buffer): string;
  trailer(previous: string, lines: string): string;
}

export function sha256(data: Buffer | string): string {
  return createHash('sha256').update(data).digest('hex');
}

export const emptyHash = sha256('');

const algorithm = 'AWS4-HMAC-SHA256';
/** Changed or added on the way, or by the test after signing. */
const unsigned = ['authorization', 'connection', 'expect', 'transfer-encoding', 'user-agent'];

/** The Authorization header; `headers` hold x-amz-date and x-amz-content-sha256 already. */
export function authorizeV4(
  request: RequestForV4,
  scope: ScopeV4,
  chosen?: readonly string[],
): { readonly authorization: string; readonly signer: ChunkSigner } {
  const names = chosen ?? Object.keys(request.headers).filter((name) => !unsigned.includes(name));
  const payload = request.headers['x-amz-content-sha256'] ?? '';
  const signed = [...names].sort();
  const signature = signatureOf(canonicalRequest(request, signed, payload), scope);
  const credential = `${scope.accessKeyId}/${scopeText(scope)}`;
  return {
    authorization: `${algorithm} Credential=${credential}, SignedHeaders=${signed.join(';')}, Signature=${signature}`,
    signer: chunkSigner(signature, scope),
  };
}

/** The query string of a URL that holds for so long. */
export function presignV4(request: RequestForV4, scope: ScopeV4, expiresSeconds: number): string {
  const signed = Object.keys(request.headers).sort();
  const own = {
    'X-Amz-Algorithm': algorithm,
    'X-Amz-Credential': `${scope.accessKeyId}/${scopeText(scope)}`,
    'X-Amz-Date': amzDate(scope.now),
    'X-Amz-Expires': String(expiresSeconds),
    'X-Amz-SignedHeaders': signed.join(';'),
  };
  const pairs = Object.entries(own).map(([name, value]) => `${name}=${encode(value)}`);
  const query = [...(request.query === '' ? [] : [request.query]), ...pairs].join('&');
  const canonical = canonicalRequest({ ...request, query }, signed, 'UNSIGNED-PAYLOAD');
  return `${query}&X-Amz-Signature=${signatureOf(canonical, scope)}`;
}

/** `20230102T030405Z` */
export function amzDate(now: number): string {
  return new Date(now).toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
}

function canonicalRequest(
  { method, path, query, headers }: RequestForV4,
  signed: readonly string[],
  payload: string,
): string {
  const lines = signed.map((name) => `${name}:${trimmed(headers[name] ?? '')}\n`);
  return [
    method,
    // An encoded slash stays one: clients sign the path as they send it.
    path
      .split('/')
      .map((part) => encode(decode(part)))
      .join('/'),
    canonicalQuery(query),
    lines.join(''),
    signed.join(';'),
    payload,
  ].join('\n');
}

function trimmed(value: string): string {
  return value.trim().replaceAll(/ +/g, ' ');
}

function canonicalQuery(query: string): string {
  if (query === '') return '';
  return query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const at = pair.indexOf('=');
      const name = at < 0 ? pair : pair.slice(0, at);
      const value = at < 0 ? '' : pair.slice(at + 1);
      return [encode(decode(name)), encode(decode(value))] as const;
    })
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** All but the unreserved characters, byte by byte. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** As it is where it is no percent-encoded UTF-8: no signature would hold there. */
export function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function scopeText({ now, region, service = 's3' }: ScopeV4): string {
  return `${amzDate(now).slice(0, 8)}/${region}/${service}/aws4_request`;
}

function hmac(key: Buffer | string, data: string): Buffer {
  return createHmac('sha256', key).update(data, 'utf8').digest();
}

function sign(stringToSign: string, scope: ScopeV4): string {
  const date = hmac(`AWS4${scope.secretAccessKey}`, amzDate(scope.now).slice(0, 8));
  const key = hmac(hmac(hmac(date, scope.region), scope.service ?? 's3'), 'aws4_request');
  return hmac(key, stringToSign).toString('hex');
}

function signatureOf(canonical: string, scope: ScopeV4): string {
  const hash = sha256(Buffer.from(canonical, 'utf8'));
  return sign([algorithm, amzDate(scope.now), scopeText(scope), hash].join('\n'), scope);
}

function chunkSigner(seedSignature: string, scope: ScopeV4): ChunkSigner {
  const after = (kind: string, previous: string, ...hashes: readonly string[]) =>
    sign(
      [`${algorithm}-${kind}`, amzDate(scope.now), scopeText(scope), previous, ...hashes].join(
        '\n',
      ),
      scope,
    );
  return {
    seedSignature,
    chunk: (previous, data) => after('PAYLOAD', previous, emptyHash, sha256(data)),
    trailer: (previous, lines) => after('TRAILER', previous, sha256(lines)),
  };
}
