/**
 * Whether bytes are those that the server has the checksum of.
 *
 * S3 User Guide, "Checking object integrity": FULL_OBJECT and COMPOSITE checksums.
 */
import { type ChecksumAlgorithm, checksumAlgorithms } from '../../digest/algorithms.ts';
import { toBase64 } from '../../protocol/byte-string.ts';
import type { BodyVerifier } from '../object-body.ts';
import type { Runtime, TransportResponse } from '../runtime.ts';
import { S3Error } from '../s3-error.ts';

/** What answers say of the checksum of an object or a part. */
export type ChecksumMembers = {
  readonly [Algorithm in ChecksumAlgorithm as `Checksum${Algorithm}`]?: string | undefined;
} & { readonly ChecksumType?: string | undefined };

/** Of bytes in one piece. */
export interface ObjectChecksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Base64. */
  readonly value: string;
}

export const checksumIn = (
  members: ChecksumMembers,
  algorithm: ChecksumAlgorithm,
): string | undefined => members[`Checksum${algorithm}`];

/** The fastest if there are several; undefined where there is none of the whole. */
export function objectChecksum(members: ChecksumMembers): ObjectChecksum | undefined {
  if (members.ChecksumType === 'COMPOSITE') return undefined;
  for (const algorithm of checksumAlgorithms) {
    const value = checksumIn(members, algorithm);
    // The checksum of checksums of that many parts.
    if (value !== undefined && !value.includes('-')) return { algorithm, value };
  }
  return undefined;
}

/**
 * @param answer what brought the bytes
 * @throws S3Error ChecksumMismatch
 */
export function assertSame(
  ours: ObjectChecksum,
  theirs: string,
  what: string,
  answer: Partial<Pick<TransportResponse, 'status' | 'headers'>> = {},
): void {
  if (ours.value === theirs) return;
  const message = `${what} have the ${ours.algorithm} ${ours.value}; the object has ${theirs}`;
  throw new S3Error('ChecksumMismatch', message, answer);
}

/** Of an object's bytes as they pass in order. */
export async function openVerifier(
  expected: ObjectChecksum | undefined,
  { hashes }: Runtime,
  answer?: Pick<TransportResponse, 'status' | 'headers'>,
): Promise<BodyVerifier | undefined> {
  if (expected === undefined) return undefined;
  const { algorithm, value } = expected;
  const digest = await hashes.openDigest(algorithm);
  return {
    update: (chunk) => digest.update(chunk),
    end() {
      const ours = { algorithm, value: toBase64(digest.digest()) };
      assertSame(ours, value, 'the bytes that came', answer);
    },
  };
}
