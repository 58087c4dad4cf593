/** ListParts, for who initiated the upload, the bucket's owner, and whom its policy allows it. */
import type { ListPartsOutput } from '../../model/types.gen.ts';
import { ownerShape } from '../../policy/access-control-policy.ts';
import { formatETag } from '../../protocol/etag.ts';
import { checksumMembers } from '../checksum-members.ts';
import { abortOutput } from '../lifecycle-headers.ts';
import { maxPartsPerPage, pageSize, partNumberMarker } from '../list-parameters.ts';
import { customerKeyMembers } from '../object-encryption.ts';
import { defineOperation } from '../operation.ts';
import { assertOwnUpload, maxPartNumber, openUpload } from './upload.ts';
import { assertUploadKey } from './upload-encryption.ts';

export const ListParts = defineOperation({
  name: 'ListParts',
  access: { on: 'bucket', action: 's3:ListMultipartUploadParts', permission: 'WRITE' },
  accepts: ['UploadId', 'MaxParts', 'PartNumberMarker', ...customerKeyMembers],
  async run(input, context) {
    const { bucket, identity, store } = context;
    const upload = await openUpload(input, context);
    await assertOwnUpload('s3:ListMultipartUploadParts', upload, context);
    assertUploadKey(input, upload, context);
    const after = partNumberMarker(input.PartNumberMarker, 'part-number-marker');
    const limit = pageSize(input.MaxParts, maxPartsPerPage);
    const { parts, more } =
      limit === 0 || after >= maxPartNumber
        ? { parts: [], more: false }
        : await store.uploads.listParts(bucket, upload, { after, limit });
    return {
      Bucket: input.Bucket,
      Key: input.Key,
      UploadId: input.UploadId,
      PartNumberMarker: String(after),
      NextPartNumberMarker: String(parts.at(-1)?.number ?? 0),
      MaxParts: limit,
      IsTruncated: more,
      Parts: parts.map((part) => ({
        PartNumber: part.number,
        LastModified: new Date(part.lastModified),
        ETag: formatETag(part.etag),
        Size: part.size,
        ...checksumMembers(part.checksum?.algorithm, part.checksum?.value),
      })),
      Initiator: ownerShape(upload.initiator, identity),
      Owner: ownerShape(upload.acl.owner, identity),
      StorageClass: upload.storageClass as ListPartsOutput['StorageClass'],
      ChecksumAlgorithm: upload.checksumAlgorithm,
      ChecksumType: upload.checksumType,
      ...(await abortOutput(context, upload.key, upload)),
    };
  },
});
