import { beforeEach, describe, expect, it } from 'vitest';
import { bytesOf, type House, openHouse } from './contract/house.ts';

const Bucket = 'archive';
const Key = 'page';
let house: House;

const put = async (text: string): Promise<string | undefined> =>
  (await house.run('PutObject', { Bucket, Key, Body: Buffer.from(text) })).VersionId;
const turn = (Status: 'Enabled' | 'Suspended') =>
  house.run('PutBucketVersioning', { Bucket, VersioningConfiguration: { Status } });
const textOf = async (VersionId?: string): Promise<string> =>
  (await bytesOf((await house.run('GetObject', { Bucket, Key, VersionId })).Body)).toString();

beforeEach(async () => {
  house = openHouse();
  await house.run('CreateBucket', { Bucket });
});

describe('version ids', () => {
  it('come with versioning; what comes before and while it is suspended is null, and put without one', async () => {
    expect(await put('unversioned')).toBeUndefined();
    await turn('Enabled');
    const first = await put('first');
    expect(first).toMatch(/^[0-9a-f]{32}$/);
    expect(await textOf('null')).toBe('unversioned');
    await turn('Suspended');
    expect(await put('suspended')).toBeUndefined();
    expect([await textOf(), await textOf('null'), await textOf(first)]).toEqual([
      'suspended',
      'suspended',
      'first',
    ]);
    expect(await house.run('HeadObject', { Bucket, Key })).toMatchObject({ VersionId: 'null' });
  });

  it('name the version whose ACL and tags are changed', async () => {
    await turn('Enabled');
    const old = await put('old');
    const current = await put('new');
    const TagSet = [{ Key: 'state', Value: 'old' }];
    const tagged = { Bucket, Key, VersionId: old };
    expect(await house.run('PutObjectTagging', { ...tagged, Tagging: { TagSet } })).toEqual({
      VersionId: old,
    });
    await house.run('PutObjectAcl', { ...tagged, ACL: 'public-read' });
    expect(await house.run('GetObjectTagging', tagged)).toEqual({ TagSet, VersionId: old });
    expect(await house.run('GetObjectTagging', { Bucket, Key })).toEqual({
      TagSet: [],
      VersionId: current,
    });
    const grants = async (VersionId?: string) =>
      (await house.run('GetObjectAcl', { Bucket, Key, VersionId })).Grants?.length;
    expect([await grants(old), await grants()]).toEqual([2, 1]);
  });

  it('bring back a version by copying it onto its key', async () => {
    await turn('Enabled');
    const old = await put('old');
    await put('new');
    const copy = await house.run('CopyObject', {
      Bucket,
      Key,
      CopySource: `${Bucket}/${Key}?versionId=${old}`,
    });
    expect(copy.CopySourceVersionId).toBe(old);
    expect(copy.VersionId).not.toBe(old);
    expect(await textOf()).toBe('old');
  });
});

describe('deleting in a versioned bucket', () => {
  beforeEach(() => turn('Enabled'));

  it('leaves a delete marker, which is deleted by its own version id', async () => {
    const version = await put('kept');
    const marker = await house.run('DeleteObject', { Bucket, Key });
    expect(marker).toEqual({ DeleteMarker: true, VersionId: expect.any(String) });
    await house.refused('GetObject', { Bucket, Key }, 'NoSuchKey');
    const { VersionId } = marker;
    expect(await house.run('DeleteObject', { Bucket, Key, VersionId })).toEqual(marker);
    expect(await textOf()).toBe('kept');
    expect(await house.run('DeleteObject', { Bucket, Key, VersionId: version })).toEqual({
      DeleteMarker: undefined,
      VersionId: version,
    });
  });

  it('says in DeleteObjects which markers were made and removed', async () => {
    const VersionId = await put('kept');
    const deleteOne = async (version?: string) =>
      (
        await house.run('DeleteObjects', {
          Bucket,
          Delete: { Objects: [{ Key, VersionId: version }] },
        })
      ).Deleted?.[0];
    const made = await deleteOne();
    expect(made).toEqual({ Key, DeleteMarker: true, DeleteMarkerVersionId: expect.any(String) });
    expect(await deleteOne(made?.DeleteMarkerVersionId)).toEqual({
      ...made,
      VersionId: made?.DeleteMarkerVersionId,
    });
    expect(await deleteOne(VersionId)).toEqual({ Key, VersionId });
  });

  it('answers a version that is not there as if it had been', async () => {
    const VersionId = 'f'.repeat(32);
    expect(await house.run('DeleteObject', { Bucket, Key, VersionId })).toMatchObject({
      VersionId,
    });
  });

  it('holds conditions against the version that it removes', async () => {
    const VersionId = await put('old');
    await put('new');
    const { ETag } = await house.run('HeadObject', { Bucket, Key });
    const input = { Bucket, Key, VersionId, IfMatch: ETag };
    await house.refused('DeleteObject', input, 'PreconditionFailed');
    expect(await textOf(VersionId)).toBe('old');
  });
});
