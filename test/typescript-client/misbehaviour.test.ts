/** Servers and networks on a bad day: what passes is tried again, what doesn't is told by name, and nothing hangs. */
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createFullClient } from '../../src/client/create-client.ts';
import { type Client, type ClientConfig, PutObject, S3Error } from '../../src/client/index.ts';
import { nodeRuntime } from '../../src/client/node/node-runtime.ts';
import type { Runtime } from '../../src/client/runtime.ts';
import { main } from '../support/accounts.ts';
import { startCuttingProxy } from '../support/cutting-proxy.ts';
import { startFaultyProxy } from '../support/faulty-proxy.ts';
import { startTestServer, uniqueBucketName } from '../support/test-server.ts';
import {
  failureOf,
  listed,
  signatureVersions,
  typescriptClient,
} from '../support/typescript-clients.ts';
import {
  errorDocument,
  listDocument,
  sendXml,
  startServerThat,
} from './support/misbehaving-server.ts';

const kist = await startTestServer();
const direct = typescriptClient(kist.port);
const Bucket = uniqueBucketName();
await direct.createBucket({ Bucket });
const at = { Bucket, Key: 'k' };
const MiB = 1024 * 1024;

/** Done after the tests of this file. */
const closing: (() => unknown)[] = [];
afterAll(async () => {
  for (const close of closing) await close();
});

function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'kist-client-'));
  closing.push(() => rmSync(directory, { recursive: true }));
  return directory;
}

/** A client whose pauses take no time and are remembered, in milliseconds. */
function hastyClient(endpoint: string, config: ClientConfig = {}, runtime: Partial<Runtime> = {}) {
  const pauses: number[] = [];
  const sleep: Runtime['sleep'] = async (ms, signal) => {
    signal?.throwIfAborted();
    pauses.push(ms);
  };
  const client = createFullClient(
    { ...nodeRuntime, sleep, ...runtime },
    { endpoint, region: 'us-east-1', credentials: main, ...config },
  );
  closing.push(() => client.close());
  return { client, pauses };
}

const keysOf = async (client: Client) => {
  const { Contents = [], $metadata } = await client.listObjectsV2({ Bucket });
  return { keys: Contents.map(({ Key }) => Key), attempts: $metadata.attempts };
};

