/**
 * What a bucket policy may ask of a request: the values of its condition keys ("Bucket policy examples using
 * condition keys" in the S3 user guide). Nothing here is looked at unless a bucket has a policy that asks.
 *
 * Some keys are about the request's document, which is read only once the request is allowed. Until then
 * they are unknown, which counts in the caller's favour; whoever finds `awaitsDocument` set afterwards
 * decides again with the document.
 *
 * Parts and the completion of an upload are s3:PutObject as well, but what the object is to be beside its bytes
 * was said, and decided about, when the upload was begun: in their requests such keys stay unknown.
 *
 * A value is what the operation makes of it (` 010` objects at most are `10`), or a denial could be got round by
 * spelling.
 */
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Caller, Principal } from '../identity/identity.ts';
import type {
  ConditionKey,
  ConditionValues,
  PolicyPrincipal,
  PolicyRequest,
} from '../policy/language/document.ts';
import { arnOf } from '../policy/language/parse.ts';
import { parseCopySource } from '../protocol/copy-source.ts';
import { decodeHeaderText } from '../protocol/header-text.ts';
import { type HeaderLookup, headersOf } from '../protocol/hoisted-headers.ts';
import { formatIsoDate, parseIsoDate } from '../protocol/http-date.ts';
import { queryValue } from '../protocol/query.ts';
import type { WireRequest } from '../protocol/request.ts';
import { parseScalar } from '../protocol/values.ts';
import type { Bucket, StoredObject } from '../store/records.ts';
import type { RequestSignature } from './authenticate.ts';
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
  /** Absent for the anonymous caller. */
  readonly signature?: RequestSignature | undefined;
  readonly request: WireRequest;
  /** As routed. */
  readonly operation: string;
  readonly socket: Socket;
  /** Where the request comes from. */
  readonly client: { readonly clientAddress: string | undefined };
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
    return raw === undefined ? undefined : decodeHeaderText(raw.trim());
  }

  query(name: string): string | undefined {
    return queryValue(this.source.request.query, name);
  }

  /** The question that a policy answers. */
  about(action: string, target: Target): PolicyRequest {
    return {
      principal: principalOf(this.source.caller),
      action,
      resource: arnOf(target.bucket.name, target.key),
      values: (key) => this.#values(key, action, target),
    };
  }

  /** The same of what is on no bucket that there is. @param resource an ARN, or `*` */
  aboutAccount(action: string, resource: string): PolicyRequest {
    return {
      principal: principalOf(this.source.caller),
      action,
      resource,
      values: (key) => this.#values(key, action, undefined),
    };
  }

  #values(key: ConditionKey, action: string, target: Target | undefined): ConditionValues {
    const { operation } = this.source;
    if (documentKeys(operation).includes(key.name)) {
      if (this.document !== undefined) {
        return valuesOfDocument(operation, this.document, key, this.source.now());
      }
      this.awaitsDocument = true;
      return 'unknown';
    }
    if (action === 's3:PutObject' && begunOperations.has(operation) && begunKeys.has(key.name)) {
      return 'unknown';
    }
    const value = facts.get(key.name)?.(this, target ?? {}, key.suffix);
    return typeof value === 'string' ? [value] : value;
  }
}

