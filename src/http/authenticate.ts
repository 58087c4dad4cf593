/**
 * Who makes a request: its signature, checked against the access key that it names ("Authenticating
 * Requests" in the API reference). A request without one is the anonymous caller's.
 */
import { createHash } from 'node:crypto';
import type { Caller } from '../identity/identity.ts';
import { S3Error } from '../protocol/errors.ts';
import type { RequestTarget, WireRequest } from '../protocol/request.ts';
import {
  anonymousPayload,
  parseSignature,
  type SignatureClaim,
  type VerifiedSignature,
  verifySignature,
} from '../protocol/signature.ts';
import { parseSigV4 } from '../protocol/sigv4/claim.ts';
import type { PayloadDeclaration } from '../protocol/sigv4/payload.ts';
import { parseDateHeader } from '../protocol/sigv4/request-time.ts';
import type { SigningContext } from '../protocol/sigv4/verify.ts';
import { callerOf, type KeyRoom, noteUse, provenHolder } from './key-holder.ts';
import { rememberMismatch } from './signature-diagnosis.ts';

/** How a request is signed, as bucket policies may ask. */
export interface RequestSignature {
  readonly version: 2 | 4;
  readonly type: 'REST-HEADER' | 'REST-QUERY-STRING' | 'POST';
  /** In milliseconds since the epoch; undefined where the signature doesn't hold it. */
  readonly signedAt: number | undefined;
}

export interface Authentication {
  readonly caller: Caller;
  /** Undefined for the anonymous caller. */
  readonly signature: RequestSignature | undefined;
  /** What the request says of its payload. */
  readonly payload: PayloadDeclaration;
  /** For the chunks and the trailer of a signed stream. */
  readonly signing: SigningContext | undefined;
}

export interface AuthenticateOptions extends KeyRoom {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The only region that a signature may name; any if undefined. */
  readonly region: string | undefined;
}

const anonymous: Caller = { kind: 'anonymous' };
const atRoot: RequestTarget = {
  namespace: undefined,
  bucket: undefined,
  key: undefined,
  bucketInHost: false,
};

export interface FormAuthentication {
  readonly caller: Caller & { readonly kind: 'account' };
  readonly signature: RequestSignature;
  /** Signed with a session's key. */
  readonly isTemporary: boolean;
}

/**
 * Of a form that was read: other services than S3 sign the body's hash whether a header says it or not.
 * @param service `iam`, as the scope of the signature has to name it
 * @returns undefined for a request without a signature of version 4 in its header
 * @throws S3Error as `authenticate`
 */
export function authenticateForm(
  request: WireRequest,
  body: Buffer,
  service: string,
  room: Omit<AuthenticateOptions, 'region'>,
): FormAuthentication | undefined {
  const { now } = room;
  const bodySha256 = createHash('sha256').update(body).digest('hex');
  const claim = parseSigV4(request, { services: [service], bodySha256 });
  if (claim === undefined) return undefined;
  if (claim.payloadHash !== bodySha256) throw new S3Error('XAmzContentSHA256Mismatch');
  const { accessKeyId, sessionToken } = claim;
  const holder = provenHolder(
    room,
    accessKeyId,
    sessionToken,
    (secret) => verifySignature(claim, request, secret, { now }),
    (error, secrets) => rememberMismatch(error, { claim, request, target: atRoot, secrets }),
  );
  noteUse(holder, service, claim.region, now);
  return {
    caller: callerOf(holder, accessKeyId),
    signature: signatureOf(claim, request),
    isTemporary: sessionToken !== undefined,
  };
}

/** @throws S3Error InvalidAccessKeyId, InvalidToken, ExpiredToken, AccountProblem, and whatever a signature can be wrong in. */
export function authenticate(
  request: WireRequest,
  target: RequestTarget,
  room: AuthenticateOptions,
): Authentication {
  const claim = parseSignature(request);
  if (claim === undefined) {
    return {
      caller: anonymous,
      signature: undefined,
      payload: anonymousPayload(request),
      signing: undefined,
    };
  }
  const { now, region } = room;
  const options = { now, region, hostBucket: target.bucketInHost ? target.bucket : undefined };
  let verified!: VerifiedSignature;
  const holder = provenHolder(
    room,
    claim.accessKeyId,
    claim.sessionToken,
    (secret) => {
      verified = verifySignature(claim, request, secret, options);
    },
    (error, secrets) => rememberMismatch(error, { claim, request, target, secrets }),
  );
  noteUse(holder, 's3', claim.version === 4 ? claim.region : '', now);
  return {
    caller: callerOf(holder, claim.accessKeyId),
    signature: signatureOf(claim, request),
    payload: verified.payload,
    signing: verified.version === 4 ? verified.signing : undefined,
  };
}

/** Signature Version 2 signs the time of headers, but in a URL only when it expires. */
function signatureOf(claim: SignatureClaim, { headers }: WireRequest): RequestSignature {
  const { version, presigned } = claim;
  const type = presigned ? 'REST-QUERY-STRING' : 'REST-HEADER';
  if (version === 4) return { version, type, signedAt: claim.signedAt };
  const date = headers['x-amz-date'] ?? headers.date ?? '';
  return { version, type, signedAt: presigned ? undefined : parseDateHeader(date) };
}
