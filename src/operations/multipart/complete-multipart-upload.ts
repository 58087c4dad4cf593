/**
 * CompleteMultipartUpload: checks what the client says of parts and whole, and joins the parts in one commit.
 *
 * The answer comes when the object is there, so it never holds an error under status 200, as S3's may. A client
 * that lost the answer may ask again: as long as the object is the one that the upload became, the answer is the
 * same. After that the upload is NoSuchUpload.
 */
import { warmDigests } from '../../digest/digest.ts';
import type {
  CompleteMultipartUploadOutput,
  CompleteMultipartUploadRequest,
} from '../../model/types.gen.ts';
import { checksums } from '../../protocol/checksum-headers.ts';
import { checkWriteConditions } from '../../protocol/conditions.ts';
import { S3Error } from '../../protocol/errors.ts';
import { formatETag, multipartETag } from '../../protocol/etag.ts';
import { encodeUrl } from '../../protocol/url-encoding.ts';
import type {
  ObjectRecord,
  StoredChecksum,
  StoredPart,
  StoredUpload,
} from '../../store/records.ts';
import {
  checksumMemberNames,
  checksumOutput,
  givenChecksums,
  isObjectChecksumValue,
} from '../checksum-members.ts';
import { assertMayMatch } from '../etag-condition.ts';
import { expirationOutput } from '../lifecycle-headers.ts';
import { customerKeyMembers, encryptionOutput } from '../object-encryption.ts';
import { lockWithDefault } from '../object-lock.ts';
import { defineOperation, type OperationContext } from '../operation.ts';
import { versionIdOfNew } from '../version-id.ts';
import { assertPartList, chooseParts } from './chosen-parts.ts';
import { objectChecksum } from './object-checksum.ts';
import { findUpload, noSuchUpload } from './upload.ts';
import { assertCompletingKey } from './upload-encryption.ts';

export const CompleteMultipartUpload = defineOperation({
  name: 'CompleteMultipartUpload',
  access: { on: 'bucket', action: 's3:PutObject', permission: 'WRITE' },
  accepts: [
    'UploadId',
    'MultipartUpload',
    ...checksumMemberNames,
    ...customerKeyMembers,
    'ChecksumType',
    'MpuObjectSize',
    'IfMatch',
    'IfNoneMatch',
  ],
  async run(input, context) {
    const { bucket, settings, store } = context;
    const upload = await findUpload(input, context);
    if (upload === undefined)
      return answerOf(input, context, await completedBefore(input, context));
    assertCompletingKey(input, upload, context);
    await assertMayMatch(input.IfMatch, { key: input.Key }, context);
    await assertMayMatch(input.IfNoneMatch, { key: input.Key }, context);
    assertChecksumType(input, upload);
    const listed = input.MultipartUpload?.Parts;
    assertPartList(listed, upload);
    const lock = await lockWithDefault(upload.lock, context);
    await warmDigests();
    const object = await store.uploads.complete(
      bucket,
      upload,
      (uploaded) => {
        const parts = chooseParts(listed, uploaded, upload, settings.minPartBytes);
        assertObjectSize(input, parts);
        const checksum = objectChecksum(parts, upload.checksumType);
        assertObjectChecksum(input, checksum);
        const { headers, metadata, tags, storageClass, acl, encryption } = upload;
        const etag = multipartETag(parts.map((part) => Buffer.from(part.etag, 'hex')));
        return {
          parts: parts.map((part) => ({
            part,
            checksum: checksum === undefined ? undefined : part.checksum?.value,
          })),
          object: { headers, metadata, tags, storageClass, acl, lock, encryption, etag, checksum },
        };
      },
      input.IfMatch === undefined && input.IfNoneMatch === undefined
        ? undefined
        : (current) => checkWriteConditions(input, current?.etag),
    );
    return answerOf(input, context, object ?? (await completedBefore(input, context)));
  },
});

async function answerOf(
  { Bucket, Key }: CompleteMultipartUploadRequest,
  context: OperationContext,
  object: ObjectRecord,
): Promise<CompleteMultipartUploadOutput> {
  return {
    Location: `${context.endpoint}/${Bucket}/${encodeUrl(Key)}`,
    Bucket,
    Key,
    ETag: formatETag(object.etag),
    VersionId: versionIdOfNew(object),
    ...checksumOutput(object.checksum),
    ...encryptionOutput(object.encryption),
    ...(await expirationOutput(context, Key, object)),
  };
}

/**
 * The object that the upload has become already.
 * @throws S3Error NoSuchUpload if it is no longer there, or another
 */
async function completedBefore(
  { Key, UploadId }: CompleteMultipartUploadRequest,
  { bucket, store }: OperationContext,
): Promise<ObjectRecord> {
  const object = await store.objects.get(bucket, Key);
  if (object?.uploadId !== UploadId) throw noSuchUpload(UploadId);
  return object;
}

function assertChecksumType(
  { ChecksumType: given }: CompleteMultipartUploadRequest,
  { checksumType = 'FULL_OBJECT' }: StoredUpload,
): void {
  if (given === undefined || given === checksumType) return;
  throw new S3Error('InvalidRequest', {
    message: `The upload was created using the ${checksumType} checksum mode. The complete request must use the same checksum mode.`,
  });
}

function assertObjectSize(
  { MpuObjectSize: expected }: CompleteMultipartUploadRequest,
  parts: readonly StoredPart[],
): void {
  if (expected === undefined) return;
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  if (size === expected) return;
  throw new S3Error('InvalidRequest', {
    message: `The provided 'x-amz-mp-object-size' header value ${expected} does not match what was computed: ${size}`,
  });
}

/** The checksum of the whole that the client expects, composite ones with or without the number of parts. */
function assertObjectChecksum(
  input: CompleteMultipartUploadRequest,
  computed: StoredChecksum | undefined,
): void {
  const given = givenChecksums(input);
  if (given.length > 1) {
    throw new S3Error('InvalidRequest', {
      message:
        'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
    });
  }
  const [expected] = given;
  if (expected === undefined) return;
  const { algorithm, value } = expected;
  if (algorithm !== computed?.algorithm) {
    throw new S3Error('InvalidRequest', {
      message: `Checksum Type mismatch occurred, expected checksum Type: ${computed?.algorithm.toLowerCase() ?? 'null'}, actual checksum Type: ${algorithm.toLowerCase()}`,
    });
  }
  if (!isObjectChecksumValue(algorithm, computed.type, value)) {
    throw new S3Error('InvalidRequest', {
      message: `Value for ${checksums[algorithm].header} header is invalid.`,
    });
  }
  if (value === computed.value || computed.value.startsWith(`${value}-`)) return;
  throw new S3Error('BadDigest', {
    message: `The ${algorithm} you specified did not match the calculated checksum.`,
  });
}
