/** What the metrics of all processes come to, for a page that people look at. */
import { metricTable } from '../observe/metric-table.ts';
import type { MetricsSnapshot } from '../observe/metrics.ts';
import type { AnswerOf } from './contract.ts';

type Values = MetricsSnapshot[number]['values'];

/** Operations that are told one by one. */
const maxOperations = 50;

export function summaryOf(snapshots: readonly MetricsSnapshot[]): AnswerOf<'getServerMetrics'> {
  const valuesOf = (metric: keyof typeof metricTable): Values => {
    const { name } = metricTable[metric];
    return snapshots.flatMap((snapshot) =>
      snapshot.filter((one) => one.name === name).flatMap(({ values }) => values),
    );
  };
  const total = (metric: keyof typeof metricTable): number =>
    sum(valuesOf(metric).filter(({ metricName }) => metricName?.endsWith('_sum') ?? true));
  const requests = valuesOf('requests');
  const answered = (pattern: RegExp): number =>
    sum(requests.filter(({ labels }) => pattern.test(String(labels.status))));
  return {
    requests: {
      total: sum(requests),
      clientErrors: answered(/^4/),
      serverErrors: answered(/^5/),
      inFlight: total('requestsInFlight'),
      byOperation: [...sumsBy(requests, 'operation')]
        .map(([operation, count]) => ({ operation, total: count }))
        .sort((one, other) => other.total - one.total)
        .slice(0, maxOperations),
    },
    receivedBytes: total('requestBytes'),
    sentBytes: total('responseBytes'),
    connections: total('connections'),
    corruptReads: total('corruptReads'),
    storageFaults: total('storageFaults'),
    workerRestarts: total('workerRestarts'),
    processes: processesOf(valuesOf('residentMemory'), valuesOf('cpuSeconds')),
  };
}

function processesOf(memory: Values, cpu: Values) {
  const seconds = sumsBy(cpu, 'process');
  return [...sumsBy(memory, 'process')].map(([name, residentBytes]) => ({
    name,
    residentBytes,
    cpuSeconds: seconds.get(name) ?? 0,
  }));
}

const sum = (values: Values): number => values.reduce((total, { value }) => total + value, 0);

function sumsBy(values: Values, label: string): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const { labels, value } of values) {
    const name = String(labels[label]);
    sums.set(name, (sums.get(name) ?? 0) + value);
  }
  return sums;
}
