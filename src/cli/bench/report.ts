/** The result of a bench: a table for people, one JSON document for programs. */
import { inBytes } from '../byte-amounts.ts';
import { createLatencies, type Latencies } from './latencies.ts';
import type { BenchOperation, BenchOptions } from './options.ts';
import type { KindStatistics, RequestKind, Statistics } from './statistics.ts';

/** Above this share of its cores, the generator may be what was measured. */
const busyGenerator = 0.85;

export interface PhaseResult {
  readonly operation: BenchOperation;
  readonly statistics: Statistics;
}

interface Figures {
  readonly requests: number;
  readonly requestsPerSecond: number;
  readonly bytes: number;
  readonly bytesPerSecond: number;
  readonly latencyMs: {
    readonly mean: number;
    readonly p50: number;
    readonly p90: number;
    readonly p99: number;
    readonly p999: number;
    readonly max: number;
  };
  readonly errors: Readonly<Record<string, number>>;
}

export interface BenchReport {
  readonly endpoint: string;
  readonly bucket: string;
  readonly sizes: readonly number[];
  readonly objects: number;
  readonly concurrency: number;
  readonly workers: number;
  /** Stopped by a signal: the figures are those until then. */
  readonly interrupted: boolean;
  readonly results: readonly (Figures & {
    readonly operation: BenchOperation;
    readonly seconds: number;
    /** Cores that the generator was busy on, of as many as it has workers. */
    readonly generatorCores: number;
    /** For `mixed`: each kind of request by itself. */
    readonly kinds?: Readonly<Partial<Record<RequestKind, Figures>>>;
  })[];
}

export function benchReport(
  options: BenchOptions,
  bucket: string,
  phases: readonly PhaseResult[],
  interrupted: boolean,
): BenchReport {
  const { endpoint, sizes, objects, concurrency, workers } = options;
  const results = phases.map(({ operation, statistics }) => {
    const { kinds, ms, cpuMs } = statistics;
    const figures = (of: Iterable<KindStatistics>) => figuresOf([...of], ms);
    const each = [...kinds].map(([kind, of]) => [kind, figures([of])]);
    return {
      operation,
      seconds: rounded(ms / 1000),
      generatorCores: ms === 0 ? 0 : rounded(cpuMs / ms),
      ...figures(kinds.values()),
      ...(operation === 'mixed' ? { kinds: Object.fromEntries(each) } : {}),
    };
  });
  return { endpoint, bucket, sizes, objects, concurrency, workers, interrupted, results };
}

function figuresOf(kinds: readonly KindStatistics[], ms: number): Figures {
  const latencies = createLatencies();
  const errors: Record<string, number> = {};
  let bytes = 0;
  for (const kind of kinds) {
    latencies.merge(kind.latencies.snapshot());
    bytes += kind.bytes;
    for (const [code, times] of kind.errors) errors[code] = (errors[code] ?? 0) + times;
  }
  const requests = latencies.count();
  const perSecond = (count: number) => (ms === 0 ? 0 : rounded((count * 1000) / ms));
  return {
    requests,
    requestsPerSecond: perSecond(requests),
    bytes,
    bytesPerSecond: perSecond(bytes),
    latencyMs: percentilesOf(latencies),
    errors,
  };
}

function percentilesOf(latencies: Latencies): Figures['latencyMs'] {
  const at = (share: number) => rounded(latencies.percentile(share));
  const ends = { mean: rounded(latencies.mean()), max: rounded(latencies.max()) };
  return { ...ends, p50: at(0.5), p90: at(0.9), p99: at(0.99), p999: at(0.999) };
}

const columns = [
  ...['', 'requests', 'requests/s', 'bytes/s'],
  ...['p50', 'p90', 'p99', 'p99.9', 'max', 'errors'],
];

export function renderReport(report: BenchReport): string {
  const rows: string[][] = [[...columns]];
  for (const { operation, kinds, ...result } of report.results) {
    rows.push(rowOf(operation, result));
    for (const [kind, figures] of Object.entries(kinds ?? {})) {
      rows.push(rowOf(`  ${kind}`, figures));
    }
  }
  const { endpoint, concurrency, workers, sizes, results } = report;
  const busy = results.filter(({ generatorCores }) => generatorCores > busyGenerator * workers);
  const lines = [
    `${endpoint}, ${concurrency} connections, objects of ${sizes.map(inBytes).join(', ')}`,
    '',
    ...aligned(rows),
    '',
    'Times in milliseconds, from sending a request to the last byte of its answer.',
    ...errorLines(report),
  ];
  if (busy.length > 0) {
    const names = busy.map(({ operation }) => operation).join(', ');
    lines.push(`The generator was busy itself (${names}): more --workers may show more.`);
  }
  if (report.interrupted) lines.push('Interrupted: these are the figures until then.');
  return `${lines.join('\n')}\n`;
}

function rowOf(name: string, figures: Figures): string[] {
  const { latencyMs: ms, errors } = figures;
  return [
    name,
    String(figures.requests),
    figures.requestsPerSecond.toFixed(figures.requestsPerSecond < 100 ? 1 : 0),
    inBytes(figures.bytesPerSecond),
    ...[ms.p50, ms.p90, ms.p99, ms.p999, ms.max].map((time) => time.toFixed(time < 10 ? 2 : 1)),
    String(Object.values(errors).reduce((sum, times) => sum + times, 0)),
  ];
}

function errorLines({ results }: BenchReport): readonly string[] {
  return results
    .filter(({ errors }) => Object.keys(errors).length > 0)
    .map(({ operation, errors }) => {
      const codes = Object.entries(errors).map(([code, times]) => `${times} × ${code}`);
      return `Errors of ${operation}: ${codes.join(', ')}`;
    });
}

/** The first column to the left, figures to the right. */
function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = columns.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  return rows.map((row) =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join('  '),
  );
}

/** Microseconds are plenty. */
function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
