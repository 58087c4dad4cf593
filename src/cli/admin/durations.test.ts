import { expect, test } from 'vitest';
import { durationText } from './durations.ts';

test.each([
  [0, '0 s'],
  [0.04, '0 s'],
  [59.94, '59.9 s'],
  [60, '1 min'],
  [3599, '59 min 59 s'],
  [3600, '1 h'],
  [3605, '1 h'],
  [86_400 * 2 + 3600 * 3 + 59, '2 d 3 h'],
  [604_800, '7 d'],
])('%s seconds are %s', (seconds, text) => {
  expect(durationText(seconds)).toBe(text);
});