describe('a connection that is cut', () => {
  test('while a document comes is tried again', async () => {
    const server = await startServerThat((response, _, nth) => {
      const document = listDocument('k');
      if (nth > 2) return sendXml(response, 200, document);
      response.writeHead(200, { 'content-length': document.length });
      response.write(document.slice(0, 40 * nth), () => response.destroy());
    });
    const { client, pauses } = hastyClient(server.endpoint);
    expect(await keysOf(client)).toEqual({ keys: ['k'], attempts: 3 });
    expect(pauses).toHaveLength(2);
  });

  test('before an answer is tried again, up to as many times as were said', async () => {
    const server = await startServerThat((response) => response.destroy());
    const { client } = hastyClient(server.endpoint, { maxAttempts: 4 });
    expect(await failureOf(client.headBucket({ Bucket }))).toMatchObject({
      code: 'NetworkError',
      status: 0,
      message: expect.stringContaining(`127.0.0.1:${server.port}`),
    });
    expect(server.seen).toHaveLength(4);
  });

  test('after the server has done it does it again: the answer was lost', async () => {
    const proxy = await startFaultyProxy(kist.port);
    closing.push(() => proxy.close());
    const { client } = hastyClient(proxy.endpoint);
    let cuts = 0;
    proxy.decide = () => (cuts++ === 0 ? 'cut' : 'pass');
    const { $metadata } = await client.putObject({ ...at, Body: 'twice' });
    expect($metadata.attempts).toBe(2);
    expect(await (await direct.getObject(at)).Body.text()).toBe('twice');
  });

  test('while a body goes up sends it anew, if it can be read anew', async () => {
    const proxy = await startCuttingProxy(kist.port);
    closing.push(() => proxy.close());
    const { client } = hastyClient(proxy.endpoint);
    const bytes = Buffer.alloc(3 * MiB, 'some bytes ');
    proxy.cutAfter('upload', MiB);
    const { $metadata } = await client.putObject({ ...at, Body: new Blob([bytes]) });
    expect([proxy.cuts, $metadata.attempts]).toEqual([1, 2]);
    expect(bytes.equals(await (await direct.getObject(at)).Body.bytes())).toBe(true);

    proxy.cutAfter('upload', MiB);
    const once = (async function* () {
      for (let from = 0; from < bytes.length; from += MiB) yield bytes.subarray(from, from + MiB);
    })();
    const failed = client.putObject({ ...at, Body: once, ContentLength: bytes.length });
    expect(await failureOf(failed)).toMatchObject({ code: 'NetworkError' });
  });

  test('while a body comes down is told to who reads it, however', async () => {
    const proxy = await startCuttingProxy(kist.port);
    closing.push(() => proxy.close());
    const { client } = hastyClient(proxy.endpoint);
    await direct.putObject({ ...at, Body: new Uint8Array(3 * MiB) });
    const cut = async () => {
      proxy.cutAfter('download', MiB);
      return (await client.getObject(at)).Body;
    };
    expect(await failureOf((await cut()).bytes())).toMatchObject({ code: 'NetworkError' });
    expect(await failureOf(listed(await cut()))).toMatchObject({ code: 'NetworkError' });
    const streamed = listed((await cut()).stream() as unknown as AsyncIterable<Uint8Array>);
    expect(await failureOf(streamed)).toMatchObject({ code: 'NetworkError' });
    expect(proxy.cuts).toBe(3);
  });

  test('by what is no HTTP server is told', async () => {
    const server = createTcpServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    closing.push(() => server.close());
    const { client } = hastyClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    expect(await failureOf(client.listBuckets())).toMatchObject({ code: 'NetworkError' });
  });

  test('that never stood is told', async () => {
    const { client, pauses } = hastyClient('http://127.0.0.1:1');
    expect(await failureOf(client.listBuckets())).toMatchObject({
      code: 'NetworkError',
      cause: expect.objectContaining({ code: 'ECONNREFUSED' }),
    });
    expect(pauses).toHaveLength(2);
  });
});

describe('an answer that is shorter than it says', () => {
  test('is no object', async () => {
    const server = await startServerThat((response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('only this', () => response.destroy());
    });
    const { client } = hastyClient(server.endpoint);
    const { Body } = await client.getObject(at);
    expect(await failureOf(Body.text())).toMatchObject({ code: 'NetworkError' });
  });

  test('is no file', async () => {
    const directory = newDirectory();
    const path = join(directory, 'file');
    const server = await startServerThat((response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('only this', () => response.destroy());
    });
    const { client } = hastyClient(server.endpoint);
    const { Body } = await client.getObject(at);
    await expect(Body.toFile(path)).rejects.toMatchObject({ code: 'NetworkError' });
    expect(existsSync(path)).toBe(false);
    expect(readdirSync(directory)).toEqual([]);
  });
});

