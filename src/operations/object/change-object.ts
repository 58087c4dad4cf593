/**
 * Changing an object in place (ACL, tags, lock): it stays, with its time and ETag. What changes is the
 * very version that the caller was allowed to change, whatever came on top of it meanwhile.
 */
import { S3Error } from '../../protocol/errors.ts';
import type { ObjectRecord } from '../../store/records.ts';
import type { OperationContext } from '../operation.ts';

/** @throws S3Error NoSuchKey, NoSuchVersion if it is gone, OperationAborted */
export async function changeObject(
  { Key, VersionId }: { readonly Key: string; readonly VersionId?: string | undefined },
  { bucket, object, store }: OperationContext,
  change: (now: ObjectRecord) => ObjectRecord,
): Promise<ObjectRecord> {
  const changed = await store.objects.update(
    bucket,
    Key,
    (now) => {
      // Somebody else's null version has come in its place: the caller was not allowed to change that one.
      if (now.acl.owner !== object.acl.owner) throw new S3Error('OperationAborted');
      return change(now);
    },
    object.versionId,
  );
  if (changed !== undefined) return changed;
  if (VersionId === undefined) throw new S3Error('NoSuchKey', { fields: { Key } });
  throw new S3Error('NoSuchVersion', { fields: { Key, VersionId } });
}
