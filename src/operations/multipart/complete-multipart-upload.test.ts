import { createHash, randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ChecksumAlgorithm } from '../../digest/algorithms.ts';
import { digestOf, warmDigests } from '../../digest/digest.ts';
import type { CompletedPart, CreateMultipartUploadRequest } from '../../model/types.gen.ts';
import { bob, bytesOf, type House, openHouse, root, streamOf } from '../contract/house.ts';

let house: House;
const Bucket = 'fruit';
const Key = 'a/pear tree';
const bodies = [Buffer.from('first part'), randomBytes(5000), Buffer.from('end')];
const whole = Buffer.concat(bodies);

beforeEach(async () => {
  await warmDigests();
  house = openHouse();
  await house.run('CreateBucket', { Bucket, ACL: 'public-read-write' });
});

async function create(options: Partial<CreateMultipartUploadRequest> = {}): Promise<string> {
  const output = await house.run('CreateMultipartUpload', { Bucket, Key, ...options });
  return output.UploadId!;
}

/** Uploads all bodies, each with its checksum in the algorithm where one is given. */
async function upload(
  UploadId: string,
  algorithm?: ChecksumAlgorithm,
): Promise<readonly CompletedPart[]> {
  const parts: CompletedPart[] = [];
  for (const [at, body] of bodies.entries()) {
    const PartNumber = at + 1;
    const value = algorithm && (await digestOf(algorithm, body)).toString('base64');
    const checksum = algorithm === undefined ? {} : { [`Checksum${algorithm}`]: value };
    const Body = streamOf([body]);
    const output = await house.run('UploadPart', {
      Bucket,
      Key,
      UploadId,
      PartNumber,
      Body,
      ...checksum,
    });
    expect(output.ETag).toBe(`"${createHash('md5').update(body).digest('hex')}"`);
    parts.push({ PartNumber, ETag: output.ETag, ...checksum });
  }
  return parts;
}

const complete = (
  UploadId: string,
  Parts: readonly CompletedPart[],
  more: { readonly [member: string]: unknown } = {},
) =>
  house.run('CompleteMultipartUpload', {
    Bucket,
    Key,
    UploadId,
    MultipartUpload: { Parts },
    ...more,
  });

const refused = (
  UploadId: string,
  Parts: readonly CompletedPart[],
  code: Parameters<House['refused']>[2],
  more: { readonly [member: string]: unknown } = {},
) =>
  house.refused(
    'CompleteMultipartUpload',
    { Bucket, Key, UploadId, MultipartUpload: { Parts }, ...more },
    code,
  );

const expectedETag = () => {
  const md5s = bodies.map((body) => createHash('md5').update(body).digest());
  return `"${createHash('md5').update(Buffer.concat(md5s)).digest('hex')}-3"`;
};

