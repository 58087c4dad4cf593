/**
 * DeleteObject. Deleting what isn't there succeeds, unless a condition asks for it to be there.
 *
 * `x-amz-bypass-governance-retention` is accepted: no object is locked, so there is nothing to bypass.
 */
import { assertKey } from '../../protocol/names.ts';
import { defineOperation } from '../operation.ts';
import { assertNullVersion } from '../version-id.ts';
import { deletePrecondition } from './delete-conditions.ts';

export const DeleteObject = defineOperation({
  name: 'DeleteObject',
  access: { on: 'bucket', action: 's3:DeleteObject', permission: 'WRITE' },
  accepts: [
    'Bucket',
    'Key',
    'VersionId',
    'IfMatch',
    'IfMatchLastModifiedTime',
    'IfMatchSize',
    'BypassGovernanceRetention',
    'RequestPayer',
    'ExpectedBucketOwner',
  ],
  async run(input, { bucket, store }) {
    assertKey(input.Key);
    assertNullVersion(input.VersionId);
    const precondition = deletePrecondition({
      etag: input.IfMatch,
      lastModified: input.IfMatchLastModifiedTime,
      size: input.IfMatchSize,
    });
    await store.objects.remove(bucket, input.Key, precondition);
    return {};
  },
});
