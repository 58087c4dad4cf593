/** A rate holds for all bodies together, and no byte is lost; the clock is the test's. */
import { expect, it } from 'vitest';
import { nodeRuntime } from '../client/node/node-runtime.ts';
import type { Runtime, TransportRequest, TransportResponse } from '../client/runtime.ts';
import { limitedRate } from './rate-limit.ts';

const request = (body: TransportRequest['body']) => ({ body }) as TransportRequest;

function house(answer: Uint8Array) {
  let clock = 1_000_000;
  const got: number[] = [];
  const runtime: Runtime = {
    ...nodeRuntime,
    now: () => clock,
    sleep: async (ms) => {
      clock += ms;
    },
    createTransport: () => ({
      async send({ body }) {
        let length = 0;
        if (body instanceof Uint8Array) length = body.length;
        else if (body !== undefined) for await (const chunk of body) length += chunk.length;
        got.push(length);
        const response = {
          status: 200,
          headers: {},
          body: {
            async *[Symbol.asyncIterator]() {
              yield answer;
            },
            bytes: async () => answer,
            cancel() {},
          },
        };
        return response satisfies TransportResponse;
      },
      close() {},
    }),
  };
  const transport = limitedRate(runtime, 100_000).createTransport({ maxConnections: 1 });
  return { transport, got, elapsed: () => clock - 1_000_000 };
}

it('what is sent and what is received share it', async () => {
  const { transport, got, elapsed } = house(new Uint8Array(200_000));
  const { body } = await transport.send(request(new Uint8Array(300_000)));
  expect(got).toEqual([300_000]);
  expect(elapsed()).toBeGreaterThan(2500);
  let received = 0;
  for await (const chunk of body) received += chunk.length;
  expect(received).toBe(200_000);
  expect(elapsed()).toBeGreaterThan(4500);
  expect(elapsed()).toBeLessThan(5500);
});

it('a request without a body, and an answer as a whole, pass', async () => {
  const { transport, got, elapsed } = house(new Uint8Array(100_000));
  const { body } = await transport.send(request(undefined));
  expect([got, elapsed()]).toEqual([[0], 0]);
  expect(await body.bytes()).toHaveLength(100_000);
  expect(elapsed()).toBeGreaterThan(700);
});
