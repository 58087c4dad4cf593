/** A real server behind a proxy that decides the fate of each request and counts them, for tests of transfers. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, type ClientConfig, createClient } from '../../../src/client/index.ts';
import { main } from '../../support/accounts.ts';
import { type Fate, startFaultyProxy } from '../../support/faulty-proxy.ts';
import { type RunningServer, startServer } from '../../support/start-server.ts';

export const MiB = 1024 * 1024;

/** Small parts make tests quick. */
export const partBytes = 256 * 1024;

export const keys = { accessKeyId: main.accessKeyId, secretAccessKey: main.secretAccessKey };

export interface SeenRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
}

export interface TransferServer {
  readonly server: RunningServer;
  /** Straight to the server. */
  readonly client: Client;
  readonly proxyEndpoint: string;
  /** Decides on each request through the proxy; all pass after `reset`. */
  decide: (request: SeenRequest) => Fate;
  /** Requests through the proxy since `reset`. */
  seen(): readonly SeenRequest[];
  reset(): void;
  clientAt(endpoint: string, config?: ClientConfig): Client;
  newBucket(): Promise<string>;
  /** Of a file that isn't there yet. */
  newPath(): string;
  newFile(bytes: Uint8Array): string;
  /** Names of all files in the directory that begin as this path does. */
  besides(path: string): readonly string[];
  uploadsUnderWay(Bucket: string): Promise<number>;
  stored(Bucket: string, Key: string): Promise<Buffer>;
  close(): Promise<void>;
}

export async function startTransferServer(): Promise<TransferServer> {
  const root = mkdtempSync(join(tmpdir(), 'kist-client-transfer-'));
  const server = await startServer({ flags: ['--min-part-bytes', '1024'] });
  const proxy = await startFaultyProxy(server.port);
  const clients: Client[] = [];
  let seen: SeenRequest[] = [];
  let names = 0;
  const clientAt = (endpoint: string, config: ClientConfig = {}): Client => {
    const made = createClient({ endpoint, region: 'us-east-1', credentials: keys, ...config });
    clients.push(made);
    return made;
  };
  const client = clientAt(server.endpoint);
  const newPath = () => join(root, `file-${++names}`);

  const transfer: TransferServer = {
    server,
    client,
    proxyEndpoint: proxy.endpoint,
    decide: () => 'pass',
    seen: () => seen,
    reset() {
      seen = [];
      transfer.decide = () => 'pass';
    },
    clientAt,
    async newBucket() {
      const Bucket = `transfer-${++names}`;
      await client.createBucket({ Bucket });
      return Bucket;
    },
    newPath,
    newFile(bytes) {
      const path = newPath();
      writeFileSync(path, bytes);
      return path;
    },
    besides: (path) => readdirSync(root).filter((name) => join(root, name).startsWith(path)),
    async uploadsUnderWay(Bucket) {
      const { Uploads = [] } = await client.listMultipartUploads({ Bucket });
      return Uploads.length;
    },
    async stored(Bucket, Key) {
      const { Body } = await client.getObject({ Bucket, Key });
      return Buffer.from(await Body.bytes());
    },
    async close() {
      for (const one of clients) one.close();
      await proxy.close();
      await server.remove();
      rmSync(root, { recursive: true, force: true });
    },
  };
  proxy.decide = (request) => {
    seen.push(request);
    return transfer.decide(request);
  };
  return transfer;
}

/** Of an upload, which of its parts a request brings; undefined for others. */
export const partNumberOf = ({ method, url }: SeenRequest): number | undefined => {
  const number = method === 'PUT' ? /[?&]partNumber=(\d+)/.exec(url)?.[1] : undefined;
  return number === undefined ? undefined : Number(number);
};

/** Reads of objects' bytes. */
export const isGet = ({ method, url }: SeenRequest): boolean =>
  method === 'GET' && !url.includes('?');

export async function* inChunks(bytes: Uint8Array, chunkBytes = 100_000) {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
}

export const sameFile = (path: string, bytes: Uint8Array): boolean =>
  readFileSync(path).equals(bytes);

export { randomBytes };
