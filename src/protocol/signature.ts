/**
 * Which of S3's ways to sign a request uses, and whether its signature holds.
 *
 * API reference, "Authenticating Requests"; Signature Version 2 as the S3 User Guide has it.
 */

import { S3Error } from './errors.ts';
import type { WireRequest } from './request.ts';
import { hasSigV2Query, parseSigV2, type SigV2Claim } from './sigv2/claim.ts';
import { verifySigV2 } from './sigv2/verify.ts';
import { hasSigV4Query, parseSigV4, type SigV4Claim } from './sigv4/claim.ts';
import { type PayloadDeclaration, parseUnseededPayload } from './sigv4/payload.ts';
import { type SigningContext, verifySigV4 } from './sigv4/verify.ts';

export type SignatureClaim = SigV4Claim | SigV2Claim;

export type VerifiedSignature =
  | {
      readonly version: 4;
      readonly payload: PayloadDeclaration;
      /** For the chunks and the trailer of a signed stream. */
      readonly signing: SigningContext;
    }
  | { readonly version: 2; readonly payload: PayloadDeclaration };

export interface SignatureOptions {
  /** ms since the epoch. */
  readonly now: number;
  /** The only region that Signature Version 4 may name; any if undefined. */
  readonly region?: string;
  /** The bucket, if the host names it: part of what Signature Version 2 signs. */
  readonly hostBucket?: string;
}

/** undefined if the request is anonymous; see `anonymousPayload` for what its body is then. */
export function parseSignature(request: WireRequest): SignatureClaim | undefined {
  const authorization = request.headers.authorization;
  // An empty Authorization header claims nothing.
  const hasHeader = authorization !== undefined && authorization !== '';
  const hasV4Query = request.query.length > 0 && hasSigV4Query(request);
  const hasV2Query = request.query.length > 0 && hasSigV2Query(request);
  if (Number(hasHeader) + Number(hasV4Query) + Number(hasV2Query) > 1) {
    throw new S3Error('InvalidArgument', {
      message:
        'Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified',
      fields: hasHeader
        ? { ArgumentName: 'Authorization', ArgumentValue: authorization }
        : { ArgumentName: 'X-Amz-Algorithm', ArgumentValue: firstOf(request, 'X-Amz-Algorithm') },
    });
  }
  const claim = parseSigV4(request) ?? parseSigV2(request);
  if (claim === undefined && hasHeader) {
    throw new S3Error('InvalidArgument', {
      message: 'Unsupported Authorization Type',
      fields: { ArgumentName: 'Authorization', ArgumentValue: authorization },
    });
  }
  return claim;
}

/** Throws unless the claim was made with `secret`, in time, for this request. */
export function verifySignature(
  claim: SignatureClaim,
  request: WireRequest,
  secret: string,
  options: SignatureOptions,
): VerifiedSignature {
  const { payload } = claim;
  if (claim.version === 4) {
    return { version: 4, payload, signing: verifySigV4(claim, request, secret, options) };
  }
  verifySigV2(claim, request, secret, options);
  return { version: 2, payload };
}

/** What a request without any signature says of its payload. */
export function anonymousPayload(request: WireRequest): PayloadDeclaration {
  return parseUnseededPayload(request.headers['x-amz-content-sha256']);
}

function firstOf(request: WireRequest, name: string): string {
  return request.query.find(([other]) => other === name)?.[1] ?? '';
}
