import { describe, expect, it } from 'vitest';
import { tagSetOf, tagsOfHeader, tagsOfSet } from './tags.ts';

const code = (run: () => unknown): unknown => {
  try {
    return run();
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('x-amz-tagging', () => {
  it('is read as a query string, with empty values and encoded characters', () => {
    expect(tagsOfHeader('a=1&b=&c&d%20e=f+g%2Fh')).toEqual({
      a: '1',
      b: '',
      c: '',
      'd e': 'f g/h',
    });
    expect(tagsOfHeader('')).toBeUndefined();
  });

  it('is refused with repeated keys, bad encoding or a value that was not encoded', () => {
    for (const header of ['a=1&a=2', 'a=%zz', 'a=b=c']) {
      expect(code(() => tagsOfHeader(header))).toBe('InvalidArgument');
    }
  });

  it('keeps names that objects have of their own', () => {
    const tags = tagsOfHeader('__proto__=1&constructor=2');
    expect(tagSetOf(tags)).toEqual([
      { Key: '__proto__', Value: '1' },
      { Key: 'constructor', Value: '2' },
    ]);
  });
});

describe('a tag set', () => {
  const tag = (Key: string, Value = '') => ({ Key, Value });

  it('comes back in order of key', () => {
    expect(tagSetOf(tagsOfSet([tag('b'), tag('a', 'x')]))).toEqual([tag('a', 'x'), tag('b')]);
  });

  it('has at most ten tags', () => {
    const tags = Array.from({ length: 11 }, (_, i) => tag(`k${i}`));
    expect(code(() => tagsOfSet(tags))).toBe('InvalidTag');
    expect(Object.keys(tagsOfSet(tags.slice(1))!)).toHaveLength(10);
  });

  it('has keys of 1 to 128 and values of up to 256 characters', () => {
    expect(tagsOfSet([tag('k'.repeat(128), 'v'.repeat(256))])).toBeDefined();
    for (const bad of [tag(''), tag('k'.repeat(129)), tag('k', 'v'.repeat(257))]) {
      expect(code(() => tagsOfSet([bad]))).toBe('InvalidTag');
    }
  });

  it('has unique keys, of allowed characters, and none of the system', () => {
    expect(tagsOfSet([tag('größe_1 +-=._:/@', 'æ')])).toBeDefined();
    for (const bad of [
      [tag('a'), tag('a')],
      [tag('a{}')],
      [tag('a', 'b\n')],
      [tag('aws:cloudformation:stack')],
    ]) {
      expect(code(() => tagsOfSet(bad))).toBe('InvalidTag');
    }
  });
});
