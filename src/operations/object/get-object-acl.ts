/** GetObjectAcl. */
import { policyOfAcl } from '../../policy/access-control-policy.ts';
import { effectiveAcl } from '../../policy/governed-acl.ts';
import { rulesOf } from '../access-rules.ts';
import { defineOperation } from '../operation.ts';

export const GetObjectAcl = defineOperation({
  name: 'GetObjectAcl',
  access: {
    on: 'object',
    action: 's3:GetObjectAcl',
    permission: 'READ_ACP',
    ofVersion: { action: 's3:GetObjectVersionAcl', permission: 'READ_ACP' },
  },
  accepts: ['VersionId'],
  run: (_input, { bucket, object, identity }) =>
    policyOfAcl(effectiveAcl(object.acl, bucket.acl.owner, rulesOf(bucket)), identity),
});
