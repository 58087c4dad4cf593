/**
 * Checksums of parts, and of the whole made from them.
 *
 * S3 User Guide, "Checking object integrity": CRCs of parts combine to that of the object (FULL_OBJECT); other
 * algorithms have a checksum of checksums (COMPOSITE), which says nothing of the bytes in one piece.
 */
import type { ChecksumAlgorithm } from '../../digest/algorithms.ts';
import { type CombinableCrc, combineCrc } from '../../digest/combine-crc.ts';
import { fromBase64, toBase64 } from '../../protocol/byte-string.ts';
import type { ChecksumMembers } from '../codec/verify-body.ts';
import type { Hashes } from '../runtime.ts';
import type { Part } from './parts.ts';

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

/** Reads what isn't in memory to its end. Base64. */
export async function checksumOf(
  { body, size }: Pick<Part, 'body' | 'size'>,
  algorithm: ChecksumAlgorithm,
  hashes: Hashes,
  signal: AbortSignal,
): Promise<string> {
  const digest = await hashes.openDigest(algorithm);
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
