/** `download` and `openDownload` against a real server: what arrives, in which order, and how it ends. */
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createClientWith } from '../../src/client/create-client.ts';
import { download, openDownload, type TransferProgress, upload } from '../../src/client/index.ts';
import { nodeRuntime } from '../../src/client/node/node-runtime.ts';
import { startCuttingProxy } from '../support/cutting-proxy.ts';
import {
  isGet,
  keys,
  MiB,
  partBytes,
  randomBytes,
  sameFile,
  startTransferServer,
  type TransferServer,
} from './support/transfer-server.ts';

let server: TransferServer;
let Bucket: string;

beforeAll(async () => {
  server = await startTransferServer();
  Bucket = await server.newBucket();
});
afterAll(() => server.close());
beforeEach(() => server.reset());

const sizes = [0, 1, partBytes - 1, partBytes, partBytes + 1, 5 * partBytes + 12_345];

test('an object of any size arrives as it is: in a file, in bytes, in a stream', async () => {
  const path = server.newPath();
  for (const size of sizes) {
    const bytes = randomBytes(size);
    await server.client.putObject({ Bucket, Key: 'k', Body: bytes, Metadata: { a: 'b' } });
    const output = await download(server.client, { Bucket, Key: 'k' }, path, { partBytes });
    expect(output).toMatchObject({ ContentLength: size, Metadata: { a: 'b' } });
    expect(output.$transfer).toEqual({ bytes: size, resumedBytes: 0 });
    expect(sameFile(path, bytes), `${size}`).toBe(true);
    const { Body } = await openDownload(server.client, { Bucket, Key: 'k' }, { partBytes });
    expect(Buffer.from(await Body.bytes()).equals(bytes), `${size}`).toBe(true);
    const chunks: Uint8Array[] = [];
    const sink = new WritableStream<Uint8Array>({
      write: (chunk) => {
        chunks.push(chunk);
      },
    });
    const { $transfer } = await download(server.client, { Bucket, Key: 'k' }, sink, { partBytes });
    expect($transfer.bytes).toBe(size);
    expect(Buffer.concat(chunks).equals(bytes), `${size}`).toBe(true);
  }
  expect(server.besides(path).length).toBe(1);
});

test.each(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA256', 'MD5', 'XXHASH3'] as const)(
  'what differs from its %s is no file',
  async (ChecksumAlgorithm) => {
    const Body = randomBytes(3 * partBytes + 5);
    await server.client.putObject({ Bucket, Key: 'k', Body, ChecksumAlgorithm });
    const path = server.newPath();
    await download(server.client, { Bucket, Key: 'k' }, path, { partBytes });
    expect(sameFile(path, Body)).toBe(true);
    const flipping = await startFlippingServer(server.server.port, 2 * partBytes);
    const client = server.clientAt(flipping.endpoint, { signatureVersion: 's3' });
    const other = server.newPath();
    const state = server.newPath();
    const file = { partBytes, resumeFrom: state };
    const wrong = { code: 'ChecksumMismatch' };
    await expect(download(client, { Bucket, Key: 'k' }, other, file)).rejects.toMatchObject(wrong);
    const opened = await openDownload(client, { Bucket, Key: 'k' }, { partBytes });
    await expect(opened.Body.bytes()).rejects.toMatchObject(wrong);
    expect([...server.besides(other), ...server.besides(state)]).toEqual([]);
    client.close();
    await flipping.close();
  },
);

test('ranges are fetched at once, and of the same state of the object', async () => {
  const bytes = randomBytes(8 * partBytes);
  await server.client.putObject({ Bucket, Key: 'k', Body: bytes });
  const client = server.clientAt(server.proxyEndpoint);
  let waiting = 0;
  server.decide = (request) => {
    if (isGet(request) && ++waiting === 5) {
      return 'slow-down';
    }
    return 'pass';
  };
  const path = server.newPath();
  await download(client, { Bucket, Key: 'k' }, path, { partBytes });
  expect(sameFile(path, bytes)).toBe(true);
  expect(server.seen().filter(isGet).length).toBe(9);
});

