/**
 * Annotations of an object's version: named texts of up to 1 MiB beside it, which change without touching it and
 * are gone with it ("Annotating your objects" in the user guide). No ACL lets others than the owner at them.
 *
 * They are encrypted as their object is: S3 encrypts those of plain objects too, Kist encrypts what it is told to.
 * A name has no control characters. The header that bypasses governance is not in DeleteObjectAnnotation's model, so
 * that an object that is locked keeps its annotations until it isn't.
 */
import { isUtf8 } from 'node:buffer';
import type { Sealer } from '../../features/encryption/encryption.ts';
import { assertRemovable } from '../../features/object-lock/rules.ts';
import type { StreamingBody } from '../../model/streaming-body.ts';
import { S3Error } from '../../protocol/errors.ts';
import { formatETag, matchesETag } from '../../protocol/etag.ts';
import type { StoredObject } from '../../store/records.ts';
import { annotationBytes, maxAnnotations, sealerOfAnnotation } from '../annotation-bytes.ts';
import { checksumOutput } from '../checksum-members.ts';
import { afterToken, continuationToken, pageSize } from '../list-parameters.ts';
import { encryptionOutput } from '../object-encryption.ts';
import { defineOperation } from '../operation.ts';
import { receiveBytes, receivedMembers } from '../receive-bytes.ts';
import { versionIdOf } from '../version-id.ts';

const maxNameBytes = 512;
const maxPayloadBytes = 1024 * 1024;

export const PutObjectAnnotation = defineOperation({
  name: 'PutObjectAnnotation',
  access: {
    on: 'object',
    action: 's3:PutObjectAnnotation',
    permission: undefined,
    ofVersion: { action: 's3:PutObjectVersionAnnotation', permission: undefined },
  },
  accepts: [
    'AnnotationName',
    'AnnotationPayload',
    'ObjectIfMatch',
    'VersionId',
    ...receivedMembers,
  ],
  async run(input, context) {
    const { bucket, object, store } = context;
    const { AnnotationName, ObjectIfMatch } = input;
    assertName(AnnotationName);
    assertMatch(ObjectIfMatch, object);
    const sealer: Sealer | undefined = await sealerOfAnnotation(object, context);
    const Body = await gather(input.AnnotationPayload);
    const { staged, ...facts } = await receiveBytes({ ...input, Body }, context, undefined, sealer);
    const put = await store.annotations.put(bucket, object, AnnotationName, staged, facts, {
      max: maxAnnotations,
      precondition: (now) => assertMatch(ObjectIfMatch, now),
    });
    if (put === 'no-object') throw gone(input);
    if (put === 'too-many') throw new S3Error('AnnotationLimitExceeded');
    return {
      Key: input.Key,
      AnnotationName,
      ObjectVersionId: versionIdOf(bucket, object),
      ETag: formatETag(put.etag),
      ...checksumOutput(put.checksum),
      ServerSideEncryption: encryptionOutput(object.encryption).ServerSideEncryption,
    };
  },
});

export const GetObjectAnnotation = defineOperation({
  name: 'GetObjectAnnotation',
  access: {
    on: 'object',
    action: 's3:GetObjectAnnotation',
    permission: undefined,
    ofVersion: { action: 's3:GetObjectVersionAnnotation', permission: undefined },
  },
  accepts: ['AnnotationName', 'ChecksumMode', 'VersionId'],
  async run(input, context) {
    const { bucket, object, store } = context;
    const { AnnotationName } = input;
    assertName(AnnotationName);
    const found = await store.annotations.get(bucket, object, AnnotationName);
    if (found === undefined) throw new S3Error('NoSuchAnnotation', { fields: { AnnotationName } });
    return {
      AnnotationPayload: await annotationBytes(found, object, context),
      ObjectVersionId: versionIdOf(bucket, object),
      LastModified: new Date(found.lastModified),
      ContentLength: found.size,
      ETag: formatETag(found.etag),
      ...(input.ChecksumMode === 'ENABLED' ? checksumOutput(found.checksum) : {}),
      ServerSideEncryption: encryptionOutput(object.encryption).ServerSideEncryption,
    };
  },
});

