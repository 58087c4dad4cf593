import { createHash, randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { digestOf } from '../../digest/digest.ts';
import { bytesOf, type House, openHouse } from '../contract/house.ts';

let house: House;
let UploadId: string;
const Bucket = 'fruit';
const Key = 'whole';
const CopySource = 'fruit/source';
const source = randomBytes(4000);
const md5 = (bytes: Buffer) => `"${createHash('md5').update(bytes).digest('hex')}"`;

beforeEach(async () => {
  house = openHouse();
  await house.run('CreateBucket', { Bucket });
  await house.run('PutObject', { Bucket, Key: 'source', Body: source });
  const created = await house.run('CreateMultipartUpload', { Bucket, Key });
  UploadId = created.UploadId!;
});

const copy = (PartNumber: number, more: { readonly [member: string]: unknown } = {}) =>
  house.run('UploadPartCopy', { Bucket, Key, UploadId, PartNumber, CopySource, ...more });

const refuse = (
  code: Parameters<House['refused']>[2],
  more: { readonly [member: string]: unknown },
) =>
  house.refused(
    'UploadPartCopy',
    { Bucket, Key, UploadId, PartNumber: 1, CopySource, ...more },
    code,
  );

describe('UploadPartCopy', () => {
  it('makes parts of whole objects and ranges, with the MD5 of their bytes as ETag', async () => {
    const first = await copy(1);
    expect(first.CopyPartResult).toMatchObject({
      ETag: md5(source),
      LastModified: new Date(house.clock),
      ChecksumCRC64NVME: (await digestOf('CRC64NVME', source)).toString('base64'),
    });
    const second = await copy(2, { CopySourceRange: 'bytes=100-199' });
    expect(second.CopyPartResult?.ETag).toBe(md5(source.subarray(100, 200)));
    const { ETag } = await house.run('UploadPart', {
      Bucket,
      Key,
      UploadId,
      PartNumber: 3,
      Body: Buffer.from('end'),
    });
    const output = await house.run('CompleteMultipartUpload', {
      Bucket,
      Key,
      UploadId,
      MultipartUpload: {
        Parts: [
          { PartNumber: 1, ETag: first.CopyPartResult?.ETag },
          { PartNumber: 2, ETag: second.CopyPartResult?.ETag },
          { PartNumber: 3, ETag },
        ],
      },
    });
    const expected = Buffer.concat([source, source.subarray(100, 200), Buffer.from('end')]);
    expect(output.ChecksumCRC64NVME).toBe(
      (await digestOf('CRC64NVME', expected)).toString('base64'),
    );
    await house.run('DeleteObject', { Bucket, Key: 'source' });
    const object = await house.run('GetObject', { Bucket, Key });
    expect((await bytesOf(object.Body)).equals(expected)).toBe(true);
  });

  it('brings the checksum that the upload asked for', async () => {
    const created = await house.run('CreateMultipartUpload', {
      Bucket,
      Key,
      ChecksumAlgorithm: 'SHA1',
    });
    const output = await copy(1, { UploadId: created.UploadId });
    expect(output.CopyPartResult?.ChecksumSHA1).toBe(
      (await digestOf('SHA1', source)).toString('base64'),
    );
  });

  it('hashes the bytes of a multipart source, whose ETag is no MD5', async () => {
    const part = await copy(1);
    await house.run('CompleteMultipartUpload', {
      Bucket,
      Key,
      UploadId,
      MultipartUpload: { Parts: [{ PartNumber: 1, ETag: part.CopyPartResult?.ETag }] },
    });
    const again = await house.run('CreateMultipartUpload', { Bucket, Key: 'again' });
    const output = await copy(1, {
      Key: 'again',
      UploadId: again.UploadId,
      CopySource: 'fruit/whole',
    });
    expect(output.CopyPartResult?.ETag).toBe(md5(source));
  });

  it('refuses ranges that are open, reversed or outside of the source', async () => {
    for (const CopySourceRange of ['bytes=0-', 'bytes=5-4', '0-1', 'bytes=0-4000']) {
      await refuse('InvalidArgument', { CopySourceRange });
    }
  });

  it('evaluates conditions on the source', async () => {
    await refuse('PreconditionFailed', { CopySourceIfMatch: '"other"' });
    await refuse('PreconditionFailed', { CopySourceIfNoneMatch: md5(source) });
  });

  it('refuses sources and uploads that are not there', async () => {
    await refuse('NoSuchKey', { CopySource: 'fruit/missing' });
    await refuse('NoSuchUpload', { UploadId: 'f'.repeat(32) });
  });
});
