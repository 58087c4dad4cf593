/**
 * What an S3 operation is: a name, the right it needs, the parameters it takes, and what it does.
 *
 * An operation never sees a socket, a header map or XML. The pipeline has authenticated and
 * authorised the caller, loaded the bucket, and decoded the input before `run` is called.
 */
import type { ChecksumAlgorithm } from '../digest/algorithms.ts';
import type { Caller, IdentityDirectory } from '../identity/identity.ts';
import type { OperationName } from '../model/operations.gen.ts';
import type { OperationTypes } from '../model/types.gen.ts';
import type { Bucket, Permission, StoredObject } from '../store/records.ts';
import type { Store } from '../store/store.ts';

/**
 * The right an operation needs: the S3 action, and the ACL permission that grants it.
 * - 'account': any authenticated account (ListBuckets, CreateBucket);
 * - 'bucket': on the bucket;
 * - 'object': on the current object, which the pipeline loads into `context.object`; a missing
 *   object is NoSuchKey for callers who may list the bucket and AccessDenied for others.
 * `permission` undefined means that no ACL grants it, only ownership.
 */
export type Access =
  | { readonly on: 'account'; readonly action: string }
  | { readonly on: 'bucket'; readonly action: string; readonly permission: Permission | undefined }
  | { readonly on: 'object'; readonly action: string; readonly permission: Permission | undefined };

/** The request's payload as the wire declared it, for operations that take a stream. */
export interface PayloadDeclaration {
  /** Hex, where x-amz-content-sha256 is a hash. */
  readonly sha256: string | undefined;
  /** Algorithms named in x-amz-trailer. */
  readonly trailerChecksum: ChecksumAlgorithm | undefined;
  /** The value of a trailer header once the body was read to its end. */
  trailer(name: string): string | undefined;
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
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly signal: AbortSignal | undefined;
  readonly payload: PayloadDeclaration;
  /** The bucket named by the request; throws for operations that have none. */
  readonly bucket: Bucket;
  /** For access on 'object': the current object, present. */
  readonly object: StoredObject;
  /** Loads another bucket's object for reading, authorised for the caller (copy sources). */
  openSource(
    bucket: string,
    key: string,
  ): Promise<{ readonly bucket: Bucket; readonly object: StoredObject }>;
  /** Settings that change what operations answer. */
  readonly settings: OperationSettings;
}

export interface OperationSettings {
  /** Smallest part but the last that CompleteMultipartUpload takes, in bytes. */
  readonly minPartBytes: number;
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
