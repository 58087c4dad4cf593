/**
 * Whether and when a request that failed is sent again: with pauses that grow and are drawn by lot, and out of a
 * budget that all requests of a client share, so that a server in trouble isn't met with ever more of them.
 *
 * AWS SDKs and Tools Reference Guide, "Retry behavior", standard mode.
 */
import type { Runtime } from './runtime.ts';
import type { S3Error } from './s3-error.ts';

export interface RetryOptions {
  /** With the first one. */
  readonly maxAttempts: number;
}

export interface RetryBudget {
  /** What a retry costs, taken; undefined if there isn't enough left. */
  take(error: S3Error): number | undefined;
  /** Gives back what the last retry took, or a little where there was none. */
  give(cost: number): void;
}

const budgetSize = 500;
const retryCost = 5;
const timeoutCost = 10;
const successRefill = 1;

export function createRetryBudget(): RetryBudget {
  let left = budgetSize;
  return {
    take({ code }) {
      const cost = code === 'TimeoutError' || code === 'NetworkError' ? timeoutCost : retryCost;
      if (cost > left) return undefined;
      left -= cost;
      return cost;
    },
    give(cost) {
      left = Math.min(budgetSize, left + (cost === 0 ? successRefill : cost));
    },
  };
}

const firstPauseMs = 100;
const maxPauseMs = 20_000;
/** A server may ask for more than the pause would be, up to this. */
const maxAskedPauseMs = 60_000;

/** Refusals to come later. */
const throttlingCodes: ReadonlySet<string> = new Set([
  'SlowDown',
  'Throttling',
  'ThrottlingException',
  'TooManyRequests',
  'RequestLimitExceeded',
  'BandwidthLimitExceeded',
  'RequestThrottled',
  'ServiceUnavailable',
]);

/** Failures that say nothing of the request. */
const passingCodes: ReadonlySet<string> = new Set([
  'InternalError',
  'NetworkError',
  'RequestTimeout',
  'TimeoutError',
  'OperationAborted',
]);

const passingStatuses: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);

export const isPassing = ({ code, status }: S3Error): boolean =>
  throttlingCodes.has(code) || passingCodes.has(code) || passingStatuses.has(status);

/** @param attempt the one that failed, from 1 */
export function pauseMs(error: S3Error, attempt: number, { random }: Runtime): number {
  const drawn = random() * Math.min(maxPauseMs, firstPauseMs * 2 ** (attempt - 1));
  const asked = Number(error.headers['retry-after']);
  return Number.isFinite(asked) && asked > 0
    ? Math.max(drawn, Math.min(asked * 1000, maxAskedPauseMs))
    : drawn;
}
