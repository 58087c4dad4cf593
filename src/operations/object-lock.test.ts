import { beforeEach, describe, expect, it } from 'vitest';
import { bob, type House, openHouse, root } from './contract/house.ts';

const Bucket = 'vault';
const Key = 'deed';
const day = 24 * 60 * 60 * 1000;
let house: House;

const ContentMD5 = 'kAFQmDzST7DWlj99KOF/cg==';
const put = (more: object = {}) =>
  house.run('PutObject', { Bucket, Key, Body: Buffer.from('abc'), ContentMD5, ...more });
const inDays = (days: number) => new Date(house.clock + days * day);
const setDefault = (days: number) =>
  house.run('PutObjectLockConfiguration', {
    Bucket,
    ObjectLockConfiguration: {
      ObjectLockEnabled: 'Enabled',
      Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: days } },
    },
  });

beforeEach(async () => {
  house = openHouse();
  await house.run('CreateBucket', { Bucket, ObjectLockEnabledForBucket: true });
});

describe('the lock of a new object', () => {
  it('is what its headers ask for', async () => {
    await put({
      ObjectLockMode: 'GOVERNANCE',
      ObjectLockRetainUntilDate: inDays(1),
      ObjectLockLegalHoldStatus: 'ON',
    });
    expect((await house.object(Bucket, Key)).lock).toEqual({
      mode: 'GOVERNANCE',
      retainUntil: house.clock + day,
      legalHold: 'ON',
    });
  });

  it("is the bucket's default, counted from when the object is made", async () => {
    await setDefault(3);
    house.clock += day;
    await put();
    const byDefault = { mode: 'COMPLIANCE', retainUntil: house.clock + 3 * day };
    expect((await house.object(Bucket, Key)).lock).toEqual(byDefault);
    await house.run('CopyObject', { Bucket, Key: 'copy', CopySource: `${Bucket}/${Key}` });
    expect((await house.object(Bucket, 'copy')).lock).toEqual(byDefault);
  });

  it('counts from the completion of an upload, unless the upload asked for its own', async () => {
    await setDefault(3);
    for (const own of [false, true]) {
      const asked = own
        ? { ObjectLockMode: 'GOVERNANCE' as const, ObjectLockRetainUntilDate: inDays(9) }
        : {};
      const { UploadId = '' } = await house.run('CreateMultipartUpload', { Bucket, Key, ...asked });
      const part = { Bucket, Key, UploadId, PartNumber: 1 };
      const { ETag } = await house.run('UploadPart', { ...part, Body: Buffer.from('abc') });
      house.clock += day;
      await house.run('CompleteMultipartUpload', {
        Bucket,
        Key,
        UploadId,
        MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] },
      });
      expect((await house.object(Bucket, Key)).lock).toEqual(
        own
          ? { mode: 'GOVERNANCE', retainUntil: house.clock + 8 * day }
          : { mode: 'COMPLIANCE', retainUntil: house.clock + 3 * day },
      );
    }
  });

  it('is not copied', async () => {
    await put({ ObjectLockLegalHoldStatus: 'ON' });
    await house.run('CopyObject', { Bucket, Key: 'copy', CopySource: `${Bucket}/${Key}` });
    expect((await house.object(Bucket, 'copy')).lock).toBeUndefined();
  });

  it('is refused where it is half, past, unchecked, not allowed or not possible', async () => {
    const retained = {
      ObjectLockMode: 'GOVERNANCE',
      ObjectLockRetainUntilDate: inDays(1),
    } as const;
    const object = { Bucket, Key, Body: Buffer.from('abc'), ContentMD5 };
    const refused = (more: object, code: Parameters<House['refused']>[2], as = root) =>
      house.refused('PutObject', { ...object, ...more }, code, { as });
    await refused({ ObjectLockMode: 'GOVERNANCE' }, 'InvalidArgument');
    await refused({ ObjectLockRetainUntilDate: inDays(1) }, 'InvalidArgument');
    await refused({ ...retained, ObjectLockRetainUntilDate: inDays(0) }, 'InvalidArgument');
    await refused({ ...retained, ContentMD5: undefined }, 'InvalidRequest');
    await refused(retained, 'AccessDenied', bob);
    await refused({ ObjectLockLegalHoldStatus: 'ON' }, 'AccessDenied', bob);
    await house.run('CreateBucket', { Bucket: 'plain' });
    await refused({ ...retained, Bucket: 'plain' }, 'InvalidRequest');
  });
});

describe('a locked version', () => {
  const remove = (VersionId: string | undefined, bypass = false) =>
    house.run('DeleteObject', { Bucket, Key, VersionId, BypassGovernanceRetention: bypass });

  it('outlives its deletion, until the retention ends', async () => {
    const { VersionId } = await put({
      ObjectLockMode: 'COMPLIANCE',
      ObjectLockRetainUntilDate: inDays(1),
    });
    expect(await remove(undefined)).toMatchObject({ DeleteMarker: true });
    await expect(remove(VersionId, true)).rejects.toMatchObject({ code: 'AccessDenied' });
    house.clock += day;
    expect(await remove(VersionId)).toEqual({ VersionId });
  });

  it('is removed by who bypasses governance, which takes more than saying so', async () => {
    const { VersionId } = await put({
      ObjectLockMode: 'GOVERNANCE',
      ObjectLockRetainUntilDate: inDays(1),
    });
    const input = { Bucket, Key, VersionId, BypassGovernanceRetention: true };
    await expect(remove(VersionId)).rejects.toMatchObject({ code: 'AccessDenied' });
    await house.refused('DeleteObject', input, 'AccessDenied', { as: bob });
    await remove(VersionId, true);
  });

  it('of many to delete is the one that stays', async () => {
    const held = await put({ ObjectLockLegalHoldStatus: 'ON' });
    const free = await put();
    const { Deleted, Errors } = await house.run('DeleteObjects', {
      Bucket,
      Delete: {
        Objects: [
          { Key, VersionId: held.VersionId },
          { Key, VersionId: free.VersionId },
        ],
      },
      BypassGovernanceRetention: true,
    });
    expect(Deleted).toEqual([{ Key, VersionId: free.VersionId }]);
    expect(Errors).toMatchObject([{ Key, VersionId: held.VersionId, Code: 'AccessDenied' }]);
  });

  it('shows its lock to those who may read it', async () => {
    await put({ ObjectLockLegalHoldStatus: 'ON', GrantRead: 'id=bob' });
    const seen = async (as = root) =>
      (await house.run('HeadObject', { Bucket, Key }, { as })).ObjectLockLegalHoldStatus;
    expect([await seen(), await seen(bob)]).toEqual(['ON', undefined]);
  });
});
