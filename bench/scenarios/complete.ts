/** CompleteMultipartUpload of as many parts as an upload can have: one commit, and no bytes moved. */
import { createHash } from 'node:crypto';
import { complete, createUpload, sendParts } from '../multipart.ts';
import { treeCpuMicroseconds } from '../proc.ts';
import { createS3Client } from '../s3-client.ts';
import type { BenchContext, Target } from '../targets/target.ts';
import { type Scenario, type Session, startWithBucket } from './scenario.ts';

const parts = 10_000;
const body = Buffer.from('p');
const etag = createHash('md5').update(body).digest('hex');

export const completeUpload: Scenario = {
  name: 'complete',
  title: 'Complete 10,000 parts',
  about: `CompleteMultipartUpload of ${parts} parts, from the request to the end of the answer; the parts are of one byte each, which the server is told to accept. The bytes stay where they are, so that larger parts cost the same.`,
  metrics: [
    { id: 'ms', title: 'complete', unit: 'ms', decimals: 0 },
    { id: 'cpu', title: 'server CPU', unit: 'ms', decimals: 0 },
  ],
  targets: ['kist'],
  external: false,
  warmUp: false,
  open,
};

async function open(target: Target, context: BenchContext): Promise<Session> {
  const server = await startWithBucket(target, context, context.layout.serverCores, [
    '--min-part-bytes',
    String(body.length),
  ]);
  const client = createS3Client(server);
  return {
    async measure(round) {
      const upload = await createUpload(client, `/${server.bucket}/complete-${round}`);
      const send = async (query: string): Promise<string> => {
        await client.demand({ method: 'PUT', path: upload.path, query }, body);
        return etag;
      };
      const listed = await sendParts(upload, parts, send);
      const cpuBefore = treeCpuMicroseconds(server.pid!);
      const sentAt = performance.now();
      await complete(client, upload, listed);
      const ms = performance.now() - sentAt;
      return { ms, cpu: (treeCpuMicroseconds(server.pid!) - cpuBefore) / 1000 };
    },
    async close() {
      client.close();
      await server.stop();
    },
  };
}
