/**
 * GetBucketOwnershipControls, PutBucketOwnershipControls, DeleteBucketOwnershipControls ("Controlling ownership of
 * objects and disabling ACLs for your bucket" in the S3 user guide). A bucket without controls is as one
 * with ObjectWriter.
 */
import { ownershipConfig, type StoredOwnership } from '../../policy/bucket-rules.ts';
import { grantsToOthers } from '../../policy/governed-acl.ts';
import { S3Error } from '../../protocol/errors.ts';
import { defineOperation } from '../operation.ts';
import { configOf, removeConfig } from './subresource.ts';

const setting = {
  on: 'bucket',
  action: 's3:PutBucketOwnershipControls',
  permission: undefined,
} as const;

export const GetBucketOwnershipControls = defineOperation({
  name: 'GetBucketOwnershipControls',
  access: { on: 'bucket', action: 's3:GetBucketOwnershipControls', permission: undefined },
  accepts: [],
  async run(_input, context) {
    const stored = await configOf<StoredOwnership>(context, ownershipConfig);
    if (stored === undefined) {
      throw new S3Error('OwnershipControlsNotFoundError', {
        fields: { BucketName: context.bucket.name },
      });
    }
    return { OwnershipControls: { Rules: [{ ObjectOwnership: stored.objectOwnership }] } };
  },
});

export const PutBucketOwnershipControls = defineOperation({
  name: 'PutBucketOwnershipControls',
  access: setting,
  accepts: ['OwnershipControls'],
  async run({ OwnershipControls: { Rules: rules } }, { bucket, store }) {
    const [rule, ...more] = rules;
    if (rule === undefined || more.length > 0) throw new S3Error('MalformedXML');
    const { ObjectOwnership: objectOwnership } = rule;
    const value: StoredOwnership = { objectOwnership };
    const changed = await store.buckets.setConfig(bucket, ownershipConfig, value, (now) => {
      // Looked at in the same commit: an ACL that gives something away mustn't slip in between.
      if (objectOwnership === 'BucketOwnerEnforced' && grantsToOthers(now.acl)) {
        throw new S3Error('InvalidBucketAclWithObjectOwnership');
      }
      return now;
    });
    if (changed === undefined) {
      throw new S3Error('NoSuchBucket', { fields: { BucketName: bucket.name } });
    }
    return {};
  },
});

export const DeleteBucketOwnershipControls = defineOperation({
  name: 'DeleteBucketOwnershipControls',
  access: setting,
  accepts: [],
  async run(_input, context) {
    await removeConfig(context, ownershipConfig);
    return {};
  },
});
