/** What is counted, and what the counts of several processes add up to. */
import { afterEach, expect, it } from 'vitest';
import { answerHealth } from './health.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { renderMetrics, retireMetrics } from './metrics-page.ts';
import { createRequestMeter, type MeteredRequest } from './request-meter.ts';

const opened: Metrics[] = [];
afterEach(() => {
  for (const metrics of opened.splice(0)) metrics.close();
});

function metricsOf(processName: string): Metrics {
  const metrics = createMetrics(processName);
  opened.push(metrics);
  return metrics;
}

const request: MeteredRequest = {
  operation: 'GetObject',
  status: 200,
  bytesIn: 0,
  bytesOut: 4096,
  firstByteMs: 0.7,
  totalMs: 3,
  aborted: false,
};

it('counts requests by operation and status, with cumulative buckets', async () => {
  const metrics = metricsOf('worker-0');
  const meter = createRequestMeter(metrics);
  for (const status of [200, 200, 404]) {
    meter.started();
    meter.ended({ ...request, status });
  }
  meter.started();
  const page = await renderMetrics([metrics.snapshot()]);
  expect(page).toContain('kist_http_requests_total{operation="GetObject",status="200"} 2\n');
  expect(page).toContain('kist_http_requests_total{operation="GetObject",status="404"} 1\n');
  expect(page).toContain('kist_http_requests_in_flight 1\n');
  expect(page).toContain('_duration_seconds_bucket{le="0.0025",operation="GetObject"} 0\n');
  expect(page).toContain('_duration_seconds_bucket{le="0.005",operation="GetObject"} 3\n');
  expect(page).toContain('_duration_seconds_bucket{le="+Inf",operation="GetObject"} 3\n');
  expect(page).toContain('_duration_seconds_sum{operation="GetObject"} 0.009');
  expect(page).toContain('kist_http_first_byte_seconds_count{operation="GetObject"} 3\n');
  expect(page).toContain('_response_body_bytes_bucket{le="4096",operation="GetObject"} 3\n');
});

it('tells counters as 0 before they count, so that their first event is a rise', async () => {
  const page = await renderMetrics([
    metricsOf('jobs').snapshot(),
    metricsOf('worker-0').snapshot(),
  ]);
  expect(page).toContain('kist_scrub_damage_total 0\n');
  expect(page).toContain('kist_blob_corrupt_reads_total 0\n');
  for (const fault of ['full', 'read-only', 'io', 'descriptors']) {
    expect(page).toContain(`kist_storage_faults_total{fault="${fault}"} 0\n`);
  }
});

it('gives requests without an operation one label', async () => {
  const metrics = metricsOf('worker-0');
  const meter = createRequestMeter(metrics);
  meter.started();
  meter.ended({
    ...request,
    operation: undefined,
    status: 400,
    firstByteMs: undefined,
    aborted: true,
  });
  const page = await renderMetrics([metrics.snapshot()]);
  expect(page).toContain('kist_http_requests_total{operation="none",status="400"} 1\n');
  expect(page).toContain('kist_http_aborted_requests_total{operation="none"} 1\n');
});

it('adds up the processes, and keeps apart what belongs to one', async () => {
  const processes = [metricsOf('worker-0'), metricsOf('worker-1')];
  for (const metrics of processes) metrics.counter('commitConflicts').add(2);
  const page = await renderMetrics(processes.map((metrics) => metrics.snapshot()));
  expect(page).toContain('kist_meta_commit_conflicts_total 4\n');
  expect(page).toMatch(/kist_process_resident_memory_bytes\{process="worker-0"\} \d{7,}\n/);
  expect(page).toMatch(/kist_process_resident_memory_bytes\{process="worker-1"\} \d{7,}\n/);
  expect(page).toMatch(/kist_event_loop_delay_seconds\{process="worker-1",quantile="0.99"\}/);
  expect(page).toMatch(/kist_process_cpu_seconds_total\{process="worker-0"\} 0?\.?\d/);
});

it('lets totals never fall when a process ends', async () => {
  const first = metricsOf('worker-0');
  first.counter('commitConflicts').add(5);
  first.gauge('connections').set(7);
  const second = metricsOf('worker-0');
  second.counter('commitConflicts').add(1);
  const retired = retireMetrics(retireMetrics([], first.snapshot()), first.snapshot());
  const page = await renderMetrics([retired, second.snapshot()]);
  expect(page).toContain('kist_meta_commit_conflicts_total 11\n');
  expect(page).not.toContain('kist_http_connections 7');
});

it('hands the same instrument out for the same labels', () => {
  const metrics = metricsOf('worker-0');
  expect(metrics.counter('jobRuns', 'sweep', 'done')).toBe(
    metrics.counter('jobRuns', 'sweep', 'done'),
  );
  expect(metrics.counter('jobRuns', 'sweep', 'done')).not.toBe(
    metrics.counter('jobRuns', 'sweep', 'failed'),
  );
});

it('answers monitors: live always, ready only when it is, and nothing else', async () => {
  const source = (ready: boolean) => ({
    readiness: async () => ({ ready, ...(ready ? {} : { reason: 'disk full' }) }),
    metrics: async () => 'page',
  });
  const answer = (path: string, ready = true, method = 'GET') =>
    answerHealth(method, path, source(ready));
  expect(await answer('/health/live', false)).toMatchObject({ status: 200 });
  expect(await answer('/health/ready')).toMatchObject({
    status: 200,
    body: '{"status":"ready"}\n',
  });
  const failing = await answer('/health/ready', false);
  expect(failing.status).toBe(503);
  expect(JSON.parse(failing.body)).toEqual({ status: 'not ready', reason: 'disk full' });
  expect(await answer('/metrics')).toMatchObject({ status: 200, body: 'page' });
  for (const path of ['/', '/health', 'constructor', '/metrics/']) {
    expect(await answer(path)).toMatchObject({ status: 404, contentType: 'application/json' });
  }
  expect(await answer('/metrics', true, 'POST')).toMatchObject({ status: 405 });
});