test.each(['file', 'stream'] as const)(
  'an object that is replaced meanwhile is noticed: %s',
  async (kind) => {
    await server.client.putObject({ Bucket, Key: 'k', Body: randomBytes(8 * partBytes) });
    const client = server.clientAt(server.proxyEndpoint);
    let replaced: Promise<unknown> | undefined;
    server.decide = (request) => {
      if (isGet(request) && replaced === undefined) {
        replaced = server.client.putObject({ Bucket, Key: 'k', Body: randomBytes(8 * partBytes) });
        return 'slow-down';
      }
      return 'pass';
    };
    const options = { partBytes, concurrency: 1 };
    const path = server.newPath();
    const noticed = {
      name: 'S3Error',
      code: 'TransferFailed',
      cause: { code: 'PreconditionFailed' },
    };
    if (kind === 'file') {
      const changed = download(client, { Bucket, Key: 'k' }, path, options);
      await expect(changed).rejects.toMatchObject(noticed);
      expect(server.besides(path)).toEqual([]);
    } else {
      const { Body } = await openDownload(client, { Bucket, Key: 'k' }, options);
      await expect(Body.bytes()).rejects.toMatchObject(noticed);
    }
    await replaced;
  },
);

test.each(['file', 'stream'] as const)(
  'connections that are cut cost what was under way: %s',
  async (kind) => {
    const bytes = randomBytes(8 * MiB);
    await server.client.putObject({ Bucket, Key: 'k', Body: bytes });
    const proxy = await startCuttingProxy(server.server.port);
    const client = server.clientAt(proxy.endpoint);
    const seen: TransferProgress[] = [];
    let armed = 0;
    const options = {
      partBytes: 4 * MiB,
      concurrency: 2,
      onProgress: (progress: TransferProgress) => {
        seen.push(progress);
        if (proxy.cuts < armed || armed === 3) return;
        armed += 1;
        proxy.cutAfter('download', 500_000);
      },
    };
    if (kind === 'file') {
      const path = server.newPath();
      await download(client, { Bucket, Key: 'k' }, path, options);
      expect(sameFile(path, bytes)).toBe(true);
    } else {
      const { Body } = await openDownload(client, { Bucket, Key: 'k' }, options);
      expect(Buffer.from(await Body.bytes()).equals(bytes)).toBe(true);
    }
    expect(proxy.cuts).toBe(3);
    // What had come before a cut didn't come again; each side had some of it in its buffers.
    expect(proxy.carried.download).toBeLessThan(1.5 * bytes.length);
    const counted = seen.map(({ transferredBytes }) => transferredBytes);
    expect(counted).toEqual([...counted].sort((a, b) => a - b));
    expect([counted[0], counted.at(-1)]).toEqual([0, bytes.length]);
    client.close();
    await proxy.close();
  },
);

test('a download that fails leaves no file behind, and none that was there is touched', async () => {
  await server.client.putObject({ Bucket, Key: 'k', Body: randomBytes(8 * partBytes) });
  const client = server.clientAt(server.proxyEndpoint, { maxAttempts: 2 });
  let gets = 0;
  server.decide = (request) => (isGet(request) && ++gets > 3 ? 'slow-down' : 'pass');
  const path = server.newFile(Buffer.from('before'));
  const failing = download(client, { Bucket, Key: 'k' }, path, { partBytes, concurrency: 2 });
  await expect(failing).rejects.toMatchObject({ name: 'S3Error', status: 503 });
  expect(readFileSync(path, 'utf8')).toBe('before');
  expect(server.besides(path).length).toBe(1);
});

