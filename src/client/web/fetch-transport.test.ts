import { EventEmitter, once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { originOf } from '../endpoint.ts';
import type { Transport, TransportRequest } from '../runtime.ts';
import { holdStream } from './fetch-body.ts';
import { createFetchTransport } from './fetch-transport.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

const patient = { connectMs: 30_000, idleMs: 30_000 };

async function serve(answer: RequestListener): Promise<URL> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

const requestTo = (url: URL, given: Partial<TransportRequest> = {}): TransportRequest => ({
  origin: originOf(url),
  method: 'GET',
  path: '/bucket/key',
  headers: { host: url.host },
  body: undefined,
  signal: undefined,
  timeouts: patient,
  ...given,
});

const put = (body: TransportRequest['body'], length: number): Partial<TransportRequest> => ({
  method: 'PUT',
  headers: { host: 'signed.example.com', 'content-length': String(length) },
  body,
});

const transport = (maxConnections = 10): Transport => createFetchTransport({ maxConnections });
const utf8 = new TextDecoder();

async function* chunksOf(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield new TextEncoder().encode(text);
}

/** Answers what came. */
const echo: RequestListener = (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { method, url, headers } = request;
    response.end(JSON.stringify({ method, url, headers, body: Buffer.concat(chunks).toString() }));
  });
};

test('a request arrives with its headers, but for those that fetch writes itself', async () => {
  const url = await serve(echo);
  const bytes = new TextEncoder().encode('hello');
  const request = requestTo(url, {
    ...put(bytes, 5),
    path: '/bucket/%C3%BC%20b?x=a%2Fb',
    headers: { host: 'signed.example.com', 'content-length': '5', 'x-amz-meta-a': 'b' },
  });
  const { status, body } = await transport().send(request);
  expect(status).toBe(200);
  const seen = JSON.parse(utf8.decode(await body.bytes()));
  expect(seen).toMatchObject({ method: 'PUT', url: '/bucket/%C3%BC%20b?x=a%2Fb', body: 'hello' });
  expect(seen.headers).toMatchObject({
    host: url.host,
    'content-length': '5',
    'x-amz-meta-a': 'b',
  });
  expect(seen.headers).not.toHaveProperty('cache-control');
});

test('a stream goes out while it is made, with its length', async () => {
  const server = new EventEmitter();
  const arrived = once(server, 'arrived');
  const url = await serve((request, response) => {
    request.once('data', () => server.emit('arrived'));
    echo(request, response);
  });
  async function* made(): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode('first ');
    await arrived;
    yield new TextEncoder().encode('second');
  }
  const { body } = await transport().send(requestTo(url, put(made(), 12)));
  const seen = JSON.parse(utf8.decode(await body.bytes()));
  expect(seen).toMatchObject({ body: 'first second', headers: { 'content-length': '12' } });
  expect(seen.headers).not.toHaveProperty('transfer-encoding');
});

test('an error of the body is what the request fails with', async () => {
  const url = await serve(echo);
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode('first');
    throw new Error('the disk is gone');
  }
  await expect(transport().send(requestTo(url, put(broken(), 10)))).rejects.toMatchObject({
    code: 'NetworkError',
    message: expect.stringContaining('the disk is gone'),
  });
});

test('a redirect is shown, not followed', async () => {
  let requests = 0;
  const url = await serve((_, response) => {
    requests += 1;
    response.writeHead(307, { location: '/elsewhere' }).end();
  });
  const { status, headers, body } = await transport().send(requestTo(url));
  await body.bytes();
  expect({ status, location: headers.location, requests }).toEqual({
    status: 307,
    location: '/elsewhere',
    requests: 1,
  });
});

test.each(['/bucket/a/../b', '/bucket/./a', '/bucket/..'])(
  '%s, which fetch takes for another path, is refused',
  async (path) => {
    const url = new URL('http://127.0.0.1:1');
    await expect(transport().send(requestTo(url, { path }))).rejects.toMatchObject({
      code: 'UnsupportedHere',
    });
  },
);

test('no server is a NetworkError, no answer a TimeoutError', async () => {
  const nobody = new URL('http://127.0.0.1:1');
  await expect(transport().send(requestTo(nobody))).rejects.toMatchObject({
    code: 'NetworkError',
    status: 0,
  });
  const silent = await serve(() => {});
  const timeouts = { connectMs: 10, idleMs: 10 };
  await expect(transport().send(requestTo(silent, { timeouts }))).rejects.toMatchObject({
    code: 'TimeoutError',
  });
});

