/**
 * The supervisor: starts a server's processes, keeps them running, and ends them in order.
 *
 * One HTTP worker per slot and one process for jobs (`node:cluster`). The supervisor accepts
 * connections and deals them out in turn, which spreads few long-lived connections evenly; it never
 * opens the store. The console port is served here, so that it answers while workers restart.
 *
 * - Workers ignore signals and obey the supervisor only, so that a signal to the whole process group
 *   (a terminal's Ctrl-C, a service manager) drains them like one to the supervisor alone.
 * - SIGHUP replaces them one after the other (rolling-restart.ts): the new one serves before the old one
 *   takes no more connections, in a slot of its own.
 * - Rates of tenants are kept here for all workers (supervised-rates.ts), so that they hold for all together.
 * - If the supervisor is killed, its workers see the channel close and end at once.
 */
import { createRateKeeper } from '../limits/rate-keeper.ts';
import type { Metrics, MetricsSnapshot } from '../observe/metrics.ts';
import type { TlsSource } from '../tls/tls-source.ts';
import type { ApiHandler } from './api-listener.ts';
import type { FirstProcess, ReloadOutcome } from './first-process.ts';
import { lateHandler } from './late-handler.ts';
import { explainListenFailure } from './listen-failure.ts';
import { createProcessSlots } from './process-slots.ts';
import { createRollingRestart } from './rolling-restart.ts';
import { ServerEndedError } from './server-ended-error.ts';
import { listenBeside, type SideListeners, type SideOptions } from './side-listeners.ts';
import { watchStopSignals } from './stop-signals.ts';
import { createSupervisedProcess, type SupervisedProcess } from './supervised-process.ts';
import type { Address, ServerRole } from './supervisor-messages.ts';
import { createMetricsCollector } from './supervisor-metrics.ts';

/** The server's body in one process. */
export interface RunningServer {
  /** Undefined for jobs, which listen to nobody. */
  readonly s3: Address | undefined;
  /**
   * Refuses new connections and resolves when the requests in flight have ended. `rolling`: a successor
   * serves already, so that clients first get the time to come off their connections by themselves.
   */
  drain(rolling?: boolean): Promise<void>;
  /** Cuts what is still open, closes the store. */
  close(): Promise<void>;
  /** Throws if the engine cannot serve. */
  health(): Promise<void>;
  metrics(): MetricsSnapshot;
  /** In the process that serves the admin API; `socket`: where the first process reaches it, if that is another. */
  readonly api?: { readonly socket?: string | undefined; readonly handle: ApiHandler } | undefined;
}

/**
 * @param tls what to speak TLS with; absent: plain HTTP
 * @param first absent where there is no console port, and no admin API
 */
export type StartServer<Config> = (
  config: Config,
  role: ServerRole,
  tls?: TlsSource,
  first?: FirstProcess,
) => Promise<RunningServer>;

export interface ServerAddresses {
  readonly s3: Address;
  readonly console: Address;
  readonly redirects: Address | undefined;
}

export interface SupervisorOptions<Config = unknown> extends SideOptions {
  readonly port: number;
  readonly workers: number;
  readonly drainTimeoutMs: number;
  /** For the S3 port. */
  readonly tls?: TlsSource | undefined;
  /** The supervisor's own. */
  readonly metrics: Metrics;
  /** At SIGHUP: what the successors of all processes run with; throws, in words, if it is not usable. */
  readonly reload?: () => Promise<Config>;
  /** Once, when everything serves for the first time. */
  onReady(addresses: ServerAddresses): void;
}

/** A successor that has to show first that it can serve. */
interface Trial {
  ready(): void;
  failed(reason: string): void;
}

/**
 * Runs a server of several processes until a signal ends it; resolves with the exit code. `config`
 * goes to each process as it is. Throws `ServerEndedError` if the server cannot start or go on.
 */
