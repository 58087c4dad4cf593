import { beforeEach, describe, expect, it } from 'vitest';
import { bob, bytesOf, type House, openHouse, root } from '../contract/house.ts';

let house: House;
const Bucket = 'fruit';
const CopySource = 'fruit/pear';
const Key = 'copy';
const Body = Buffer.from('0123456789');

beforeEach(async () => {
  house = openHouse();
  await house.run('CreateBucket', { Bucket });
  await house.run('PutObject', {
    Bucket,
    Key: 'pear',
    Body,
    ACL: 'public-read',
    ContentType: 'text/plain',
    Metadata: { colour: 'green' },
    Tagging: 'a=1',
    WebsiteRedirectLocation: '/x',
    ChecksumCRC32: 'poTHxg==',
  });
});

const head = (key = Key) => house.run('HeadObject', { Bucket, Key: key, ChecksumMode: 'ENABLED' });

describe('CopyObject', () => {
  it('copies bytes, headers, metadata, tags and checksum, but neither ACL nor redirect', async () => {
    house.clock += 60_000;
    const output = await house.run('CopyObject', { Bucket, Key, CopySource });
    expect(output.CopyObjectResult).toMatchObject({
      ETag: '"781e5e245d69b566979b86e28d23f2c7"',
      LastModified: new Date(house.clock),
      ChecksumCRC32: 'poTHxg==',
      ChecksumType: 'FULL_OBJECT',
    });
    expect(await head()).toMatchObject({
      ContentType: 'text/plain',
      Metadata: { colour: 'green' },
      TagCount: 1,
      WebsiteRedirectLocation: undefined,
    });
    expect((await house.object(Bucket, Key)).acl.grants).toHaveLength(1);
    const copy = await house.run('GetObject', { Bucket, Key });
    expect(await bytesOf(copy.Body)).toEqual(Body);
  });

  it('keeps the copy when the source is deleted, and the other way round', async () => {
    await house.run('CopyObject', { Bucket, Key, CopySource });
    await house.run('DeleteObject', { Bucket, Key: 'pear' });
    const copy = await house.run('GetObject', { Bucket, Key });
    expect(await bytesOf(copy.Body)).toEqual(Body);
  });

  it('replaces metadata and tags where directed', async () => {
    await house.run('CopyObject', {
      Bucket,
      Key,
      CopySource,
      MetadataDirective: 'REPLACE',
      TaggingDirective: 'REPLACE',
      Metadata: { taste: 'sweet' },
      Tagging: 'b=2&c=3',
    });
    const output = await head();
    expect(output).toMatchObject({
      ContentType: 'binary/octet-stream',
      Metadata: { taste: 'sweet' },
      TagCount: 2,
    });
  });

  it('refuses a copy onto itself that changes nothing', async () => {
    const error = await house.refused(
      'CopyObject',
      { Bucket, Key: 'pear', CopySource },
      'InvalidRequest',
    );
    expect(error.message).toMatch(/^This copy request is illegal because it is trying to copy/);
    await house.run('CopyObject', {
      Bucket,
      Key: 'pear',
      CopySource,
      MetadataDirective: 'REPLACE',
      Metadata: { colour: 'red' },
    });
    expect(await head('pear')).toMatchObject({ Metadata: { colour: 'red' } });
    await house.run('CopyObject', { Bucket, Key: 'pear', CopySource, StorageClass: 'STANDARD' });
    expect(await bytesOf((await house.run('GetObject', { Bucket, Key: 'pear' })).Body)).toEqual(
      Body,
    );
  });

  it('computes a checksum that the source does not have', async () => {
    const output = await house.run('CopyObject', {
      Bucket,
      Key,
      CopySource,
      ChecksumAlgorithm: 'SHA256',
    });
    expect(output.CopyObjectResult).toMatchObject({
      ChecksumSHA256: 'hNiYd/DUBB77a/kaFvAkjy/Vc+avBcGflr7bn4gveII=',
      ChecksumType: 'FULL_OBJECT',
    });
  });

  it('evaluates conditions on the source and on what it replaces', async () => {
    const copy = { Bucket, Key, CopySource };
    const other = { ...copy, CopySourceIfMatch: '"other"' };
    await house.refused('CopyObject', other, 'PreconditionFailed');
    const since = { ...copy, CopySourceIfModifiedSince: new Date(house.clock + 1000) };
    await house.refused('CopyObject', since, 'PreconditionFailed');
    await house.run('CopyObject', { ...copy, IfNoneMatch: '*' });
    await house.refused('CopyObject', { ...copy, IfNoneMatch: '*' }, 'PreconditionFailed');
  });

  it('takes version null of the source and no other', async () => {
    await house.run('CopyObject', { Bucket, Key, CopySource: `${CopySource}?versionId=null` });
    const other = `${CopySource}?versionId=${'v'.repeat(32)}`;
    await house.refused('CopyObject', { Bucket, Key, CopySource: other }, 'NoSuchVersion');
  });

  it('refuses sources that are missing, too large or no key', async () => {
    const copy = (source: string) => ({ Bucket, Key, CopySource: source });
    await house.refused('CopyObject', copy('fruit/missing'), 'NoSuchKey');
    await house.refused('CopyObject', copy('nowhere/pear'), 'NoSuchBucket');
    await house.refused('CopyObject', copy(`fruit/${'x'.repeat(1025)}`), 'KeyTooLongError');
  });

  it('copies no tags for those who may not read them', async () => {
    await house.refused('CopyObject', { Bucket, Key, CopySource }, 'AccessDenied', { as: bob });
    await house.run('CopyObject', { Bucket, Key, CopySource }, { as: root });
    const untagged = { Bucket, Key, CopySource, TaggingDirective: 'REPLACE' } as const;
    await house.run('CopyObject', untagged, { as: bob });
    expect((await house.object(Bucket, Key)).acl.owner).toBe('bob');
  });
});
