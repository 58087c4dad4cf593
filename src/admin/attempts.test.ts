/** How long whoever guesses has to wait, over a clock of the test's own. */
import { expect, it } from 'vitest';
import { addressLimits, createAttempts, keyLimits } from './attempts.ts';

it('lets some failures pass, then has each next attempt wait twice as long, up to a bound', () => {
  let time = 0;
  const attempts = createAttempts(addressLimits, () => time);
  for (let place = 0; place < addressLimits.free; place++) {
    expect(attempts.waitMs('a')).toBe(0);
    attempts.failed('a');
  }
  for (const wait of [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]) {
    expect(attempts.waitMs('a')).toBe(wait * 1000);
    expect(attempts.waitMs('b')).toBe(0);
    time += wait * 1000;
    expect(attempts.waitMs('a')).toBe(0);
    attempts.failed('a');
  }
});

it('forgets failures a while after the last', () => {
  let time = 0;
  const attempts = createAttempts(addressLimits, () => time);
  for (let place = 0; place <= addressLimits.free; place++) attempts.failed('a');
  expect(attempts.waitMs('a')).toBeGreaterThan(0);
  time += 900_000;
  attempts.failed('a');
  expect(attempts.waitMs('a')).toBe(0);
});

it('keeps nobody from their own key for longer than seconds', () => {
  const attempts = createAttempts(keyLimits, () => 0);
  for (let place = 0; place < 1000; place++) attempts.failed('key');
  expect(attempts.waitMs('key')).toBe(5_000);
});

it('remembers no more names than its bound, the latest', () => {
  const attempts = createAttempts({ ...addressLimits, free: 1 }, () => 0);
  for (let place = 0; place < 10_001; place++) attempts.failed(`name-${place}`);
  expect(attempts.waitMs('name-0')).toBe(0);
  expect(attempts.waitMs('name-1')).toBeGreaterThan(0);
});