describe('a server that is slow', () => {
  const idle = { timeouts: { idleMs: 700 }, maxAttempts: 2 };

  test('to answer is given up, and asked again', async () => {
    const server = await startServerThat((response, _, nth) => {
      if (nth === 2) sendXml(response, 200, listDocument('k'));
    });
    const { client } = hastyClient(server.endpoint, idle);
    expect(await keysOf(client)).toEqual({ keys: ['k'], attempts: 2 });
    expect(await failureOf(client.listObjectsV2({ Bucket }))).toMatchObject({
      code: 'TimeoutError',
      status: 0,
    });
  });

  test('in the middle of a body is given up', async () => {
    const server = await startServerThat((response) => {
      response.writeHead(200, { 'content-length': 100 }).write('only this');
    });
    const { client } = hastyClient(server.endpoint, idle);
    for (const read of [
      async () => (await client.getObject(at)).Body.bytes(),
      async () => listed((await client.getObject(at)).Body),
    ]) {
      expect(await failureOf(read())).toMatchObject({ code: 'TimeoutError' });
    }
  });

  test('but goes on is waited for', async () => {
    const server = await startServerThat((response) => {
      let left = 10;
      response.writeHead(200, { 'content-length': left });
      const timer = setInterval(() => {
        response.write('x');
        left -= 1;
        if (left === 0) clearInterval(timer);
      }, 20);
    });
    const { client } = hastyClient(server.endpoint, { timeouts: { idleMs: 2_000 } });
    expect(await (await client.getObject(at)).Body.text()).toBe('x'.repeat(10));
  });
});

describe('a server that is overloaded', () => {
  test('is asked again after pauses that grow and are drawn by lot', async () => {
    const server = await startServerThat((response) => {
      sendXml(response, 503, errorDocument('SlowDown'));
    });
    const { client, pauses } = hastyClient(
      server.endpoint,
      { maxAttempts: 6 },
      { random: () => 1 },
    );
    const failure = await failureOf(client.listBuckets());
    expect(failure).toMatchObject({ code: 'SlowDown', status: 503, message: 'As asked.' });
    expect(pauses).toEqual([100, 200, 400, 800, 1600]);
    const drawn = hastyClient(server.endpoint, { maxAttempts: 6 });
    await failureOf(drawn.client.listBuckets());
    expect(drawn.pauses.every((ms, at) => ms >= 0 && ms <= pauses[at]!)).toBe(true);
    expect(new Set(drawn.pauses).size).toBe(5);
  });

  test('is waited for as long as it asks', async () => {
    const server = await startServerThat((response, _, nth) => {
      if (nth > 1) return sendXml(response, 200, listDocument('k'));
      sendXml(response, 503, errorDocument('SlowDown'), { 'retry-after': '7' });
    });
    const { client, pauses } = hastyClient(server.endpoint);
    expect(await keysOf(client)).toEqual({ keys: ['k'], attempts: 2 });
    expect(pauses).toEqual([7_000]);
  });

  test('is not met with ever more requests: what all together may try again is limited', async () => {
    let isWell = false;
    const server = await startServerThat((response) => {
      if (isWell) sendXml(response, 200, listDocument('k'));
      else response.writeHead(503).end();
    });
    const { client } = hastyClient(server.endpoint);
    const storm = Array.from({ length: 300 }, () => failureOf(keysOf(client)));
    const failures = await Promise.all(storm);
    expect(failures.every(({ code }) => code === 'ServiceUnavailable')).toBe(true);
    // 300 and not 900: a budget of 500, of which a retry takes 5.
    expect(server.seen).toHaveLength(400);
    await failureOf(keysOf(client));
    expect(server.seen).toHaveLength(401);
    // What succeeds fills it again.
    isWell = true;
    for (let i = 0; i < 10; i++) await keysOf(client);
    isWell = false;
    const before = server.seen.length;
    await failureOf(keysOf(client));
    expect(server.seen.length - before).toBe(3);
  });

  test.each(['NotImplemented', 'AccessDenied', 'NoSuchKey'])(
    'is something else than one that says %s',
    async (code) => {
      const status = code === 'NotImplemented' ? 501 : 403;
      const server = await startServerThat((response) => {
        sendXml(response, status, errorDocument(code));
      });
      const { client } = hastyClient(server.endpoint);
      expect(await failureOf(client.listBuckets())).toMatchObject({ code, status });
      expect(server.seen).toHaveLength(1);
    },
  );
});