test('a body that stops coming is a TimeoutError, one that is cut off a NetworkError', async () => {
  const stalling = await serve((_, response) => {
    response.writeHead(200, { 'content-length': '10' }).write('half');
  });
  const timeouts = { connectMs: 30_000, idleMs: 100 };
  const stalled = await transport().send(requestTo(stalling, { timeouts }));
  await expect(stalled.body.bytes()).rejects.toMatchObject({ code: 'TimeoutError' });
  const cutting = await serve((_, response) => {
    response.writeHead(200, { 'content-length': '10' }).write('half', () => {
      response.destroy();
    });
  });
  const cut = await transport().send(requestTo(cutting));
  await expect(cut.body.bytes()).rejects.toMatchObject({ code: 'NetworkError' });
});

test('aborted, a request fails with the reason: before, while it waits, and in the body', async () => {
  const silent = await serve(() => {});
  const reason = new Error('enough');
  const before = AbortSignal.abort(reason);
  await expect(transport().send(requestTo(silent, { signal: before }))).rejects.toBe(reason);

  const waiting = new AbortController();
  const sent = transport().send(requestTo(silent, { signal: waiting.signal }));
  waiting.abort(reason);
  await expect(sent).rejects.toBe(reason);

  const stalling = await serve((_, response) => {
    response.writeHead(200, { 'content-length': '10' }).write('half');
  });
  const reading = new AbortController();
  const { body } = await transport().send(requestTo(stalling, { signal: reading.signal }));
  const read = body.bytes();
  reading.abort(reason);
  await expect(read).rejects.toBe(reason);
});

test('a body that is let go while it is read is not sent any further', async () => {
  const server = new EventEmitter();
  const closed = once(server, 'closed');
  const url = await serve((_, response) => {
    response.writeHead(200, { 'content-length': '10' }).write('half');
    response.once('close', () => server.emit('closed'));
  });
  const { body } = await transport().send(requestTo(url));
  const chunks = body[Symbol.asyncIterator]();
  await chunks.next();
  const pending = chunks.next();
  body.cancel();
  await expect(pending).rejects.toThrow();
  await closed;
});

test('no more requests go out at once than there may be connections', async () => {
  const server = new EventEmitter();
  const answers: (() => void)[] = [];
  const url = await serve((_, response) => {
    answers.push(() => response.end('ok'));
    server.emit('asked');
  });
  const client = transport(1);
  const gaveUp = new AbortController();
  const asked = once(server, 'asked');
  const first = client.send(requestTo(url));
  const second = client.send(requestTo(url, { signal: gaveUp.signal }));
  const third = client.send(requestTo(url));
  const fourth = client.send(requestTo(url));
  await asked;
  gaveUp.abort(new Error('no longer'));
  await expect(second).rejects.toThrow('no longer');
  expect(answers).toHaveLength(1);
  answers.pop()?.();
  const { body } = await first;
  expect(answers).toHaveLength(0);

  // A turn ends with the body: read, or let go.
  const askedAgain = once(server, 'asked');
  await body.bytes();
  await askedAgain;
  answers.pop()?.();
  const askedLast = once(server, 'asked');
  (await third).body.cancel();
  await askedLast;
  answers.pop()?.();
  await (await fourth).body.bytes();
});

test('what was unpacked on the way is not what was sent', async () => {
  const url = await serve(({ url: path }, response) => {
    const text = Buffer.from('packed '.repeat(20));
    if (path === '/plain') response.end(text);
    else {
      response.setHeader('content-encoding', 'gzip');
      response.end(gzipSync(text));
    }
  });
  const client = transport();
  for (const [path, isDecoded] of [
    ['/plain', false],
    ['/packed', true],
  ] as const) {
    const { body } = await client.send(requestTo(url, { path }));
    expect(utf8.decode(await body.bytes())).toBe('packed '.repeat(20));
    expect(body.isDecoded).toBe(isDecoded);
  }
});

test('a stream that is held is the same bytes, and has an end', async () => {
  const nothing = () => {};
  const small = await holdStream(chunksOf('one ', 'two'), 7, nothing);
  expect(small).toEqual(new TextEncoder().encode('one two'));
  const chunk = 'x'.repeat(3 * 1024 * 1024);
  const large = await holdStream(chunksOf(chunk, chunk, 'end'), 2 * chunk.length + 3, nothing);
  expect(await (large as Blob).text()).toBe(`${chunk}${chunk}end`);
  await expect(holdStream(chunksOf(''), 2 ** 40, nothing)).rejects.toMatchObject({
    code: 'InvalidInput',
  });
});
