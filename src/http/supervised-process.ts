/**
 * One process of the supervisor, and its successors: started again when it dies, given up when it
 * keeps dying, asked over IPC, stopped.
 *
 * It is started again only after the exit of the process before: two live processes never share a slot.
 */
import cluster, { type Worker } from 'node:cluster';
import type { RateKeeper } from '../limits/rate-keeper.ts';
import type { Log } from '../observe/log.ts';
import type { MetricsSnapshot } from '../observe/metrics.ts';
import type { TlsSource } from '../tls/tls-source.ts';
import { takeEarly } from './early-process.ts';
import type { ProcessState, Wish } from './first-process.ts';
import { closeLostConnections } from './lost-connections.ts';
import {
  type Address,
  type FromProcess,
  isFromProcess,
  type Question,
  type ServerRole,
  type ToProcess,
} from './supervisor-messages.ts';

/** A process that dies before it has been ready for this long, died at its start. */
const quickDeathMs = 1_000;
/** Deaths at the start in a row after which it is given up. */
const maxQuickDeaths = 5;
/** Pause before the second attempt; doubles up to `maxPauseMs`. */
const firstPauseMs = 100;
const maxPauseMs = 5_000;
/** From the fork to being ready. */
const startTimeoutMs = 120_000;
const answerTimeoutMs = 2_000;
/** After the time for draining, for closing the store. */
const closeGraceMs = 10_000;

export interface SupervisedProcess {
  /** `worker-0`, `jobs`. */
  readonly name: string;
  readonly role: ServerRole;
  ready(): boolean;
  state(): ProcessState;
  /** Path of the socket on which it serves the admin API; undefined while it doesn't. */
  api(): string | undefined;
  start(): void;
  /** Rejects if the process is not ready, fails, or does not answer in time. */
  ask(what: Question): Promise<MetricsSnapshot | undefined>;
  /**
   * Lets it end what it is doing and go; resolves when it is gone. A second call waits for the first.
   * `rolling`: a successor serves already, so that it may take its time with connections.
   */
  stop(drainTimeoutMs: number, rolling?: boolean): Promise<void>;
  /** At once; nothing acknowledged is lost by that. */
  kill(): void;
}

export interface SupervisedProcessOptions<Config> {
  readonly name: string;
  readonly role: ServerRole;
  readonly config: Config;
  readonly log: Log;
  /** What it speaks TLS with; it is told of every change. */
  readonly tls?: TlsSource | undefined;
  readonly rates: RateKeeper;
  onReady(s3: Address | undefined): void;
  /** It asks for something; resolves with the answer, throws, in words, if there is none. */
  onWish(wish: Wish): Promise<unknown>;
  /** It died without being told to, and will be started again. */
  onDeath(): void;
  /** It refused to start, for a reason that it gave; true if that is final. */
  onRefusal(message: string, listenCode: string | undefined): boolean;
  /** It ends, and these are the last values it will tell. */
  onDrained(metrics: MetricsSnapshot): void;
  /** It is not started again. */
  onGiveUp(reason: string): void;
}

interface PendingAnswer {
  resolve(metrics: MetricsSnapshot | undefined): void;
  reject(error: Error): void;
  readonly timer: NodeJS.Timeout;
}

