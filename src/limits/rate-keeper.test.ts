import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { createRateKeeper, maxBuckets, type RatedScope } from './rate-keeper.ts';

let now: number;
let keeper: ReturnType<typeof createRateKeeper>;

beforeEach(() => {
  now = 0;
  keeper = createRateKeeper(() => now);
});

const requests = (id: string, requestsPerSecond: number): RatedScope => ({
  id,
  limit: { requestsPerSecond },
});
const bytes = (id: string, bytesPerSecond: number): RatedScope => ({
  id,
  limit: { bytesPerSecond },
});
/** How many requests get through now. */
function burst(scopes: readonly RatedScope[], most = 1000): number {
  for (let count = 0; ; count++) if (count === most || keeper.take(scopes, 0) > 0) return count;
}

describe('rates of requests', () => {
  it('let a second’s worth through at once, then as many as flow in', () => {
    const scope = [requests('key/A', 10)];
    expect(burst(scope)).toBe(10);
    expect(keeper.take(scope, 0)).toBe(100);
    now += 99;
    expect(keeper.take(scope, 0)).toBe(1);
    now += 1;
    expect(burst(scope)).toBe(1);
    now += 500;
    expect(burst(scope)).toBe(5);
    now += 60_000;
    expect(burst(scope)).toBe(10);
  });

  it('of less than one a second let one through', () => {
    const scope = [requests('key/A', 0.25)];
    expect(burst(scope)).toBe(1);
    expect(keeper.take(scope, 0)).toBe(4000);
    now += 4000;
    expect(burst(scope)).toBe(1);
  });

  it('hold for each on its own', () => {
    expect(burst([requests('key/A', 2)])).toBe(2);
    expect(burst([requests('key/B', 3)])).toBe(3);
  });

  it('take from all limits of a request or from none', () => {
    const narrow = requests('bucket/x', 1);
    const wide = requests('key/A', 5);
    expect(burst([wide, narrow])).toBe(1);
    expect(burst([wide])).toBe(4);
  });

  it('change with the limit', () => {
    expect(burst([requests('key/A', 10)])).toBe(10);
    now += 1000;
    expect(burst([requests('key/A', 2)])).toBe(2);
    now += 1000;
    expect(burst([requests('key/A', 50)])).toBe(50);
  });

  it('begin anew where there was none for a while', () => {
    expect(burst([bytes('key/A', 5)])).toBe(1000);
    expect(burst([requests('key/A', 1)])).toBe(1);
  });
});

describe('rates of bytes', () => {
  it('let a body through whole, and make the next request wait for it', () => {
    const scope = [bytes('key/A', 100)];
    expect(keeper.take(scope, 1000)).toBe(0);
    expect(keeper.take(scope, 0)).toBe(9010);
    now += 9000;
    expect(keeper.take(scope, 0)).toBe(10);
    now += 10;
    expect(keeper.take(scope, 0)).toBe(0);
  });

  it('count what is known only afterwards', () => {
    const scope = [bytes('key/A', 100)];
    expect(keeper.take(scope, 0)).toBe(0);
    keeper.spend(scope, 300);
    expect(keeper.take(scope, 0)).toBe(2010);
    keeper.spend(scope, -300);
    expect(keeper.take(scope, 0)).toBe(0);
  });
});

describe('a keeper', () => {
  it('gives no more than the rate and one burst over any time, and that much to who keeps asking', () => {
    const steps = fc.array(fc.record({ ms: fc.nat(400), asks: fc.nat(8) }), { maxLength: 200 });
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 40 }), (all, rate) => {
        now = 0;
        keeper = createRateKeeper(() => now);
        const scope = [requests('key/A', rate)];
        const given: number[] = [];
        let refused = false;
        for (const { ms, asks } of all) {
          now += ms;
          for (let ask = 0; ask < asks; ask++) {
            if (keeper.take(scope, 0) === 0) given.push(now);
            else refused = true;
          }
        }
        for (const [first, from] of given.entries()) {
          const within = given.length - first;
          const seconds = (given.at(-1)! - from) / 1000;
          expect(within).toBeLessThanOrEqual(Math.max(1, rate) + seconds * rate + 1e-6);
        }
        if (!refused) expect(given).toHaveLength(all.reduce((sum, { asks }) => sum + asks, 0));
      }),
    );
  });

  it('forgets those who are full again when there are too many', () => {
    for (let n = 0; n < maxBuckets; n++) keeper.take([requests(`ip/${n}`, 1)], 0);
    expect(keeper.size).toBe(maxBuckets);
    now += 1000;
    expect(burst([requests('ip/0', 1)])).toBe(1);
    keeper.take([requests('ip/new', 1)], 0);
    expect(keeper.size).toBe(2);
    expect(burst([requests('ip/0', 1)])).toBe(0);
  });

  it('holds no more than it may, even if nobody is full', () => {
    for (let n = 0; n < maxBuckets + 10; n++) keeper.take([requests(`ip/${n}`, 1)], 0);
    expect(keeper.size).toBe(maxBuckets);
  });
});