describe.each(signatureVersions)('a clock that is an hour wrong, with %s,', (signatureVersion) => {
  test.each([3_600_000, -3_600_000])('is set by the server’s (%d ms)', async (wrong) => {
    const { client, pauses } = hastyClient(
      kist.endpoint,
      { signatureVersion },
      { now: () => Date.now() + wrong },
    );
    const first = await client.putObject({ ...at, Body: 'x' });
    expect(first.$metadata.attempts).toBe(2);
    expect((await client.getObject(at)).$metadata.attempts).toBe(1);
    const url = await client.presign.getObject(at, { expiresIn: 60 });
    expect((await fetch(url)).status).toBe(200);
    // Where there is no document that says so.
    const other = hastyClient(
      kist.endpoint,
      { signatureVersion },
      { now: () => Date.now() + wrong },
    );
    expect((await other.client.headObject(at)).$metadata.attempts).toBe(2);
    expect([pauses, other.pauses]).toEqual([[], []]);
  });

  test('is not set where that is not what was wrong', async () => {
    const server = await startServerThat((response) => {
      const date = new Date(Date.now() - 3_600_000).toUTCString();
      sendXml(response, 403, errorDocument('AccessDenied'), { date });
    });
    const { client } = hastyClient(server.endpoint, { signatureVersion });
    expect(await failureOf(client.listBuckets())).toMatchObject({ code: 'AccessDenied' });
    expect(server.seen).toHaveLength(1);
  });

  test('is tried with once, if the server refuses every time', async () => {
    const server = await startServerThat((response) => {
      const date = new Date(Date.now() - 3_600_000).toUTCString();
      sendXml(response, 403, errorDocument('RequestTimeTooSkewed'), { date });
    });
    const { client } = hastyClient(server.endpoint, { signatureVersion });
    expect(await failureOf(client.listBuckets())).toMatchObject({ code: 'RequestTimeTooSkewed' });
    expect(server.seen).toHaveLength(2);
  });
});

describe.each(signatureVersions)('a redirect, with %s,', (signatureVersion) => {
  const redirecting = (status: number, port: number) =>
    startServerThat((response, { url }) => {
      const location = `http://127.0.0.1:${port}${url}`;
      sendXml(response, status, errorDocument('TemporaryRedirect'), { location });
    });

  test('is followed with a signature for there, bodies too', async () => {
    const server = await redirecting(307, kist.port);
    const { client, pauses } = hastyClient(server.endpoint, { signatureVersion });
    const dotted = { Bucket, Key: 'a/../b/./ö &' };
    const { $metadata } = await client.putObject({ ...dotted, Body: new Blob(['moved']) });
    expect($metadata.attempts).toBe(2);
    expect(await (await client.getObject(dotted)).Body.text()).toBe('moved');
    expect(await (await direct.getObject(dotted)).Body.text()).toBe('moved');
    expect((await client.listObjectsV2({ Bucket, Prefix: 'a/..' })).KeyCount).toBe(1);
    await client.deleteObject(dotted);
    expect(pauses).toEqual([]);
  });

  test('that never ends is left', async () => {
    const server = await startServerThat((response, { url }) => {
      response.writeHead(307, { location: `http://127.0.0.1:${server.port}${url}` }).end();
    });
    const { client } = hastyClient(server.endpoint, { signatureVersion });
    expect(await failureOf(client.getObject(at))).toMatchObject({
      code: 'TooManyRedirects',
      status: 307,
      operation: 'GetObject',
    });
    expect(server.seen).toHaveLength(4);
  });

  test.each(['/elsewhere', 'ftp://127.0.0.1/', 'http://', ''])(
    'to %j is not followed',
    async (location) => {
      const server = await startServerThat((response) => {
        response.writeHead(307, { location }).end();
      });
      const { client } = hastyClient(server.endpoint, { signatureVersion });
      expect(await failureOf(client.listBuckets())).toMatchObject({ code: 'TemporaryRedirect' });
      expect(server.seen).toHaveLength(1);
    },
  );

  test('to another region is followed with a signature for it, once for a bucket', async () => {
    const server = await startServerThat((response, { headers }) => {
      const scope = headers.authorization?.includes('/eu-west-3/s3/');
      if (scope || (signatureVersion === 's3' && server.seen.length > 1)) {
        sendXml(response, 200, listDocument('k'));
      } else {
        sendXml(response, 301, errorDocument('PermanentRedirect'), {
          'x-amz-bucket-region': 'eu-west-3',
        });
      }
    });
    const { client } = hastyClient(server.endpoint, { signatureVersion });
    expect(await keysOf(client)).toEqual({ keys: ['k'], attempts: 2 });
    expect(await keysOf(client)).toEqual({ keys: ['k'], attempts: 1 });
  });

  test('to ever other regions is left', async () => {
    const server = await startServerThat((response, _, nth) => {
      response.writeHead(301, { 'x-amz-bucket-region': `region-${nth}` }).end();
    });
    const { client } = hastyClient(server.endpoint, { signatureVersion });
    expect(await failureOf(keysOf(client))).toMatchObject({ code: 'PermanentRedirect' });
    expect(server.seen).toHaveLength(4);
  });
});

