import { describe, expect, it } from 'vitest';
import { ListBuckets } from '../../model/operations.gen.ts';
import type { Runtime, TransportResponse } from '../runtime.ts';
import { S3Error } from '../s3-error.ts';
import { nodeRuntime } from './node-runtime.ts';
import { createPatientSender } from './patient-sender.ts';

const refused = () =>
  new S3Error('NetworkError', 'connect ECONNREFUSED', {
    cause: Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }),
  });
const reset = () => new S3Error('NetworkError', 'read ECONNRESET');

function answer(status: number, text: string): TransportResponse {
  const bytes = new TextEncoder().encode(text);
  return {
    status,
    headers: {},
    body: {
      async *[Symbol.asyncIterator]() {
        yield bytes;
      },
      bytes: async () => bytes,
      cancel() {},
    },
  };
}
const slowDown = () => answer(503, '<Error><Code>SlowDown</Code></Error>');
const done = () => answer(200, '<ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>');

type Fate = () => TransportResponse | S3Error;

/** Each request meets the next fate; the last one stays. */
function harness(...fates: readonly Fate[]) {
  const pauses: number[] = [];
  let requests = 0;
  const runtime: Runtime = {
    ...nodeRuntime,
    random: () => 1,
    sleep: async (ms) => {
      pauses.push(ms);
    },
    createTransport: () => ({
      async send() {
        const met = fates[Math.min(requests++, fates.length - 1)]!();
        if (met instanceof S3Error) throw met;
        return met;
      },
      close() {},
    }),
  };
  const sender = createPatientSender(
    { endpoint: 'http://127.0.0.1:1', credentials: null },
    runtime,
  );
  return { pauses, list: () => sender.send(ListBuckets, {}), requests: () => requests };
}

describe('a server', () => {
  it('that was never reached has a wrong address: that is told at once', async () => {
    const { list, requests } = harness(refused);
    await expect(list()).rejects.toMatchObject({ code: 'ServerUnreachable' });
    expect(requests()).toBe(1);
  });

  it('that has answered once is waited for when it can’t be reached', async () => {
    const { list, pauses } = harness(done, refused, refused, done);
    await list();
    await list();
    expect(pauses).toEqual([100, 200]);
  });

  it('whose connections break is asked again from the first request on', async () => {
    const { list, requests } = harness(reset, slowDown, done);
    await list();
    expect(requests()).toBe(3);
  });

  it('that is always busy is given up in the end', async () => {
    const { list, requests, pauses } = harness(slowDown);
    await expect(list()).rejects.toMatchObject({ code: 'SlowDown' });
    expect(requests()).toBe(8);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(20_000);
  });
});
