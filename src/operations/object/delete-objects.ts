/**
 * DeleteObjects: up to 1,000 keys, each answered on its own, in the order asked for. An error that S3 has no
 * word for fails the request as a whole; what was deleted by then stays deleted.
 */
import type { _Error, DeletedObject, ObjectIdentifier } from '../../model/types.gen.ts';
import { S3Error } from '../../protocol/errors.ts';
import { assertKey } from '../../protocol/names.ts';
import { assertVersionId } from '../../protocol/version-id.ts';
import type { VersionRecord } from '../../store/records.ts';
import { bypassesGovernance } from '../object-lock.ts';
import { defineOperation, type OperationContext } from '../operation.ts';
import { mapStoreError } from '../store-errors.ts';
import { removeCurrent, removeVersion } from './delete-object.ts';

const maxKeys = 1000;
/** Deletes under way at once for one request. */
const maxConcurrentDeletes = 64;

type Outcome = { readonly deleted: DeletedObject } | { readonly error: _Error };

const deleting = { action: 's3:DeleteObject', permission: 'WRITE' } as const;

export const DeleteObjects = defineOperation({
  name: 'DeleteObjects',
  access: { on: 'bucket', eachKey: true, ...deleting },
  accepts: ['Delete', 'BypassGovernanceRetention'],
  async run({ Delete: { Objects: asked, Quiet: quiet }, BypassGovernanceRetention }, context) {
    if (asked.length === 0 || asked.length > maxKeys) throw new S3Error('MalformedXML');
    const outcomes = await deleteAll(asked, BypassGovernanceRetention, context);
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
  bypass: boolean | undefined,
  context: OperationContext,
): Promise<readonly Outcome[]> {
  const outcomes = new Array<Outcome>(asked.length);
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < asked.length) {
      const at = next++;
      outcomes[at] = await deleteOne(asked[at]!, bypass, context);
    }
  };
  const workers = Math.min(maxConcurrentDeletes, asked.length);
  const ended = await Promise.allSettled(Array.from({ length: workers }, work));
  for (const one of ended) if (one.status === 'rejected') throw one.reason;
  return outcomes;
}

async function deleteOne(
  { Key, VersionId, ETag, LastModifiedTime, Size }: ObjectIdentifier,
  asksToBypass: boolean | undefined,
  context: OperationContext,
): Promise<Outcome> {
  try {
    assertKey(Key);
    const conditions = { etag: ETag, lastModified: LastModifiedTime, size: Size };
    if (VersionId === undefined) {
      if (!(await context.may(deleting, Key))) throw new S3Error('AccessDenied');
      const marker = await removeCurrent(Key, conditions, context);
      return { deleted: { Key, ...aboutMarker(marker) } };
    }
    assertVersionId(VersionId, 'VersionId');
    const version = { key: Key, versionId: VersionId };
    if (!(await context.may('s3:DeleteObjectVersion', version))) throw new S3Error('AccessDenied');
    const bypass = await bypassesGovernance(asksToBypass, Key, context);
    const removed = await removeVersion(Key, VersionId, bypass, conditions, context);
    return { deleted: { Key, VersionId, ...aboutMarker(removed) } };
  } catch (thrown) {
    const error = mapStoreError(thrown);
    if (!(error instanceof S3Error)) throw error;
    return { error: { Key, VersionId, Code: error.code, Message: error.message } };
  }
}

/** What S3 adds where a delete marker was made or removed. */
function aboutMarker(version: VersionRecord | undefined): DeletedObject {
  if (!version?.deleteMarker) return {};
  return { DeleteMarker: true, DeleteMarkerVersionId: version.versionId };
}
