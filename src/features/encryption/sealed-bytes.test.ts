import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chunkBytes,
  openBuffer,
  openStream,
  SealBrokenError,
  type SealedPiece,
  sealBuffer,
  sealedLength,
  sealedRange,
  sealStream,
  streamKey,
  tagBytes,
} from './sealed-bytes.ts';

const dataKey = randomBytes(32);

interface Stream {
  readonly plain: Buffer;
  readonly nonce: Buffer;
  readonly sealed: Buffer;
}

function sealedStream(plain: Buffer): Stream {
  const nonce = randomBytes(32);
  return { plain, nonce, sealed: sealBuffer(streamKey(dataKey, nonce), plain) };
}

const pieceOf = ({ plain, nonce }: Stream, start: number, end: number): SealedPiece => ({
  dataKey,
  nonce,
  size: plain.length,
  start,
  end,
});

async function* chopped(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length]!;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

async function gather(source: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of source) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** Sizes and offsets at and around the ends of chunks, where mistakes live. */
const aroundChunks = fc
  .tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: -2, max: 2 }))
  .map(([chunks, off]) => Math.max(0, chunks * chunkBytes + off));
const steps = fc.array(fc.integer({ min: 1, max: 2 * chunkBytes }), {
  minLength: 1,
  maxLength: 4,
});
const big = randomBytes(4 * chunkBytes);

describe('sealed bytes', () => {
  it('give every range back, whole or as a stream, however the bytes come in', async () => {
    const sizes = fc.oneof(aroundChunks, fc.integer({ min: 0, max: 3 * chunkBytes }));
    await fc.assert(
      fc.asyncProperty(sizes, sizes, sizes, steps, async (size, one, other, chops) => {
        const stream = sealedStream(big.subarray(0, size));
        expect(stream.sealed.length).toBe(sealedLength(size));
        const key = streamKey(dataKey, stream.nonce);
        const streamed = await gather(sealStream(key, chopped(stream.plain, chops)));
        expect(streamed.equals(stream.sealed)).toBe(true);

        const start = Math.min(one, other, size);
        const end = Math.min(Math.max(one, other), size);
        if (start === end) return;
        const range = sealedRange({ size, start, end });
        const sealed = stream.sealed.subarray(range.start, range.end);
        const pieces = [pieceOf(stream, start, end)];
        const expected = stream.plain.subarray(start, end);
        expect(openBuffer(pieces, sealed).equals(expected)).toBe(true);
        const opened = await gather(openStream(pieces, chopped(sealed, chops)));
        expect(opened.equals(expected)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('join streams that follow one another', async () => {
    const streams = [5, chunkBytes, chunkBytes + 1].map((size) => sealedStream(randomBytes(size)));
    const sealed = Buffer.concat(streams.map((stream) => stream.sealed));
    const pieces = streams.map((stream) => pieceOf(stream, 0, stream.plain.length));
    const plain = Buffer.concat(streams.map((stream) => stream.plain));
    expect(openBuffer(pieces, sealed).equals(plain)).toBe(true);
    expect((await gather(openStream(pieces, chopped(sealed, [1000])))).equals(plain)).toBe(true);
  });

  it('are refused when a single bit is not as it was', async () => {
    const stream = sealedStream(randomBytes(chunkBytes + 10));
    const pieces = [pieceOf(stream, 0, stream.plain.length)];
    for (const at of [0, chunkBytes, chunkBytes + tagBytes, stream.sealed.length - 1]) {
      const damaged = Buffer.from(stream.sealed);
      damaged[at]! ^= 1;
      expect(() => openBuffer(pieces, damaged)).toThrow(SealBrokenError);
      await expect(gather(openStream(pieces, chopped(damaged, [999])))).rejects.toThrow(
        SealBrokenError,
      );
    }
  });

  it('are refused when chunks are moved, dropped at the end, or of another stream', () => {
    const stream = sealedStream(randomBytes(2 * chunkBytes));
    const piece = pieceOf(stream, 0, 2 * chunkBytes);
    const half = stream.sealed.length / 2;
    const moved = Buffer.concat([stream.sealed.subarray(half), stream.sealed.subarray(0, half)]);
    expect(() => openBuffer([piece], moved)).toThrow(SealBrokenError);
    const first = stream.sealed.subarray(0, half);
    const shortened = { ...piece, size: chunkBytes, end: chunkBytes };
    expect(() => openBuffer([shortened], first)).toThrow(SealBrokenError);
    expect(() => openBuffer([piece], first)).toThrow(SealBrokenError);
    const other = { ...piece, nonce: randomBytes(32) };
    expect(() => openBuffer([other], stream.sealed)).toThrow(SealBrokenError);
  });

  it('let go of their source when reading stops early', async () => {
    const stream = sealedStream(randomBytes(3 * chunkBytes));
    let released = false;
    async function* source(): AsyncGenerator<Buffer> {
      try {
        yield* chopped(stream.sealed, [chunkBytes]);
      } finally {
        released = true;
      }
    }
    const opened = openStream([pieceOf(stream, 0, 3 * chunkBytes)], source());
    await opened.next();
    await opened.return();
    expect(released).toBe(true);
  });
});
