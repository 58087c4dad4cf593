/**
 * GetBucketVersioning and PutBucketVersioning. A bucket that was never versioned answers an empty document.
 * MFA delete is refused by name.
 */
import { S3Error } from '../../protocol/errors.ts';
import { defineOperation } from '../operation.ts';

export const GetBucketVersioning = defineOperation({
  name: 'GetBucketVersioning',
  access: { on: 'bucket', action: 's3:GetBucketVersioning', permission: undefined },
  accepts: [],
  run: (_input, { bucket }) => ({ Status: bucket.versioning }),
});

export const PutBucketVersioning = defineOperation({
  name: 'PutBucketVersioning',
  access: { on: 'bucket', action: 's3:PutBucketVersioning', permission: undefined },
  accepts: ['VersioningConfiguration'],
  async run({ Bucket, VersioningConfiguration: { MFADelete, Status } }, { bucket, store }) {
    if (MFADelete === 'Enabled') {
      throw new S3Error('NotImplemented', {
        message: 'MFA delete is not implemented.',
        fields: { Header: 'MfaDelete' },
      });
    }
    if (Status === undefined) {
      throw new S3Error('IllegalVersioningConfigurationException', {
        message: 'The Versioning element must be specified',
      });
    }
    const changed = await store.buckets.update(bucket, (now) => {
      if (now.objectLock && Status !== 'Enabled') {
        throw new S3Error('InvalidBucketState', {
          message:
            'An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.',
        });
      }
      return { ...now, versioning: Status };
    });
    if (changed === undefined)
      throw new S3Error('NoSuchBucket', { fields: { BucketName: Bucket } });
    return {};
  },
});
