/**
 * What the engine's records say. The encodings are in `record-codec.ts` and documented in
 * docs/on-disk-format.md; these are the values that domain code and operations see.
 */
import type { ChecksumAlgorithm } from '../digest/algorithms.ts';
import type { AddressRule, Quota, RateLimit } from '../limits/shapes.ts';

export type Permission = 'FULL_CONTROL' | 'READ' | 'WRITE' | 'READ_ACP' | 'WRITE_ACP';

/** Groups that S3 defines, by the last part of their URI. */
export type GranteeGroup = 'AllUsers' | 'AuthenticatedUsers' | 'LogDelivery';

export type Grantee = { readonly account: string } | { readonly group: GranteeGroup };

export interface Grant {
  readonly grantee: Grantee;
  readonly permission: Permission;
}

/** Access control list: who owns the resource (canonical id) and who else may do what. */
export interface Acl {
  readonly owner: string;
  readonly grants: readonly Grant[];
}

export interface BucketRecord {
  /** 16 hex digits, never reused: the part under which the bucket's records live. */
  readonly id: string;
  readonly namespace: string;
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** As the client gave it; empty for none. */
  readonly locationConstraint: string;
  readonly acl: Acl;
  /** Absent until versioning was first asked for; it can be suspended, but never be gone again. */
  readonly versioning?: 'Enabled' | 'Suspended';
  /** Object lock was enabled: versioning is on for good. */
  readonly objectLock?: true;
  /** Names of the configuration subresources that the bucket has. */
  readonly configured?: readonly string[];
  /** Quotas that hold for what is in it: its own, its owner's, its namespace's. */
  readonly quotas?: readonly HeldQuota[];
  readonly limits?: BucketLimits;
  /** Set while DeleteBucket looks for what is left; a put that finds it takes it away again. */
  readonly deleting?: true;
}

/** A quota as it stands in a bucket's record, which every commit into the bucket guards on. */
export interface HeldQuota extends Quota {
  /** `bucket/ID`, `account/ID` or `namespace/NAME`: where it is counted. */
  readonly scope: string;
}

export interface BucketLimits {
  readonly rate?: RateLimit;
  /** Where requests may come from; from everywhere if absent. */
  readonly addresses?: AddressRule;
}

/** A bucket record with the sequence number it was read at. */
export interface Bucket extends BucketRecord {
  readonly seq: number;
  /** `id` as bytes. */
  readonly part: Buffer;
}

export type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE';

export interface StoredChecksum {
  readonly algorithm: ChecksumAlgorithm;
  /** As S3 writes it: base64, with `-N` after a composite value of N parts. */
  readonly value: string;
  readonly type: ChecksumType;
}

/** What a client says about an object besides its bytes; kept and returned as given. */
export interface ObjectHeaders {
  readonly contentType?: string;
  readonly cacheControl?: string;
  readonly contentDisposition?: string;
  readonly contentEncoding?: string;
  readonly contentLanguage?: string;
  readonly expires?: string;
  readonly websiteRedirectLocation?: string;
}

/** One part of an object that was completed from an upload. */
export interface ObjectPart {
  readonly number: number;
  readonly size: number;
  /** Base64 checksum in the upload's algorithm, where parts carry one. */
  readonly checksum?: string;
  /** Of an encrypted object: what the part's bytes were sealed with besides the data key, base64. */
  readonly nonce?: string;
}

/** How an object's stored bytes are sealed, and its data key as the mode's own key has wrapped it. */
export interface ObjectEncryption {
  readonly algorithm: 'SSE-C' | 'AES256' | 'aws:kms';
  /** Base64. */
  readonly dataKey: string;
  /** Base64; absent where every part has its own. */
  readonly nonce?: string;
  /** SSE-C: MD5 of the customer's key, base64. */
  readonly keyMd5?: string;
  /** SSE-KMS: the key as the client named it. */
  readonly keyId?: string;
  /** SSE-KMS: the version of the key that wrapped the data key. */
  readonly keyVersion?: number;
  /** SSE-KMS: base64 of JSON, as the client gave it. */
  readonly context?: string;
  /** SSE-KMS: the client asked for a bucket key. */
  readonly bucketKey?: true;
}

/** What keeps a version from being removed ("Locking objects with Object Lock" in the user guide). */
export interface ObjectLock {
  /** Given with `retainUntil`. */
  readonly mode?: 'GOVERNANCE' | 'COMPLIANCE';
  /** Milliseconds since the epoch. */
  readonly retainUntil?: number;
  /** Absent until it was first asked for. */
  readonly legalHold?: 'ON' | 'OFF';
}

