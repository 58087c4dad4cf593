/** Digests of bytes that are stored already, for copies whose checksum or ETag nobody has computed yet. */
import type { ChecksumAlgorithm } from '../digest/algorithms.ts';
import { openDigest } from '../digest/digest.ts';
import type { ByteRange } from '../protocol/range.ts';
import type { ObjectRecord, StoredObject } from '../store/records.ts';
import type { OperationContext } from './operation.ts';

/** Reads the range once; digests in the order of the algorithms. */
export async function hashObject(
  object: StoredObject,
  { start, end }: ByteRange,
  algorithms: readonly ChecksumAlgorithm[],
  { store, signal }: OperationContext,
): Promise<readonly Buffer[]> {
  const digests = await Promise.all(algorithms.map(openDigest));
  const bytes = await store.objects.read(object, start, end, signal);
  if (Buffer.isBuffer(bytes)) {
    for (const digest of digests) digest.update(bytes);
  } else {
    for await (const chunk of bytes) for (const digest of digests) digest.update(chunk);
  }
  return digests.map((digest) => digest.digest());
}

/** Whether the ETag is the MD5 of the object's bytes. Of objects that aren't encrypted. */
export function hasPlainETag({ etag, partsCount }: ObjectRecord): boolean {
  return partsCount === undefined && /^[0-9a-f]{32}$/.test(etag);
}
