/** The background work of a server, wired: what jobs there are, and what logs and metrics tell of them. */
import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { Config } from './config/schema.ts';
import type { Encryption } from './features/encryption/encryption.ts';
import { formatAccessRecord } from './features/logging/access-record.ts';
import { isLogged, type LoggingRecord, loggingConfig } from './features/logging/configuration.ts';
import { lifecycleRequester, loggedLifecycleAction } from './features/logging/operation-names.ts';
import { inventoryJob } from './jobs/inventory-job.ts';
import { type Job, type Jobs, startJobs } from './jobs/jobs.ts';
import { actionsTaken, lifecycleJob } from './jobs/lifecycle-job.ts';
import type { LifecycleDeed } from './jobs/lifecycle-sweep.ts';
import { type LogDelivery, logDeliveryLimits, startLogDelivery } from './jobs/log-delivery.ts';
import { storageJobs } from './jobs/storage-jobs.ts';
import {
  type PackStore,
  startSealing,
  type UpkeepEvents,
  type UpkeepSettings,
  upkeepJobs,
} from './jobs/upkeep-jobs.ts';
import type { AuditLog } from './observe/audit/audit-log.ts';
import type { AuditRecord } from './observe/audit/audit-record.ts';
import type { Log } from './observe/log.ts';
import type { Metrics } from './observe/metrics.ts';
import type { BlobStore } from './store/blob/port.ts';
import type { GarbageCollector } from './store/garbage.ts';
import type { MetaStore } from './store/meta/port.ts';
import type { Bucket } from './store/records.ts';
import type { Store } from './store/store.ts';

export interface BackgroundDeps {
  readonly config: Config;
  readonly store: Store & { readonly garbage: GarbageCollector };
  readonly encryption: Encryption;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly audit?: AuditLog | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly randomBytes: (length: number) => Buffer;
}

const hourMs = 3_600_000;

const nameOf = ({ namespace, name }: Bucket) => ({ namespace, bucket: name });

/** In every process whose doings are in server access logs. */
export function startServerLogDelivery(deps: BackgroundDeps): LogDelivery {
  const { config, log, metrics } = deps;
  const delivered = metrics.counter('accessLogRecords', 'delivered');
  const dropped = metrics.counter('accessLogRecords', 'dropped');
  return startLogDelivery({
    ...deps,
    region: config.region,
    settings: { ...logDeliveryLimits, intervalMs: config.logDeliverySeconds * 1000 },
    events: {
      delivered: ({ source, records, ...where }) => {
        delivered.add(records);
        log.info('access log delivered', { ...nameOf(source), records, ...where });
      },
      dropped: (source, records, reason) => {
        dropped.add(records);
        log.warn('access log dropped', { ...nameOf(source), records, reason });
      },
      unwritten: (error) => log.error('access log not written', { error }),
      failed: (source, error) =>
        log.error('access log not delivered', { ...nameOf(source), error }),
    },
  });
}

export function startServerJobs(
  deps: BackgroundDeps & {
    readonly meta: MetaStore;
    readonly blobs: BlobStore;
    /** Absent in memory. */
    readonly packs: PackStore | undefined;
    readonly logDelivery: LogDelivery;
  },
): Jobs {
  const { meta, store, config, log, metrics, now } = deps;
  const dayMs = config.lifecycleDaySeconds * 1000;
  const jobs: readonly Job[] = [
    ...storageJobs({
      ...deps,
      garbage: store.garbage,
      settings: {
        garbageGraceMs: config.garbageGraceSeconds * 1000,
        orphanSweepIntervalMs: config.orphanSweepHours * hourMs,
      },
    }),
    ...upkeepJobs({
      ...deps,
      pause: (ms, signal) => pause(ms, undefined, { signal }),
      settings: upkeepSettings(config),
      events: upkeepEvents(deps),
    }),
    lifecycleJob({
      ...deps,
      dayMs,
      events: {
        swept: (bucket, report, ms) => {
          const actions = actionsTaken(report);
          for (const [action, count] of actions) {
            metrics.counter('lifecycleActions', action).add(count);
          }
          const { examined } = report;
          const done = Object.fromEntries(actions);
          if (actions.some(([, count]) => count > 0))
            deps.audit?.write(sweptRecord(bucket, done, now()));
          log.info('lifecycle swept', { ...nameOf(bucket), ms, examined, ...done });
        },
        acted: (bucket, deed) => {
          log.info('lifecycle action', { ...nameOf(bucket), ...deed });
          if (isLogged(bucket)) deps.logDelivery.soon(logDeed(bucket, deed, deps));
        },
      },
    }),
    inventoryJob({
      ...deps,
      dayMs,
      events: {
        delivered: (bucket, { id, ...report }, ms) => {
          metrics.counter('inventoryReports', 'delivered').add();
          log.info('inventory delivered', { ...nameOf(bucket), inventory: id, ms, ...report });
        },
        failed: (bucket, id, error) => {
          metrics.counter('inventoryReports', 'failed').add();
          log.error('inventory not delivered', { ...nameOf(bucket), inventory: id, error });
        },
      },
    }),
  ];
  for (const { name } of jobs) metrics.counter('jobRuns', name, 'failed');
  return startJobs({
    meta,
    holder: `${hostname()}:${process.pid}:${deps.randomBytes(4).toString('hex')}`,
    now,
    jobs,
    events: {
      finished: (job, ms, report) => {
        metrics.counter('jobRuns', job, 'done').add();
        log.info('job done', { job, ms, ...report });
      },
      failed: (job, error) => {
        metrics.counter('jobRuns', job, 'failed').add();
        log.error('job failed', { job, error });
      },
    },
  });
}

