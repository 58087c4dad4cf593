/** PutObjectAcl: by canned name, grant headers or document, one of them. */
import { replacedAcl } from '../../policy/governed-acl.ts';
import { rulesOf } from '../access-rules.ts';
import { defineOperation } from '../operation.ts';
import { changeObject } from './change-object.ts';

export const PutObjectAcl = defineOperation({
  name: 'PutObjectAcl',
  access: {
    on: 'object',
    notOnMarkers: true,
    action: 's3:PutObjectAcl',
    permission: 'WRITE_ACP',
    ofVersion: { action: 's3:PutObjectVersionAcl', permission: 'WRITE_ACP' },
  },
  accepts: [
    'ACL',
    'AccessControlPolicy',
    'GrantFullControl',
    'GrantRead',
    'GrantReadACP',
    'GrantWrite',
    'GrantWriteACP',
    'VersionId',
  ],
  async run(input, context) {
    const { bucket, identity, object } = context;
    const { owner } = object.acl;
    const bucketOwner = bucket.acl.owner;
    const of = { on: 'object', owner, bucketOwner } as const;
    const acl = replacedAcl(input, of, rulesOf(bucket), identity);
    await changeObject(input, context, (now) => ({ ...now, acl }));
    return {};
  },
});
