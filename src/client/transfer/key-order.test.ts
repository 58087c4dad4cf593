import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareKeys } from './key-order.ts';

const units = fc.string({
  unit: fc.constantFrom('a', 'b', '/', 'ü', '日', '\ue000', '\uffff', '😀'),
});

test('keys are in the order of their UTF-8 bytes', () => {
  fc.assert(
    fc.property(units, units, (a, b) => {
      const expected = Buffer.compare(Buffer.from(a), Buffer.from(b));
      expect(Math.sign(compareKeys(a, b)), `${a} ${b}`).toBe(expected);
    }),
  );
});

test('what JavaScript takes for smaller comes last: characters beyond U+FFFF', () => {
  expect('😀' < '\uffff').toBe(true);
  expect(compareKeys('😀', '\uffff')).toBeGreaterThan(0);
});
