/** What a running server of several processes tells of itself: each of its metrics moves, each request has its line. */
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main } from '../support/accounts.ts';
import { s3Client } from '../support/s3-client.ts';
import { type RunningServer, startServer, until } from '../support/start-server.ts';

const Bucket = 'observed';
const KiB = 1024;
let server: RunningServer;

beforeAll(async () => {
  server = await startServer({
    flags: [
      ...['--log-format', 'json', '--access-log', 'all'],
      ...['--compaction-interval-seconds', '1', '--garbage-grace-seconds', '0'],
    ],
  });
  const client = s3Client(server.endpoint, main);
  await client.send(new CreateBucketCommand({ Bucket }));
  for (const size of [KiB, 100 * KiB, 200 * KiB, 2 * KiB * KiB]) {
    const Key = `of-${size}`;
    await client.send(new PutObjectCommand({ Bucket, Key, Body: Buffer.alloc(size) }));
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
    await Body!.transformToByteArray();
  }
  const missing = client.send(new GetObjectCommand({ Bucket, Key: 'missing' }));
  await expect(missing).rejects.toThrow();
  await client.send(new DeleteObjectCommand({ Bucket, Key: `of-${100 * KiB}` }));
  await until(
    async () => (await value('kist_job_runs_total{job="garbage",result="done"}')) > 0,
    'garbage is gone',
  );
  await until(async () => (await page()).includes('kist_pack_live_ratio '), 'packs are looked at');
  client.destroy();
});
afterAll(() => server.remove());

const page = async () => (await fetch(`http://127.0.0.1:${server.consolePort}/metrics`)).text();

/** Of the first series that starts so; 0 if there is none. */
async function value(series: string): Promise<number> {
  const line = (await page()).split('\n').find((each) => each.startsWith(series));
  return line === undefined ? 0 : Number(line.slice(line.lastIndexOf(' ') + 1));
}

describe('/metrics', () => {
  it.each([
    [
      'requests by operation and status',
      'kist_http_requests_total{operation="GetObject",status="200"}',
      4,
    ],
    ['refusals too', 'kist_http_requests_total{operation="GetObject",status="404"}', 1],
    ['latency', 'kist_http_request_duration_seconds_count{operation="PutObject"}', 4],
    ['time to first byte', 'kist_http_first_byte_seconds_count{operation="GetObject"}', 5],
    ['sizes', 'kist_http_response_body_bytes_bucket{le="1024",operation="GetObject"}', 2],
  ])('has %s, exactly', async (_, series, expected) => {
    expect(await value(series)).toBe(expected);
  });

  it.each([
    ['bytes received', 'kist_http_request_body_bytes_sum{operation="PutObject"}', 2.2e6],
    ['bytes sent', 'kist_http_response_body_bytes_sum{operation="GetObject"}', 2.2e6],
    ['commits', 'kist_meta_commit_duration_seconds_count', 5],
    ['commit batches', 'kist_meta_batch_commits_count', 5],
    ['the time of their flush', 'kist_meta_batch_duration_seconds_sum', Number.MIN_VALUE],
    ['the time of fsync', 'kist_blob_sync_duration_seconds_sum', Number.MIN_VALUE],
    ['cache hits', 'kist_cache_lookups_total{cache="bucket",result="hit"}', 5],
    ['cache misses', 'kist_cache_lookups_total{cache="bucket",result="miss"}', 1],
    ['live bytes in packs', 'kist_pack_bytes{state="live"}', 200 * KiB],
    [
      'event loop delay of a worker',
      'kist_event_loop_delay_seconds{process="worker-0",quantile="1"}',
      0,
    ],
    ['memory of the jobs', 'kist_process_resident_memory_bytes{process="jobs"}', 1e6],
    ['processor time', 'kist_process_cpu_seconds_total{process="supervisor"}', Number.MIN_VALUE],
    ['processes that are ready', 'kist_workers_ready', 3],
  ])('has %s', async (_, series, least) => {
    expect(await page()).toContain(`\n${series}`);
    expect(await value(series)).toBeGreaterThanOrEqual(least);
  });

  it('has nothing in flight and nothing wrong', async () => {
    for (const series of [
      'kist_http_requests_in_flight ',
      'kist_blob_corrupt_reads_total ',
      'kist_scrub_damage_total ',
      'kist_storage_faults_total{fault="full"} ',
      'kist_worker_restarts_total{process="worker-1"} ',
      'kist_job_runs_total{job="scrub",result="failed"} ',
    ]) {
      expect(await page()).toContain(`\n${series}0\n`);
    }
  });
});

describe('the log', () => {
  it('has one line for each request, with all that is known of it', () => {
    const lines = server
      .log()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const [line] = lines.filter(
      ({ operation, key }) => operation === 'GetObject' && key === `of-${KiB}`,
    );
    expect(line).toMatchObject({
      ...{ requestId: expect.stringMatching(/^\w{16}$/), caller: main.accessKeyId, method: 'GET' },
      ...{ bucket: Bucket, status: 200, bytesIn: 0, bytesOut: KiB, clientAddress: '127.0.0.1' },
      process: expect.stringMatching(/^worker-\d$/),
    });
    const { firstByteMs, totalMs } = line as { firstByteMs: number; totalMs: number };
    expect(firstByteMs).toBeGreaterThan(0);
    expect(totalMs).toBeGreaterThanOrEqual(firstByteMs);
    const refused = lines.filter(({ key }) => key === 'missing');
    expect(refused).toEqual([expect.objectContaining({ status: 404, code: 'NoSuchKey' })]);
  });
});
