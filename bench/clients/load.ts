/**
 * One client library at one kind of work, in a process of its own: `load.ts JOB`, the job as JSON. Prints what it
 * took as JSON.
 */
import { rmSync, statSync } from 'node:fs';
import { openAwsSdk } from './aws-sdk.ts';
import type { Connection, Contender } from './contender.ts';
import { openKistClient } from './kist-client.ts';
import { openMinioClient } from './minio-client.ts';

export const contenders = {
  'kist/client': openKistClient,
  'AWS SDK v3': openAwsSdk,
  minio: openMinioClient,
} as const satisfies Readonly<Record<string, (connection: Connection) => Promise<Contender>>>;

export type ContenderName = keyof typeof contenders;
export type Work = 'put' | 'get' | 'upload' | 'download';

export interface Job {
  readonly contender: ContenderName;
  readonly work: Work;
  readonly connection: Connection;
  readonly seconds: number;
  /** Of small objects. */
  readonly size: number;
  /** Objects there are to get. */
  readonly keys: number;
  /** Of the large object: what is sent, and where what comes is put. */
  readonly file: string;
  readonly downloaded: string;
}

export interface Sample {
  readonly requests: number;
  readonly bytes: number;
  readonly seconds: number;
  /** User and system time of the process, without starting up. */
  readonly cpuSeconds: number;
  /** The most that was resident. */
  readonly peakMiB: number;
}

const warmUpSeconds = 1;
export const largeKey = 'large';

async function runFor(seconds: number, concurrency: number, work: (n: number) => Promise<void>) {
  const end = performance.now() + seconds * 1000;
  let requests = 0;
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (performance.now() < end) {
        requests += 1;
        await work(requests);
      }
    }),
  );
  return requests;
}

async function run({ contender, work, connection, seconds, size, keys, file, downloaded }: Job) {
  const client = await contenders[contender](connection);
  const body = Buffer.alloc(size, 'kist');
  const bytesOfFile = statSync(file).size;
  const small: Partial<Record<Work, (n: number) => Promise<void>>> = {
    put: (n) => client.put(`put-${n % keys}`, body),
    get: async (n) => {
      const length = await client.get(`get-${n % keys}`);
      if (length !== size) throw new Error(`${contender} read ${length} of ${size} bytes`);
    },
  };
  const each = small[work];
  if (each !== undefined) await runFor(warmUpSeconds, connection.concurrency, each);
  const startedAt = performance.now();
  const cpu = process.cpuUsage();
  let requests = 1;
  if (each !== undefined) requests = await runFor(seconds, connection.concurrency, each);
  else if (work === 'upload') await client.upload(largeKey, file);
  else await client.download(largeKey, downloaded);
  const { user, system } = process.cpuUsage(cpu);
  const taken = (performance.now() - startedAt) / 1000;
  if (work === 'download') {
    if (statSync(downloaded).size !== bytesOfFile) throw new Error(`${contender} lost bytes`);
    rmSync(downloaded);
  }
  const sample: Sample = {
    requests,
    bytes: each === undefined ? bytesOfFile : requests * size,
    seconds: taken,
    cpuSeconds: (user + system) / 1e6,
    peakMiB: process.resourceUsage().maxRSS / 1024,
  };
  process.stdout.write(`${JSON.stringify(sample)}\n`, () => process.exit());
}

await run(JSON.parse(process.argv[2]!) as Job);
