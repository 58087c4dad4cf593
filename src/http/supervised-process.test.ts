/** What happens rarely or never on a machine that is well; the rest is in supervisor.test.ts, for real. */
import cluster, { type Worker } from 'node:cluster';
import { EventEmitter } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createRateKeeper } from '../limits/rate-keeper.ts';
import { createLog } from '../observe/log.ts';
import { createSupervisedProcess } from './supervised-process.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** A child without a process. */
function fakeWorker() {
  const child = Object.assign(new EventEmitter(), { pid: 1, send: () => true, kill: () => true });
  return Object.assign(new EventEmitter(), { process: child, send: () => true });
}

function create() {
  const onDeath = vi.fn();
  const made = createSupervisedProcess({
    name: 'worker-0',
    role: { kind: 'worker', slot: 0 },
    config: {},
    log: createLog({ level: 'silent', format: 'text' }),
    rates: createRateKeeper(() => 0),
    onReady: () => {},
    onWish: async () => undefined,
    onDeath,
    onRefusal: () => false,
    onDrained: () => {},
    onGiveUp: () => {},
  });
  return { made, onDeath };
}

describe('a supervised process', () => {
  it('that the system has no memory to start is started again later', async () => {
    vi.useFakeTimers();
    const fork = vi.spyOn(cluster, 'fork').mockImplementationOnce(() => {
      throw Object.assign(new Error('spawn ENOMEM'), { code: 'ENOMEM' });
    });
    fork.mockImplementation(() => fakeWorker() as unknown as Worker);
    const { made, onDeath } = create();
    made.start();
    expect(onDeath).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1_000);
    expect(fork).toHaveBeenCalledTimes(2);
  });

  it('is not ready because the one before it was, and told so after its exit', () => {
    vi.useFakeTimers();
    const before = fakeWorker();
    const after = fakeWorker();
    vi.spyOn(cluster, 'fork')
      .mockReturnValueOnce(before as unknown as Worker)
      .mockReturnValueOnce(after as unknown as Worker);
    const { made } = create();
    made.start();
    before.emit('exit', null, 'SIGKILL');
    before.emit('message', { kist: 'ready' });
    expect(made.ready()).toBe(false);
    vi.advanceTimersByTime(1_000);
    expect(made.ready()).toBe(false);
    after.emit('message', { kist: 'ready' });
    expect(made.ready()).toBe(true);
  });
});
