/**
 * What a request claims by Signature Version 2, in its Authorization header or its query string.
 *
 * S3 User Guide, "Signing and authenticating REST requests". Its payload is never signed.
 */

import { S3Error } from '../errors.ts';
import type { WireRequest } from '../request.ts';
import { type PayloadDeclaration, parseUnseededPayload } from '../sigv4/payload.ts';

export interface SigV2Claim {
  readonly version: 2;
  readonly accessKeyId: string;
  /** Base64 of an HMAC-SHA1. */
  readonly signature: string;
  readonly presigned: boolean;
  /** Of a presigned URL, as sent: seconds since the epoch. */
  readonly expires?: string;
  readonly sessionToken?: string;
  readonly payload: PayloadDeclaration;
  /** The `x-amz-*` headers that a presigned URL carries as query parameters, by lower-case name. */
  readonly hoistedHeaders: Readonly<Record<string, string>>;
}

/** undefined if the request does not use Signature Version 2. */
export function parseSigV2(request: WireRequest): SigV2Claim | undefined {
  const authorization = request.headers.authorization;
  if (authorization === 'AWS' || authorization?.startsWith('AWS ')) {
    return parseHeader(request, authorization);
  }
  return hasSigV2Query(request) ? parseQuery(request) : undefined;
}

/** Does the query string hold what only a presigned URL of this version has? */
export function hasSigV2Query(request: WireRequest): boolean {
  return request.query.some(([name]) => name === 'Signature' || name === 'AWSAccessKeyId');
}

function parseHeader(request: WireRequest, authorization: string): SigV2Claim {
  const parts = authorization.split(' ');
  if (parts.length !== 2) {
    throw invalidAuthorization(
      "Authorization header is invalid -- one and only one ' ' (space) required",
      authorization,
    );
  }
  const [, credential = ''] = parts;
  // A signature holds no colon, an access key id may.
  const colon = credential.lastIndexOf(':');
  if (colon <= 0 || colon === credential.length - 1) {
    throw invalidAuthorization(
      'AWS authorization header is invalid.  Expected AwsAccessKeyId:signature',
      authorization,
    );
  }
  return {
    version: 2,
    accessKeyId: credential.slice(0, colon),
    signature: credential.slice(colon + 1),
    presigned: false,
    sessionToken: request.headers['x-amz-security-token'],
    payload: parseUnseededPayload(request.headers['x-amz-content-sha256']),
    hoistedHeaders: {},
  };
}

function parseQuery(request: WireRequest): SigV2Claim {
  const hoistedHeaders: Record<string, string> = Object.create(null);
  const found: { accessKeyId?: string; expires?: string; signature?: string } = {};
  for (const [name, value] of request.query) {
    if (name === 'AWSAccessKeyId') found.accessKeyId ??= value;
    else if (name === 'Expires') found.expires ??= value;
    else if (name === 'Signature') found.signature ??= value;
    else {
      const lower = name.toLowerCase();
      if (!lower.startsWith('x-amz-')) continue;
      // As a repeated header, so that one appended to a signed URL is never left out of what is signed.
      const before = hoistedHeaders[lower];
      hoistedHeaders[lower] = before === undefined ? value : `${before},${value}`;
    }
  }
  const { accessKeyId, expires, signature } = found;
  if (!accessKeyId || !expires || !signature) {
    throw new S3Error('AccessDenied', {
      message:
        'Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters',
    });
  }
  const header = (name: string) => request.headers[name] ?? hoistedHeaders[name];
  return {
    version: 2,
    accessKeyId,
    signature,
    presigned: true,
    expires,
    sessionToken: header('x-amz-security-token'),
    payload: parseUnseededPayload(header('x-amz-content-sha256')),
    hoistedHeaders,
  };
}

function invalidAuthorization(message: string, authorization: string): S3Error {
  return new S3Error('InvalidArgument', {
    message,
    fields: { ArgumentName: 'Authorization', ArgumentValue: authorization },
  });
}
