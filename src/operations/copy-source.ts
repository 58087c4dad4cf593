/** The source of CopyObject and UploadPartCopy: found, allowed to the caller, and as its conditions want it. */
import type { UploadPartCopyRequest } from '../model/types.gen.ts';
import { checkCopySourceConditions } from '../protocol/conditions.ts';
import { parseCopySource } from '../protocol/copy-source.ts';
import { S3Error } from '../protocol/errors.ts';
import { assertKey } from '../protocol/names.ts';
import type { Bucket, StoredObject } from '../store/records.ts';
import type { OperationContext } from './operation.ts';
import { assertNullVersion } from './version-id.ts';

/** For `accepts`. */
export const copySourceMembers = [
  'CopySource',
  'CopySourceIfMatch',
  'CopySourceIfModifiedSince',
  'CopySourceIfNoneMatch',
  'CopySourceIfUnmodifiedSince',
] as const satisfies readonly (keyof UploadPartCopyRequest)[];

export type CopySourceInput = Pick<UploadPartCopyRequest, (typeof copySourceMembers)[number]>;

export interface OpenedSource {
  readonly bucket: Bucket;
  readonly object: StoredObject;
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
  assertNullVersion(versionId);
  for (let attempt = 0; attempt < maxSourceChanges; attempt++) {
    const source = await context.openSource(bucket, key);
    const { etag, lastModified } = source.object;
    checkCopySourceConditions(input, { etag, lastModified: new Date(lastModified) });
    const copied = await copy(source);
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
