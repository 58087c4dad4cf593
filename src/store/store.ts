/**
 * The storage engine in S3's words: what operations may ask.
 *
 * Everything here is written once above the two ports. A method that changes something plans against
 * what it read, commits under guards and plans again on conflict, so a `precondition` is exact under
 * concurrency: it is called with the current record for every plan and throws to refuse.
 */
import type { ChecksumAlgorithm } from '../digest/algorithms.ts';
import type { ByteStream } from './blob/port.ts';
import type { VersionSummary } from './object-summary.ts';
import type { QuotaStore } from './quotas.ts';
import type {
  AnnotationRecord,
  BlobHome,
  Bucket,
  BucketRecord,
  ChecksumType,
  MarkerRecord,
  ObjectAttributes,
  ObjectPart,
  ObjectRecord,
  PartRecord,
  StoredAnnotation,
  StoredChecksum,
  StoredMarker,
  StoredObject,
  StoredPart,
  StoredUpload,
  StoredVersion,
  UploadRecord,
  VersionRecord,
} from './records.ts';
import type { RoomStore } from './room.ts';
import type { UsageStore } from './usage.ts';

type MaybePromise<T> = T | Promise<T>;

/** Bytes that are durable but not yet anybody's: hand them to `put` or `putPart`, or discard them. */
export interface StagedBytes {
  /** Absent for no bytes at all. */
  readonly blob?: { readonly id: string; readonly home: BlobHome };
  /** What the object's or part's size is to be. */
  readonly length: number;
  /** How long the blob is, where that is not the same: sealed bytes. */
  readonly storedLength?: number;
}

export type BytesOut = Buffer | ByteStream;

export interface BucketStore {
  get(namespace: string, name: string): MaybePromise<Bucket | undefined>;
  /**
   * `created` is false if the name is taken; `bucket` is then the one that has it.
   * @param configs configuration subresources that the bucket has from the first
   */
  create(
    init: Omit<BucketRecord, 'id' | 'createdAt' | 'deleting' | 'configured'>,
    configs?: Readonly<Record<string, object>>,
  ): Promise<{ readonly created: boolean; readonly bucket: BucketRecord }>;
  /** Changes the record; undefined if the bucket is gone. */
  update(
    bucket: Bucket,
    change: (now: BucketRecord) => BucketRecord,
  ): Promise<BucketRecord | undefined>;
  /** Exact: a put that was acknowledged before keeps the bucket. */
  remove(bucket: Bucket): Promise<'removed' | 'not-empty' | 'absent'>;
  /** A configuration subresource; undefined if the bucket has none of that name. */
  config<T extends object>(bucket: Bucket, name: string): MaybePromise<T | undefined>;
  /**
   * Sets a configuration subresource, or removes it (undefined). Whoever loads the bucket afterwards
   * sees it. Undefined if the bucket is gone.
   */
  setConfig(
    bucket: Bucket,
    name: string,
    value: object | undefined,
    change?: (now: BucketRecord) => BucketRecord,
  ): Promise<BucketRecord | undefined>;
  /** In order of name. */
  list(query: {
    readonly namespace: string;
    /** Canonical id; undefined lists everybody's. */
    readonly owner?: string;
    readonly prefix?: string;
    /** Names greater than this. */
    readonly after?: string;
    readonly limit: number;
  }): Promise<{ readonly buckets: readonly Bucket[]; readonly more: boolean }>;
}

/** What a deletion did. */
export interface Removal {
  /** What is gone: an object or a delete marker; undefined if nothing was there or it lives on as a version. */
  readonly removed?: VersionRecord;
  /** The delete marker that was made. */
  readonly marker?: MarkerRecord;
}

export interface PutObject extends ObjectAttributes {
  readonly etag: string;
  readonly checksum?: StoredChecksum;
  /** What a copy takes over from its source. */
  readonly annotations?: readonly NewAnnotation[];
}

export interface NewAnnotation extends Omit<AnnotationRecord, 'blob' | 'lastModified'> {
  readonly name: string;
  /** New ones, or those of a blob that is shared. */
  readonly bytes: StagedBytes | string;
}

/** Annotations of a version, which every method is given as it was read. */
export interface AnnotationStore {
  get(bucket: Bucket, object: StoredObject, name: string): Promise<StoredAnnotation | undefined>;
  /** In order of name. */
  list(
    bucket: Bucket,
    object: StoredObject,
    query: {
      readonly prefix: string;
      /** Names greater than this. */
      readonly after?: string | undefined;
      readonly limit: number;
    },
  ): Promise<{ readonly annotations: readonly StoredAnnotation[]; readonly more: boolean }>;
  /**
   * Adds an annotation or replaces it. `precondition` sees the version as it is now. On any error, and
   * for any other answer, the bytes are given up.
   * @param staged not of no bytes at all
   */
  put(
    bucket: Bucket,
    object: StoredObject,
    name: string,
    staged: StagedBytes,
    facts: Pick<AnnotationRecord, 'checksum' | 'etag' | 'nonce'>,
    options: {
      /** Most that a version may have. */
      readonly max: number;
      readonly precondition?: (now: StoredObject) => void;
    },
  ): Promise<AnnotationRecord | 'no-object' | 'too-many'>;
  /** False if there was none. */
  remove(
    bucket: Bucket,
    object: StoredObject,
    name: string,
    precondition?: (now: StoredObject) => void,
  ): Promise<boolean | 'no-object'>;
  /** All stored bytes, sealed where the object is encrypted. */
  read(annotation: AnnotationRecord): Promise<Buffer>;
}