test('a download that is aborted leaves no file behind', async () => {
  await server.client.putObject({ Bucket, Key: 'k', Body: randomBytes(8 * partBytes) });
  const client = server.clientAt(server.proxyEndpoint);
  const reason = new Error('enough');
  for (const kind of ['file', 'stream', 'body']) {
    const stop = new AbortController();
    let gets = 0;
    server.decide = (request) => {
      if (!isGet(request) || ++gets < 3) return 'pass';
      stop.abort(reason);
      return 'stall';
    };
    const options = { partBytes, concurrency: 2, signal: stop.signal };
    const path = server.newPath();
    const run = async () => {
      if (kind === 'file') await download(client, { Bucket, Key: 'k' }, path, options);
      else if (kind === 'stream') {
        await download(client, { Bucket, Key: 'k' }, new WritableStream(), options);
      } else await (await openDownload(client, { Bucket, Key: 'k' }, options)).Body.bytes();
    };
    await expect(run(), kind).rejects.toBe(reason);
    expect(server.besides(path)).toEqual([]);
  }
});

test('who reads slowly is not run ahead of, and who stops reading stops the rest', async () => {
  const bytes = randomBytes(20 * partBytes);
  await server.client.putObject({ Bucket, Key: 'slowly', Body: bytes });
  const client = server.clientAt(server.proxyEndpoint);
  // Of this object: a request of the test before may still be on its way.
  const gets = () => server.seen().filter((one) => isGet(one) && one.url.endsWith('/slowly'));
  const options = { partBytes, concurrency: 3 };
  const { Body } = await openDownload(client, { Bucket, Key: 'slowly' }, options);
  expect(gets()).toEqual([]);
  let read = 0;
  for await (const chunk of Body) {
    read += chunk.length;
    expect(bytes.subarray(read - chunk.length, read).equals(chunk)).toBe(true);
    const ahead = gets().length - Math.floor((read - 1) / partBytes);
    expect(ahead).toBeLessThanOrEqual(options.concurrency);
    if (read > 4 * partBytes) break;
  }
  const { Body: cancelled } = await openDownload(client, { Bucket, Key: 'slowly' }, options);
  cancelled.cancel();
  await expect(cancelled.bytes()).rejects.toMatchObject({ code: 'InvalidInput' });
  expect(gets().length).toBeLessThan(10);
});

test('what can’t be downloaded is told', async () => {
  const { client } = server;
  const path = server.newPath();
  const missing = download(client, { Bucket, Key: 'none' }, path);
  await expect(missing).rejects.toMatchObject({ code: 'NotFound', status: 404 });
  await upload(client, { Bucket, Key: 'k', Body: 'x' });
  const nowhere = download(client, { Bucket, Key: 'k' }, `${path}/no/such/folder`);
  await expect(nowhere).rejects.toMatchObject({ name: 'S3Error', code: 'TransferFailed' });
  mkdirSync(path);
  writeFileSync(`${path}/full`, '');
  await expect(download(client, { Bucket, Key: 'k' }, path)).rejects.toMatchObject({
    code: 'TransferFailed',
  });
  expect(server.besides(`${path}.`)).toEqual([]);
  const refused = { code: 'InvalidInput' };
  const range = { Bucket, Key: 'k', Range: 'bytes=0-1' };
  await expect(download(client, range, path)).rejects.toMatchObject(refused);
  const resumeFrom = server.newPath();
  const stream = download(client, { Bucket, Key: 'k' }, new WritableStream(), { resumeFrom });
  await expect(stream).rejects.toMatchObject(refused);
  await expect(
    openDownload(client, { Bucket, Key: 'k' }, { speed: 1 } as object),
  ).rejects.toMatchObject(refused);
  expect(existsSync(resumeFrom)).toBe(false);
});

