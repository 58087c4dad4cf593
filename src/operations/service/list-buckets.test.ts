import { beforeEach, describe, expect, it } from 'vitest';
import { bob, type House, openHouse, root } from '../contract/house.ts';

let house: House;

beforeEach(async () => {
  house = openHouse();
  for (const Bucket of ['pear', 'apple', 'apricot']) await house.run('CreateBucket', { Bucket });
  await house.run('CreateBucket', { Bucket: 'bobs' }, { as: bob });
});

const names = (buckets: readonly { Name?: string | undefined }[] | undefined) =>
  buckets?.map(({ Name }) => Name);

describe('ListBuckets', () => {
  it('lists the buckets of the caller in order of name, with owner and region', async () => {
    const output = await house.run('ListBuckets', {});
    expect(names(output.Buckets)).toEqual(['apple', 'apricot', 'pear']);
    expect(output.Buckets?.[0]).toEqual({
      Name: 'apple',
      CreationDate: new Date(house.clock),
      BucketRegion: 'eu-central-1',
    });
    expect(output.Owner).toEqual({ ID: 'alice', DisplayName: 'Alice' });
    expect(output.ContinuationToken).toBeUndefined();
  });

  it("doesn't list others' buckets for root", async () => {
    expect((await house.run('ListBuckets', {}, { as: root })).Buckets).toEqual([]);
  });

  it('pages by a token that continues after the last name', async () => {
    const first = await house.run('ListBuckets', { MaxBuckets: 2 });
    expect(names(first.Buckets)).toEqual(['apple', 'apricot']);
    const second = await house.run('ListBuckets', {
      MaxBuckets: 2,
      ContinuationToken: first.ContinuationToken,
    });
    expect(names(second.Buckets)).toEqual(['pear']);
    expect(second.ContinuationToken).toBeUndefined();
  });

  it('filters by prefix and repeats it', async () => {
    const output = await house.run('ListBuckets', { Prefix: 'ap' });
    expect(names(output.Buckets)).toEqual(['apple', 'apricot']);
    expect(output.Prefix).toBe('ap');
  });

  it('filters by region, which is the same for all', async () => {
    const here = await house.run('ListBuckets', { BucketRegion: 'eu-central-1' });
    const elsewhere = await house.run('ListBuckets', { BucketRegion: 'us-west-2' });
    expect(here.Buckets).toHaveLength(3);
    expect(elsewhere.Buckets).toEqual([]);
  });

  it('refuses a token that is not one of its own', async () => {
    await house.refused('ListBuckets', { ContinuationToken: 'apple' }, 'InvalidArgument');
  });
});
