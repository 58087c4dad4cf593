import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { jobLease } from '../jobs/jobs.ts';
import { byteRemovingJobs } from '../jobs/storage-jobs.ts';
import { createMemoryMetaStore } from '../store/meta/memory.ts';
import type { MetaStore } from '../store/meta/port.ts';
import { holdBytes } from './hold.ts';

const longMs = 3_600_000;
let meta: MetaStore;
beforeEach(() => {
  vi.useFakeTimers();
  meta = createMemoryMetaStore({ now: Date.now });
});
afterEach(() => vi.useRealTimers());

const hold = (holder: string, signal = new AbortController().signal) =>
  holdBytes({
    meta,
    holder,
    monotonicNow: () => performance.now(),
    sleep: (ms) => vi.advanceTimersByTimeAsync(ms),
    signal,
  });
const takenByServer = async () => {
  const taken = [];
  for (const job of byteRemovingJobs) taken.push(await meta.lease(jobLease(job), 'server', 1));
  return taken;
};
const each = (taken: boolean) => byteRemovingJobs.map(() => taken);

describe('the hold on bytes', () => {
  it('lasts as long as the backup does, and ends with it', async () => {
    const held = await hold('backup');
    expect(await takenByServer()).toEqual(each(false));
    await vi.advanceTimersByTimeAsync(longMs);
    expect(await takenByServer()).toEqual(each(false));
    expect(held.signal.aborted).toBe(false);
    await held.release();
    expect(await takenByServer()).toEqual(each(true));
  });

  it('of a backup that died ends by itself', async () => {
    await hold('dead');
    // A dead process renews nothing.
    vi.clearAllTimers();
    await vi.advanceTimersByTimeAsync(29_000);
    expect(await takenByServer()).toEqual(each(false));
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await takenByServer()).toEqual(each(true));
  });

  it('tells the backup when another process took a lease meanwhile', async () => {
    const held = await hold('backup');
    await meta.release(jobLease('garbage'), 'backup');
    await meta.lease(jobLease('garbage'), 'server', longMs);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(held.signal.aborted).toBe(true);
    await held.release();
    expect(await meta.lease(jobLease('orphans'), 'server', 1)).toBe(true);
  });

  it('is one backup’s at a time: a second waits, and gives up by name', async () => {
    await hold('first');
    await expect(hold('second')).rejects.toThrow('Another backup');
  });

  it('gives up what it took when it is stopped while it waits', async () => {
    await meta.lease(jobLease('orphans'), 'server', longMs);
    const stop = new AbortController();
    const waiting = holdBytes({
      meta,
      holder: 'backup',
      monotonicNow: () => 0,
      async sleep() {
        stop.abort(new Error('stopped'));
        throw stop.signal.reason;
      },
      signal: stop.signal,
    });
    await expect(waiting).rejects.toThrow('stopped');
    expect(await meta.lease(jobLease('garbage'), 'server', 1)).toBe(true);
  });
});
