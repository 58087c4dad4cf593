/**
 * Metrics of several processes as one page. Apart from the metrics themselves, so that processes that only count
 * load no library to add up.
 */
import { createRequire } from 'node:module';
import type { MetricsSnapshot } from './metrics.ts';

const requirePackage = createRequire(import.meta.url);
/** Late: nobody asks for metrics while a server starts. */
const loadPromClient = () => requirePackage('prom-client') as typeof import('prom-client');

/** Prometheus' text format. */
export const metricsContentType = 'text/plain; version=0.0.4; charset=utf-8';

/** The snapshots of several processes as one page in Prometheus' text format. */
export async function renderMetrics(snapshots: readonly MetricsSnapshot[]): Promise<string> {
  const { AggregatorRegistry } = loadPromClient();
  return AggregatorRegistry.aggregate(snapshots as MetricsSnapshot[]).metrics();
}

/**
 * What a process that ended leaves behind: its counters and histograms go on counting in the sum, so
 * that totals never fall and a scraper sees no reset where there was none.
 */
export function retireMetrics(retired: MetricsSnapshot, ended: MetricsSnapshot): MetricsSnapshot {
  const lasting = ended.filter((metric) => metric.type !== 'gauge');
  const { AggregatorRegistry } = loadPromClient();
  const sum = AggregatorRegistry.aggregate([retired, lasting] as MetricsSnapshot[]);
  // Declared as prom-client's instruments; they are the sums of what was put in, and plain data.
  const metrics = sum.getMetricsAsArray() as unknown as MetricsSnapshot;
  return metrics.map(({ name, type, help, aggregator, values }) => {
    return { name, type, help, aggregator, values };
  });
}
