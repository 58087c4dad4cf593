/**
 * Leases over any store: one record a name in the system table, taken with a guard, so that two
 * processes never both succeed. Time is the caller's: processes of one machine share its clock.
 */

import type { MetaGuard, MetaKey, MetaStore } from './port.ts';

/** Rounds of a lease that loses a race against another commit on its record. */
const maxLeaseRounds = 8;

/** No lease is taken for so long: one that runs longer is damaged, or the clock was set back. */
const maxLeaseMs = 3_600_000;

interface LeaseRecord {
  readonly holder: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

type LeaseStore = Pick<MetaStore, 'get' | 'commit'>;

export function createLeases(
  store: LeaseStore,
  now: () => number,
): Pick<MetaStore, 'lease' | 'release'> {
  return {
    async lease(name, holder, ttlMs) {
      const at = leaseKey(name);
      for (let round = 0; round < maxLeaseRounds; round++) {
        const current = await store.get(at);
        const time = now();
        if (current) {
          const held = readLease(current.value);
          const isRunning = held !== undefined && held.expiresAt > time;
          const isDamaged = isRunning && held.expiresAt > time + maxLeaseMs;
          if (isRunning && !isDamaged && held.holder !== holder) return false;
        }
        const guard: MetaGuard = current ? { seq: current.seq } : { absent: true };
        const value = Buffer.from(
          JSON.stringify({ holder, expiresAt: time + ttlMs } satisfies LeaseRecord),
        );
        const result = await store.commit([{ op: 'put', at, value, guard }]);
        if (result.committed) return true;
      }
      return false;
    },

    async release(name, holder) {
      const at = leaseKey(name);
      for (let round = 0; round < maxLeaseRounds; round++) {
        const current = await store.get(at);
        if (!current || readLease(current.value)?.holder !== holder) return;
        const result = await store.commit([{ op: 'delete', at, guard: { seq: current.seq } }]);
        if (result.committed) return;
      }
    },
  };
}

function leaseKey(name: string): MetaKey {
  return { table: 'system', part: Buffer.alloc(0), key: Buffer.from(`lease/${name}`) };
}

/** Undefined where it is damaged: a lease that nobody can read must not keep its job from running for good. */
function readLease(value: Buffer): LeaseRecord | undefined {
  try {
    return JSON.parse(value.toString()) as LeaseRecord;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
