/** What targets that speak S3 have in common once they run. */
import { createS3Client } from '../s3-client.ts';
import type { Endpoint } from '../signed-requests.ts';
import type { RunningTarget } from './target.ts';

export interface S3Server extends Endpoint {
  readonly pid: number | undefined;
  readonly startMs: number | undefined;
  readonly startCpuMs: number | undefined;
  readonly bucket: string;
  /** S3's permissions decide who reads, so that anonymous readers need a grant. */
  readonly hasAcls: boolean;
  stop(): Promise<void>;
}

export function createS3Target(server: S3Server): RunningTarget {
  const client = createS3Client(server);
  return {
    ...server,
    async createBucket() {
      await client.demand({ method: 'PUT', path: `/${server.bucket}` });
    },
    putAll: (keys, body) =>
      client.putAll(server.bucket, keys, body, server.hasAcls ? 'public-read' : undefined),
    async stop() {
      client.close();
      await server.stop();
    },
  };
}
