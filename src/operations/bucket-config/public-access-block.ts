/**
 * GetPublicAccessBlock, PutPublicAccessBlock, DeletePublicAccessBlock ("Blocking public access to your Amazon S3
 * storage" in the S3 user guide). BlockPublicAcls works where ACLs are set, BlockPublicPolicy where the policy
 * is, the other two in every decision.
 */
import { type PublicAccessBlock, publicAccessBlockConfig } from '../../policy/bucket-rules.ts';
import { S3Error } from '../../protocol/errors.ts';
import { defineOperation } from '../operation.ts';
import { configOf, removeConfig, replaceConfig } from './subresource.ts';

const setting = {
  on: 'bucket',
  action: 's3:PutBucketPublicAccessBlock',
  permission: undefined,
} as const;

export const fullBlock: PublicAccessBlock = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};

export const GetPublicAccessBlock = defineOperation({
  name: 'GetPublicAccessBlock',
  access: { on: 'bucket', action: 's3:GetBucketPublicAccessBlock', permission: undefined },
  accepts: [],
  async run(_input, context) {
    const block = await configOf<PublicAccessBlock>(context, publicAccessBlockConfig);
    if (block === undefined) {
      throw new S3Error('NoSuchPublicAccessBlockConfiguration', {
        fields: { BucketName: context.bucket.name },
      });
    }
    return { PublicAccessBlockConfiguration: block };
  },
});

export const PutPublicAccessBlock = defineOperation({
  name: 'PutPublicAccessBlock',
  access: setting,
  accepts: ['PublicAccessBlockConfiguration'],
  async run({ PublicAccessBlockConfiguration: asked }, context) {
    await replaceConfig(context, publicAccessBlockConfig, {
      BlockPublicAcls: asked.BlockPublicAcls ?? false,
      IgnorePublicAcls: asked.IgnorePublicAcls ?? false,
      BlockPublicPolicy: asked.BlockPublicPolicy ?? false,
      RestrictPublicBuckets: asked.RestrictPublicBuckets ?? false,
    } satisfies PublicAccessBlock);
    return {};
  },
});

export const DeletePublicAccessBlock = defineOperation({
  name: 'DeletePublicAccessBlock',
  access: setting,
  accepts: [],
  async run(_input, context) {
    await removeConfig(context, publicAccessBlockConfig);
    return {};
  },
});
