/** What PutObject, CopyObject and CreateMultipartUpload say of the object they make. */
import type { CreateMultipartUploadRequest } from '../model/types.gen.ts';
import { aclOfNew } from '../policy/requested-acl.ts';
import type { Acl, ObjectAttributes } from '../store/records.ts';
import { ownerOfNew } from './caller.ts';
import { headersOfInput, objectHeaderMembers } from './object-headers.ts';
import type { OperationContext } from './operation.ts';
import { storageClassOf } from './storage-class.ts';
import { tagsOfHeader } from './tags.ts';

/** For `accepts`. */
export const newObjectMembers = [
  ...objectHeaderMembers,
  'ACL',
  'GrantFullControl',
  'GrantRead',
  'GrantReadACP',
  'GrantWriteACP',
  'Metadata',
  'StorageClass',
  'Tagging',
] as const satisfies readonly (keyof CreateMultipartUploadRequest)[];

export type NewObjectInput = Pick<
  CreateMultipartUploadRequest,
  'Key' | (typeof newObjectMembers)[number]
>;

/** @throws S3Error for whatever of it no object can have */
export function attributesOfNew(
  input: NewObjectInput,
  context: OperationContext,
): ObjectAttributes {
  return {
    headers: headersOfInput(input),
    metadata: input.Metadata ?? {},
    tags: input.Tagging === undefined ? undefined : tagsOfHeader(input.Tagging),
    storageClass: storageClassOf(input.StorageClass),
    acl: aclOfNewObject(input, context),
  };
}

export function aclOfNewObject(input: NewObjectInput, context: OperationContext): Acl {
  const owner = ownerOfNew(context);
  const { owner: bucketOwner } = context.bucket.acl;
  return aclOfNew(input, { on: 'object', owner, bucketOwner }, context.identity);
}
