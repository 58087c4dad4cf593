/**
 * Matching a text against a pattern with wildcards, in a time that whoever writes policies cannot drive up: each
 * character of the text is looked at once, for all places of the pattern together, 32 of them in one step
 * (the Shift-And algorithm of Baeza-Yates and Gonnet).
 */

/** A code point, or one of the two wildcards. */
export type Token = number;
export const anyRun: Token = -1;
export const anyOne: Token = -2;

export function tokensMatch(tokens: readonly Token[], text: string): boolean {
  const points = pointsOf(text);
  const first = tokens.indexOf(anyRun);
  if (first < 0) return tokens.length === points.length && fits(tokens, points, 0);
  const last = tokens.lastIndexOf(anyRun);
  const end = points.length - (tokens.length - 1 - last);
  if (end < first) return false;
  if (!fits(tokens.slice(0, first), points, 0)) return false;
  if (!fits(tokens.slice(last + 1), points, end)) return false;
  // What stands between runs may be as far to the left as it is found.
  let at = first;
  for (let start = first + 1; start <= last; ) {
    const next = tokens.indexOf(anyRun, start);
    at = endOfFirst(tokens.slice(start, next), points, at, end);
    if (at < 0) return false;
    start = next + 1;
  }
  return true;
}

/** All patterns of a policy are asked about the same text, one after the other. */
let lastText = '';
let lastPoints: readonly number[] = [];

function pointsOf(text: string): readonly number[] {
  if (text !== lastText) {
    const points: number[] = [];
    for (let at = 0; at < text.length; ) {
      const point = text.codePointAt(at)!;
      points.push(point);
      at += point > 0xff_ff ? 2 : 1;
    }
    lastPoints = points;
    lastText = text;
  }
  return lastPoints;
}

/** Whether tokens without runs fit the text from a place on. */
function fits(tokens: readonly Token[], points: readonly number[], from: number): boolean {
  return tokens.every((token, index) => token === anyOne || token === points[from + index]);
}

const wordBits = 32;

/**
 * Looks for tokens without runs between two places.
 * @returns where the first occurrence ends; -1 if there is none
 */
function endOfFirst(
  tokens: readonly Token[],
  points: readonly number[],
  start: number,
  end: number,
): number {
  const { length } = tokens;
  if (length === 0) return start;
  if (end - start < length) return -1;
  const words = Math.ceil(length / wordBits);
  const sets = placesOf(tokens, words);
  /** Set for each place up to which the tokens fit what was just read. */
  const reached = new Uint32Array(words);
  const lastPlace = 1 << ((length - 1) % wordBits);
  for (let at = start; at < end; at++) {
    const possible = sets.get(points[at]!) ?? sets.get(anyOne)!;
    let carry = 1;
    for (let word = 0; word < words; word++) {
      const before = reached[word]!;
      reached[word] = ((before << 1) | carry) & possible[word]!;
      carry = before >>> (wordBits - 1);
    }
    if ((reached[words - 1]! & lastPlace) !== 0) return at + 1;
  }
  return -1;
}

/** Code point → the places where it may stand; `anyOne` → those where any may. */
function placesOf(tokens: readonly Token[], words: number): ReadonlyMap<number, Uint32Array> {
  const anywhere = new Uint32Array(words);
  const sets = new Map<number, Uint32Array>([[anyOne, anywhere]]);
  tokens.forEach((token, place) => {
    let set = sets.get(token);
    if (set === undefined) {
      set = new Uint32Array(words);
      sets.set(token, set);
    }
    const word = Math.floor(place / wordBits);
    set[word] = set[word]! | (1 << (place % wordBits));
  });
  for (const set of sets.values()) {
    for (let word = 0; word < words; word++) set[word] = set[word]! | anywhere[word]!;
  }
  return sets;
}
