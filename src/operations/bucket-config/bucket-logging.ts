/**
 * GetBucketLogging, PutBucketLogging ("Logging requests with server access logging" in the S3 user guide).
 * Records are made in `http/server-access-log.ts` and delivered by `jobs/log-delivery.ts`.
 *
 * The target is a bucket of the same owner and namespace. That is all the permission that a delivery needs,
 * where S3 wants a policy or a grant for its logging service besides. A target with default encryption by a
 * KMS key gets its logs encrypted by it, where S3 delivers none.
 */
import {
  type LoggingRecord,
  loggingConfig,
  loggingRecordOf,
} from '../../features/logging/configuration.ts';
import { type DefaultRetention, defaultRetentionConfig } from '../../features/object-lock/rules.ts';
import type { LoggingEnabled, TargetGrant } from '../../model/types.gen.ts';
import { aclOfPolicy, policyOfAcl } from '../../policy/access-control-policy.ts';
import { unblockedAcl } from '../../policy/governed-acl.ts';
import { S3Error } from '../../protocol/errors.ts';
import { isBucketName } from '../../protocol/names.ts';
import type { Bucket, Grant } from '../../store/records.ts';
import { rulesOf, withRules } from '../access-rules.ts';
import { callerId, callerIsRoot } from '../caller.ts';
import { defineOperation, type OperationContext } from '../operation.ts';
import { requestPaymentConfig } from './request-payment.ts';
import { configOf, removeConfig, replaceConfig } from './subresource.ts';

export const GetBucketLogging = defineOperation({
  name: 'GetBucketLogging',
  access: { on: 'bucket', action: 's3:GetBucketLogging', permission: undefined },
  accepts: [],
  async run(_input, context) {
    const record = await configOf<LoggingRecord>(context, loggingConfig);
    return record === undefined ? {} : { LoggingEnabled: documentOf(record, context) };
  },
});

export const PutBucketLogging = defineOperation({
  name: 'PutBucketLogging',
  access: { on: 'bucket', action: 's3:PutBucketLogging', permission: undefined },
  accepts: ['BucketLoggingStatus'],
  async run({ BucketLoggingStatus: { LoggingEnabled: asked } }, context) {
    const { bucket, region } = context;
    // A policy can't give this away: "you must be the bucket owner".
    if (callerId(context) !== bucket.acl.owner && !callerIsRoot(context)) {
      throw new S3Error('AccessDenied');
    }
    if (asked === undefined) {
      await removeConfig(context, loggingConfig);
      return {};
    }
    const target = await targetOf(asked.TargetBucket, context);
    const grants = grantsOf(asked.TargetGrants ?? [], target, context);
    const source = { owner: bucket.acl.owner, region, bucket: bucket.name };
    await replaceConfig(context, loggingConfig, loggingRecordOf(asked, grants, source));
    return {};
  },
});

/** @throws S3Error InvalidTargetBucketForLogging */
async function targetOf(name: string, { bucket, store }: OperationContext): Promise<Bucket> {
  const target = isBucketName(name) ? await store.buckets.get(bucket.namespace, name) : undefined;
  if (target === undefined || target.acl.owner !== bucket.acl.owner) throw invalidTarget(name);
  if (target.configured?.includes(requestPaymentConfig)) {
    throw invalidTarget(name, 'The target bucket for logging must not be a Requester Pays bucket.');
  }
  if (await store.buckets.config<DefaultRetention>(target, defaultRetentionConfig)) {
    throw invalidTarget(name, 'The target bucket for logging must not have a default retention.');
  }
  return withRules(target, store);
}

function invalidTarget(TargetBucket: string, message?: string): S3Error {
  return new S3Error('InvalidTargetBucketForLogging', { message, fields: { TargetBucket } });
}

/** @throws S3Error MalformedXML, InvalidArgument, AccessControlListNotSupported, AccessDenied */
function grantsOf(
  asked: readonly TargetGrant[],
  target: Bucket,
  { identity }: OperationContext,
): readonly Grant[] {
  if (asked.length === 0) return [];
  const { owner } = target.acl;
  if (asked.some(({ Grantee, Permission }) => !Grantee || !Permission)) {
    throw new S3Error('MalformedXML');
  }
  const rules = rulesOf(target);
  if (rules?.ownership === 'BucketOwnerEnforced') {
    throw new S3Error('AccessControlListNotSupported');
  }
  const acl = aclOfPolicy({ Owner: { ID: owner }, Grants: asked }, owner, identity);
  return unblockedAcl(acl, rules).grants;
}

function documentOf(
  { targetBucket, targetPrefix, grants, keyFormat }: LoggingRecord,
  { bucket, identity }: OperationContext,
): LoggingEnabled {
  const shown = policyOfAcl({ owner: bucket.acl.owner, grants }, identity).Grants;
  return {
    TargetBucket: targetBucket,
    TargetPrefix: targetPrefix,
    ...(grants.length > 0 && { TargetGrants: shown as readonly TargetGrant[] }),
    ...(keyFormat && { TargetObjectKeyFormat: keyFormat }),
  };
}