describe('a multipart upload', () => {
  it('becomes the object that its parts make, with what was said at its beginning', async () => {
    const UploadId = await create({
      ContentType: 'text/plain',
      Metadata: { a: 'b' },
      Tagging: 't',
    });
    const output = await complete(UploadId, await upload(UploadId));
    expect(output).toMatchObject({
      Location: 'http://127.0.0.1:9000/fruit/a/pear%20tree',
      Bucket,
      Key,
      ETag: expectedETag(),
      ChecksumType: 'FULL_OBJECT',
      ChecksumCRC64NVME: (await digestOf('CRC64NVME', whole)).toString('base64'),
    });
    const object = await house.run('GetObject', { Bucket, Key });
    expect(object).toMatchObject({
      ContentType: 'text/plain',
      Metadata: { a: 'b' },
      TagCount: 1,
      ContentLength: whole.length,
    });
    expect((await bytesOf(object.Body)).equals(whole)).toBe(true);
    const range = await house.run('GetObject', { Bucket, Key, Range: 'bytes=8-5011' });
    expect((await bytesOf(range.Body)).equals(whole.subarray(8, 5012))).toBe(true);
  });

  it('answers the same when it is completed again, until the object is another one', async () => {
    const UploadId = await create();
    const parts = await upload(UploadId);
    const first = await complete(UploadId, parts);
    expect(await complete(UploadId, parts)).toEqual(first);
    await house.run('DeleteObject', { Bucket, Key });
    await refused(UploadId, parts, 'NoSuchUpload');
  });

  it('takes the listed parts and drops the others', async () => {
    const UploadId = await create();
    const [first, , third] = await upload(UploadId);
    await complete(UploadId, [first!, third!]);
    const object = await house.run('GetObject', { Bucket, Key });
    expect((await bytesOf(object.Body)).toString()).toBe('first partend');
  });

  it('takes the last of parts with the same number', async () => {
    const UploadId = await create();
    const part = { Bucket, Key, UploadId, PartNumber: 1 };
    const old = await house.run('UploadPart', { ...part, Body: Buffer.from('old') });
    const { ETag } = await house.run('UploadPart', { ...part, Body: Buffer.from('new') });
    await refused(UploadId, [{ PartNumber: 1, ETag: old.ETag }], 'InvalidPart');
    await complete(UploadId, [{ PartNumber: 1, ETag }]);
    const object = await house.run('GetObject', { Bucket, Key });
    expect((await bytesOf(object.Body)).toString()).toBe('new');
  });

  it('can be read part by part', async () => {
    const UploadId = await create({ ChecksumAlgorithm: 'CRC32' });
    await complete(UploadId, await upload(UploadId, 'CRC32'));
    for (const [at, body] of bodies.entries()) {
      const part = await house.run('GetObject', {
        Bucket,
        Key,
        PartNumber: at + 1,
        ChecksumMode: 'ENABLED',
      });
      expect((await bytesOf(part.Body)).equals(body)).toBe(true);
      expect(part).toMatchObject({
        PartsCount: 3,
        ContentLength: body.length,
        ChecksumCRC32: (await digestOf('CRC32', body)).toString('base64'),
        ChecksumType: 'COMPOSITE',
      });
    }
    await house.refused('GetObject', { Bucket, Key, PartNumber: 4 }, 'InvalidPartNumber');
  });

  it('shows its parts in pages of attributes', async () => {
    const UploadId = await create({ ChecksumAlgorithm: 'SHA256' });
    await complete(UploadId, await upload(UploadId, 'SHA256'));
    const page = (PartNumberMarker?: string) =>
      house.run('GetObjectAttributes', {
        Bucket,
        Key,
        ObjectAttributes: ['ObjectParts'],
        MaxParts: 2,
        PartNumberMarker,
      });
    expect((await page()).ObjectParts).toMatchObject({
      TotalPartsCount: 3,
      PartNumberMarker: '0',
      NextPartNumberMarker: '2',
      MaxParts: 2,
      IsTruncated: true,
      Parts: [{ PartNumber: 1, Size: 10, ChecksumSHA256: expect.any(String) }, { PartNumber: 2 }],
    });
    expect((await page('2')).ObjectParts).toMatchObject({
      IsTruncated: false,
      Parts: [{ PartNumber: 3, Size: 3 }],
    });
  });

  it('is not for anonymous callers', async () => {
    const anonymous = { as: 'anonymous' } as const;
    await house.refused('CreateMultipartUpload', { Bucket, Key }, 'AccessDenied', anonymous);
  });
});

