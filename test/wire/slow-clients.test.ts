/**
 * Clients that take or give next to nothing: each holds a bounded amount of the server's memory, the others
 * don't notice, and what the slow ones get in the end is whole.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { CreateBucketCommand, type S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { main } from '../support/accounts.ts';
import { bytesOf, put, read } from '../support/objects.ts';
import { RawConnection } from '../support/raw-http.ts';
import { s3Client } from '../support/s3-client.ts';
import { md5Base64, signedV4 } from '../support/signed-request.ts';
import { type RunningServer, startServer } from '../support/start-server.ts';

const MiB = 2 ** 20;
const slowClients = 96;
/** What the server may hold for a client that reads nothing, and for one whose upload stands still. */
const bytesOfReader = MiB / 4;
const bytesOfUpload = 0.75 * MiB;
/** What fast requests and the collector may need besides. */
const slackBytes = 64 * MiB;
const patient = { timeout: 30_000 };
const bucket = 'slow';
const large = bytesOf(24 * MiB, 7);

let server: RunningServer;
let client: S3Client;
const slow: { destroy(): void }[] = [];

beforeAll(async () => {
  server = await startServer({ workers: 1 });
  client = s3Client(server.endpoint, main);
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  await put(client, bucket, 'large', large);
});
afterEach(async () => {
  for (const one of slow.splice(0)) one.destroy();
  await expect.poll(requestsInFlight, patient).toBe(0);
});
afterAll(async () => {
  client.destroy();
  await server.remove();
});

async function metric(pattern: RegExp): Promise<number> {
  const page = await fetch(`http://127.0.0.1:${server.consolePort}/metrics`);
  return Number(pattern.exec(await page.text())?.[1]);
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

/** Has asked for the large object, seen the beginning of the answer, and reads no more. */
async function startReading(): Promise<Socket> {
  const socket = connect(server.port, '127.0.0.1');
  slow.push(socket);
  socket.write(signedV4({ method: 'GET', path: `/${bucket}/large` }).head);
  await once(socket, 'readable');
  return socket;
}

/** Everything that comes until the object is whole, its head cut off. */
async function readOn(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  let wanted = Number.POSITIVE_INFINITY;
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    const headEnd = chunks.length === 1 ? chunk.indexOf('\r\n\r\n') : -1;
    if (headEnd >= 0) wanted = headEnd + 4 + large.length;
    if (length >= wanted) break;
  }
  const all = Buffer.concat(chunks);
  return all.subarray(all.indexOf('\r\n\r\n') + 4);
}

const sentAtOnce = 1900 * 1024;

async function startUploading(key: string): Promise<RawConnection> {
  const upload = await RawConnection.open(server.port);
  slow.push({ destroy: () => upload.close() });
  const headers = { 'content-length': String(large.length) };
  const path = `/${bucket}/${key}`;
  await upload.write(signedV4({ method: 'PUT', path, headers, payload: 'UNSIGNED-PAYLOAD' }).head);
  await upload.write(large.subarray(0, sentAtOnce));
  return upload;
}

test('many clients that read nothing hold a chunk each, and the fast ones go on', async () => {
  await fastOnes();
  const before = await residentBytes();
  const readers: Socket[] = [];
  for (let n = 0; n < slowClients; n++) readers.push(await startReading());
  expect(await requestsInFlight()).toBe(slowClients);
  await fastOnes();
  const held = (await residentBytes()) - before;
  expect(held).toBeLessThan(slowClients * bytesOfReader + slackBytes);
  // Their chunks have waited while the same memory served others.
  for (const reader of readers.slice(0, 3)) {
    expect((await readOn(reader)).equals(large)).toBe(true);
  }
});

test('many uploads that stand still hold what was promised, and the fast ones go on', async () => {
  await fastOnes();
  const before = await residentBytes();
  const uploads: RawConnection[] = [];
  for (let n = 0; n < slowClients; n++) uploads.push(await startUploading(`upload-${n}`));
  await expect.poll(requestsInFlight, patient).toBe(slowClients);
  await fastOnes();
  const held = (await residentBytes()) - before;
  expect(held).toBeLessThan(slowClients * bytesOfUpload + slackBytes);
  const first = uploads[0]!;
  await first.write(large.subarray(sentAtOnce));
  const { status, headers } = await first.response();
  expect(status).toBe(200);
  expect(headers.etag).toBe(`"${Buffer.from(md5Base64(large), 'base64').toString('hex')}"`);
  expect((await read(client, bucket, 'upload-0')).equals(large)).toBe(true);
});
