import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { S3Error } from '../protocol/errors.ts';
import { declaredBody, maxQueuedBytes, RequestBody, readWhole } from './body.ts';

const cleanups: (() => void)[] = [];

afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

/** A request of this head on a real connection, as the server sees it. */
async function incoming(
  head: string,
): Promise<{ request: IncomingMessage; response: ServerResponse; client: Socket }> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.on('error', () => undefined);
  server.on('clientError', (_, socket) => socket.destroy());
  cleanups.push(() => {
    client.destroy();
    server.closeAllConnections();
    server.close();
  });
  client.write(`${head}\r\n\r\n`);
  const [request, response] = (await once(server, 'request')) as [IncomingMessage, ServerResponse];
  return { request, response, client };
}

const tooLarge = () => new S3Error('EntityTooLarge');

describe('request body', () => {
  it('comes chunk by chunk to its end', async () => {
    const { request, client } = await incoming('PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 6');
    const body = new RequestBody(request, 6);
    const read = readWhole(body, 100, tooLarge);
    client.write('abc');
    setImmediate(() => client.write('def'));
    expect((await read).toString()).toBe('abcdef');
    expect(body.ended).toBe(true);
    expect(body.receivedBytes).toBe(6);
  });

  it('is empty at once where there is nothing', async () => {
    const { request } = await incoming('PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 0');
    expect(await readWhole(new RequestBody(request, 0), 100, tooLarge)).toHaveLength(0);
  });

  it('is not begun before somebody asks for it', async () => {
    const { request, client } = await incoming('PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 3');
    let begun = 0;
    const body = new RequestBody(request, 3, () => {
      begun++;
    });
    client.write('abc');
    expect([body.begun, begun]).toEqual([false, 0]);
    await readWhole(body, 100, tooLarge);
    expect([body.begun, begun]).toEqual([true, 1]);
  });

  it('is IncompleteBody when the client goes away before the end', async () => {
    const { request, client } = await incoming('PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 6');
    const read = readWhole(new RequestBody(request, 6), 100, tooLarge);
    client.write('abc', () => client.destroy());
    await expect(read).rejects.toMatchObject({ code: 'IncompleteBody' });
  });

  it('is IncompleteBody when the client went away before anybody read', async () => {
    const { request, client } = await incoming('PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 6');
    const closed = new Promise((resolve) => request.on('close', resolve));
    client.destroy();
    await closed;
    await expect(readWhole(new RequestBody(request, 6), 100, tooLarge)).rejects.toMatchObject({
      code: 'IncompleteBody',
    });
  });

  it('gives what had arrived before it failed', async () => {
    const { request, client } = await incoming('PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 6');
    const body = new RequestBody(request, 6);
    const reader = body[Symbol.asyncIterator]();
    client.write('abc');
    expect((await reader.next()).value?.toString()).toBe('abc');
    const next = reader.next();
    expect(body.waiting).toBe(true);
    body.fail(new S3Error('RequestTimeout'));
    await expect(next).rejects.toMatchObject({ code: 'RequestTimeout' });
    await expect(reader.next()).rejects.toMatchObject({ code: 'RequestTimeout' });
  });

  it('holds a fast client back while nobody reads, and loses nothing', async () => {
    const size = 32 * 1024 * 1024;
    const { request, client } = await incoming(
      `PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: ${size}`,
    );
    const body = new RequestBody(request, size);
    const reader = body[Symbol.asyncIterator]();
    const block = Buffer.alloc(size, 'x');
    const sent = new Promise<void>((resolve) => client.write(block, () => resolve()));
    const first = await reader.next();
    let length = first.value!.length;
    // The kernel takes its own share; the body itself holds little.
    for (let turn = 0; turn < 200; turn++) await new Promise(setImmediate);
    expect(body.receivedBytes).toBeLessThan(maxQueuedBytes * 3);
    for (;;) {
      const { done, value } = await reader.next();
      if (done) break;
      length += value.length;
    }
    await sent;
    expect(length).toBe(size);
  });

  it('can be given up in the middle', async () => {
    const { request, client } = await incoming('PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 6');
    client.write('abc');
    const body = new RequestBody(request, 6);
    for await (const chunk of body) {
      expect(chunk.toString()).toBe('abc');
      break;
    }
    expect(body.ended).toBe(false);
  });

  it('is read once', async () => {
    const { request } = await incoming('PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 0');
    const body = new RequestBody(request, 0);
    await readWhole(body, 1, tooLarge);
    await expect(readWhole(body, 1, tooLarge)).rejects.toThrow('once');
  });

  it('is refused when it is too large, by its length or by counting', async () => {
    const { request, client } = await incoming('PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 9');
    await expect(readWhole(new RequestBody(request, 9), 8, tooLarge)).rejects.toMatchObject({
      code: 'EntityTooLarge',
    });
    client.write('123456789');
    await expect(readWhole(new RequestBody(request, undefined), 8, tooLarge)).rejects.toMatchObject(
      { code: 'EntityTooLarge' },
    );
  });
});

describe('declared body', () => {
  it('tells a length, chunks and nothing apart', () => {
    expect(declaredBody({ 'content-length': '12' })).toEqual({ length: 12 });
    expect(declaredBody({ 'content-length': '0' })).toEqual({ length: 0 });
    expect(declaredBody({ 'transfer-encoding': 'Chunked' })).toEqual({ length: undefined });
    expect(declaredBody({})).toBeUndefined();
  });

  it('refuses other transfer codings by the name of their header', () => {
    expect(() => declaredBody({ 'transfer-encoding': 'gzip, chunked' })).toThrow(
      expect.objectContaining({
        code: 'NotImplemented',
        fields: { Header: 'Transfer-Encoding' },
      }),
    );
  });
});
