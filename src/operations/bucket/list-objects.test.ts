import { beforeEach, describe, expect, it } from 'vitest';
import { type House, openHouse } from '../contract/house.ts';

let house: House;
const Bucket = 'fruit';

beforeEach(async () => {
  house = openHouse();
  await house.run('CreateBucket', { Bucket });
});

async function put(...keys: readonly string[]): Promise<void> {
  for (const Key of keys) await house.run('PutObject', { Bucket, Key, Body: Buffer.from(Key) });
}

const keysOf = (entries: readonly { Key?: string | undefined }[] | undefined) =>
  entries?.map(({ Key }) => Key);
const prefixesOf = (entries: readonly { Prefix?: string | undefined }[] | undefined) =>
  entries?.map(({ Prefix }) => Prefix);

describe('ListObjects', () => {
  it('lists keys in order of their bytes, with owner, ETag, size and checksum', async () => {
    await put('b', 'a', 'ä', 'B');
    const output = await house.run('ListObjects', { Bucket });
    expect(keysOf(output.Contents)).toEqual(['B', 'a', 'b', 'ä']);
    expect(output).toMatchObject({
      Name: Bucket,
      Prefix: '',
      Marker: '',
      MaxKeys: 1000,
      IsTruncated: false,
    });
    expect(output.Contents?.[1]).toEqual({
      Key: 'a',
      LastModified: new Date(house.clock),
      ETag: '"0cc175b9c0f1b6a831c399e269772661"',
      ChecksumAlgorithm: ['CRC64NVME'],
      ChecksumType: 'FULL_OBJECT',
      Size: 1,
      StorageClass: 'STANDARD',
      Owner: { ID: 'alice', DisplayName: 'Alice' },
    });
  });

  it('rolls keys up to the delimiter into common prefixes', async () => {
    await put('a/1', 'a/2', 'b', 'c/1');
    const output = await house.run('ListObjects', { Bucket, Delimiter: '/' });
    expect(keysOf(output.Contents)).toEqual(['b']);
    expect(prefixesOf(output.CommonPrefixes)).toEqual(['a/', 'c/']);
    expect(output.Delimiter).toBe('/');
  });

  it('treats an empty delimiter as none', async () => {
    await put('a/1');
    const output = await house.run('ListObjects', { Bucket, Delimiter: '' });
    expect(keysOf(output.Contents)).toEqual(['a/1']);
    expect(output.Delimiter).toBeUndefined();
  });

  it('gives NextMarker with a delimiter only, a prefix as well as a key', async () => {
    await put('a/1', 'b', 'c');
    const plain = await house.run('ListObjects', { Bucket, MaxKeys: 1 });
    expect(plain).toMatchObject({ IsTruncated: true, NextMarker: undefined });
    const rolled = await house.run('ListObjects', { Bucket, MaxKeys: 1, Delimiter: '/' });
    expect(rolled.NextMarker).toBe('a/');
    const next = await house.run('ListObjects', {
      Bucket,
      MaxKeys: 1,
      Delimiter: '/',
      Marker: rolled.NextMarker,
    });
    expect(keysOf(next.Contents)).toEqual(['b']);
    expect(next).toMatchObject({ Marker: 'a/', NextMarker: 'b' });
  });

  it('answers nothing, not truncated, for no keys at all', async () => {
    await put('a');
    const output = await house.run('ListObjects', { Bucket, MaxKeys: 0 });
    expect(output).toMatchObject({ MaxKeys: 0, IsTruncated: false, Contents: [] });
  });

  it('holds no more than 1,000 entries a page, whatever is asked for', async () => {
    const output = await house.run('ListObjects', { Bucket, MaxKeys: 5000 });
    expect(output.MaxKeys).toBe(1000);
  });

  it('refuses prefixes and markers longer than any key', async () => {
    const long = 'x'.repeat(1025);
    await house.refused('ListObjects', { Bucket, Prefix: long }, 'KeyTooLongError');
    await house.refused('ListObjects', { Bucket, Marker: long }, 'KeyTooLongError');
  });
});

