/**
 * Checksum algorithms: the header and the member that carry each, and how long its value is.
 *
 * API reference, "Checking object integrity in Amazon S3".
 */
export const checksums = {
  CRC32: { header: 'x-amz-checksum-crc32', member: 'ChecksumCRC32', bytes: 4 },
  CRC32C: { header: 'x-amz-checksum-crc32c', member: 'ChecksumCRC32C', bytes: 4 },
  CRC64NVME: { header: 'x-amz-checksum-crc64nvme', member: 'ChecksumCRC64NVME', bytes: 8 },
  SHA1: { header: 'x-amz-checksum-sha1', member: 'ChecksumSHA1', bytes: 20 },
  SHA256: { header: 'x-amz-checksum-sha256', member: 'ChecksumSHA256', bytes: 32 },
  SHA512: { header: 'x-amz-checksum-sha512', member: 'ChecksumSHA512', bytes: 64 },
  MD5: { header: 'x-amz-checksum-md5', member: 'ChecksumMD5', bytes: 16 },
  XXHASH64: { header: 'x-amz-checksum-xxhash64', member: 'ChecksumXXHASH64', bytes: 8 },
  XXHASH3: { header: 'x-amz-checksum-xxhash3', member: 'ChecksumXXHASH3', bytes: 8 },
  XXHASH128: { header: 'x-amz-checksum-xxhash128', member: 'ChecksumXXHASH128', bytes: 16 },
} as const satisfies Readonly<
  Record<string, { readonly header: string; readonly member: string; readonly bytes: number }>
>;

export type ChecksumName = keyof typeof checksums;
export type ChecksumMember = (typeof checksums)[ChecksumName]['member'];

export const checksumNames = Object.keys(checksums) as readonly ChecksumName[];

const byHeader: ReadonlyMap<string, ChecksumName> = new Map(
  checksumNames.map((name) => [checksums[name].header, name]),
);

/** The algorithm a header or trailer of this name carries; the name's case doesn't matter. */
export function checksumOfHeader(header: string): ChecksumName | undefined {
  return byHeader.get(header.toLowerCase());
}
