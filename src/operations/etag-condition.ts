/**
 * Who may hold a write or a deletion against an ETag. The answer tells whether it is the object's, so S3 wants
 * the right to read the object, too ("How to prevent object overwrites with conditional writes" and "How to
 * perform conditional deletes" in the user guide). `*` asks for any object and takes no more than the request.
 */
import { S3Error } from '../protocol/errors.ts';
import { parseETagCondition } from '../protocol/etag.ts';
import type { StoredVersion } from '../store/records.ts';
import type { OperationContext } from './operation.ts';

const reading = { action: 's3:GetObject', permission: 'READ' } as const;
const readingVersion = { action: 's3:GetObjectVersion', permission: 'READ' } as const;

/**
 * @param condition value of If-Match or If-None-Match; undefined asks for nothing
 * @throws S3Error AccessDenied
 */
export async function assertMayMatch(
  condition: string | undefined,
  { key, versionId }: { readonly key: string; readonly versionId?: string | undefined },
  context: OperationContext,
): Promise<void> {
  if (condition === undefined || parseETagCondition(condition) === '*') return;
  const { objects } = context.store;
  const found: StoredVersion | undefined =
    versionId === undefined
      ? await objects.get(context.bucket, key)
      : await objects.version(context.bucket, key, versionId);
  const object = found?.deleteMarker ? undefined : found;
  const right = versionId === undefined ? reading : readingVersion;
  if (await context.may(right, { key, versionId }, object)) return;
  throw new S3Error('AccessDenied');
}
