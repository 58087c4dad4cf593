/** AWS SDK for JavaScript v3, with the manager that it has for uploads; for downloads it has none. */
import { createReadStream, createWriteStream } from 'node:fs';
import { Agent } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { Connection, Contender } from './contender.ts';

export async function openAwsSdk(connection: Connection): Promise<Contender> {
  const { endpoint, region, accessKeyId, secretAccessKey, concurrency } = connection;
  const client = new S3Client({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
    requestHandler: { httpAgent: new Agent({ keepAlive: true, maxSockets: concurrency }) },
  });
  const { bucket: Bucket } = connection;
  return {
    async put(Key, Body) {
      await client.send(new PutObjectCommand({ Bucket, Key, Body }));
    },
    async get(Key) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
      return (await Body!.transformToByteArray()).length;
    },
    async upload(Key, path) {
      const params = { Bucket, Key, Body: createReadStream(path) };
      await new Upload({ client, params }).done();
    },
    async download(Key, path) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
      await pipeline(Body as Readable, createWriteStream(path));
    },
  };
}
