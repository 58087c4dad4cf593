import { beforeEach, describe, expect, it } from 'vitest';
import { bytesOf, type House, openHouse } from '../contract/house.ts';

let house: House;
const Bucket = 'fruit';
const Key = 'pear';
const ETag = '"781e5e245d69b566979b86e28d23f2c7"';

beforeEach(async () => {
  house = openHouse();
  await house.run('CreateBucket', { Bucket });
  await house.run('PutObject', { Bucket, Key, Body: Buffer.from('0123456789') });
});

describe('GetObject', () => {
  it('answers the bytes with length, time and quoted ETag', async () => {
    const output = await house.run('GetObject', { Bucket, Key });
    expect(output).toMatchObject({
      ETag,
      ContentLength: 10,
      LastModified: new Date(house.clock),
      AcceptRanges: 'bytes',
      ContentRange: undefined,
      PartsCount: undefined,
    });
    expect((await bytesOf(output.Body)).toString()).toBe('0123456789');
  });

  it('answers a range, a suffix and an open end with where they lie', async () => {
    for (const [Range, text, ContentRange] of [
      ['bytes=2-4', '234', 'bytes 2-4/10'],
      ['bytes=-3', '789', 'bytes 7-9/10'],
      ['bytes=8-', '89', 'bytes 8-9/10'],
    ] as const) {
      const output = await house.run('GetObject', { Bucket, Key, Range });
      expect(output).toMatchObject({ ContentRange, ContentLength: text.length });
      expect((await bytesOf(output.Body)).toString()).toBe(text);
    }
  });

  it('refuses a range that no byte lies in', async () => {
    await house.refused('GetObject', { Bucket, Key, Range: 'bytes=10-' }, 'InvalidRange');
  });

  it('answers 304 with ETag and time, and 412', async () => {
    const unmodified = await house.refused(
      'GetObject',
      { Bucket, Key, IfNoneMatch: ETag },
      'NotModified',
    );
    expect(unmodified.headers).toMatchObject({ ETag });
    await house.refused('GetObject', { Bucket, Key, IfMatch: '"no"' }, 'PreconditionFailed');
    const IfModifiedSince = new Date(Math.floor(house.clock / 1000) * 1000);
    await house.refused('GetObject', { Bucket, Key, IfModifiedSince }, 'NotModified');
  });

  it('shows the checksum when asked, of the whole object only', async () => {
    const ChecksumMode = 'ENABLED';
    const whole = await house.run('GetObject', { Bucket, Key, ChecksumMode });
    expect(whole).toMatchObject({ ChecksumType: 'FULL_OBJECT' });
    expect(whole.ChecksumCRC64NVME).toBeDefined();
    const range = await house.run('GetObject', { Bucket, Key, ChecksumMode, Range: 'bytes=0-1' });
    const unasked = await house.run('GetObject', { Bucket, Key });
    for (const output of [range, unasked]) expect(output.ChecksumCRC64NVME).toBeUndefined();
  });

  it('lets signed requests override headers and refuses it to anonymous ones', async () => {
    const overrides = {
      ResponseCacheControl: 'a',
      ResponseContentDisposition: 'b',
      ResponseContentEncoding: 'c',
      ResponseContentLanguage: 'd',
      ResponseContentType: 'e',
      ResponseExpires: 'f',
    };
    const output = await house.run('GetObject', { Bucket, Key, ...overrides });
    expect(output).toMatchObject({
      CacheControl: 'a',
      ContentDisposition: 'b',
      ContentEncoding: 'c',
      ContentLanguage: 'd',
      ContentType: 'e',
      ExpiresString: 'f',
    });
    const anonymous = { as: 'anonymous' } as const;
    const error = await house.refused(
      'GetObject',
      { Bucket, Key, ResponseExpires: 'f' },
      'InvalidRequest',
      anonymous,
    );
    expect(error.message).toBe(
      'Request specific response headers cannot be used for anonymous GET requests.',
    );
  });

  it('treats an object put whole as its own part 1', async () => {
    const output = await house.run('GetObject', { Bucket, Key, PartNumber: 1 });
    expect(output).toMatchObject({ ContentRange: 'bytes 0-9/10', PartsCount: undefined });
    await house.refused('GetObject', { Bucket, Key, PartNumber: 2 }, 'InvalidPartNumber');
    const both = { Bucket, Key, PartNumber: 1, Range: 'bytes=0-1' };
    await house.refused('GetObject', both, 'InvalidRequest');
  });
});

