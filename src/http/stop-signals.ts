/**
 * Signals to a server: SIGTERM and SIGINT stop it in order, a second one at once; SIGHUP reloads it, or
 * says that it cannot.
 */
import type { Log } from '../observe/log.ts';

const stopSignals = { SIGTERM: 15, SIGINT: 2 } as const;

export interface StopSignals {
  /** Resolves with the first signal's name. */
  readonly first: Promise<string>;
  /** Resolves at the second one with the exit code that shells expect. */
  readonly second: Promise<number>;
  dispose(): void;
}

/** @param onHangUp what SIGHUP does; absent where there is nothing to reload */
export function watchStopSignals(log: Log, onHangUp?: () => void): StopSignals {
  let count = 0;
  let resolveFirst: (signal: string) => void;
  let resolveSecond: (exitCode: number) => void;
  const first = new Promise<string>((resolve) => {
    resolveFirst = resolve;
  });
  const second = new Promise<number>((resolve) => {
    resolveSecond = resolve;
  });
  const stop = (signal: NodeJS.Signals): void => {
    count++;
    if (count === 1) resolveFirst(signal);
    else resolveSecond(128 + stopSignals[signal as keyof typeof stopSignals]);
  };
  const hangUp = (): void => {
    if (onHangUp !== undefined) onHangUp();
    else log.warn('SIGHUP ignored: a server in one process has to be restarted to apply changes');
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('SIGHUP', hangUp);
  return {
    first,
    second,
    dispose: () => {
      process.off('SIGTERM', stop);
      process.off('SIGINT', stop);
      process.off('SIGHUP', hangUp);
    },
  };
}
