/**
 * What an S3 operation is: a name, the right it needs, the parameters it takes, and what it does.
 *
 * An operation never sees a socket, a header map or XML. The pipeline has authenticated and
 * authorised the caller, loaded the bucket, and decoded the input before `run` is called.
 */
import type { ChecksumAlgorithm } from '../digest/algorithms.ts';
import type { Encryption } from '../features/encryption/encryption.ts';
import type { Caller, IdentityDirectory } from '../identity/identity.ts';
import type { OperationName } from '../model/operations.gen.ts';
import type { OperationTypes } from '../model/types.gen.ts';
import type { Bucket, Permission, StoredObject } from '../store/records.ts';
import type { Store } from '../store/store.ts';

/** The S3 action, and the ACL permission that grants it; undefined if no ACL does, only ownership. */
export interface Right {
  readonly action: string;
  readonly permission: Permission | undefined;
}

/** `ofVersion` is the right instead where the request names a version id. */
interface VersionedRight extends Right {
  readonly ofVersion?: Right;
}

/**
 * The right an operation needs.
 * - 'account': any authenticated account (ListBuckets, CreateBucket);
 * - 'bucket': on the bucket;
 * - 'object': on the current object or the version named, which the pipeline loads into
 *   `context.object`; a missing one is NoSuchKey or NoSuchVersion for callers who may list the
 *   bucket and AccessDenied for others.
 */
export type Access =
  | { readonly on: 'account'; readonly action: string }
  | ({
      readonly on: 'bucket';
      /** The keys are in the document: under a bucket policy, `run` asks `may` for each of them. */
      readonly eachKey?: true;
    } & VersionedRight)
  | ({
      readonly on: 'object';
      /** Where the current version is a delete marker: MethodNotAllowed, as for one that is named. */
      readonly notOnMarkers?: true;
    } & VersionedRight);

/** The request's payload as the wire declared it, for operations that take a stream. */
export interface PayloadDeclaration {
  /** Hex, where x-amz-content-sha256 is a hash. */
  readonly sha256: string | undefined;
  /** Algorithms named in x-amz-trailer. */
  readonly trailerChecksum: ChecksumAlgorithm | undefined;
  /** The value of a trailer header once the body was read to its end. */
  trailer(name: string): string | undefined;
}

/** Of `may`, where it is asked about more than a key of the request's bucket. */
export interface RightTarget {
  /** Absent for the bucket itself. */
  readonly key?: string;
  readonly versionId?: string | undefined;
  /** Another one than the request's, with its access rules at hand. */
  readonly bucket?: Bucket;
}

export interface OperationContext {
  readonly requestId: string;
  readonly caller: Caller;
  /** The namespace that the request acts in. */
  readonly namespace: string;
  readonly region: string;
  /** Scheme, host and path prefix that the client used, for Location: `http://127.0.0.1:9000`. */
  readonly endpoint: string;
  readonly store: Store;
  readonly identity: IdentityDirectory;
  /** Data keys, and what wraps them. */
  readonly encryption: Encryption;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly signal: AbortSignal | undefined;
  readonly payload: PayloadDeclaration;
  /** The bucket named by the request; throws for operations that have none. */
  readonly bucket: Bucket;
  /** For access on 'object': the current object or the version named, present. */
  readonly object: StoredObject;
  /** Loads another bucket's object for reading, authorised for the caller (copy sources). */
  openSource(
    bucket: string,
    key: string,
    versionId?: string,
  ): Promise<{ readonly bucket: Bucket; readonly object: StoredObject }>;
  /**
   * Whether the caller may do something further to a key of the bucket, such as
   * s3:BypassGovernanceRetention. It is for the bucket's owner, or, where the object is given, for the
   * object's, and for whom the bucket's policy allows it; no ACL grants a mere action.
   */
  may(
    right: string | Right,
    on: string | RightTarget,
    object?: StoredObject,
  ): boolean | Promise<boolean>;
  /** Settings that change what operations answer. */
  readonly settings: OperationSettings;
}

export interface OperationSettings {
  /** Smallest part but the last that CompleteMultipartUpload takes, in bytes. */
  readonly minPartBytes: number;
  /** Customers' keys may come over plain HTTP. */
  readonly sseCOverHttp: boolean;
  /** What new buckets begin with: working ACLs, or what AWS gives them since 2023. */
  readonly bucketDefaults: 'acl' | 'aws';
}

export interface Operation<Name extends OperationName = OperationName> {
  readonly name: Name;
  readonly access: Access;
  /**
   * Input members that have their effect here, beside those that the pipeline deals with for every
   * operation; a request that carries any other is refused by name.
   */
  readonly accepts: readonly (keyof OperationTypes[Name]['input'] & string)[];
  run(
    input: OperationTypes[Name]['input'],
    context: OperationContext,
  ): Promise<OperationTypes[Name]['output']> | OperationTypes[Name]['output'];
}

/** Types an operation file's one export. */
export function defineOperation<Name extends OperationName>(
  operation: Operation<Name>,
): Operation<Name> {
  return operation;
}
