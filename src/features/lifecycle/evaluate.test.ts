import { describe, expect, it } from 'vitest';
import type { LifecycleRule } from '../../model/types.gen.ts';
import { abortionOf, actionOn, dayMs, expiryOf, type Standing } from './evaluate.ts';
import { requestedRules } from './requested-rules.ts';
import { commonPrefix, type Rule, rulesOf } from './rules.ts';

const rules = (...given: readonly Partial<LifecycleRule>[]): readonly Rule[] =>
  rulesOf(
    requestedRules(
      { Rules: given.map((rule) => ({ Status: 'Enabled', Filter: {}, ...rule })) },
      (index) => `rule-${index}`,
    ),
  );

const made = Date.parse('2024-01-15T10:30:00Z');
const object = { key: 'logs/a', lastModified: made, size: 100, tags: { kind: 'log', keep: 'no' } };
const marker = { key: 'logs/a', lastModified: made, deleteMarker: true } as const;
const current: Standing = { current: true, alone: true };
const at = (text: string) => ({ now: Date.parse(text), dayMs });
const later = at('2099-01-01T00:00:00Z');

describe('an age in days', () => {
  const threeDays = rules({ Expiration: { Days: 3 } });

  it('is over at the midnight after it', () => {
    expect(new Date(expiryOf(threeDays, object, dayMs)!.at).toISOString()).toBe(
      '2024-01-19T00:00:00.000Z',
    );
    expect(actionOn(threeDays, object, current, at('2024-01-18T23:59:59Z'))).toBeUndefined();
    expect(actionOn(threeDays, object, current, at('2024-01-19T00:00:00Z'))).toBe('expire');
  });

  it('is exact where days are shorter', () => {
    expect(expiryOf(threeDays, object, 10_000)!.at).toBe(made + 30_000);
  });
});

it('a date is met from that moment on, whenever the object was made', () => {
  const dated = rules({ Expiration: { Date: new Date('2024-02-01T00:00:00Z') } });
  expect(actionOn(dated, object, current, at('2024-01-31T23:59:59Z'))).toBeUndefined();
  expect(actionOn(dated, object, current, at('2024-02-01T00:00:00Z'))).toBe('expire');
  const after = { ...object, lastModified: Date.parse('2024-03-01T00:00:00Z') };
  expect(actionOn(dated, after, current, at('2024-03-01T00:00:00Z'))).toBe('expire');
});

it('of several rules the first to be met counts, and disabled ones do not', () => {
  const several = rules(
    { ID: 'late', Expiration: { Days: 9 } },
    { ID: 'soon', Expiration: { Days: 2 } },
    { ID: 'off', Expiration: { Days: 1 }, Status: 'Disabled' },
  );
  expect(expiryOf(several, object, dayMs)?.ruleId).toBe('soon');
});

it.each<readonly [string, LifecycleRule['Filter'], boolean]>([
  ['no filter', {}, true],
  ['a prefix', { Prefix: 'logs/' }, true],
  ['another prefix', { Prefix: 'data/' }, false],
  ['a tag', { Tag: { Key: 'kind', Value: 'log' } }, true],
  ['a tag with another value', { Tag: { Key: 'kind', Value: 'data' } }, false],
  ['a tag named like a property of all objects', { Tag: { Key: 'toString', Value: '' } }, false],
  ['a size above', { ObjectSizeGreaterThan: 99 }, true],
  ['the size itself as above', { ObjectSizeGreaterThan: 100 }, false],
  ['a size below', { ObjectSizeLessThan: 101 }, true],
  ['the size itself as below', { ObjectSizeLessThan: 100 }, false],
  [
    'all of several',
    {
      And: {
        Prefix: 'logs/',
        Tags: [
          { Key: 'kind', Value: 'log' },
          { Key: 'keep', Value: 'no' },
        ],
        ObjectSizeLessThan: 101,
      },
    },
    true,
  ],
  [
    'one of several that does not hold',
    {
      And: {
        Prefix: 'logs/',
        Tags: [
          { Key: 'kind', Value: 'log' },
          { Key: 'keep', Value: 'yes' },
        ],
      },
    },
    false,
  ],
])('a rule with %s', (_, Filter, applies) => {
  const filtered = rules({ Filter, Expiration: { Days: 1 } });
  expect(actionOn(filtered, object, current, later)).toBe(applies ? 'expire' : undefined);
});