describe('the checksum of a multipart object', () => {
  it.each(['CRC32', 'CRC32C', 'CRC64NVME'] as const)('is of the whole in %s', async (name) => {
    const UploadId = await create({ ChecksumAlgorithm: name, ChecksumType: 'FULL_OBJECT' });
    const value = (await digestOf(name, whole)).toString('base64');
    const output = await complete(UploadId, await upload(UploadId), { [`Checksum${name}`]: value });
    expect(output).toMatchObject({ [`Checksum${name}`]: value, ChecksumType: 'FULL_OBJECT' });
  });

  it.each(['CRC32', 'CRC32C', 'SHA1', 'SHA256', 'XXHASH64'] as const)(
    'is the digest of digests in %s',
    async (name) => {
      const UploadId = await create({ ChecksumAlgorithm: name });
      const output = await complete(UploadId, await upload(UploadId, name));
      const digests = await Promise.all(bodies.map((body) => digestOf(name, body)));
      const value = (await digestOf(name, Buffer.concat(digests))).toString('base64');
      expect(output).toMatchObject({
        [`Checksum${name}`]: `${value}-3`,
        ChecksumType: 'COMPOSITE',
      });
    },
  );

  it('is of the whole in what the parts brought where the upload asked for none', async () => {
    const UploadId = await create();
    const output = await complete(UploadId, await upload(UploadId, 'CRC32'));
    expect(output.ChecksumCRC32).toBe((await digestOf('CRC32', whole)).toString('base64'));
  });

  it('refuses what the algorithm cannot be', async () => {
    for (const [ChecksumAlgorithm, ChecksumType] of [
      ['SHA256', 'FULL_OBJECT'],
      ['CRC64NVME', 'COMPOSITE'],
      [undefined, 'FULL_OBJECT'],
    ] as const) {
      const input = { Bucket, Key, ChecksumAlgorithm, ChecksumType };
      await house.refused('CreateMultipartUpload', input, 'InvalidRequest');
    }
  });

  it('must be brought by each part and in the list where it is composite', async () => {
    const UploadId = await create({ ChecksumAlgorithm: 'SHA256' });
    const part = { Bucket, Key, UploadId, PartNumber: 1, Body: bodies[0] };
    const error = await house.refused('UploadPart', part, 'InvalidRequest');
    expect(error.message).toBe(
      'Checksum Type mismatch occurred, expected checksum Type: sha256, actual checksum Type: null',
    );
    await house.refused('UploadPart', { ...part, ChecksumCRC32: 'AAAAAA==' }, 'InvalidRequest');
    const parts = await upload(UploadId, 'SHA256');
    const bare = parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag }));
    const missing = await refused(UploadId, bare, 'InvalidRequest');
    expect(missing.message).toMatch(/^The upload was created using a sha256 checksum\./);
    const wrong = [{ ...parts[0]!, ChecksumSHA256: Buffer.alloc(32).toString('base64') }];
    await refused(UploadId, wrong, 'InvalidPart');
    await refused(UploadId, [{ ...parts[0]!, ChecksumSHA256: 'no' }], 'InvalidArgument');
    await complete(UploadId, parts);
  });

  it('must be what the client expects, of the same algorithm and type', async () => {
    const UploadId = await create({ ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' });
    const parts = await upload(UploadId);
    await refused(UploadId, parts, 'BadDigest', { ChecksumCRC32: 'AAAAAA==' });
    await refused(UploadId, parts, 'InvalidRequest', { ChecksumCRC32: 'AAAA' });
    await refused(UploadId, parts, 'InvalidRequest', { ChecksumCRC32C: 'AAAAAA==' });
    await refused(UploadId, parts, 'InvalidRequest', { ChecksumType: 'COMPOSITE' });
    await refused(UploadId, parts, 'InvalidRequest', { MpuObjectSize: 1 });
    await complete(UploadId, parts, { MpuObjectSize: whole.length });
  });
});

describe('CompleteMultipartUpload refuses', () => {
  it('lists that are empty, incomplete or out of order', async () => {
    const UploadId = await create();
    const [first, second] = await upload(UploadId);
    await refused(UploadId, [], 'MalformedXML');
    await refused(UploadId, [{ PartNumber: 1 }], 'MalformedXML');
    await refused(UploadId, [second!, first!], 'InvalidPartOrder');
    await refused(UploadId, [first!, first!], 'InvalidPartOrder');
  });

  it('parts that are missing or differ, by number and ETag', async () => {
    const UploadId = await create();
    const [first] = await upload(UploadId);
    const missing = await refused(UploadId, [{ ...first!, PartNumber: 9 }], 'InvalidPart');
    expect(missing.fields).toMatchObject({ UploadId, PartNumber: '9' });
    await refused(UploadId, [{ PartNumber: 1, ETag: '"other"' }], 'InvalidPart');
  });

  it('small parts but the last', async () => {
    house = openHouse(11);
    await house.run('CreateBucket', { Bucket });
    const UploadId = await create();
    const [first, second] = await upload(UploadId);
    const error = await refused(UploadId, [first!, second!], 'EntityTooSmall');
    expect(error.fields).toEqual({
      ETag: first!.ETag!.slice(1, -1),
      MinSizeAllowed: '11',
      PartNumber: '1',
      ProposedSize: '10',
    });
    await complete(UploadId, [first!]);
  });

  it('to replace what a condition protects, and leaves the upload as it was', async () => {
    await house.run('PutObject', { Bucket, Key, Body: Buffer.from('here') });
    const UploadId = await create();
    const parts = await upload(UploadId);
    await refused(UploadId, parts, 'PreconditionFailed', { IfNoneMatch: '*' });
    await refused(UploadId, parts, 'PreconditionFailed', { IfMatch: '"other"' });
    await complete(UploadId, parts, { IfMatch: '*' });
  });

  it('uploads that never were', async () => {
    for (const UploadId of ['no', 'f'.repeat(32), 'x'.repeat(5000)]) {
      await refused(UploadId, [{ PartNumber: 1, ETag: 'e' }], 'NoSuchUpload');
      const part = { Bucket, Key, UploadId, PartNumber: 1, Body: Buffer.from('x') };
      await house.refused('UploadPart', part, 'NoSuchUpload');
    }
  });
});

