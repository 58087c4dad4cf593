/** What every BlobStore does, whatever it stands on. Adapters call this from their own tests. */

import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  BlobCorruptError,
  type BlobListEntry,
  type BlobStore,
  listPages,
  maxLocatorBytes,
} from '../blob/port.ts';

export interface BlobStoreHarness {
  /** The store of a place; the same place again after `close` has the same blobs if persistent. */
  open(place: string): Promise<BlobStore>;
  readonly persistent: boolean;
}

const KiB = 1024;
const MiB = 1024 * KiB;
/** Around the blocks of checksums, the largest body in a pack, and the writes of files. */
const interestingLengths = [
  0,
  1,
  4 * KiB,
  256 * KiB - 1,
  256 * KiB,
  256 * KiB + 1,
  512 * KiB,
  MiB - 1,
  MiB,
  MiB + 1,
  3 * MiB + 17,
];

/** Bytes that no shift maps onto themselves. */
export function testBytes(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(length);
  let state = seed;
  for (let i = 0; i < length; i += 4) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    if (i + 4 <= length) bytes.writeUInt32LE(state, i);
    else bytes.fill(state & 0xff, i);
  }
  return bytes;
}

export async function* inChunks(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length]!;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

export async function readAll(bytes: Buffer | AsyncIterable<Buffer>): Promise<Buffer> {
  if (Buffer.isBuffer(bytes)) return bytes;
  const chunks: Buffer[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export async function listAll(store: BlobStore): Promise<BlobListEntry[]> {
  const entries: BlobListEntry[] = [];
  for await (const page of listPages(store)) entries.push(...page);
  return entries;
}

export function describeBlobStore(name: string, harness: BlobStoreHarness): void {
  describe(`${name} as a BlobStore`, () => {
    let store: BlobStore;
    let place: string;
    let places = 0;

    beforeEach(async () => {
      place = `${process.pid}-${++places}`;
      store = await harness.open(place);
    });
    afterEach(async () => {
      await store.close();
    });

    async function expectBytes(
      written: { locator: Buffer; length: number },
      bytes: Buffer,
      start = 0,
      end = bytes.length,
    ): Promise<void> {
      expect(written.length).toBe(bytes.length);
      const read = await readAll(await store.read(written.locator, written.length, start, end));
      expect(read.equals(bytes.subarray(start, end)), `bytes ${start} to ${end}`).toBe(true);
    }

    async function locators(): Promise<string[]> {
      return (await listAll(store)).map(({ locator }) => locator.toString('hex')).sort();
    }

    test.each(interestingLengths)(
      'a body of %i bytes comes back, however it came',
      async (length) => {
        const bytes = testBytes(length);
        await expectBytes(await store.write(bytes), bytes);
        await expectBytes(await store.write(inChunks(bytes, [65_536]), { length }), bytes);
        await expectBytes(await store.write(inChunks(bytes, [100_003])), bytes);
      },
    );

    test('how a body is split into chunks does not matter', async () => {
      const bytes = testBytes(700_000);
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 0, max: bytes.length }),
          fc.array(
            fc.oneof(fc.integer({ min: 0, max: 10 }), fc.integer({ min: 1, max: 400_000 })),
            {
              minLength: 1,
              maxLength: 6,
            },
          ),
          fc.boolean(),
          async (length, sizes, known) => {
            const body = bytes.subarray(0, length);
            const chunks = inChunks(body, [...sizes, 50_000]);
            await expectBytes(await store.write(chunks, known ? { length } : {}), body);
          },
        ),
        { numRuns: 30 },
      );
    });

    test('any range of any body is exactly that range', async () => {
      for (const length of [100 * KiB, MiB, 3 * MiB + 17]) {
        const bytes = testBytes(length);
        const written = await store.write(bytes);
        const edges = [0, 1, 256 * KiB, 512 * KiB, MiB, 2 * MiB, length]
          .flatMap((edge) => [edge - 1, edge, edge + 1])
          .filter((edge) => edge >= 0 && edge <= length);
        for (const start of edges) {
          for (const end of edges) {
            if (start <= end) await expectBytes(written, bytes, start, end);
          }
        }
      }
    });

    test('a range outside of the body is a RangeError', async () => {
      const { locator, length } = await store.write(testBytes(100));
      for (const [start, end] of [
        [-1, 5],
        [0, 101],
        [60, 50],
        [101, 101],
        [0, Number.NaN],
      ] as const) {
        await expect(store.read(locator, length, start, end)).rejects.toThrow(RangeError);
      }
    });

    test('a body that never was, or is shorter than recorded, is corrupt', async () => {
      const { locator, length } = await store.write(testBytes(5000));
      const other = Buffer.from(locator);
      other[other.length - 1] = other[other.length - 1]! ^ 0x55;
      await expect(store.read(other, length, 0, length)).rejects.toThrow(BlobCorruptError);
      await expect(store.read(locator, length + 1, 0, length + 1)).rejects.toThrow(
        BlobCorruptError,
      );
    });

    test('what was handed out does not change later', async () => {
      const bytes = testBytes(4096);
      const written = await store.write(bytes);
      const first = await readAll(await store.read(written.locator, 4096, 0, 4096));
      for (let i = 0; i < 50; i++) await store.write(testBytes(4096, i + 2));
      for (const { locator, length } of await listAll(store)) {
        await readAll(await store.read(locator, length, 0, length));
      }
      expect(first.equals(bytes)).toBe(true);
    });

    test('many writes at once each keep their own bytes', async () => {
      const bodies = Array.from({ length: 200 }, (_, i) =>
        testBytes(i % 50 === 0 ? MiB + i : i * 113, i + 1),
      );
      const written = await Promise.all(
        bodies.map((bytes, i) => store.write(i % 2 === 0 ? bytes : inChunks(bytes, [1009]))),
      );
      for (const [i, bytes] of bodies.entries()) await expectBytes(written[i]!, bytes);
      const names = new Set(written.map(({ locator }) => locator.toString('hex')));
      expect(names.size).toBe(bodies.length);
      for (const { locator } of written) {
        expect(locator.length).toBeLessThanOrEqual(maxLocatorBytes);
      }
    });

    test.each([1000, 3 * MiB])(
      'a source that fails after %i bytes keeps nothing',
      async (length) => {
        const cause = new Error('the client went away');
        async function* failing(): AsyncGenerator<Buffer> {
          yield* inChunks(testBytes(length), [64 * KiB]);
          throw cause;
        }
        await expect(store.write(failing())).rejects.toBe(cause);
        await expect(store.write(failing(), { length: 8 * MiB })).rejects.toBe(cause);
        expect(await locators()).toEqual([]);
        const bytes = testBytes(length);
        await expectBytes(await store.write(bytes), bytes);
      },
    );

    test('a body that is not as long as announced is refused', async () => {
      for (const announced of [50, 150, 2 * MiB]) {
        const write = store.write(inChunks(testBytes(100), [30]), { length: announced });
        await expect(write).rejects.toThrow('announced');
        const atOnce = store.write(testBytes(100), { length: announced });
        await expect(atOnce).rejects.toThrow('announced');
      }
      expect(await locators()).toEqual([]);
    });

    test.each([undefined, 2 * MiB])(
      'an aborted write ends, though its source never does (announced: %s)',
      async (length) => {
        let stopped = false;
        async function* hanging(): AsyncGenerator<Buffer> {
          try {
            yield testBytes(1000);
            yield testBytes(100_000);
            controller.abort(new Error('enough'));
            yield testBytes(1000);
            await new Promise(() => {});
          } finally {
            stopped = true;
          }
        }
        const controller = new AbortController();
        const write = store.write(hanging(), { length, signal: controller.signal });
        await expect(write).rejects.toThrow('enough');
        expect(stopped).toBe(true);
        expect(await locators()).toEqual([]);

        const waiting = new AbortController();
        const never: AsyncIterable<Buffer> = {
          [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }),
        };
        const write2 = store.write(never, { length, signal: waiting.signal });
        setImmediate(() => waiting.abort(new Error('enough')));
        await expect(write2).rejects.toThrow('enough');
      },
    );

    test('a removed body is gone; removing it again is success', async () => {
      for (const length of [5000, 3 * MiB]) {
        const bytes = testBytes(length);
        const gone = await store.write(bytes);
        const stays = await store.write(bytes);
        await store.remove(gone.locator);
        await store.remove(gone.locator);
        const left = await locators();
        expect(left).not.toContain(gone.locator.toString('hex'));
        expect(left).toContain(stays.locator.toString('hex'));
        await expectBytes(stays, bytes);
      }
    });

    test('a reader that started before the removal may finish', async () => {
      const bytes = testBytes(6 * MiB);
      const { locator, length } = await store.write(bytes);
      const reading = await store.read(locator, length, 0, length);
      await store.remove(locator);
      expect((await readAll(reading)).equals(bytes)).toBe(true);
      await expect(store.read(locator, length, 0, length)).rejects.toThrow(BlobCorruptError);
    });

    test('a reader may stop in the middle, or be stopped', async () => {
      const bytes = testBytes(6 * MiB);
      const { locator, length } = await store.write(bytes);
      for await (const chunk of (await store.read(
        locator,
        length,
        0,
        length,
      )) as AsyncIterable<Buffer>) {
        expect(chunk.equals(bytes.subarray(0, chunk.length))).toBe(true);
        break;
      }
      const controller = new AbortController();
      const reading = await store.read(locator, length, 0, length, controller.signal);
      controller.abort(new Error('enough'));
      await expect(readAll(reading)).rejects.toThrow('enough');
      await expect(store.read(locator, length, 0, length, controller.signal)).rejects.toThrow(
        'enough',
      );
    });

    test('a large body streams in pieces, not as one buffer', async () => {
      const length = 16 * MiB;
      const { locator } = await store.write(testBytes(length));
      const reading = await store.read(locator, length, 0, length);
      expect(Buffer.isBuffer(reading)).toBe(false);
      const hash = createHash('md5');
      for await (const chunk of reading as AsyncIterable<Buffer>) {
        expect(chunk.length).toBeLessThanOrEqual(MiB);
        hash.update(chunk);
      }
      expect(hash.digest('hex')).toBe(createHash('md5').update(testBytes(length)).digest('hex'));
    });

    test('the list names every body once, by the id it was given, a page at a time', async () => {
      const started = Date.now();
      const ids = new Map<string, number>();
      const bodies = Array.from({ length: 2300 }, (_, i) => (i % 40 === 0 ? MiB + 1 + i : i));
      const written = await Promise.all(
        bodies.map((length) => {
          const id = randomBytes(16);
          ids.set(id.toString('hex'), length);
          return store.write(Buffer.alloc(length), { id });
        }),
      );
      for (let i = 0; i < written.length; i += 3) {
        await store.remove(written[i]!.locator);
      }
      const kept = written.filter((_, i) => i % 3 !== 0);
      const entries = await listAll(store);
      const byLocator = (a: string, b: string) => (a < b ? -1 : 1);
      expect(entries.map(({ locator }) => locator.toString('hex')).sort(byLocator)).toEqual(
        kept.map(({ locator }) => locator.toString('hex')).sort(byLocator),
      );
      for (const { id, length, writtenAt } of entries) {
        expect(length).toBe(ids.get(id.toString('hex')));
        expect(writtenAt).toBeGreaterThan(started - 5000);
        expect(writtenAt).toBeLessThan(Date.now() + 5000);
      }
      const page = await store.list();
      expect(page.entries.length).toBeLessThanOrEqual(1000);
    });

    test('a store that serves is healthy', async () => {
      await expect(store.health()).resolves.toBeUndefined();
    });

    test('close waits for writes under way, then nothing works', async () => {
      const write = store.write(testBytes(3 * MiB));
      await store.close();
      const { locator, length } = await write;
      await expect(store.read(locator, length, 0, 1)).rejects.toThrow('closed');
      await expect(store.write(testBytes(1))).rejects.toThrow('closed');
      await expect(store.list()).rejects.toThrow('closed');
      await store.close();
    });

    if (harness.persistent) {
      test('what was written is there after reopening', async () => {
        const bodies = [0, 10, 4096, 300_000, 3 * MiB].map((length) =>
          testBytes(length, length + 1),
        );
        const written = await Promise.all(bodies.map((bytes) => store.write(bytes)));
        await store.remove(written[1]!.locator);
        await store.close();
        store = await harness.open(place);
        for (const i of [0, 2, 3, 4]) await expectBytes(written[i]!, bodies[i]!);
        expect(await locators()).toHaveLength(4);
        const again = await store.write(testBytes(10));
        expect(await locators()).toHaveLength(5);
        await expectBytes(again, testBytes(10));
      });
    }
  });
}
