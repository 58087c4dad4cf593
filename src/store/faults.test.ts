import { expect, it } from 'vitest';
import { storageFault } from './faults.ts';

const coded = (code: string | number) => Object.assign(new Error('it failed'), { code });

it.each([
  ['ENOSPC', 'full'],
  ['EDQUOT', 'full'],
  ['EFBIG', 'full'],
  ['EROFS', 'read-only'],
  ['EIO', 'io'],
  ['EMFILE', 'descriptors'],
  [28, 'full'],
  [-30792, 'full'],
  [-30795, 'io'],
  ['ENOENT', undefined],
  [-30798, undefined],
])('an error with code %s is the fault %s', (code, fault) => {
  expect(storageFault(coded(code))).toBe(fault);
});

it('is found below what adapters wrap it in', () => {
  const wrapped = new Error('not written', { cause: new Error('batch', { cause: coded('EIO') }) });
  expect(storageFault(wrapped)).toBe('io');
  expect(storageFault(new Error('a bug'))).toBeUndefined();
  expect(storageFault('thrown text')).toBeUndefined();
});

it('is not looked for without end', () => {
  const circular = new Error('a circle');
  circular.cause = circular;
  expect(storageFault(circular)).toBeUndefined();
});
