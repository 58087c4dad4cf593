/** `kist server`: how a server is, what it runs with, its jobs, and reading its configuration again. */
import { setTimeout as delay } from 'node:timers/promises';
import type { AnswerOf } from '../../admin/client.ts';
import { S3Error } from '../../client/s3-error.ts';
import { inBytes } from '../byte-amounts.ts';
import { CommandError } from '../command-error.ts';
import { type AdminFlags, type AdminSession, withAdmin } from './admin-session.ts';
import { durationText } from './durations.ts';
import { tellList, tellOne } from './tell.ts';

/** Gives the exit code: 1 if the server isn't ready. */
export const showStatus = (flags: AdminFlags): Promise<number> =>
  withAdmin(flags, async ({ call, out }) => {
    const status = await call('getServerStatus', {});
    const { version, node, platform, ready, reason, disk, lastReload, processes } = status;
    tellOne(out, 'status', status, `Kist ${version}`, {
      ready: ready ? 'yes' : `no: ${reason ?? 'it starts'}`,
      runs: `Node ${node}, ${platform}`,
      since: `${status.startedAt} (${durationText(status.uptimeSeconds)})`,
      processes: processes
        .map((one) => `${one.name}${one.pid === undefined ? '' : ` (${one.pid})`}`)
        .join(', '),
      'not ready': processes.flatMap((one) => (one.ready ? [] : [one.name])).join() || undefined,
      disk: disk && `${inBytes(disk.freeBytes)} of ${inBytes(disk.totalBytes)} free`,
      directory: disk?.directory,
      'last reload': lastReload && reloadText(lastReload),
    });
    return ready ? 0 : 1;
  });

const reloadText = ({ at, done, reason }: Reload): string =>
  `${at}, ${done ? 'done' : `failed: ${reason ?? 'the log says why'}`}`;

export interface ConfigurationFlags extends AdminFlags {
  readonly changed?: boolean;
}

export const showConfiguration = (flags: ConfigurationFlags): Promise<number> =>
  withAdmin(flags, async ({ call, out }) => {
    const { settings } = await call('getServerConfiguration', {});
    const shown = settings.filter(
      ({ source }) => !flags.changed || (source !== undefined && source.kind !== 'default'),
    );
    tellList(out, 'setting', shown, {
      SETTING: ({ name }) => name,
      VALUE: ({ value, secret, source }) =>
        secret ? (source?.kind === 'default' ? undefined : '(secret)') : valueText(value),
      FROM: ({ source }) => source && sourceText(source),
      RELOAD: ({ reload }) => (reload ? 'yes' : 'restart only'),
    });
  });

const valueText = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.join(', ')
    : typeof value === 'object' && value !== null
      ? JSON.stringify(value)
      : value;

type Source = NonNullable<AnswerOf<'getServerConfiguration'>['settings'][number]['source']>;

const sourceText = ({ kind, file, line, variable, flag }: Source): string =>
  file === undefined ? (variable ?? flag ?? kind) : `${file}, line ${line}`;

type Job = AnswerOf<'listJobs'>['items'][number];

export const listJobs = (flags: AdminFlags): Promise<number> =>
  withAdmin(flags, async ({ call, out }) => {
    const { items } = await call('listJobs', {});
    tellList(out, 'job', items, {
      JOB: ({ name }) => name,
      EVERY: ({ intervalSeconds }) => durationText(intervalSeconds),
      STATE: ({ running }) => (running ? 'running' : 'waiting'),
      'LAST RUN': ({ lastRun }) => lastRun?.startedAt,
      TOOK: ({ lastRun }) => lastRun && durationText(lastRun.seconds),
      OUTCOME: ({ lastRun }) => lastRun && outcomeText(lastRun),
    });
  });

const outcomeText = ({ outcome, error }: NonNullable<Job['lastRun']>): string =>
  error === undefined ? outcome : `${outcome}: ${error}`;

export interface RunFlags extends AdminFlags {
  readonly wait?: boolean;
}

const pollMs = 250;

/** Gives the exit code: 1 if it was waited for and has failed. */
export const runJob = (name: string, flags: RunFlags): Promise<number> =>
  withAdmin(flags, async (session) => {
    const { call, out, signal } = session;
    const before = (await jobNamed(session, name))?.lastRun?.startedAt ?? '';
    const { running } = await call('runJob', { job: name });
    if (!flags.wait) {
      out.record({ type: 'job', name, running }, `Began the job ${name}.`);
      return;
    }
    for (;;) {
      const job = await jobNamed(session, name);
      const { lastRun } = job ?? {};
      if (lastRun !== undefined && lastRun.startedAt > before) {
        out.record(
          { type: 'job', ...job },
          `${name}: ${outcomeText(lastRun)}, in ${durationText(lastRun.seconds)}.`,
        );
        return lastRun.outcome === 'failed' ? 1 : 0;
      }
      await delay(pollMs, undefined, { signal });
    }
  });

const jobNamed = async ({ call }: AdminSession, name: string): Promise<Job | undefined> =>
  (await call('listJobs', {})).items.find((job) => job.name === name);

type Reload = NonNullable<AnswerOf<'getServerStatus'>['lastReload']>;

/** Processes are replaced one after the other, each ready before the next. */
const maxReloadMs = 120_000;

/** Gives the exit code: 1 if what was read is not usable, and the server runs on as before. */
export const reload = (flags: AdminFlags): Promise<number> =>
  withAdmin(flags, async (session) => {
    const { call, out, signal } = session;
    const before = (await call('getServerStatus', {})).lastReload?.at;
    await call('reloadServer', {});
    const deadline = Date.now() + maxReloadMs;
    while (Date.now() < deadline) {
      const found = await lastReload(session);
      if (found !== undefined && found.at !== before) {
        out.record({ type: 'reload', ...found }, `Reload: ${reloadText(found)}.`);
        return found.done ? 0 : 1;
      }
      await delay(pollMs, undefined, { signal });
    }
    throw new CommandError(
      `The reload isn't over after ${durationText(maxReloadMs / 1000)}: "kist server status" tells when it is.`,
    );
  });

/** The process that answers is replaced, too: meanwhile nobody may. */
async function lastReload({ call, signal }: AdminSession): Promise<Reload | undefined> {
  try {
    return (await call('getServerStatus', {})).lastReload;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof S3Error && (error.status === 0 || error.status === 503)) return undefined;
    throw error;
  }
}
