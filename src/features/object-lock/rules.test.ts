import { describe, expect, it } from 'vitest';
import type { ObjectLock } from '../../store/records.ts';
import { assertRemovable, assertRetentionChange, isLocked, withDefault } from './rules.ts';

const now = Date.parse('2024-05-06T00:00:00Z');
const day = 24 * 60 * 60 * 1000;
const governed: ObjectLock = { mode: 'GOVERNANCE', retainUntil: now + day };
const compliant: ObjectLock = { mode: 'COMPLIANCE', retainUntil: now + day };

describe('a version', () => {
  it.each([
    ['that nothing was said of', undefined, false, false],
    ['under governance', governed, true, false],
    ['under compliance', compliant, true, true],
    ['whose retention has ended', { ...compliant, retainUntil: now }, false, false],
    ['that is held', { legalHold: 'ON' }, true, true],
    ['that is held and governed', { ...governed, legalHold: 'ON' }, true, true],
    ['that is no longer held', { legalHold: 'OFF' }, false, false],
  ] as const)(
    '%s is locked, or not, for most and for who bypasses governance',
    (_, lock, most, bypass) => {
      expect([isLocked(lock, now), isLocked(lock, now, true)]).toEqual([most, bypass]);
    },
  );

  it('is refused to be removed in the words of S3', () => {
    expect(() => assertRemovable(governed, now, false)).toThrow(
      'Access Denied because object protected by object lock.',
    );
    assertRemovable(governed, now, true);
  });
});

describe('a retention', () => {
  const later = now + 2 * day;
  const sooner = now + 1;
  it.each([
    ['governance, extended', governed, { mode: 'GOVERNANCE', retainUntil: later }, true, true],
    ['governance, shortened', governed, { mode: 'GOVERNANCE', retainUntil: sooner }, false, true],
    [
      'governance, turned into compliance',
      governed,
      { mode: 'COMPLIANCE', retainUntil: later },
      false,
      true,
    ],
    ['governance, removed', governed, undefined, false, true],
    ['compliance, extended', compliant, { mode: 'COMPLIANCE', retainUntil: later }, true, true],
    ['compliance, shortened', compliant, { mode: 'COMPLIANCE', retainUntil: sooner }, false, false],
    [
      'compliance, turned into governance',
      compliant,
      { mode: 'GOVERNANCE', retainUntil: later },
      false,
      false,
    ],
    ['compliance, removed', compliant, undefined, false, false],
    ['that ended, replaced', { ...compliant, retainUntil: now }, undefined, true, true],
    [
      'beside none, set',
      { legalHold: 'ON' },
      { mode: 'COMPLIANCE', retainUntil: later },
      true,
      true,
    ],
  ] as const)('%s: for most, and for who bypasses governance', (_, lock, next, most, bypass) => {
    const allowed = (bypasses: boolean): boolean => {
      try {
        assertRetentionChange(lock, next, now, bypasses);
        return true;
      } catch {
        return false;
      }
    };
    expect([allowed(false), allowed(true)]).toEqual([most, bypass]);
  });
});

describe("a bucket's default", () => {
  it('counts days or years from now', () => {
    expect(withDefault(undefined, { mode: 'GOVERNANCE', days: 2 }, now)).toEqual({
      mode: 'GOVERNANCE',
      retainUntil: now + 2 * day,
    });
    expect(withDefault({ legalHold: 'ON' }, { mode: 'COMPLIANCE', years: 1 }, now)).toEqual({
      legalHold: 'ON',
      mode: 'COMPLIANCE',
      retainUntil: now + 365 * day,
    });
  });

  it('is outranked by what was asked for, and may be none', () => {
    expect(withDefault(governed, { mode: 'COMPLIANCE', days: 9 }, now)).toBe(governed);
    expect(withDefault({ legalHold: 'ON' }, undefined, now)).toEqual({ legalHold: 'ON' });
  });
});
