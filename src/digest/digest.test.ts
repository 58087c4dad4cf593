import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { type ChecksumAlgorithm, checksumAlgorithms, digestBytes } from './algorithms.ts';
import { crc32cOf, type Digest, digestOf, openDigest, warmDigests } from './digest.ts';

/** [algorithm, digest of '', digest of '123456789'] */
const vectors: readonly [ChecksumAlgorithm, empty: string, check: string][] = [
  ['CRC32', '00000000', 'cbf43926'],
  ['CRC32C', '00000000', 'e3069283'],
  ['CRC64NVME', '0000000000000000', 'ae8b14860a799888'],
  ['SHA1', 'da39a3ee5e6b4b0d3255bfef95601890afd80709', 'f7c3bc1d808e04732adf679965ccc34ca7ae3441'],
  [
    'SHA256',
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    '15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225',
  ],
  [
    'SHA512',
    createHash('sha512').digest('hex'),
    createHash('sha512').update('123456789').digest('hex'),
  ],
  ['MD5', 'd41d8cd98f00b204e9800998ecf8427e', '25f9e794323b453885f5181f1b624d0b'],
  ['XXHASH64', 'ef46db3751d8e999', '8cb841db40e6ae83'],
  ['XXHASH3', '2d06800538d394c2', '72dcb18b67a17dff'],
  ['XXHASH128', '99aa06d3014798d86001c324468d497f', '33119477ede5dcd5e9716427681d5860'],
];

const wasmAlgorithms = ['CRC64NVME', 'XXHASH64', 'XXHASH3', 'XXHASH128'] as const;

async function hexOf(name: ChecksumAlgorithm, pieces: readonly Buffer[]): Promise<string> {
  const digest = await openDigest(name);
  for (const piece of pieces) digest.update(piece);
  return digest.digest().toString('hex');
}

test('a digest that is not warm yet is still right', async () => {
  const bytes = Buffer.from('123456789');
  const results = await Promise.all([digestOf('CRC64NVME', bytes), digestOf('CRC64NVME', bytes)]);
  expect(results.map((result) => result.toString('hex'))).toEqual([
    'ae8b14860a799888',
    'ae8b14860a799888',
  ]);
});

describe('a warm digest', () => {
  beforeAll(() => warmDigests());

  test.each(vectors)('of %s has the published values', async (name, empty, check) => {
    expect(await hexOf(name, [])).toBe(empty);
    expect(await hexOf(name, [Buffer.from('123456789')])).toBe(check);
    expect((await digestOf(name, Buffer.from('123456789'))).toString('hex')).toBe(check);
    expect(digestBytes(name)).toBe(check.length / 2);
  });

  test.each(checksumAlgorithms)('of %s is opened without waiting', (name) => {
    expect(openDigest(name)).not.toBeInstanceOf(Promise);
    expect(digestOf(name, Buffer.from('x'))).toBeInstanceOf(Buffer);
  });

  test.each(checksumAlgorithms)('of %s does not depend on how the bytes are cut', async (name) => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 700 })), async (arrays) => {
        const pieces = arrays.map((array) => Buffer.from(array));
        const whole = await digestOf(name, Buffer.concat(pieces));
        expect(await hexOf(name, pieces)).toBe(whole.toString('hex'));
      }),
      { numRuns: 50 },
    );
  });

  test('is not disturbed by thousands of others that take turns, end early or are abandoned', () => {
    for (const name of wasmAlgorithms) {
      const digests = Array.from({ length: 2000 }, () => openDigest(name) as Digest);
      const piece = (index: number, turn: number) =>
        Buffer.alloc(1 + ((index * 7 + turn * 131) % 900), index + turn);
      for (let turn = 0; turn < 3; turn++) {
        digests.forEach((digest, index) => {
          const abandoned = index % 5 === 0 && turn > 0;
          if (!abandoned) digest.update(piece(index, turn));
        });
      }
      digests.forEach((digest, index) => {
        if (index % 5 === 0) return;
        const whole = Buffer.concat([0, 1, 2].map((turn) => piece(index, turn)));
        expect(digest.digest()).toEqual(digestOf(name, whole));
      });
    }
  });

  test('cannot be used after its result was taken', () => {
    const digest = openDigest('XXHASH3') as Digest;
    digest.digest();
    expect(() => digest.update(Buffer.from('x'))).toThrow('already taken');
  });

  test('result stays what it was when the next digest ends', async () => {
    const first = await digestOf('CRC64NVME', Buffer.from('123456789'));
    await digestOf('CRC64NVME', Buffer.from('987654321'));
    expect(first.toString('hex')).toBe('ae8b14860a799888');
  });
});

test('crc32cOf continues a previous value', () => {
  expect(crc32cOf(Buffer.from('6789'), crc32cOf(Buffer.from('12345')))).toBe(0xe3069283);
});
