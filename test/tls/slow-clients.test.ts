/** Clients that take or give next to nothing, over TLS: each holds a bounded amount of the server's memory. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { CreateBucketCommand, type S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { main } from '../support/accounts.ts';
import { createAuthority } from '../support/issue-certificate.ts';
import { bytesOf, put, read } from '../support/objects.ts';
import { signedV4 } from '../support/signed-request.ts';
import { consolePage, type RunningServer, startServer } from '../support/start-server.ts';
import { handshake, secureClient } from '../support/tls.ts';

const MiB = 2 ** 20;
const slowClients = 96;
/** As over TCP, and once more what is encrypted and not sent. */
const bytesOfReader = MiB / 2;
const bytesOfUpload = 0.75 * MiB;
/** What fast requests, the collector and OpenSSL may need besides. */
const slackBytes = 64 * MiB;
const sentAtOnce = 1900 * 1024;
const bucket = 'slow';
const large = bytesOf(24 * MiB, 7);
const authority = createAuthority();
const ca = authority.certificate;
const directory = mkdtempSync(join(tmpdir(), 'kist-slow-tls-'));

let server: RunningServer;
let client: S3Client;
const slow: TLSSocket[] = [];

beforeAll(async () => {
  const { certificate, key } = authority.issue(['127.0.0.1']);
  const [crt, keyFile] = [join(directory, 'server.crt'), join(directory, 'server.key')];
  writeFileSync(crt, certificate);
  writeFileSync(keyFile, key, { mode: 0o600 });
  server = await startServer({ workers: 1, ca, flags: ['--tls-cert', crt, '--tls-key', keyFile] });
  client = secureClient(server.endpoint, ca, main);
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  await put(client, bucket, 'large', large);
});
afterEach(async () => {
  for (const one of slow.splice(0)) one.destroy();
  await expect.poll(requestsInFlight, { timeout: 30_000 }).toBe(0);
});
afterAll(async () => {
  client.destroy();
  await server.remove();
  rmSync(directory, { recursive: true });
});

async function metric(pattern: RegExp): Promise<number> {
  const { body } = await consolePage(server.consolePort, '/metrics', ca);
  return Number(pattern.exec(body)?.[1]);
}

const residentBytes = () =>
  metric(/^kist_process_resident_memory_bytes\{process="worker-0"\} (\S+)$/m);
const requestsInFlight = () => metric(/^kist_http_requests_in_flight(?:\{[^}]*\})? (\S+)$/m);

/** Bodies that are large enough to be streamed, there and back. */
async function fastOnes(): Promise<void> {
  for (let n = 0; n < 12; n++) {
    const body = bytesOf(3 * MiB + n, 100 + n);
    await put(client, bucket, `fast-${n}`, body);
    expect((await read(client, bucket, `fast-${n}`)).equals(body)).toBe(true);
  }
}

async function open(): Promise<TLSSocket> {
  const socket = await handshake(server.port, ca);
  slow.push(socket);
  return socket;
}

test.each([
  [
    'read nothing',
    bytesOfReader,
    async () => {
      const socket = await open();
      socket.write(signedV4({ method: 'GET', path: `/${bucket}/large` }).head);
      await once(socket, 'readable');
    },
  ],
  [
    'stop in the middle of an upload',
    bytesOfUpload,
    async () => {
      const socket = await open();
      const headers = { 'content-length': String(large.length) };
      const path = `/${bucket}/upload-${slow.length}`;
      const request = { method: 'PUT', path, headers, payload: 'UNSIGNED-PAYLOAD' };
      socket.write(signedV4(request).head);
      socket.write(large.subarray(0, sentAtOnce));
    },
  ],
])(
  'many clients that %s hold what was promised, and the fast ones go on',
  async (_, each, begin) => {
    await fastOnes();
    const before = await residentBytes();
    for (let n = 0; n < slowClients; n++) await begin();
    await expect.poll(requestsInFlight, { timeout: 30_000 }).toBe(slowClients);
    await fastOnes();
    const held = (await residentBytes()) - before;
    expect(held).toBeLessThan(slowClients * each + slackBytes);
  },
);
