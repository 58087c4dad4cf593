/**
 * Metrics of one process, and what those of several add up to.
 *
 * The hot path pays for a few additions: whoever counts asks once for the instrument with its labels
 * and keeps it. (prom-client's own instruments hash their labels at every call, which is several per
 * cent of a core at 20,000 requests a second; it adds up and renders in metrics-page.ts.) Snapshots are plain data
 * that travels between processes.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import {
  type CounterName,
  type GaugeName,
  type HistogramName,
  type LabelValues,
  type MetricDefinition,
  type MetricName,
  metricTable,
} from './metric-table.ts';

export interface Counter {
  /** `by` is not negative; 1 if left out. */
  add(by?: number): void;
}

interface Gauge {
  set(value: number): void;
  add(by: number): void;
}

export interface Histogram {
  observe(value: number): void;
}

export interface Metrics {
  counter<Name extends CounterName>(name: Name, ...labels: LabelValues<Name>): Counter;
  gauge<Name extends GaugeName>(name: Name, ...labels: LabelValues<Name>): Gauge;
  histogram<Name extends HistogramName>(name: Name, ...labels: LabelValues<Name>): Histogram;
  /** Tells the gauge no more: what it was about is gone. */
  drop<Name extends GaugeName>(name: Name, ...labels: LabelValues<Name>): void;
  /** The values now; plain data. */
  snapshot(): MetricsSnapshot;
  /** Stops watching the process. */
  close(): void;
}

interface SnapshotValue {
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly metricName?: string;
}

interface SnapshotMetric {
  readonly name: string;
  readonly type: MetricDefinition['type'];
  readonly help: string;
  readonly aggregator: 'sum' | 'max';
  readonly values: readonly SnapshotValue[];
}

/** In prom-client's form of metrics as JSON. */
export type MetricsSnapshot = readonly SnapshotMetric[];

type Labels = Readonly<Record<string, string>>;

interface Instrument {
  values(name: string): readonly SnapshotValue[];
}

/** Between two samples of the event loop's delay. */
const sampleMs = 20;

/** `processName` labels what belongs to the process itself: `worker-0`, `jobs`, `supervisor`. */
export function createMetrics(processName: string): Metrics {
  const instruments = new Map<MetricName, Map<string, Instrument>>();
  const delay = monitorEventLoopDelay({ resolution: sampleMs });
  delay.enable();

  /** The instrument of a metric with these labels, made at the first call. */
  function instrument<T extends Instrument>(
    name: MetricName,
    values: readonly string[],
    create: (definition: MetricDefinition, labels: Labels) => T,
  ): T {
    const family = instruments.get(name) ?? new Map<string, Instrument>();
    instruments.set(name, family);
    const id = values.join('\0');
    const existing = family.get(id);
    // A metric's type is fixed by the table, so that one name always makes one sort of instrument.
    if (existing !== undefined) return existing as T;
    const definition: MetricDefinition = metricTable[name];
    const labels = Object.fromEntries(definition.labels.map((label, i) => [label, values[i]!]));
    const made = create(definition, labels);
    family.set(id, made);
    return made;
  }

  const gauge: Metrics['gauge'] = (name, ...labels) => instrument(name, labels, createNumber);

  // A counter that appears with its first event has not risen, as Prometheus sees it: alerts would miss that one.
  for (const [name, definition] of Object.entries(metricTable) as [
    MetricName,
    MetricDefinition,
  ][]) {
    const known = definition.fromStart ?? (definition.labels.length === 0 ? [[]] : []);
    if (definition.type !== 'counter') continue;
    for (const values of known) instrument(name, values, createNumber);
  }

  let cpuSecondsTold = 0;
  function watchProcess(): void {
    const memory = process.memoryUsage();
    gauge('residentMemory', processName).set(memory.rss);
    gauge('heapUsed', processName).set(memory.heapUsed);
    const { user, system } = process.cpuUsage();
    const cpuSeconds = (user + system) / 1e6;
    instrument('cpuSeconds', [processName], createNumber).add(cpuSeconds - cpuSecondsTold);
    cpuSecondsTold = cpuSeconds;
    for (const percent of [50, 99, 100]) {
      // The histogram has the nanoseconds between two samples, which includes the wait meant.
      const late = Math.max(0, delay.percentile(percent) / 1e9 - sampleMs / 1000);
      gauge('eventLoopDelay', processName, String(percent / 100)).set(late);
    }
    delay.reset();
  }

  return {
    counter: (name, ...labels) => instrument(name, labels, createNumber),
    gauge,
    histogram: (name, ...labels) => instrument(name, labels, createHistogram),
    drop: (name, ...labels) => {
      instruments.get(name)?.delete(labels.join('\0'));
    },
    snapshot: () => {
      watchProcess();
      return [...instruments].map(([name, family]) => {
        const definition: MetricDefinition = metricTable[name];
        return {
          name: definition.name,
          type: definition.type,
          help: definition.help,
          aggregator: definition.aggregate ?? 'sum',
          values: [...family.values()].flatMap((each) => each.values(definition.name)),
        };
      });
    },
    close: () => {
      delay.disable();
    },
  };
}

function createNumber(_: MetricDefinition, labels: Labels): Counter & Gauge & Instrument {
  let value = 0;
  return {
    add: (by = 1) => {
      value += by;
    },
    set: (to) => {
      value = to;
    },
    values: () => [{ value, labels }],
  };
}

function createHistogram(definition: MetricDefinition, labels: Labels): Histogram & Instrument {
  const bounds = definition.buckets ?? [];
  /** Observations by bucket, the last one for all above the bounds; not cumulative. */
  const counts = new Float64Array(bounds.length + 1);
  let sum = 0;
  return {
    observe: (value) => {
      let bucket = 0;
      while (bucket < bounds.length && value > bounds[bucket]!) bucket++;
      counts[bucket]!++;
      sum += value;
    },
    values: (name) => {
      let total = 0;
      const buckets = [...bounds, '+Inf'].map((bound, i) => {
        total += counts[i]!;
        return { metricName: `${name}_bucket`, value: total, labels: { le: bound, ...labels } };
      });
      return [
        ...buckets,
        { metricName: `${name}_sum`, value: sum, labels },
        { metricName: `${name}_count`, value: total, labels },
      ];
    },
  };
}