export async function supervise<Config>(
  config: Config,
  options: SupervisorOptions<Config>,
): Promise<number> {
  const { log, metrics } = options;
  let failServer: (reason: string) => void = () => {};
  const failure = new Promise<ServerEndedError>((resolve) => {
    failServer = (reason) => resolve(new ServerEndedError(reason));
  });

  let s3: Address | undefined;
  let everReady = false;
  let stopping = false;
  let lastReload: ReloadOutcome | undefined;
  const startedAt = Date.now();
  let beside: SideListeners | undefined;
  const slots = createProcessSlots();
  const rates = createRateKeeper(() => performance.now());
  /** Those that serve and run jobs: workers, and the jobs at last. */
  const processes: SupervisedProcess[] = [];
  /** Successors on trial, and predecessors that end what they began. */
  const leaving = new Set<SupervisedProcess>();
  const all = () => [...processes, ...leaving];
  const collector = createMetricsCollector(metrics, all);

  function create(kind: ServerRole['kind'], own: Config, onTrial?: Trial): SupervisedProcess {
    const slot = slots.take();
    let trial = onTrial;
    const name = kind === 'worker' ? `worker-${slot}` : kind;
    const restarts = metrics.counter('workerRestarts', name);
    const made: SupervisedProcess = createSupervisedProcess({
      name,
      role: { kind, slot },
      config: own,
      log,
      tls: kind === 'worker' ? options.tls : undefined,
      onWish: (wish) => first[wish](),
      rates,
      onReady: (address) => {
        s3 ??= address;
        trial?.ready();
        trial = undefined;
        metrics.gauge('workersReady').set(readyCount(processes));
        startJobs();
        if (everReady || s3 === undefined || !processes.every((each) => each.ready())) return;
        everReady = true;
        if (beside !== undefined)
          options.onReady({ s3, console: beside.console, redirects: beside.redirects });
      },
      onDeath: () => {
        if (trial !== undefined) {
          made.kill();
          trial.failed(`${made.name} died at its start; the lines above say why`);
          return;
        }
        metrics.gauge('workersReady').set(readyCount(processes));
        restarts.add();
        collector.ended(made);
      },
      onDrained: (last) => collector.last(made, last),
      // What a first start refuses will not go away by trying again; later it may.
      onRefusal: (message, listenCode) => {
        if (trial === undefined && everReady) return false;
        const reason = explainListenFailure(listenCode, options, '--port') ?? message;
        if (trial === undefined) failServer(reason);
        else trial.failed(reason);
        return true;
      },
      onGiveUp: failServer,
    });
    return made;
  }

  /** Its slot is another process's only after its exit. */
  async function leave(before: SupervisedProcess, drainTimeoutMs: number): Promise<void> {
    leaving.add(before);
    await before.stop(drainTimeoutMs, true);
    leaving.delete(before);
    slots.free(before.role.slot);
    collector.ended(before);
  }

  async function startSuccessor(
    before: SupervisedProcess,
    own: Config,
  ): Promise<SupervisedProcess> {
    let successor: SupervisedProcess | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        const failed = (reason: string): void => reject(new Error(reason));
        if (stopping) return failed('the server is stopping');
        successor = create(before.role.kind, own, { ready: resolve, failed });
        leaving.add(successor);
        successor.start();
      });
    } catch (error) {
      if (successor !== undefined) await leave(successor, 0);
      throw error;
    }
    leaving.delete(successor!);
    return successor!;
  }

  const { reload } = options;
  const hangUp =
    reload &&
    createRollingRestart({
      load: reload,
      processes,
      serving: () => everReady && !stopping,
      startSuccessor,
      leave: (before) => void leave(before, options.drainTimeoutMs),
      log,
      done: metrics.counter('reloads', 'done'),
      failed: metrics.counter('reloads', 'failed'),
      onEnd: (outcome) => {
        lastReload = outcome;
      },
    });
  const first: FirstProcess = {
    status: async () => ({
      startedAt,
      readiness: await readinessOf(processes, stopping),
      processes: [supervisorState(), ...all().map((each) => each.state())],
      lastReload,
    }),
    metrics: () => collector.snapshots(),
    reload: async () => {
      if (hangUp === undefined) throw new Error('this server reads its configuration once');
      hangUp();
    },
  };
  const signals = watchStopSignals(log, hangUp);

  for (let i = 0; i < options.workers; i++) processes.push(create('worker', config));
  processes.push(create('jobs', config));
  const ofKind = (kind: ServerRole['kind']) => processes.filter(({ role }) => role.kind === kind);
  let jobsStarted = false;

  /** Nobody waits for jobs: at a start they leave the cores to the workers. */
  function startJobs(): void {
    if (jobsStarted || stopping || !ofKind('worker').every((each) => each.ready())) return;
    jobsStarted = true;
    for (const each of ofKind('jobs')) each.start();
  }

  try {
    const health = { metrics: collector.render, readiness: () => readinessOf(processes, stopping) };
    const apiSocket = () =>
      ofKind('jobs')
        .find((each) => each.ready())
        ?.api();
    const api = lateHandler(
      async () => (await import('./api-proxy.ts')).createApiProxy(apiSocket, log),
      log,
    );
    beside = await listenBeside(options, health, () => s3?.port ?? options.port, api);
    for (const each of ofKind('worker')) each.start();
    startJobs();

    const why = await Promise.race([signals.first, failure]);
    stopping = true;
    const stopped = Promise.all(all().map((each) => each.stop(options.drainTimeoutMs)));
    if (typeof why === 'string') log.info('stopping', { signal: why });
    const exitCode = await Promise.race([stopped.then(() => 0), signals.second]);
    if (exitCode !== 0) log.warn('stopped at once by a second signal');
    if (why instanceof ServerEndedError) throw why;
    return exitCode;
  } finally {
    for (const each of all()) each.kill();
    await beside?.close();
    signals.dispose();
    log.flush();
  }
}

function readyCount(processes: readonly SupervisedProcess[]): number {
  return processes.filter((each) => each.ready()).length;
}

async function readinessOf(processes: readonly SupervisedProcess[], stopping: boolean) {
  const workers = processes.filter((each) => each.role.kind === 'worker');
  const counts = { ready: readyCount(workers), expected: workers.length };
  if (stopping) return { ready: false, reason: 'stopping', workers: counts };
  const missing = processes.filter((each) => !each.ready()).map((each) => each.name);
  if (missing.length > 0) {
    return { ready: false, reason: `not ready: ${missing.join(', ')}`, workers: counts };
  }
  // The disk is one for all of them, but limits of the system hold for each process.
  const answers = await Promise.allSettled(processes.map((each) => each.ask('health')));
  const reasons = answers.flatMap((answer, i) =>
    answer.status === 'fulfilled' ? [] : [`${processes[i]!.name}: ${wordsOf(answer.reason)}`],
  );
  if (reasons.length === 0) return { ready: true, workers: counts };
  return { ready: false, reason: reasons.join('; '), workers: counts };
}

const wordsOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

const supervisorState = () => ({
  name: 'supervisor',
  pid: process.pid,
  ready: true,
  readyMs: Math.round(performance.now()),
});
