/**
 * Guessing is slowed down: after some failures, the next attempt has to wait, twice as long each time. Counted by the
 * client's address, and by the key that is guessed at. A key's own wait is short: nobody can lock its owner out.
 */

export interface AttemptLimits {
  /** Failures before anybody has to wait. */
  readonly free: number;
  /** The first wait in milliseconds; doubles with each further failure. */
  readonly firstWaitMs: number;
  readonly maxWaitMs: number;
}

export const addressLimits: AttemptLimits = { free: 10, firstWaitMs: 1_000, maxWaitMs: 300_000 };
export const keyLimits: AttemptLimits = { free: 20, firstWaitMs: 500, maxWaitMs: 5_000 };

/** Failures are forgotten this long after the last. */
const forgottenAfterMs = 900_000;
/** Names that are remembered; beyond, the ones that failed longest ago are forgotten. */
const maxRemembered = 10_000;

export interface Attempts {
  /** Milliseconds to wait before the next attempt; 0 for none. */
  waitMs(name: string): number;
  failed(name: string): void;
}

interface Record {
  readonly failures: number;
  readonly at: number;
}

/** @param now milliseconds, never going back */
export function createAttempts(limits: AttemptLimits, now: () => number): Attempts {
  /** In the order of their last failures. */
  const records = new Map<string, Record>();

  const recall = (name: string): Record | undefined => {
    const record = records.get(name);
    return record !== undefined && now() - record.at < forgottenAfterMs ? record : undefined;
  };

  return {
    waitMs(name) {
      const record = recall(name);
      if (record === undefined || record.failures < limits.free) return 0;
      const doublings = record.failures - limits.free;
      const wait = Math.min(limits.maxWaitMs, limits.firstWaitMs * 2 ** Math.min(doublings, 30));
      return Math.max(0, record.at + wait - now());
    },
    failed(name) {
      const failures = (recall(name)?.failures ?? 0) + 1;
      records.delete(name);
      records.set(name, { failures, at: now() });
      if (records.size <= maxRemembered) return;
      const [oldest] = records.keys();
      records.delete(oldest!);
    },
  };
}
