import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createMemoryMetaStore } from '../store/meta/memory.ts';
import { type Job, type Jobs, startJobs } from './jobs.ts';

let meta: ReturnType<typeof createMemoryMetaStore>;
let started: Jobs[];
const finished = vi.fn();
const failed = vi.fn();

beforeEach(() => {
  vi.useFakeTimers();
  meta = createMemoryMetaStore({ now: () => Date.now() });
  started = [];
  finished.mockReset();
  failed.mockReset();
});

afterEach(async () => {
  await Promise.all(started.map((jobs) => jobs.stop()));
  vi.useRealTimers();
});

const start = (holder: string, ...jobs: Job[]): Jobs => {
  const now = () => Date.now();
  const running = startJobs({ meta, holder, jobs, now, events: { finished, failed } });
  started.push(running);
  return running;
};

const job = (run: Job['run'], more: Partial<Job> = {}): Job => ({
  name: 'sweep',
  intervalMs: 1000,
  run,
  ...more,
});

describe('a job', () => {
  it('runs at its interval, and at the start if it wants to', async () => {
    const late = vi.fn(async () => undefined);
    const early = vi.fn(async () => undefined);
    start('a', job(late), job(early, { name: 'early', firstRunMs: 0 }));
    await vi.advanceTimersByTimeAsync(10);
    expect([late.mock.calls.length, early.mock.calls.length]).toEqual([0, 1]);
    await vi.advanceTimersByTimeAsync(3005);
    expect([late.mock.calls.length, early.mock.calls.length]).toEqual([3, 4]);
  });

  it('tells what it did, and nothing where it did nothing', async () => {
    let turn = 0;
    start(
      'a',
      job(async () => (turn++ === 0 ? { removed: 2 } : undefined)),
    );
    await vi.advanceTimersByTimeAsync(2005);
    expect(finished.mock.calls).toEqual([['sweep', 0, { removed: 2 }]]);
  });

  it('has one runner among processes, for as long as it runs', async () => {
    let end = (): void => {};
    const slow = job(
      () =>
        new Promise((resolve) => {
          end = () => resolve(undefined);
        }),
    );
    const a = start('a', slow);
    const b = start('b', slow);
    const running = a.runNow('sweep');
    await vi.advanceTimersByTimeAsync(0);
    expect(await b.runNow('sweep')).toBe(false);
    // Far longer than a lease lasts: it is renewed.
    await vi.advanceTimersByTimeAsync(300_000);
    expect(await b.runNow('sweep')).toBe(false);
    end();
    expect(await running).toBe(true);
    const next = b.runNow('sweep');
    await vi.advanceTimersByTimeAsync(0);
    end();
    expect(await next).toBe(true);
  });

  it('comes again after a failure, which is told', async () => {
    const error = new Error('disk full');
    const run = vi.fn().mockRejectedValueOnce(error).mockResolvedValue({ removed: 1 });
    start('a', job(run));
    await vi.advanceTimersByTimeAsync(2005);
    expect(failed.mock.calls).toEqual([['sweep', error]]);
    expect(finished).toHaveBeenCalledTimes(1);
  });

  it('is asked to end when the server stops, and waited for', async () => {
    const order: string[] = [];
    const patient = job(async (signal) => {
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      order.push('ended');
      return undefined;
    });
    const jobs = start('a', patient);
    const run = jobs.runNow('sweep');
    await vi.advanceTimersByTimeAsync(0);
    await jobs.stop();
    order.push('stopped');
    await run;
    expect(order).toEqual(['ended', 'stopped']);
    expect(failed).not.toHaveBeenCalled();
  });
});
