import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePath, parseQuery, queryValue } from './query.ts';

const text = fc.string({ unit: 'binary' });

describe('parseQuery', () => {
  it('keeps order, repetition and the difference of names', () => {
    expect(parseQuery('b=2&a=1&b=3')).toEqual([
      ['b', '2'],
      ['a', '1'],
      ['b', '3'],
    ]);
  });

  it('gives a name without an equals sign the empty value', () => {
    expect(parseQuery('acl&versionId=&&x==')).toEqual([
      ['acl', ''],
      ['versionId', ''],
      ['x', '='],
    ]);
  });

  it('reads a plus as a space and %2B as a plus', () => {
    expect(parseQuery('prefix=a+b%2Bc')).toEqual([['prefix', 'a b+c']]);
  });

  it('reads unencoded UTF-8 bytes', () => {
    const bytes = Buffer.from('prefix=größe', 'utf8').toString('latin1');
    expect(parseQuery(bytes)).toEqual([['prefix', 'größe']]);
  });

  it.each(['a=%', 'a=%zz', '%E4=1', 'a=%ED%A0%80'])('refuses %s', (raw) => {
    expect(() => parseQuery(raw)).toThrow(expect.objectContaining({ code: 'InvalidURI' }));
  });

  it('is the inverse of percent-encoding', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text)), (pairs) => {
        const raw = pairs.map((pair) => pair.map(encodeURIComponent).join('=')).join('&');
        expect(parseQuery(raw)).toEqual(pairs);
      }),
    );
  });
});

describe('queryValue', () => {
  it('is the first value, and undefined for what is absent', () => {
    expect(queryValue(parseQuery('a=1&a=2&b'), 'a')).toBe('1');
    expect(queryValue(parseQuery('a=1&b'), 'b')).toBe('');
    expect(queryValue([], 'c')).toBeUndefined();
  });
});

describe('decodePath', () => {
  it('leaves a plus as it is', () => {
    expect(decodePath('/b/a+b%20c%2Fd')).toBe('/b/a+b c/d');
  });

  it('refuses what is not UTF-8', () => {
    expect(() => decodePath('/b/%ff')).toThrow(
      expect.objectContaining({ code: 'InvalidURI', status: 400 }),
    );
  });

  it('is the inverse of percent-encoding', () => {
    fc.assert(
      fc.property(text, (key) => {
        expect(decodePath(encodeURIComponent(key))).toBe(key);
      }),
    );
  });
});