describe('HeadObject', () => {
  it('answers as GetObject without the bytes', async () => {
    const { Body, ...headers } = await house.run('GetObject', { Bucket, Key, Range: 'bytes=1-2' });
    expect(Body).toBeDefined();
    expect(await house.run('HeadObject', { Bucket, Key, Range: 'bytes=1-2' })).toEqual(headers);
  });
});

describe('GetObjectAttributes', () => {
  it('answers what is asked for and nothing else, the ETag without quotes', async () => {
    const attributes = (ObjectAttributes: readonly ('ETag' | 'ObjectSize' | 'StorageClass')[]) =>
      house.run('GetObjectAttributes', { Bucket, Key, ObjectAttributes });
    expect(await attributes(['ETag'])).toEqual({
      LastModified: new Date(house.clock),
      ETag: ETag.slice(1, -1),
    });
    expect(await attributes(['ObjectSize', 'StorageClass'])).toEqual({
      LastModified: new Date(house.clock),
      ObjectSize: 10,
      StorageClass: 'STANDARD',
    });
  });

  it('has no parts for an object put whole, and shows its checksum', async () => {
    const output = await house.run('GetObjectAttributes', {
      Bucket,
      Key,
      ObjectAttributes: ['Checksum', 'ObjectParts'],
    });
    expect(output.ObjectParts).toBeUndefined();
    expect(output.Checksum).toMatchObject({ ChecksumType: 'FULL_OBJECT' });
  });
});

describe('object tagging', () => {
  it('is set, shown and taken away without touching the object', async () => {
    const TagSet = [{ Key: 'a', Value: '1' }];
    house.clock += 60_000;
    await house.run('PutObjectTagging', { Bucket, Key, Tagging: { TagSet } });
    expect(await house.run('GetObjectTagging', { Bucket, Key })).toEqual({ TagSet });
    const head = await house.run('HeadObject', { Bucket, Key });
    expect(head).toMatchObject({ TagCount: 1, ETag, LastModified: new Date(house.clock - 60_000) });
    await house.run('DeleteObjectTagging', { Bucket, Key });
    expect(await house.run('GetObjectTagging', { Bucket, Key })).toEqual({ TagSet: [] });
    expect((await house.run('HeadObject', { Bucket, Key })).TagCount).toBeUndefined();
  });
});

describe('PutObjectAcl and GetObjectAcl', () => {
  it('replace the ACL by canned name, headers and document', async () => {
    const grants = async () => (await house.run('GetObjectAcl', { Bucket, Key })).Grants;
    await house.run('PutObjectAcl', { Bucket, Key, ACL: 'public-read' });
    expect(await grants()).toHaveLength(2);
    await house.run('PutObjectAcl', { Bucket, Key, GrantRead: 'emailAddress="BOB@example.com"' });
    expect(await grants()).toEqual([
      { Grantee: { Type: 'CanonicalUser', ID: 'bob', DisplayName: 'Bob' }, Permission: 'READ' },
    ]);
    await house.run('PutObjectAcl', {
      Bucket,
      Key,
      AccessControlPolicy: { Owner: { ID: 'alice' }, Grants: [] },
    });
    expect(await grants()).toEqual([]);
  });

  it('refuse a request that asks for no ACL', async () => {
    await house.refused('PutObjectAcl', { Bucket, Key }, 'MissingSecurityHeader');
  });
});
