/**
 * The supervisor: starts a server's processes, keeps them running, and ends them in order.
 *
 * One HTTP worker per slot and one process for jobs (`node:cluster`). The supervisor accepts
 * connections and deals them out in turn, which spreads few long-lived connections evenly; it never
 * opens the store. The console port is served here, so that it answers while workers restart.
 *
 * - Workers ignore signals and obey the supervisor only, so that a signal to the whole process group
 *   (a terminal's Ctrl-C, a service manager) drains them like one to the supervisor alone.
 * - If the supervisor is killed, its workers see the channel close and end at once.
 */
import type { Log } from '../observe/log.ts';
import type { Metrics, MetricsSnapshot } from '../observe/metrics.ts';
import { type ConsoleListener, listenForConsole } from './console-listener.ts';
import { explainListenFailure, listenFailureCode } from './listen-failure.ts';
import { watchStopSignals } from './stop-signals.ts';
import { createSupervisedProcess, type SupervisedProcess } from './supervised-process.ts';
import type { Address, ServerRole } from './supervisor-messages.ts';
import { createMetricsCollector } from './supervisor-metrics.ts';

/** The server's body in one process. */
export interface RunningServer {
  /** Undefined for jobs, which listen to nobody. */
  readonly s3: Address | undefined;
  /** Refuses new connections and resolves when the requests in flight have ended. */
  drain(): Promise<void>;
  /** Cuts what is still open, closes the store. */
  close(): Promise<void>;
  /** Throws if the engine cannot serve. */
  health(): Promise<void>;
  metrics(): MetricsSnapshot;
}

export type StartServer<Config> = (config: Config, role: ServerRole) => Promise<RunningServer>;

export interface SupervisorOptions {
  readonly host: string;
  readonly port: number;
  readonly consolePort: number;
  readonly workers: number;
  readonly drainTimeoutMs: number;
  readonly log: Log;
  /** The supervisor's own. */
  readonly metrics: Metrics;
  /** Once, when everything serves for the first time. */
  onReady(addresses: { readonly s3: Address; readonly console: Address }): void;
}

/** A server that cannot start or go on, in words for the person who runs it. */
export class ServerEndedError extends Error {
  override readonly name = 'ServerEndedError';
}

/**
 * Runs a server of several processes until a signal ends it; resolves with the exit code. `config`
 * goes to each process as it is. Throws `ServerEndedError` if the server cannot start or go on.
 */
export async function supervise<Config>(
  config: Config,
  options: SupervisorOptions,
): Promise<number> {
  const { log, metrics } = options;
  const signals = watchStopSignals(log);
  let failServer: (reason: string) => void = () => {};
  const failure = new Promise<ServerEndedError>((resolve) => {
    failServer = (reason) => resolve(new ServerEndedError(reason));
  });

  let s3: Address | undefined;
  let everReady = false;
  let stopping = false;
  let listener: ConsoleListener | undefined;

  const processes = rolesOf(options.workers).map(([name, role]) =>
    createSupervisedProcess({
      name,
      role,
      config,
      log,
      onReady: (address) => {
        s3 ??= address;
        metrics.gauge('workersReady').set(readyCount(processes));
        startJobs();
        if (everReady || s3 === undefined || !processes.every((each) => each.ready())) return;
        everReady = true;
        if (listener !== undefined) options.onReady({ s3, console: listener.address });
      },
      onDeath: () => {
        metrics.gauge('workersReady').set(readyCount(processes));
        metrics.counter('workerRestarts', name).add();
        collector.ended(name);
      },
      // What a first start refuses will not go away by trying again; later it may.
      onRefusal: (message, listenCode) => {
        if (everReady) return false;
        failServer(explainListenFailure(listenCode, options, '--port') ?? message);
        return true;
      },
      onGiveUp: failServer,
    }),
  );
  const collector = createMetricsCollector(metrics, processes);
  const workers = processes.filter(({ role }) => role.kind === 'worker');
  const jobs = processes.filter(({ role }) => role.kind === 'jobs');
  let jobsStarted = false;

  /** Nobody waits for jobs: at a start they leave the cores to the workers. */
  function startJobs(): void {
    if (jobsStarted || stopping || !workers.every((each) => each.ready())) return;
    jobsStarted = true;
    for (const each of jobs) each.start();
  }

  try {
    listener = await listenForConsole(
      { host: options.host, port: options.consolePort },
      {
        metrics: collector.render,
        readiness: () => readinessOf(processes, stopping),
      },
      log,
    ).catch((error: Error) => {
      const at = { host: options.host, port: options.consolePort };
      const code = listenFailureCode(error);
      const reason = explainListenFailure(code, at, '--console-port') ?? error.message;
      throw new ServerEndedError(reason, { cause: error });
    });
    for (const each of workers) each.start();
    startJobs();

    const why = await Promise.race([signals.first, failure]);
    stopping = true;
    const stopped = Promise.all(processes.map((each) => each.stop(options.drainTimeoutMs)));
    if (typeof why === 'string') log.info('stopping', { signal: why });
    const exitCode = await Promise.race([stopped.then(() => 0), signals.second]);
    if (exitCode !== 0) log.warn('stopped at once by a second signal');
    if (why instanceof ServerEndedError) throw why;
    return exitCode;
  } finally {
    for (const each of processes) each.kill();
    await listener?.close();
    signals.dispose();
    log.flush();
  }
}

/** Workers have the slots from 0, jobs the one after. */
function rolesOf(workers: number): readonly (readonly [name: string, role: ServerRole])[] {
  const all = Array.from({ length: workers }, (_, slot): [string, ServerRole] => [
    `worker-${slot}`,
    { kind: 'worker', slot },
  ]);
  return [...all, ['jobs', { kind: 'jobs', slot: workers }]];
}

function readyCount(processes: readonly SupervisedProcess[]): number {
  return processes.filter((each) => each.ready()).length;
}

async function readinessOf(processes: readonly SupervisedProcess[], stopping: boolean) {
  const workers = processes.filter((each) => each.role.kind === 'worker');
  const counts = { ready: readyCount(workers), expected: workers.length };
  const asked = processes.find((each) => each.ready());
  if (stopping) return { ready: false, reason: 'stopping', workers: counts };
  const missing = processes.filter((each) => !each.ready()).map((each) => each.name);
  if (missing.length > 0 || asked === undefined) {
    return { ready: false, reason: `not ready: ${missing.join(', ')}`, workers: counts };
  }
  try {
    // The engine is one for all processes, so one of them can tell.
    await asked.ask('health');
    return { ready: true, workers: counts };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { ready: false, reason, workers: counts };
  }
}
