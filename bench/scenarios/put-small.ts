/** PUT of 4 KiB objects under keys that are new, signed, over busy connections. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runWrk } from '../load/wrk.ts';
import { createS3Client } from '../s3-client.ts';
import { requestHead, writeRequests } from '../signed-requests.ts';
import type { BenchContext, RunningTarget, Target } from '../targets/target.ts';
import { loadMetrics, metered } from './load-metrics.ts';
import { type Scenario, type Session, startWithBucket } from './scenario.ts';
import { rateMetrics, rateOf } from './small-object-metrics.ts';

const objectBytes = 4096;
const connections = 64;
/** Keys prepared for each second; beyond them they are written again. */
const keysPerSecond = 20_000;
const maxKeys = 150_000;

export const putSmall: Scenario = {
  name: 'put-4k',
  title: `PUT 4 KiB, ${connections} connections`,
  about:
    'A new key for every PUT, Signature Version 4 with UNSIGNED-PAYLOAD where the target knows signatures. "Passes" above 1 mean that keys were written again.',
  metrics: [
    ...rateMetrics,
    ...loadMetrics,
    { id: 'passes', title: 'passes', unit: '', decimals: 2 },
  ],
  targets: ['kist', 'fsync-files', 'node-http', 's3rver'],
  external: true,
  warmUp: true,
  open,
};

async function open(target: Target, context: BenchContext): Promise<Session> {
  const server = await startWithBucket(target, context);
  const directory = context.makeDirectory('requests');
  const requestsFile = join(directory, 'heads');
  const bodyFile = join(directory, 'body');
  const body = randomBytes(objectBytes);
  writeFileSync(bodyFile, body);
  const { host, port } = server;
  const { seconds } = context.options;
  return {
    async measure(round) {
      const count = Math.min(maxKeys, keysPerSecond * seconds);
      const pathOf = (n: number) => `/${server.bucket}/round-${round}-object-${n}`;
      const headers = { 'content-length': String(objectBytes) };
      const heads = Array.from({ length: count }, (_, n) =>
        requestHead(server, { method: 'PUT', path: pathOf(n), headers }),
      );
      writeRequests(requestsFile, heads);
      const load = { host, port, requestsFile, bodyFile, connections, seconds };
      const { result, metrics } = await metered(context, server, () =>
        runWrk(context.layout, load),
      );
      await check(server, pathOf(0), body);
      return { ...rateOf(result), ...metrics, passes: result.passes };
    },
    close: () => server.stop(),
  };
}

/** What was put first is there; the reference without signatures is write-only. */
async function check(server: RunningTarget, path: string, body: Buffer): Promise<void> {
  if (server.credentials === undefined) return;
  const client = createS3Client(server);
  const got = await client.demand({ method: 'GET', path });
  client.close();
  if (!got.equals(body)) throw new Error('GET does not return what was put');
}