type Fact = (
  facts: RequestFacts,
  target: Partial<Target>,
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
  'aws:PrincipalTag': ({ source }, _, tag) => ownValue(principalIn(source.caller)?.tags, tag),
  'aws:PrincipalType': ({ source }) => principalType(source.caller),
  'aws:Referer': header('referer'),
  'aws:RequestedRegion': ({ source }) => source.region,
  'aws:ResourceAccount': (_, { bucket }) => bucket?.acl.owner,
  'aws:SecureTransport': ({ source }) => String(isSecure(source.socket)),
  'aws:SourceIp': ({ source }) => source.client.clientAddress,
  'aws:UserAgent': header('user-agent'),
  'aws:TokenIssueTime': ({ source }) => {
    const startedAt = principalIn(source.caller)?.sessionStartedAt;
    return startedAt === undefined ? undefined : new Date(startedAt).toISOString();
  },
  'aws:userid': ({ source }) =>
    principalIn(source.caller)?.id ?? accountIdOf(source.caller) ?? 'anonymous',
  'aws:username': ({ source }) => principalIn(source.caller)?.userName,
  'aws:ViaAWSService': () => 'false',
  's3:authType': ({ source }) => source.signature?.type,
  's3:delimiter': query('delimiter'),
  's3:ExistingObjectTag': (_, { object }, tag) => ownValue(object?.tags, tag),
  's3:if-match': header('if-match'),
  's3:if-none-match': header('if-none-match'),
  's3:max-keys': (facts) => wholeNumber(facts.query('max-keys')),
  's3:object-lock-legal-hold': header('x-amz-object-lock-legal-hold'),
  's3:object-lock-mode': header('x-amz-object-lock-mode'),
  's3:object-lock-remaining-retention-days': (facts) =>
    remainingDays(retainUntil(facts), facts.source.now()),
  's3:object-lock-retain-until-date': (facts) => {
    const until = retainUntil(facts);
    return until && formatIsoDate(until);
  },
  's3:ObjectCreationOperation': ({ source }) => creations[source.operation],
  's3:prefix': (facts, { prefix }) => prefix ?? facts.query('prefix'),
  's3:RequestObjectTag': (facts, _, tag) => ownValue(headerTags(facts), tag),
  's3:RequestObjectTagKeys': (facts) => Object.keys(headerTags(facts)),
  's3:ResourceAccount': (_, { bucket }) => bucket?.acl.owner,
  's3:signatureAge': signatureAgeOf,
  's3:signatureversion': ({ source }) =>
    source.signature && signatureVersions[source.signature.version],
  's3:TlsVersion': ({ source }) => tlsVersionOf(source.socket),
  's3:VersionId': (_, { versionId }) => versionId,
  's3:x-amz-copy-source': copySourceOf,
  's3:x-amz-metadata-directive': (facts) =>
    facts.source.operation === 'CopyObject' ? facts.header('x-amz-metadata-directive') : undefined,
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

/** On an upload that was begun before. */
const begunOperations: ReadonlySet<string> = new Set([
  'CompleteMultipartUpload',
  'UploadPart',
  'UploadPartCopy',
]);

/** What is said when an upload is begun, in lower case. */
const begunKeys: ReadonlySet<string> = new Set([
  's3:object-lock-legal-hold',
  's3:object-lock-mode',
  's3:object-lock-remaining-retention-days',
  's3:object-lock-retain-until-date',
  's3:requestobjecttag',
  's3:requestobjecttagkeys',
  's3:x-amz-acl',
  's3:x-amz-grant-full-control',
  's3:x-amz-grant-read',
  's3:x-amz-grant-read-acp',
  's3:x-amz-grant-write-acp',
  's3:x-amz-server-side-encryption',
  's3:x-amz-server-side-encryption-aws-kms-key-id',
  's3:x-amz-server-side-encryption-customer-algorithm',
  's3:x-amz-storage-class',
  's3:x-amz-website-redirect-location',
]);

/** Whether a request makes an object, of those that s3:PutObject allows. */
const creations: Readonly<Record<string, string | undefined>> = {
  CompleteMultipartUpload: 'true',
  CopyObject: 'true',
  CreateMultipartUpload: 'false',
  PostObject: 'true',
  PutObject: 'true',
  RenameObject: 'true',
  UploadPart: 'false',
  UploadPartCopy: 'false',
};

function accountIdOf(caller: Caller): string | undefined {
  return caller.kind === 'account' ? caller.account.accountId : undefined;
}

const principalIn = (caller: Caller): Principal | undefined =>
  caller.kind === 'account' ? caller.principal : undefined;

function arnOfCaller(caller: Caller): string | undefined {
  if (caller.kind === 'anonymous') return undefined;
  return caller.principal?.arn ?? `arn:aws:iam::${caller.account.accountId}:root`;
}

/** "aws:PrincipalType" in the IAM user guide. */
const principalTypes = { user: 'User', role: 'AssumedRole', federated: 'FederatedUser' } as const;

function principalType(caller: Caller): string {
  if (caller.kind === 'anonymous') return 'Anonymous';
  return caller.principal === undefined ? 'Account' : principalTypes[caller.principal.kind];
}

function principalOf(caller: Caller): PolicyPrincipal {
  if (caller.kind === 'anonymous') return { kind: 'anonymous' };
  const { accountId, number } = caller.account;
  const { roleArn } = caller.principal ?? {};
  const arns = [arnOfCaller(caller)!, ...(roleArn === undefined ? [] : [roleArn])];
  return { kind: 'account', accountId, number, arns };
}

function isSecure(socket: Socket): boolean {
  return (socket as Partial<TLSSocket>).encrypted === true;
}

function tlsVersionOf(socket: Socket): string | undefined {
  if (!isSecure(socket)) return undefined;
  return (socket as TLSSocket).getProtocol()?.replace('TLSv', '');
}

/** In S3's words. */
const signatureVersions = { 2: 'AWS', 4: 'AWS4-HMAC-SHA256' } as const;

/** In milliseconds. */
function signatureAgeOf({ source }: RequestFacts): string | undefined {
  const signedAt = source.signature?.signedAt;
  return signedAt === undefined ? undefined : String(Math.max(0, source.now() - signedAt));
}

/** As the parameter's decoder reads it; what it refuses is refused there. */
function wholeNumber(text: string | undefined): string | undefined {
  const value = text === undefined ? undefined : parseScalar('integer', text);
  return value === undefined ? undefined : String(value);
}

const copyOperations: ReadonlySet<string> = new Set(['CopyObject', 'UploadPartCopy']);

/** `bucket/key`, however the header has it. A form may have such a field too, and copies nothing. */
function copySourceOf(facts: RequestFacts): string | undefined {
  if (!copyOperations.has(facts.source.operation)) return undefined;
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

function retainUntil(facts: RequestFacts): Date | undefined {
  const text = facts.header('x-amz-object-lock-retain-until-date');
  return text === undefined ? undefined : parseIsoDate(text);
}

function remainingDays(until: Date | undefined, now: number): string | undefined {
  return until && String(Math.ceil((until.getTime() - now) / dayMs));
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
export function asksBeside(facts: RequestFacts): {
  readonly tags: boolean;
  readonly acl: boolean;
  readonly rename: boolean;
} {
  const { operation } = facts.source;
  if (!putOperations.has(operation)) {
    return { tags: false, acl: false, rename: operation === 'RenameObject' };
  }
  return {
    rename: false,
    tags: facts.header('x-amz-tagging') !== undefined && takesTags(facts),
    acl: aclHeaders.some((name) => facts.header(name) !== undefined),
  };
}
