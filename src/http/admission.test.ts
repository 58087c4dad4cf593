import { afterEach, describe, expect, it } from 'vitest';
import { type Admission, createAdmission } from './admission.ts';
import { type Edge, startEdge } from './edge.fixture.ts';
import type { Exchange } from './exchange.ts';

const MiB = 1024 ** 2;

function exchangeOf(contentLength?: number): Exchange {
  const headers = contentLength === undefined ? {} : { 'content-length': contentLength.toString() };
  // The members that admission knows.
  return { headers, atWork: false, bufferedBytes: 0, querying: false } as unknown as Exchange;
}

function begin(admission: Admission, ...args: Parameters<Admission['admit']>): Exchange {
  admission.began(args[0]);
  admission.admit(...args);
  return args[0];
}

const limits = { maxInFlight: 100, maxBufferedBytes: 4 * MiB, maxSelectQueries: 2 };

describe('admission', () => {
  it('takes small bodies and documents for their length, of large streams what is in memory', () => {
    const admission = createAdmission({ ...limits, maxBufferedBytes: 2.5 * MiB });
    const large = begin(admission, exchangeOf(5 * 1024 ** 3), 'PutObject', 'stream');
    const another = begin(admission, exchangeOf(1024 ** 3), 'UploadPart', 'stream');
    begin(admission, exchangeOf(MiB - 10), 'PutObject', 'stream');
    begin(admission, exchangeOf(10), 'PutBucketPolicy', 'text');
    expect(() => begin(admission, exchangeOf(1), 'PutObject', 'stream')).toThrow(
      expect.objectContaining({ code: 'SlowDown' }),
    );
    admission.ended(large);
    begin(admission, exchangeOf(2 * MiB), 'PutObject', 'stream');
    admission.ended(another);
  });

  it('leaves a document that is too long to be refused for that', () => {
    const admission = createAdmission(limits);
    begin(admission, exchangeOf(1024 ** 4), 'PutBucketTagging', 'xml');
  });

  it('is Busy when enough queries are at work, and knows when they have ended', () => {
    const admission = createAdmission(limits);
    const query = () => begin(admission, exchangeOf(100), 'SelectObjectContent', 'xml');
    const first = query();
    query();
    expect(query).toThrow(expect.objectContaining({ code: 'Busy' }));
    admission.ended(first);
    query();
  });
});

describe('on the wire', () => {
  let edge: Edge;
  afterEach(() => edge.stop());

  it('an upload is SlowDown while others hold all the memory there is for bodies, and then taken', async () => {
    edge = await startEdge({ deps: { maxBufferedBytes: 1.5 * MiB } });
    const put = `PUT /public/k HTTP/1.1\nHost: s3.example.com\nContent-Length:`;
    const slow = edge.open();
    slow.write(`${put} ${1.5 * MiB}\n\n`.replaceAll('\n', '\r\n'));
    await expect.poll(() => edge.seen.length).toBe(1);
    const refused = await edge.ask(`${put} ${MiB}\nExpect: 100-continue`);
    expect(refused.status).toBe(503);
    expect(refused.body.toString()).toContain('<Code>SlowDown</Code>');
    expect((await edge.ask(`${put} 5`, 'hello')).status).toBe(200);
    slow.write(Buffer.alloc(1.5 * MiB));
    expect((await slow.answer()).status).toBe(200);
    expect((await edge.ask(`${put} ${MiB}`, Buffer.alloc(MiB))).status).toBe(200);
  });

  it('takes nothing for a client that went away before it was asked', async () => {
    let found: () => void = () => undefined;
    let asked = 0;
    const late = new Promise<void>((resolve) => {
      found = resolve;
    });
    edge = await startEdge({
      deps: { maxBufferedBytes: 1.5 * MiB },
      wrapStore: (store) => ({
        ...store,
        buckets: {
          ...store.buckets,
          get: async (namespace, name) => {
            asked++;
            await late;
            return store.buckets.get(namespace, name);
          },
        },
      }),
    });
    const put = `PUT /public/k HTTP/1.1\nHost: s3.example.com\nContent-Length: ${MiB}`;
    const gone = edge.open();
    gone.write(`${put}\n\n`.replaceAll('\n', '\r\n'));
    await expect.poll(() => asked).toBe(1);
    gone.socket.resetAndDestroy();
    await expect.poll(() => edge.entries.length).toBe(1);
    found();
    expect((await edge.ask(put, Buffer.alloc(MiB))).status).toBe(200);
  });
});
