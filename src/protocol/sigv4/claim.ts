/**
 * What a request claims by Signature Version 4, in its Authorization header or its query string.
 *
 * API reference, "Authenticating Requests: Using the Authorization Header" and "Using Query
 * Parameters". Nothing here is proven yet: see verify.ts.
 */

import { S3Error } from '../errors.ts';
import type { WireRequest } from '../request.ts';
import { type PayloadDeclaration, parsePayloadDeclaration } from './payload.ts';
import { formatAmzDate, invalidDateError, parseAmzDate, parseDateHeader } from './request-time.ts';

export const algorithm = 'AWS4-HMAC-SHA256';

/** X-Amz-Expires: 7 days. */
export const maxExpiresSeconds = 604_800;

export interface SigV4Claim {
  readonly version: 4;
  readonly accessKeyId: string;
  /** `yyyyMMddTHHmmssZ`. */
  readonly amzDate: string;
  /** `amzDate` in ms since the epoch. */
  readonly signedAt: number;
  /** `yyyyMMdd`, the same day as `amzDate`. */
  readonly scopeDate: string;
  readonly region: string;
  readonly service: string;
  /** Lower case, sorted. */
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly presigned: boolean;
  /** Of a presigned URL, counted from `signedAt`. */
  readonly expiresSeconds?: number;
  readonly sessionToken?: string;
  readonly payload: PayloadDeclaration;
  /** What stands for the payload in the canonical request. */
  readonly payloadHash: string;
  /** The `x-amz-*` headers that a presigned URL carries as query parameters, by lower-case name. */
  readonly hoistedHeaders: Readonly<Record<string, string>>;
}

/** What an endpoint takes signatures for. */
export interface SigV4Endpoint {
  /** Names of services, as credential scopes have them. */
  readonly services: readonly string[];
  /** SHA-256 of the body, where services other than S3 sign it without a header that says so. */
  readonly bodySha256?: string;
}

const s3Endpoint: SigV4Endpoint = { services: ['s3'] };

/**
 * undefined if the request does not use Signature Version 4. Throws AuthorizationHeaderMalformed,
 * AuthorizationQueryParametersError, AccessDenied for the date, InvalidRequest or InvalidArgument for
 * x-amz-content-sha256, and NotImplemented for Signature Version 4A.
 */
export function parseSigV4(
  request: WireRequest,
  endpoint: SigV4Endpoint = s3Endpoint,
): SigV4Claim | undefined {
  const authorization = request.headers.authorization;
  if (authorization?.startsWith('AWS4-')) return parseHeader(request, authorization, endpoint);
  return request.query.length > 0 ? parseQuery(request, endpoint) : undefined;
}

function parseHeader(
  request: WireRequest,
  authorization: string,
  { services, bodySha256 }: SigV4Endpoint,
): SigV4Claim {
  const space = authorization.indexOf(' ');
  if (space < 0) {
    throw new S3Error('InvalidArgument', {
      message: "Authorization header is invalid -- one and only one ' ' (space) required",
      fields: { ArgumentName: 'Authorization', ArgumentValue: authorization },
    });
  }
  const scheme = authorization.slice(0, space);
  if (scheme === sigV4aAlgorithm) throw sigV4aError();
  if (scheme !== algorithm) {
    throw new S3Error('InvalidArgument', {
      message: 'Unsupported Authorization Type',
      fields: { ArgumentName: 'Authorization', ArgumentValue: authorization },
    });
  }
  const { credential, signedHeaders, signature } = parseComponents(authorization, space + 1);
  const scope = parseCredential(credential, services, malformed);
  const { amzDate, signedAt } = headerTime(request);
  checkScopeDate(scope.scopeDate, amzDate, malformed);
  const payloadHash = request.headers['x-amz-content-sha256'] ?? bodySha256;
  if (payloadHash === undefined) {
    throw new S3Error('InvalidRequest', {
      message: 'Missing required header for this request: x-amz-content-sha256',
    });
  }
  return {
    version: 4,
    accessKeyId: scope.accessKeyId,
    scopeDate: scope.scopeDate,
    region: scope.region,
    amzDate,
    signedAt,
    service: scope.service,
    signedHeaders: parseSignedHeaders(signedHeaders),
    signature,
    presigned: false,
    sessionToken: request.headers['x-amz-security-token'],
    payload: parsePayloadDeclaration(payloadHash),
    payloadHash,
    hoistedHeaders: noHeaders,
  };
}

