/**
 * The string to sign of Signature Version 2.
 *
 * S3 User Guide, "Signing and authenticating REST requests". The path is signed as sent, escapes and
 * all; query values are signed decoded. The result has one character per byte.
 */

import { encodeHeaderText } from '../header-text.ts';
import type { WireRequest } from '../request.ts';

/** Query parameters that belong to the resource. Those that botocore signs, and AWS's later ones. */
const subresources: ReadonlySet<string> = new Set([
  'accelerate',
  'acl',
  'analytics',
  'cors',
  'defaultObjectAcl',
  'delete',
  'inventory',
  'lifecycle',
  'location',
  'logging',
  'metrics',
  'notification',
  'object-lock',
  'partNumber',
  'policy',
  'replication',
  'requestPayment',
  'response-cache-control',
  'response-content-disposition',
  'response-content-encoding',
  'response-content-language',
  'response-content-type',
  'response-expires',
  'restore',
  'select',
  'select-type',
  'storageClass',
  'tagging',
  'torrent',
  'uploadId',
  'uploads',
  'versionId',
  'versioning',
  'versions',
  'website',
]);

/** Younger than most of this version's clients: botocore, for one, leaves them out of what it signs. */
const lateSubresources: ReadonlySet<string> = new Set([
  'attributes',
  'encryption',
  'intelligent-tiering',
  'legal-hold',
  'ownershipControls',
  'policyStatus',
  'publicAccessBlock',
  'retention',
]);

export interface SignedParts {
  /** The `Date` line: empty if x-amz-date is sent, the expiry of a presigned URL. */
  readonly date: string;
  /** Headers that a presigned URL carries in its query string. */
  readonly hoistedHeaders: Readonly<Record<string, string>>;
  /** One of `signedPaths`. */
  readonly path: string;
  readonly withLateSubresources: boolean;
}

/**
 * The paths that clients sign for a request. A bucket by itself ends in a slash even where the request
 * has none, says AWS and signs botocore; others sign `/bucket` as they send it. Both name the same.
 */
export function signedPaths(rawPath: string, hostBucket: string | undefined): readonly string[] {
  if (hostBucket !== undefined) return [`/${hostBucket}${rawPath}`];
  return rawPath.includes('/', 1) || rawPath === '/' ? [rawPath] : [`${rawPath}/`, rawPath];
}

export function stringToSignV2(request: WireRequest, parts: SignedParts): string {
  return [
    request.method,
    request.headers['content-md5'] ?? '',
    request.headers['content-type'] ?? '',
    parts.date,
    canonicalAmzHeaders(request, parts.hoistedHeaders) + canonicalResource(request, parts),
  ].join('\n');
}

export function hasLateSubresource(request: WireRequest): boolean {
  return request.query.some(([name]) => lateSubresources.has(name));
}

function canonicalAmzHeaders(
  request: WireRequest,
  hoistedHeaders: Readonly<Record<string, string>>,
): string {
  const names = Object.keys({ ...hoistedHeaders, ...request.headers })
    .filter((name) => name.startsWith('x-amz-'))
    .sort();
  let lines = '';
  for (const name of names) {
    const value = request.headers[name] ?? asBytes(hoistedHeaders[name]);
    if (value !== undefined) lines += `${name}:${value.trim()}\n`;
  }
  return lines;
}

function canonicalResource(request: WireRequest, parts: SignedParts): string {
  const { path } = parts;
  if (request.query.length === 0) return path;
  const signed = request.query
    .filter(
      ([name]) =>
        subresources.has(name) || (parts.withLateSubresources && lateSubresources.has(name)),
    )
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, value]) => (value === '' ? name : `${name}=${encodeHeaderText(value)}`));
  return signed.length === 0 ? path : `${path}?${signed.join('&')}`;
}

const asBytes = (text: string | undefined) => text && encodeHeaderText(text);
