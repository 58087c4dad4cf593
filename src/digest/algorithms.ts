/**
 * The checksum algorithms S3 knows, by the names of `ChecksumAlgorithm`, and how long their results are.
 *
 * API reference, "Checking object integrity".
 */

export const checksumAlgorithms = [
  'CRC32',
  'CRC32C',
  'CRC64NVME',
  'SHA1',
  'SHA256',
  'SHA512',
  'MD5',
  'XXHASH64',
  'XXHASH3',
  'XXHASH128',
] as const;

export type ChecksumAlgorithm = (typeof checksumAlgorithms)[number];

const lengths = {
  CRC32: 4,
  CRC32C: 4,
  CRC64NVME: 8,
  SHA1: 20,
  SHA256: 32,
  SHA512: 64,
  MD5: 16,
  XXHASH64: 8,
  XXHASH3: 8,
  XXHASH128: 16,
} as const satisfies Record<ChecksumAlgorithm, number>;

/** Length of the result in bytes, before base64. */
export function digestBytes(name: ChecksumAlgorithm): number {
  return lengths[name];
}
