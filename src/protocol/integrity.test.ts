import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { digestOf, warmDigests } from '../digest/digest.ts';
import { checksumNames, checksums } from './checksum-headers.ts';
import {
  announcedInHeaders,
  announcedInInput,
  createIntegrity,
  type IntegrityClaims,
  type IntegrityResult,
  type IntegrityWants,
  prepareIntegrity,
} from './integrity.ts';

const bytes = Buffer.from('The quick brown fox');
const md5 = createHash('md5').update(bytes).digest();
const sha256 = createHash('sha256').update(bytes).digest();
const wrongMd5 = createHash('md5').update('other').digest('base64');

/** In pieces and whole, which must come to the same. */
async function check(
  claims: IntegrityClaims,
  wants: IntegrityWants = {},
): Promise<IntegrityResult> {
  const [inPieces, whole] = await Promise.allSettled([
    checkInPieces(claims, wants),
    checkWhole(claims, wants),
  ]);
  expect(whole).toEqual(inPieces);
  if (inPieces.status === 'rejected') throw inPieces.reason;
  return inPieces.value;
}

async function checkWhole(
  claims: IntegrityClaims,
  wants: IntegrityWants,
): Promise<IntegrityResult> {
  return await prepareIntegrity(claims, wants).whole(bytes);
}

async function checkInPieces(
  claims: IntegrityClaims,
  wants: IntegrityWants,
): Promise<IntegrityResult> {
  const integrity = await createIntegrity(claims, wants);
  integrity.update(bytes.subarray(0, 7));
  integrity.update(bytes.subarray(7));
  return integrity.finish();
}

beforeAll(() => warmDigests());

describe('integrity', () => {
  it('computes nothing that nobody asked for', async () => {
    expect(await check({})).toEqual({ length: 19, md5Hex: undefined, checksum: undefined });
  });

  it('answers at once when the digests are warm', () => {
    const { open, whole } = prepareIntegrity({}, { md5: true, defaultChecksum: 'CRC64NVME' });
    expect(open()).not.toBeInstanceOf(Promise);
    expect(whole(bytes)).not.toBeInstanceOf(Promise);
  });

  it('gives the MD5 for the ETag and the default checksum', async () => {
    const { md5Hex, checksum } = await check({}, { md5: true, defaultChecksum: 'CRC64NVME' });
    expect(md5Hex).toBe(md5.toString('hex'));
    expect(checksum).toEqual({
      algorithm: 'CRC64NVME',
      value: (await digestOf('CRC64NVME', bytes)).toString('base64'),
    });
  });

  it('accepts a right Content-MD5 and content hash', async () => {
    const claims = { contentMd5: md5.toString('base64'), sha256: sha256.toString('hex') };
    expect((await check(claims)).md5Hex).toBe(md5.toString('hex'));
  });

  it('answers a wrong Content-MD5 with both digests', async () => {
    await expect(check({ contentMd5: wrongMd5 })).rejects.toMatchObject({
      code: 'BadDigest',
      fields: { ExpectedDigest: wrongMd5, CalculatedDigest: md5.toString('base64') },
    });
  });

  it.each(['', 'x', 'AAAA', md5.toString('hex'), ` ${md5.toString('base64')}`])(
    'refuses the Content-MD5 %j before a byte was read',
    (contentMd5) => {
      expect(() => createIntegrity({ contentMd5 })).toThrow(
        expect.objectContaining({ code: 'InvalidDigest' }),
      );
    },
  );

  it('answers a wrong content hash with both hashes', async () => {
    const wrong = '0'.repeat(64);
    await expect(check({ sha256: wrong })).rejects.toMatchObject({
      code: 'XAmzContentSHA256Mismatch',
      fields: {
        ClientComputedContentSHA256: wrong,
        S3ComputedContentSHA256: sha256.toString('hex'),
      },
    });
  });

  it.each(checksumNames)('verifies %s, right and wrong', async (algorithm) => {
    const value = (await digestOf(algorithm, bytes)).toString('base64');
    expect((await check({ checksum: { algorithm, value } })).checksum).toEqual({
      algorithm,
      value,
    });
    const wrong = (await digestOf(algorithm, Buffer.from('other'))).toString('base64');
    await expect(check({ checksum: { algorithm, value: wrong } })).rejects.toMatchObject({
      code: 'BadDigest',
      message: `The ${algorithm} you specified did not match the calculated checksum.`,
    });
  });

  it('prefers what the client announced to the default', async () => {
    const { checksum } = await check(
      { checksum: { algorithm: 'SHA256', value: sha256.toString('base64') } },
      { defaultChecksum: 'CRC64NVME' },
    );
    expect(checksum?.algorithm).toBe('SHA256');
  });

  it('reads the checksum from the trailer when the bytes have ended', async () => {
    const value = (await digestOf('CRC32', bytes)).toString('base64');
    const checksum = { algorithm: 'CRC32', value: undefined } as const;
    const trailer = (name: string) => (name === 'x-amz-checksum-crc32' ? value : undefined);
    expect((await check({ checksum, trailer })).checksum?.value).toBe(value);
    await expect(check({ checksum, trailer: () => 'AAAAAA==' })).rejects.toMatchObject({
      code: 'BadDigest',
    });
    await expect(check({ checksum, trailer: () => 'nonsense' })).rejects.toMatchObject({
      code: 'InvalidRequest',
    });
    await expect(check({ checksum, trailer: () => undefined })).rejects.toMatchObject({
      code: 'MalformedTrailerError',
    });
  });
});