test('a server that takes signatures for its own region only says which one, and gets it', async () => {
  const elsewhere = await startTestServer({ region: 'eu-west-3' });
  const owner = typescriptClient(elsewhere.port, { region: 'eu-west-3' });
  await owner.createBucket({ Bucket });
  expect((await owner.getBucketLocation({ Bucket })).LocationConstraint).toBe('eu-west-3');
  const { client } = hastyClient(elsewhere.endpoint);
  expect(await keysOf(client)).toEqual({ keys: [], attempts: 2 });
  expect(await keysOf(client)).toEqual({ keys: [], attempts: 1 });
});

describe('an answer that is not S3’s', () => {
  const page =
    '<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body></body></html>';
  const html = { 'content-type': 'text/html' };

  test.each([
    [502, 'HTTP502', 3],
    [503, 'ServiceUnavailable', 3],
    [403, 'Forbidden', 1],
    [404, 'NotFound', 1],
  ])('with the status %d is named by it', async (status, code, requests) => {
    const server = await startServerThat((response) => response.writeHead(status, html).end(page));
    const { client } = hastyClient(server.endpoint);
    expect(await failureOf(client.listObjectsV2({ Bucket }))).toMatchObject({ code, status });
    expect(server.seen).toHaveLength(requests);
  });

  test.each([page, '<html></html>', '', 'OK', '{}', listDocument('k').slice(0, 60)])(
    'is no list: %j',
    async (text) => {
      const server = await startServerThat((response) => response.writeHead(200).end(text));
      const { client } = hastyClient(server.endpoint);
      const failure = await failureOf(listed(client.paginate.listObjectsV2({ Bucket })));
      expect(failure).toMatchObject({ code: 'MalformedResponse', status: 200 });
    },
  );

  test('goes on for ever in one place, which is found', async () => {
    const server = await startServerThat((response) => {
      const more = '<NextContinuationToken>t</NextContinuationToken>';
      const document = listDocument('k', more).replace('>false<', '>true<');
      sendXml(response, 200, document);
    });
    const { client } = hastyClient(server.endpoint);
    const failure = await failureOf(listed(client.paginate.listObjectsV2({ Bucket }).items()));
    expect(failure).toMatchObject({ code: 'MalformedResponse' });
    expect(server.seen).toHaveLength(2);
  });

  test('has keys that it was asked to encode and has not', async () => {
    const server = await startServerThat((response) => {
      sendXml(response, 200, listDocument('100%25 a+b'));
    });
    const { client } = hastyClient(server.endpoint);
    expect((await keysOf(client)).keys).toEqual(['100%25 a+b']);
    expect(server.seen[0]!.url).toContain('encoding-type=url');
  });
});

