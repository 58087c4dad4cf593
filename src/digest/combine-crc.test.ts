import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { combineCrc } from './combine-crc.ts';
import { digestOf, warmDigests } from './digest.ts';

const algorithms = ['CRC32', 'CRC32C', 'CRC64NVME'] as const;

describe.each(algorithms)('combining %s', (name) => {
  beforeAll(() => warmDigests());
  const crc = (bytes: Buffer) => new Uint8Array(digestOf(name, bytes) as Buffer);

  test('gives the checksum of the concatenation', () => {
    const bytes = fc.uint8Array({ maxLength: 5000 }).map((array) => Buffer.from(array));
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        expect(combineCrc(name, crc(a), crc(b), b.length)).toEqual(crc(Buffer.concat([a, b])));
      }),
    );
  });

  test('with nothing changes nothing', () => {
    const a = crc(Buffer.from('something'));
    expect(combineCrc(name, a, crc(Buffer.alloc(0)), 0)).toEqual(a);
  });

  test('is associative for lengths beyond 32 bits', () => {
    const fiveGiB = 5 * 2 ** 30 + 7;
    const [a, b, c] = ['a', 'b', 'c'].map((text) => crc(Buffer.from(text))) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ];
    const left = combineCrc(name, combineCrc(name, a, b, fiveGiB), c, fiveGiB);
    const right = combineCrc(name, a, combineCrc(name, b, c, fiveGiB), 2 * fiveGiB);
    expect(left).toEqual(right);
  });

  test('doubles zeros up to 5 GiB as the long way does for 1 MiB', () => {
    let doubled: Uint8Array = crc(Buffer.alloc(1));
    for (let length = 1; length < 2 ** 20; length *= 2) {
      doubled = combineCrc(name, doubled, doubled, length);
    }
    expect(doubled).toEqual(crc(Buffer.alloc(2 ** 20)));
  });

  test('refuses lengths and values that make no sense', () => {
    const a = crc(Buffer.from('a'));
    expect(() => combineCrc(name, a, a, -1)).toThrow(RangeError);
    expect(() => combineCrc(name, a, a, 0.5)).toThrow(RangeError);
    expect(() => combineCrc(name, a, a.subarray(1), 1)).toThrow(RangeError);
  });
});
