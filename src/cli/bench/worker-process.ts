/** How a process knows that it is there to make load: a file of its own, as every `kist` asks. */
import cluster from 'node:cluster';

export const workerVariable = 'KIST_BENCH_WORKER';

/** Whether this process was started by a crew. */
export function isBenchWorker(): boolean {
  return cluster.isWorker && process.env[workerVariable] === '1';
}
