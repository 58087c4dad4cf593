/** GetObjectAcl. */
import { policyOfAcl } from '../../policy/access-control-policy.ts';
import { defineOperation } from '../operation.ts';

export const GetObjectAcl = defineOperation({
  name: 'GetObjectAcl',
  access: { on: 'object', action: 's3:GetObjectAcl', permission: 'READ_ACP' },
  accepts: ['VersionId'],
  run: (_input, { object, identity }) => policyOfAcl(object.acl, identity),
});
