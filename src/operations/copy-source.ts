/** The source of CopyObject and UploadPartCopy: found, allowed to the caller, and as its conditions want it. */
import type { CustomerKey } from '../features/encryption/customer-key.ts';
import type { UploadPartCopyRequest } from '../model/types.gen.ts';
import { checkCopySourceConditions } from '../protocol/conditions.ts';
import { parseCopySource } from '../protocol/copy-source.ts';
import { S3Error } from '../protocol/errors.ts';
import { assertKey } from '../protocol/names.ts';
import { assertVersionId } from '../protocol/version-id.ts';
import type { Bucket, StoredObject } from '../store/records.ts';
import { customerKey } from './object-encryption.ts';
import type { OperationContext } from './operation.ts';
import { assertReadable } from './read-object.ts';
import { versionIdOf } from './version-id.ts';

/** For `accepts`. */
export const copySourceMembers = [
  'CopySource',
  'CopySourceIfMatch',
  'CopySourceIfModifiedSince',
  'CopySourceIfNoneMatch',
  'CopySourceIfUnmodifiedSince',
  'CopySourceSSECustomerAlgorithm',
  'CopySourceSSECustomerKey',
  'CopySourceSSECustomerKeyMD5',
] as const satisfies readonly (keyof UploadPartCopyRequest)[];

export type CopySourceInput = Pick<UploadPartCopyRequest, (typeof copySourceMembers)[number]>;

export interface OpenedSource {
  readonly bucket: Bucket;
  readonly object: StoredObject;
  /** The request asks for a version, rather than for what is current. */
  readonly namesVersion: boolean;
  /** For answers: undefined where the source's bucket was never versioned. */
  readonly versionId: string | undefined;
  /** The customer's, where the object is encrypted with one. */
  readonly key: CustomerKey | undefined;
}

/** Most bytes that one request copies: 5 GiB. */
const maxCopyBytes = 5 * 1024 ** 3;
/** Times that a source may change while it is being copied before the copy is given up. */
const maxSourceChanges = 10;

/**
 * Opens the source and copies it; opens it again if it changed meanwhile.
 * @param copy answers 'source-changed' to be called again with what the source is then
 */
export async function copyFromSource<T>(
  input: CopySourceInput,
  context: OperationContext,
  copy: (source: OpenedSource) => Promise<T | 'source-changed'>,
): Promise<T> {
  const { bucket, key, versionId } = parseCopySource(input.CopySource);
  assertKey(key);
  if (versionId !== undefined) assertVersionId(versionId, 'x-amz-copy-source');
  const sourceKey = customerKey(
    {
      SSECustomerAlgorithm: input.CopySourceSSECustomerAlgorithm,
      SSECustomerKey: input.CopySourceSSECustomerKey,
      SSECustomerKeyMD5: input.CopySourceSSECustomerKeyMD5,
    },
    context,
  );
  for (let attempt = 0; attempt < maxSourceChanges; attempt++) {
    const source = await context.openSource(bucket, key, versionId);
    assertReadable(source.object, sourceKey, context);
    const { etag, lastModified } = source.object;
    checkCopySourceConditions(input, { etag, lastModified: new Date(lastModified) });
    const copied = await copy({
      ...source,
      namesVersion: versionId !== undefined,
      versionId: versionIdOf(source.bucket, source.object),
      key: sourceKey,
    });
    if (copied !== 'source-changed') return copied;
  }
  throw new S3Error('OperationAborted');
}

/** @throws S3Error InvalidRequest if that is more than one request may copy */
export function assertCopySize(bytes: number): void {
  if (bytes <= maxCopyBytes) return;
  throw new S3Error('InvalidRequest', {
    message: `The specified copy source is larger than the maximum allowable size for a copy source: ${maxCopyBytes}`,
  });
}
