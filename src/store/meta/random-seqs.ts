/** Where a record's seq comes from. */
import { randomFillSync } from 'node:crypto';

/** 53 random bits each: a seq never comes back under a key, whichever process writes it. */
export function createRandomSeqs(): () => number {
  const pool = new BigUint64Array(512);
  let next = pool.length;
  return () => {
    if (next === pool.length) {
      randomFillSync(pool);
      next = 0;
    }
    return Number(pool[next++]! >> 11n) || 1;
  };
}
