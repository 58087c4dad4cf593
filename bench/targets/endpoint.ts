/** Any S3 server that is up already, by its URL and keys; what was stored there is removed after. */
import { randomBytes } from 'node:crypto';
import type { ExternalEndpoint } from '../options.ts';
import { createS3Client } from '../s3-client.ts';
import { createS3Target } from './s3-target.ts';
import type { Target } from './target.ts';

export function findEndpoint(external: ExternalEndpoint): Target {
  const { name, url, pid } = external;
  return {
    name,
    about: `the S3 server at ${url.origin}`,
    fsync: 'not known',
    async start() {
      const { accessKeyId, secretAccessKey, region } = external;
      const endpoint = {
        host: url.hostname,
        port: Number(url.port || 80),
        credentials: { accessKeyId, secretAccessKey, region },
      };
      const bucket = `kist-bench-${randomBytes(6).toString('hex')}`;
      const stop = async () => {
        const client = createS3Client(endpoint);
        await client.removeBucket(bucket);
        client.close();
      };
      const started = { startMs: undefined, startCpuMs: undefined };
      return createS3Target({ ...endpoint, ...started, pid, bucket, hasAcls: false, stop });
    },
  };
}
