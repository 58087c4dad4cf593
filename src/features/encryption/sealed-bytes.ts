/**
 * Bytes sealed in chunks: AES-256-GCM over 64 KiB of plaintext at a time, each chunk with its tag, so that a
 * range costs the chunks that it touches and nothing is given out that wasn't verified.
 *
 * Every stream has a key of its own (HMAC-SHA256 of the data key over 32 random bytes), so a chunk's nonce
 * can be its index. The last chunk's nonce says that it is the last (the STREAM construction of Hoang,
 * Reyhanitabar, Rogaway and Vizár): chunks can't be dropped, repeated or moved without notice. No bytes are
 * sealed as no bytes.
 */
import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';

export const chunkBytes = 64 * 1024;
export const tagBytes = 16;
const sealedChunkBytes = chunkBytes + tagBytes;
const algorithm = 'aes-256-gcm';

/** What is stored is not what was sealed: damaged, cut short, or sealed with another key. */
export class SealBrokenError extends Error {
  override readonly name = 'SealBrokenError';
}

export function sealedLength(length: number): number {
  return length + Math.ceil(length / chunkBytes) * tagBytes;
}

export function streamKey(dataKey: Buffer, nonce: Buffer): Buffer {
  return createHmac('sha256', dataKey).update('stream').update(nonce).digest();
}

function chunkNonce(index: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce[0] = last ? 1 : 0;
  nonce.writeUIntBE(index, 6, 6);
  return nonce;
}

/** Ciphertext and tag. */
function sealChunk(key: Buffer, index: number, last: boolean, plain: Buffer): [Buffer, Buffer] {
  const cipher = createCipheriv(algorithm, key, chunkNonce(index, last));
  const sealed = cipher.update(plain);
  cipher.final();
  return [sealed, cipher.getAuthTag()];
}

function openChunk(key: Buffer, index: number, last: boolean, sealed: Buffer): Buffer {
  const end = sealed.length - tagBytes;
  const decipher = createDecipheriv(algorithm, key, chunkNonce(index, last));
  decipher.setAuthTag(sealed.subarray(end));
  const plain = decipher.update(sealed.subarray(0, end));
  try {
    decipher.final();
  } catch (cause) {
    throw new SealBrokenError(`chunk ${index} is not what was sealed`, { cause });
  }
  return plain;
}

export function sealBuffer(key: Buffer, plain: Buffer): Buffer {
  const sealed: Buffer[] = [];
  for (let at = 0, index = 0; at < plain.length; at += chunkBytes, index++) {
    const chunk = plain.subarray(at, at + chunkBytes);
    sealed.push(...sealChunk(key, index, at + chunkBytes >= plain.length, chunk));
  }
  return Buffer.concat(sealed);
}

/** Holds one chunk at a time: whether it is the last is known when more comes, or nothing does. */
export async function* sealStream(
  key: Buffer,
  plain: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer, void> {
  const chunk = Buffer.allocUnsafe(chunkBytes);
  let filled = 0;
  let index = 0;
  for await (const bytes of plain) {
    for (let at = 0; at < bytes.length; ) {
      if (filled === chunkBytes) {
        yield* sealChunk(key, index++, false, chunk);
        filled = 0;
      }
      const copied = bytes.copy(chunk, filled, at);
      filled += copied;
      at += copied;
    }
  }
  if (filled > 0) yield* sealChunk(key, index, true, chunk.subarray(0, filled));
}

/** What is asked for of one sealed stream. */
export interface SealedPiece {
  readonly dataKey: Buffer;
  readonly nonce: Buffer;
  /** Of the whole stream, before it was sealed. */
  readonly size: number;
  /** Plaintext bytes [start, end) of the stream; not empty. */
  readonly start: number;
  readonly end: number;
}

/** The sealed bytes that hold a piece, as a range of its sealed stream. */
export function sealedRange({ size, start, end }: Omit<SealedPiece, 'dataKey' | 'nonce'>): {
  readonly start: number;
  readonly end: number;
} {
  const first = Math.floor(start / chunkBytes);
  const after = Math.ceil(end / chunkBytes);
  return {
    start: first * sealedChunkBytes,
    end: Math.min(after * sealedChunkBytes, sealedLength(size)),
  };
}

interface ChunkPlace {
  readonly index: number;
  readonly last: boolean;
  readonly sealedBytes: number;
  /** What is asked for of the chunk's plaintext. */
  readonly from: number;
  readonly to: number;
}

function* chunksOf({ size, start, end }: SealedPiece): Generator<ChunkPlace, void> {
  for (let index = Math.floor(start / chunkBytes); index * chunkBytes < end; index++) {
    const at = index * chunkBytes;
    const length = Math.min(chunkBytes, size - at);
    yield {
      index,
      last: at + length === size,
      sealedBytes: length + tagBytes,
      from: Math.max(start - at, 0),
      to: Math.min(end - at, length),
    };
  }
}

/**
 * The plaintext of pieces whose sealed ranges follow one another without a gap.
 * @throws SealBrokenError
 */
export function openBuffer(pieces: readonly SealedPiece[], sealed: Buffer): Buffer {
  const plain: Buffer[] = [];
  let at = 0;
  for (const piece of pieces) {
    const key = streamKey(piece.dataKey, piece.nonce);
    for (const { index, last, sealedBytes, from, to } of chunksOf(piece)) {
      const chunk = sealed.subarray(at, at + sealedBytes);
      if (chunk.length < sealedBytes) throw new SealBrokenError('sealed bytes end too early');
      plain.push(openChunk(key, index, last, chunk).subarray(from, to));
      at += sealedBytes;
    }
  }
  return plain.length === 1 ? plain[0]! : Buffer.concat(plain);
}

/** Like `openBuffer`, one chunk at a time. */
export async function* openStream(
  pieces: readonly SealedPiece[],
  sealed: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer, void> {
  const source = takeExactly(sealed);
  try {
    for (const piece of pieces) {
      const key = streamKey(piece.dataKey, piece.nonce);
      for (const { index, last, sealedBytes, from, to } of chunksOf(piece)) {
        const chunk = await source.take(sealedBytes);
        yield openChunk(key, index, last, chunk).subarray(from, to);
      }
    }
  } finally {
    await source.close();
  }
}

function takeExactly(source: AsyncIterable<Buffer>) {
  const iterator = source[Symbol.asyncIterator]();
  let rest = Buffer.alloc(0) as Buffer;
  return {
    async take(length: number): Promise<Buffer> {
      const gathered: Buffer[] = [];
      let missing = length;
      for (;;) {
        const taken = rest.subarray(0, missing);
        rest = rest.subarray(taken.length);
        missing -= taken.length;
        if (taken.length > 0) gathered.push(taken);
        if (missing === 0) return gathered.length === 1 ? gathered[0]! : Buffer.concat(gathered);
        const step = await iterator.next();
        if (step.done === true) throw new SealBrokenError('sealed bytes end too early');
        rest = step.value;
      }
    },
    async close(): Promise<void> {
      await iterator.return?.();
    },
  };
}
