/** ListMultipartUploads: by key, uploads of one key in the order they were begun. */
import type { MultipartUpload } from '../../model/types.gen.ts';
import { S3Error } from '../../protocol/errors.ts';
import type { StoredUpload } from '../../store/records.ts';
import { keyMarker, keyParameter, maxUploadsPerPage, pageSize } from '../list-parameters.ts';
import { defineOperation } from '../operation.ts';
import { isUploadId } from '../upload-id.ts';
import { commonPrefixes, ownerShapes } from './list-page.ts';

export const ListMultipartUploads = defineOperation({
  name: 'ListMultipartUploads',
  access: { on: 'bucket', action: 's3:ListBucketMultipartUploads', permission: 'READ' },
  accepts: ['Delimiter', 'EncodingType', 'KeyMarker', 'MaxUploads', 'Prefix', 'UploadIdMarker'],
  async run(input, { bucket, identity, store }) {
    const prefix = keyParameter(input.Prefix);
    const delimiter = keyParameter(input.Delimiter);
    const marker = keyMarker(input.KeyMarker);
    // Without a key marker S3 ignores the other.
    const uploadIdMarker =
      marker === undefined ? undefined : assertUploadIdMarker(input.UploadIdMarker);
    const limit = pageSize(input.MaxUploads, maxUploadsPerPage);
    const { entries, more } = await store.listing.uploads(bucket, {
      prefix,
      delimiter,
      after: marker,
      afterUploadId: uploadIdMarker,
      limit,
    });
    const last = more ? entries.at(-1) : undefined;
    const ownerOf = ownerShapes(identity);
    const prefixes = entries.flatMap((entry) => (entry.kind === 'prefix' ? [entry.prefix] : []));
    return {
      Bucket: bucket.name,
      KeyMarker: marker ?? '',
      UploadIdMarker: uploadIdMarker ?? '',
      NextKeyMarker: last?.kind === 'prefix' ? last.prefix : last?.upload.key,
      NextUploadIdMarker: last?.kind === 'upload' ? last.upload.uploadId : undefined,
      Prefix: prefix,
      Delimiter: delimiter === '' ? undefined : delimiter,
      MaxUploads: limit,
      IsTruncated: more,
      EncodingType: input.EncodingType,
      CommonPrefixes: commonPrefixes(prefixes),
      Uploads: entries.flatMap((entry) =>
        entry.kind === 'upload' ? [uploadEntry(entry.upload, ownerOf)] : [],
      ),
    };
  },
});

function uploadEntry(
  upload: StoredUpload,
  ownerOf: ReturnType<typeof ownerShapes>,
): MultipartUpload {
  return {
    UploadId: upload.uploadId,
    Key: upload.key,
    Initiated: new Date(upload.initiatedAt),
    StorageClass: upload.storageClass as MultipartUpload['StorageClass'],
    Owner: ownerOf(upload.acl.owner),
    Initiator: ownerOf(upload.initiator),
    ChecksumAlgorithm: upload.checksumAlgorithm,
    ChecksumType: upload.checksumType,
  };
}

function assertUploadIdMarker(given: string | undefined): string | undefined {
  if (given === undefined || given === '') return undefined;
  if (isUploadId(given)) return given;
  throw new S3Error('InvalidArgument', {
    message: 'Invalid uploadId marker',
    fields: { ArgumentName: 'upload-id-marker', ArgumentValue: given },
  });
}
