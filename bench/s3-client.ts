/** The few S3 calls that prepare, check and clean up a scenario; not what is measured. */
import { createHash } from 'node:crypto';
import { Agent } from 'node:http';
import { exchange, type HttpAnswer } from './http-exchange.ts';
import type { Endpoint, PlainRequest } from './signed-requests.ts';

/** Also how many requests are in flight while a bucket is filled. */
const maxSockets = 64;
const idleTimeoutMs = 120_000;

export interface S3Client {
  send(request: PlainRequest, body?: Buffer): Promise<HttpAnswer>;
  /** As send, but an error status throws. */
  demand(request: PlainRequest, body?: Buffer): Promise<Buffer>;
  /** The same body under every key. */
  putAll(bucket: string, keys: Iterable<string>, body: Buffer, acl?: string): Promise<void>;
  /** The bucket and everything in it. */
  removeBucket(bucket: string): Promise<void>;
  close(): void;
}

export function createS3Client(endpoint: Endpoint): S3Client {
  const agent = new Agent({ keepAlive: true, maxSockets });

  const send = (plain: PlainRequest, body?: Buffer): Promise<HttpAnswer> =>
    exchange(endpoint, plain, body, { agent, idleTimeoutMs });

  const demand = async (plain: PlainRequest, body?: Buffer): Promise<Buffer> => {
    const answer = await send(plain, body);
    if (answer.status < 300) return answer.body;
    const text = answer.body.toString('utf8').slice(0, 1000);
    throw new Error(`${plain.method} ${plain.path} answered ${answer.status}: ${text}`);
  };

  const putAll = async (bucket: string, keys: Iterable<string>, body: Buffer, acl?: string) => {
    const iterator = keys[Symbol.iterator]();
    const headers: Record<string, string> = acl === undefined ? {} : { 'x-amz-acl': acl };
    const putSome = async () => {
      for (let next = iterator.next(); !next.done; next = iterator.next()) {
        await demand({ method: 'PUT', path: `/${bucket}/${next.value}`, headers }, body);
      }
    };
    await Promise.all(Array.from({ length: maxSockets }, putSome));
  };

  const removeBucket = async (bucket: string) => {
    for (;;) {
      const list = await demand({ method: 'GET', path: `/${bucket}`, query: 'list-type=2' });
      const keys = [...list.toString('utf8').matchAll(/<Key>([^<]*)<\/Key>/g)].map((m) => m[1]!);
      if (keys.length === 0) break;
      const objects = keys.map((key) => `<Object><Key>${key}</Key></Object>`).join('');
      const body = Buffer.from(`<Delete><Quiet>true</Quiet>${objects}</Delete>`);
      const md5 = createHash('md5').update(body).digest('base64');
      const headers = { 'content-md5': md5 };
      await demand({ method: 'POST', path: `/${bucket}`, query: 'delete=', headers }, body);
    }
    await demand({ method: 'DELETE', path: `/${bucket}` });
  };

  return { send, demand, putAll, removeBucket, close: () => agent.destroy() };
}
