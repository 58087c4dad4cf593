/**
 * GetObjectLockConfiguration and PutObjectLockConfiguration. Object lock can be enabled in a bucket whose
 * versioning is enabled, and never be disabled again; without a rule the default retention goes.
 *
 * A default event hold is refused by name, as is the token for enabling it where versioning isn't.
 */
import { type DefaultRetention, defaultRetentionConfig } from '../../features/object-lock/rules.ts';
import type { DefaultRetention as RetentionElement } from '../../model/types.gen.ts';
import { S3Error } from '../../protocol/errors.ts';
import { defineOperation } from '../operation.ts';

/** A hundred years. */
const maxDays = 36_500;
const maxYears = 100;

export const GetObjectLockConfiguration = defineOperation({
  name: 'GetObjectLockConfiguration',
  access: { on: 'bucket', action: 's3:GetBucketObjectLockConfiguration', permission: undefined },
  accepts: [],
  async run(_input, { bucket, store }) {
    if (!bucket.objectLock) throw new S3Error('ObjectLockConfigurationNotFoundError');
    const found = await store.buckets.config<DefaultRetention>(bucket, defaultRetentionConfig);
    return {
      ObjectLockConfiguration: {
        ObjectLockEnabled: 'Enabled',
        Rule: found && {
          DefaultRetention: { Mode: found.mode, Days: found.days, Years: found.years },
        },
      },
    };
  },
});

export const PutObjectLockConfiguration = defineOperation({
  name: 'PutObjectLockConfiguration',
  access: { on: 'bucket', action: 's3:PutBucketObjectLockConfiguration', permission: undefined },
  accepts: ['ObjectLockConfiguration'],
  async run({ Bucket, ObjectLockConfiguration: configuration }, { bucket, store }) {
    if (configuration?.ObjectLockEnabled === undefined) throw new S3Error('MalformedXML');
    const { Rule: rule } = configuration;
    const retention = rule && retentionOf(rule.DefaultRetention);
    const changed = await store.buckets.setConfig(
      bucket,
      defaultRetentionConfig,
      retention,
      (now) => {
        if (now.versioning === 'Enabled') return { ...now, objectLock: true };
        throw new S3Error('InvalidBucketState', {
          message:
            "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration",
        });
      },
    );
    if (changed === undefined)
      throw new S3Error('NoSuchBucket', { fields: { BucketName: Bucket } });
    return {};
  },
});

/** @throws S3Error MalformedXML, InvalidArgument, NotImplemented */
function retentionOf(element: RetentionElement | undefined): DefaultRetention {
  if (element === undefined) throw new S3Error('MalformedXML');
  const { Mode: mode, Days: days, Years: years, DefaultEventHold } = element;
  if (DefaultEventHold !== undefined) {
    throw new S3Error('NotImplemented', {
      message: 'A default event hold is not implemented.',
      fields: { Header: 'DefaultEventHold' },
    });
  }
  if (mode === undefined || (days === undefined) === (years === undefined)) {
    throw new S3Error('MalformedXML');
  }
  if (days !== undefined) assertPeriod('Days', days, maxDays);
  if (years !== undefined) assertPeriod('Years', years, maxYears);
  return { mode, days, years };
}

function assertPeriod(name: 'Days' | 'Years', value: number, max: number): void {
  if (value >= 1 && value <= max) return;
  throw new S3Error('InvalidArgument', {
    message:
      value < 1
        ? 'Default retention period must be a positive integer value.'
        : 'Default retention period is too large.',
    fields: { ArgumentName: name, ArgumentValue: String(value) },
  });
}
