/** GET of 4 KiB objects over busy connections, unsigned of public objects or signed. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { runWrk } from '../load/wrk.ts';
import { createS3Client } from '../s3-client.ts';
import { type Endpoint, requestHead, writeRequests } from '../signed-requests.ts';
import type { BenchContext, RunningTarget, Target } from '../targets/target.ts';
import { loadMetrics, metered } from './load-metrics.ts';
import { orStop, type Scenario, type Session, startWithBucket } from './scenario.ts';
import { rateMetrics, rateOf } from './small-object-metrics.ts';

const objectBytes = 4096;
const keyCount = 1000;
const connections = 64;

export interface GetSmall {
  readonly name: string;
  readonly signed: boolean;
}

export function getSmall({ name, signed }: GetSmall): Scenario {
  const how = signed ? 'signed' : 'anonymous';
  return {
    name,
    title: `GET 4 KiB, ${connections} connections, ${how}`,
    about: signed
      ? `${keyCount} private or public objects in turn, Signature Version 4 in headers. nginx and node-http get the same requests unsigned.`
      : `${keyCount} public-read objects in turn.`,
    metrics: [...rateMetrics, ...loadMetrics],
    targets: ['kist', 'nginx', 'node-http', 's3rver'],
    external: signed,
    warmUp: true,
    open: (target, context) => open(target, context, signed),
  };
}

async function open(target: Target, context: BenchContext, signed: boolean): Promise<Session> {
  const server = await startWithBucket(target, context);
  const body = randomBytes(objectBytes);
  const keys = Array.from({ length: keyCount }, (_, n) => `object-${n}`);
  const endpoint: Endpoint = { ...server, credentials: signed ? server.credentials : undefined };
  await orStop(server, async () => {
    await server.putAll(keys, body);
    await check(server, endpoint, keys[0]!, body);
  });
  const requestsFile = join(context.makeDirectory('requests'), 'heads');
  const { host, port } = server;
  return {
    async measure() {
      const heads = keys.map((key) =>
        requestHead(endpoint, { method: 'GET', path: `/${server.bucket}/${key}` }),
      );
      writeRequests(requestsFile, heads);
      const { seconds } = context.options;
      const load = { host, port, requestsFile, connections, seconds };
      const { result, metrics } = await metered(context, server, () =>
        runWrk(context.layout, load),
      );
      const received = result.bytes / result.requests;
      if (received < objectBytes) throw new Error(`answers have ${received} bytes`);
      return { ...rateOf(result), ...metrics };
    },
    close: () => server.stop(),
  };
}

async function check(
  server: RunningTarget,
  endpoint: Endpoint,
  key: string,
  body: Buffer,
): Promise<void> {
  const client = createS3Client(endpoint);
  const got = await client.demand({ method: 'GET', path: `/${server.bucket}/${key}` });
  client.close();
  if (!got.equals(body)) throw new Error('GET does not return what was put');
}
