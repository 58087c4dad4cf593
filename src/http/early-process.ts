/**
 * A process that is started before anybody knows what for: it loads the server's code while the first process
 * loads the supervisor's and reads the configuration, where one after the other took half as long again. The
 * supervisor makes it its first worker; who turns out to need none dismisses it.
 */
import cluster, { type Worker } from 'node:cluster';

export interface EarlyProcess {
  readonly worker: Worker;
  /** What it has said so far. */
  readonly heard: readonly unknown[];
}

let waiting: EarlyProcess | undefined;
let forget = (): void => {};

export function startEarly(): void {
  const worker = cluster.fork();
  const heard: unknown[] = [];
  const hear = (message: unknown): void => void heard.push(message);
  const gone = (): void => forget();
  worker.on('message', hear);
  worker.on('exit', gone);
  worker.on('error', gone);
  waiting = { worker, heard };
  forget = () => {
    worker.off('message', hear);
    worker.off('exit', gone);
    worker.off('error', gone);
    waiting = undefined;
    forget = () => {};
  };
}

/** For the caller to keep; undefined if none was started, or it has ended. */
export function takeEarly(): EarlyProcess | undefined {
  const early = waiting;
  forget();
  return early;
}

export function dismissEarly(): void {
  takeEarly()?.worker.process.kill('SIGKILL');
}
