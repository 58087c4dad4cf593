/**
 * Annotations' bytes, sealed with the data key of their object, each as a stream of its own; and what a copy does
 * with them. A copy that shares what is stored of its source shares theirs; where it is sealed anew, so are they.
 */
import { type Sealer, sealedETag } from '../features/encryption/encryption.ts';
import { openBuffer } from '../features/encryption/sealed-bytes.ts';
import { S3Error } from '../protocol/errors.ts';
import type {
  AnnotationRecord,
  ObjectEncryption,
  StoredAnnotation,
  StoredObject,
} from '../store/records.ts';
import type { NewAnnotation } from '../store/store.ts';
import type { OpenedSource } from './copy-source.ts';
import { assertKnownCaller } from './object-encryption.ts';
import type { OperationContext } from './operation.ts';
import { receiveBytes } from './receive-bytes.ts';

/** That a version may have. */
export const maxAnnotations = 1000;

/**
 * Undefined where the object, and so its annotation, is stored as it is.
 * @throws S3Error InvalidRequest for SSE-C, InvalidArgument for an anonymous caller and SSE-KMS
 */
export async function sealerOfAnnotation(
  { encryption }: { readonly encryption?: ObjectEncryption | undefined },
  context: OperationContext,
): Promise<Sealer | undefined> {
  if (encryption === undefined) return undefined;
  if (encryption.algorithm === 'SSE-C') throw noneWithCustomerKey();
  const dataKey = await openFor(encryption, context);
  return context.encryption.sealer({ encryption, dataKey });
}

export function noneWithCustomerKey(): S3Error {
  return new S3Error('InvalidRequest', {
    message: 'Objects encrypted with a customer provided key cannot have annotations.',
  });
}

/** The data key, as for the object itself: those of the ring are for callers who are known. */
async function openFor(encryption: ObjectEncryption, context: OperationContext): Promise<Buffer> {
  if (encryption.algorithm === 'aws:kms') assertKnownCaller(context);
  return context.encryption.open(encryption);
}

/** As the client put them. */
export async function annotationBytes(
  annotation: AnnotationRecord,
  { encryption }: StoredObject,
  context: OperationContext,
): Promise<Buffer> {
  const stored = await context.store.annotations.read(annotation);
  const { nonce, size } = annotation;
  if (encryption === undefined || nonce === undefined) return stored;
  const dataKey = await openFor(encryption, context);
  const piece = { dataKey, nonce: Buffer.from(nonce, 'base64'), size, start: 0, end: size };
  return openBuffer([piece], stored);
}

/**
 * Those of a copy's source, for who may read them and annotate the copy.
 * @throws S3Error AccessDenied
 */
export async function annotationsToCopy(
  { bucket, object, namesVersion }: OpenedSource,
  key: string,
  context: OperationContext,
): Promise<readonly StoredAnnotation[] | undefined> {
  if (object.annotations === undefined || object.annotations.count === 0) return undefined;
  const source = { bucket, key: object.key };
  const mayRead = namesVersion
    ? context.may(
        's3:GetObjectVersionAnnotation',
        { ...source, versionId: object.versionId },
        object,
      )
    : context.may('s3:GetObjectAnnotation', source, object);
  const right = { action: 's3:PutObjectAnnotation', permission: 'WRITE' } as const;
  if (!(await mayRead) || !(await context.may(right, key))) throw new S3Error('AccessDenied');
  const query = { prefix: '', limit: maxAnnotations };
  return (await context.store.annotations.list(bucket, object, query)).annotations;
}

/** For a copy that shares the source's bytes, and its data key where it is sealed. */
export function sharedAnnotations(
  annotations: readonly StoredAnnotation[] | undefined,
): readonly NewAnnotation[] | undefined {
  return annotations?.map(({ blob: bytes, lastModified: _time, seq: _seq, ...facts }) => ({
    ...facts,
    bytes,
  }));
}

/** As `sharedAnnotations`, where the copy hides the MD5s that the source shows. */
export function hiddenAnnotations(
  annotations: readonly StoredAnnotation[] | undefined,
  encryption: ObjectEncryption,
  dataKey: Buffer,
): readonly NewAnnotation[] | undefined {
  return sharedAnnotations(annotations)?.map((annotation) => ({
    ...annotation,
    etag: sealedETag(encryption, dataKey, annotation.etag),
  }));
}

/** For a copy whose bytes are stored anew. */
export async function restagedAnnotations(
  annotations: readonly StoredAnnotation[] | undefined,
  source: StoredObject,
  encryption: ObjectEncryption | undefined,
  context: OperationContext,
): Promise<readonly NewAnnotation[] | undefined> {
  if (annotations === undefined) return undefined;
  const restaged: NewAnnotation[] = [];
  for (const annotation of annotations) {
    const { name, size, checksum } = annotation;
    const Body = await annotationBytes(annotation, source, context);
    const sealer = await sealerOfAnnotation({ encryption }, context);
    const { staged, etag, nonce } = await receiveBytes(
      { Body },
      context,
      checksum.algorithm,
      sealer,
    );
    const { storedLength } = staged;
    restaged.push({ name, size, storedLength, nonce, etag, checksum, bytes: staged });
  }
  return restaged;
}
