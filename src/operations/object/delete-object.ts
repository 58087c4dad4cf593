/**
 * DeleteObject. Deleting what isn't there succeeds, unless a condition asks for it to be there.
 *
 * Without a version id a versioned bucket keeps the object under a delete marker. With one, that version
 * is gone for good, unless it is locked; no ACL lets others than the bucket's owner do that.
 */
import type { DeleteObjectOutput } from '../../model/types.gen.ts';
import type { MarkerRecord, VersionRecord } from '../../store/records.ts';
import { assertMayMatch } from '../etag-condition.ts';
import { bypassesGovernance, unlessLocked } from '../object-lock.ts';
import { defineOperation, type OperationContext } from '../operation.ts';
import { versionIdOf } from '../version-id.ts';
import { type DeleteConditions, deletePrecondition } from './delete-conditions.ts';

export const DeleteObject = defineOperation({
  name: 'DeleteObject',
  access: {
    on: 'bucket',
    action: 's3:DeleteObject',
    permission: 'WRITE',
    ofVersion: { action: 's3:DeleteObjectVersion', permission: undefined },
  },
  accepts: [
    'VersionId',
    'IfMatch',
    'IfMatchLastModifiedTime',
    'IfMatchSize',
    'BypassGovernanceRetention',
  ],
  async run(input, context): Promise<DeleteObjectOutput> {
    const conditions = {
      etag: input.IfMatch,
      lastModified: input.IfMatchLastModifiedTime,
      size: input.IfMatchSize,
    };
    const { Key, VersionId, BypassGovernanceRetention } = input;
    if (VersionId === undefined) {
      const marker = await removeCurrent(Key, conditions, context);
      return marker === undefined ? {} : { DeleteMarker: true, VersionId: marker.versionId };
    }
    const bypass = await bypassesGovernance(BypassGovernanceRetention, Key, context);
    const removed = await removeVersion(Key, VersionId, bypass, conditions, context);
    return {
      DeleteMarker: removed?.deleteMarker,
      VersionId: versionIdOf(context.bucket, { versionId: VersionId }),
    };
  },
});

/** The delete marker that was made, in a versioned bucket. */
export async function removeCurrent(
  key: string,
  conditions: DeleteConditions,
  context: OperationContext,
): Promise<MarkerRecord | undefined> {
  const { bucket, store } = context;
  await assertMayMatch(conditions.etag, { key }, context);
  const { marker } = await store.objects.remove(bucket, key, deletePrecondition(conditions));
  return marker;
}

/** What is gone; undefined if there was no such version. */
export async function removeVersion(
  key: string,
  versionId: string,
  bypass: boolean,
  conditions: DeleteConditions,
  context: OperationContext,
): Promise<VersionRecord | undefined> {
  const { bucket, now, store } = context;
  await assertMayMatch(conditions.etag, { key, versionId }, context);
  const checkConditions = deletePrecondition(conditions, versionId);
  const checkLock = unlessLocked(bypass, now);
  const { removed } = await store.objects.removeVersion(bucket, key, versionId, (version) => {
    checkLock(version);
    checkConditions?.(version);
  });
  return removed;
}
