/**
 * Loading what a request names, and deciding whether its caller may.
 *
 * Who may not learn what a bucket holds doesn't learn it from errors either: a missing object is
 * NoSuchKey for those who may list the bucket and AccessDenied for others.
 */
import type { Caller } from '../identity/identity.ts';
import type { Access } from '../operations/operation.ts';
import { decide, type Resource } from '../policy/decide.ts';
import { S3Error } from '../protocol/errors.ts';
import { isBucketName } from '../protocol/names.ts';
import { isNullVersion } from '../protocol/version-id.ts';
import type { Bucket, StoredObject } from '../store/records.ts';
import type { Store } from '../store/store.ts';

type MaybePromise<T> = T | Promise<T>;

export interface Asked {
  readonly caller: Caller;
  readonly store: Store;
  /** Why a request was refused, for the log. */
  denied(reason: string): void;
}

/** @throws S3Error InvalidBucketName, NoSuchBucket */
export function loadBucket(store: Store, namespace: string, name: string): MaybePromise<Bucket> {
  if (!isBucketName(name)) throw new S3Error('InvalidBucketName', { fields: { BucketName: name } });
  const found = store.buckets.get(namespace, name);
  return found instanceof Promise
    ? found.then((bucket) => present(bucket, name))
    : present(found, name);
}

function present(bucket: Bucket | undefined, name: string): Bucket {
  if (bucket === undefined) throw new S3Error('NoSuchBucket', { fields: { BucketName: name } });
  return bucket;
}

/** @throws S3Error AccessDenied unless the account is the bucket's owner; undefined demands nothing. */
export function expectOwner(bucket: Bucket, expected: string | undefined, asked: Asked): void {
  if (expected === undefined || expected === bucket.acl.owner) return;
  asked.denied(`the bucket's owner is not ${expected}, as the request expects`);
  throw new S3Error('AccessDenied');
}

/** @throws S3Error AccessDenied */
export function authorise(access: Access, resource: Resource, asked: Asked): void {
  const permission = access.on === 'account' ? undefined : access.permission;
  const decision = decide({ caller: asked.caller, action: access.action, permission, resource });
  if (decision.allowed) return;
  asked.denied(decision.reason);
  throw new S3Error('AccessDenied');
}

export interface NamedObject {
  readonly bucket: Bucket;
  readonly key: string;
  /** As asked for; undefined is the current version. */
  readonly versionId: string | undefined;
}

/**
 * The object, if the caller may do this to it.
 * @throws S3Error NoSuchKey, NoSuchVersion, AccessDenied, InvalidArgument
 */
export function authorisedObject(
  access: Access & { readonly on: 'object' },
  named: NamedObject,
  asked: Asked,
): MaybePromise<StoredObject> {
  if (!isNullVersion(named.versionId)) throw missing(named, asked);
  const found = asked.store.objects.get(named.bucket, named.key);
  return found instanceof Promise
    ? found.then((object) => allowed(access, named, object, asked))
    : allowed(access, named, found, asked);
}

function allowed(
  access: Access & { readonly on: 'object' },
  named: NamedObject,
  object: StoredObject | undefined,
  asked: Asked,
): StoredObject {
  if (object === undefined) throw missing(named, asked);
  const resource = { on: 'object', bucket: named.bucket.acl, object: object.acl } as const;
  authorise(access, resource, asked);
  return object;
}

const listing: Access = { on: 'bucket', action: 's3:ListBucket', permission: 'READ' };

function missing({ bucket, key, versionId }: NamedObject, asked: Asked): S3Error {
  authorise(listing, { on: 'bucket', bucket: bucket.acl }, asked);
  return isNullVersion(versionId)
    ? new S3Error('NoSuchKey', { fields: { Key: key } })
    : new S3Error('NoSuchVersion', { fields: { Key: key, VersionId: versionId ?? 'null' } });
}
