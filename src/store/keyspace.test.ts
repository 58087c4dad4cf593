import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createIdSource, idAt } from './ids.ts';
import { afterKey, keyAndId, splitKeyAndId } from './keyspace.ts';

const key = fc.string({
  unit: fc.constantFrom('a', 'b', '\u0000', '\u0001', 'é', '\u{1F600}'),
  maxLength: 5,
});
const id = fc.stringMatching(/^[0-9a-f]{1,8}$/);

describe('keys with ids', () => {
  it('come apart into what they were made of', () => {
    fc.assert(
      fc.property(key, id, (aKey, anId) => {
        expect(splitKeyAndId(keyAndId(aKey, anId))).toEqual({ key: aKey, id: anId });
      }),
    );
  });

  it('order by key first and then by id', () => {
    fc.assert(
      fc.property(key, id, key, id, (keyA, idA, keyB, idB) => {
        const byKey = Buffer.compare(Buffer.from(keyA), Buffer.from(keyB));
        const expected = byKey === 0 ? Buffer.compare(Buffer.from(idA), Buffer.from(idB)) : byKey;
        expect(Buffer.compare(keyAndId(keyA, idA), keyAndId(keyB, idB))).toBe(expected);
      }),
    );
  });

  it('of one key all lie before what follows the key', () => {
    fc.assert(
      fc.property(key, id, key, (aKey, anId, other) => {
        expect(Buffer.compare(keyAndId(aKey, anId), afterKey(aKey))).toBe(-1);
        const greater = Buffer.compare(Buffer.from(other), Buffer.from(aKey)) > 0;
        if (greater) expect(Buffer.compare(afterKey(aKey), keyAndId(other, anId))).toBe(-1);
      }),
    );
  });
});

describe('ids', () => {
  it('order by time and, within a millisecond, as they were made', () => {
    let now = 1_700_000_000_000;
    const ids = createIdSource({ now: () => now, randomBytes });
    const made: string[] = [];
    for (let i = 0; i < 70_000; i++) made.push(ids.next());
    now += 2;
    made.push(ids.next());
    expect(made.toSorted()).toEqual(made);
    expect(new Set(made).size).toBe(made.length);
    expect(made[0]! >= idAt(1_700_000_000_000)).toBe(true);
    expect(made.at(-1)! < idAt(now + 1)).toBe(true);
  });

  it('never go back when the clock does', () => {
    let now = 1_700_000_000_000;
    const ids = createIdSource({ now: () => now, randomBytes });
    const before = ids.next();
    now -= 10_000;
    expect(ids.next() > before).toBe(true);
  });
});
