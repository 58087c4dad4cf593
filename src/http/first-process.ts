/**
 * What the process that serves the admin API learns from the first process of its server, and asks of it: over IPC,
 * or at once where there is one process.
 */
import type { Readiness } from '../observe/health.ts';
import type { MetricsSnapshot } from '../observe/metrics.ts';

export interface ServerState {
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly readiness: Readiness;
  readonly processes: readonly ProcessState[];
  readonly lastReload?: ReloadOutcome | undefined;
}

export interface ProcessState {
  /** `worker-0`, `jobs`, `all`; `supervisor` for the first one. */
  readonly name: string;
  readonly pid: number | undefined;
  readonly ready: boolean;
  /** For how long it has been ready, in milliseconds. */
  readonly readyMs?: number | undefined;
}

export interface ReloadOutcome {
  /** When it ended, in milliseconds since the epoch. */
  readonly at: number;
  /** Why it failed, in words. */
  readonly failure?: string | undefined;
}

export interface FirstProcess {
  status(): Promise<ServerState>;
  /** Of all processes, those that have ended included. */
  metrics(): Promise<readonly MetricsSnapshot[]>;
  /** As SIGHUP: resolves once it has begun. @throws Error, in words, if there is nothing to reload */
  reload(): Promise<void>;
}

/** The same over IPC: the name of a method, and what it resolves with. */
export type Wish = keyof FirstProcess;

const answerTimeoutMs = 5_000;
/** Wishes that wait for an answer. */
const maxWishes = 1_000;

export interface FirstProcessLink {
  readonly first: FirstProcess;
  /** An answer came. */
  granted(id: number, value: unknown, error: string | undefined): void;
}

/** @param send asks the first process for something, under an id that its answer comes back with */
export function linkFirstProcess(send: (id: number, wish: Wish) => void): FirstProcessLink {
  interface Waiting {
    resolve(value: unknown): void;
    reject(error: Error): void;
    readonly timer: NodeJS.Timeout;
  }
  const waiting = new Map<number, Waiting>();
  let nextId = 0;

  function ask(wish: Wish): Promise<unknown> {
    if (waiting.size >= maxWishes) return Promise.reject(new Error('too much is asked at once'));
    return new Promise((resolve, reject) => {
      const id = nextId++;
      const timer = setTimeout(() => {
        waiting.delete(id);
        reject(new Error(`the first process did not answer within ${answerTimeoutMs} ms`));
      }, answerTimeoutMs);
      waiting.set(id, { resolve, reject, timer });
      send(id, wish);
    });
  }

  return {
    first: {
      status: () => ask('status') as Promise<ServerState>,
      metrics: () => ask('metrics') as Promise<readonly MetricsSnapshot[]>,
      reload: async () => {
        await ask('reload');
      },
    },
    granted(id, value, error) {
      const found = waiting.get(id);
      if (found === undefined) return;
      waiting.delete(id);
      clearTimeout(found.timer);
      if (error === undefined) found.resolve(value);
      else found.reject(new Error(error));
    },
  };
}