describe('announced checksum', () => {
  const inHeaders = (headers: Record<string, string>) =>
    announcedInHeaders((name) => headers[name]);

  it('comes from a header, a trailer, or nowhere', () => {
    expect(inHeaders({})).toBeUndefined();
    expect(inHeaders({ 'x-amz-checksum-crc32': 'AAAAAA==' })).toEqual({
      algorithm: 'CRC32',
      value: 'AAAAAA==',
    });
    expect(
      inHeaders({
        'x-amz-trailer': 'x-amz-checksum-crc32c',
        'x-amz-sdk-checksum-algorithm': 'crc32c',
      }),
    ).toEqual({ algorithm: 'CRC32C', value: undefined });
    expect(announcedInInput({ ChecksumCRC32: 'AAAAAA==' }, undefined)?.algorithm).toBe('CRC32');
    expect(announcedInInput({ ChecksumAlgorithm: 'SHA1' }, 'SHA1')).toEqual({
      algorithm: 'SHA1',
      value: undefined,
    });
  });

  it.each([
    [
      { 'x-amz-checksum-crc32': 'AAAAAA==', 'x-amz-checksum-crc32c': 'AAAAAA==' },
      'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
    ],
    [
      { 'x-amz-checksum-crc32': 'AAAAAA==', 'x-amz-trailer': 'x-amz-checksum-crc32c' },
      'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
    ],
    [
      { 'x-amz-sdk-checksum-algorithm': 'CRC32' },
      'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
    ],
    [
      { 'x-amz-sdk-checksum-algorithm': 'SHA1', 'x-amz-checksum-crc32': 'AAAAAA==' },
      'Value for x-amz-sdk-checksum-algorithm header is invalid.',
    ],
    [{ 'x-amz-checksum-crc32': '' }, 'Value for x-amz-checksum-crc32 header is invalid.'],
    [{ 'x-amz-checksum-crc32': 'AAAA' }, 'Value for x-amz-checksum-crc32 header is invalid.'],
    [{ 'x-amz-checksum-sha256': 'AAAAAA==' }, 'Value for x-amz-checksum-sha256 header is invalid.'],
  ])('refuses %j', (headers, message) => {
    expect(() => inHeaders(headers)).toThrow(
      expect.objectContaining({ code: 'InvalidRequest', message }),
    );
  });

  it('knows every algorithm that S3 names', () => {
    for (const name of checksumNames) {
      const value = Buffer.alloc(checksums[name].bytes).toString('base64');
      expect(inHeaders({ [checksums[name].header]: value })?.algorithm).toBe(name);
    }
  });
});
