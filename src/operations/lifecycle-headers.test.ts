import { expect, it } from 'vitest';
import { openHouse } from './contract/house.ts';

const Bucket = 'archive';
const Key = 'page';
const mostDays = 2 ** 31 - 1;

it('a rule for later than any header has a date for shows none', async () => {
  const house = openHouse();
  await house.run('CreateBucket', { Bucket });
  const shown = async (days: number) => {
    const rule = {
      ID: 'all',
      Status: 'Enabled',
      Filter: { Prefix: '' },
      Expiration: { Days: days },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: days },
    } as const;
    const LifecycleConfiguration = { Rules: [rule] };
    await house.run('PutBucketLifecycleConfiguration', { Bucket, LifecycleConfiguration });
    await house.run('PutObject', { Bucket, Key, Body: Buffer.from('x') });
    const { Expiration } = await house.run('HeadObject', { Bucket, Key });
    const { AbortDate } = await house.run('CreateMultipartUpload', { Bucket, Key });
    return [Expiration, AbortDate?.toISOString()];
  };
  expect(await shown(1)).toEqual([
    'expiry-date="Wed, 08 May 2024 00:00:00 GMT", rule-id="all"',
    '2024-05-08T00:00:00.000Z',
  ]);
  expect(await shown(mostDays)).toEqual([undefined, undefined]);
  expect(await shown(3_000_000)).toEqual([undefined, undefined]);
});
