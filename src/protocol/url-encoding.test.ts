import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeUrl, encodeUrl } from './url-encoding.ts';

describe('encodeUrl', () => {
  it.each([
    ['foo+1/bar', 'foo%2B1/bar'],
    ['quux ab/thud', 'quux%20ab/thud'],
    ['a~b_c-d.e', 'a~b_c-d.e'],
    ["(!')*", '%28%21%27%29%2A'],
    ['a%b', 'a%25b'],
    ['\r\n\u0001', '%0D%0A%01'],
    ['größe 😀', 'gr%C3%B6%C3%9Fe%20%F0%9F%98%80'],
  ])('writes %j as %s', (key, encoded) => {
    expect(encodeUrl(key)).toBe(encoded);
  });

  it('is read back by form decoders and plain percent-decoders alike', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (key) => {
        expect(decodeURIComponent(encodeUrl(key))).toBe(key);
        expect(new URLSearchParams(`k=${encodeUrl(key)}`).get('k')).toBe(key);
        expect(decodeUrl(encodeUrl(key))).toBe(key);
      }),
    );
  });
});

describe('decodeUrl', () => {
  it('reads a plus as a space, as AWS writes it', () => {
    expect(decodeUrl('a+b%2Bc')).toBe('a b+c');
  });

  it('leaves text alone that is not percent-encoded', () => {
    expect(decodeUrl('100%')).toBe('100%');
  });
});
