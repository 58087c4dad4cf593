/** Amounts as flags take them, and how they are refused. */
import { InvalidArgumentError } from 'commander';
import { bytes, type ValueKind, wholeNumber } from '../config/value-kinds.ts';

const maxBytes = 1024 ** 5;
const maxPartBytes = 5 * 1024 ** 3;

function parserOf<T>({ check, allowed }: ValueKind<T>): (text: string) => T {
  return (text) => {
    const checked = check(text);
    if (checked.problems === undefined) return checked.value;
    throw new InvalidArgumentError(`It must be ${allowed}.`);
  };
}

/** `4096`, `10MiB` */
export const parseByteAmount = parserOf(bytes(0, maxBytes));
export const parsePartBytes = parserOf(bytes(1, maxPartBytes));
export const parseRate = parserOf(bytes(1, maxBytes));
export const parseCount = (least: number, most: number): ((text: string) => number) =>
  parserOf(wholeNumber(least, most));

const units = {
  s: 1000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
} as const;

/** `30s`, `10min`, `12h`, `7d`, `2w` as milliseconds. */
export function parseAge(text: string): number {
  const match = /^(\d{1,9})(s|min|h|d|w)$/.exec(text);
  if (match === null) {
    throw new InvalidArgumentError('It must be a number with its unit: 30s, 10min, 12h, 7d, 2w.');
  }
  return Number(match[1]) * units[match[2] as keyof typeof units];
}

/** For flags that may be said more than once. */
export const collect = (text: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  text,
];
