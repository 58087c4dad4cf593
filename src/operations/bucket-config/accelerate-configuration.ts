/**
 * GetBucketAccelerateConfiguration, PutBucketAccelerateConfiguration ("Configuring fast, secure file transfers
 * using Amazon S3 Transfer Acceleration" in the S3 user guide).
 *
 * There are no edge locations here: as in S3 where acceleration isn't available, a bucket has no
 * configuration, and setting one, suspended or not, is refused.
 */
import { S3Error } from '../../protocol/errors.ts';
import { defineOperation } from '../operation.ts';

export const GetBucketAccelerateConfiguration = defineOperation({
  name: 'GetBucketAccelerateConfiguration',
  access: { on: 'bucket', action: 's3:GetAccelerateConfiguration', permission: undefined },
  accepts: [],
  run: () => ({}),
});

export const PutBucketAccelerateConfiguration = defineOperation({
  name: 'PutBucketAccelerateConfiguration',
  access: { on: 'bucket', action: 's3:PutAccelerateConfiguration', permission: undefined },
  accepts: ['AccelerateConfiguration'],
  run() {
    throw new S3Error('InvalidRequest', {
      message: 'S3 Transfer Acceleration is not supported on this bucket',
    });
  },
});
