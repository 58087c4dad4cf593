/** ListObjectsV2 of 1,000 keys out of many: flat, and by delimiter over 1,000 common prefixes. */
import { createS3Client, type S3Client } from '../s3-client.ts';
import { quantile } from '../statistics.ts';
import type { BenchContext, RunningTarget, Target } from '../targets/target.ts';
import { metered } from './load-metrics.ts';
import {
  type Metric,
  orStop,
  type Sample,
  type Scenario,
  type Session,
  startWithBucket,
} from './scenario.ts';

const pageKeys = 1000;
const prefixCount = 1000;
const listsPerMeasurement = 50;
const quickLists = 5;
/** A peer that reads its whole bucket for a page would hold up everybody. */
const maxMeasurementMs = 15_000;

const metrics: readonly Metric[] = [
  { id: 'flat', title: 'flat', unit: 'ms', decimals: 2, compared: true },
  { id: 'flat_cpu', title: 'flat, server CPU', unit: 'ms', decimals: 2 },
  { id: 'delimiter', title: 'delimiter', unit: 'ms', decimals: 2, compared: true },
  { id: 'delimiter_cpu', title: 'delimiter, server CPU', unit: 'ms', decimals: 2 },
  { id: 'keys', title: 'keys stored', unit: '', decimals: 0 },
];

export const list: Scenario = {
  name: 'list',
  title: 'List 1,000 keys',
  about:
    'ListObjectsV2 over one connection, signed, one page after the other: flat pages that start at different keys, and the page of 1,000 common prefixes. Median latency, answer read to its end.',
  metrics,
  targets: ['kist', 's3rver'],
  external: true,
  warmUp: true,
  open,
};

function keyAt(n: number, count: number): string {
  const prefix = Math.floor((n * prefixCount) / count);
  return `prefix-${String(prefix).padStart(4, '0')}/key-${String(n).padStart(9, '0')}`;
}

async function open(target: Target, context: BenchContext): Promise<Session> {
  const count = context.options.listKeys;
  const server = await startWithBucket(target, context);
  await orStop(server, () => server.putAll(keys(count), Buffer.from('listed')));
  const client = createS3Client(server);
  return {
    async measure() {
      return {
        ...(await measure(context, server, 'flat', (n) => flatPage(client, server, n, count))),
        ...(await measure(context, server, 'delimiter', () => prefixPage(client, server))),
        keys: count,
      };
    },
    async close() {
      client.close();
      await server.stop();
    },
  };
}

async function measure(
  context: BenchContext,
  server: RunningTarget,
  metric: string,
  page: (n: number) => Promise<void>,
): Promise<Sample> {
  const wanted = context.options.quick ? quickLists : listsPerMeasurement;
  const times: number[] = [];
  await page(0);
  const { metrics: found } = await metered(context, server, async () => {
    const before = process.cpuUsage();
    const startedAt = performance.now();
    for (let n = 0; n < wanted && performance.now() - startedAt < maxMeasurementMs; n += 1) {
      const sentAt = performance.now();
      await page(n);
      times.push(performance.now() - sentAt);
    }
    const { user, system } = process.cpuUsage(before);
    const durationUs = (performance.now() - startedAt) * 1000;
    return { requests: times.length, durationUs, cpuUs: user + system };
  });
  times.sort((a, b) => a - b);
  const cpuUs = found.server_cpu;
  return {
    [metric]: quantile(times, 0.5),
    ...(cpuUs !== undefined && { [`${metric}_cpu`]: cpuUs / 1000 }),
  };
}

async function flatPage(
  client: S3Client,
  server: RunningTarget,
  n: number,
  count: number,
): Promise<void> {
  const last = Math.max(1, count - pageKeys - 1);
  const after = encodeURIComponent(keyAt((n * 7919) % last, count));
  const query = `list-type=2&max-keys=${pageKeys}&start-after=${after}`;
  await expectPage(client, server, query, '<Key>', Math.min(pageKeys, count - 1));
}

async function prefixPage(client: S3Client, server: RunningTarget): Promise<void> {
  const query = `delimiter=%2F&list-type=2&max-keys=${pageKeys}`;
  await expectPage(client, server, query, '<CommonPrefixes>', prefixCount);
}

async function expectPage(
  client: S3Client,
  server: RunningTarget,
  query: string,
  element: string,
  wanted: number,
): Promise<void> {
  const body = await client.demand({ method: 'GET', path: `/${server.bucket}`, query });
  let found = 0;
  for (let at = body.indexOf(element); at >= 0; at = body.indexOf(element, at + 1)) found += 1;
  if (found !== wanted) throw new Error(`a page has ${found} of ${wanted} ${element}`);
}

function* keys(count: number): Generator<string> {
  for (let n = 0; n < count; n += 1) yield keyAt(n, count);
}
