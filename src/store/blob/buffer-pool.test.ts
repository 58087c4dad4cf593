import { describe, expect, test } from 'vitest';
import { createBufferPool } from './buffer-pool.ts';

describe('a pool of buffers', () => {
  test('gives a buffer out again once a view of it came back', () => {
    const pool = createBufferPool({ bytes: 1000, maxIdle: 2 });
    const first = pool.take(1000);
    expect(pool.take(1000).buffer).not.toBe(first.buffer);
    pool.give(first.subarray(3, 7));
    expect(pool.take(10).buffer).toBe(first.buffer);
  });

  test('has one owner for a buffer, however often it comes back', () => {
    const pool = createBufferPool({ bytes: 1000, maxIdle: 8 });
    const first = pool.take(1000);
    pool.give(first);
    pool.give(first);
    expect(pool.take(1000).buffer).toBe(first.buffer);
    expect(pool.take(1000).buffer).not.toBe(first.buffer);
  });

  test('takes nothing that it did not give', () => {
    const pool = createBufferPool({ bytes: 1000, maxIdle: 8 });
    const strange = Buffer.alloc(1000);
    pool.give(strange);
    expect(pool.take(1000).buffer).not.toBe(strange.buffer);
  });

  test('keeps no more than it was told to', () => {
    const pool = createBufferPool({ bytes: 1000, maxIdle: 1 });
    const taken = [pool.take(1000), pool.take(1000)];
    for (const buffer of taken) pool.give(buffer);
    const again = [pool.take(1000), pool.take(1000)].filter((buffer) =>
      taken.some((one) => one.buffer === buffer.buffer),
    );
    expect(again).toHaveLength(1);
  });

  test('refuses more than a buffer holds', () => {
    expect(() => createBufferPool({ bytes: 10, maxIdle: 1 }).take(11)).toThrow(RangeError);
  });
});
