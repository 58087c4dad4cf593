/**
 * Loading what a request names, and deciding whether its caller may.
 *
 * Who may not learn what a bucket holds doesn't learn it from errors either: a missing object is
 * NoSuchKey for those who may list the bucket and AccessDenied for others.
 */
import type { Caller } from '../identity/identity.ts';
import { rulesOf, withRules } from '../operations/access-rules.ts';
import type { Access, Right } from '../operations/operation.ts';
import { type Decision, decide, forbids, type Question, type Resource } from '../policy/decide.ts';
import { arnOf } from '../policy/language/parse.ts';
import type { Witness } from '../policy/witness.ts';
import { S3Error } from '../protocol/errors.ts';
import { formatHttpDate } from '../protocol/http-date.ts';
import { isBucketName } from '../protocol/names.ts';
import { nullVersionId } from '../protocol/version-id.ts';
import type { Bucket, StoredMarker, StoredObject, StoredVersion } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { asksBeside, type RequestFacts, type Target } from './policy-request.ts';

type MaybePromise<T> = T | Promise<T>;

export interface Asked {
  readonly caller: Caller;
  readonly store: Store;
  /** What bucket policies may ask. */
  readonly facts: RequestFacts;
  /** Why a request was refused, for the log. */
  denied(reason: string): void;
  /** Only an ACL allows the request. */
  neededAcl(): void;
  /** Only where a decision is explained: told what was looked at. */
  readonly witness?: Witness | undefined;
}

/**
 * The bucket, with its access rules at hand.
 * @throws S3Error InvalidBucketName, NoSuchBucket
 */
export function loadBucket(store: Store, namespace: string, name: string): MaybePromise<Bucket> {
  if (!isBucketName(name)) throw new S3Error('InvalidBucketName', { fields: { BucketName: name } });
  const found = store.buckets.get(namespace, name);
  return found instanceof Promise
    ? found.then((bucket) => withRules(present(bucket, name), store))
    : withRules(present(found, name), store);
}

function present(bucket: Bucket | undefined, name: string): Bucket {
  if (bucket === undefined) throw new S3Error('NoSuchBucket', { fields: { BucketName: name } });
  return bucket;
}

/**
 * @param header names the owner whom the request expects, if it expects one
 * @throws S3Error AccessDenied for a bucket of somebody else
 */
export function expectOwner(bucket: Bucket, header: string, asked: Asked): void {
  const expected = asked.facts.header(header);
  if (expected === undefined || expected === bucket.acl.owner) return;
  asked.denied(`the bucket's owner is not ${expected}, as the request expects`);
  throw new S3Error('AccessDenied');
}

/** @throws S3Error AccessDenied */
export function authoriseAccount(
  action: string,
  { namespace, bucket }: { readonly namespace: string; readonly bucket: string | undefined },
  asked: Asked,
): void {
  const resource = { on: 'account', namespace } as const;
  const { caller, facts } = asked;
  const arn = bucket === undefined ? '*' : arnOf(bucket);
  const request = isActing(caller) ? facts.aboutAccount(action, arn) : undefined;
  accept(
    decide({ caller, action, permission: undefined, resource, request }, asked.witness),
    asked,
  );
}

/** A user or a session of an account, and not the account itself. */
export const isActing = (caller: Caller): boolean =>
  caller.kind === 'account' && caller.principal !== undefined;

/** @throws S3Error AccessDenied */
export function authorise(right: Right, target: Target, asked: Asked): void {
  accept(decide(questionOf(right, target, asked), asked.witness), asked);
}

function accept(decision: Decision, asked: Asked): void {
  if (decision.allowed) {
    if (decision.byAcl) asked.neededAcl();
    return;
  }
  asked.denied(decision.reason);
  throw new S3Error('AccessDenied');
}

function questionOf(
  { action, permission }: Right,
  target: Target,
  { caller, facts }: Asked,
): Question {
  const { bucket, object } = target;
  const resource: Resource =
    object === undefined
      ? { on: 'bucket', bucket: bucket.acl }
      : { on: 'object', bucket: bucket.acl, object: object.acl };
  const rules = rulesOf(bucket);
  const request = rules?.policy || isActing(caller) ? facts.about(action, target) : undefined;
  return { caller, action, permission, resource, rules, request };
}

/**
 * What s3:PutObject alone doesn't cover. Tags at once with the object are for those who may tag it, and
 * for those whom the bucket's ACL lets write. An ACL may be given by whoever may write, as the writer owns
 * the object, unless the policy forbids that. So may an object be renamed by who may write it, read and delete
 * what it was, unless s3:RenameObject is forbidden.
 * @throws S3Error AccessDenied
 */
