/**
 * GetObjectAttributes: what is asked for of ETag (without quotes, unlike everywhere else), checksum, parts in
 * pages, storage class and size.
 *
 * Parts are listed for every multipart object, where S3 lists them only for uploads with a checksum.
 */
import type {
  GetObjectAttributesOutput,
  GetObjectAttributesRequest,
} from '../../model/types.gen.ts';
import { S3Error } from '../../protocol/errors.ts';
import { checksumMembers, checksumOutput } from '../checksum-members.ts';
import { maxPartsPerPage, partNumberMarker } from '../list-parameters.ts';
import { customerKey, customerKeyMembers } from '../object-encryption.ts';
import { defineOperation, type OperationContext } from '../operation.ts';
import { assertReadable } from '../read-object.ts';
import { versionIdOf } from '../version-id.ts';

export const GetObjectAttributes = defineOperation({
  name: 'GetObjectAttributes',
  access: {
    on: 'object',
    action: 's3:GetObjectAttributes',
    permission: 'READ',
    ofVersion: { action: 's3:GetObjectVersionAttributes', permission: 'READ' },
  },
  accepts: [...customerKeyMembers, 'ObjectAttributes', 'MaxParts', 'PartNumberMarker', 'VersionId'],
  async run(input, context) {
    const { bucket, object } = context;
    await assertMayRead(input, context);
    assertReadable(object, customerKey(input, context), context);
    const asked = new Set(input.ObjectAttributes);
    return {
      LastModified: new Date(object.lastModified),
      VersionId: versionIdOf(bucket, object),
      ETag: asked.has('ETag') ? object.etag : undefined,
      Checksum:
        asked.has('Checksum') && object.checksum !== undefined
          ? checksumOutput(object.checksum)
          : undefined,
      ObjectParts: asked.has('ObjectParts') ? await objectParts(input, context) : undefined,
      StorageClass: asked.has('StorageClass')
        ? (object.storageClass as GetObjectAttributesOutput['StorageClass'])
        : undefined,
      ObjectSize: asked.has('ObjectSize') ? object.size : undefined,
    };
  },
});

/** What it tells is also for those only who may read the object itself. */
async function assertMayRead(
  { Key: key, VersionId: versionId }: GetObjectAttributesRequest,
  context: OperationContext,
): Promise<void> {
  const action = versionId === undefined ? 's3:GetObject' : 's3:GetObjectVersion';
  const reading = { action, permission: 'READ' } as const;
  if (!(await context.may(reading, { key, versionId }, context.object))) {
    throw new S3Error('AccessDenied');
  }
}

async function objectParts(
  input: GetObjectAttributesRequest,
  { object, store }: OperationContext,
): Promise<GetObjectAttributesOutput['ObjectParts']> {
  const parts = await store.objects.parts(object);
  if (parts === undefined) return undefined;
  const maxParts = Math.min(input.MaxParts ?? maxPartsPerPage, maxPartsPerPage);
  const after = partNumberMarker(input.PartNumberMarker, 'x-amz-part-number-marker');
  const following = parts.filter(({ number }) => number > after);
  const page = following.slice(0, maxParts);
  return {
    TotalPartsCount: parts.length,
    PartNumberMarker: String(after),
    NextPartNumberMarker: String(page.at(-1)?.number ?? after),
    MaxParts: maxParts,
    IsTruncated: following.length > page.length,
    Parts: page.map(({ number, size, checksum }) => ({
      PartNumber: number,
      Size: size,
      ...checksumMembers(object.checksum?.algorithm, checksum),
    })),
  };
}
