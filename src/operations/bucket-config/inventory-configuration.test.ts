import { expect, it } from 'vitest';
import { maxInventoryConfigurations } from '../../features/inventory/configuration.ts';
import type { InventoryConfiguration } from '../../model/types.gen.ts';
import { bob, openHouse } from '../contract/house.ts';

const house = openHouse();

function put(Id: string) {
  const configuration: InventoryConfiguration = {
    Id,
    IsEnabled: false,
    IncludedObjectVersions: 'Current',
    Schedule: { Frequency: 'Daily' },
    Destination: { S3BucketDestination: { Bucket: 'arn:aws:s3:::bucket', Format: 'CSV' } },
  };
  return { Bucket: 'bucket', Id, InventoryConfiguration: configuration };
}

it('a bucket has a thousand configurations and no more, each of which can be replaced', async () => {
  await house.run('CreateBucket', { Bucket: 'bucket' });
  for (let count = 0; count < maxInventoryConfigurations; count++) {
    await house.run('PutBucketInventoryConfiguration', put(`id-${count}`));
  }
  const next = put('one-more');
  await house.refused('PutBucketInventoryConfiguration', next, 'TooManyConfigurations');
  await house.run('PutBucketInventoryConfiguration', put('id-0'));
  await house.run('DeleteBucketInventoryConfiguration', { Bucket: 'bucket', Id: 'id-0' });
  await house.run('PutBucketInventoryConfiguration', next);
  const { configured = [] } = await house.bucket('bucket');
  expect(configured).toHaveLength(maxInventoryConfigurations);
});

it('who may configure reports, but is not the owner, sends them where he may write', async () => {
  const shared = openHouse();
  await shared.run('CreateBucket', { Bucket: 'bucket' });
  const as = { as: bob };
  await shared.refused('PutBucketInventoryConfiguration', put('by-bob'), 'AccessDenied', as);
  await shared.run('PutBucketAcl', { Bucket: 'bucket', GrantWrite: 'id="bob"' });
  await shared.run('PutBucketInventoryConfiguration', put('by-bob'), as);
});
