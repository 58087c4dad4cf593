/** TLS on the S3 port: handshakes, the names that clients ask for, sessions, and certificates that change. */
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { type AddressInfo, connect as connectTcp } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fingerprintOf } from '../../test/support/issue-certificate.ts';
import { heldCertificate, stateOf, testAuthority } from '../tls/held-certificate.fixture.ts';
import type { ServerTls } from '../tls/server-contexts.ts';
import type { TlsHolder } from '../tls/tls-source.ts';
import { type Edge, startEdge } from './edge.fixture.ts';
import type { HandshakeFailure } from './secure-server.ts';

const first = testAuthority.issue(['localhost', '127.0.0.1']);
const second = testAuthority.issue(['photos.s3.example.com']);
const wildcard = testAuthority.issue(['*.s3.example.com']);
const get = 'GET /public/open HTTP/1.1\r\nHost: s3.example.com\r\n\r\n';

let tls: TlsHolder;
let edge: Edge;
const sockets: { destroy(): void }[] = [];
beforeEach(async () => {
  tls = heldCertificate(first, second, wildcard);
  edge = await startEdge({ tls });
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await edge.stop();
});

/** Verified against the authority; rejects if there is no agreement. */
async function open(options: ConnectionOptions = {}): Promise<TLSSocket> {
  const { port } = edge.listener;
  const ca = testAuthority.certificate;
  const socket = connect({ port, host: '127.0.0.1', ca, ...options });
  sockets.push(socket);
  socket.on('error', () => undefined);
  await once(socket, 'secureConnect');
  return socket;
}

const certificateOf = (socket: TLSSocket) => socket.getPeerCertificate().fingerprint256;

async function ask(socket: TLSSocket): Promise<string> {
  socket.write(get);
  const [data] = (await once(socket, 'data')) as [Buffer];
  return data.toString('latin1');
}

describe('a client gets the certificate', () => {
  it.each([
    ['for exactly the name', 'photos.s3.example.com', second],
    ['for all names beside it', 'bucket.s3.example.com', wildcard],
  ])('%s that it asks for', async (_, servername, { certificate }) => {
    expect(certificateOf(await open({ servername }))).toBe(fingerprintOf(certificate));
  });

  it('that is the first, if it asks for no name', async () => {
    expect(certificateOf(await open())).toBe(fingerprintOf(first.certificate));
  });

  it('that is the first, if it asks for a name that none is for', async () => {
    const socket = await open({ servername: 'other.example', rejectUnauthorized: false });
    expect(certificateOf(socket)).toBe(fingerprintOf(first.certificate));
  });
});

describe('certificates that change', () => {
  it('are used for connections from then on, and those that are open go on', async () => {
    const before = await open();
    expect(await ask(before)).toMatch(/^HTTP\/1\.1 200 /);
    const [newFirst, newSecond] = [
      testAuthority.issue(['127.0.0.1']),
      testAuthority.issue(['photos.s3.example.com']),
    ];
    tls.set(stateOf(newFirst, newSecond));
    expect(certificateOf(await open())).toBe(fingerprintOf(newFirst.certificate));
    const named = await open({ servername: 'photos.s3.example.com' });
    expect(certificateOf(named)).toBe(fingerprintOf(newSecond.certificate));
    expect(await ask(before)).toMatch(/^HTTP\/1\.1 200 /);
    expect(certificateOf(before)).toBe(fingerprintOf(first.certificate));
  });

  it('bring new ticket keys with them', async () => {
    const session = await sessionOf();
    tls.set(stateOf(first));
    expect((await open({ session, maxVersion: 'TLSv1.2' })).isSessionReused()).toBe(false);
  });
});

async function sessionOf(): Promise<Buffer> {
  const socket = await open({ maxVersion: 'TLSv1.2' });
  return socket.getSession()!;
}

describe('a session', () => {
  it('of TLS 1.2 is resumed', async () => {
    const session = await sessionOf();
    expect((await open({ session, maxVersion: 'TLSv1.2' })).isSessionReused()).toBe(true);
  });

  it('of TLS 1.3 is resumed, also at another process with the same ticket keys', async () => {
    const socket = await open();
    const sessions = once(socket, 'session') as Promise<[Buffer]>;
    expect(await ask(socket)).toMatch(/^HTTP\/1\.1 200 /);
    const [session] = await sessions;
    expect((await open({ session })).isSessionReused()).toBe(true);
    await edge.stop();
    edge = await startEdge({ tls });
    expect((await open({ session })).isSessionReused()).toBe(true);
  });
});

