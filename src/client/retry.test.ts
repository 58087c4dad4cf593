import { describe, expect, it } from 'vitest';
import { nodeRuntime } from './node/node-runtime.ts';
import { askAndRead, createRetryBudget, isPassing, pauseMs } from './retry.ts';
import type { Runtime } from './runtime.ts';
import { S3Error } from './s3-error.ts';

const now = Date.UTC(2026, 6, 28, 12);
const error = (code: string, status = 0, headers = {}) =>
  new S3Error(code, '', { status, headers });

describe('isPassing', () => {
  it.each([
    ['SlowDown', 503],
    ['InternalError', 200],
    ['NetworkError', 0],
    ['TimeoutError', 0],
    ['RequestTimeout', 400],
    ['OperationAborted', 409],
    ['HTTP502', 502],
    ['HTTP504', 504],
    ['HTTP429', 429],
  ])('is %s (%d)', (code, status) => {
    expect(isPassing(error(code, status))).toBe(true);
  });

  it.each([
    ['NotImplemented', 501],
    ['AccessDenied', 403],
    ['NoSuchKey', 404],
    ['ChecksumMismatch', 200],
    ['MalformedResponse', 200],
    ['InvalidInput', 0],
    ['MissingCredentials', 0],
    ['TooManyRedirects', 307],
  ])('is not %s (%d)', (code, status) => {
    expect(isPassing(error(code, status))).toBe(false);
  });
});

describe('pauseMs', () => {
  const runtime = (drawn: number): Runtime => ({
    ...nodeRuntime,
    now: () => now,
    random: () => drawn,
  });
  const pauses = (drawn: number, headers = {}) =>
    [1, 2, 3, 20].map((attempt) =>
      pauseMs(error('SlowDown', 503, headers), attempt, runtime(drawn)),
    );

  it('grows up to a limit, any part of it drawn by lot', () => {
    expect(pauses(1)).toEqual([100, 200, 400, 20_000]);
    expect(pauses(0.5)).toEqual([50, 100, 200, 10_000]);
    expect(pauses(0)).toEqual([0, 0, 0, 0]);
  });

  it.each([
    ['3', [3_000, 3_000, 3_000, 20_000]],
    ['0', [100, 200, 400, 20_000]],
    ['86400', [60_000, 60_000, 60_000, 60_000]],
    [new Date(now + 2_000).toUTCString(), [2_000, 2_000, 2_000, 20_000]],
    [new Date(now - 2_000).toUTCString(), [100, 200, 400, 20_000]],
    ['soon', [100, 200, 400, 20_000]],
  ])('is at least what the server asks for (%s), within a limit', (asked, expected) => {
    expect(pauses(1, { 'retry-after': asked })).toEqual(expected);
  });
});

describe('a budget', () => {
  const spend = (code: string) => {
    const budget = createRetryBudget();
    let taken = 0;
    while (budget.take(error(code)) !== undefined) taken += 1;
    return { budget, taken };
  };

  it('is for a hundred retries, or fifty where nothing came back', () => {
    expect(spend('SlowDown').taken).toBe(100);
    expect(spend('TimeoutError').taken).toBe(50);
    expect(spend('NetworkError').taken).toBe(50);
  });

  it('gets back what a retry that helped took, and a little for each that needed none', () => {
    const { budget } = spend('SlowDown');
    const cost = 5;
    budget.give(cost);
    expect(budget.take(error('SlowDown'))).toBe(cost);
    expect(budget.take(error('SlowDown'))).toBeUndefined();
    for (let i = 0; i < cost; i++) budget.give(0);
    expect(budget.take(error('SlowDown'))).toBe(cost);
  });

  it('is never more than at first', () => {
    const budget = createRetryBudget();
    for (let i = 0; i < 1000; i++) budget.give(0);
    let taken = 0;
    while (budget.take(error('SlowDown')) !== undefined) taken += 1;
    expect(taken).toBe(100);
  });
});

describe('asking and reading', () => {
  const maxAttempts = 3;
  /** Reads fail with these, one after the other, before one succeeds. */
  const tried = async (...failures: readonly Error[]) => {
    const runtime: Runtime = { ...nodeRuntime, sleep: async () => {} };
    const left = [...failures];
    let asked = 0;
    const read = async (answer: number) => {
      const failure = left.shift();
      if (failure !== undefined) throw failure;
      return `answer ${answer}`;
    };
    const ask = async () => (asked += 1);
    const result = await askAndRead({ runtime, config: { maxAttempts } }, undefined, ask, read)
      // What it was in the end.
      .catch((thrown: Error) => thrown);
    return { asked, result };
  };
  const brokeOff = error('NetworkError');

  it('begins again with a new answer where one breaks off', async () => {
    expect(await tried()).toEqual({ asked: 1, result: 'answer 1' });
    expect(await tried(brokeOff, brokeOff)).toEqual({ asked: 3, result: 'answer 3' });
  });

  it('gives up after as many attempts as the client makes, and at once what will not pass', async () => {
    expect(await tried(brokeOff, brokeOff, brokeOff)).toEqual({ asked: 3, result: brokeOff });
    const other = new Error('the disk is full');
    expect(await tried(other)).toEqual({ asked: 1, result: other });
  });
});