describe('an error that comes after the status of success', () => {
  const copy = { ...at, CopySource: `${Bucket}/other` };
  const result = '<CopyObjectResult><ETag>"e"</ETag></CopyObjectResult>';

  test('is tried again if it may pass', async () => {
    const server = await startServerThat((response, _, nth) => {
      sendXml(response, 200, nth === 1 ? errorDocument('InternalError') : result);
    });
    const { client, pauses } = hastyClient(server.endpoint);
    const { CopyObjectResult, $metadata } = await client.copyObject(copy);
    expect([CopyObjectResult?.ETag, $metadata.attempts]).toEqual(['"e"', 2]);
    expect(pauses).toHaveLength(1);
  });

  test('is told if it stays', async () => {
    const server = await startServerThat((response) => {
      const spaces = ' '.repeat(20);
      sendXml(response, 200, spaces + errorDocument('InvalidPart').replace(/^.*\n/, ''));
    });
    const { client } = hastyClient(server.endpoint);
    const failure = await failureOf(client.completeMultipartUpload({ ...at, UploadId: 'u' }));
    expect(failure).toMatchObject({ code: 'InvalidPart', status: 200, message: 'As asked.' });
    expect(server.seen).toHaveLength(1);
  });
});

describe('bytes that are not those of the object', () => {
  /** The checksum of nothing. */
  const wrong = { 'x-amz-checksum-crc32': 'AAAAAA==', 'content-length': '5' };

  test('are found, however they are read', async () => {
    const server = await startServerThat((response) => response.writeHead(200, wrong).end('bytes'));
    const { client } = hastyClient(server.endpoint);
    const body = async () => (await client.getObject(at)).Body;
    const mismatch = { code: 'ChecksumMismatch' };
    expect(await failureOf((await body()).bytes())).toMatchObject(mismatch);
    expect(await failureOf((await body()).json())).toMatchObject(mismatch);
    expect(await failureOf(listed(await body()))).toMatchObject(mismatch);
    const directory = newDirectory();
    const toFile = (await body()).toFile(join(directory, 'file'));
    expect(await failureOf(toFile)).toMatchObject(mismatch);
    expect(readdirSync(directory)).toEqual([]);
    expect(server.seen[0]!.headers['x-amz-checksum-mode']).toBe('ENABLED');
  });

  test('are taken from a server without a checksum, or if nobody asks for one', async () => {
    const server = await startServerThat((response, { headers }) => {
      response.writeHead(200, headers['x-amz-checksum-mode'] ? {} : wrong).end('bytes');
    });
    const { client } = hastyClient(server.endpoint);
    expect(await (await client.getObject(at)).Body.text()).toBe('bytes');
    const careless = hastyClient(server.endpoint, { responseChecksums: 'whenRequired' });
    expect(await (await careless.client.getObject(at)).Body.text()).toBe('bytes');
    expect(server.seen[1]!.headers['x-amz-checksum-mode']).toBeUndefined();
  });
});

