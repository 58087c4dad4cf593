import { describe, expect, it } from 'vitest';
import { S3Error } from '../protocol/errors.ts';
import { createKeyGuard } from './key-guard.ts';

function guardAt(maxBadSignatures = 3) {
  let now = 1_000_000;
  let limited = 0;
  const guard = createKeyGuard({
    maxBadSignatures,
    monotonicNow: () => now,
    limited: () => {
      limited++;
    },
  });
  return {
    guard,
    pass: (ms: number) => {
      now += ms;
    },
    limited: () => limited,
    guess: (address: string, key: string) =>
      guard.guessed(new S3Error('SignatureDoesNotMatch'), address, key).code,
    unknown: (address: string, key: string) =>
      guard.guessed(new S3Error('InvalidAccessKeyId'), address, key).code,
    admits: (address: string, key: string) => {
      try {
        guard.admit(address, key);
        return true;
      } catch {
        return false;
      }
    },
  };
}

describe('the guard of keys', () => {
  it('looks nothing up before the first guess, and after a minute without one', () => {
    const { guard, guess, admits, pass } = guardAt();
    expect(guard.idle).toBe(true);
    guess('1.2.3.4', 'KEY');
    expect(guard.idle).toBe(false);
    pass(60_000);
    expect(admits('1.2.3.4', 'KEY')).toBe(true);
    expect(guard.idle).toBe(true);
  });

  it('closes one key to one address, and nothing else, for the rest of the minute', () => {
    const { guess, admits, pass, limited } = guardAt();
    for (let at = 0; at < 3; at++) {
      expect(admits('1.2.3.4', 'KEY')).toBe(true);
      expect(guess('1.2.3.4', 'KEY')).toBe('SignatureDoesNotMatch');
    }
    expect(admits('1.2.3.4', 'KEY')).toBe(false);
    expect(admits('1.2.3.4', 'OTHER')).toBe(true);
    expect(admits('4.3.2.1', 'KEY')).toBe(true);
    expect(limited()).toBe(1);
    pass(59_999);
    expect(admits('1.2.3.4', 'KEY')).toBe(false);
    pass(1);
    expect(admits('1.2.3.4', 'KEY')).toBe(true);
  });

  it('answers SlowDown for more keys that do not exist, and lets those that do in', () => {
    const { unknown, admits } = guardAt();
    const codes = ['A', 'B', 'C', 'D'].map((key) => unknown('1.2.3.4', key));
    expect(codes).toEqual([...Array(3).fill('InvalidAccessKeyId'), 'SlowDown']);
    expect(admits('1.2.3.4', 'KEY')).toBe(true);
    expect(unknown('4.3.2.1', 'A')).toBe('InvalidAccessKeyId');
  });

  it('counts no other refusals, and with 0 none at all', () => {
    const { guard } = guardAt(1);
    for (let at = 0; at < 5; at++) {
      expect(guard.guessed(new S3Error('AccessDenied'), 'a', 'KEY').code).toBe('AccessDenied');
    }
    expect(guard.idle).toBe(true);
    const free = guardAt(0);
    for (let at = 0; at < 5; at++) expect(free.guess('a', 'KEY')).toBe('SignatureDoesNotMatch');
    expect(free.admits('a', 'KEY')).toBe(true);
  });
});
