/**
 * GetBucketPolicy, PutBucketPolicy, DeleteBucketPolicy, GetBucketPolicyStatus. What a policy says is
 * `policy/language`.
 *
 * Whom a policy allows these from another account is answered MethodNotAllowed, as in S3. The owner's account can
 * always take a policy back, so that x-amz-confirm-remove-self-bucket-access, which confirms for others that
 * they lock themselves out, confirms nothing for it.
 *
 * GetBucketPolicyStatus answers for the bucket: without a policy by its ACL alone.
 */
import { isPublicAcl } from '../../policy/acl.ts';
import { compilePolicy, policyConfig, type StoredPolicy } from '../../policy/bucket-rules.ts';
import { S3Error } from '../../protocol/errors.ts';
import { rulesOf } from '../access-rules.ts';
import { callerId, callerIsRoot } from '../caller.ts';
import { defineOperation, type OperationContext } from '../operation.ts';
import { configOf, removeConfig, replaceConfig } from './subresource.ts';

export const GetBucketPolicy = defineOperation({
  name: 'GetBucketPolicy',
  access: { on: 'bucket', action: 's3:GetBucketPolicy', permission: undefined },
  accepts: [],
  async run(_input, context) {
    assertOwnAccount(context);
    const policy = await configOf<StoredPolicy>(context, policyConfig);
    if (policy === undefined) {
      throw new S3Error('NoSuchBucketPolicy', { fields: { BucketName: context.bucket.name } });
    }
    return { Policy: policy.text };
  },
});

export const PutBucketPolicy = defineOperation({
  name: 'PutBucketPolicy',
  access: { on: 'bucket', action: 's3:PutBucketPolicy', permission: undefined },
  accepts: ['Policy', 'ConfirmRemoveSelfBucketAccess'],
  async run({ Policy: text }, context) {
    assertOwnAccount(context);
    const { bucket } = context;
    const policy = compilePolicy(text, bucket.name);
    if (policy.isPublic && rulesOf(bucket)?.publicAccessBlock?.BlockPublicPolicy) {
      throw new S3Error('AccessDenied');
    }
    await replaceConfig(context, policyConfig, { text } satisfies StoredPolicy);
    return {};
  },
});

export const DeleteBucketPolicy = defineOperation({
  name: 'DeleteBucketPolicy',
  access: { on: 'bucket', action: 's3:DeleteBucketPolicy', permission: undefined },
  accepts: [],
  async run(_input, context) {
    assertOwnAccount(context);
    await removeConfig(context, policyConfig);
    return {};
  },
});

export const GetBucketPolicyStatus = defineOperation({
  name: 'GetBucketPolicyStatus',
  access: { on: 'bucket', action: 's3:GetBucketPolicyStatus', permission: undefined },
  accepts: [],
  run(_input, { bucket }) {
    const { policy, ownership, publicAccessBlock } = rulesOf(bucket) ?? {};
    const aclCounts =
      ownership !== 'BucketOwnerEnforced' && publicAccessBlock?.IgnorePublicAcls !== true;
    const isPublic = policy?.isPublic === true || (aclCounts && isPublicAcl(bucket.acl));
    return { PolicyStatus: { IsPublic: isPublic } };
  },
});

/** @throws S3Error MethodNotAllowed */
function assertOwnAccount(context: OperationContext): void {
  if (callerId(context) === context.bucket.acl.owner || callerIsRoot(context)) return;
  throw new S3Error('MethodNotAllowed');
}