/** Given by the client, so that a rename it asks for again is known. */
export interface RenameToken {
  /** ASCII, at most 64 characters. */
  readonly id: string;
  /** What is asked for: the same text for the same request. */
  readonly request: string;
}

export interface RenameStore {
  /**
   * Gives an object another key; what the new key had is gone. `precondition` sees that. 'source-changed'
   * if the source is gone or no longer the one given (plan again), 'versioned' in a bucket that was ever
   * versioned, 'other-request' if the token came with another request before. With a token that came with
   * this one, nothing is done again.
   */
  rename(
    bucket: Bucket,
    source: StoredObject,
    key: string,
    options: {
      readonly token?: RenameToken | undefined;
      readonly precondition?: (current: StoredObject | undefined) => void;
    },
  ): Promise<'renamed' | 'source-changed' | 'versioned' | 'other-request'>;
  /** What became of a token; undefined if it was never used, or longer ago than a day. */
  renamedBefore(
    bucket: Bucket,
    token: RenameToken,
  ): Promise<'renamed' | 'other-request' | undefined>;
}

export interface ObjectStore extends RenameStore {
  /** The current version; undefined if there is none, or it is a delete marker. */
  get(bucket: Bucket, key: string): MaybePromise<StoredObject | undefined>;
  /** The delete marker that is the current version, if one is. */
  currentMarker(bucket: Bucket, key: string): MaybePromise<StoredMarker | undefined>;
  /** Any version, current or not; 'null' names the one that was stored without versioning. */
  version(bucket: Bucket, key: string, versionId: string): Promise<StoredVersion | undefined>;
  /**
   * Reads the whole source and makes its bytes durable. If the source throws, nothing is kept.
   * `length` where known: lets the engine choose the home before the first byte.
   */
  stage(
    source: Buffer | AsyncIterable<Buffer>,
    hint?: { readonly length?: number; readonly signal?: AbortSignal },
  ): Promise<StagedBytes>;
  /** Gives staged bytes up. */
  discard(staged: StagedBytes): Promise<void>;
  /** Makes staged bytes the current object. On any error the bytes are given up. */
  put(
    bucket: Bucket,
    key: string,
    staged: StagedBytes,
    object: PutObject,
    precondition?: (current: StoredObject | undefined) => void,
  ): Promise<ObjectRecord>;
  /**
   * Makes the source's bytes also another object's: no bytes move. Undefined if the source is gone
   * or no longer the one given (plan again).
   */
  copy(
    source: StoredObject,
    bucket: Bucket,
    key: string,
    object: PutObject,
    precondition?: (current: StoredObject | undefined) => void,
  ): Promise<ObjectRecord | undefined>;
  /**
   * Changes attributes in place (ACL, tags, lock) of the current or the named version; undefined if
   * it is gone or a delete marker.
   */
  update(
    bucket: Bucket,
    key: string,
    change: (now: ObjectRecord) => ObjectRecord,
    versionId?: string,
  ): Promise<ObjectRecord | undefined>;
  /**
   * Without a version id: removes the object, or puts a delete marker over it in a versioned bucket.
   * `precondition` sees the current version, which may be a delete marker already.
   */
  remove(
    bucket: Bucket,
    key: string,
    precondition?: (current: StoredVersion | undefined) => void,
  ): Promise<Removal>;
  /**
   * Removes one version for good; the newest of the others becomes current. `precondition` sees the
   * version, undefined if there is none, and whether it is the current one.
   */
  removeVersion(
    bucket: Bucket,
    key: string,
    versionId: string,
    precondition?: (version: StoredVersion | undefined, isCurrent: boolean) => void,
  ): Promise<Removal>;
  /**
   * Stored bytes [start, end), sealed where the object is encrypted. Resolves when the first bytes are
   * at hand and verified.
   * @throws BlobMissingError if the object was removed so long ago that its bytes are gone.
   */
  read(
    object: ObjectRecord,
    start: number,
    end: number,
    signal?: AbortSignal,
  ): MaybePromise<BytesOut>;
  /** The parts of a multipart object, in order; undefined if it was put whole. */
  parts(object: ObjectRecord): Promise<readonly ObjectPart[] | undefined>;
}

