/**
 * DeleteObjects: up to 1,000 keys, each answered on its own, in the order asked for. An error that S3 has no
 * word for fails the request as a whole; what was deleted by then stays deleted.
 */
import type { _Error, DeletedObject, ObjectIdentifier } from '../../model/types.gen.ts';
import { S3Error } from '../../protocol/errors.ts';
import { assertKey } from '../../protocol/names.ts';
import { defineOperation, type OperationContext } from '../operation.ts';
import { mapStoreError } from '../store-errors.ts';
import { assertNullVersion } from '../version-id.ts';
import { deletePrecondition } from './delete-conditions.ts';

const maxKeys = 1000;
/** Deletes under way at once for one request. */
const maxConcurrentDeletes = 64;

type Outcome = { readonly deleted: DeletedObject } | { readonly error: _Error };

export const DeleteObjects = defineOperation({
  name: 'DeleteObjects',
  access: { on: 'bucket', action: 's3:DeleteObject', permission: 'WRITE' },
  accepts: ['Delete', 'BypassGovernanceRetention'],
  async run({ Delete: { Objects: asked, Quiet: quiet } }, context) {
    if (asked.length === 0 || asked.length > maxKeys) throw new S3Error('MalformedXML');
    const outcomes = await deleteAll(asked, context);
    const deleted = outcomes.flatMap((one) => ('deleted' in one ? [one.deleted] : []));
    const errors = outcomes.flatMap((one) => ('error' in one ? [one.error] : []));
    return {
      Deleted: quiet === true || deleted.length === 0 ? undefined : deleted,
      Errors: errors.length === 0 ? undefined : errors,
    };
  },
});

async function deleteAll(
  asked: readonly ObjectIdentifier[],
  context: OperationContext,
): Promise<readonly Outcome[]> {
  const outcomes = new Array<Outcome>(asked.length);
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < asked.length) {
      const at = next++;
      outcomes[at] = await deleteOne(asked[at]!, context);
    }
  };
  const workers = Math.min(maxConcurrentDeletes, asked.length);
  const ended = await Promise.allSettled(Array.from({ length: workers }, work));
  for (const one of ended) if (one.status === 'rejected') throw one.reason;
  return outcomes;
}

async function deleteOne(
  { Key, VersionId, ETag, LastModifiedTime, Size }: ObjectIdentifier,
  { bucket, store }: OperationContext,
): Promise<Outcome> {
  try {
    assertKey(Key);
    assertNullVersion(VersionId);
    const precondition = deletePrecondition({
      etag: ETag,
      lastModified: LastModifiedTime,
      size: Size,
    });
    await store.objects.remove(bucket, Key, precondition);
    return { deleted: { Key, VersionId } };
  } catch (thrown) {
    const error = mapStoreError(thrown);
    if (!(error instanceof S3Error)) throw error;
    return { error: { Key, VersionId, Code: error.code, Message: error.message } };
  }
}
