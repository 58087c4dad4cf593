/** Patterns of paths, and which of several decides. */
import { describe, expect, it } from 'vitest';
import { createFilter, parseGlob } from './glob.ts';

describe('a pattern', () => {
  it.each([
    ['*.txt', ['a.txt', 'x/b.txt', '.txt'], ['a.txt.gz', 'atxt']],
    ['a?c', ['abc', 'x/a.c'], ['ac', 'a/c', 'abbc']],
    ['a/*.txt', ['a/b.txt'], ['a/b/c.txt', 'x/a/b.txt']],
    ['a/**', ['a/b', 'a/b/c'], ['b/a/c']],
    ['**/c', ['c', 'a/c', 'a/b/c'], ['a/xc']],
    ['[a-c].x', ['a.x', 'c.x'], ['d.x']],
    ['[!a-c].x', ['d.x'], ['a.x']],
    ['(a|b)+.$', ['(a|b)+.$'], ['a', 'ab']],
    ['ü😀*', ['ü😀x'], ['u']],
  ])('%s', (pattern, fitting, others) => {
    const matches = parseGlob(pattern);
    for (const path of fitting) expect(matches(path), path).toBe(true);
    for (const path of others) expect(matches(path), path).toBe(false);
  });
  it.each(['', '[a', '[z-a]'])('%j is refused', (pattern) => {
    expect(() => parseGlob(pattern)).toThrow();
  });
});

describe('of several patterns', () => {
  const include = (pattern: string) => ({ kind: 'include', pattern }) as const;
  const exclude = (pattern: string) => ({ kind: 'exclude', pattern }) as const;
  it('the last one that matches decides', () => {
    const takes = createFilter([exclude('*'), include('*.txt'), exclude('b.txt')]);
    expect(['a.txt', 'b.txt', 'c.bin'].map(takes)).toEqual([true, false, false]);
  });
  it('a first include leaves out all others', () => {
    expect(['a.txt', 'c.bin'].map(createFilter([include('*.txt')]))).toEqual([true, false]);
  });
  it('none lets everything take part', () => {
    expect(createFilter([])('a')).toBe(true);
  });
});
