/**
 * GetBucketRequestPayment, PutBucketRequestPayment ("Using Requester Pays general purpose buckets" in the S3
 * user guide). What it does to requests is in `http/request-payment.ts`.
 */
import { defineOperation } from '../operation.ts';
import { removeConfig, replaceConfig } from './subresource.ts';

/** The bucket has a configuration of this name where the requester pays. */
export const requestPaymentConfig = 'requestPayment';

export const GetBucketRequestPayment = defineOperation({
  name: 'GetBucketRequestPayment',
  access: { on: 'bucket', action: 's3:GetBucketRequestPayment', permission: undefined },
  accepts: [],
  run: (_input, { bucket }) => ({
    Payer: bucket.configured?.includes(requestPaymentConfig) ? 'Requester' : 'BucketOwner',
  }),
});

export const PutBucketRequestPayment = defineOperation({
  name: 'PutBucketRequestPayment',
  access: { on: 'bucket', action: 's3:PutBucketRequestPayment', permission: undefined },
  accepts: ['RequestPaymentConfiguration'],
  async run({ RequestPaymentConfiguration: { Payer } }, context) {
    if (Payer === 'Requester') await replaceConfig(context, requestPaymentConfig, { Payer });
    else await removeConfig(context, requestPaymentConfig);
    return {};
  },
});
