/** GetBucketWebsite, PutBucketWebsite, DeleteBucketWebsite. The site itself is served by `http/website.ts`. */
import {
  type WebsiteRecord,
  websiteConfig,
  websiteRecordOf,
} from '../../features/website/configuration.ts';
import { S3Error } from '../../protocol/errors.ts';
import { defineOperation } from '../operation.ts';
import { configOf, removeConfig, replaceConfig } from './subresource.ts';

export const GetBucketWebsite = defineOperation({
  name: 'GetBucketWebsite',
  access: { on: 'bucket', action: 's3:GetBucketWebsite', permission: undefined },
  accepts: [],
  async run(_input, context) {
    const record = await configOf<WebsiteRecord>(context, websiteConfig);
    if (record === undefined) throw new S3Error('NoSuchWebsiteConfiguration');
    return record;
  },
});

export const PutBucketWebsite = defineOperation({
  name: 'PutBucketWebsite',
  access: { on: 'bucket', action: 's3:PutBucketWebsite', permission: undefined },
  accepts: ['WebsiteConfiguration'],
  async run({ WebsiteConfiguration }, context) {
    await replaceConfig(context, websiteConfig, websiteRecordOf(WebsiteConfiguration));
    return {};
  },
});

export const DeleteBucketWebsite = defineOperation({
  name: 'DeleteBucketWebsite',
  access: { on: 'bucket', action: 's3:DeleteBucketWebsite', permission: undefined },
  accepts: [],
  async run(_input, context) {
    await removeConfig(context, websiteConfig);
    return {};
  },
});
