import { describe, expect, it } from 'vitest';
import { inBytes, inMiB } from './byte-amounts.ts';

describe('an amount of bytes', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [4096, '4 KiB'],
    [1_500_000, '1.4 MiB'],
    [300 * 1024 ** 3, '300 GiB'],
  ])('has the largest unit that fits: %i is %s', (bytes, text) =>
    expect(inBytes(bytes)).toBe(text),
  );

  it('stays in MiB where that is asked for', () => {
    expect([0, 1_500_000, 300 * 1024 ** 3].map(inMiB)).toEqual([
      '0.0 MiB',
      '1.4 MiB',
      '307200.0 MiB',
    ]);
  });
});
