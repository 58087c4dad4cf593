/**
 * UploadPartCopy: a range of a stored object becomes a part, and no bytes move. They are read where the part's
 * MD5 or checksum isn't known yet; a whole object that was put in one piece brings both. Where object or upload is
 * encrypted the bytes are stored anew.
 */
import type { Sealer } from '../../features/encryption/encryption.ts';
import { formatETag } from '../../protocol/etag.ts';
import { type ByteRange, parseCopySourceRange } from '../../protocol/range.ts';
import type {
  PartRecord,
  StoredChecksum,
  StoredObject,
  StoredUpload,
} from '../../store/records.ts';
import { checksumMembers } from '../checksum-members.ts';
import {
  assertCopySize,
  copyFromSource,
  copySourceMembers,
  type OpenedSource,
} from '../copy-source.ts';
import { hashObject, hasPlainETag } from '../hash-object.ts';
import { customerKeyMembers, encryptionOutput } from '../object-encryption.ts';
import { defineOperation, type OperationContext } from '../operation.ts';
import { restage } from '../restage.ts';
import { defaultChecksum, noSuchUpload, openUpload } from './upload.ts';
import { sealerOfPart } from './upload-encryption.ts';

export const UploadPartCopy = defineOperation({
  name: 'UploadPartCopy',
  access: { on: 'bucket', action: 's3:PutObject', permission: 'WRITE' },
  accepts: [
    'PartNumber',
    'UploadId',
    'CopySourceRange',
    ...copySourceMembers,
    ...customerKeyMembers,
  ],
  async run(input, context) {
    const upload = await openUpload(input, context);
    const sealer = await sealerOfPart(input, upload, context);
    return copyFromSource(input, context, async (source) => {
      const { object, versionId } = source;
      const range =
        input.CopySourceRange === undefined
          ? { start: 0, end: object.size }
          : parseCopySourceRange(input.CopySourceRange, object.size);
      assertCopySize(range.end - range.start);
      const destination = { upload, number: input.PartNumber, sealer };
      const part =
        object.encryption === undefined && sealer === undefined
          ? await shareRange(object, range, destination, context)
          : await storeAnew(source, range, destination, context);
      if (part === 'no-upload') throw noSuchUpload(input.UploadId);
      if (part === 'source-changed') return part;
      return {
        CopySourceVersionId: versionId,
        ...encryptionOutput(upload.encryption),
        CopyPartResult: {
          ETag: formatETag(part.etag),
          LastModified: new Date(part.lastModified),
          ...checksumMembers(part.checksum?.algorithm, part.checksum?.value),
        },
      };
    });
  },
});

interface Destination {
  readonly upload: StoredUpload;
  readonly number: number;
  readonly sealer: Sealer | undefined;
}

async function shareRange(
  object: StoredObject,
  range: ByteRange,
  { upload, number }: Destination,
  context: OperationContext,
): Promise<PartRecord | 'no-upload' | 'source-changed'> {
  const facts = await factsOf(object, range, upload, context);
  const { bucket, store } = context;
  return store.uploads.copyPart(bucket, upload, number, { object, ...range }, facts);
}

async function storeAnew(
  { object, key }: OpenedSource,
  range: ByteRange,
  { upload, number, sealer }: Destination,
  context: OperationContext,
): Promise<PartRecord | 'no-upload'> {
  const algorithm = upload.checksumAlgorithm ?? defaultChecksum;
  const { staged, ...facts } = await restage(object, range, context, { key, algorithm, sealer });
  const part = await context.store.uploads.putPart(context.bucket, upload, number, staged, facts);
  return part ?? 'no-upload';
}

async function factsOf(
  object: StoredObject,
  range: ByteRange,
  upload: StoredUpload,
  context: OperationContext,
): Promise<{ readonly etag: string; readonly checksum: StoredChecksum }> {
  const algorithm = upload.checksumAlgorithm ?? defaultChecksum;
  const isWhole = range.start === 0 && range.end === object.size;
  const { checksum } = object;
  if (
    isWhole &&
    hasPlainETag(object) &&
    checksum?.algorithm === algorithm &&
    checksum.type === 'FULL_OBJECT'
  ) {
    return { etag: object.etag, checksum };
  }
  const [md5, digest] = await hashObject(object, range, ['MD5', algorithm], context);
  return {
    etag: md5!.toString('hex'),
    checksum: { algorithm, value: digest!.toString('base64'), type: 'FULL_OBJECT' },
  };
}