describe('a signal', () => {
  const reason = new Error('changed my mind');

  test('that was given before sends nothing', async () => {
    const server = await startServerThat((response) => response.end());
    const { client } = hastyClient(server.endpoint);
    await expect(client.listBuckets({}, { signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
    expect(server.seen).toHaveLength(0);
  });

  test('ends a request that waits for its answer, and is not tried again', async () => {
    const stop = new AbortController();
    const server = await startServerThat(() => stop.abort(reason));
    const { client, pauses } = hastyClient(server.endpoint);
    const asked = client.putObject({ ...at, Body: 'x' }, { signal: stop.signal });
    await expect(asked).rejects.toBe(reason);
    expect(pauses).toEqual([]);
  });

  test('ends a document that is on its way', async () => {
    const stop = new AbortController();
    const server = await startServerThat((response) => {
      response.writeHead(200, { 'content-length': 1000 });
      response.write('<ListBucketResult>', () => stop.abort(reason));
    });
    const { client } = hastyClient(server.endpoint);
    await expect(client.listObjectsV2({ Bucket }, { signal: stop.signal })).rejects.toBe(reason);
  });

  test('ends a body that is read', async () => {
    const stop = new AbortController();
    const server = await startServerThat((response) => {
      response.writeHead(200, { 'content-length': 1000 }).write('some');
    });
    const { client } = hastyClient(server.endpoint);
    const { Body } = await client.getObject(at, { signal: stop.signal });
    const reading = (async () => {
      for await (const _ of Body) stop.abort(reason);
    })();
    await expect(reading).rejects.toBe(reason);
    const again = new AbortController();
    const whole = (await client.getObject(at, { signal: again.signal })).Body.bytes();
    again.abort(reason);
    await expect(whole).rejects.toBe(reason);
  });

  test('ends a pause', async () => {
    const stop = new AbortController();
    const server = await startServerThat((response) => {
      sendXml(response, 503, errorDocument('SlowDown'), { 'retry-after': '60' });
    });
    const client = typescriptClient(server.port);
    const { sleep } = nodeRuntime;
    const paused = createFullClient(
      {
        ...nodeRuntime,
        sleep: (ms, signal) => {
          queueMicrotask(() => stop.abort(reason));
          return sleep(ms, signal);
        },
      },
      { endpoint: server.endpoint, credentials: main },
    );
    await expect(paused.listBuckets({}, { signal: stop.signal })).rejects.toBe(reason);
    expect(server.seen).toHaveLength(1);
    client.close();
  });
});

describe('a refusal', () => {
  test('that comes before the body was sent is told, and the body stays here', async () => {
    const anonymous = typescriptClient(kist.port, {}, null);
    for (const size of [1, MiB - 1, MiB, 20 * MiB]) {
      const Body = new Uint8Array(size);
      expect(await failureOf(anonymous.putObject({ ...at, Body })), `${size} bytes`).toMatchObject({
        code: 'AccessDenied',
        status: 403,
      });
      const streamed = anonymous.putObject({ ...at, Body: new Blob([Body]) });
      expect(await failureOf(streamed), `${size} bytes streamed`).toMatchObject({
        code: 'AccessDenied',
      });
    }
  });

  test('that a server sends while it reads on is told, too', async () => {
    const server = await startServerThat((response) => {
      sendXml(response, 400, errorDocument('EntityTooLarge'));
    });
    const { client } = hastyClient(server.endpoint);
    const asked = client.putObject({ ...at, Body: new Uint8Array(3 * MiB) });
    expect(await failureOf(asked)).toMatchObject({ code: 'EntityTooLarge' });
  });
});

describe('a stream of another length than was said', () => {
  test.each([
    ['less', 10],
    ['more', 2],
  ])('(%s) is no object', async (what, ContentLength) => {
    const body = (async function* () {
      yield Buffer.from('abc');
    })();
    const { client } = hastyClient(kist.endpoint);
    const sent = client.send(PutObject, { Bucket, Key: what, Body: body, ContentLength });
    const failure = await failureOf(sent);
    expect(failure).toBeInstanceOf(S3Error);
    expect(failure).toMatchObject({ code: 'InvalidInput', message: expect.stringContaining(what) });
    const found = failureOf(direct.headObject({ Bucket, Key: what }));
    expect(await found).toMatchObject({ code: 'NotFound' });
  });

  test('that fails on its way is that failure', async () => {
    const broken = new Error('the disk is gone');
    const body = (async function* () {
      yield Buffer.from('abc');
      throw broken;
    })();
    const { client } = hastyClient(kist.endpoint);
    const sent = client.putObject({ Bucket, Key: 'broken', Body: body, ContentLength: 10 });
    const failure = await failureOf(sent);
    expect([failure, failure.cause]).toContain(broken);
  });
});
