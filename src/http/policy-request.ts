/**
 * What a bucket policy may ask of a request: the values of its condition keys ("Bucket policy examples using
 * condition keys" in the S3 user guide). Nothing here is looked at unless a bucket has a policy that asks.
 *
 * Some keys are about the request's document, which is read only once the request is allowed. Until then
 * they are unknown, which counts in the caller's favour; whoever finds `awaitsDocument` set afterwards
 * decides again with the document.
 */
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Caller } from '../identity/identity.ts';
import type { ConditionKey, ConditionValues, PolicyRequest } from '../policy/language/document.ts';
import { arnOf } from '../policy/language/parse.ts';
import { parseCopySource } from '../protocol/copy-source.ts';
import { type HeaderLookup, headersOf } from '../protocol/hoisted-headers.ts';
import { decodeHeaderText } from '../protocol/metadata.ts';
import { queryValue } from '../protocol/query.ts';
import type { WireRequest } from '../protocol/request.ts';
import { parseAmzDate, parseDateHeader } from '../protocol/sigv4/request-time.ts';
import type { Bucket, StoredObject } from '../store/records.ts';
import { documentKeys, valuesOfDocument } from './policy-document.ts';

/** What is decided about. */
export interface Target {
  readonly bucket: Bucket;
  readonly key?: string | undefined;
  readonly versionId?: string | undefined;
  readonly object?: StoredObject | undefined;
  /** A listing that stands for a look at this key. */
  readonly prefix?: string;
}

export interface RequestSource {
  readonly caller: Caller;
  readonly request: WireRequest;
  /** As routed. */
  readonly operation: string;
  readonly socket: Socket;
  readonly region: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export class RequestFacts {
  readonly source: RequestSource;
  /** A policy wanted to know what is in the document. */
  awaitsDocument = false;
  /** The operation's input, once it was read. */
  document: object | undefined;
  #headers: HeaderLookup | undefined;

  constructor(source: RequestSource) {
    this.source = source;
  }

  header(name: string): string | undefined {
    this.#headers ??= headersOf(this.source.request);
    const raw = this.#headers.get(name);
    return raw === undefined ? undefined : decodeHeaderText(raw);
  }

  query(name: string): string | undefined {
    return queryValue(this.source.request.query, name);
  }

  /** The question that a policy answers. */
  about(action: string, target: Target): PolicyRequest {
    const { caller } = this.source;
    return {
      principal:
        caller.kind === 'anonymous'
          ? { kind: 'anonymous' }
          : { kind: 'account', accountId: caller.account.accountId, arn: arnOfCaller(caller)! },
      action,
      resource: arnOf(target.bucket.name, target.key),
      values: (key) => this.#values(key, target),
    };
  }

  #values(key: ConditionKey, target: Target): ConditionValues {
    const { operation } = this.source;
    if (documentKeys(operation).includes(key.name)) {
      if (this.document !== undefined) {
        return valuesOfDocument(operation, this.document, key, this.source.now());
      }
      this.awaitsDocument = true;
      return 'unknown';
    }
    const value = facts.get(key.name)?.(this, target, key.suffix);
    return typeof value === 'string' ? [value] : value;
  }
}

type Fact = (
  facts: RequestFacts,
  target: Target,
  suffix: string,
) => string | readonly string[] | undefined;

const header =
  (name: string): Fact =>
  (facts) =>
    facts.header(name);
const query =
  (name: string): Fact =>
  (facts) =>
    facts.query(name);

