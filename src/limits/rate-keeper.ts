/**
 * Token buckets: how many requests and bytes are to be had now, for each of those who have a limit.
 *
 * A request takes one of its requests from each of its limits, or none from any. Bytes are let through while there are
 * any: a body is as long as it is, and what it takes too much keeps the next request waiting. A bucket holds what
 * flows in during `burstSeconds`, so over any time no more than that and the rate are given.
 */
import type { RateLimit } from './shapes.ts';

/** Of whom something is taken. */
export interface RatedScope {
  /** Such as `key/AKIA…`: one bucket each. */
  readonly id: string;
  readonly limit: RateLimit;
}

export interface RateKeeper {
  /**
   * Takes a request and the bytes that it announces.
   * @returns 0, or in how many milliseconds there may be enough; then nothing was taken
   */
  take(scopes: readonly RatedScope[], bytes: number): number;
  /** Bytes that are known only now; less than none gives back. */
  spend(scopes: readonly RatedScope[], bytes: number): void;
}

/** What a bucket holds, in seconds of its rate. */
export const burstSeconds = 1;
/** Beyond, full ones are forgotten, which is what a new one would be. */
export const maxBuckets = 100_000;
/** Sums of fractions miss a whole number by less. */
const tolerance = 1e-9;

interface Bucket {
  requests: number;
  bytes: number;
  /** When it was filled, in milliseconds. */
  at: number;
  limit: RateLimit;
}

/** A request has to fit in. */
const mostRequests = ({ requestsPerSecond = 0 }: RateLimit): number =>
  Math.max(1, requestsPerSecond * burstSeconds);
const mostBytes = ({ bytesPerSecond = 0 }: RateLimit): number => bytesPerSecond * burstSeconds;

/** @param now milliseconds, never going back */
export function createRateKeeper(now: () => number): RateKeeper & { readonly size: number } {
  const buckets = new Map<string, Bucket>();

  function filled({ id, limit }: RatedScope, time: number): Bucket {
    const known = buckets.get(id);
    if (known === undefined) {
      if (buckets.size >= maxBuckets) forgetFull(time);
      const made = { requests: mostRequests(limit), bytes: mostBytes(limit), at: time, limit };
      buckets.set(id, made);
      return made;
    }
    // Another limit holds from now on.
    known.limit = limit;
    fill(known, time);
    return known;
  }

  function forgetFull(time: number): void {
    for (const [id, bucket] of buckets) {
      fill(bucket, time);
      const { requests, bytes, limit } = bucket;
      if (requests >= mostRequests(limit) && bytes >= mostBytes(limit)) buckets.delete(id);
    }
    // As many are at work: who was here first has had the most time to fill up again.
    for (const id of buckets.keys()) {
      if (buckets.size < maxBuckets) break;
      buckets.delete(id);
    }
  }

  return {
    get size() {
      return buckets.size;
    },
    take(scopes, bytes) {
      const time = now();
      let wait = 0;
      const taken = scopes.map((scope) => filled(scope, time));
      for (const bucket of taken) wait = Math.max(wait, waitFor(bucket));
      if (wait > 0) return wait;
      for (const bucket of taken) {
        if (bucket.limit.requestsPerSecond !== undefined) bucket.requests -= 1;
        if (bucket.limit.bytesPerSecond !== undefined) bucket.bytes -= bytes;
      }
      return 0;
    },
    spend(scopes, bytes) {
      const time = now();
      for (const scope of scopes) {
        if (scope.limit.bytesPerSecond !== undefined) filled(scope, time).bytes -= bytes;
      }
    },
  };
}

function fill(bucket: Bucket, time: number): void {
  const { limit } = bucket;
  const seconds = (time - bucket.at) / 1000;
  const { requestsPerSecond = 0, bytesPerSecond = 0 } = limit;
  bucket.at = time;
  bucket.requests = Math.min(mostRequests(limit), bucket.requests + seconds * requestsPerSecond);
  bucket.bytes = Math.min(mostBytes(limit), bucket.bytes + seconds * bytesPerSecond);
}

/** Milliseconds until a request may go on: whole ones, so that nobody comes back just too early. */
function waitFor({ requests, bytes, limit }: Bucket): number {
  const { requestsPerSecond, bytesPerSecond } = limit;
  let seconds = 0;
  if (requestsPerSecond !== undefined && requests < 1 - tolerance) {
    seconds = (1 - requests) / requestsPerSecond;
  }
  // A byte that is missing is one, whatever the rate.
  if (bytesPerSecond !== undefined && bytes <= tolerance) {
    seconds = Math.max(seconds, (1 - bytes) / bytesPerSecond);
  }
  return seconds === 0 ? 0 : Math.max(1, Math.ceil(seconds * 1000 - tolerance));
}
