/**
 * A rolling restart: each process of a server gets a successor, with the configuration and the code as
 * they are now, and ends what it began once the successor serves.
 *
 * One after the other, so that the server needs room for one process more, not for twice as many. The
 * first successor is the trial: if it does not get ready, nothing has changed. Should a later one fail,
 * those before it stay, and the rest go on as they were.
 */
import type { Log } from '../observe/log.ts';
import type { Counter } from '../observe/metrics.ts';
import type { ReloadOutcome } from './first-process.ts';
import type { SupervisedProcess } from './supervised-process.ts';

export interface RollingRestartOptions<Config> {
  /** What successors run with; throws, in words, if it is not usable. */
  readonly load: () => Promise<Config>;
  /** In their places; successors take them. */
  readonly processes: SupervisedProcess[];
  /** Whether the server is complete and not about to stop. */
  readonly serving: () => boolean;
  /** Resolves once it is ready; throws, in words, if it does not get there, and leaves nothing behind. */
  readonly startSuccessor: (
    before: SupervisedProcess,
    config: Config,
  ) => Promise<SupervisedProcess>;
  /** A process has a successor that serves, and may go. */
  readonly leave: (before: SupervisedProcess) => void;
  readonly log: Log;
  readonly done: Counter;
  readonly failed: Counter;
  /** At the end of each. */
  readonly onEnd: (outcome: ReloadOutcome) => void;
}

/** Starts one, or, if one is under way, another one after it. */
export function createRollingRestart<Config>(options: RollingRestartOptions<Config>): () => void {
  const { processes, log } = options;
  let wanted = 0;
  let running = false;

  async function restart(): Promise<void> {
    const config = await options.load();
    for (const [place, before] of processes.entries()) {
      const successor = await options.startSuccessor(before, config);
      processes[place] = successor;
      options.leave(before);
    }
  }

  async function run(): Promise<void> {
    running = true;
    while (wanted > 0) {
      wanted = 0;
      if (!options.serving()) {
        log.warn('SIGHUP ignored: the server is not complete');
        continue;
      }
      log.info('reloading');
      try {
        await restart();
        options.done.add();
        options.onEnd({ at: Date.now() });
        log.info('reloaded', { processes: processes.length });
      } catch (error) {
        options.failed.add();
        const reason = error instanceof Error ? error.message : String(error);
        options.onEnd({ at: Date.now(), failure: reason });
        log.error('reload failed, the server goes on as it was', { reason });
      }
    }
    running = false;
  }

  return () => {
    wanted++;
    if (!running) void run();
  };
}
