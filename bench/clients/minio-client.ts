/** The JavaScript client of MinIO. */
import { Client } from 'minio';
import type { Connection, Contender } from './contender.ts';

export async function openMinioClient(connection: Connection): Promise<Contender> {
  const { host, port, region, accessKeyId, secretAccessKey, bucket } = connection;
  const client = new Client({
    endPoint: host,
    port,
    useSSL: false,
    region,
    accessKey: accessKeyId,
    secretKey: secretAccessKey,
  });
  return {
    async put(key, body) {
      await client.putObject(bucket, key, body, body.length);
    },
    async get(key) {
      let length = 0;
      for await (const chunk of await client.getObject(bucket, key)) {
        length += (chunk as Buffer).length;
      }
      return length;
    },
    async upload(key, path) {
      await client.fPutObject(bucket, key, path);
    },
    download: (key, path) => client.fGetObject(bucket, key, path),
  };
}
