import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { etagValue, formatETag, matchesETag, multipartETag, parseETagCondition } from './etag.ts';

describe('entity tags', () => {
  it('are written in quotes and read with or without', () => {
    expect(formatETag('abc')).toBe('"abc"');
    expect(etagValue('"abc"')).toBe('abc');
    expect(etagValue('abc')).toBe('abc');
    expect(etagValue('W/"abc"')).toBe('abc');
    expect(etagValue('"')).toBe('"');
  });

  it('of multipart objects are the MD5 of the MD5s and the number of parts', () => {
    const parts = ['a', 'b'].map((part) => createHash('md5').update(part).digest());
    const expected = createHash('md5').update(Buffer.concat(parts)).digest('hex');
    expect(multipartETag(parts)).toBe(`${expected}-2`);
  });
});

describe('parseETagCondition', () => {
  it.each([
    ['*', '*'],
    ['"*"', '*'],
    ['"a"', [{ value: 'a', weak: false }]],
    ['a', [{ value: 'a', weak: false }]],
    [
      'W/"a", "b,c" ,d',
      [
        { value: 'a', weak: true },
        { value: 'b,c', weak: false },
        { value: 'd', weak: false },
      ],
    ],
    ['', []],
    ['"a', []],
  ])('reads %s', (header, expected) => {
    expect(parseETagCondition(header)).toEqual(expected);
  });
});

describe('matchesETag', () => {
  it('never matches a weak tag in strong comparison', () => {
    expect(matchesETag('W/"a"', '"a"', 'strong')).toBe(false);
    expect(matchesETag('W/"a"', '"a"', 'weak')).toBe(true);
    expect(matchesETag('"b", "a"', 'a', 'strong')).toBe(true);
    expect(matchesETag('"b"', 'a', 'weak')).toBe(false);
    expect(matchesETag('*', 'a', 'strong')).toBe(true);
  });
});
