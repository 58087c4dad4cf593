/**
 * Copies with encryption on either side. Between SSE-S3 and SSE-KMS the copy shares what is stored, and its data
 * key is wrapped anew. Where a customer's key is involved, one side is not encrypted, or the copy's ETag has to be
 * the MD5 that the source's hides, the bytes are read and stored anew, as one piece.
 */
import type { ChecksumAlgorithm } from '../../digest/algorithms.ts';
import type { CustomerKey } from '../../features/encryption/customer-key.ts';
import { sealedETag, type WantedEncryption } from '../../features/encryption/encryption.ts';
import type {
  ObjectAttributes,
  ObjectEncryption,
  ObjectRecord,
  StoredAnnotation,
  StoredObject,
} from '../../store/records.ts';
import {
  hiddenAnnotations,
  noneWithCustomerKey,
  restagedAnnotations,
  sharedAnnotations,
} from '../annotation-bytes.ts';
import { defaultChecksum } from '../multipart/upload.ts';
import { newSeal } from '../object-encryption.ts';
import type { OperationContext } from '../operation.ts';
import { restage } from '../restage.ts';

export interface SealedCopy {
  readonly source: StoredObject;
  /** The source's, where it is SSE-C. */
  readonly key: CustomerKey | undefined;
  readonly wanted: WantedEncryption | undefined;
  readonly attributes: ObjectAttributes;
  readonly annotations: readonly StoredAnnotation[] | undefined;
  /** What the copy must have a checksum of, where the source doesn't have it. */
  readonly newChecksum: ChecksumAlgorithm | undefined;
}

/** Undefined if the source is gone meanwhile. */
export function copySealed(
  copy: SealedCopy,
  key: string,
  context: OperationContext,
  precondition: ((current: StoredObject | undefined) => void) | undefined,
): Promise<ObjectRecord | undefined> {
  const { source, wanted, newChecksum } = copy;
  const shared = newChecksum === undefined ? sharedEncryption(source, wanted) : undefined;
  return shared === undefined
    ? copyAnew(copy, key, context, precondition)
    : copyShared(copy, shared, key, context, precondition);
}

interface Shared {
  readonly from: ObjectEncryption;
  readonly to: WantedEncryption;
}

/** Undefined unless the copy can have what is stored of the source. */
function sharedEncryption(
  { encryption: from, partsCount }: StoredObject,
  to: WantedEncryption | undefined,
): Shared | undefined {
  if (from === undefined || to === undefined) return undefined;
  if (from.algorithm === 'SSE-C' || to.algorithm === 'SSE-C') return undefined;
  const needsMd5 =
    from.algorithm === 'aws:kms' && to.algorithm === 'AES256' && partsCount === undefined;
  return needsMd5 ? undefined : { from, to };
}

async function copyShared(
  { source, attributes, annotations }: SealedCopy,
  { from, to }: Shared,
  key: string,
  { bucket, encryption, store }: OperationContext,
  precondition: ((current: StoredObject | undefined) => void) | undefined,
): Promise<ObjectRecord | undefined> {
  const dataKey = await encryption.open(from);
  const sealed = await encryption.seal(to, dataKey);
  const { checksum, partsCount } = source;
  const hidesMd5 = from.algorithm === 'AES256' && partsCount === undefined;
  const etag = hidesMd5 ? sealedETag(sealed.encryption, dataKey, source.etag) : source.etag;
  const object = {
    ...attributes,
    encryption: { ...sealed.encryption, nonce: from.nonce },
    etag,
    checksum,
    annotations:
      from.algorithm === 'AES256'
        ? hiddenAnnotations(annotations, sealed.encryption, dataKey)
        : sharedAnnotations(annotations),
  };
  return store.objects.copy(source, bucket, key, object, precondition);
}

async function copyAnew(
  { source, key: sourceKey, wanted, attributes, annotations, newChecksum }: SealedCopy,
  key: string,
  context: OperationContext,
  precondition: ((current: StoredObject | undefined) => void) | undefined,
): Promise<ObjectRecord> {
  if (annotations !== undefined && wanted?.algorithm === 'SSE-C') throw noneWithCustomerKey();
  const seal = wanted && (await newSeal(wanted, context));
  const algorithm = newChecksum ?? source.checksum?.algorithm ?? defaultChecksum;
  const whole = { start: 0, end: source.size };
  const { staged, etag, checksum } = await restage(source, whole, context, {
    key: sourceKey,
    algorithm,
    sealer: seal?.sealer,
  });
  const object = {
    ...attributes,
    encryption: seal?.encryption,
    etag,
    checksum,
    annotations: await restagedAnnotations(annotations, source, seal?.encryption, context),
  };
  return context.store.objects.put(context.bucket, key, staged, object, precondition);
}
