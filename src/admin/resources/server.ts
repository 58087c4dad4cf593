/** `/api/server` and `/api/jobs`: how the server is, what it runs with, and its background work. */

import { reloadableSettings } from '../../config/fixed-settings.ts';
import type { SettingSource } from '../../config/load.ts';
import { type Config, type SettingName, settingNames, settingOf } from '../../config/schema.ts';
import type { JobState, Jobs } from '../../jobs/jobs.ts';
import type { MetricsSnapshot } from '../../observe/metrics.ts';
import { arns, authorise } from '../authorise.ts';
import type { AnswerOf } from '../contract.ts';
import { AdminError, notFound } from '../errors.ts';
import type { Handlers } from '../handlers.ts';
import { summaryOf } from '../metrics-summary.ts';
import { isoTime } from '../schemas/values.ts';

/** As the first process has it; see src/http/first-process.ts. */
export interface ServerWatch {
  status(): Promise<{
    readonly startedAt: number;
    readonly readiness: { readonly ready: boolean; readonly reason?: string };
    readonly processes: readonly {
      readonly name: string;
      readonly pid: number | undefined;
      readonly ready: boolean;
      readonly readyMs?: number | undefined;
    }[];
    readonly lastReload?:
      | { readonly at: number; readonly failure?: string | undefined }
      | undefined;
  }>;
  metrics(): Promise<readonly MetricsSnapshot[]>;
  reload(): Promise<void>;
}

export interface ServerDeps {
  readonly version: string;
  readonly config: Config;
  /** Not known where an earlier version of the first process has read the configuration. */
  readonly sources: Readonly<Record<SettingName, SettingSource>> | undefined;
  readonly watch: ServerWatch;
  /** Of the data directory; undefined in memory. */
  readonly disk: () => Promise<
    | { readonly directory: string; readonly totalBytes: number; readonly freeBytes: number }
    | undefined
  >;
  readonly jobs: Pick<Jobs, 'list' | 'runNow'>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

type Names =
  | 'getServerStatus'
  | 'getServerMetrics'
  | 'getServerConfiguration'
  | 'reloadServer'
  | 'listJobs'
  | 'runJob';

export function serverResource(deps: ServerDeps): Pick<Handlers, Names> {
  const { watch, jobs } = deps;
  return {
    async getServerStatus(_, ask) {
      authorise(ask, 'kist:GetServerStatus', arns.server, 'server');
      const { startedAt, readiness, processes, lastReload } = await watch.status();
      const disk = await deps.disk();
      return {
        version: deps.version,
        node: process.versions.node,
        platform: `${process.platform} ${process.arch}`,
        startedAt: isoTime(startedAt),
        uptimeSeconds: (deps.now() - startedAt) / 1000,
        ready: readiness.ready,
        ...(readiness.reason !== undefined && { reason: readiness.reason }),
        processes: processes.map(({ name, pid, ready, readyMs }) => ({
          name,
          pid,
          ready,
          ...(readyMs !== undefined && { readySeconds: readyMs / 1000 }),
        })),
        ...(disk !== undefined && { disk }),
        ...(lastReload !== undefined && { lastReload: reloadShape(lastReload) }),
      };
    },
    async getServerMetrics(_, ask) {
      authorise(ask, 'kist:GetServerMetrics', arns.server, 'server');
      return summaryOf(await watch.metrics());
    },
    getServerConfiguration(_, ask) {
      authorise(ask, 'kist:GetServerConfiguration', arns.server, 'server');
      return { settings: settingNames.map((name) => settingShape(name, deps)) };
    },
    async reloadServer(_, ask) {
      authorise(ask, 'kist:ReloadServer', arns.server, 'server');
      await watch.reload().catch((cause: Error) => {
        throw new AdminError('Conflict', `Nothing to reload: ${cause.message}.`, { cause });
      });
      return undefined;
    },
    listJobs(_, ask) {
      authorise(ask, 'kist:ListJobs', arns.server, 'server');
      return { items: jobs.list().map(jobShape) };
    },
    runJob({ job: name }, ask) {
      authorise(ask, 'kist:RunJob', arns.job(name), 'server');
      const job = jobs.list().find((one) => one.name === name);
      if (job === undefined) throw notFound('job', name);
      // How it ends is told by the list; it may take hours.
      void jobs.runNow(name);
      return { job: name, running: true };
    },
  };
}

const reloadShape = ({
  at,
  failure,
}: {
  readonly at: number;
  readonly failure?: string | undefined;
}) => ({
  at: isoTime(at),
  done: failure === undefined,
  ...(failure !== undefined && { reason: failure }),
});

type SettingShape = AnswerOf<'getServerConfiguration'>['settings'][number];

/** Ids of keys and names of accounts come with their secrets, and are not shown here either. */
function settingShape(
  name: SettingName,
  { config, sources }: Pick<ServerDeps, 'config' | 'sources'>,
): SettingShape {
  const { group, secret = false } = settingOf(name);
  const value = config[name] as SettingShape['value'];
  return {
    name,
    group,
    ...(!secret && value !== undefined && { value }),
    secret,
    ...(sources !== undefined && { source: sources[name] }),
    reload: reloadableSettings.has(name),
  };
}

function jobShape({ name, intervalMs, running, lastRun }: JobState) {
  return {
    name,
    intervalSeconds: intervalMs / 1000,
    running,
    ...(lastRun !== undefined && {
      lastRun: {
        startedAt: isoTime(lastRun.startedAt),
        seconds: lastRun.ms / 1000,
        outcome: lastRun.outcome,
        ...(lastRun.report !== undefined && {
          // What it has is plain data, as it is logged.
          report: JSON.parse(JSON.stringify(lastRun.report)) as Record<string, never>,
        }),
        ...(lastRun.error !== undefined && {
          error: lastRun.error instanceof Error ? lastRun.error.message : String(lastRun.error),
        }),
      },
    }),
  };
}
