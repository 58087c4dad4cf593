/** What PutObject, CopyObject and CreateMultipartUpload say of the object they make. */
import type { CreateMultipartUploadRequest } from '../model/types.gen.ts';
import { aclOfNewObject } from '../policy/governed-acl.ts';
import type { ObjectAttributes } from '../store/records.ts';
import { rulesOf } from './access-rules.ts';
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
  const { bucket, identity } = context;
  const owners = { writer: ownerOfNew(context), bucketOwner: bucket.acl.owner };
  return {
    headers: headersOfInput(input),
    metadata: input.Metadata ?? {},
    tags: input.Tagging === undefined ? undefined : tagsOfHeader(input.Tagging),
    storageClass: storageClassOf(input.StorageClass),
    acl: aclOfNewObject(input, owners, rulesOf(bucket), identity),
  };
}
