/** What becomes of an order at an authority that doesn't want it; one that does is in test/tls/acme.test.ts. */
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createAuthority } from '../../../test/support/issue-certificate.ts';
import { isAcmeInstalled, newKey, OrderError, orderCertificate } from './order.ts';

const authority = createAuthority();
let server: Server;
let answer: RequestListener;
let requests: number;
beforeEach(async () => {
  requests = 0;
  const { certificate: cert, key } = authority.issue(['127.0.0.1']);
  server = createServer({ cert, key }, (request, response) => {
    requests++;
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

async function refusal(): Promise<OrderError> {
  const { port } = server.address() as AddressInfo;
  const error = await orderCertificate({
    directoryUrl: `https://127.0.0.1:${port}/dir`,
    names: ['s3.example.com'],
    email: undefined,
    accountKey: newKey(),
    ca: authority.certificate,
    proof: {
      type: 'http-01',
      show: () => Promise.reject(new Error('never')),
      advice: () => '',
    },
  }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(OrderError);
  return error as OrderError;
}

it('finds its package', () => {
  expect(isAcmeInstalled()).toBe(true);
});

it('takes over when the authority wants to be asked again, and does not ask meanwhile', async () => {
  answer = (_, response) => {
    response.writeHead(429, { 'Retry-After': '120', 'Content-Type': 'application/json' }).end('{}');
  };
  const { message, retryAfterMs } = await refusal();
  expect(retryAfterMs).toBe(120_000);
  expect(message).toMatch(/^the account at https:\/\/127\.0\.0\.1:\d+\/dir: .*429/);
  expect(requests).toBe(1);
});

it('reads that as a date, too', async () => {
  const date = new Date(Date.now() + 3_600_000).toUTCString();
  answer = (_, response) => void response.writeHead(503, { 'Retry-After': date }).end();
  const { retryAfterMs } = await refusal();
  expect(retryAfterMs).toBeGreaterThan(3_500_000);
  expect(retryAfterMs).toBeLessThanOrEqual(3_600_000);
});

it('takes no more than a bounded answer', async () => {
  answer = (_, response) => void response.end(Buffer.alloc(2 * 1024 * 1024, 0x20));
  expect((await refusal()).message).toMatch(/maxContentLength/);
});

it('has words where nobody answers', async () => {
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  expect(port).not.toBe((server.address() as AddressInfo).port);
  const error = await orderCertificate({
    directoryUrl: `https://127.0.0.1:${port}/dir`,
    names: ['s3.example.com'],
    email: undefined,
    accountKey: newKey(),
    ca: undefined,
    proof: { type: 'http-01', show: () => Promise.reject(new Error('never')), advice: () => '' },
  }).catch((reason: unknown) => reason);
  expect((error as Error).message).toContain('ECONNREFUSED');
});