export interface ListObjectsQuery {
  readonly prefix: string;
  readonly delimiter: string;
  /** Keys and common prefixes greater than this. */
  readonly after?: string;
  readonly limit: number;
}

export type ListedObject<Object = StoredObject> =
  | { readonly kind: 'object'; readonly object: Object }
  | { readonly kind: 'prefix'; readonly prefix: string };

export type ListedVersion<Version = StoredVersion> =
  | { readonly kind: 'version'; readonly version: Version; readonly latest: boolean }
  | { readonly kind: 'prefix'; readonly prefix: string };

type ListedUpload =
  | { readonly kind: 'upload'; readonly upload: StoredUpload }
  | { readonly kind: 'prefix'; readonly prefix: string };

/** One page of a list. */
export interface PageOf<Entry> {
  readonly entries: readonly Entry[];
  readonly more: boolean;
}

/** With `after`: versions of that key that come after the one with `afterVersionId` are listed too. */
export interface ListVersionsQuery extends ListObjectsQuery {
  readonly afterVersionId?: string;
}

export interface ListingStore {
  objects(bucket: Bucket, query: ListObjectsQuery): Promise<PageOf<ListedObject>>;
  /**
   * The same objects with no more than a list shows of them, which is read faster. One whose record is damaged
   * is among them, and marked; the other lists throw RecordCorruptError where they come across it.
   */
  objectSummaries(
    bucket: Bucket,
    query: ListObjectsQuery,
  ): Promise<PageOf<ListedObject<VersionSummary>>>;
  /** Every version of every key, keys in order, versions newest first. */
  versions(bucket: Bucket, query: ListVersionsQuery): Promise<PageOf<ListedVersion>>;
  /** The same versions with no more than a list shows of them. */
  versionSummaries(
    bucket: Bucket,
    query: ListVersionsQuery,
  ): Promise<PageOf<ListedVersion<VersionSummary>>>;
  uploads(
    bucket: Bucket,
    query: ListObjectsQuery & {
      /** With `after`: uploads of that key whose id is greater than this are listed too. */
      readonly afterUploadId?: string;
    },
  ): Promise<PageOf<ListedUpload>>;
}

export interface CompletedPart {
  readonly part: StoredPart;
  /** Checksum to keep for the part in the object's manifest, base64. */
  readonly checksum?: string;
}

export interface UploadStore {
  create(
    bucket: Bucket,
    key: string,
    upload: ObjectAttributes & {
      readonly initiator: string;
      readonly checksumAlgorithm?: ChecksumAlgorithm;
      readonly checksumType?: ChecksumType;
    },
  ): Promise<{ readonly uploadId: string } & UploadRecord>;
  get(bucket: Bucket, key: string, uploadId: string): MaybePromise<StoredUpload | undefined>;
  /** Replaces a part of the same number; undefined if the upload is gone. Bytes are given up then. */
  putPart(
    bucket: Bucket,
    upload: StoredUpload,
    number: number,
    staged: StagedBytes,
    part: { readonly etag: string; readonly checksum?: StoredChecksum; readonly nonce?: string },
  ): Promise<PartRecord | undefined>;
  /**
   * Makes a range of an object's bytes a part: no bytes move. 'no-upload' or 'source-changed' where
   * one of them went away meanwhile.
   */
  copyPart(
    bucket: Bucket,
    upload: StoredUpload,
    number: number,
    source: {
      readonly object: StoredObject;
      readonly start: number;
      readonly end: number;
    },
    part: { readonly etag: string; readonly checksum?: StoredChecksum },
  ): Promise<PartRecord | 'no-upload' | 'source-changed'>;
  /** Parts with a number greater than `after`, in order. */
  listParts(
    bucket: Bucket,
    upload: StoredUpload,
    query: { readonly after: number; readonly limit: number },
  ): Promise<{ readonly parts: readonly StoredPart[]; readonly more: boolean }>;
  /**
   * Joins parts into the current object in one commit; no bytes move. `choose` is called with all
   * parts of the upload by number and returns those to join, in order, and what the object is to
   * be; it throws to refuse. Undefined if the upload is gone.
   */
  complete(
    bucket: Bucket,
    upload: StoredUpload,
    choose: (parts: ReadonlyMap<number, StoredPart>) => {
      readonly parts: readonly CompletedPart[];
      readonly object: PutObject;
    },
    precondition?: (current: StoredObject | undefined) => void,
  ): Promise<ObjectRecord | undefined>;
  /** False if the upload is gone. */
  abort(bucket: Bucket, upload: StoredUpload): Promise<boolean>;
}

export interface Store {
  readonly annotations: AnnotationStore;
  readonly buckets: BucketStore;
  readonly objects: ObjectStore;
  readonly listing: ListingStore;
  readonly uploads: UploadStore;
  readonly usage: UsageStore;
  readonly quotas: QuotaStore;
  readonly room: RoomStore;
}
