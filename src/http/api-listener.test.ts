/** The socket on which the admin API is reached: where it is, and whom its connections stand for. */
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { TLSSocket } from 'node:tls';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type ApiListener, listenForApi } from './api-listener.ts';

let directory: string;
let listener: ApiListener | undefined;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'kist-socket-'));
});
afterEach(async () => {
  await listener?.close();
  listener = undefined;
  rmSync(directory, { recursive: true });
});

/** What the handler sees of whoever asks. */
const listen = (at: string) =>
  listenForApi(at, 'jobs-1.sock', (incoming, response) => {
    const { remoteAddress, encrypted } = incoming.socket as TLSSocket;
    response.end(JSON.stringify({ remoteAddress, encrypted, rawHeaders: incoming.rawHeaders }));
  });

async function ask(headers: Readonly<Record<string, string>> = {}) {
  const outgoing = request({ socketPath: listener!.socket, agent: false, headers });
  outgoing.end();
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  return JSON.parse(await text(response)) as {
    remoteAddress?: string;
    encrypted?: boolean;
    rawHeaders: string[];
  };
}

it('takes on the client that the first process names, and passes its headers on without', async () => {
  listener = await listen(join(directory, 'api'));
  const seen = await ask({
    ...{ 'x-kist-client-address': '192.0.2.1', 'x-kist-client-tls': 'TLSv1.3', 'X-Own': 'a' },
  });
  expect(seen).toMatchObject({ remoteAddress: '192.0.2.1', encrypted: true });
  expect(seen.rawHeaders.join()).not.toContain('x-kist-client');
  expect(seen.rawHeaders).toContain('X-Own');
  expect((await ask({ 'x-kist-client-address': '192.0.2.2' })).remoteAddress).toBe('192.0.2.2');
});

it('is in a directory for its owner alone, and gone with its process', async () => {
  const at = join(directory, 'api');
  listener = await listen(at);
  expect(statSync(at).mode & 0o777).toBe(0o700);
  const { socket } = listener;
  await listener.close();
  expect(existsSync(socket)).toBe(false);
});

it('takes the place of one that a killed process left', async () => {
  writeFileSync(join(directory, 'jobs-1.sock'), '');
  listener = await listen(directory);
  expect((await ask({ 'x-kist-client-address': '192.0.2.1' })).remoteAddress).toBe('192.0.2.1');
});

it('is in a directory of its own, gone with it, where the path would be too long for a socket', async () => {
  listener = await listen(join(directory, 'x'.repeat(100)));
  const { socket } = listener;
  expect(socket.startsWith(directory)).toBe(false);
  expect(statSync(dirname(socket)).mode & 0o777).toBe(0o700);
  await ask();
  await listener.close();
  expect(existsSync(dirname(socket))).toBe(false);
});
