/** GET and PUT of 64 MiB objects, each a whole body on a connection. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type LargeResult, runLargeObjects } from '../load/large-objects.ts';
import { requestHead, writeRequests } from '../signed-requests.ts';
import type { BenchContext, Target } from '../targets/target.ts';
import { hashAndWrite } from './hash-and-write.ts';
import { loadMetrics, metered } from './load-metrics.ts';
import {
  type Metric,
  orStop,
  type Sample,
  type Scenario,
  type Session,
  startWithBucket,
} from './scenario.ts';

const objectBytes = 64 * 1024 * 1024;
const readConnections = 4;
const writeConnections = 1;
const requestsPerMeasurement = { get: 32, put: 12 };
const quickRequests = 4;

const throughputMetrics: readonly Metric[] = [
  { id: 'rate', title: 'throughput', unit: 'MiB/s', decimals: 0, compared: true },
  { id: 'p50', title: 'median', unit: 'ms', decimals: 0 },
];

export const getLarge: Scenario = {
  name: 'get-64m',
  title: `GET 64 MiB, ${readConnections} connections`,
  about: 'One object, read again and again, so that it comes from the page cache for all.',
  metrics: [...throughputMetrics, ...loadMetrics],
  targets: ['kist', 'nginx', 's3rver'],
  external: true,
  warmUp: true,
  open: openGet,
};

export const putLarge: Scenario = {
  name: 'put-64m',
  title: `PUT 64 MiB, ${writeConnections} connection`,
  about: 'A new key for every PUT, UNSIGNED-PAYLOAD, one whole body after the other.',
  metrics: [...throughputMetrics, ...loadMetrics],
  targets: ['kist', 'fsync-files', 's3rver'],
  external: true,
  warmUp: true,
  references: [hashAndWrite(objectBytes)],
  open: openPut,
};

async function openGet(target: Target, context: BenchContext): Promise<Session> {
  const server = await startWithBucket(target, context);
  const key = 'large';
  await orStop(server, () => server.putAll([key], randomBytes(objectBytes)));
  const requestsFile = join(context.makeDirectory('requests'), 'heads');
  const count = context.options.quick ? quickRequests : requestsPerMeasurement.get;
  const { host, port } = server;
  return {
    async measure() {
      const request = { method: 'GET', path: `/${server.bucket}/${key}` };
      writeRequests(requestsFile, Array<string>(count).fill(requestHead(server, request)));
      const { result, metrics } = await metered(context, server, () =>
        runLargeObjects(context.layout, {
          ...{ host, port, requestsFile },
          connections: readConnections,
          uploadBytes: 0,
          answerBytes: objectBytes,
        }),
      );
      return { ...throughputOf(result), ...metrics };
    },
    close: () => server.stop(),
  };
}

async function openPut(target: Target, context: BenchContext): Promise<Session> {
  const server = await startWithBucket(target, context);
  const requestsFile = join(context.makeDirectory('requests'), 'heads');
  const count = context.options.quick ? quickRequests : requestsPerMeasurement.put;
  const { host, port } = server;
  const headers = { 'content-length': String(objectBytes) };
  return {
    async measure(round) {
      const heads = Array.from({ length: count }, (_, n) =>
        requestHead(server, {
          method: 'PUT',
          path: `/${server.bucket}/round-${round}-large-${n}`,
          headers,
        }),
      );
      writeRequests(requestsFile, heads);
      const { result, metrics } = await metered(context, server, () =>
        runLargeObjects(context.layout, {
          ...{ host, port, requestsFile },
          connections: writeConnections,
          uploadBytes: objectBytes,
          answerBytes: undefined,
        }),
      );
      return { ...throughputOf(result), ...metrics };
    },
    close: () => server.stop(),
  };
}

function throughputOf(result: LargeResult): Sample {
  return {
    rate: result.bytes / 1024 ** 2 / (result.durationUs / 1e6),
    p50: result.p50Us / 1000,
  };
}
