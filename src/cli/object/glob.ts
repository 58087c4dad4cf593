/**
 * Patterns of paths: `*` and `?` are anything but a slash, `**` is anything, `[a-z]` one of these, `[!a-z]` one of all
 * others. A pattern without a slash is about the last part of the path, one with a slash about the whole.
 */
import { usageError } from '../command-error.ts';

/** Longer than any that somebody would write; keys have 1,024 bytes. */
const maxPatternCharacters = 1024;

export type Matches = (path: string) => boolean;

/** @throws CommandError for a pattern that can't be read */
export function parseGlob(pattern: string): Matches {
  if (pattern === '' || pattern.length > maxPatternCharacters) {
    throw usageError(`A pattern has 1 to ${maxPatternCharacters} characters.`);
  }
  const expression = compiled(pattern);
  if (pattern.includes('/')) return (path) => expression.test(path);
  return (path) => expression.test(path.slice(path.lastIndexOf('/', path.length - 2) + 1));
}

function compiled(pattern: string): RegExp {
  const source = sourceOf(pattern);
  try {
    return new RegExp(`^${source}$`, 'su');
  } catch {
    throw usageError(`${pattern} is no pattern: look at what is in its brackets.`);
  }
}

function sourceOf(pattern: string): string {
  let source = '';
  for (let at = 0; at < pattern.length; at++) {
    const one = pattern[at]!;
    if (pattern.startsWith('**/', at)) {
      source += '(?:.*/)?';
      at += 2;
    } else if (pattern.startsWith('**', at)) {
      source += '.*';
      at += 1;
    } else if (one === '*') source += '[^/]*';
    else if (one === '?') source += '[^/]';
    else if (one === '[') {
      const end = pattern.indexOf(']', at + 2);
      if (end < 0) throw usageError(`${pattern}: a [ without its ].`);
      source += setOf(pattern.slice(at + 1, end));
      at = end;
    } else source += escaped(one);
  }
  return source;
}

function setOf(inside: string): string {
  const isOthers = /^[!^]/.test(inside);
  const characters = (isOthers ? inside.slice(1) : inside).replace(/[\\\]^[]/g, '\\$&');
  // In all sets: no slash.
  return isOthers ? `[^/${characters}]` : `(?!/)[${characters}]`;
}

const escaped = (one: string): string => one.replace(/[\\^$.|?*+()[\]{}/]/, '\\$&');

/**
 * What takes part: the last of the patterns that match a path decides, as for aws-cli; without one everything does,
 * but nothing if the first pattern is an include.
 */
export interface Filter {
  readonly kind: 'include' | 'exclude';
  readonly pattern: string;
}

export function createFilter(filters: readonly Filter[]): Matches {
  const parsed = filters.map(({ kind, pattern }) => ({ kind, matches: parseGlob(pattern) }));
  const otherwise = parsed[0]?.kind !== 'include';
  return (path) => {
    const last = parsed.findLast(({ matches }) => matches(path));
    return last === undefined ? otherwise : last.kind === 'include';
  };
}