export function authoriseBeside(right: Right, target: Target, asked: Asked): void {
  if (right.action !== 's3:PutObject') return;
  const { tags, acl, rename } = asksBeside(asked.facts);
  if (tags) authorise({ action: 's3:PutObjectTagging', permission: 'WRITE' }, target, asked);
  if (acl) refuseForbidden('s3:PutObjectAcl', target, asked);
  if (rename) refuseForbidden('s3:RenameObject', target, asked);
}

function refuseForbidden(action: string, target: Target, asked: Asked): void {
  const reason = forbids(
    questionOf({ action, permission: undefined }, target, asked),
    asked.witness,
  );
  if (reason === undefined) return;
  asked.denied(reason);
  throw new S3Error('AccessDenied');
}

/** The right that a request needs, which may be another one where it names a version. */
export function rightTo<A extends Access>(access: A, versionId: string | undefined): A {
  if (versionId === undefined || access.on === 'account' || access.ofVersion === undefined) {
    return access;
  }
  return { ...access, ...access.ofVersion };
}

/** Whether the caller may do something beside what the request is authorised for. */
export function mayAlso(right: Right, target: Target, asked: Asked): boolean {
  return decide(questionOf(right, target, asked)).allowed;
}

export interface NamedObject {
  readonly bucket: Bucket;
  readonly key: string;
  /** As asked for, and well-formed; undefined is the current version. */
  readonly versionId: string | undefined;
  /** A copy is made from it. */
  readonly isSource?: true;
}

/**
 * The object or the version of it that is named, if the caller may do this to it.
 * @throws S3Error NoSuchKey, NoSuchVersion, MethodNotAllowed for a delete marker, AccessDenied
 */
export function authorisedObject(
  access: Access & { readonly on: 'object' },
  named: NamedObject,
  asked: Asked,
): MaybePromise<StoredObject> {
  const found = findVersion(named, asked.store);
  return found instanceof Promise
    ? found.then((version) => allowed(access, named, version, asked))
    : allowed(access, named, found, asked);
}

/** What the request names: an object, a delete marker or nothing. */
function findVersion(
  { bucket, key, versionId }: NamedObject,
  { objects }: Store,
): MaybePromise<StoredVersion | undefined> {
  if (bucket.versioning === undefined) {
    const isThere = versionId === undefined || versionId === nullVersionId;
    return isThere ? objects.get(bucket, key) : undefined;
  }
  if (versionId !== undefined) return objects.version(bucket, key, versionId);
  const current = objects.get(bucket, key);
  return current instanceof Promise
    ? current.then((object) => object ?? objects.currentMarker(bucket, key))
    : (current ?? objects.currentMarker(bucket, key));
}

function allowed(
  access: Access & { readonly on: 'object' },
  named: NamedObject,
  version: StoredVersion | undefined,
  asked: Asked,
): StoredObject {
  if (version === undefined) throw missing(named, asked);
  if (version.deleteMarker) throw deleted(access, named, version, asked);
  const { bucket, key, versionId } = named;
  authorise(rightTo(access, versionId), { bucket, key, versionId, object: version }, asked);
  return version;
}

const listing: Right = { action: 's3:ListBucket', permission: 'READ' };

function missing({ bucket, key, versionId }: NamedObject, asked: Asked): S3Error {
  authorise(listing, { bucket, prefix: key }, asked);
  const isKey =
    versionId === undefined || (bucket.versioning === undefined && versionId === nullVersionId);
  return isKey
    ? new S3Error('NoSuchKey', { fields: { Key: key } })
    : new S3Error('NoSuchVersion', { fields: { Key: key, VersionId: versionId } });
}

/**
 * A delete marker has nothing to give: the key isn't there, or the method is not for what its id names. Nor has
 * it tags or a lock, or an ACL to be changed, named or not.
 */
function deleted(
  { notOnMarkers }: Access & { readonly on: 'object' },
  named: NamedObject,
  marker: StoredMarker,
  asked: Asked,
): S3Error {
  const { bucket, key, versionId, isSource } = named;
  authorise(listing, { bucket, prefix: key }, asked);
  const headers = { 'x-amz-delete-marker': 'true', 'x-amz-version-id': marker.versionId };
  if (versionId === undefined && !notOnMarkers) {
    return new S3Error('NoSuchKey', { fields: { Key: key }, headers });
  }
  if (isSource) {
    return new S3Error('InvalidRequest', {
      message:
        'The source of a copy request may not specifically refer to a delete marker by version id.',
    });
  }
  return new S3Error('MethodNotAllowed', {
    fields: { ResourceType: 'DeleteMarker' },
    headers: {
      ...headers,
      Allow: 'DELETE',
      'Last-Modified': formatHttpDate(new Date(marker.lastModified)),
    },
  });
}
