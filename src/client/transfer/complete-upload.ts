/** The last step of an upload in parts, which may have been done though its answer was lost. */
import type { ChecksumAlgorithm } from '../../digest/algorithms.ts';
import { isCombinable } from '../../digest/combine-crc.ts';
import { CompleteMultipartUpload, HeadObject } from '../../model/operations.gen.ts';
import { assertSame, type ObjectChecksum, objectChecksum } from '../codec/verify-body.ts';
import { S3Error } from '../s3-error.ts';
import type { ClientOutput } from '../types.ts';
import { checksumMember, combined } from './checksums.ts';
import type { SentPart } from './multipart.ts';
import { etagOfWhole } from './part-etags.ts';
import { membersFor, type UploadRequest } from './upload-request.ts';

/** What both answers say, that of the completion and that of a HEAD. */
export type CompletedObject = Pick<
  ClientOutput<'CompleteMultipartUpload'>,
  keyof ClientOutput<'CompleteMultipartUpload'> & keyof ClientOutput<'HeadObject'>
>;

/** @throws S3Error ChecksumMismatch if the object isn't what was sent */
export async function completeUpload(
  request: UploadRequest,
  uploadId: string,
  parts: readonly SentPart[],
): Promise<CompletedObject> {
  const { algorithm } = request;
  const whole = wholeChecksum(algorithm, parts);
  const output = await completed(request, uploadId, parts, whole);
  const theirs = objectChecksum(output);
  if (whole !== undefined && theirs?.algorithm === algorithm) {
    assertSame(whole, theirs!.value, 'the bytes that were sent');
  }
  return output;
}

/** Undefined where there is none of the bytes in one piece. */
function wholeChecksum(
  algorithm: ChecksumAlgorithm | undefined,
  parts: readonly SentPart[],
): ObjectChecksum | undefined {
  if (algorithm === undefined || !isCombinable(algorithm)) return undefined;
  const value = combined(
    algorithm,
    parts.map(({ checksum, size }) => ({ checksum: checksum!, size })),
  );
  return { algorithm, value };
}

async function completed(
  request: UploadRequest,
  uploadId: string,
  parts: readonly SentPart[],
  whole: ObjectChecksum | undefined,
): Promise<CompletedObject> {
  const { sender, algorithm, signal } = request;
  const input = {
    ...membersFor(request, CompleteMultipartUpload),
    ...(whole && {
      ...checksumMember(whole.algorithm, whole.value),
      ChecksumType: 'FULL_OBJECT' as const,
    }),
    UploadId: uploadId,
    MpuObjectSize: sizeOf(parts),
    MultipartUpload: {
      Parts: parts.map(({ number, etag, checksum }) => ({
        PartNumber: number,
        ETag: etag,
        ...(algorithm && checksumMember(algorithm, checksum!)),
      })),
    },
  };
  try {
    return await sender.send(CompleteMultipartUpload, input, { signal });
  } catch (error) {
    if (!(error instanceof S3Error && error.code === 'NoSuchUpload')) throw error;
    return await completedBefore(request, parts, whole, error);
  }
}

const sizeOf = (parts: readonly SentPart[]): number =>
  parts.reduce((sum, { size }) => sum + size, 0);

/** An answer may have been lost: the object is there, or it is not. */
async function completedBefore(
  request: UploadRequest,
  parts: readonly SentPart[],
  whole: ObjectChecksum | undefined,
  error: S3Error,
): Promise<CompletedObject> {
  const { sender, signal } = request;
  const head = { ...membersFor(request, HeadObject), IfMatch: undefined, IfNoneMatch: undefined };
  try {
    const found = await sender.send(HeadObject, { ...head, ChecksumMode: 'ENABLED' }, { signal });
    const theirs = objectChecksum(found);
    const isSame = whole !== undefined && theirs?.algorithm === whole.algorithm;
    if (isSame && theirs.value === whole.value && found.ContentLength === sizeOf(parts))
      return found;
    if (found.ETag === etagOfWhole(parts, sender.runtime.hashes.md5Base64)) return found;
  } catch (cause) {
    if (!(cause instanceof S3Error && cause.status === 404)) throw cause;
  }
  throw error;
}