describe('a delete marker', () => {
  const underneath: Standing = { current: true, alone: false };

  it('goes at once when it is alone, if a rule says so', () => {
    const lone = rules({ Expiration: { ExpiredObjectDeleteMarker: true } });
    expect(actionOn(lone, marker, current, at('2024-01-15T10:30:01Z'))).toBe('remove-marker');
    expect(actionOn(lone, marker, underneath, later)).toBeUndefined();
    expect(actionOn(lone, object, current, later)).toBeUndefined();
  });

  it('goes by its age when it is alone, and gets no marker on top', () => {
    const aged = rules({ Expiration: { Days: 5 } });
    expect(actionOn(aged, marker, current, at('2024-01-20T00:00:00Z'))).toBeUndefined();
    expect(actionOn(aged, marker, current, at('2024-01-21T00:00:00Z'))).toBe('remove-marker');
    expect(actionOn(aged, marker, underneath, later)).toBeUndefined();
  });

  it('has no tags that a rule could ask for', () => {
    const tagged = rules({ Filter: { Tag: { Key: 'a', Value: 'b' } }, Expiration: { Days: 5 } });
    expect(actionOn(tagged, marker, current, later)).toBeUndefined();
  });
});

describe('a noncurrent version', () => {
  const noncurrent = (newer: number): Standing => ({
    current: false,
    since: Date.parse('2024-02-01T12:00:00Z'),
    newer,
  });
  const twoDays = rules({ NoncurrentVersionExpiration: { NoncurrentDays: 2 } });

  it('goes so many days after a newer one came', () => {
    expect(actionOn(twoDays, object, noncurrent(0), at('2024-02-03T23:59:59Z'))).toBeUndefined();
    expect(actionOn(twoDays, object, noncurrent(0), at('2024-02-04T00:00:00Z'))).toBe(
      'remove-noncurrent',
    );
    expect(actionOn(twoDays, marker, noncurrent(0), later)).toBe('remove-noncurrent');
    expect(actionOn(twoDays, object, current, later)).toBeUndefined();
  });

  it('stays while fewer newer ones than are kept', () => {
    const kept = rules({
      NoncurrentVersionExpiration: { NoncurrentDays: 2, NewerNoncurrentVersions: 3 },
    });
    expect(actionOn(kept, object, noncurrent(2), later)).toBeUndefined();
    expect(actionOn(kept, object, noncurrent(3), later)).toBe('remove-noncurrent');
  });

  it('stays under retention and legal hold', () => {
    const { now } = later;
    for (const lock of [{ retainUntil: now + 1 }, { legalHold: 'ON' as const }]) {
      expect(actionOn(twoDays, { ...object, lock }, noncurrent(0), later)).toBeUndefined();
    }
    for (const lock of [{ retainUntil: now }, { legalHold: 'OFF' as const }]) {
      expect(actionOn(twoDays, { ...object, lock }, noncurrent(0), later)).toBeDefined();
    }
  });
});

it('an upload is given up so many days after it was initiated', () => {
  const aborting = rules({
    Filter: { Prefix: 'a' },
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
  });
  const due = abortionOf(aborting, { key: 'abc', initiatedAt: made }, dayMs);
  expect(due).toEqual({ at: Date.parse('2024-01-17T00:00:00Z'), ruleId: 'rule-0' });
  expect(abortionOf(aborting, { key: 'b', initiatedAt: made }, dayMs)).toBeUndefined();
});

it.each([
  [['logs/a', 'logs/b'], 'logs/'],
  [['a', 'b'], ''],
  [['a/', ''], ''],
  [['same', 'same'], 'same'],
  [['\u{1F600}', '\u{1F601}'], ''],
])('%j have %j in common', (prefixes, common) => {
  const several = rules(
    ...prefixes.map((Prefix) => ({ Filter: { Prefix }, Expiration: { Days: 1 } })),
  );
  expect(commonPrefix(several)).toBe(common);
});
