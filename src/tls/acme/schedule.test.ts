/** When a certificate is ordered. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  firstPauseMs,
  maxFailuresPerHour,
  maxOrdersPerWeek,
  maxPauseMs,
  maxRetryAfterMs,
  nextOrderAt,
  noOrders,
  withFailure,
  withIssued,
} from './schedule.ts';

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const now = Date.UTC(2026, 0, 1);

describe('the next order', () => {
  it('is at once without a certificate', () => {
    expect(nextOrderAt(noOrders, undefined, 0.5)).toBe(0);
  });

  it('comes when a third of the lifetime is left, or a little later, whatever that lifetime is', () => {
    for (const lifetimeMs of [90 * dayMs, 6 * dayMs, 24_000]) {
      const held = { validFrom: now, expiresAt: now + lifetimeMs };
      expect(nextOrderAt(noOrders, held, 0)).toBeCloseTo(now + (lifetimeMs * 2) / 3, 0);
      expect(nextOrderAt(noOrders, held, 1)).toBeCloseTo(now + (lifetimeMs * 7) / 10, 0);
    }
  });

  it('is put off after failures, twice as long each time, to a bound', () => {
    let history = noOrders;
    let at = now;
    const pauses: number[] = [];
    for (let i = 0; i < 12; i++) {
      history = withFailure(history, at, 0);
      const next = nextOrderAt(history, undefined, 0);
      pauses.push(next - at);
      at = next;
    }
    expect(pauses.slice(0, 4)).toEqual([1, 2, 4, 8].map((factor) => factor * firstPauseMs));
    expect(pauses.at(-1)).toBe(maxPauseMs);
  });

  it('begins anew after a success', () => {
    const failed = withFailure(withFailure(noOrders, now, 0), now + hourMs, 0);
    const history = withIssued(failed, now + 2 * hourMs);
    const next = withFailure(history, now + dayMs, 0);
    expect(nextOrderAt(next, undefined, 0)).toBe(now + dayMs + firstPauseMs);
  });

  it('heeds what the authority asks for, to a bound, also for who is in a hurry', () => {
    const asked = withFailure(noOrders, now, 2 * dayMs);
    expect(nextOrderAt(asked, undefined, 0, true)).toBe(now + 2 * dayMs);
    const forever = withFailure(noOrders, now, 1_000 * dayMs);
    expect(nextOrderAt(forever, undefined, 0, true)).toBe(now + maxRetryAfterMs);
  });

  it('is made at once for who is in a hurry, but not more often than the limits say', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ laterMs: fc.nat(2 * hourMs), isIssued: fc.boolean() }), {
          maxLength: 60,
        }),
        (attempts) => {
          let history = noOrders;
          let at = now;
          const failures: number[] = [];
          const orders: number[] = [];
          for (const { laterMs, isIssued } of attempts) {
            at = Math.max(at + laterMs, nextOrderAt(history, undefined, 0, true));
            (isIssued ? orders : failures).push(at);
            history = isIssued ? withIssued(history, at) : withFailure(history, at, 0);
          }
          const most = (times: readonly number[], spanMs: number) =>
            Math.max(
              0,
              ...times.map((end) => times.filter((t) => t <= end && t > end - spanMs).length),
            );
          expect(most(failures, hourMs)).toBeLessThanOrEqual(maxFailuresPerHour);
          expect(most(orders, 7 * dayMs)).toBeLessThanOrEqual(maxOrdersPerWeek);
        },
      ),
    );
  });

  it('is held up where renewals bring nothing into use, as on a full disk', () => {
    const held = { validFrom: now, expiresAt: now + 9 * dayMs };
    let history = noOrders;
    for (let i = 0; i < maxOrdersPerWeek; i++) {
      history = withIssued(history, nextOrderAt(history, held, 0));
    }
    expect(nextOrderAt(history, held, 0)).toBe(now + 6 * dayMs + 7 * dayMs);
  });

  it('is not held up by the limit of a week where a certificate is renewed in time', () => {
    let history = noOrders;
    let held = { validFrom: now, expiresAt: now + dayMs };
    for (let i = 0; i < 20; i++) {
      const at = nextOrderAt(history, held, 0);
      expect(at).toBeLessThan(held.expiresAt);
      expect(at).toBeGreaterThanOrEqual(held.validFrom);
      history = withIssued(history, at);
      held = { validFrom: at, expiresAt: at + dayMs };
    }
  });
});
