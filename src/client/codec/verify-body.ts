/** Whether the bytes of an answer are those that the server has the checksum of. */
import { toBase64 } from '../../protocol/byte-string.ts';
import { checksumNames, checksums } from '../../protocol/checksum-headers.ts';
import type { BodyVerifier } from '../object-body.ts';
import type { Runtime, TransportResponse } from '../runtime.ts';
import { S3Error } from '../s3-error.ts';

/**
 * Undefined where there is no checksum of just these bytes: none, one of an object's parts, or only a range was
 * asked for.
 */
export async function openVerifier(
  { status, headers, body }: TransportResponse,
  { hashes }: Runtime,
): Promise<BodyVerifier | undefined> {
  if (status !== 200 || headers['x-amz-checksum-type'] === 'COMPOSITE') return undefined;
  // The fastest is the first.
  const algorithm = checksumNames.find((name) => headers[checksums[name].header] !== undefined);
  if (algorithm === undefined) return undefined;
  const expected = headers[checksums[algorithm].header]!;
  // The checksum of checksums of that many parts.
  if (expected.includes('-')) return undefined;
  const opened = hashes.openDigest(algorithm);
  const digest = opened instanceof Promise ? await opened : opened;
  return {
    update: (chunk) => digest.update(chunk),
    end() {
      const actual = toBase64(digest.digest());
      // The checksum is of what the platform has unpacked, and keeps to itself.
      if (actual === expected || body.isDecoded) return;
      throw new S3Error(
        'ChecksumMismatch',
        `the bytes that came have the ${algorithm} ${actual}; the object has ${expected}`,
        { status, headers },
      );
    },
  };
}
