/**
 * Whether and when a request that failed is sent again: with pauses that grow and are drawn by lot, and out of a
 * budget that all requests of a client share, so that a server in trouble isn't met with ever more of them.
 *
 * AWS SDKs and Tools Reference Guide, "Retry behavior", standard mode.
 */
import type { Runtime } from './runtime.ts';
import { S3Error } from './s3-error.ts';

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
export function pauseMs(error: S3Error, attempt: number, { random, now }: Runtime): number {
  const drawn = random() * Math.min(maxPauseMs, firstPauseMs * 2 ** (attempt - 1));
  return Math.max(drawn, Math.min(askedMs(error, now), maxAskedPauseMs));
}

/** `Retry-After` in seconds or as a date (RFC 9110, section 10.2.3); 0 if there is none. */
function askedMs({ headers }: S3Error, now: () => number): number {
  const asked = headers['retry-after'];
  if (asked === undefined) return 0;
  const ms = /^\d+$/.test(asked) ? Number(asked) * 1000 : Date.parse(asked) - now();
  return Math.max(ms || 0, 0);
}

/** Counts failures in a row of what no single request can do again, such as the reading of a body. */
export interface Retries {
  /** Waits before the next try. @throws the error, if it won't pass or has come too often */
  afterFailure(error: unknown): Promise<void>;
  /** Something was done: counting begins anew. */
  reset(): void;
}

/** What a sender has of this. */
interface Patience {
  readonly runtime: Runtime;
  readonly config: RetryOptions;
}

export function createRetries(
  { runtime, config }: Patience,
  signal: AbortSignal | undefined,
): Retries {
  const budget = createRetryBudget();
  let failures = 0;
  return {
    async afterFailure(error) {
      if (!(error instanceof S3Error) || !isPassing(error)) throw error;
      failures += 1;
      if (failures >= config.maxAttempts || budget.take(error) === undefined) throw error;
      await runtime.sleep(pauseMs(error, failures, runtime), signal);
    },
    reset() {
      failures = 0;
    },
  };
}

/**
 * Asks and reads the answer, from the beginning where it breaks off while it is read. What fails before there is an
 * answer the sender itself has tried again.
 */
export async function askAndRead<Answer, Value>(
  sender: Patience,
  signal: AbortSignal | undefined,
  ask: () => Promise<Answer>,
  read: (answer: Answer) => Promise<Value>,
): Promise<Value> {
  const retries = createRetries(sender, signal);
  for (;;) {
    const answer = await ask();
    try {
      return await read(answer);
    } catch (error) {
      await retries.afterFailure(error);
    }
  }
}
