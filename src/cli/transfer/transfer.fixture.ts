/** A server in memory, and a bucket and a directory for each test of what goes between the two. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRetry, type Retry } from '../../client/retries.ts';
import { createS3Requests, type S3Requests } from '../../client/s3-requests.ts';
import { createKist, type KistOptions } from '../../index.ts';

export interface TransferPlace {
  /** Not made. */
  readonly directory: string;
  /** Made, and empty. */
  readonly bucket: string;
}

export interface TransferServer {
  readonly requests: S3Requests;
  readonly retry: Retry;
  readonly signal: AbortSignal;
  newPlace(): Promise<TransferPlace>;
  /** Its directories go with it. */
  close(): Promise<void>;
}

export async function startTransferServer(options: KistOptions = {}): Promise<TransferServer> {
  const root = mkdtempSync(join(tmpdir(), 'kist-transfer-'));
  const kist = await createKist({ memory: true, ...options });
  const { endpoint, region, credentials } = kist;
  const requests = createS3Requests(endpoint, { region, credentials }, Date.now);
  let places = 0;
  return {
    requests,
    retry: createRetry({ sleep: async () => {}, random: () => 1 }),
    signal: new AbortController().signal,
    async newPlace() {
      const bucket = `bucket-${++places}`;
      const headers = { 'content-length': '0' };
      await requests.content({ method: 'PUT', path: `/${bucket}`, headers });
      return { directory: join(root, String(places)), bucket };
    },
    async close() {
      requests.close();
      await kist.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}
