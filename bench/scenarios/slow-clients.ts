/** What fast clients notice of many slow ones, and what the slow ones hold of the server's memory. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { startSlowClients } from '../load/slow-clients.ts';
import { runWrk } from '../load/wrk.ts';
import { treeMemory } from '../proc.ts';
import { requestHead, writeRequests } from '../signed-requests.ts';
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
import { rateOf } from './small-object-metrics.ts';

const smallBytes = 4096;
const smallKeys = 1000;
const fastConnections = 16;
const slowConnections = 1000;
const quickSlowConnections = 200;
const bytesPerSecond = 10_000;
/** So large that no slow transfer ends while it is watched. */
const largeBytes = 64 * 1024 * 1024;

const twice = (id: string, title: string, unit: string, decimals: number): readonly Metric[] => [
  { id, title: `${title}, alone`, unit, decimals },
  { id: `${id}_slow`, title: `${title}, beside slow ones`, unit, decimals },
];

export const slowClients: Scenario = {
  name: 'slow-clients',
  title: `GET 4 KiB, ${fastConnections} connections, beside ${slowConnections} slow ones`,
  about: `Signed GETs, first alone and then while ${slowConnections} other connections (quick: ${quickSlowConnections}) each download or upload 64 MiB at ${bytesPerSecond / 1000} KB/s, half of them either way. CPU beside slow ones includes what these need themselves. Memory is what the server's processes grew by, for each slow connection; the generator's cores drive both.`,
  metrics: [
    ...twice('rate', 'requests', '/s', 0),
    ...twice('p50', 'median', 'ms', 2),
    ...twice('p99', '99 %', 'ms', 2),
    ...twice('server_cpu', 'server CPU', 'µs/request', 0),
    { id: 'held', title: 'memory', unit: 'KiB/slow connection', decimals: 0 },
  ],
  targets: ['kist'],
  external: false,
  warmUp: true,
  open,
};

async function open(target: Target, context: BenchContext): Promise<Session> {
  const server = await startWithBucket(target, context);
  const directory = context.makeDirectory('slow');
  const keys = Array.from({ length: smallKeys }, (_, n) => `object-${n}`);
  await orStop(server, async () => {
    await server.putAll(keys, randomBytes(smallBytes));
    await server.putAll(['large'], randomBytes(largeBytes));
  });
  const fast = () => measureFast(server, context, keys, join(directory, 'fast'));
  return {
    async measure(round) {
      const alone = await fast();
      const before = memoryMiB(server);
      const slow = await startSlow(server, context, directory, round);
      try {
        const beside = await fast();
        const count = context.options.quick ? quickSlowConnections : slowConnections;
        const held = ((memoryMiB(server) - before) * 1024) / count;
        return { ...alone, ...renamed(beside), held };
      } finally {
        await slow.stop();
      }
    },
    close: () => server.stop(),
  };
}

async function measureFast(
  server: RunningTarget,
  context: BenchContext,
  keys: readonly string[],
  requestsFile: string,
): Promise<Sample> {
  const heads = keys.map((key) =>
    requestHead(server, { method: 'GET', path: `/${server.bucket}/${key}` }),
  );
  writeRequests(requestsFile, heads);
  const { host, port } = server;
  const { seconds } = context.options;
  const load = { host, port, requestsFile, connections: fastConnections, seconds };
  const { result, metrics } = await metered(context, server, () => runWrk(context.layout, load));
  const { server_cpu: cpu } = metrics;
  return { ...rateOf(result), ...(cpu !== undefined && { server_cpu: cpu }) };
}

function startSlow(
  server: RunningTarget,
  context: BenchContext,
  directory: string,
  round: number,
): ReturnType<typeof startSlowClients> {
  const count = context.options.quick ? quickSlowConnections : slowConnections;
  const headers = { 'content-length': String(largeBytes) };
  const heads = Array.from({ length: count }, (_, n) =>
    n % 2 === 0
      ? requestHead(server, { method: 'GET', path: `/${server.bucket}/large` })
      : requestHead(server, {
          method: 'PUT',
          path: `/${server.bucket}/slow-${round}-${n}`,
          headers,
        }),
  );
  const requestsFile = join(directory, 'slow');
  writeRequests(requestsFile, heads);
  const { host, port } = server;
  const load = { host, port, requestsFile, bytesPerSecond };
  return startSlowClients(context.layout, load, join(directory, 'slow.log'));
}

function memoryMiB(server: RunningTarget): number {
  return treeMemory(server.pid!).reduce((sum, { proportionalMiB }) => sum + proportionalMiB, 0);
}

const renamed = (sample: Sample): Sample =>
  Object.fromEntries(Object.entries(sample).map(([id, value]) => [`${id}_slow`, value]));
