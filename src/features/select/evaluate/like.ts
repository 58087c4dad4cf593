/**
 * LIKE: `_` is one character, `%` any number of them, the escape character makes the next one literal
 * ("Operators" in the SQL reference). Matched without backtracking further than the last `%`.
 */
import { S3Error } from '../../../protocol/errors.ts';
import type { Meter } from './meter.ts';

const anyOne = Symbol('_');
const anyRun = Symbol('%');
/** Characters are code points. */
export type LikePattern = readonly (string | typeof anyOne | typeof anyRun)[];

/** @throws S3Error LikeInvalidInputs */
export function parseLikePattern(text: string, escaper: string | undefined): LikePattern {
  if (escaper !== undefined && [...escaper].length !== 1) throw new S3Error('LikeInvalidInputs');
  const pattern: (string | typeof anyOne | typeof anyRun)[] = [];
  const characters = [...text];
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at]!;
    if (character === escaper) {
      at += 1;
      const literal = characters[at];
      if (literal !== '%' && literal !== '_' && literal !== escaper) {
        throw new S3Error('LikeInvalidInputs');
      }
      pattern.push(literal);
    } else if (character === '%') {
      if (pattern.at(-1) !== anyRun) pattern.push(anyRun);
    } else {
      pattern.push(character === '_' ? anyOne : character);
    }
  }
  return pattern;
}

export function matchesLike(text: string, pattern: LikePattern, meter: Meter): boolean {
  const characters = [...text];
  let at = 0;
  let wanted = 0;
  /** After the last `%`, and how far its run goes. */
  let resume = -1;
  let runEnd = 0;
  let steps = 0;
  while (at < characters.length) {
    steps += 1;
    if (steps % 4096 === 0) meter.spend(4096);
    const one = pattern[wanted];
    if (one === anyRun) {
      wanted += 1;
      resume = wanted;
      runEnd = at;
    } else if (one === anyOne || (one !== undefined && one === characters[at])) {
      at += 1;
      wanted += 1;
    } else if (resume >= 0) {
      runEnd += 1;
      at = runEnd;
      wanted = resume;
    } else {
      return false;
    }
  }
  while (pattern[wanted] === anyRun) wanted += 1;
  return wanted === pattern.length;
}