export interface ObjectAttributes {
  readonly headers: ObjectHeaders;
  /** User metadata, names in lower case. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
  readonly storageClass: string;
  readonly acl: Acl;
  readonly lock?: ObjectLock;
  /** Absent where the bytes are stored as they are. */
  readonly encryption?: ObjectEncryption;
}

/** Where a version stands among those of its key. */
export interface VersionOrder {
  /** 'null' unless versioning was enabled when the version came; else the same as `order`. */
  readonly versionId: string;
  /** 32 hex digits; of two versions of a key, the newer one has the lesser order. */
  readonly order: string;
}

/** A version that says that the key was deleted. */
export interface MarkerRecord extends VersionOrder {
  readonly deleteMarker: true;
  /** Milliseconds since the epoch. */
  readonly lastModified: number;
  /** Canonical id of the bucket's owner when it was made. */
  readonly owner: string;
}

export interface ObjectRecord extends ObjectAttributes, VersionOrder {
  readonly deleteMarker?: undefined;
  /** Of what the client put; sealed bytes take more room. */
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  /** Milliseconds since the epoch. */
  readonly lastModified: number;
  readonly checksum?: StoredChecksum;
  /** Hex id of the blob record that holds or leads to the bytes; absent for an empty object. */
  readonly blob?: string;
  /** The upload that the object was completed from, so that completing it again finds the object. */
  readonly uploadId?: string;
  /** How many parts the object was completed from; the parts are in the blob's manifest. */
  readonly partsCount?: number;
  /** Absent until the version was first annotated: where its annotations are, and how many. */
  readonly annotations?: { readonly set: string; readonly count: number };
}

/** A named payload beside a version of an object. */
export interface AnnotationRecord {
  /** Of what the client put. */
  readonly size: number;
  /** Length of the blob, where it is sealed. */
  readonly storedLength?: number;
  /** What the bytes were sealed with besides the object's data key, base64. */
  readonly nonce?: string;
  /** Without quotes. */
  readonly etag: string;
  /** Milliseconds since the epoch. */
  readonly lastModified: number;
  readonly checksum: StoredChecksum;
  readonly blob: string;
}

export interface StoredAnnotation extends AnnotationRecord {
  readonly name: string;
  readonly seq: number;
}

/** An object record with its key and the sequence number it was read at. */
export interface StoredObject extends ObjectRecord {
  readonly key: string;
  readonly seq: number;
}

/** A delete marker with its key and the sequence number it was read at. */
export interface StoredMarker extends MarkerRecord {
  readonly key: string;
  readonly seq: number;
}

export type VersionRecord = ObjectRecord | MarkerRecord;
export type StoredVersion = StoredObject | StoredMarker;

export interface UploadRecord extends ObjectAttributes {
  /** Canonical id of who initiated it. */
  readonly initiator: string;
  readonly initiatedAt: number;
  readonly checksumAlgorithm?: ChecksumAlgorithm;
  readonly checksumType?: ChecksumType;
  /** Set while CompleteMultipartUpload reads the parts; a part that finds it takes it away again. */
  readonly completing?: true;
}

export interface StoredUpload extends UploadRecord {
  readonly key: string;
  readonly uploadId: string;
  readonly seq: number;
}

export interface PartRecord {
  /** Of what the client put. */
  readonly size: number;
  /** Length of the blob, where it is sealed. */
  readonly storedLength?: number;
  /** As in `ObjectPart`. */
  readonly nonce?: string;
  /** Without quotes: MD5 of the part in hex, unless the encryption hides it. */
  readonly etag: string;
  readonly lastModified: number;
  readonly checksum?: StoredChecksum;
  readonly blob?: string;
  /** The blob is a list of extents of its own (UploadPartCopy), which completion takes over. */
  readonly copied?: true;
}

export interface StoredPart extends PartRecord {
  readonly number: number;
  readonly seq: number;
}

/** A range of another blob. */
export interface Extent {
  readonly blob: string;
  readonly offset: number;
  readonly length: number;
}

/** Where a blob's bytes are. */
export type BlobHome =
  | { readonly kind: 'inline'; readonly bytes: Buffer }
  | { readonly kind: 'stored'; readonly locator: Buffer }
  | {
      readonly kind: 'extents';
      readonly extents: readonly Extent[];
      readonly parts: readonly ObjectPart[];
    };

export interface BlobRecord {
  readonly length: number;
  /** How many object, part and extent records refer to it. */
  readonly references: number;
  readonly home: BlobHome;
}
