/**
 * Times of any number of requests in little space: counts in buckets that are as wide as 1/64 of their
 * value, so that a percentile is at most 1.6 % too high. Whole microseconds up to 71 minutes.
 */

/** Buckets for each doubling, as a power of two. */
const precisionBits = 6;
const perDoubling = 1 << precisionBits;
const maxMicroseconds = 2 ** 32 - 1;
const bucketCount = (32 - precisionBits + 1) * perDoubling;

/** Plain data, as it travels between processes. */
export interface LatencySnapshot {
  readonly counts: readonly number[];
  readonly sumMs: number;
  readonly maxMs: number;
}

export interface Latencies {
  add(ms: number): void;
  /** Those of another process. */
  merge(other: LatencySnapshot): void;
  count(): number;
  /** In milliseconds; 0 if there are none. */
  mean(): number;
  max(): number;
  /** The time that `share` of the requests, 0 to 1, did not exceed. */
  percentile(share: number): number;
  snapshot(): LatencySnapshot;
}

export function createLatencies(): Latencies {
  const counts = new Float64Array(bucketCount);
  let count = 0;
  let sumMs = 0;
  let maxMs = 0;

  return {
    add(ms) {
      counts[bucketOf(ms)]!++;
      count++;
      sumMs += ms;
      if (ms > maxMs) maxMs = ms;
    },
    merge(other) {
      for (let bucket = 0; bucket < bucketCount; bucket++) {
        const more = other.counts[bucket] ?? 0;
        counts[bucket]! += more;
        count += more;
      }
      sumMs += other.sumMs;
      maxMs = Math.max(maxMs, other.maxMs);
    },
    count: () => count,
    mean: () => (count === 0 ? 0 : sumMs / count),
    max: () => maxMs,
    percentile(share) {
      const rank = Math.max(1, Math.ceil(share * count));
      let seen = 0;
      for (let bucket = 0; bucket < bucketCount; bucket++) {
        seen += counts[bucket]!;
        if (seen >= rank) return Math.min(maxMs, highestOf(bucket) / 1000);
      }
      return maxMs;
    },
    snapshot: () => ({ counts: [...counts], sumMs, maxMs }),
  };
}

function bucketOf(ms: number): number {
  const us = Math.min(maxMicroseconds, Math.max(0, Math.round(ms * 1000)));
  if (us < perDoubling) return us;
  const shift = 31 - Math.clz32(us) - precisionBits;
  return shift * perDoubling + (us >>> shift);
}

/** The last microsecond that falls into a bucket. */
function highestOf(bucket: number): number {
  if (bucket < 2 * perDoubling) return bucket;
  const shift = Math.floor(bucket / perDoubling) - 1;
  return (bucket - shift * perDoubling + 1) * 2 ** shift - 1;
}
