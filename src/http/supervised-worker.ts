/**
 * The other end of the supervisor: what one of its processes does. It asks who it is, starts the
 * server's body, and obeys until it is told to end or the supervisor is gone.
 */
import cluster from 'node:cluster';
import { setTimeout as delay } from 'node:timers/promises';
import { holdTlsState, type TlsHolder } from '../tls/tls-source.ts';
import { linkFirstProcess } from './first-process.ts';
import { listenFailureCode } from './listen-failure.ts';
import type { RunningServer, StartServer } from './supervisor.ts';
import type { FromProcess, Question, ToProcess } from './supervisor-messages.ts';

/** After draining, for closing the store. */
const closeTimeoutMs = 5_000;
/** Causes of an error that are told. */
const maxCauses = 4;
/** For the supervisor's answer to 'drained'. */
const endTimeoutMs = 1_000;

/** Whether this process was started by a supervisor. */
export function isSupervised(): boolean {
  return cluster.isWorker;
}

/** Runs this process for the supervisor; it ends by `process.exit`. */
export function runSupervised<Config>(startServer: StartServer<Config>): void {
  let server: RunningServer | undefined;
  let started = false;
  let draining = false;
  let released = (): void => {};
  let tls: TlsHolder | undefined;
  const link = linkFirstProcess((id, wish) => tell({ kist: 'wish', id, wish }));

  const receive = (message: ToProcess<Config>): void => {
    switch (message.kist) {
      case 'start': {
        if (started) return;
        started = true;
        startServer(message.config, message.role, tls, link.first).then(
          (running) => {
            server = running;
            tell({ kist: 'ready', s3: running.s3, api: running.api?.socket });
          },
          (error: unknown) => refuse(error),
        );
        break;
      }
      case 'tls':
        if (tls === undefined) tls = holdTlsState(message.state);
        else tls.set(message.state);
        break;
      case 'ask':
        answer(server, message.what).then(
          (metrics) => tell({ kist: 'answer', id: message.id, ...metrics }),
          (error: unknown) => tell({ kist: 'answer', id: message.id, error: wordsOf(error) }),
        );
        break;
      case 'drain':
        if (draining) return;
        draining = true;
        end(server, message, (release) => {
          released = release;
        });
        break;
      case 'granted':
        link.granted(message.id, message.value, message.error);
        break;
      case 'end':
        released();
    }
  };

  // The supervisor decides when to end; the channel's end is the one other reason, and Node's
  // cluster module sees to that.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
  process.on('message', (message: unknown) => {
    if (typeof message === 'object' && message !== null && 'kist' in message) {
      receive(message as ToProcess<Config>);
    }
  });
  tell({ kist: 'hello' });
}

function tell(message: FromProcess, told: () => void = () => {}): void {
  // Without a channel there is no supervisor, and the process is about to end.
  if (process.connected) process.send?.(message, undefined, undefined, told);
  else told();
}

function refuse(error: unknown): void {
  const listenCode = listenFailureCode(error);
  tell({ kist: 'failed', message: wordsOf(error), listenCode }, () => process.exit(1));
}

async function answer(
  server: RunningServer | undefined,
  what: Question,
): Promise<Pick<Extract<FromProcess, { kist: 'answer' }>, 'metrics'>> {
  if (server === undefined) throw new Error('still starting');
  if (what === 'metrics') return { metrics: server.metrics() };
  await server.health();
  return {};
}

/** Requests in flight end or run out of time; the process ends in either case. */
function end<Config>(
  server: RunningServer | undefined,
  { timeoutMs, rolling }: Extract<ToProcess<Config>, { kist: 'drain' }>,
  onEnd: (released: () => void) => void,
): void {
  /**
   * The channel keeps its order: once the supervisor has answered, no connection that it dealt to this
   * process before it heard of the end is still on its way, to be lost with the process.
   */
  const takeLeave = (): Promise<void> =>
    new Promise((resolve) => {
      onEnd(resolve);
      setTimeout(resolve, endTimeoutMs).unref();
      tell({ kist: 'drained', metrics: server?.metrics() });
    });
  drainAndClose(server, timeoutMs, { rolling, takeLeave }).then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
}

interface Leaving {
  /** A successor serves already. */
  readonly rolling: boolean;
  /** Between draining and closing. */
  takeLeave(): Promise<void>;
}

/** Bounded in time. Also for a server that runs in one process. */
export async function drainAndClose(
  server: RunningServer | undefined,
  drainTimeoutMs: number,
  leaving?: Leaving,
): Promise<void> {
  if (server === undefined) return;
  const stop = new AbortController();
  const timeout = (ms: number) => delay(ms, undefined, { signal: stop.signal }).catch(() => {});
  try {
    await Promise.race([server.drain(leaving?.rolling), timeout(drainTimeoutMs)]);
    await leaving?.takeLeave();
    await Promise.race([server.close(), timeout(closeTimeoutMs)]);
  } finally {
    stop.abort();
  }
}

/** With its causes: the store's words say what failed, the system's why. */
function wordsOf(error: unknown): string {
  const words: string[] = [];
  for (let reason = error; reason !== undefined && words.length < maxCauses; ) {
    words.push(reason instanceof Error ? reason.message : String(reason));
    reason = reason instanceof Error ? reason.cause : undefined;
  }
  return words.join(': ');
}
