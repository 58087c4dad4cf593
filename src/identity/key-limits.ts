/** How fast an access key may be used, and until when. */
import { checkRateLimit, type RateLimit } from '../limits/shapes.ts';
import { encodeRecord } from '../store/record-codec.ts';
import type { ManagedIdentityDirectory } from './directory.ts';
import { accessKeyKey } from './records.ts';

/** What names a key among those who have a rate: `key/AKIA…`. */
export const keyScope = 'key/';

/**
 * Holds for the key and for sessions that are asked for with it; undefined is no limit.
 * @returns false if there is no such key
 * @throws InvalidLimitError
 */
export function setKeyLimits(
  directory: Pick<ManagedIdentityDirectory, 'change'>,
  accessKeyId: string,
  limit: RateLimit | undefined,
): Promise<boolean> {
  const rate = checkRateLimit(limit);
  return directory.change((before) => {
    const { rate: _, ...key } = before.keys.get(accessKeyId) ?? {};
    if (!('accessKeyId' in key)) return { ops: [], result: false };
    const value = encodeRecord({ ...key, ...(rate && { rate }) });
    return { ops: [{ op: 'put', at: accessKeyKey(accessKeyId), value }], result: true };
  });
}

/**
 * From then on the key is refused; undefined: it has no end.
 * @param expiresAt milliseconds since the epoch
 * @returns false if there is no such key
 */
export function setKeyExpiry(
  directory: Pick<ManagedIdentityDirectory, 'change'>,
  accessKeyId: string,
  expiresAt: number | undefined,
): Promise<boolean> {
  return directory.change((before) => {
    const { expiresAt: _, ...key } = before.keys.get(accessKeyId) ?? {};
    if (!('accessKeyId' in key)) return { ops: [], result: false };
    const value = encodeRecord({ ...key, ...(expiresAt !== undefined && { expiresAt }) });
    return { ops: [{ op: 'put', at: accessKeyKey(accessKeyId), value }], result: true };
  });
}