const table: Readonly<Record<string, Fact>> = {
  'aws:CurrentTime': ({ source }) => new Date(source.now()).toISOString(),
  'aws:EpochTime': ({ source }) => String(Math.floor(source.now() / 1000)),
  'aws:PrincipalAccount': ({ source }) => accountIdOf(source.caller),
  'aws:PrincipalArn': ({ source }) => arnOfCaller(source.caller),
  'aws:PrincipalIsAWSService': () => 'false',
  'aws:PrincipalType': ({ source }) =>
    source.caller.kind === 'anonymous' ? 'Anonymous' : 'Account',
  'aws:Referer': header('referer'),
  'aws:RequestedRegion': ({ source }) => source.region,
  'aws:ResourceAccount': (_, { bucket }) => bucket.acl.owner,
  'aws:SecureTransport': ({ source }) => String(isSecure(source.socket)),
  'aws:SourceIp': ({ source }) => addressOf(source.socket),
  'aws:UserAgent': header('user-agent'),
  'aws:userid': ({ source }) => accountIdOf(source.caller) ?? 'anonymous',
  'aws:ViaAWSService': () => 'false',
  's3:authType': authTypeOf,
  's3:delimiter': query('delimiter'),
  's3:ExistingObjectTag': (_, { object }, tag) => ownValue(object?.tags, tag),
  's3:if-match': header('if-match'),
  's3:if-none-match': header('if-none-match'),
  's3:max-keys': query('max-keys'),
  's3:object-lock-legal-hold': header('x-amz-object-lock-legal-hold'),
  's3:object-lock-mode': header('x-amz-object-lock-mode'),
  's3:object-lock-remaining-retention-days': (facts) =>
    remainingDays(facts.header('x-amz-object-lock-retain-until-date'), facts.source.now()),
  's3:object-lock-retain-until-date': header('x-amz-object-lock-retain-until-date'),
  's3:ObjectCreationOperation': ({ source }) => creations[source.operation],
  's3:prefix': (facts, { prefix }) => prefix ?? facts.query('prefix'),
  's3:RequestObjectTag': (facts, _, tag) => ownValue(headerTags(facts), tag),
  's3:RequestObjectTagKeys': (facts) => Object.keys(headerTags(facts)),
  's3:ResourceAccount': (_, { bucket }) => bucket.acl.owner,
  's3:signatureAge': signatureAgeOf,
  's3:signatureversion': signatureVersionOf,
  's3:TlsVersion': ({ source }) => tlsVersionOf(source.socket),
  's3:VersionId': (_, { versionId }) => versionId,
  's3:x-amz-copy-source': copySourceOf,
  's3:x-amz-website-redirect-location': header('x-amz-website-redirect-location'),
};

/** Keys that are headers under their own names. */
const headerKeys = [
  'x-amz-acl',
  'x-amz-content-sha256',
  'x-amz-grant-full-control',
  'x-amz-grant-read',
  'x-amz-grant-read-acp',
  'x-amz-grant-write',
  'x-amz-grant-write-acp',
  'x-amz-metadata-directive',
  'x-amz-object-ownership',
  'x-amz-server-side-encryption',
  'x-amz-server-side-encryption-aws-kms-key-id',
  'x-amz-server-side-encryption-customer-algorithm',
  'x-amz-storage-class',
];

const facts: ReadonlyMap<string, Fact> = new Map([
  ...Object.entries(table).map(([name, fact]) => [name.toLowerCase(), fact] as const),
  ...headerKeys.map((name) => [`s3:${name}`, header(name)] as const),
]);

/** Whether a request makes an object, of those that s3:PutObject allows. */
const creations: Readonly<Record<string, string | undefined>> = {
  CompleteMultipartUpload: 'true',
  CopyObject: 'true',
  CreateMultipartUpload: 'false',
  PostObject: 'true',
  PutObject: 'true',
  UploadPart: 'false',
  UploadPartCopy: 'false',
};

function accountIdOf(caller: Caller): string | undefined {
  return caller.kind === 'account' ? caller.account.accountId : undefined;
}

function arnOfCaller(caller: Caller): string | undefined {
  return caller.kind === 'account' ? `arn:aws:iam::${caller.account.accountId}:root` : undefined;
}

function isSecure(socket: Socket): boolean {
  return (socket as Partial<TLSSocket>).encrypted === true;
}

