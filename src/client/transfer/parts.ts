/** What is uploaded, in parts: slices of what can be read from any place, or a stream, part after part. */
import { assertLength, type BodySource, concat } from '../body.ts';
import { partBytesAt, rangesOf } from './part-plan.ts';

export interface Part {
  /** From 1. */
  readonly number: number;
  readonly size: number;
  readonly isLast: boolean;
  /** Bytes at hand, or where to read them, again if need be. */
  readonly body: Uint8Array | BodySource;
}

/** Parts of sources are read into memory up to this size, else twice: for the checksum, then to be sent. */
const maxHeldBytes = 8 * 1024 * 1024;

export function* partsOfSource(
  source: BodySource,
  partBytes: number,
): Generator<Part, void, undefined> {
  for (const { index, start, end } of rangesOf(source.size, partBytes)) {
    const size = end - start;
    yield { number: index + 1, size, isLast: end === source.size, body: slice(source, start, end) };
  }
}

const slice = (source: BodySource, start: number, end: number): BodySource => ({
  size: end - start,
  open: (from, to) => source.open(start + from, start + to),
  ...(source.read && { read: (from, to) => source.read!(start + from, start + to) }),
});

/** Of a part that isn't large the bytes. @throws S3Error InvalidInput if there are less or more than there should */
export async function held({ body, size }: Part, signal: AbortSignal): Promise<Part['body']> {
  if (body instanceof Uint8Array || size > maxHeldBytes) return body;
  const bytes = await (body.read?.(0, size) ?? gathered(body, size, signal));
  assertLength(bytes.length, size);
  return bytes;
}

/** Up to `size` bytes, and one piece more if there is. */
async function gathered(body: BodySource, size: number, signal: AbortSignal): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body.open(0, size)) {
    signal.throwIfAborted();
    chunks.push(chunk);
    length += chunk.length;
    if (length > size) break;
  }
  return concat(chunks, length);
}

/**
 * Parts of a stream, the first one even if it is empty. One is in memory here, whoever takes them has the others.
 * @param size as it was said to be; undefined if nobody knows
 */
export async function* partsOfStream(
  stream: AsyncIterable<Uint8Array>,
  size: number | undefined,
  partBytes: number,
): AsyncGenerator<Part, void, undefined> {
  const bytesOf = (number: number): number =>
    size === undefined ? partBytesAt(number, partBytes) : partBytes;
  let number = 1;
  let bytes = new Uint8Array(bytesOf(1));
  let filled = 0;
  let total = 0;
  for await (const chunk of stream) {
    total += chunk.length;
    if (size !== undefined && total > size) break;
    for (let rest = chunk; rest.length > 0; ) {
      // Only now is it known that there is more.
      if (filled === bytes.length) {
        yield { number, size: filled, isLast: false, body: bytes };
        number += 1;
        bytes = new Uint8Array(bytesOf(number));
        filled = 0;
      }
      const taken = rest.subarray(0, bytes.length - filled);
      bytes.set(taken, filled);
      filled += taken.length;
      rest = rest.subarray(taken.length);
    }
  }
  if (size !== undefined) assertLength(total, size);
  yield { number, size: filled, isLast: true, body: bytes.subarray(0, filled) };
}
