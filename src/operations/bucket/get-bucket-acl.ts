/** GetBucketAcl. */
import { policyOfAcl } from '../../policy/access-control-policy.ts';
import { effectiveAcl } from '../../policy/governed-acl.ts';
import { rulesOf } from '../access-rules.ts';
import { defineOperation } from '../operation.ts';

export const GetBucketAcl = defineOperation({
  name: 'GetBucketAcl',
  access: { on: 'bucket', action: 's3:GetBucketAcl', permission: 'READ_ACP' },
  accepts: [],
  run: (_input, { bucket, identity }) =>
    policyOfAcl(effectiveAcl(bucket.acl, bucket.acl.owner, rulesOf(bucket)), identity),
});
