/**
 * Checksums of parts, and of the whole made from them.
 *
 * S3 User Guide, "Checking object integrity": CRCs of parts combine to that of the object (FULL_OBJECT); other
 * algorithms have a checksum of checksums (COMPOSITE), which says nothing of the bytes in one piece.
 */
import { type ChecksumAlgorithm, checksumAlgorithms } from '../../digest/algorithms.ts';
import { type CombinableCrc, combineCrc } from '../../digest/combine-crc.ts';
import { fromBase64, toBase64 } from '../../protocol/byte-string.ts';
import type { BodyVerifier } from '../object-body.ts';
import type { Hashes, RunningDigest, Runtime } from '../runtime.ts';
import { S3Error } from '../s3-error.ts';
import type { Part } from './parts.ts';

export type ChecksumMembers = {
  readonly [Algorithm in ChecksumAlgorithm as `Checksum${Algorithm}`]?: string | undefined;
} & { readonly ChecksumType?: string | undefined };

/** What an object's answers say of the whole of it. */
export interface ObjectChecksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Base64. */
  readonly value: string;
}

export interface PartChecksum {
  /** Base64. */
  readonly checksum: string;
  readonly size: number;
}

/** Members of an input that bring a checksum. */
export const checksumMember = (
  algorithm: ChecksumAlgorithm,
  value: string,
): Omit<ChecksumMembers, 'ChecksumType'> => ({ [`Checksum${algorithm}`]: value });

export const checksumIn = (
  members: ChecksumMembers,
  algorithm: ChecksumAlgorithm,
): string | undefined => members[`Checksum${algorithm}`];

/** Undefined where there is none of the whole. */
export function objectChecksum(members: ChecksumMembers): ObjectChecksum | undefined {
  if (members.ChecksumType === 'COMPOSITE') return undefined;
  for (const algorithm of checksumAlgorithms) {
    const value = checksumIn(members, algorithm);
    // The checksum of checksums of that many parts.
    if (value !== undefined && !value.includes('-')) return { algorithm, value };
  }
  return undefined;
}

export async function openRunning(
  { openDigest }: Hashes,
  algorithm: ChecksumAlgorithm,
): Promise<RunningDigest> {
  return await openDigest(algorithm);
}

/** Reads what isn't in memory to its end. Base64. */
export async function checksumOf(
  { body, size }: Pick<Part, 'body' | 'size'>,
  algorithm: ChecksumAlgorithm,
  hashes: Hashes,
  signal: AbortSignal,
): Promise<string> {
  const digest = await openRunning(hashes, algorithm);
  if (body instanceof Uint8Array) digest.update(body);
  else {
    for await (const chunk of body.open(0, size)) {
      signal.throwIfAborted();
      digest.update(chunk);
    }
  }
  return toBase64(digest.digest());
}

/** @param parts all of the object, in order; one at least */
export function combined(algorithm: CombinableCrc, parts: readonly PartChecksum[]): string {
  const [first, ...others] = parts;
  let whole: Uint8Array = fromBase64(first!.checksum);
  for (const { checksum, size } of others) {
    whole = combineCrc(algorithm, whole, fromBase64(checksum), size);
  }
  return toBase64(whole);
}

/** @throws S3Error ChecksumMismatch */
export function assertSame(ours: ObjectChecksum, theirs: string, what: string): void {
  if (ours.value === theirs) return;
  const message = `${what} have the ${ours.algorithm} ${ours.value}; the object has ${theirs}`;
  throw new S3Error('ChecksumMismatch', message);
}

/** Of an object's bytes as they pass in order. */
export async function openObjectVerifier(
  expected: ObjectChecksum | undefined,
  { hashes }: Runtime,
): Promise<BodyVerifier | undefined> {
  if (expected === undefined) return undefined;
  const { algorithm, value } = expected;
  const digest = await openRunning(hashes, algorithm);
  return {
    update: (chunk) => digest.update(chunk),
    end: () =>
      assertSame({ algorithm, value: toBase64(digest.digest()) }, value, 'the bytes that came'),
  };
}
