import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { bob, bytesOf, type House, openHouse, streamOf } from '../contract/house.ts';

let house: House;
const Bucket = 'fruit';
const Key = 'pear';
const Body = Buffer.from('hello world');
const md5 = '5eb63bbbe01eeed093cb22bb8f5acdc3';

beforeEach(async () => {
  house = openHouse();
  await house.run('CreateBucket', { Bucket, ACL: 'public-read-write' });
});

async function exists(key = Key): Promise<boolean> {
  return (await house.store.objects.get(await house.bucket(Bucket), key)) !== undefined;
}

describe('PutObject', () => {
  it('answers the MD5 as ETag and a CRC64NVME where no checksum was sent', async () => {
    const output = await house.run('PutObject', { Bucket, Key, Body });
    expect(output).toEqual({
      ETag: `"${md5}"`,
      ChecksumCRC64NVME: expect.stringMatching(/^.{12}$/),
      ChecksumType: 'FULL_OBJECT',
    });
  });

  it('stores the same for a buffer, a small stream and a large one', async () => {
    const large = Buffer.alloc(3 * 1024 * 1024, 'kist');
    const chunks = [large.subarray(0, 1_000_000), large.subarray(1_000_000)];
    for (const body of [large, streamOf(chunks)]) {
      await house.run('PutObject', { Bucket, Key, Body: body });
      const output = await house.run('GetObject', { Bucket, Key });
      expect(output.ETag).toBe(`"${createHash('md5').update(large).digest('hex')}"`);
      expect((await bytesOf(output.Body)).equals(large)).toBe(true);
    }
    await house.run('PutObject', { Bucket, Key, Body: streamOf(['hello', ' world']) });
    expect((await house.run('HeadObject', { Bucket, Key })).ETag).toBe(`"${md5}"`);
  });

  it('takes no body for an empty object', async () => {
    await house.run('PutObject', { Bucket, Key });
    const output = await house.run('GetObject', { Bucket, Key });
    expect(output).toMatchObject({ ContentLength: 0, ContentType: 'binary/octet-stream' });
    expect(await bytesOf(output.Body)).toEqual(Buffer.alloc(0));
  });

  it('keeps what the client says of the object, without the transfer coding', async () => {
    const said = {
      CacheControl: 'no-cache',
      ContentDisposition: 'attachment',
      ContentLanguage: 'de',
      ContentType: 'text/plain',
      ExpiresString: 'not even a date',
      WebsiteRedirectLocation: '/elsewhere',
      Metadata: { colour: 'grün' },
    };
    const ContentEncoding = 'aws-chunked,gzip';
    await house.run('PutObject', { Bucket, Key, Body, ...said, ContentEncoding, Tagging: 'a=1&b' });
    const output = await house.run('HeadObject', { Bucket, Key });
    expect(output).toMatchObject({ ...said, ContentEncoding: 'gzip', TagCount: 2 });
    expect(output.VersionId).toBeUndefined();
    expect(output.StorageClass).toBeUndefined();
  });

  it('stores nothing if Content-MD5, SHA-256 or a checksum does not match', async () => {
    const wrong = Buffer.alloc(16).toString('base64');
    for (const body of [Body, streamOf([Body]), streamOf([Buffer.alloc(2 * 1024 * 1024)])]) {
      const put = { Bucket, Key, Body: body };
      await house.refused('PutObject', { ...put, ContentMD5: wrong }, 'BadDigest');
      await house.refused('PutObject', { ...put, ChecksumCRC32: 'AAAAAA==' }, 'BadDigest');
      const payload = { sha256: '0'.repeat(64) };
      await house.refused('PutObject', put, 'XAmzContentSHA256Mismatch', { payload });
    }
    expect(await exists()).toBe(false);
  });

  it('verifies a checksum that comes in a trailer and keeps it', async () => {
    const payload = { trailerChecksum: 'CRC32', trailer: () => 'DUoRhQ==' } as const;
    const put = { Bucket, Key, Body: streamOf([Body]) };
    const output = await house.run('PutObject', put, { payload });
    expect(output.ChecksumCRC32).toBe('DUoRhQ==');
    const lying = { ...payload, trailer: () => 'AAAAAA==' };
    await house.refused('PutObject', put, 'BadDigest', { payload: lying });
  });

  it('refuses more than 5 GiB before reading a byte', async () => {
    const length = 5 * 1024 ** 3 + 1;
    const unread = {
      length,
      [Symbol.asyncIterator]: () => {
        throw new Error('was read');
      },
    };
    const error = await house.refused('PutObject', { Bucket, Key, Body: unread }, 'EntityTooLarge');
    expect(error.fields.ProposedSize).toBe(String(length));
  });

  it('evaluates If-None-Match and If-Match, before reading and when it commits', async () => {
    const unread = streamOf([Body]);
    const condition = { Bucket, Key, Body: unread };
    await house.refused('PutObject', { ...condition, IfMatch: `"${md5}"` }, 'NoSuchKey');
    await house.run('PutObject', { Bucket, Key, Body, IfNoneMatch: '*' });
    await house.refused('PutObject', { ...condition, IfNoneMatch: '*' }, 'PreconditionFailed');
    await house.refused('PutObject', { ...condition, IfMatch: '"other"' }, 'PreconditionFailed');
    await house.run('PutObject', { Bucket, Key, Body, IfMatch: md5 });
  });

  it('lets one of many conditional puts at once win', async () => {
    const puts = Array.from({ length: 10 }, (_, i) =>
      house.run('PutObject', { Bucket, Key, Body: streamOf([`body ${i}`]), IfNoneMatch: '*' }),
    );
    const settled = await Promise.allSettled(puts);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('refuses storage classes but STANDARD', async () => {
    await house.run('PutObject', { Bucket, Key, Body, StorageClass: 'STANDARD' });
    const cold = { Bucket, Key, Body, StorageClass: 'GLACIER' } as const;
    await house.refused('PutObject', cold, 'InvalidStorageClass');
  });

  it('gives the object to its writer, and to the bucket owner what the writer grants', async () => {
    const ACL = 'bucket-owner-full-control';
    await house.run('PutObject', { Bucket, Key, Body, ACL }, { as: bob });
    expect((await house.object(Bucket, Key)).acl).toEqual({
      owner: 'bob',
      grants: [
        { grantee: { account: 'bob' }, permission: 'FULL_CONTROL' },
        { grantee: { account: 'alice' }, permission: 'FULL_CONTROL' },
      ],
    });
  });

  it("gives an anonymous writer's object to the bucket's owner", async () => {
    await house.run('PutObject', { Bucket, Key, Body }, { as: 'anonymous' });
    expect((await house.object(Bucket, Key)).acl.owner).toBe('alice');
  });
});

describe('DeleteObject', () => {
  it('succeeds whether or not the object is there', async () => {
    await house.run('PutObject', { Bucket, Key, Body });
    expect(await house.run('DeleteObject', { Bucket, Key })).toEqual({});
    expect(await house.run('DeleteObject', { Bucket, Key })).toEqual({});
    expect(await exists()).toBe(false);
  });

  it('evaluates If-Match, last-modified time and size', async () => {
    await house.run('PutObject', { Bucket, Key, Body });
    const IfMatchLastModifiedTime = new Date(house.clock + 60_000);
    for (const condition of [
      { IfMatch: '"other"' },
      { IfMatchLastModifiedTime },
      { IfMatchSize: 1 },
    ]) {
      await house.refused('DeleteObject', { Bucket, Key, ...condition }, 'PreconditionFailed');
    }
    await house.run('DeleteObject', {
      Bucket,
      Key,
      IfMatch: `"${md5}"`,
      IfMatchSize: Body.length,
      IfMatchLastModifiedTime: new Date(Math.floor(house.clock / 1000) * 1000),
    });
    await house.refused('DeleteObject', { Bucket, Key, IfMatch: '*' }, 'PreconditionFailed');
  });
});

describe('DeleteObjects', () => {
  it('answers for each key on its own, in order', async () => {
    await house.run('PutObject', { Bucket, Key: 'a', Body });
    await house.run('PutObject', { Bucket, Key: 'b', Body });
    const long = 'x'.repeat(1025);
    const output = await house.run('DeleteObjects', {
      Bucket,
      Delete: {
        Objects: [
          { Key: 'a', VersionId: 'null' },
          { Key: long },
          { Key: 'never there' },
          { Key: 'b', ETag: '"other"' },
          { Key: 'c', VersionId: 'bogus' },
        ],
      },
    });
    expect(output.Deleted).toEqual([{ Key: 'a', VersionId: 'null' }, { Key: 'never there' }]);
    expect(output.Errors).toMatchObject([
      { Key: long, Code: 'KeyTooLongError' },
      { Key: 'b', Code: 'PreconditionFailed' },
      { Key: 'c', VersionId: 'bogus', Code: 'InvalidArgument' },
    ]);
    expect(await exists('a')).toBe(false);
    expect(await exists('b')).toBe(true);
  });

  it('says nothing of what went well when asked to be quiet', async () => {
    await house.run('PutObject', { Bucket, Key, Body });
    const Delete = { Objects: [{ Key }], Quiet: true };
    const output = await house.run('DeleteObjects', { Bucket, Delete });
    expect(output).toEqual({ Deleted: undefined, Errors: undefined });
    expect(await exists()).toBe(false);
  });

  it('deletes 1,000 keys and refuses 1,001, or none', async () => {
    const keys = Array.from({ length: 1001 }, (_, i) => ({ Key: `key-${i}` }));
    await house.run('PutObject', { Bucket, Key: 'key-999', Body });
    const Delete = { Objects: keys.slice(0, 1000) };
    const output = await house.run('DeleteObjects', { Bucket, Delete });
    expect(output.Deleted).toHaveLength(1000);
    expect(await exists('key-999')).toBe(false);
    for (const Objects of [keys, []]) {
      await house.refused('DeleteObjects', { Bucket, Delete: { Objects } }, 'MalformedXML');
    }
  });
});
