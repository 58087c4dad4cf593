/** Speed and latency of small objects, from wrk's result. */
import type { WrkResult } from '../load/wrk.ts';
import type { Metric, Sample } from './scenario.ts';

export const rateMetrics: readonly Metric[] = [
  { id: 'rate', title: 'requests', unit: '/s', decimals: 0, compared: true },
  { id: 'p50', title: 'median', unit: 'ms', decimals: 2 },
  { id: 'p99', title: '99 %', unit: 'ms', decimals: 2 },
];

export function rateOf(result: WrkResult): Sample {
  return {
    rate: result.requests / (result.durationUs / 1e6),
    p50: result.p50Us / 1000,
    p99: result.p99Us / 1000,
  };
}
