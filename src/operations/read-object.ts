/** An object's bytes as the client put them, whatever they are sealed with, and whether the request has the key. */
import type { CustomerKey } from '../features/encryption/customer-key.ts';
import { sameText } from '../features/encryption/customer-key.ts';
import {
  openBuffer,
  openStream,
  type SealedPiece,
  sealedLength,
  sealedRange,
} from '../features/encryption/sealed-bytes.ts';
import { S3Error } from '../protocol/errors.ts';
import type { ByteRange } from '../protocol/range.ts';
import type { ObjectEncryption, StoredObject } from '../store/records.ts';
import type { BytesOut } from '../store/store.ts';
import { assertKnownCaller } from './object-encryption.ts';
import type { OperationContext } from './operation.ts';
import { resumed } from './resumed-stream.ts';

/**
 * Holds the key that a request brings against the object's, before anything is told of it.
 * @throws S3Error InvalidRequest, AccessDenied, InvalidArgument
 */
export function assertReadable(
  { encryption }: StoredObject,
  given: CustomerKey | undefined,
  context: OperationContext,
): void {
  if (encryption?.algorithm === 'SSE-C') {
    if (given === undefined) {
      throw new S3Error('InvalidRequest', {
        message:
          'The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.',
      });
    }
    if (!sameText(given.md5, encryption.keyMd5 ?? '')) throw new S3Error('AccessDenied');
  } else if (given !== undefined) {
    throw new S3Error('InvalidRequest', {
      message: 'The encryption parameters are not applicable to this object.',
    });
  } else if (encryption?.algorithm === 'aws:kms') {
    assertKnownCaller(context);
  }
}

/**
 * Bytes [start, end) of what the client put, at once where they are at hand. Resolves when the first of
 * them are verified.
 * @param key for SSE-C; `assertReadable` has looked at it
 * @throws S3Error KMS.DisabledException, KMS.NotFoundException
 * @throws SealBrokenError
 */
export function readObject(
  object: StoredObject,
  range: ByteRange,
  context: OperationContext,
  key?: CustomerKey,
  signal?: AbortSignal,
): BytesOut | Promise<BytesOut> {
  const { encryption } = object;
  if (encryption === undefined) {
    return context.store.objects.read(object, range.start, range.end, signal);
  }
  return readSealed(object, encryption, range, context, key, signal);
}

async function readSealed(
  object: StoredObject,
  encryption: ObjectEncryption,
  range: ByteRange,
  context: OperationContext,
  key: CustomerKey | undefined,
  signal: AbortSignal | undefined,
): Promise<BytesOut> {
  const { objects } = context.store;
  const dataKey = await context.encryption.open(encryption, key);
  if (range.start === range.end) return Buffer.alloc(0);
  const streams = await streamsOf(object, encryption, context);
  const { pieces, start, end } = piecesOf(streams, dataKey, range);
  const sealed = await objects.read(object, start, end, signal);
  if (Buffer.isBuffer(sealed)) return openBuffer(pieces, sealed);
  const opened = openStream(pieces, sealed);
  const first = await opened.next();
  return first.done === true ? Buffer.alloc(0) : resumed(first, opened);
}

interface SealedStream {
  readonly size: number;
  readonly nonce: string | undefined;
}

/** The streams that were sealed each on its own: the object, or its parts. */
async function streamsOf(
  object: StoredObject,
  { nonce }: ObjectEncryption,
  { store }: OperationContext,
): Promise<readonly SealedStream[]> {
  if (nonce !== undefined) return [{ size: object.size, nonce }];
  const parts = await store.objects.parts(object);
  if (parts === undefined) throw new Error('an encrypted object has neither nonce nor parts');
  return parts.map((part) => ({ size: part.size, nonce: part.nonce }));
}

/** What of each stream lies in the range, and the range of sealed bytes that holds it all. */
function piecesOf(
  streams: readonly SealedStream[],
  dataKey: Buffer,
  range: ByteRange,
): { readonly pieces: readonly SealedPiece[] } & ByteRange {
  const pieces: SealedPiece[] = [];
  let sealedStart: number | undefined;
  let sealedEnd = 0;
  let at = 0;
  let sealedAt = 0;
  for (const { size, nonce = '' } of streams) {
    if (at >= range.end) break;
    const start = Math.max(range.start - at, 0);
    const end = Math.min(range.end - at, size);
    if (start < end) {
      pieces.push({ dataKey, nonce: Buffer.from(nonce, 'base64'), size, start, end });
      const sealed = sealedRange({ size, start, end });
      sealedStart ??= sealedAt + sealed.start;
      sealedEnd = sealedAt + sealed.end;
    }
    at += size;
    sealedAt += sealedLength(size);
  }
  return { pieces, start: sealedStart ?? 0, end: sealedEnd };
}
