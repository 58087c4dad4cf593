import { describe, expect, it } from 'vitest';
import { defaultPartBytes, maxPartBytes, partBytesAt, partBytesOf, rangesOf } from './part-plan.ts';

const MiB = 1024 ** 2;
const TiB = 1024 ** 4;

describe('parts of something whose size is known', () => {
  it('have the default size until there would be more than 10,000', () => {
    const most = defaultPartBytes * 10_000;
    for (const size of [0, 1, defaultPartBytes, most]) {
      expect(partBytesOf(size, defaultPartBytes)).toBe(defaultPartBytes);
    }
    expect(partBytesOf(most + 1, defaultPartBytes)).toBe(9 * MiB);
  });

  it.each([5 * TiB, 48 * TiB, 10_000 * maxPartBytes])(
    'are no more than 10,000 of %d bytes',
    (size) => {
      const partBytes = partBytesOf(size, defaultPartBytes);
      expect(Math.ceil(size / partBytes)).toBeLessThanOrEqual(10_000);
      expect(partBytes).toBeLessThanOrEqual(maxPartBytes);
      expect(partBytes % MiB).toBe(0);
    },
  );

  it('are refused where 10,000 of the largest are too few', () => {
    expect(() => partBytesOf(10_000 * maxPartBytes + 1, defaultPartBytes)).toThrow('10000 parts');
  });
});

describe('parts of a stream of unknown length', () => {
  const sizes = Array.from({ length: 10_000 }, (_, at) => partBytesAt(at + 1, defaultPartBytes));

  it('begin small and grow, so that 10,000 of them hold what S3 can store', () => {
    expect(sizes.slice(0, 1000).every((size) => size === defaultPartBytes)).toBe(true);
    expect(sizes[1000]).toBe(2 * defaultPartBytes);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeGreaterThan(5 * TiB);
  });

  it('are never larger than a part may be', () => {
    expect(Math.max(...sizes)).toBeLessThanOrEqual(maxPartBytes);
    expect(partBytesAt(10_000, 512 * MiB)).toBe(maxPartBytes);
  });
});

describe('ranges', () => {
  it('cover all bytes once, in order', () => {
    expect([...rangesOf(0, 4)]).toEqual([]);
    expect([...rangesOf(4, 4)]).toEqual([{ index: 0, start: 0, end: 4 }]);
    expect([...rangesOf(9, 4)]).toEqual([
      { index: 0, start: 0, end: 4 },
      { index: 1, start: 4, end: 8 },
      { index: 2, start: 8, end: 9 },
    ]);
  });
});
