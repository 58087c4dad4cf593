/**
 * Metrics of several processes as one page. Apart from the metrics themselves, so that processes that only count
 * load no library to add up.
 */
import { AggregatorRegistry, prometheusContentType } from 'prom-client';
import type { MetricsSnapshot } from './metrics.ts';

export const metricsContentType: string = prometheusContentType;

/** The snapshots of several processes as one page in Prometheus' text format. */
export async function renderMetrics(snapshots: readonly MetricsSnapshot[]): Promise<string> {
  return AggregatorRegistry.aggregate(snapshots as MetricsSnapshot[]).metrics();
}

/**
 * What a process that ended leaves behind: its counters and histograms go on counting in the sum, so
 * that totals never fall and a scraper sees no reset where there was none.
 */
export function retireMetrics(retired: MetricsSnapshot, ended: MetricsSnapshot): MetricsSnapshot {
  const lasting = ended.filter((metric) => metric.type !== 'gauge');
  const sum = AggregatorRegistry.aggregate([retired, lasting] as MetricsSnapshot[]);
  // Declared as prom-client's instruments; they are the sums of what was put in, and plain data.
  const metrics = sum.getMetricsAsArray() as unknown as MetricsSnapshot;
  return metrics.map(({ name, type, help, aggregator, values }) => {
    return { name, type, help, aggregator, values };
  });
}
