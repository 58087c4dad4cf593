import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { type Edge, startEdge } from './edge.fixture.ts';
import { maxWaiting } from './pipelined-answers.ts';
import { code } from './raw-client.fixture.ts';

let edge: Edge;
afterEach(() => edge.stop());

const host = 'Host: s3.example.com';
const get = (type: string) =>
  `GET /public/open?response-content-type=${type} HTTP/1.1\r\n${host}\r\n\r\n`;
const asked = () => edge.seen.map(({ input }) => input.ResponseContentType);

describe('a request that was sent before the answer to another', () => {
  it('is begun when that is out', async () => {
    edge = await startEdge();
    const connection = edge.open();
    connection.write(get('slow') + get('first') + get('second'));
    await expect.poll(() => edge.seen.length).toBe(1);
    // Another connection's is answered meanwhile, so these would have been.
    expect((await edge.ask(`GET /public/open HTTP/1.1\n${host}`)).status).toBe(200);
    expect(asked()).toEqual(['slow', undefined]);
    edge.release();
    expect((await connection.answer()).body).toBe('');
    expect((await connection.answer()).body).toBe('hello');
    expect((await connection.answer()).body).toBe('hello');
    expect(asked()).toEqual(['slow', undefined, 'first', 'second']);
    await expect
      .poll(() => edge.entries.map(({ aborted }) => aborted))
      .toEqual(Array(4).fill(false));
  });

  it('keeps its body until then, however long that is', async () => {
    edge = await startEdge();
    const connection = edge.open();
    const body = Buffer.alloc(3_000_000, 'x');
    connection.write(get('slow'));
    connection.write(`PUT /public/k HTTP/1.1\r\n${host}\r\nContent-Length: ${body.length}\r\n\r\n`);
    connection.write(body);
    connection.write(get('last'));
    await expect.poll(() => edge.seen.length).toBe(1);
    edge.release();
    expect((await connection.answer()).status).toBe(200);
    expect((await connection.answer()).headers.etag).toBe(
      `"${createHash('md5').update(body).digest('hex')}"`,
    );
    expect((await connection.answer()).body).toBe('hello');
  });

  it('ends when its client goes away, and takes nobody else the room', async () => {
    edge = await startEdge({ deps: { maxInFlight: 5 } });
    const connection = edge.open();
    connection.write(get('slow-body') + get('text').repeat(10));
    await expect.poll(() => edge.seen.length).toBe(1);
    const ask = () => edge.ask(`GET /public/open HTTP/1.1\n${host}`);
    expect((await ask()).status).toBe(200);
    connection.socket.destroy();
    await expect.poll(() => edge.entries.length).toBe(12);
    for (const { status } of await Promise.all([ask(), ask(), ask(), ask(), ask()])) {
      expect(status).toBe(200);
    }
    expect(edge.seen).toHaveLength(7);
  });

  it('ends unheard when the answer before it closes the connection', async () => {
    edge = await startEdge();
    const connection = edge.open();
    connection.write(get('slow') + get('text'));
    await expect.poll(() => edge.seen.length).toBe(1);
    const drained = edge.listener.drain(10_000);
    edge.release();
    expect((await connection.answer()).headers.connection).toBe('close');
    await drained;
    await expect.poll(() => edge.entries.length).toBe(2);
    expect(asked()).toEqual(['slow']);
  });

  it('is SlowDown where too many wait on its connection', async () => {
    edge = await startEdge();
    const connection = edge.open();
    connection.write(get('slow') + get('text').repeat(maxWaiting + 1));
    await expect.poll(() => edge.seen.length).toBe(1);
    edge.release();
    expect((await connection.answer()).status).toBe(200);
    for (let i = 0; i < maxWaiting; i++) expect((await connection.answer()).body).toBe('hello');
    expect(code(await connection.answer())).toBe('SlowDown');
    await expect.poll(() => edge.entries.length).toBe(maxWaiting + 2);
  });

  it('does not keep a client that takes nothing of the answer before it', async () => {
    edge = await startEdge({ limits: { idleTimeoutMs: 200 } });
    const connection = edge.open();
    connection.socket.pause();
    connection.write(get('large') + get('text'));
    await expect.poll(() => edge.entries.length, { timeout: 5000 }).toBe(2);
    expect(asked()).toEqual(['large']);
    expect(edge.largeEnded).toBe(true);
  });
});
