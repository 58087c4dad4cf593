import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createWatch } from './watch.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const host = 's3.example.com';
const ended = vi.fn();

test('a wait that is too long ends the exchange', () => {
  const watch = createWatch(host, undefined, ended);
  watch.within(1000);
  vi.advanceTimersByTime(999);
  expect(watch.signal.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  expect(watch.signal.reason).toMatchObject({ code: 'TimeoutError' });
  expect(watch.failure(new TypeError('aborted'))).toBe(watch.signal.reason);
});

test('what happens in time begins the wait anew, and a reader may take longer', () => {
  const watch = createWatch(host, undefined, ended);
  watch.within(1000);
  vi.advanceTimersByTime(900);
  watch.within(1000);
  vi.advanceTimersByTime(900);
  watch.rest();
  vi.advanceTimersByTime(100_000);
  expect(watch.signal.aborted).toBe(false);
});

test('work that can not be aborted is not waited for any longer than the exchange', async () => {
  const callers = new AbortController();
  const watch = createWatch(host, callers.signal, ended);
  expect(await watch.guard(Promise.resolve('done'))).toBe('done');
  const guarded = watch.guard(new Promise(() => {}));
  callers.abort(new Error('enough'));
  await expect(guarded).rejects.toThrow('enough');
  await expect(watch.guard(new Promise(() => {}))).rejects.toThrow('enough');
});

test('nothing is waited for or aborted after the end, which comes once', () => {
  ended.mockClear();
  const callers = new AbortController();
  const watch = createWatch(host, callers.signal, ended);
  watch.end();
  watch.within(1000);
  callers.abort();
  vi.advanceTimersByTime(1000);
  watch.end();
  expect(watch.signal.aborted).toBe(false);
  expect(ended).toHaveBeenCalledOnce();
});

test('a failure that nobody explains is a NetworkError with its cause', () => {
  const watch = createWatch(host, undefined, ended);
  const cause = new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') });
  expect(watch.failure(cause)).toMatchObject({
    code: 'NetworkError',
    message: 's3.example.com: fetch failed: connect ECONNREFUSED',
    cause,
  });
});
