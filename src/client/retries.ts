/** Again what a server or the network failed to do and may do later: with pauses that grow, and a limit. */
import { S3RequestError } from './s3-requests.ts';

const maxAttempts = 8;
const firstPauseMs = 200;
const maxPauseMs = 15_000;

/** Refusals below 500 that are no answer to what was asked. */
const passingCodes = ['SlowDown', 'RequestTimeout', 'TooManyRequests'];
/** The server was not reached. */
const unreachedCodes = ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN', 'ENOTFOUND'];
/** What happens to connections, and to a resolver that is busy. */
const networkCodes = ['ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'EAI_AGAIN'];

export interface RetryDeps {
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** From 0 to 1. */
  readonly random: () => number;
}

export type Retry = <T>(work: () => Promise<T>, signal: AbortSignal) => Promise<T>;

/**
 * Until the server has answered for the first time, that it can't be reached is taken for a wrong address and
 * told at once.
 */
export function createRetry({ sleep, random }: RetryDeps): Retry {
  let answered = false;
  return async (work, signal) => {
    for (let attempt = 1; ; attempt++) {
      try {
        const result = await work();
        answered = true;
        return result;
      } catch (error) {
        signal.throwIfAborted();
        answered ||= error instanceof S3RequestError;
        const isAgain = mayPass(error) || (answered && hasCode(error, unreachedCodes));
        if (attempt === maxAttempts || !isAgain) throw error;
      }
      // At least half of it, so that many that failed together don't come back together.
      const pauseMs = Math.min(maxPauseMs, firstPauseMs * 2 ** (attempt - 1));
      await sleep(pauseMs * (0.5 + random() / 2), signal);
    }
  };
}

function mayPass(error: unknown): boolean {
  if (error instanceof S3RequestError) {
    // What is not implemented stays so.
    if (error.status === 501) return false;
    return error.status >= 500 || error.status === 429 || passingCodes.includes(error.code);
  }
  return hasCode(error, networkCodes);
}

const hasCode = (error: unknown, codes: readonly string[]): boolean =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code));
