import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatContentRange, parseCopySourceRange, parseRange } from './range.ts';

describe('parseRange', () => {
  it.each([
    ['bytes=0-0', 10, { start: 0, end: 1 }],
    ['bytes=2-4', 10, { start: 2, end: 5 }],
    ['bytes=2-', 10, { start: 2, end: 10 }],
    ['bytes=2-99999999999999999999', 10, { start: 2, end: 10 }],
    ['bytes=-3', 10, { start: 7, end: 10 }],
    ['bytes=-30', 10, { start: 0, end: 10 }],
    ['Bytes = 2 - 4', 10, { start: 2, end: 5 }],
  ])('reads %s', (header, size, range) => {
    expect(parseRange(header, size)).toEqual(range);
  });

  it.each([
    'bytes=',
    'bytes=-',
    'bytes=a-b',
    'bytes=4-2',
    'bytes=0-1,3-4',
    'items=0-1',
    '0-1',
    'bytes=1-2-3',
  ])('ignores %s', (header) => {
    expect(parseRange(header, 10)).toBeUndefined();
  });

  it.each([
    ['bytes=10-', 10],
    ['bytes=10-12', 10],
    ['bytes=-0', 10],
    ['bytes=0-', 0],
    ['bytes=-1', 0],
  ])('refuses %s of %d bytes', (header, size) => {
    expect(() => parseRange(header, size)).toThrow(
      expect.objectContaining({
        code: 'InvalidRange',
        status: 416,
        fields: { RangeRequested: header, ActualObjectSize: String(size) },
        headers: { 'Content-Range': `bytes */${size}` },
      }),
    );
  });

  it('selects the bytes that slicing selects', () => {
    const offset = fc.integer({ min: 0, max: 40 });
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 32 }), offset, offset, (bytes, a, b) => {
        const first = Math.min(a, b, bytes.length - 1);
        const last = Math.max(first, a, b);
        const closed = parseRange(`bytes=${first}-${last}`, bytes.length)!;
        expect(bytes.slice(closed.start, closed.end)).toEqual(bytes.slice(first, last + 1));
        const open = parseRange(`bytes=${first}-`, bytes.length)!;
        expect(bytes.slice(open.start, open.end)).toEqual(bytes.slice(first));
        const suffix = parseRange(`bytes=-${last + 1}`, bytes.length)!;
        expect(bytes.slice(suffix.start, suffix.end)).toEqual(bytes.slice(-(last + 1)));
      }),
    );
  });
});

describe('formatContentRange', () => {
  it('counts the last byte in', () => {
    expect(formatContentRange({ start: 2, end: 5 }, 10)).toBe('bytes 2-4/10');
  });
});

describe('parseCopySourceRange', () => {
  it('reads a range inside the source', () => {
    expect(parseCopySourceRange('bytes=0-9', 10)).toEqual({ start: 0, end: 10 });
  });

  it.each(['bytes=0-', 'bytes=-5', '0-9', 'bytes=9-0', 'bytes=0-10', 'bytes=0-1,3-4', ''])(
    'refuses %j',
    (header) => {
      expect(() => parseCopySourceRange(header, 10)).toThrow(
        expect.objectContaining({
          code: 'InvalidArgument',
          fields: { ArgumentName: 'x-amz-copy-source-range', ArgumentValue: header },
        }),
      );
    },
  );
});
