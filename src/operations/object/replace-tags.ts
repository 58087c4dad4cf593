/** Changing an object's tags in place: the object stays, with its time and ETag. */
import { S3Error } from '../../protocol/errors.ts';
import type { OperationContext } from '../operation.ts';
import type { Tags } from '../tags.ts';

/** @throws S3Error NoSuchKey */
export async function replaceTags(
  key: string,
  tags: Tags | undefined,
  { bucket, object, store }: OperationContext,
): Promise<void> {
  const changed = await store.objects.update(bucket, key, (now) => {
    // Somebody else's object has come in its place: the caller was not allowed to change that one.
    if (now.acl.owner !== object.acl.owner) throw new S3Error('OperationAborted');
    return { ...now, tags };
  });
  if (changed === undefined) throw new S3Error('NoSuchKey', { fields: { Key: key } });
}
