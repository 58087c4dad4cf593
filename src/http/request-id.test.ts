import { describe, expect, it } from 'vitest';
import { createRequestIds } from './request-id.ts';

describe('request ids', () => {
  it('are sixteen digits and capitals', () => {
    const next = createRequestIds({ now: () => 1_760_000_000_000, random: () => 0.999999 });
    expect(next()).toMatch(/^[0-9A-Z]{16}$/);
  });

  it('sort by time', () => {
    let ms = 1_760_000_000_000;
    const next = createRequestIds({ now: () => ms, random: () => 0 });
    const ids = Array.from({ length: 1000 }, () => {
      ms += 7;
      return next();
    });
    expect([...ids].sort()).toEqual(ids);
  });

  it('do not repeat within a millisecond, nor between processes', () => {
    const now = () => 1_760_000_000_000;
    const one = createRequestIds({ now, random: () => 0.25 });
    const other = createRequestIds({ now, random: () => 0.75 });
    const ids = new Set<string>();
    for (let i = 0; i < 50_000; i++) ids.add(one()).add(other());
    expect(ids.size).toBe(100_000);
  });
});
