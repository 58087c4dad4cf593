/** Percentiles of counted times against those of sorted ones. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLatencies } from './latencies.ts';

function of(times: readonly number[]) {
  const latencies = createLatencies();
  for (const time of times) latencies.add(time);
  return latencies;
}

describe('latencies', () => {
  it('have percentiles that are never too low and at most 1.6 % too high', () => {
    const times = fc.array(fc.integer({ min: 0, max: 4_000_000_000 }), { minLength: 1 });
    fc.assert(
      fc.property(times, fc.constantFrom(0.5, 0.9, 0.99, 0.999, 1), (microseconds, share) => {
        const sorted = [...microseconds].sort((a, b) => a - b);
        const exact = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]! / 1000;
        const told = of(microseconds.map((us) => us / 1000)).percentile(share);
        expect(told).toBeGreaterThanOrEqual(exact - 1e-9);
        expect(told).toBeLessThanOrEqual(exact * (1 + 1 / 64) + 1e-9);
      }),
    );
  });

  it('are exact about the longest and the mean', () => {
    const latencies = of([1, 2.5, 1234.567]);
    expect(latencies.max()).toBe(1234.567);
    expect(latencies.percentile(1)).toBe(1234.567);
    expect(latencies.mean()).toBeCloseTo(412.689, 3);
    expect(latencies.count()).toBe(3);
  });

  it('of several processes are those of one that saw it all', () => {
    const first = of([1, 2, 3]);
    first.merge(of([100, 0.001]).snapshot());
    expect(first.snapshot()).toEqual(of([1, 2, 3, 100, 0.001]).snapshot());
    expect(first.percentile(0.5)).toBe(of([1, 2, 3, 100, 0.001]).percentile(0.5));
  });

  it('are nothing where nothing was', () => {
    const latencies = createLatencies();
    expect([latencies.percentile(0.99), latencies.mean(), latencies.max()]).toEqual([0, 0, 0]);
  });
});
