/**
 * CopyObject. No bytes move, whatever the size, so a copy of a multipart object keeps its parts, ETag and
 * composite checksum, where S3 makes it one piece with an ETag of its own. Asking for a checksum that the
 * source doesn't have makes it one piece here too: the bytes are read for it.
 *
 * The source's ACL, redirect location, lock and encryption are not copied, as in S3. Tags and
 * annotations are copied for those who may read them.
 */
import type { CopyObjectRequest } from '../../model/types.gen.ts';
import { checkWriteConditions } from '../../protocol/conditions.ts';
import { S3Error } from '../../protocol/errors.ts';
import { formatETag } from '../../protocol/etag.ts';
import type { ObjectAttributes, ObjectRecord, StoredObject } from '../../store/records.ts';
import type { PutObject } from '../../store/store.ts';
import { annotationsToCopy, sharedAnnotations } from '../annotation-bytes.ts';
import { checksumOutput } from '../checksum-members.ts';
import {
  assertCopySize,
  copyFromSource,
  copySourceMembers,
  type OpenedSource,
} from '../copy-source.ts';
import { assertMayMatch } from '../etag-condition.ts';
import { hashObject } from '../hash-object.ts';
import { expirationOutput } from '../lifecycle-headers.ts';
import { attributesOfNew, newObjectMembers } from '../new-object.ts';
import { encryptionMembers, encryptionOutput, wantedEncryption } from '../object-encryption.ts';
import { lockOfNew, objectLockMembers } from '../object-lock.ts';
import { defineOperation, type OperationContext } from '../operation.ts';
import { countTags, type Tags } from '../tags.ts';
import { versionIdOfNew } from '../version-id.ts';
import { copySealed } from './copy-sealed.ts';

export const CopyObject = defineOperation({
  name: 'CopyObject',
  access: { on: 'bucket', action: 's3:PutObject', permission: 'WRITE' },
  accepts: [
    ...newObjectMembers,
    ...objectLockMembers,
    ...encryptionMembers,
    ...copySourceMembers,
    'ChecksumAlgorithm',
    'MetadataDirective',
    'TaggingDirective',
    'AnnotationDirective',
    'IfMatch',
    'IfNoneMatch',
  ],
  async run(input, context) {
    const lock = await lockOfNew(input, context);
    const given = { ...attributesOfNew(input, context), lock };
    const wanted = await wantedEncryption(input, context);
    await assertMayMatch(input.IfMatch, { key: input.Key }, context);
    await assertMayMatch(input.IfNoneMatch, { key: input.Key }, context);
    return copyFromSource(input, context, async (source) => {
      assertCopySize(source.object.size);
      assertChange(input, source, context);
      const replacesTags = input.TaggingDirective === 'REPLACE';
      const tags = replacesTags ? given.tags : await tagsToCopy(source, input.Key, context);
      const attributes = attributesOfCopy(input, { ...given, tags }, source.object);
      const annotations =
        input.AnnotationDirective === 'EXCLUDE'
          ? undefined
          : await annotationsToCopy(source, input.Key, context);
      const isConditional = input.IfMatch !== undefined || input.IfNoneMatch !== undefined;
      const check = isConditional
        ? (current: StoredObject | undefined) => checkWriteConditions(input, current?.etag)
        : undefined;
      const copied =
        wanted === undefined && source.object.encryption === undefined
          ? await copyPlain(
              input,
              { ...attributes, annotations: sharedAnnotations(annotations) },
              source.object,
              context,
              check,
            )
          : await copySealed(
              {
                source: source.object,
                key: source.key,
                wanted,
                attributes,
                annotations,
                newChecksum: asksForNewChecksum(input, source.object)
                  ? input.ChecksumAlgorithm
                  : undefined,
              },
              input.Key,
              context,
              check,
            );
      if (copied === undefined) return 'source-changed';
      return {
        VersionId: versionIdOfNew(copied),
        CopySourceVersionId: source.versionId,
        ...encryptionOutput(copied.encryption),
        ...(await expirationOutput(context, input.Key, copied)),
        CopyObjectResult: {
          ETag: formatETag(copied.etag),
          LastModified: new Date(copied.lastModified),
          ...checksumOutput(copied.checksum),
        },
      };
    });
  },
});

/** An object may be copied onto itself to change it or to bring back a version, not for nothing. */
function assertChange(
  input: CopyObjectRequest,
  { bucket, object, namesVersion }: OpenedSource,
  context: OperationContext,
): void {
  if (bucket.id !== context.bucket.id || object.key !== input.Key) return;
  if (namesVersion && bucket.versioning !== undefined) return;
  if (
    input.MetadataDirective === 'REPLACE' ||
    input.StorageClass !== undefined ||
    input.WebsiteRedirectLocation !== undefined ||
    input.ServerSideEncryption !== undefined ||
    input.SSECustomerAlgorithm !== undefined ||
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
): ObjectAttributes {
  const replaces = input.MetadataDirective === 'REPLACE';
  const { websiteRedirectLocation } = given.headers;
  return {
    ...given,
    headers: replaces ? given.headers : { ...source.headers, websiteRedirectLocation },
    metadata: replaces ? given.metadata : source.metadata,
  };
}

/** Who may not read the source's tags, or not tag the copy, doesn't do it by copying either. */
async function tagsToCopy(
  { bucket, object, namesVersion }: OpenedSource,
  key: string,
  context: OperationContext,
): Promise<Tags | undefined> {
  if (countTags(object.tags) === 0) return undefined;
  const source = { bucket, key: object.key };
  const mayRead = namesVersion
    ? context.may('s3:GetObjectVersionTagging', { ...source, versionId: object.versionId }, object)
    : context.may('s3:GetObjectTagging', source, object);
  const mayTag = context.may({ action: 's3:PutObjectTagging', permission: 'WRITE' }, key);
  if (!(await mayRead) || !(await mayTag)) throw new S3Error('AccessDenied');
  return object.tags;
}

function asksForNewChecksum(
  { ChecksumAlgorithm }: CopyObjectRequest,
  source: StoredObject,
): boolean {
  if (ChecksumAlgorithm === undefined) return false;
  const { algorithm, type } = source.checksum ?? {};
  return ChecksumAlgorithm !== algorithm || type !== 'FULL_OBJECT';
}

type CopyAttributes = Omit<PutObject, 'checksum' | 'etag'>;

async function copyPlain(
  input: CopyObjectRequest,
  attributes: CopyAttributes,
  source: StoredObject,
  context: OperationContext,
  precondition: ((current: StoredObject | undefined) => void) | undefined,
): Promise<ObjectRecord | undefined> {
  const { from, object } = await planCopy(input, attributes, source, context);
  return context.store.objects.copy(from, context.bucket, input.Key, object, precondition);
}

/** What to copy, and what the copy is to be. */
async function planCopy(
  input: CopyObjectRequest,
  attributes: CopyAttributes,
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
