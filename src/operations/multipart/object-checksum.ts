/**
 * The checksum of an object from those of its parts: CRCs of the whole are combined, without reading a byte;
 * a composite checksum is the digest of the parts' digests, and how many there were.
 */
import { combineCrc, isCombinable } from '../../digest/combine-crc.ts';
import { digestOf } from '../../digest/digest.ts';
import type { ChecksumType, StoredChecksum, StoredPart } from '../../store/records.ts';

/**
 * Undefined where parts have different algorithms or none, which only an upload that asked for none allows.
 * Digests must be warm.
 * @param type as the upload asked; undefined where it left the choice to us
 */
export function objectChecksum(
  parts: readonly StoredPart[],
  type: ChecksumType | undefined,
): StoredChecksum | undefined {
  const algorithm = parts[0]?.checksum?.algorithm;
  if (algorithm === undefined) return undefined;
  if (parts.some((part) => part.checksum?.algorithm !== algorithm)) return undefined;
  const values = parts.map((part) => Buffer.from(part.checksum!.value, 'base64'));
  if (type !== 'COMPOSITE' && isCombinable(algorithm)) {
    const combined = values.reduce<Uint8Array>(
      (whole, value, at) =>
        at === 0 ? value : combineCrc(algorithm, whole, value, parts[at]!.size),
      Buffer.alloc(0),
    );
    return { algorithm, value: Buffer.from(combined).toString('base64'), type: 'FULL_OBJECT' };
  }
  const digest = digestOf(algorithm, Buffer.concat(values));
  if (digest instanceof Promise) throw new Error(`${algorithm} was not warmed`);
  return {
    algorithm,
    value: `${digest.toString('base64')}-${parts.length}`,
    type: 'COMPOSITE',
  };
}
