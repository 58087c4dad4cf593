/** What is told of a run. */
import { describe, expect, it } from 'vitest';
import type { BenchOptions } from './options.ts';
import { benchReport, renderReport } from './report.ts';
import { Statistics } from './statistics.ts';

const options: BenchOptions = {
  operations: ['put', 'mixed'],
  endpoint: 'http://127.0.0.1:9000',
  region: 'us-east-1',
  credentials: { accessKeyId: 'KEY', secretAccessKey: 'hush' },
  bucket: undefined,
  sizes: [4096],
  concurrency: 32,
  durationMs: 1000,
  objects: 10,
  workers: 2,
  json: false,
};

/** Two workers' share of a second: a hundred puts, two gets, some errors. */
function statistics(): Statistics {
  const worker = new Statistics();
  worker.ms = 1000;
  worker.cpuMs = 950;
  for (let i = 1; i <= 50; i++) worker.succeeded('put', i, 4096);
  worker.succeeded('get', 0.5, 100);
  worker.failed('put', 'SlowDown');
  const sum = new Statistics();
  sum.merge(worker.snapshot());
  sum.merge({ ...worker.snapshot(), ms: 2000 });
  return sum;
}

const report = benchReport(
  options,
  'kist-bench-1',
  [
    { operation: 'put', statistics: statistics() },
    { operation: 'mixed', statistics: statistics() },
  ],
  false,
);

describe('a report', () => {
  it('adds up the workers over the time of the slowest', () => {
    expect(report.results[0]).toMatchObject({
      operation: 'put',
      seconds: 2,
      requests: 102,
      requestsPerSecond: 51,
      bytes: 100 * 4096 + 200,
      generatorCores: 0.95,
      errors: { SlowDown: 2 },
      latencyMs: { max: 50 },
    });
    const { p50, p90, p99 } = report.results[0]!.latencyMs;
    expect([p50, p90, p99].map(Math.round)).toEqual([25, 45, 50]);
  });

  it('takes mixed apart, as JSON and as a table', () => {
    expect(report.results[0]).not.toHaveProperty('kinds');
    expect(report.results[1]!.kinds).toMatchObject({
      put: { requests: 100 },
      get: { requests: 2 },
    });
    const table = renderReport(report);
    expect(table).toMatch(/^ {2}get +2 +1\.0 +100 B +0\.50/m);
    expect(table).toContain('Errors of mixed: 2 × SlowDown\n');
    expect(table).not.toContain('busy');
  });

  it('names no secret', () => {
    expect(JSON.stringify(report) + renderReport(report)).not.toContain('hush');
  });

  it('says when the generator itself was busy', () => {
    const busy = statistics();
    busy.cpuMs = 3900;
    const phases = [{ operation: 'put' as const, statistics: busy }];
    expect(renderReport(benchReport(options, 'b', phases, true))).toMatch(
      /busy itself \(put\)[\s\S]*Interrupted/,
    );
  });
});
