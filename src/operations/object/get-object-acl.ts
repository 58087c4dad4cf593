/** GetObjectAcl. */
import { policyOfAcl } from '../../policy/access-control-policy.ts';
import { defineOperation } from '../operation.ts';
import { assertNullVersion } from '../version-id.ts';

export const GetObjectAcl = defineOperation({
  name: 'GetObjectAcl',
  access: { on: 'object', action: 's3:GetObjectAcl', permission: 'READ_ACP' },
  accepts: ['Bucket', 'Key', 'VersionId', 'RequestPayer', 'ExpectedBucketOwner'],
  run(input, { object, identity }) {
    assertNullVersion(input.VersionId);
    return policyOfAcl(object.acl, identity);
  },
});
