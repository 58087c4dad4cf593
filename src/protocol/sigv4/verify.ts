/**
 * Whether a Signature Version 4 claim holds: region, signed headers, time, signature, in that order.
 *
 * API reference, "Authenticating Requests (AWS Signature Version 4)".
 */

import { S3Error } from '../errors.ts';
import type { WireRequest } from '../request.ts';
import { canonicalRequest } from './canonical-request.ts';
import type { ChunkContext } from './chunk-signature.ts';
import { algorithm, type SigV4Claim } from './claim.ts';
import { signatureMismatch } from './mismatch.ts';
import { checkSkew, formatErrorTime, maxSkewMs } from './request-time.ts';
import {
  deriveSigningKey,
  type SigningKey,
  sameSignature,
  sha256Hex,
  signText,
} from './signing-key.ts';

/** What signed chunks and trailers are verified with. */
export interface SigningContext extends ChunkContext {
  readonly accessKeyId: string;
  readonly signingKey: SigningKey;
  /** The request's own signature, which the first chunk's builds on. */
  readonly seedSignature: string;
}

export interface SigV4Options {
  /** ms since the epoch. */
  readonly now: number;
  /** The only region accepted; any if undefined. */
  readonly region?: string;
}

export function verifySigV4(
  claim: SigV4Claim,
  request: WireRequest,
  secret: string,
  options: SigV4Options,
): SigningContext {
  checkRegion(claim, options.region);
  checkSignedHeaders(claim, request);
  if (claim.presigned) checkExpiry(claim, options.now);
  else checkSkew(claim.amzDate, claim.signedAt, options.now);

  const { accessKeyId, amzDate, scopeDate, region, service } = claim;
  const scope = `${scopeDate}/${region}/${service}/aws4_request`;
  const canonical = canonicalRequest(request, claim.signedHeaders, claim.payloadHash);
  const stringToSign = `${algorithm}\n${amzDate}\n${scope}\n${sha256Hex(canonical)}`;
  const signingKey = deriveSigningKey(secret, scopeDate, region, service);
  const signature = signText(signingKey, stringToSign);
  if (!sameSignature(signature, claim.signature)) {
    throw signatureMismatch({
      accessKeyId,
      stringToSign,
      signatureProvided: claim.signature,
      canonicalRequest: canonical,
    });
  }
  return { accessKeyId, signingKey, seedSignature: signature, scope, amzDate };
}

function checkRegion(claim: SigV4Claim, expected: string | undefined): void {
  if (expected === undefined || claim.region === expected) return;
  const detail = `the region '${claim.region}' is wrong; expecting '${expected}'`;
  throw claim.presigned
    ? new S3Error('AuthorizationQueryParametersError', {
        message: `Error parsing the X-Amz-Credential parameter; ${detail}`,
        fields: { Region: expected },
      })
    : new S3Error('AuthorizationHeaderMalformed', {
        message: `The authorization header is malformed; ${detail}`,
        fields: { Region: expected },
      });
}

/** `host` and every `x-amz-*` header that the request has. */
function checkSignedHeaders(claim: SigV4Claim, request: WireRequest): void {
  const signed = claim.signedHeaders;
  let missing: string[] | undefined;
  if (!signed.includes('host')) missing = ['host'];
  for (const name in request.headers) {
    if (name.startsWith('x-amz-') && !signed.includes(name)) {
      missing ??= [];
      missing.push(name);
    }
  }
  if (missing === undefined) return;
  throw new S3Error('AccessDenied', {
    message: 'There were headers present in the request which were not signed',
    fields: { HeadersNotSigned: missing.join(', ') },
  });
}

function checkExpiry(claim: SigV4Claim, now: number): void {
  if (claim.signedAt - now > maxSkewMs) {
    throw new S3Error('AccessDenied', {
      message: 'Request is not yet valid',
      fields: { 'X-Amz-Date': claim.amzDate, ServerTime: formatErrorTime(now) },
    });
  }
  const expiresSeconds = claim.expiresSeconds ?? 0;
  const expires = claim.signedAt + expiresSeconds * 1000;
  if (now > expires) {
    throw new S3Error('AccessDenied', {
      message: 'Request has expired',
      fields: {
        'X-Amz-Expires': String(expiresSeconds),
        Expires: formatErrorTime(expires),
        ServerTime: formatErrorTime(now),
      },
    });
  }
}
