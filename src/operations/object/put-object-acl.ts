/** PutObjectAcl: by canned name, grant headers or document, one of them. */
import { aclOfReplacement } from '../../policy/requested-acl.ts';
import { S3Error } from '../../protocol/errors.ts';
import { defineOperation } from '../operation.ts';

export const PutObjectAcl = defineOperation({
  name: 'PutObjectAcl',
  access: { on: 'object', action: 's3:PutObjectAcl', permission: 'WRITE_ACP' },
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
  async run(input, { bucket, identity, object, store }) {
    const { owner } = object.acl;
    const bucketOwner = bucket.acl.owner;
    const acl = aclOfReplacement(input, { on: 'object', owner, bucketOwner }, identity);
    const changed = await store.objects.update(bucket, input.Key, (now) => {
      // Somebody else's object has come in its place: the caller was not allowed to change that one.
      if (now.acl.owner !== owner) throw new S3Error('OperationAborted');
      return { ...now, acl };
    });
    if (changed === undefined) throw new S3Error('NoSuchKey', { fields: { Key: input.Key } });
    return {};
  },
});