test('where there are no files, objects are read, and what is packed in one piece', async () => {
  const runtime = { ...nodeRuntime, files: undefined };
  const config = { endpoint: server.proxyEndpoint, region: 'us-east-1', credentials: keys };
  const client = createClientWith(runtime, [], config);
  const bytes = randomBytes(3 * partBytes);
  for (const [ContentEncoding, requests] of [
    [undefined, 3],
    ['gzip', 1],
  ] as const) {
    server.reset();
    await server.client.putObject({ Bucket, Key: 'k', Body: bytes, ContentEncoding });
    const seen: number[] = [];
    const onProgress = ({ transferredBytes }: TransferProgress) => seen.push(transferredBytes);
    const { Body } = await openDownload(client, { Bucket, Key: 'k' }, { partBytes, onProgress });
    expect(Buffer.from(await Body.bytes()).equals(bytes)).toBe(true);
    expect(server.seen().filter(isGet).length).toBe(requests);
    expect(seen.at(-1)).toBe(bytes.length);
  }
  const file = download(client, { Bucket, Key: 'k' }, server.newPath());
  await expect(file).rejects.toMatchObject({ code: 'UnsupportedHere' });
  client.close();
});

test('conditions are asked once, of the object as it is found', async () => {
  const { client } = server;
  const { ETag } = await client.putObject({ Bucket, Key: 'k', Body: randomBytes(3 * partBytes) });
  const path = server.newPath();
  const IfModifiedSince = new Date(Date.now() - 60_000);
  await download(client, { Bucket, Key: 'k', IfModifiedSince, IfNoneMatch: '"other"' }, path, {
    partBytes,
  });
  const same = download(client, { Bucket, Key: 'k', IfNoneMatch: ETag }, path);
  await expect(same).rejects.toMatchObject({ status: 304 });
  const other = download(client, { Bucket, Key: 'k', IfMatch: '"other"' }, path);
  await expect(other).rejects.toMatchObject({ status: 412 });
});

test('a server that doesn’t keep to ranges or conditions is found out', async () => {
  const bytes = randomBytes(3 * partBytes);
  const head = { etag: '"a"', 'content-length': String(bytes.length) };
  const answers: readonly (readonly [string, RequestListener])[] = [
    ['MalformedResponse', (_, response) => response.writeHead(200, head).end(bytes)],
    [
      'MalformedResponse',
      (_, response) => {
        const range = { 'content-range': `bytes 5-9/${bytes.length}`, 'content-length': '5' };
        response.writeHead(206, { ...head, ...range }).end(bytes.subarray(5, 10));
      },
    ],
    [
      'TransferFailed',
      ({ headers }, response) => {
        const [, from, to] = /(\d+)-(\d+)/.exec(headers.range ?? '')!.map(Number) as number[];
        const part = bytes.subarray(from, to! + 1);
        const range = {
          'content-range': `bytes ${from}-${to}/${bytes.length}`,
          'content-length': String(part.length),
        };
        response.writeHead(206, { ...head, ...range, etag: '"b"' }).end(part);
      },
    ],
  ];
  for (const [code, answer] of answers) {
    const odd = await startOddServer((request, response) => {
      if (request.method === 'HEAD') response.writeHead(200, head).end();
      else answer(request, response);
    });
    const client = server.clientAt(odd.endpoint);
    const path = server.newPath();
    const wrong = download(client, { Bucket, Key: 'k' }, path, { partBytes });
    await expect(wrong).rejects.toMatchObject({ code });
    client.close();
    await odd.close();
  }
});

async function startOddServer(listener: RequestListener) {
  const odd = createServer(listener).listen(0, '127.0.0.1');
  await once(odd, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(odd.address() as AddressInfo).port}`,
    async close() {
      odd.close();
      odd.closeAllConnections();
      await once(odd, 'close');
    },
  };
}

/** Changes a bit of the byte at `at` on the way from the server. */
const startFlippingServer = (port: number, at: number) =>
  startOddServer(async ({ method = '', url, headers }, response) => {
    const { host: _, ...others } = headers as Record<string, string>;
    const answer = await fetch(`http://127.0.0.1:${port}${url}`, { method, headers: others });
    const bytes = new Uint8Array(await answer.arrayBuffer());
    const [, from = '0'] = /^bytes (\d+)-/.exec(answer.headers.get('content-range') ?? '') ?? [];
    const index = at - Number(from);
    if (index >= 0 && index < bytes.length) bytes[index]! ^= 1;
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(bytes);
  });
