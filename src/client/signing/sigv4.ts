/**
 * Signature Version 4.
 *
 * API reference, "Authenticating Requests (AWS Signature Version 4)". The canonical request is the server's own, as
 * are the strings to sign of chunks.
 */
import { canonicalQuery, canonicalRequest } from '../../protocol/sigv4/canonical-request.ts';
import { type ChunkContext, signChunk, signTrailer } from '../../protocol/sigv4/chunk-signature.ts';
import { uriEncode } from '../../protocol/sigv4/percent-encoding.ts';
import type { Hashes } from '../runtime.ts';
import type { ChunkSigner, SignableRequest, Signer, SigningScope } from './signer.ts';

const algorithm = 'AWS4-HMAC-SHA256';

/** What proxies and HTTP libraries change or add after signing. */
const neverSigned: ReadonlySet<string> = new Set([
  'accept-encoding',
  'authorization',
  'connection',
  'content-length',
  'expect',
  'transfer-encoding',
  'user-agent',
  'x-amzn-trace-id',
]);

interface Dates {
  /** `20130524T000000Z` */
  readonly time: string;
  /** `20130524` */
  readonly day: string;
}

export function createSigV4(hashes: Hashes): Signer {
  const keyOf = cachedKeys(hashes);

  const seed = (
    request: SignableRequest,
    query: string,
    signedHeaders: readonly string[],
    payload: string,
    { time, day }: Dates,
    { credentials, region }: SigningScope,
  ) => {
    const canonical = canonicalRequest(
      {
        method: request.method,
        rawPath: request.path,
        rawQuery: query,
        query: [],
        headers: request.headers,
      },
      signedHeaders,
      payload,
    );
    const key = keyOf(credentials.secretAccessKey, day, region);
    const scope = `${day}/${region}/s3/aws4_request`;
    const text = `${algorithm}\n${time}\n${scope}\n${hashes.sha256Hex(canonical)}`;
    return { key, scope, signature: hex(hashes.hmacSha256(key, text)) };
  };

  return {
    sign(request, scope, payload) {
      const { headers } = request;
      const { credentials } = scope;
      const dates = datesOf(scope.now);
      headers['x-amz-date'] = dates.time;
      headers['x-amz-content-sha256'] = payload;
      if (credentials.sessionToken) headers['x-amz-security-token'] = credentials.sessionToken;
      const signed = headersToSign(headers);
      const query = request.query.join('&');
      const { key, signature, scope: where } = seed(request, query, signed, payload, dates, scope);
      headers.authorization = `${algorithm} Credential=${credentials.accessKeyId}/${where}, SignedHeaders=${signed.join(';')}, Signature=${signature}`;
      if (!payload.startsWith('STREAMING-AWS4-')) return undefined;
      const signingKey = { sign: (text: string) => hex(hashes.hmacSha256(key, text)) };
      return chunkSigner(hashes, { amzDate: dates.time, scope: where, signingKey }, signature);
    },

    presign(request, scope, expiresSeconds) {
      const { credentials, region, now } = scope;
      const dates = datesOf(now);
      const signed = Object.keys(request.headers).sort();
      const parameters: [string, string][] = [
        ['X-Amz-Algorithm', algorithm],
        ['X-Amz-Credential', `${credentials.accessKeyId}/${dates.day}/${region}/s3/aws4_request`],
        ['X-Amz-Date', dates.time],
        ['X-Amz-Expires', String(expiresSeconds)],
        ['X-Amz-SignedHeaders', signed.join(';')],
      ];
      if (credentials.sessionToken) {
        parameters.push(['X-Amz-Security-Token', credentials.sessionToken]);
      }
      const own = parameters.map(([name, value]) => `${name}=${uriEncode(value)}`);
      const query = canonicalQuery([...request.query, ...own].join('&'));
      const { signature } = seed(request, query, signed, 'UNSIGNED-PAYLOAD', dates, scope);
      return `${query}&X-Amz-Signature=${signature}`;
    },

    policyFields({ credentials, region, now }) {
      const { time, day } = datesOf(now);
      return {
        'x-amz-algorithm': algorithm,
        'x-amz-credential': `${credentials.accessKeyId}/${day}/${region}/s3/aws4_request`,
        'x-amz-date': time,
        ...(credentials.sessionToken ? { 'x-amz-security-token': credentials.sessionToken } : {}),
      };
    },

    signPolicy(policy, { credentials, region, now }) {
      const key = keyOf(credentials.secretAccessKey, datesOf(now).day, region);
      return { 'x-amz-signature': hex(hashes.hmacSha256(key, policy)) };
    },
  };
}

let lastSecond = Number.NaN;
let lastTime = '';

function datesOf(now: number): Dates {
  const second = Math.floor(now / 1000);
  if (second !== lastSecond) {
    lastTime = `${new Date(second * 1000).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
    lastSecond = second;
  }
  return { time: lastTime, day: lastTime.slice(0, 8) };
}

function headersToSign(headers: Readonly<Record<string, string>>): readonly string[] {
  const names: string[] = [];
  for (const name in headers) if (!neverSigned.has(name)) names.push(name);
  return names.sort();
}

/** A day's key is four HMACs; the last one is kept, since a client has one secret and one region as a rule. */
function cachedKeys(hashes: Hashes) {
  let cachedFor = '';
  let cached: Uint8Array = new Uint8Array(0);
  return (secret: string, day: string, region: string): Uint8Array => {
    const name = `${day}/${region}/${secret}`;
    if (name === cachedFor) return cached;
    let key = hashes.hmacSha256(`AWS4${secret}`, day);
    for (const text of [region, 's3', 'aws4_request']) key = hashes.hmacSha256(key, text);
    cached = key;
    cachedFor = name;
    return key;
  };
}

function chunkSigner(hashes: Hashes, context: ChunkContext, seedSignature: string): ChunkSigner {
  let previous = seedSignature;
  return {
    sign(chunk) {
      previous = signChunk(context, previous, hashes.sha256Hex(chunk)).signature;
      return previous;
    },
    signTrailer: (canonical) =>
      signTrailer(context, previous, hashes.sha256Hex(canonical)).signature,
  };
}

const digits = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

export function hex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += digits[byte]!;
  return text;
}