export const ListObjectAnnotations = defineOperation({
  name: 'ListObjectAnnotations',
  access: { on: 'object', action: 's3:ListObjectAnnotations', permission: undefined },
  accepts: ['AnnotationPrefix', 'ContinuationToken', 'MaxAnnotationResults', 'VersionId'],
  async run(input, { bucket, object, store }) {
    const { AnnotationPrefix = '', ContinuationToken, MaxAnnotationResults: asked } = input;
    if (Buffer.byteLength(AnnotationPrefix) > maxNameBytes || controls.test(AnnotationPrefix)) {
      throw new S3Error('InvalidPrefix', { fields: { Prefix: AnnotationPrefix } });
    }
    if (asked !== undefined && asked < 1) {
      throw new S3Error('InvalidArgument', {
        message: 'max-annotation-results must be a positive integer',
        fields: { ArgumentName: 'max-annotation-results', ArgumentValue: String(asked) },
      });
    }
    const limit = pageSize(asked, maxAnnotations);
    const { annotations, more } = await store.annotations.list(bucket, object, {
      prefix: AnnotationPrefix,
      after: afterToken(ContinuationToken),
      limit,
    });
    return {
      Annotations: annotations.map(({ name, lastModified, etag, checksum, size }) => ({
        AnnotationName: name,
        LastModified: new Date(lastModified),
        ETag: formatETag(etag),
        ChecksumAlgorithm: [checksum.algorithm],
        Size: size,
      })),
      Bucket: input.Bucket,
      Key: input.Key,
      ObjectVersionId: versionIdOf(bucket, object),
      AnnotationPrefix: input.AnnotationPrefix,
      MaxAnnotationResults: limit,
      AnnotationCount: annotations.length,
      ContinuationToken,
      NextContinuationToken: more ? continuationToken(annotations.at(-1)!.name) : undefined,
    };
  },
});

export const DeleteObjectAnnotation = defineOperation({
  name: 'DeleteObjectAnnotation',
  access: {
    on: 'object',
    action: 's3:DeleteObjectAnnotation',
    permission: undefined,
    ofVersion: { action: 's3:DeleteObjectVersionAnnotation', permission: undefined },
  },
  accepts: ['AnnotationName', 'ObjectIfMatch', 'VersionId'],
  async run(input, { bucket, object, now, store }) {
    const { AnnotationName, ObjectIfMatch } = input;
    assertName(AnnotationName);
    const check = (current: StoredObject): void => {
      assertMatch(ObjectIfMatch, current);
      assertRemovable(current.lock, now(), false);
    };
    const removed = await store.annotations.remove(bucket, object, AnnotationName, check);
    if (removed === 'no-object') throw gone(input);
    return { ObjectVersionId: versionIdOf(bucket, object) };
  },
});

const controls = /\p{Cc}/u;

/** @throws S3Error InvalidAnnotationName, AnnotationNameTooLong */
function assertName(name: string): void {
  if (name === '' || controls.test(name)) {
    throw new S3Error('InvalidAnnotationName', { fields: { AnnotationName: name } });
  }
  if (Buffer.byteLength(name) > maxNameBytes) {
    throw new S3Error('AnnotationNameTooLong', { fields: { AnnotationName: name } });
  }
}

function assertMatch(etag: string | undefined, object: StoredObject): void {
  if (etag === undefined || matchesETag(etag, object.etag, 'strong')) return;
  throw new S3Error('PreconditionFailed', { fields: { Condition: 'x-amz-object-if-match' } });
}

/** @throws S3Error EntityTooLarge, InvalidRequest, UnsupportedMediaType */
async function gather(payload: Buffer | StreamingBody): Promise<Buffer> {
  if (payload.length !== undefined) assertSize(payload.length);
  const chunks: Buffer[] = [];
  let size = 0;
  if (Buffer.isBuffer(payload)) chunks.push(payload);
  else {
    for await (const chunk of payload) {
      size += chunk.length;
      assertSize(size);
      chunks.push(chunk);
    }
  }
  const bytes = Buffer.concat(chunks);
  if (bytes.length === 0) {
    throw new S3Error('InvalidRequest', { message: 'An annotation has at least one byte.' });
  }
  if (!isUtf8(bytes)) throw new S3Error('UnsupportedMediaType');
  return bytes;
}

function assertSize(size: number): void {
  if (size <= maxPayloadBytes) return;
  throw new S3Error('EntityTooLarge', {
    fields: { ProposedSize: String(size), MaxSizeAllowed: String(maxPayloadBytes) },
  });
}

function gone({ Key, VersionId }: { Key: string; VersionId?: string | undefined }): S3Error {
  return VersionId === undefined
    ? new S3Error('NoSuchKey', { fields: { Key } })
    : new S3Error('NoSuchVersion', { fields: { Key, VersionId } });
}
