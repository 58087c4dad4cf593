import { beforeEach, expect, it } from 'vitest';
import type { StorageClass } from '../model/types.gen.ts';
import { type House, openHouse } from './contract/house.ts';

let house: House;
const Bucket = 'fruit';
const Key = 'pear';
const Body = Buffer.from('sweet');

beforeEach(async () => {
  house = openHouse();
  await house.run('CreateBucket', { Bucket });
});

it.each<StorageClass>([
  'GLACIER_IR',
  'INTELLIGENT_TIERING',
  'ONEZONE_IA',
  'REDUCED_REDUNDANCY',
  'STANDARD_IA',
])('%s, which can be read at once, is kept and shown', async (StorageClass) => {
  await house.run('PutObject', { Bucket, Key, Body, StorageClass });
  expect(await house.run('HeadObject', { Bucket, Key })).toMatchObject({ StorageClass });
});

it('STANDARD goes without saying', async () => {
  await house.run('PutObject', { Bucket, Key, Body, StorageClass: 'STANDARD' });
  expect((await house.run('HeadObject', { Bucket, Key })).StorageClass).toBeUndefined();
});

it.each<StorageClass>([
  'DEEP_ARCHIVE',
  'EXPRESS_ONEZONE',
  'FSX_OPENZFS',
  'GLACIER',
  'OUTPOSTS',
  'SNOW',
])('%s, which is an archive or of another service, is refused', async (StorageClass) => {
  const input = { Bucket, Key, Body, StorageClass };
  const error = await house.refused('PutObject', input, 'InvalidStorageClass');
  expect(error.fields).toEqual({ StorageClassRequested: StorageClass });
  await house.refused(
    'CreateMultipartUpload',
    { Bucket, Key, StorageClass },
    'InvalidStorageClass',
  );
});
