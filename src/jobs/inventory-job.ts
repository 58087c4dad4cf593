/**
 * The inventory job: in each day or week, one report of every enabled configuration of every bucket. The first one
 * is due at once, weekly ones then begin on Sundays (UTC), as in S3.
 *
 * A report that fails is tried again at the next run, and holds up no other.
 */
import { isDeepStrictEqual } from 'node:util';
import {
  inventoryConfig,
  inventoryIds,
  isInventoryConfig,
  periodOf,
} from '../features/inventory/configuration.ts';
import { runIdLength } from '../features/inventory/layout.ts';
import type { InventoryConfiguration } from '../model/types.gen.ts';
import type { MetaStore } from '../store/meta/port.ts';
import type { Bucket } from '../store/records.ts';
import { configuredBuckets } from './configured-buckets.ts';
import type { DeliveryDeps } from './deliver-object.ts';
import { type ReportLimits, type ReportRun, writeReport } from './inventory-report.ts';
import type { Job } from './jobs.ts';
import { createProgress, type Progress } from './progress.ts';

/** Looks for reports that are due in one day: once an hour. */
const runsPerDay = 24;
const minIntervalMs = 1_000;

export const inventoryLimits: ReportLimits = { pageSize: 1_000, maxFileRows: 1_000_000 };

export interface DeliveredReport {
  readonly id: string;
  readonly rows: number;
  readonly files: number;
}

export interface InventoryJobDeps extends DeliveryDeps {
  readonly meta: Pick<MetaStore, 'scan' | 'get' | 'commit'>;
  readonly randomBytes: (length: number) => Buffer;
  /** How long a day lasts; shorter ones for tests. */
  readonly dayMs: number;
  readonly limits?: Partial<ReportLimits>;
  readonly events: {
    /** @param ms of the turn in which it became whole */
    delivered(bucket: Bucket, report: DeliveredReport, ms: number): void;
    failed(bucket: Bucket, id: string, error: unknown): void;
  };
}

/** Of one configuration. */
interface ReportState {
  /** The day or week that the newest report is for. */
  readonly period: number;
  /** Absent once it is delivered. */
  readonly run?: ReportRun | undefined;
}

/** By id of the configuration. */
interface InventoryProgress {
  readonly reports: Readonly<Record<string, ReportState>>;
}

/**
 * Whether a report that was begun still has the destination that is asked for. Where that was changed, the old
 * one may be gone, and the report would never become whole.
 */
const isGoingThere = (run: ReportRun, { Destination }: InventoryConfiguration): boolean =>
  isDeepStrictEqual(run.configuration.Destination, Destination);

/** Tries to keep the progress, while the bucket's record keeps changing. */
const maxSaves = 5;

export function inventoryJob(deps: InventoryJobDeps): Job {
  const { meta, store, now, dayMs, events } = deps;
  const progress: Progress<InventoryProgress> = createProgress(meta, 'inventory');
  const writing = { ...deps, limits: { ...inventoryLimits, ...deps.limits } };

  async function save(bucket: Bucket, id: string, state: ReportState): Promise<void> {
    for (let tries = 0; tries < maxSaves; tries++) {
      const current = await store.buckets.get(bucket.namespace, bucket.name);
      if (current?.id !== bucket.id) return;
      const kept = (await progress.load(current))?.reports ?? {};
      const ids = inventoryIds(current.configured);
      // What is about configurations that are gone goes too.
      const others = Object.entries(kept).filter(([one]) => one !== id && ids.includes(one));
      const reports = Object.fromEntries([...others, [id, state]]);
      if (await progress.save(current, { reports })) return;
    }
    throw new Error(`the progress of the inventory ${id} could not be kept`);
  }

  /** Whether a report was delivered. */
  async function report(bucket: Bucket, id: string, signal: AbortSignal): Promise<boolean> {
    const configuration = await store.buckets.config<InventoryConfiguration>(
      bucket,
      inventoryConfig(id),
    );
    if (!configuration?.IsEnabled) return false;
    const state = (await progress.load(bucket))?.reports[id];
    const startedAt = now();
    const resumed = state?.run && isGoingThere(state.run, configuration) ? state : undefined;
    const period = resumed?.period ?? periodOf(configuration, startedAt, dayMs);
    if (state !== undefined && state.run === undefined && state.period === period) return false;
    const begun: ReportRun = resumed?.run ?? {
      configuration,
      startedAt,
      runId: deps.randomBytes(runIdLength / 2).toString('hex'),
      files: [],
      rows: 0,
    };
    const keep = (run: ReportRun | undefined) => save(bucket, id, { period, run });
    if (resumed === undefined) await keep(begun);
    const { rows, files } = await writeReport(writing, bucket, begun, keep, signal);
    await keep(undefined);
    events.delivered(bucket, { id, rows, files: files.length }, now() - startedAt);
    return true;
  }

  return {
    name: 'inventory',
    intervalMs: Math.max(minIntervalMs, dayMs / runsPerDay),
    firstRunMs: 0,
    async run(signal) {
      let reports = 0;
      let failures = 0;
      for await (const page of configuredBuckets(meta, isInventoryConfig, signal)) {
        for (const bucket of page) {
          for (const id of inventoryIds(bucket.configured)) {
            signal.throwIfAborted();
            try {
              const current = await store.buckets.get(bucket.namespace, bucket.name);
              if (current?.id !== bucket.id) break;
              if (await report(current, id, signal)) reports++;
            } catch (error) {
              if (signal.aborted) throw error;
              failures++;
              events.failed(bucket, id, error);
            }
          }
        }
      }
      return reports + failures === 0 ? undefined : { reports, failures };
    },
  };
}