interface Components {
  readonly credential: string;
  readonly signedHeaders: string;
  readonly signature: string;
}

/** `Credential=…, SignedHeaders=…, Signature=…`, in any order, with or without spaces. */
function parseComponents(authorization: string, from: number): Components {
  let credential: string | undefined;
  let signedHeaders: string | undefined;
  let signature: string | undefined;
  for (let at = from; at <= authorization.length; ) {
    const comma = authorization.indexOf(',', at);
    const end = comma < 0 ? authorization.length : comma;
    const component = authorization.slice(at, end).trim();
    const equals = component.indexOf('=');
    const value = component.slice(equals + 1);
    switch (component.slice(0, Math.max(equals, 0))) {
      case 'Credential':
        credential ??= value;
        break;
      case 'SignedHeaders':
        signedHeaders ??= value;
        break;
      case 'Signature':
        signature ??= value;
        break;
      default:
        throw malformed(`the authorization component "${component}" is malformed.`);
    }
    at = end + 1;
  }
  if (!credential || !signedHeaders || !signature) {
    throw malformed(
      'the authorization header requires three components: Credential, SignedHeaders, and Signature.',
    );
  }
  return { credential, signedHeaders, signature };
}

function headerTime(request: WireRequest): { amzDate: string; signedAt: number } {
  const amzDate = request.headers['x-amz-date'];
  if (amzDate !== undefined) {
    const signedAt = parseAmzDate(amzDate);
    if (signedAt === undefined) throw invalidDateError();
    return { amzDate, signedAt };
  }
  const signedAt = parseDateHeader(request.headers.date ?? '');
  if (signedAt === undefined) throw invalidDateError();
  return { amzDate: formatAmzDate(signedAt), signedAt };
}

interface QueryParameters {
  algorithm?: string;
  credential?: string;
  date?: string;
  expires?: string;
  signedHeaders?: string;
  signature?: string;
  token?: string;
  payloadHash?: string;
}

/** Lower-case query parameter → the claim's own; what else starts with `x-amz-` is a hoisted header. */
const parameterNames: Readonly<Record<string, keyof QueryParameters | undefined>> = {
  __proto__: null as never,
  'x-amz-algorithm': 'algorithm',
  'x-amz-credential': 'credential',
  'x-amz-date': 'date',
  'x-amz-expires': 'expires',
  'x-amz-signedheaders': 'signedHeaders',
  'x-amz-signature': 'signature',
  'x-amz-security-token': 'token',
  'x-amz-content-sha256': 'payloadHash',
};

/** Does the query string hold what only a presigned URL of this version has? */
export function hasSigV4Query(request: WireRequest): boolean {
  return request.query.some(
    ([name]) =>
      name === 'X-Amz-Algorithm' || name === 'X-Amz-Credential' || name === 'X-Amz-Signature',
  );
}

function parseQuery(request: WireRequest, { services }: SigV4Endpoint): SigV4Claim | undefined {
  if (!hasSigV4Query(request)) return undefined;
  const found: QueryParameters = {};
  const hoistedHeaders: Record<string, string> = Object.create(null);
  for (const [name, value] of request.query) {
    const lower = name.toLowerCase();
    if (!lower.startsWith('x-amz-')) continue;
    const parameter = parameterNames[lower];
    if (parameter === undefined) hoistedHeaders[lower] ??= value;
    else found[parameter] ??= value;
  }
  if (
    !found.algorithm ||
    !found.credential ||
    !found.signature ||
    !found.date ||
    !found.signedHeaders ||
    !found.expires
  ) {
    throw queryError(
      'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.',
    );
  }
  if (found.algorithm === sigV4aAlgorithm) throw sigV4aError();
  if (found.algorithm !== algorithm) {
    throw queryError('X-Amz-Algorithm only supports "AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256"');
  }
  const scope = parseCredential(found.credential, services, badCredentialParameter);
  const signedAt = parseAmzDate(found.date);
  if (signedAt === undefined) {
    throw queryError(`X-Amz-Date must be in the ISO8601 Long Format "yyyyMMdd'T'HHmmss'Z'"`);
  }
  checkScopeDate(scope.scopeDate, found.date, queryError);
  const payloadHash =
    request.headers['x-amz-content-sha256'] ?? found.payloadHash ?? 'UNSIGNED-PAYLOAD';
  return {
    version: 4,
    accessKeyId: scope.accessKeyId,
    scopeDate: scope.scopeDate,
    region: scope.region,
    amzDate: found.date,
    signedAt,
    service: scope.service,
    signedHeaders: parseSignedHeaders(found.signedHeaders),
    signature: found.signature,
    presigned: true,
    expiresSeconds: parseExpires(found.expires),
    sessionToken: found.token ?? request.headers['x-amz-security-token'],
    payload: parsePayloadDeclaration(payloadHash),
    payloadHash,
    hoistedHeaders,
  };
}

