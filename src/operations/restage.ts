/**
 * Bytes of a stored object, read as the client put them and stored anew: what a copy takes where source or copy
 * is encrypted and they can't share what is stored.
 */
import type { ChecksumAlgorithm } from '../digest/algorithms.ts';
import type { CustomerKey } from '../features/encryption/customer-key.ts';
import type { Sealer } from '../features/encryption/encryption.ts';
import type { ByteRange } from '../protocol/range.ts';
import type { StoredObject } from '../store/records.ts';
import type { OperationContext } from './operation.ts';
import { readObject } from './read-object.ts';
import { type ReceivedBytes, receiveBytes } from './receive-bytes.ts';

export async function restage(
  object: StoredObject,
  range: ByteRange,
  context: OperationContext,
  options: {
    /** The source's, where it is SSE-C. */
    readonly key: CustomerKey | undefined;
    readonly algorithm: ChecksumAlgorithm;
    /** Undefined stores the bytes as they are. */
    readonly sealer: Sealer | undefined;
  },
): Promise<ReceivedBytes> {
  const { key, algorithm, sealer } = options;
  const bytes = await readObject(object, range, context, key, context.signal);
  const Body = Buffer.isBuffer(bytes)
    ? bytes
    : {
        length: range.end - range.start,
        [Symbol.asyncIterator]: () => bytes[Symbol.asyncIterator](),
      };
  return receiveBytes({ Body }, context, algorithm, sealer);
}