/** What a lifecycle took away in one turn, in numbers. */
const sweptRecord = (
  { namespace, name }: Bucket,
  parameters: AuditRecord['parameters'],
  time: number,
): AuditRecord => ({
  time,
  who: { command: 'lifecycle' },
  service: 'kist',
  action: 'lifecycle',
  resource: `arn:aws:s3:::${name}`,
  namespace,
  parameters,
  outcome: 'done',
});

function upkeepSettings(config: Config): UpkeepSettings {
  return {
    compactionLiveRatio: config.compactionLivePercent / 100,
    compactionIntervalMs: config.compactionIntervalSeconds * 1000,
    compactionMaxBytes: config.compactionMaxBytes,
    scrubIntervalMs: config.scrubDays * 24 * hourMs,
    scrubBytesPerSecond: config.scrubBytesPerSecond,
  };
}

function upkeepEvents({ log, metrics }: Pick<BackgroundDeps, 'log' | 'metrics'>): UpkeepEvents {
  return {
    packs: (live, dead) => {
      metrics.gauge('packBytes', 'live').set(live);
      metrics.gauge('packBytes', 'dead').set(dead);
      metrics.gauge('packLiveRatio').set(live + dead === 0 ? 1 : live / (live + dead));
    },
    compacted: (bytes) => metrics.counter('compactedBytes').add(bytes),
    damaged: ({ table, bucket, key, error }) => {
      metrics.counter('scrubDamage').add();
      log.error('stored data is damaged; "kist doctor" tells what it belongs to', {
        table,
        ...(bucket !== '' && { bucketId: bucket }),
        key,
        error,
      });
    },
    scrubbed: (bytes, done) => {
      metrics.counter('scrubbedBytes').add(bytes);
      metrics.gauge('scrubProgress').set(done);
    },
  };
}

/** In every process that writes; returns what stops it. */
export function startServerSealing(
  packs: PackStore | undefined,
  config: Config,
  log: Log,
): () => void {
  if (packs === undefined) return () => {};
  const failed = (error: unknown) => log.error('pack not sealed', { error });
  return startSealing(packs, upkeepSettings(config), failed);
}

/** What the lifecycle does is in the bucket's server access log too. */
async function logDeed(
  bucket: Bucket,
  { action, key, versionId, size }: LifecycleDeed,
  {
    store,
    now,
    logDelivery,
  }: Pick<BackgroundDeps, 'store' | 'now'> & {
    readonly logDelivery: LogDelivery;
  },
): Promise<void> {
  const configuration = await store.buckets.config<LoggingRecord>(bucket, loggingConfig);
  if (configuration === undefined) return;
  const isVersioned = bucket.versioning !== undefined;
  const time = now();
  const line = formatAccessRecord({
    bucketOwner: bucket.acl.owner,
    bucket: bucket.name,
    time,
    requester: lifecycleRequester,
    operation: loggedLifecycleAction(action, isVersioned),
    key,
    objectSize: size,
    versionId: isVersioned ? versionId : undefined,
  });
  logDelivery.add(bucket, configuration, time, line);
}