describe('ListParts and AbortMultipartUpload', () => {
  it('lists parts in pages with who began it', async () => {
    const UploadId = await create({ ChecksumAlgorithm: 'CRC32' });
    await upload(UploadId, 'CRC32');
    const input = { Bucket, Key, UploadId, MaxParts: 2 };
    const first = await house.run('ListParts', input);
    expect(first).toMatchObject({
      PartNumberMarker: '0',
      NextPartNumberMarker: '2',
      MaxParts: 2,
      IsTruncated: true,
      Initiator: { ID: 'alice', DisplayName: 'Alice' },
      Owner: { ID: 'alice' },
      StorageClass: 'STANDARD',
      ChecksumAlgorithm: 'CRC32',
      ChecksumType: 'COMPOSITE',
      Parts: [{ PartNumber: 1, Size: 10, ChecksumCRC32: expect.any(String) }, { PartNumber: 2 }],
    });
    const next = await house.run('ListParts', { ...input, PartNumberMarker: '2' });
    expect(next).toMatchObject({ IsTruncated: false, Parts: [{ PartNumber: 3 }] });
    const beyond = await house.run('ListParts', { ...input, PartNumberMarker: '70000' });
    expect(beyond.Parts).toEqual([]);
    const bad = { ...input, PartNumberMarker: 'x' };
    await house.refused('ListParts', bad, 'InvalidArgument');
  });

  it('are for who began it and the owner of the bucket', async () => {
    const begin = async () =>
      (await house.run('CreateMultipartUpload', { Bucket, Key }, { as: bob })).UploadId!;
    const own = { Bucket, Key, UploadId: await create() };
    await house.refused('ListParts', own, 'AccessDenied', { as: bob });
    await house.refused('AbortMultipartUpload', own, 'AccessDenied', { as: bob });
    for (const as of [bob, root, undefined]) {
      const input = { Bucket, Key, UploadId: await begin() };
      await house.run('ListParts', input, { as });
      await house.run('AbortMultipartUpload', input, { as });
      await house.refused('ListParts', input, 'NoSuchUpload');
    }
  });

  it('leaves nothing to complete', async () => {
    const UploadId = await create();
    const parts = await upload(UploadId);
    await house.run('AbortMultipartUpload', { Bucket, Key, UploadId });
    await refused(UploadId, parts, 'NoSuchUpload');
    await house.refused('AbortMultipartUpload', { Bucket, Key, UploadId }, 'NoSuchUpload');
  });
});

describe('ListMultipartUploads', () => {
  it('lists uploads by key and pages by key and id', async () => {
    const ids: (string | undefined)[] = [];
    for (const key of ['a', 'b', 'b']) {
      ids.push((await house.run('CreateMultipartUpload', { Bucket, Key: key })).UploadId);
    }
    const first = await house.run('ListMultipartUploads', { Bucket, MaxUploads: 2 });
    expect(first.Uploads?.map(({ UploadId }) => UploadId)).toEqual(ids.slice(0, 2));
    expect(first).toMatchObject({
      IsTruncated: true,
      NextKeyMarker: 'b',
      NextUploadIdMarker: ids[1],
      Prefix: '',
      KeyMarker: '',
    });
    const second = await house.run('ListMultipartUploads', {
      Bucket,
      KeyMarker: first.NextKeyMarker,
      UploadIdMarker: first.NextUploadIdMarker,
    });
    expect(second.Uploads).toMatchObject([
      { Key: 'b', UploadId: ids[2], Initiator: { ID: 'alice' }, Owner: { ID: 'alice' } },
    ]);
    expect(second).toMatchObject({ IsTruncated: false, NextKeyMarker: undefined });
  });

  it('rolls keys up and refuses a marker that is no upload id', async () => {
    for (const key of ['x/1', 'x/2', 'y']) {
      await house.run('CreateMultipartUpload', { Bucket, Key: key });
    }
    const output = await house.run('ListMultipartUploads', { Bucket, Delimiter: '/' });
    expect(output.CommonPrefixes).toEqual([{ Prefix: 'x/' }]);
    expect(output.Uploads).toMatchObject([{ Key: 'y' }]);
    const bad = { Bucket, KeyMarker: 'x', UploadIdMarker: 'no' };
    await house.refused('ListMultipartUploads', bad, 'InvalidArgument');
  });
});
