/** A server in the test's own process, in memory, with a client for each account. */
import { CreateBucketCommand, type S3Client } from '@aws-sdk/client-s3';
import { afterAll } from 'vitest';
import { createKist } from '../../src/index.ts';
import { alt, main, tenant, testAccounts } from './accounts.ts';
import { anonymousClient, s3Client } from './s3-client.ts';

type KistOptions = NonNullable<Parameters<typeof createKist>[0]>;

export interface TestServer {
  readonly endpoint: string;
  readonly port: number;
  readonly main: S3Client;
  readonly alt: S3Client;
  readonly tenant: S3Client;
  readonly anonymous: S3Client;
  /** A new bucket of `main`, or of whom `client` signs for. */
  createBucket(client?: S3Client): Promise<string>;
}

let buckets = 0;

export function uniqueBucketName(): string {
  buckets++;
  return `bucket-${process.pid}-${buckets}`;
}

/** Closed after the tests of the file that starts it. */
export async function startTestServer(options: Partial<KistOptions> = {}): Promise<TestServer> {
  const kist = await createKist({ memory: true, accounts: testAccounts, ...options });
  const { endpoint } = kist;
  const clients = {
    main: s3Client(endpoint, main),
    alt: s3Client(endpoint, alt),
    tenant: s3Client(endpoint, tenant),
    anonymous: anonymousClient(endpoint),
  };
  afterAll(async () => {
    for (const client of Object.values(clients)) client.destroy();
    await kist.close();
  });
  return {
    endpoint,
    port: Number(new URL(endpoint).port),
    ...clients,
    async createBucket(client = clients.main) {
      const Bucket = uniqueBucketName();
      await client.send(new CreateBucketCommand({ Bucket }));
      return Bucket;
    },
  };
}
