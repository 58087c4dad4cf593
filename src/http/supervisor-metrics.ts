/** Metrics of all processes of a server as one page, those included that have ended. */
import type { Metrics, MetricsSnapshot } from '../observe/metrics.ts';
import { renderMetrics, retireMetrics } from '../observe/metrics-page.ts';
import type { SupervisedProcess } from './supervised-process.ts';

export interface MetricsCollector {
  render(): Promise<string>;
  /** What the page is made from. */
  snapshots(): Promise<readonly MetricsSnapshot[]>;
  /** The last values of a process that ends in order. */
  last(process: SupervisedProcess, metrics: MetricsSnapshot): void;
  /** The process is gone; the next one counts from zero. */
  ended(process: SupervisedProcess): void;
}

export function createMetricsCollector(
  own: Metrics,
  processes: () => readonly SupervisedProcess[],
): MetricsCollector {
  /** What each process told last; stands in for one that does not answer just now. */
  const told = new Map<SupervisedProcess, MetricsSnapshot>();
  let retired: MetricsSnapshot = [];

  async function snapshots(): Promise<readonly MetricsSnapshot[]> {
    await Promise.allSettled(
      processes().map(async (each) => {
        const snapshot = await each.ask('metrics');
        if (snapshot !== undefined) told.set(each, snapshot);
      }),
    );
    return [own.snapshot(), retired, ...told.values()];
  }

  return {
    snapshots,
    render: async () => renderMetrics(await snapshots()),
    last: (process, metrics) => {
      told.set(process, metrics);
    },
    ended: (process) => {
      const last = told.get(process);
      if (last === undefined) return;
      told.delete(process);
      retired = retireMetrics(retired, last);
    },
  };
}