function parseExpires(text: string): number {
  if (!/^-?\d{1,15}$/.test(text)) throw queryError('X-Amz-Expires should be a number');
  const seconds = Number(text);
  if (seconds < 0) throw queryError('X-Amz-Expires must be non-negative');
  if (seconds > maxExpiresSeconds) {
    throw queryError(
      'X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds',
    );
  }
  return seconds;
}

interface CredentialScope {
  readonly accessKeyId: string;
  readonly scopeDate: string;
  readonly region: string;
  readonly service: string;
}

type ErrorOf = (detail: string) => S3Error;

/** `AKID/yyyyMMdd/region/service/aws4_request`, read from the end: a key id may hold slashes. */
export function parseCredential(
  credential: string,
  services: readonly string[],
  errorOf: ErrorOf,
): CredentialScope {
  const terminalAt = credential.lastIndexOf('/');
  const serviceAt = credential.lastIndexOf('/', terminalAt - 1);
  const regionAt = credential.lastIndexOf('/', serviceAt - 1);
  const dateAt = credential.lastIndexOf('/', regionAt - 1);
  const isWhole =
    dateAt > 0 && regionAt > dateAt && serviceAt > regionAt + 1 && terminalAt > serviceAt;
  if (!isWhole) {
    throw errorOf(
      'the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
    );
  }
  const scopeDate = credential.slice(dateAt + 1, regionAt);
  const scopeService = credential.slice(serviceAt + 1, terminalAt);
  const terminal = credential.slice(terminalAt + 1);
  if (!/^\d{8}$/.test(scopeDate)) {
    throw errorOf(
      `incorrect date format "${scopeDate}". This date in the credential must be in the format "yyyyMMdd".`,
    );
  }
  if (!services.includes(scopeService)) {
    throw errorOf(
      `incorrect service "${scopeService}". This endpoint belongs to "${services.join('" or "')}".`,
    );
  }
  if (terminal !== 'aws4_request') {
    throw errorOf(`incorrect terminal "${terminal}". This endpoint uses "aws4_request".`);
  }
  return {
    accessKeyId: credential.slice(0, dateAt),
    scopeDate,
    region: credential.slice(regionAt + 1, serviceAt),
    service: scopeService,
  };
}

function checkScopeDate(scopeDate: string, amzDate: string, errorOf: ErrorOf): void {
  const day = amzDate.slice(0, 8);
  if (scopeDate === day) return;
  throw errorOf(
    `Invalid credential date "${scopeDate}". This date is not the same as X-Amz-Date: "${day}".`,
  );
}

/** Lists of signed headers kept: a client has a few of them. Beyond, all are forgotten. */
const maxKeptLists = 256;
/** Longer lists are not kept: with the number, it bounds the memory. */
const maxKeptListChars = 512;
const signedHeaderLists = new Map<string, readonly string[]>();

function parseSignedHeaders(text: string): readonly string[] {
  const known = signedHeaderLists.get(text);
  if (known !== undefined) return known;
  const names = text.toLowerCase().split(';').sort();
  if (text.length > maxKeptListChars) return names;
  if (signedHeaderLists.size >= maxKeptLists) signedHeaderLists.clear();
  signedHeaderLists.set(text, names);
  return names;
}

const sigV4aAlgorithm = 'AWS4-ECDSA-P256-SHA256';
const noHeaders: Readonly<Record<string, string>> = Object.freeze(Object.create(null));

function malformed(detail: string): S3Error {
  return new S3Error('AuthorizationHeaderMalformed', {
    message: `The authorization header is malformed; ${detail}`,
  });
}

function queryError(message: string): S3Error {
  return new S3Error('AuthorizationQueryParametersError', { message });
}

function badCredentialParameter(detail: string): S3Error {
  return queryError(`Error parsing the X-Amz-Credential parameter; ${detail}`);
}

function sigV4aError(): S3Error {
  return new S3Error('NotImplemented', {
    message: 'Signature Version 4A (AWS4-ECDSA-P256-SHA256) is not implemented.',
  });
}
