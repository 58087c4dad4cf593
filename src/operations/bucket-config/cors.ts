/** GetBucketCors, PutBucketCors, DeleteBucketCors. What the rules do is `features/cors` and `http/cors.ts`. */
import { type CorsRecord, corsConfig, corsRecordOf } from '../../features/cors/configuration.ts';
import { S3Error } from '../../protocol/errors.ts';
import { defineOperation } from '../operation.ts';
import { configOf, removeConfig, replaceConfig } from './subresource.ts';

export const GetBucketCors = defineOperation({
  name: 'GetBucketCors',
  access: { on: 'bucket', action: 's3:GetBucketCORS', permission: undefined },
  accepts: [],
  async run(_input, context) {
    const record = await configOf<CorsRecord>(context, corsConfig);
    if (record === undefined) throw new S3Error('NoSuchCORSConfiguration');
    return { CORSRules: record.rules };
  },
});

export const PutBucketCors = defineOperation({
  name: 'PutBucketCors',
  access: { on: 'bucket', action: 's3:PutBucketCORS', permission: undefined },
  accepts: ['CORSConfiguration'],
  async run({ CORSConfiguration }, context) {
    await replaceConfig(context, corsConfig, corsRecordOf(CORSConfiguration));
    return {};
  },
});

export const DeleteBucketCors = defineOperation({
  name: 'DeleteBucketCors',
  access: { on: 'bucket', action: 's3:PutBucketCORS', permission: undefined },
  accepts: [],
  async run(_input, context) {
    await removeConfig(context, corsConfig);
    return {};
  },
});
