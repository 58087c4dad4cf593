/**
 * Background work: named jobs on an interval, one runner per job among all processes of a store.
 *
 * A job takes a lease before it runs, renews it while it runs, and gives it back. A failure is
 * reported and the job comes again at its next turn. Time and timers are parameters, so that tests
 * own them.
 */
import type { MetaStore } from '../store/meta/port.ts';

export interface Job {
  readonly name: string;
  readonly intervalMs: number;
  /** From the start to the first run; as long as the interval if absent. */
  readonly firstRunMs?: number;
  /** What was done, for the log; undefined where nothing was. */
  run(signal: AbortSignal): Promise<object | undefined>;
}

export interface JobEvents {
  readonly finished: (job: string, ms: number, report: object) => void;
  readonly failed: (job: string, error: unknown) => void;
}

/** How a run ended. */
export interface JobRun {
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly ms: number;
  /** `elsewhere`: another process was at it. */
  readonly outcome: 'done' | 'nothing to do' | 'failed' | 'elsewhere';
  readonly report?: object | undefined;
  readonly error?: unknown;
}

export interface JobState {
  readonly name: string;
  readonly intervalMs: number;
  readonly running: boolean;
  /** In this process. */
  readonly lastRun: JobRun | undefined;
}

export interface Jobs {
  list(): readonly JobState[];
  /** Runs a job now, unless another process is at it; false then. */
  runNow(name: string): Promise<boolean>;
  /** Stops the timers, asks running jobs to end and waits for them. */
  stop(): Promise<void>;
}

/** A runner that dies holds its jobs up for this long. */
const leaseMs = 60_000;
const renewMs = 20_000;

/** Who holds it keeps everybody else from running the job. */
export const jobLease = (job: string): string => `job:${job}`;

export function startJobs(deps: {
  readonly meta: Pick<MetaStore, 'lease' | 'release'>;
  /** Names this process among the holders of leases. */
  readonly holder: string;
  readonly jobs: readonly Job[];
  readonly now: () => number;
  readonly events: JobEvents;
}): Jobs {
  const { meta, holder, events } = deps;
  const stopping = new AbortController();
  const timers = new Set<NodeJS.Timeout>();
  const running = new Map<string, Promise<boolean>>();
  const lastRuns = new Map<string, JobRun>();

  const runWithLease = async (job: Job): Promise<boolean> => {
    const lease = jobLease(job.name);
    const began = deps.now();
    const ended = (run: Omit<JobRun, 'startedAt' | 'ms'>): void => {
      lastRuns.set(job.name, { startedAt: began, ms: deps.now() - began, ...run });
    };
    if (!(await meta.lease(lease, holder, leaseMs))) {
      ended({ outcome: 'elsewhere' });
      return false;
    }
    const lost = new AbortController();
    const renewal = setInterval(() => {
      meta.lease(lease, holder, leaseMs).then(
        (held) => {
          if (!held) lost.abort(new Error(`another process took the lease of ${job.name}`));
        },
        (error) => lost.abort(error),
      );
    }, renewMs);
    try {
      const started = deps.now();
      const report = await job.run(AbortSignal.any([stopping.signal, lost.signal]));
      ended({ outcome: report === undefined ? 'nothing to do' : 'done', report });
      if (report !== undefined) events.finished(job.name, deps.now() - started, report);
    } catch (error) {
      ended({ outcome: 'failed', error });
      throw error;
    } finally {
      clearInterval(renewal);
      await meta.release(lease, holder);
    }
    return true;
  };

  /** Never rejects: a failure is an event. At most one run of a job at a time in this process. */
  const runOnce = (job: Job): Promise<boolean> => {
    const under = running.get(job.name);
    if (under !== undefined) return under;
    const run = runWithLease(job)
      .catch((error: unknown) => {
        if (!stopping.signal.aborted) events.failed(job.name, error);
        return true;
      })
      .finally(() => running.delete(job.name));
    running.set(job.name, run);
    return run;
  };

  const schedule = (job: Job, delayMs: number): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      void runOnce(job).then(() => {
        if (!stopping.signal.aborted) schedule(job, job.intervalMs);
      });
    }, delayMs);
    timer.unref();
    timers.add(timer);
  };
  for (const job of deps.jobs) schedule(job, job.firstRunMs ?? job.intervalMs);

  return {
    list: () =>
      deps.jobs.map(({ name, intervalMs }) => ({
        name,
        intervalMs,
        running: running.has(name),
        lastRun: lastRuns.get(name),
      })),
    runNow(name) {
      const job = deps.jobs.find((one) => one.name === name);
      if (job === undefined) throw new Error(`there is no job ${name}`);
      return runOnce(job);
    },
    async stop() {
      stopping.abort(new Error('the server stops'));
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
      await Promise.all(running.values());
    },
  };
}
