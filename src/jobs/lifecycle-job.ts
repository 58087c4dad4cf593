/**
 * The lifecycle job: sweeps every bucket that has a lifecycle, in turns of a bounded length so that a large
 * bucket doesn't hold up the others. A sweep that is cut off goes on at the next run.
 */
import {
  type LifecycleAction,
  lifecycleActions,
  dayMs as realDayMs,
} from '../features/lifecycle/evaluate.ts';
import { lifecycleConfig } from '../features/lifecycle/rules.ts';
import type { MetaStore } from '../store/meta/port.ts';
import type { Bucket } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { configuredBuckets } from './configured-buckets.ts';
import type { Job } from './jobs.ts';
import {
  emptyReport,
  type LifecycleDeed,
  type SweepDeps,
  type SweepProgress,
  type SweepReport,
  sweepBucket,
} from './lifecycle-sweep.ts';
import { createProgress } from './progress.ts';

/** Sweeps in one lifecycle day: once an hour. */
const runsPerDay = 24;
const minIntervalMs = 1_000;

const sweepLimits = { pageSize: 1_000, maxVersions: 100_000 };

export interface LifecycleJobDeps {
  readonly meta: Pick<MetaStore, 'scan' | 'get' | 'commit'>;
  readonly store: Store;
  readonly now: () => number;
  /** How long a lifecycle day lasts; shorter ones for tests. */
  readonly dayMs: number;
  readonly limits?: Partial<typeof sweepLimits>;
  readonly events: {
    /** After a turn in which something was done. */
    swept(bucket: Bucket, report: SweepReport, ms: number): void;
    /** After each single action. */
    acted(bucket: Bucket, deed: LifecycleDeed): void;
  };
}

const isLifecycle = (name: string): boolean => name === lifecycleConfig;

export function lifecycleJob(deps: LifecycleJobDeps): Job {
  const { meta, now } = deps;
  const sweep: SweepDeps = {
    ...deps,
    ...sweepLimits,
    ...deps.limits,
    progress: createProgress<SweepProgress>(meta, 'lifecycle'),
    acted: deps.events.acted,
  };
  return {
    name: 'lifecycle',
    intervalMs: Math.max(minIntervalMs, Math.min(deps.dayMs, realDayMs) / runsPerDay),
    firstRunMs: 0,
    async run(signal) {
      const total = emptyReport();
      const failures: unknown[] = [];
      let buckets = 0;
      for await (const page of configuredBuckets(meta, isLifecycle, signal)) {
        buckets += page.length;
        let waiting = page;
        while (waiting.length > 0) {
          const unfinished: Bucket[] = [];
          for (const bucket of waiting) {
            signal.throwIfAborted();
            const report = emptyReport();
            const started = now();
            try {
              if (!(await sweepBucket(sweep, bucket, report, signal))) unfinished.push(bucket);
            } catch (cause) {
              if (signal.aborted) throw cause;
              const name = `${bucket.namespace}/${bucket.name}`;
              failures.push(new Error(`the lifecycle of ${name} was not carried out`, { cause }));
            } finally {
              if (countActions(report) > 0) deps.events.swept(bucket, report, now() - started);
              add(total, report);
            }
          }
          waiting = unfinished;
        }
      }
      if (failures.length > 0) throw new AggregateError(failures, describe(failures.length));
      if (countActions(total) === 0) return undefined;
      return { buckets, examined: total.examined, ...total.actions };
    },
  };
}

const describe = (count: number): string => `buckets whose lifecycle was not carried out: ${count}`;

/** Actions that were taken, with how often. */
export function actionsTaken(report: SweepReport): readonly (readonly [LifecycleAction, number])[] {
  return lifecycleActions
    .map((action) => [action, report.actions[action]] as const)
    .filter(([, count]) => count > 0);
}

function countActions({ actions }: SweepReport): number {
  return lifecycleActions.reduce((sum, action) => sum + actions[action], 0);
}

function add(total: SweepReport, report: SweepReport): void {
  total.examined += report.examined;
  for (const action of lifecycleActions) total.actions[action] += report.actions[action];
}