describe('ListObjectsV2', () => {
  it('counts keys and prefixes and names owners only when asked', async () => {
    await put('a/1', 'b');
    const output = await house.run('ListObjectsV2', { Bucket, Delimiter: '/' });
    expect(output.KeyCount).toBe(2);
    expect(output.Contents?.[0]?.Key).toBe('b');
    expect(output.Contents?.[0]?.Owner).toBeUndefined();
    const owned = await house.run('ListObjectsV2', { Bucket, FetchOwner: true });
    expect(owned.Contents?.[0]?.Owner).toEqual({ ID: 'alice', DisplayName: 'Alice' });
  });

  it('continues by token to the end, every entry once', async () => {
    await put('a', 'b/1', 'b/2', 'c', 'd/1');
    const seen: (string | undefined)[] = [];
    let token: string | undefined;
    let pages = 0;
    do {
      const output = await house.run('ListObjectsV2', {
        Bucket,
        Delimiter: '/',
        MaxKeys: 1,
        ContinuationToken: token,
      });
      seen.push(...keysOf(output.Contents)!, ...(prefixesOf(output.CommonPrefixes) ?? []));
      expect(output.ContinuationToken).toBe(token);
      token = output.NextContinuationToken;
      pages++;
    } while (token !== undefined);
    expect(seen).toEqual(['a', 'b/', 'c', 'd/']);
    expect(pages).toBe(4);
  });

  it('lets a token outrank start-after and repeats both', async () => {
    await put('a', 'b', 'c');
    const first = await house.run('ListObjectsV2', { Bucket, MaxKeys: 1 });
    const output = await house.run('ListObjectsV2', {
      Bucket,
      ContinuationToken: first.NextContinuationToken,
      StartAfter: 'b',
    });
    expect(keysOf(output.Contents)).toEqual(['b', 'c']);
    expect(output.StartAfter).toBe('b');
    const started = await house.run('ListObjectsV2', { Bucket, StartAfter: 'b' });
    expect(keysOf(started.Contents)).toEqual(['c']);
  });

  it('takes an empty token for none and refuses a made-up one', async () => {
    await put('a');
    const output = await house.run('ListObjectsV2', { Bucket, ContinuationToken: '' });
    expect(keysOf(output.Contents)).toEqual(['a']);
    for (const ContinuationToken of ['made up', 'YQ', 'AWE=', 'AQ']) {
      const error = await house.refused(
        'ListObjectsV2',
        { Bucket, ContinuationToken },
        'InvalidArgument',
      );
      expect(error.message).toBe('The continuation token provided is incorrect');
    }
  });
});

describe('ListObjectVersions of a bucket without versioning', () => {
  it('shows every object as its own latest version null', async () => {
    await put('a', 'b');
    const output = await house.run('ListObjectVersions', { Bucket });
    expect(output).toMatchObject({ KeyMarker: '', VersionIdMarker: '', IsTruncated: false });
    expect(output.Versions).toMatchObject([
      { Key: 'a', VersionId: 'null', IsLatest: true, Owner: { ID: 'alice' } },
      { Key: 'b', VersionId: 'null', IsLatest: true },
    ]);
  });

  it('pages by key and version id', async () => {
    await put('a', 'b');
    const first = await house.run('ListObjectVersions', { Bucket, MaxKeys: 1 });
    expect(first).toMatchObject({ NextKeyMarker: 'a', NextVersionIdMarker: 'null' });
    const second = await house.run('ListObjectVersions', {
      Bucket,
      KeyMarker: first.NextKeyMarker,
      VersionIdMarker: first.NextVersionIdMarker,
    });
    expect(keysOf(second.Versions)).toEqual(['b']);
  });

  it('refuses a version marker without a key marker', async () => {
    const input = { Bucket, VersionIdMarker: 'null' };
    await house.refused('ListObjectVersions', input, 'InvalidArgument');
  });
});
