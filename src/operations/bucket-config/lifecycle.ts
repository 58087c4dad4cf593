/**
 * GetBucketLifecycleConfiguration, PutBucketLifecycleConfiguration and DeleteBucketLifecycle.
 *
 * There are no transitions, so the header about their least size has no effect and is refused.
 */
import { requestedRules, rulesDocument } from '../../features/lifecycle/requested-rules.ts';
import { type LifecycleConfiguration, lifecycleConfig } from '../../features/lifecycle/rules.ts';
import { S3Error } from '../../protocol/errors.ts';
import { defineOperation, type OperationContext } from '../operation.ts';

export const PutBucketLifecycleConfiguration = defineOperation({
  name: 'PutBucketLifecycleConfiguration',
  access: { on: 'bucket', action: 's3:PutLifecycleConfiguration', permission: undefined },
  accepts: ['LifecycleConfiguration'],
  async run({ LifecycleConfiguration: document }, context) {
    if (document === undefined) throw new S3Error('MissingRequestBodyError');
    const { requestId } = context;
    const configuration = requestedRules(document, (index) =>
      Buffer.from(`${requestId}/${index}`).toString('base64url'),
    );
    await keep(configuration, context);
    return {};
  },
});

export const GetBucketLifecycleConfiguration = defineOperation({
  name: 'GetBucketLifecycleConfiguration',
  access: { on: 'bucket', action: 's3:GetLifecycleConfiguration', permission: undefined },
  accepts: [],
  async run({ Bucket }, { bucket, store }) {
    const kept = await store.buckets.config<LifecycleConfiguration>(bucket, lifecycleConfig);
    if (kept === undefined) {
      throw new S3Error('NoSuchLifecycleConfiguration', { fields: { BucketName: Bucket } });
    }
    return { Rules: rulesDocument(kept) };
  },
});

export const DeleteBucketLifecycle = defineOperation({
  name: 'DeleteBucketLifecycle',
  access: { on: 'bucket', action: 's3:PutLifecycleConfiguration', permission: undefined },
  accepts: [],
  async run(_input, context) {
    await keep(undefined, context);
    return {};
  },
});

async function keep(
  configuration: LifecycleConfiguration | undefined,
  { bucket, store }: OperationContext,
): Promise<void> {
  const changed = await store.buckets.setConfig(bucket, lifecycleConfig, configuration);
  if (changed === undefined) {
    throw new S3Error('NoSuchBucket', { fields: { BucketName: bucket.name } });
  }
}
