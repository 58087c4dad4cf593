/**
 * UploadPartCopy: a range of a stored object becomes a part, and no bytes move. They are read where the part's
 * MD5 or checksum isn't known yet; a whole object that was put in one piece brings both.
 */
import { formatETag } from '../../protocol/etag.ts';
import { type ByteRange, parseCopySourceRange } from '../../protocol/range.ts';
import type { StoredChecksum, StoredObject, StoredUpload } from '../../store/records.ts';
import { checksumMembers } from '../checksum-members.ts';
import { assertCopySize, copyFromSource, copySourceMembers } from '../copy-source.ts';
import { hashObject, hasPlainETag } from '../hash-object.ts';
import { defineOperation, type OperationContext } from '../operation.ts';
import { defaultChecksum, noSuchUpload, openUpload } from './upload.ts';

export const UploadPartCopy = defineOperation({
  name: 'UploadPartCopy',
  access: { on: 'bucket', action: 's3:PutObject', permission: 'WRITE' },
  accepts: ['PartNumber', 'UploadId', 'CopySourceRange', ...copySourceMembers],
  async run(input, context) {
    const { bucket, store } = context;
    const upload = await openUpload(input, context);
    return copyFromSource(input, context, async ({ object }) => {
      const range =
        input.CopySourceRange === undefined
          ? { start: 0, end: object.size }
          : parseCopySourceRange(input.CopySourceRange, object.size);
      assertCopySize(range.end - range.start);
      const part = await store.uploads.copyPart(
        bucket,
        upload,
        input.PartNumber,
        { object, ...range },
        await factsOf(object, range, upload, context),
      );
      if (part === 'no-upload') throw noSuchUpload(input.UploadId);
      if (part === 'source-changed') return part;
      return {
        CopyPartResult: {
          ETag: formatETag(part.etag),
          LastModified: new Date(part.lastModified),
          ...checksumMembers(part.checksum?.algorithm, part.checksum?.value),
        },
      };
    });
  },
});

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
