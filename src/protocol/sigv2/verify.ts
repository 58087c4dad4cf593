/**
 * Whether a Signature Version 2 claim holds: time, then signature.
 *
 * S3 User Guide, "Signing and authenticating REST requests".
 *
 * Differs on purpose: an Authorization header may leave sub-resources younger than most clients of
 * this version (encryption, retention, ...) out of what it signs, since botocore does; a presigned URL,
 * which travels, may not.
 */

import { createHmac } from 'node:crypto';
import { S3Error } from '../errors.ts';
import type { WireRequest } from '../request.ts';
import { signatureMismatch } from '../sigv4/mismatch.ts';
import {
  checkSkew,
  formatErrorTime,
  invalidDateError,
  parseDateHeader,
} from '../sigv4/request-time.ts';
import { sameSignature } from '../sigv4/signing-key.ts';
import type { SigV2Claim } from './claim.ts';
import { hasLateSubresource, signedPaths, stringToSignV2 } from './string-to-sign.ts';

export interface SigV2Options {
  /** ms since the epoch. */
  readonly now: number;
  /** The bucket, if the host names it; a namespace's label is no part of it. */
  readonly hostBucket?: string;
}

export function verifySigV2(
  claim: SigV2Claim,
  request: WireRequest,
  secret: string,
  options: SigV2Options,
): void {
  const date = claim.presigned
    ? checkExpiry(claim, options.now)
    : checkRequestTime(request, options.now);
  if (!claim.presigned) refuseUnsignedHeaders(request);
  const { accessKeyId, signature, hoistedHeaders } = claim;
  const mayLeaveOut = !claim.presigned && hasLateSubresource(request);
  let stringToSign: string | undefined;
  for (const withLateSubresources of mayLeaveOut ? [true, false] : [true]) {
    for (const path of signedPaths(request.rawPath, options.hostBucket)) {
      const text = stringToSignV2(request, { date, hoistedHeaders, path, withLateSubresources });
      if (sameSignature(signV2(secret, text), signature)) return;
      stringToSign ??= text;
    }
  }
  throw signatureMismatch({
    accessKeyId,
    stringToSign: stringToSign ?? '',
    signatureProvided: signature,
  });
}

/** Base64 of the HMAC-SHA1 of text with one character per byte; a POST policy is signed so as well. */
export function signV2(secret: string, text: string): string {
  return createHmac('sha1', secret).update(text, 'latin1').digest('base64');
}

/** Headers may be query parameters in a presigned URL, where they are signed; here they are not. */
function refuseUnsignedHeaders(request: WireRequest): void {
  const names = request.query
    .map(([name]) => name.toLowerCase())
    .filter((name) => name.startsWith('x-amz-'));
  if (names.length === 0) return;
  throw new S3Error('AccessDenied', {
    message: 'There were headers present in the request which were not signed',
    fields: { HeadersNotSigned: names.join(', ') },
  });
}

/** The line that is signed: empty where x-amz-date, which is signed as a header, takes Date's place. */
function checkRequestTime(request: WireRequest, now: number): string {
  const amzDate = request.headers['x-amz-date'];
  const sent = amzDate ?? request.headers.date ?? '';
  const requestMs = parseDateHeader(sent);
  if (requestMs === undefined) throw invalidDateError();
  checkSkew(sent, requestMs, now);
  return amzDate === undefined ? sent : '';
}

function checkExpiry(claim: SigV2Claim, now: number): string {
  const expires = claim.expires ?? '';
  if (!/^\d{1,12}$/.test(expires)) {
    throw new S3Error('AccessDenied', {
      message: `Invalid date (should be seconds since epoch): ${expires}`,
    });
  }
  const expiresMs = Number(expires) * 1000;
  if (now > expiresMs) {
    throw new S3Error('AccessDenied', {
      message: 'Request has expired',
      fields: { Expires: formatErrorTime(expiresMs), ServerTime: formatErrorTime(now) },
    });
  }
  return expires;
}
