/**
 * DeleteObject. Deleting what isn't there succeeds, unless a condition asks for it to be there.
 *
 * `x-amz-bypass-governance-retention` is accepted: no object is locked, so there is nothing to bypass.
 */
import { defineOperation } from '../operation.ts';
import { deletePrecondition } from './delete-conditions.ts';

export const DeleteObject = defineOperation({
  name: 'DeleteObject',
  access: { on: 'bucket', action: 's3:DeleteObject', permission: 'WRITE' },
  accepts: [
    'VersionId',
    'IfMatch',
    'IfMatchLastModifiedTime',
    'IfMatchSize',
    'BypassGovernanceRetention',
  ],
  async run(input, { bucket, store }) {
    const precondition = deletePrecondition({
      etag: input.IfMatch,
      lastModified: input.IfMatchLastModifiedTime,
      size: input.IfMatchSize,
    });
    await store.objects.remove(bucket, input.Key, precondition);
    return {};
  },
});
