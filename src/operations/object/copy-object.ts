/**
 * CopyObject. No bytes move, whatever the size, so a copy of a multipart object keeps its parts, ETag and
 * composite checksum, where S3 makes it one piece with an ETag of its own. Asking for a checksum that the
 * source doesn't have makes it one piece here too: the bytes are read for it.
 *
 * The source's ACL and redirect location are not copied, as in S3. Tags are copied for those who may read them.
 */
import type { CopyObjectRequest } from '../../model/types.gen.ts';
import { checkWriteConditions } from '../../protocol/conditions.ts';
import { S3Error } from '../../protocol/errors.ts';
import { formatETag } from '../../protocol/etag.ts';
import type { ObjectAttributes, StoredObject } from '../../store/records.ts';
import type { PutObject } from '../../store/store.ts';
import { callerId, callerIsRoot } from '../caller.ts';
import { checksumOutput } from '../checksum-members.ts';
import {
  assertCopySize,
  copyFromSource,
  copySourceMembers,
  type OpenedSource,
} from '../copy-source.ts';
import { hashObject } from '../hash-object.ts';
import { attributesOfNew, newObjectMembers } from '../new-object.ts';
import { defineOperation, type OperationContext } from '../operation.ts';
import { countTags, type Tags } from '../tags.ts';

export const CopyObject = defineOperation({
  name: 'CopyObject',
  access: { on: 'bucket', action: 's3:PutObject', permission: 'WRITE' },
  accepts: [
    ...newObjectMembers,
    ...copySourceMembers,
    'ChecksumAlgorithm',
    'MetadataDirective',
    'TaggingDirective',
    'IfMatch',
    'IfNoneMatch',
  ],
  async run(input, context) {
    const given = attributesOfNew(input, context);
    return copyFromSource(input, context, async (source) => {
      assertCopySize(source.object.size);
      assertChange(input, source, context);
      const attributes = attributesOfCopy(input, given, source.object, context);
      const { from, object } = await planCopy(input, attributes, source.object, context);
      const copied = await context.store.objects.copy(
        from,
        context.bucket,
        input.Key,
        object,
        (current) => checkWriteConditions(input, current?.etag),
      );
      if (copied === undefined) return 'source-changed';
      return {
        CopyObjectResult: {
          ETag: formatETag(copied.etag),
          LastModified: new Date(copied.lastModified),
          ...checksumOutput(copied.checksum),
        },
      };
    });
  },
});

/** An object may be copied onto itself to change it, not for nothing. */
function assertChange(
  input: CopyObjectRequest,
  { bucket, object }: OpenedSource,
  context: OperationContext,
): void {
  if (bucket.id !== context.bucket.id || object.key !== input.Key) return;
  if (
    input.MetadataDirective === 'REPLACE' ||
    input.StorageClass !== undefined ||
    input.WebsiteRedirectLocation !== undefined ||
    asksForNewChecksum(input, object)
  ) {
    return;
  }
  throw new S3Error('InvalidRequest', {
    message:
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
  });
}

function attributesOfCopy(
  input: CopyObjectRequest,
  given: ObjectAttributes,
  source: StoredObject,
  context: OperationContext,
): ObjectAttributes {
  const replaces = input.MetadataDirective === 'REPLACE';
  const { websiteRedirectLocation } = given.headers;
  return {
    ...given,
    headers: replaces ? given.headers : { ...source.headers, websiteRedirectLocation },
    metadata: replaces ? given.metadata : source.metadata,
    tags: input.TaggingDirective === 'REPLACE' ? given.tags : tagsToCopy(source, context),
  };
}

/** No ACL lets anybody but the owner read tags, so a copy must not show them either. */
function tagsToCopy(source: StoredObject, context: OperationContext): Tags | undefined {
  if (countTags(source.tags) === 0) return undefined;
  if (source.acl.owner !== callerId(context) && !callerIsRoot(context)) {
    throw new S3Error('AccessDenied');
  }
  return source.tags;
}

function asksForNewChecksum(
  { ChecksumAlgorithm }: CopyObjectRequest,
  source: StoredObject,
): boolean {
  if (ChecksumAlgorithm === undefined) return false;
  const { algorithm, type } = source.checksum ?? {};
  return ChecksumAlgorithm !== algorithm || type !== 'FULL_OBJECT';
}

/** What to copy, and what the copy is to be. */
async function planCopy(
  input: CopyObjectRequest,
  attributes: ObjectAttributes,
  source: StoredObject,
  context: OperationContext,
): Promise<{ readonly from: StoredObject; readonly object: PutObject }> {
  const algorithm = input.ChecksumAlgorithm;
  if (algorithm === undefined || !asksForNewChecksum(input, source)) {
    const { etag, checksum } = source;
    return { from: source, object: { ...attributes, etag, checksum } };
  }
  const all = { start: 0, end: source.size };
  const [md5, digest] = await hashObject(source, all, ['MD5', algorithm], context);
  return {
    from: { ...source, partsCount: undefined },
    object: {
      ...attributes,
      etag: md5!.toString('hex'),
      checksum: { algorithm, value: digest!.toString('base64'), type: 'FULL_OBJECT' },
    },
  };
}
