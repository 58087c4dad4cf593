/** What buckets that are listed hold: keys in order, by how they fall under prefixes. */

export interface KeyLayout {
  /** How many prefixes share the keys evenly, no more of them than keys; 0: none, all keys lie flat. */
  readonly prefixes: number;
  /** Of each key; more than one makes the bucket a versioned one. */
  readonly versions: number;
}

const digits = 9;
const numbered = (word: string, n: number): string => `${word}-${String(n).padStart(digits, '0')}`;

/** The prefix, delimiter included, that key `n` of `count` falls under. */
export function prefixAt({ prefixes }: KeyLayout, n: number, count: number): string {
  if (prefixes === 0) return '';
  return `${numbered('prefix', Math.floor((n * Math.min(prefixes, count)) / count))}/`;
}

/** Key `n` of `count`; a higher `n` is a later key. */
export function keyAt(layout: KeyLayout, n: number, count: number): string {
  return prefixAt(layout, n, count) + numbered('key', n);
}
