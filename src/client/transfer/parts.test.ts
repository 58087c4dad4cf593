import { describe, expect, it } from 'vitest';
import { sourceOf } from '../body.ts';
import { held, type Part, partsOfSource, partsOfStream } from './parts.ts';

async function* chunksOf(bytes: Uint8Array, chunkBytes: number) {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
}
const bytesOf = (length: number) => Uint8Array.from({ length }, (_, at) => at % 251);
const { signal } = new AbortController();

async function read(parts: AsyncIterable<Part> | Iterable<Part>) {
  const bodies: Uint8Array[] = [];
  const lasts: boolean[] = [];
  for await (const part of parts) {
    expect(part.number).toBe(bodies.length + 1);
    bodies.push((await held(part, signal)) as Uint8Array);
    expect(bodies.at(-1)!.length).toBe(part.size);
    lasts.push(part.isLast);
  }
  expect(lasts).toEqual(lasts.map((_, at) => at === lasts.length - 1));
  return { sizes: bodies.map(({ length }) => length), bytes: Buffer.concat(bodies) };
}

describe('parts of a stream', () => {
  it.each([
    [0, [0]],
    [1, [1]],
    [100, [100]],
    [101, [100, 1]],
    [200, [100, 100]],
    [250, [100, 100, 50]],
  ])('of %d bytes have what it has', async (length, sizes) => {
    const bytes = bytesOf(length);
    for (const chunkBytes of [1, 7, 100, 1000]) {
      for (const size of [undefined, length]) {
        const parts = await read(partsOfStream(chunksOf(bytes, chunkBytes), size, 100));
        expect(parts.sizes).toEqual(sizes);
        expect(parts.bytes.equals(bytes)).toBe(true);
      }
    }
  });

  it.each([99, 101])('that should have 100 bytes and has %d are refused', async (length) => {
    const parts = partsOfStream(chunksOf(bytesOf(length), 10), 100, 30);
    await expect(read(parts)).rejects.toMatchObject({ code: 'InvalidInput' });
  });
});

describe('parts of a source', () => {
  it('are its slices, whatever pieces it is read in', async () => {
    const bytes = bytesOf(250);
    const source = {
      size: bytes.length,
      open: (start: number, end: number) => chunksOf(bytes.subarray(start, end), 7),
    };
    const parts = await read(partsOfSource(source, 100));
    expect(parts.sizes).toEqual([100, 100, 50]);
    expect(parts.bytes.equals(bytes)).toBe(true);
    expect(await read(partsOfSource(sourceOf(bytes)!, 100))).toEqual(parts);
  });

  it('that has become shorter or longer are refused', async () => {
    for (const change of [-1, 1]) {
      const open = (start: number, end: number) => chunksOf(bytesOf(end - start + change), 7);
      const [part] = partsOfSource({ size: 10, open }, 10);
      await expect(held(part!, signal)).rejects.toMatchObject({ code: 'InvalidInput' });
    }
  });
});
