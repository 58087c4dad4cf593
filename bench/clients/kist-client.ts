/** `kist/client`, as it is built. */
import { join } from 'node:path';
import type * as kist from '../../src/client/index.ts';
import type { Connection, Contender } from './contender.ts';

const entry = join(import.meta.dirname, '..', '..', 'dist', 'client', 'index.js');

export async function openKistClient(connection: Connection): Promise<Contender> {
  const { createClient, fromFile } = (await import(entry)) as typeof kist;
  const { endpoint, region, accessKeyId, secretAccessKey, concurrency } = connection;
  const client = createClient({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    maxConnections: concurrency,
  });
  const { bucket: Bucket } = connection;
  return {
    async put(Key, Body) {
      await client.putObject({ Bucket, Key, Body });
    },
    async get(Key) {
      const { Body } = await client.getObject({ Bucket, Key });
      return (await Body.bytes()).length;
    },
    async upload(Key, path) {
      await client.upload({ Bucket, Key, Body: await fromFile(path) });
    },
    async download(Key, path) {
      await client.download({ Bucket, Key }, path);
    },
  };
}
