import { expect, it } from 'vitest';
import { connectionLimit } from './connection-limit.ts';

const limits = (open: string) =>
  `Limit                     Soft Limit           Hard Limit           Units     \nMax processes             100                  100                  processes \nMax open files            ${open.padEnd(20)} 1048576              files     \n`;

it.each([
  ['many', '1048576', 10_000],
  ['no limit on', 'unlimited', 10_000],
  ['4096', '4096', 3584],
  ['600', '600', 300],
])('leaves the store descriptors where a process may open %s files', (_, open, expected) => {
  expect(connectionLimit(10_000, limits(open))).toBe(expected);
});

it('is what is wanted where the system does not tell', () => {
  expect(connectionLimit(10_000, undefined)).toBe(10_000);
});
