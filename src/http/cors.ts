/**
 * Cross-origin requests at the edge: the answer to a browser's preflight request, and the headers that let a
 * page read the answer to the request itself, errors included ("Using cross-origin resource sharing (CORS)"
 * in the S3 user guide).
 *
 * Both come before authentication. A bucket without a namespace in its host is looked for in the namespace
 * of the access key that the request names, proven or not: CORS rules are no secret, since any page may ask
 * what they allow.
 */
import { type CorsRecord, corsConfig } from '../features/cors/configuration.ts';
import { corsAnswer, corsVary } from '../features/cors/match.ts';
import { defaultNamespace, type IdentityDirectory } from '../identity/identity.ts';
import type { EncodedResponse } from '../protocol/encode.ts';
import { S3Error } from '../protocol/errors.ts';
import { isBucketName } from '../protocol/names.ts';
import { queryValue } from '../protocol/query.ts';
import type { RequestTarget, WireRequest } from '../protocol/request.ts';
import type { Bucket } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { loadBucket } from './authorise.ts';

export interface CorsDeps {
  readonly store: Store;
  readonly identity: IdentityDirectory;
}

const notAllowed =
  "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.";

/** @throws S3Error BadRequest, AccessForbidden, NoSuchBucket */
export async function answerPreflight(
  request: WireRequest,
  target: RequestTarget,
  deps: CorsDeps,
): Promise<EncodedResponse & { readonly body: undefined }> {
  const { origin } = request.headers;
  const method = request.headers['access-control-request-method'];
  if (origin === undefined) throw incomplete('Origin request header needed.');
  if (method === undefined)
    throw incomplete('Access-Control-Request-Method request header needed.');
  const fields = { Method: method, ResourceType: target.key === undefined ? 'BUCKET' : 'OBJECT' };
  const bucket =
    target.bucket === undefined
      ? undefined
      : await loadBucket(deps.store, claimedNamespace(request, target, deps), target.bucket);
  const record = bucket && (await corsOf(bucket, deps.store));
  if (record === undefined) throw new S3Error('AccessForbidden', { fields });
  const requestHeaders = request.headers['access-control-request-headers'];
  const answer = corsAnswer(record.rules, { origin, method, requestHeaders });
  if (answer === undefined) throw new S3Error('AccessForbidden', { message: notAllowed, fields });
  return { status: 200, headers: answer.headers, body: undefined };
}

/**
 * Headers for the answer to a request with an Origin: names and values in turn. None where the bucket has no
 * rules; where it has, an answer is never to be reused for another origin, whether a rule allowed this one
 * or not.
 */
export async function corsHeaders(
  request: WireRequest,
  target: RequestTarget,
  deps: CorsDeps,
): Promise<readonly string[]> {
  const { origin } = request.headers;
  if (origin === undefined || target.bucket === undefined) return [];
  // The store has room for names of buckets only.
  if (!isBucketName(target.bucket)) return [];
  const namespace = claimedNamespace(request, target, deps);
  const bucket = await deps.store.buckets.get(namespace, target.bucket);
  const record = bucket && (await corsOf(bucket, deps.store));
  if (record === undefined) return [];
  const method = request.headers['access-control-request-method'] ?? request.method;
  const requestHeaders = request.headers['access-control-request-headers'];
  return corsAnswer(record.rules, { origin, method, requestHeaders })?.headers ?? corsVary;
}

function corsOf(bucket: Bucket, store: Store) {
  if (bucket.configured?.includes(corsConfig) !== true) return undefined;
  return store.buckets.config<CorsRecord>(bucket, corsConfig);
}

function claimedNamespace(
  request: WireRequest,
  target: RequestTarget,
  { identity }: CorsDeps,
): string {
  if (target.namespace !== undefined) return target.namespace;
  const accessKeyId = claimedAccessKeyId(request);
  if (accessKeyId === undefined) return defaultNamespace;
  const token =
    request.headers['x-amz-security-token'] ?? queryValue(request.query, 'X-Amz-Security-Token');
  const found =
    token === undefined ? identity.accessKey(accessKeyId) : identity.session(token, accessKeyId);
  return found === undefined || found === 'expired' ? defaultNamespace : found.account.namespace;
}

const credential = 'Credential=';

function claimedAccessKeyId({ headers, query }: WireRequest): string | undefined {
  const { authorization } = headers;
  if (authorization?.startsWith('AWS4-')) {
    const at = authorization.indexOf(credential);
    return at < 0 ? undefined : authorization.slice(at + credential.length).split('/', 1)[0];
  }
  if (authorization?.startsWith('AWS ')) {
    return authorization.slice('AWS '.length, authorization.lastIndexOf(':'));
  }
  if (query.length === 0) return undefined;
  return (
    queryValue(query, 'X-Amz-Credential')?.split('/')[0] ?? queryValue(query, 'AWSAccessKeyId')
  );
}

function incomplete(what: string): S3Error {
  return new S3Error('BadRequest', { message: `Insufficient information. ${what}` });
}