function tlsVersionOf(socket: Socket): string | undefined {
  if (!isSecure(socket)) return undefined;
  return (socket as TLSSocket).getProtocol()?.replace('TLSv', '');
}

const mappedPrefix = '::ffff:';

/** IPv4 addresses as such, also where the socket is one of IPv6. */
function addressOf({ remoteAddress }: Socket): string | undefined {
  return remoteAddress?.startsWith(mappedPrefix)
    ? remoteAddress.slice(mappedPrefix.length)
    : remoteAddress;
}

function authTypeOf({ source }: RequestFacts): string | undefined {
  if (source.caller.kind === 'anonymous') return undefined;
  if (source.operation === 'PostObject') return 'POST';
  return source.request.headers.authorization ? 'REST-HEADER' : 'REST-QUERY-STRING';
}

const versionFour = 'AWS4-HMAC-SHA256';

function signatureVersionOf(facts: RequestFacts): string | undefined {
  const { caller, request } = facts.source;
  if (caller.kind === 'anonymous') return undefined;
  const isFour =
    request.headers.authorization?.startsWith(versionFour) ||
    facts.query('X-Amz-Algorithm') === versionFour ||
    facts.header('x-amz-algorithm') === versionFour;
  return isFour ? versionFour : 'AWS';
}

/** In milliseconds. */
function signatureAgeOf(facts: RequestFacts): string | undefined {
  const { caller, now } = facts.source;
  if (caller.kind === 'anonymous') return undefined;
  const amzDate = facts.query('X-Amz-Date') ?? facts.header('x-amz-date');
  const signedAt =
    amzDate === undefined
      ? parseDateHeader(facts.header('date') ?? '')
      : (parseAmzDate(amzDate) ?? parseDateHeader(amzDate));
  return signedAt === undefined ? undefined : String(Math.max(0, now() - signedAt));
}

/** `bucket/key`, however the header has it. */
function copySourceOf(facts: RequestFacts): string | undefined {
  const source = facts.header('x-amz-copy-source');
  if (source === undefined) return undefined;
  const { bucket, key } = parseCopySource(source);
  return `${bucket}/${key}`;
}

/** Of `x-amz-tagging`; what is no tag set is refused where it is read for good. */
function headerTags(facts: RequestFacts): Readonly<Record<string, string>> {
  if (!takesTags(facts)) return {};
  return Object.fromEntries(new URLSearchParams(facts.header('x-amz-tagging') ?? ''));
}

function ownValue(
  tags: Readonly<Record<string, string>> | undefined,
  key: string,
): string | undefined {
  return tags !== undefined && Object.hasOwn(tags, key) ? tags[key] : undefined;
}

const dayMs = 86_400_000;

function remainingDays(until: string | undefined, now: number): string | undefined {
  const time = until === undefined ? Number.NaN : Date.parse(until);
  return Number.isNaN(time) ? undefined : String(Math.ceil((time - now) / dayMs));
}

/** A copy has tags of its own only where it is to replace those of its source. */
function takesTags(facts: RequestFacts): boolean {
  return (
    facts.source.operation !== 'CopyObject' ||
    facts.header('x-amz-tagging-directive')?.toUpperCase() === 'REPLACE'
  );
}

const aclHeaders = [
  'x-amz-acl',
  'x-amz-grant-full-control',
  'x-amz-grant-read',
  'x-amz-grant-read-acp',
  'x-amz-grant-write-acp',
];

const putOperations: ReadonlySet<string> = new Set([
  'CopyObject',
  'CreateMultipartUpload',
  'PostObject',
  'PutObject',
]);

/** What a request that makes an object asks for beside its bytes. */
export function asksBeside(facts: RequestFacts): { readonly tags: boolean; readonly acl: boolean } {
  if (!putOperations.has(facts.source.operation)) return { tags: false, acl: false };
  return {
    tags: facts.header('x-amz-tagging') !== undefined && takesTags(facts),
    acl: aclHeaders.some((name) => facts.header(name) !== undefined),
  };
}
