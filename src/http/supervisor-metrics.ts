/** Metrics of all processes of a server as one page, those included that have ended. */
import {
  type Metrics,
  type MetricsSnapshot,
  renderMetrics,
  retireMetrics,
} from '../observe/metrics.ts';
import type { SupervisedProcess } from './supervised-process.ts';

export interface MetricsCollector {
  render(): Promise<string>;
  /** The process of this name is gone; the next one counts from zero. */
  ended(name: string): void;
}

export function createMetricsCollector(
  own: Metrics,
  processes: readonly SupervisedProcess[],
): MetricsCollector {
  /** What each process told last; stands in for one that does not answer just now. */
  const told = new Map<string, MetricsSnapshot>();
  let retired: MetricsSnapshot = [];

  return {
    render: async () => {
      await Promise.allSettled(
        processes.map(async (each) => {
          const snapshot = await each.ask('metrics');
          if (snapshot !== undefined) told.set(each.name, snapshot);
        }),
      );
      return renderMetrics([own.snapshot(), retired, ...told.values()]);
    },
    ended: (name) => {
      const last = told.get(name);
      if (last === undefined) return;
      told.delete(name);
      retired = retireMetrics(retired, last);
    },
  };
}
