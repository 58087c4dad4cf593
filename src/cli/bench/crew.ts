/**
 * The processes that make the load. One worker is this process itself; more are processes of
 * their own, told phase by phase what to do (`node:cluster`, as Kist's servers are).
 */
import cluster, { type Worker } from 'node:cluster';
import { BenchError } from './bench-error.ts';
import { runLoad } from './load.ts';
import { Statistics, type StatisticsSnapshot } from './statistics.ts';
import type { BenchTarget } from './target.ts';
import { workerVariable } from './worker-process.ts';
import { createWorkload, type PhaseName } from './workload.ts';

/** How often a worker tells how far it is. */
const progressMs = 500;

/** Plain data. */
export interface Phase {
  readonly target: BenchTarget;
  readonly phase: PhaseName;
  readonly phaseNumber: number;
  readonly objects: number;
  readonly sizes: readonly number[];
  /** Of all workers together. */
  readonly concurrency: number;
  readonly durationMs: number;
}

export interface Progress {
  readonly requests: number;
  readonly bytes: number;
}

export interface Crew {
  /** One at a time. */
  run(phase: Phase): Promise<Statistics>;
  /** Of the phase under way. */
  progress(): Progress;
  /** Ends the phase under way early, and any later one at once. */
  stop(): void;
  close(): void;
}

type ToWorker =
  | {
      readonly bench: 'run';
      readonly phase: Phase;
      readonly worker: number;
      readonly workers: number;
    }
  | { readonly bench: 'stop' };

type FromWorker =
  /** It listens: what is sent to a process before that is lost. */
  | { readonly bench: 'ready' }
  | { readonly bench: 'progress'; readonly progress: Progress }
  | { readonly bench: 'done'; readonly statistics: StatisticsSnapshot }
  | { readonly bench: 'failed'; readonly message: string };

export function createCrew(workers: number): Crew {
  return workers === 1 ? createOwnCrew() : createProcessCrew(workers);
}

function createOwnCrew(): Crew {
  const stopping = new AbortController();
  let statistics = new Statistics();
  return {
    async run(phase) {
      statistics = new Statistics();
      await runShare(phase, 0, 1, statistics, stopping.signal);
      return statistics;
    },
    progress: () => statistics,
    stop: () => stopping.abort(),
    close: () => {},
  };
}

function createProcessCrew(count: number): Crew {
  // Workers are told everything: what is on this process's command line is not repeated on theirs.
  cluster.setupPrimary({ args: [] });
  const workers = Array.from({ length: count }, () => cluster.fork({ [workerVariable]: '1' }));
  const told = new Map<Worker, Progress>();
  const ready = new Set<Worker>();
  for (const worker of workers) {
    worker.on('message', ({ bench }: FromWorker) => {
      if (bench === 'ready') ready.add(worker);
    });
    // Whoever waits for it is told by its end.
    worker.on('error', () => {});
  }
  let stopped = false;

  const runOn = (worker: Worker, number: number, phase: Phase): Promise<StatisticsSnapshot> =>
    new Promise((resolve, reject) => {
      const end = (): void => {
        worker.off('message', receive);
        worker.off('exit', exited);
      };
      const exited = (): void => {
        end();
        reject(new BenchError('A worker process ended unexpectedly.'));
      };
      const start = (): void => {
        tell(worker, { bench: 'run', phase, worker: number, workers: count });
        if (stopped) tell(worker, { bench: 'stop' });
      };
      const receive = (message: FromWorker): void => {
        if (message.bench === 'ready') {
          start();
        } else if (message.bench === 'progress') {
          told.set(worker, message.progress);
        } else {
          end();
          if (message.bench === 'done') resolve(message.statistics);
          else reject(new BenchError(`A worker process failed: ${message.message}`));
        }
      };
      worker.on('message', receive);
      worker.on('exit', exited);
      if (worker.isDead()) exited();
      else if (ready.has(worker)) start();
    });

  return {
    async run(phase) {
      told.clear();
      const statistics = new Statistics();
      const shares = await Promise.all(workers.map((worker, i) => runOn(worker, i, phase)));
      for (const share of shares) statistics.merge(share);
      return statistics;
    },
    progress() {
      const sum = { requests: 0, bytes: 0 };
      for (const { requests, bytes } of told.values()) {
        sum.requests += requests;
        sum.bytes += bytes;
      }
      return sum;
    },
    stop() {
      stopped = true;
      for (const worker of workers) tell(worker, { bench: 'stop' });
    },
    close() {
      for (const worker of workers) if (worker.isConnected()) worker.disconnect();
    },
  };
}

function tell(worker: Worker, message: ToWorker): void {
  if (worker.isConnected()) worker.send(message);
}

async function runShare(
  phase: Phase,
  worker: number,
  workers: number,
  statistics: Statistics,
  signal: AbortSignal,
): Promise<void> {
  const { concurrency } = phase;
  const connections = Math.floor(concurrency / workers) + (worker < concurrency % workers ? 1 : 0);
  const workload = createWorkload({
    ...phase,
    worker,
    workers,
    now: Date.now,
    random: Math.random,
  });
  const largestSize = Math.max(...phase.sizes);
  await runLoad({ ...phase, connections, workload, largestSize, statistics, signal });
}

/** The body of a worker process; it ends when its crew does. */
export function workForCrew(): void {
  const stopping = new AbortController();
  // Ctrl-C reaches all processes of a terminal: the crew decides what comes of it.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => {});
  process.on('disconnect', () => process.exit());
  const report = (message: FromWorker): void => {
    if (process.connected) process.send?.(message);
  };
  process.on('message', (message: ToWorker) => {
    if (message.bench === 'stop') {
      stopping.abort();
      return;
    }
    const { phase, worker, workers } = message;
    const statistics = new Statistics();
    const timer = setInterval(() => {
      const { requests, bytes } = statistics;
      report({ bench: 'progress', progress: { requests, bytes } });
    }, progressMs);
    runShare(phase, worker, workers, statistics, stopping.signal)
      .then(
        () => report({ bench: 'done', statistics: statistics.snapshot() }),
        (error: unknown) => report({ bench: 'failed', message: String(error) }),
      )
      .finally(() => clearInterval(timer));
  });
  report({ bench: 'ready' });
}
