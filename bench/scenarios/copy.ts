/** CopyObject of the largest object that one request can copy: bytes are shared, not moved. */
import { randomBytes } from 'node:crypto';
import { complete, createUpload, sendParts, textOf } from '../multipart.ts';
import { createS3Client, type S3Client } from '../s3-client.ts';
import { quantile } from '../statistics.ts';
import type { BenchContext, RunningTarget, Target } from '../targets/target.ts';
import { metered } from './load-metrics.ts';
import { orStop, type Scenario, type Session, startWithBucket } from './scenario.ts';

const mebibyte = 1024 ** 2;
const sourceBytes = 64 * mebibyte;
const objectBytes = 5 * 1024 * mebibyte;
const copiesPerMeasurement = 20;
const quickCopies = 5;

export const copyLarge: Scenario = {
  name: 'copy-5g',
  title: 'Copy 5 GiB',
  about: `CopyObject of an object of 5 GiB to a new key, over one connection, one after the other; median latency. The object was made of ${objectBytes / sourceBytes} copied parts of ${sourceBytes / mebibyte} MiB, so that it takes no 5 GiB on disk either.`,
  metrics: [
    { id: 'ms', title: 'copy', unit: 'ms', decimals: 1 },
    { id: 'cpu', title: 'server CPU', unit: 'ms', decimals: 1 },
  ],
  targets: ['kist'],
  external: false,
  warmUp: true,
  open,
};

async function open(target: Target, context: BenchContext): Promise<Session> {
  const server = await startWithBucket(target, context);
  const client = createS3Client(server);
  await orStop(server, () => makeObject(client, server));
  const headers = { 'x-amz-copy-source': `/${server.bucket}/large` };
  return {
    async measure(round) {
      const wanted = context.options.quick ? quickCopies : copiesPerMeasurement;
      const times: number[] = [];
      const { metrics } = await metered(context, server, async () => {
        const before = process.cpuUsage();
        const startedAt = performance.now();
        for (let n = 0; n < wanted; n += 1) {
          const path = `/${server.bucket}/copy-${round}-${n}`;
          const sentAt = performance.now();
          textOf(await client.demand({ method: 'PUT', path, headers }), 'ETag');
          times.push(performance.now() - sentAt);
        }
        const { user, system } = process.cpuUsage(before);
        const durationUs = (performance.now() - startedAt) * 1000;
        return { requests: wanted, durationUs, cpuUs: user + system };
      });
      times.sort((a, b) => a - b);
      return { ms: quantile(times, 0.5), cpu: metrics.server_cpu! / 1000 };
    },
    async close() {
      client.close();
      await server.stop();
    },
  };
}

async function makeObject(client: S3Client, server: RunningTarget): Promise<void> {
  const source = `/${server.bucket}/source`;
  await client.demand({ method: 'PUT', path: source }, randomBytes(sourceBytes));
  const upload = await createUpload(client, `/${server.bucket}/large`);
  const headers = { 'x-amz-copy-source': source };
  const send = async (query: string): Promise<string> =>
    textOf(await client.demand({ method: 'PUT', path: upload.path, query, headers }), 'ETag');
  await complete(client, upload, await sendParts(upload, objectBytes / sourceBytes, send));
}