export function createSupervisedProcess<Config>(
  options: SupervisedProcessOptions<Config>,
): SupervisedProcess {
  const { name, role } = options;
  const log = options.log.with({ child: name });
  const answers = new Map<number, PendingAnswer>();
  let child: Worker | undefined;
  let readySince: number | undefined;
  let api: string | undefined;
  let quickDeaths = 0;
  let nextAnswer = 0;
  let final = false;
  let startTimer: NodeJS.Timeout | undefined;
  let restartTimer: NodeJS.Timeout | undefined;
  let gone: (() => void) | undefined;
  let stopped: Promise<void> | undefined;
  const forgetTls = options.tls?.onChange((state) => send({ kist: 'tls', state }));

  function send(message: ToProcess<Config>): void {
    // A closed channel means that the process is ending: its exit says the rest.
    child?.send(message, undefined, () => {});
  }

  /** Undefined if the system has no room for another process; that may pass. */
  function fork(): Worker | undefined {
    try {
      return cluster.fork();
    } catch (error) {
      log.error('process error', { error });
      ended(null, null);
      return undefined;
    }
  }

  function start(): void {
    const early = takeEarly();
    const started = early?.worker ?? fork();
    if (started === undefined) return;
    closeLostConnections(started);
    child = started;
    startTimer = setTimeout(() => {
      log.error('process not ready in time', { timeoutMs: startTimeoutMs });
      started.process.kill('SIGKILL');
    }, startTimeoutMs);
    const hear = (message: unknown): void => {
      // What is read after the exit is told of nobody any more, but for why it would not start.
      if (!isFromProcess(message) || (child !== started && message.kist !== 'failed')) return;
      receive(message);
    };
    started.on('message', hear);
    // Only exits count: a process that closed its channel may still be writing.
    started.on('exit', (code: number | null, signal: string | null) => ended(code, signal));
    // A fork that failed altogether has no exit.
    started.on('error', (error) => {
      log.error('process error', { error });
      if (started.process.pid === undefined) ended(null, null);
    });
    for (const message of early?.heard ?? []) hear(message);
  }

  function receive(message: FromProcess): void {
    switch (message.kist) {
      case 'hello':
        if (options.tls !== undefined) send({ kist: 'tls', state: options.tls.current() });
        send({ kist: 'start', config: options.config, role });
        break;
      case 'ready':
        clearTimeout(startTimer);
        readySince = performance.now();
        api = message.api;
        log.info('process ready', { pid: child?.process.pid, slot: role.slot });
        options.onReady(message.s3);
        break;
      case 'wish': {
        const { id } = message;
        options.onWish(message.wish).then(
          (value) => send({ kist: 'granted', id, value }),
          (error: unknown) => send({ kist: 'granted', id, error: wordsOf(error) }),
        );
        break;
      }
      case 'drained':
        if (message.metrics !== undefined) options.onDrained(message.metrics);
        send({ kist: 'end' });
        break;
      case 'rates': {
        const { id, take, spend } = message.question;
        for (const { scopes, bytes } of spend) options.rates.spend(scopes, bytes);
        const waits = take.map(({ scopes, bytes }) => options.rates.take(scopes, bytes));
        if (waits.length > 0) send({ kist: 'rates', answer: { id, waits } });
        break;
      }
      case 'failed':
        log.error('process cannot start', { reason: message.message });
        final ||= options.onRefusal(message.message, message.listenCode);
        break;
      case 'answer': {
        const pending = answers.get(message.id);
        if (pending === undefined) break;
        answers.delete(message.id);
        clearTimeout(pending.timer);
        if (message.error === undefined) pending.resolve(message.metrics);
        else pending.reject(new Error(message.error));
      }
    }
  }

  function ended(code: number | null, signal: string | null): void {
    const livedMs = readySince === undefined ? 0 : performance.now() - readySince;
    const pid = child?.process.pid;
    child = undefined;
    readySince = undefined;
    api = undefined;
    clearTimeout(startTimer);
    for (const pending of answers.values()) {
      clearTimeout(pending.timer);
      pending.reject(new Error(`${name} has ended`));
    }
    answers.clear();
    if (final) forgetTls?.();
    if (gone !== undefined) {
      gone();
      return;
    }
    if (final) return;
    quickDeaths = livedMs < quickDeathMs ? quickDeaths + 1 : 0;
    const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
    log.error('process died', { pid, how, livedMs: Math.round(livedMs) });
    if (quickDeaths >= maxQuickDeaths) {
      final = true;
      options.onGiveUp(
        `${name} died ${quickDeaths} times in a row at its start, the last time with ${how}; the lines above say why`,
      );
      return;
    }
    options.onDeath();
    if (final) return;
    const pauseMs =
      quickDeaths === 0 ? 0 : Math.min(maxPauseMs, firstPauseMs * 2 ** (quickDeaths - 1));
    restartTimer = setTimeout(start, pauseMs);
  }

  async function stop(drainTimeoutMs: number, rolling: boolean): Promise<void> {
    final = true;
    clearTimeout(restartTimer);
    const ending = child;
    if (ending === undefined) {
      forgetTls?.();
      return;
    }
    const exit = new Promise<void>((resolve) => {
      gone = resolve;
    });
    // One that never was ready has nothing in flight.
    if (readySince === undefined) ending.process.kill('SIGKILL');
    else send({ kist: 'drain', timeoutMs: drainTimeoutMs, rolling });
    const timer = setTimeout(() => {
      log.error('process did not end in time and is killed');
      ending.process.kill('SIGKILL');
    }, drainTimeoutMs + closeGraceMs);
    await exit;
    clearTimeout(timer);
  }

  return {
    name,
    role,
    ready: () => readySince !== undefined,
    state: () => ({
      name,
      pid: child?.process.pid,
      ready: readySince !== undefined,
      ...(readySince !== undefined && { readyMs: Math.round(performance.now() - readySince) }),
    }),
    api: () => api,
    start,
    ask: (what) =>
      new Promise((resolve, reject) => {
        if (readySince === undefined) {
          reject(new Error(`${name} is not ready`));
          return;
        }
        const id = nextAnswer++;
        const timer = setTimeout(() => {
          answers.delete(id);
          reject(new Error(`${name} did not answer within ${answerTimeoutMs} ms`));
        }, answerTimeoutMs);
        answers.set(id, { resolve, reject, timer });
        send({ kist: 'ask', id, what });
      }),
    stop: (drainTimeoutMs, rolling = false) => {
      stopped ??= stop(drainTimeoutMs, rolling);
      return stopped;
    },
    kill: () => {
      final = true;
      clearTimeout(restartTimer);
      child?.process.kill('SIGKILL');
    },
  };
}

const wordsOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
