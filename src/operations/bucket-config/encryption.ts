/**
 * GetBucketEncryption, PutBucketEncryption, DeleteBucketEncryption: what new objects are encrypted with that ask for
 * nothing themselves. A bucket has no default until it is given one, where every bucket of S3 has AES256.
 * BlockedEncryptionTypes and aws:kms:dsse are refused.
 */
import {
  type BucketEncryption,
  bucketEncryptionOf,
  encryptionConfig,
  encryptionDocument,
} from '../../features/encryption/bucket-encryption.ts';
import { S3Error } from '../../protocol/errors.ts';
import { defineOperation } from '../operation.ts';
import { configOf, removeConfig, replaceConfig } from './subresource.ts';

export const GetBucketEncryption = defineOperation({
  name: 'GetBucketEncryption',
  access: { on: 'bucket', action: 's3:GetEncryptionConfiguration', permission: undefined },
  accepts: [],
  async run(_input, context) {
    const record = await configOf<BucketEncryption>(context, encryptionConfig);
    if (record === undefined) {
      throw new S3Error('ServerSideEncryptionConfigurationNotFoundError', {
        fields: { BucketName: context.bucket.name },
      });
    }
    return { ServerSideEncryptionConfiguration: encryptionDocument(record) };
  },
});

export const PutBucketEncryption = defineOperation({
  name: 'PutBucketEncryption',
  access: { on: 'bucket', action: 's3:PutEncryptionConfiguration', permission: undefined },
  accepts: ['ServerSideEncryptionConfiguration'],
  async run({ ServerSideEncryptionConfiguration: document }, context) {
    await replaceConfig(context, encryptionConfig, bucketEncryptionOf(document));
    return {};
  },
});

export const DeleteBucketEncryption = defineOperation({
  name: 'DeleteBucketEncryption',
  access: { on: 'bucket', action: 's3:PutEncryptionConfiguration', permission: undefined },
  accepts: [],
  async run(_input, context) {
    await removeConfig(context, encryptionConfig);
    return {};
  },
});