describe('a handshake', () => {
  it('agrees on http/1.1 where the client offers it', async () => {
    const socket = await open({ ALPNProtocols: ['h2', 'http/1.1'] });
    expect(socket.alpnProtocol).toBe('http/1.1');
  });

  it.each<[string, ConnectionOptions]>([
    ['offers nothing but another protocol', { ALPNProtocols: ['h2'] }],
    [
      'speaks no version that is allowed',
      { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' },
    ],
  ])('fails with a client that %s', async (_, options) => {
    await expect(open(options)).rejects.toThrow();
    await expect.poll(() => edge.connections.failures).toEqual(['refused']);
  });

  it('that does not end is cut at its limit', async () => {
    const socket = connectTcp(edge.listener.port, '127.0.0.1');
    sockets.push(socket);
    await once(socket, 'close');
    expect(edge.connections.failures).toEqual(['timeout']);
  });

  it('that is plain HTTP ends with the connection, and no answer', async () => {
    const socket = connectTcp(edge.listener.port, '127.0.0.1');
    sockets.push(socket);
    let text = '';
    socket.on('data', (data) => {
      text += data.toString('latin1');
    });
    socket.on('error', () => undefined);
    socket.write(get);
    await once(socket, 'close');
    expect(text).not.toContain('HTTP/');
    expect(edge.connections.failures).toEqual(['plain-http']);
  });

  it('is cut when the server closes, and counts as a connection as long as it is one', async () => {
    const socket = connectTcp(edge.listener.port, '127.0.0.1');
    sockets.push(socket);
    socket.on('error', () => undefined);
    await expect.poll(() => edge.connections.opened).toBe(1);
    await edge.listener.close();
    await once(socket, 'close');
    await expect.poll(() => edge.connections).toMatchObject({ opened: 1, closed: 1 });
  });

  it('under way when the server drains is let be done, and cut at the deadline', async () => {
    const done = connectTcp(edge.listener.port, '127.0.0.1');
    const never = connectTcp(edge.listener.port, '127.0.0.1');
    sockets.push(done, never);
    await expect.poll(() => edge.connections.opened).toBe(2);
    const drained = edge.listener.drain(2_000);
    const socket = connect({ socket: done, ca: testAuthority.certificate, host: '127.0.0.1' });
    await once(socket, 'secureConnect');
    expect(await ask(socket)).toMatch(/^HTTP\/1\.1 200 .*Connection: close/s);
    await drained;
    await expect.poll(() => edge.connections.closed).toBe(2);
  });
});

/** A server of nothing but TLS, and its port. */
async function serve(
  minVersion: ServerTls['minVersion'],
  answer: RequestListener,
  onFailure?: (reason: HandshakeFailure) => void,
): Promise<number> {
  const { createSecureServer } = await import('./secure-server.ts');
  const { server } = createSecureServer(
    {},
    { source: tls, minVersion, handshakeTimeoutMs: 1000 },
    'test',
    onFailure,
  );
  server.on('request', answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  sockets.push({
    destroy() {
      server.closeAllConnections();
      server.close();
    },
  });
  return (server.address() as AddressInfo).port;
}

it('a request that arrives before the answer before it is out is read to its end', async () => {
  const large = Buffer.alloc(8 * 1024 * 1024);
  let begun: (() => void) | undefined;
  const isBegun = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const port = await serve('TLSv1.2', async (request, response) => {
    if (request.method === 'GET') {
      response.end(large);
      begun?.();
    } else response.end(`${(await buffer(request)).length} bytes of body`);
  });
  const socket = await open({ port });
  socket.pause();
  socket.write(get);
  await isBegun;
  const body = Buffer.alloc(256 * 1024);
  socket.write(
    `PUT / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n`,
  );
  socket.write(body);
  const received = await buffer(socket);
  expect(received.subarray(large.length).toString('latin1')).toContain(
    `${body.length} bytes of body`,
  );
});

it('an oldest version is one: clients that speak older ones only are refused', async () => {
  const failures: string[] = [];
  const port = await serve(
    'TLSv1.3',
    () => undefined,
    (reason) => failures.push(reason),
  );
  await expect(open({ port, maxVersion: 'TLSv1.2' })).rejects.toThrow(/protocol version/i);
  expect((await open({ port })).getProtocol()).toBe('TLSv1.3');
  expect(failures).toEqual(['refused']);
});
