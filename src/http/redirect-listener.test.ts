/** The port for those who come over plain HTTP. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { code, openConnection, type RawConnection } from './raw-client.fixture.ts';
import {
  listenForRedirects,
  maxRedirectConnections,
  type RedirectListener,
} from './redirect-listener.ts';

let listener: RedirectListener;
const connections: RawConnection[] = [];
beforeEach(async () => {
  listener = await listenForRedirects({ host: '127.0.0.1', port: 0 }, () => 9443);
});
afterEach(async () => {
  for (const { socket } of connections.splice(0)) socket.destroy();
  await listener.close();
});

function send(text: string): RawConnection {
  const connection = openConnection(listener.address.port);
  connections.push(connection);
  connection.write(text.replaceAll('\n', '\r\n'));
  return connection;
}

const host = () => `Host: s3.example.com:${listener.address.port}`;
const message = /Use https:\/\/s3\.example\.com:9443 as the endpoint\./;

it('answers GET with 308, and an error document that names the endpoint', async () => {
  const connection = send(`GET /b/k%20?versionId=1 HTTP/1.1\n${host()}\n\n`);
  const answer = await connection.answer();
  expect([answer.status, code(answer)]).toEqual([308, 'InvalidRequest']);
  expect(answer.headers.location).toBe('https://s3.example.com:9443/b/k%20?versionId=1');
  expect(answer.body).toMatch(message);
  expect(answer.body).toContain('<Endpoint>s3.example.com:9443</Endpoint>');
  await connection.closed;
});

it('answers an ACME authority where certificates are ordered, and redirects it where they are not', async () => {
  const path = '/.well-known/acme-challenge/a_token-1';
  const redirected = send(`GET ${path} HTTP/1.1\n${host()}\n\n`);
  expect((await redirected.answer()).status).toBe(308);
  await listener.close();
  listener = await listenForRedirects(
    { host: '127.0.0.1', port: 0 },
    () => 9443,
    (token) => (token === 'a_token-1' ? 'a_token-1.thumbprint' : undefined),
  );
  const asked = await send(`GET ${path} HTTP/1.1\n${host()}\n\n`).answer();
  expect([asked.status, asked.body]).toEqual([200, 'a_token-1.thumbprint']);
  const other = await send(`GET ${path}2 HTTP/1.1\n${host()}\n\n`).answer();
  expect(other.status).toBe(404);
  for (const [method, target] of [
    ['PUT', path],
    ['GET', `${path}/..`],
    ['GET', '/b/.well-known/acme-challenge/a_token-1'],
  ]) {
    const answer = await send(`${method} ${target} HTTP/1.1\n${host()}\n\n`).answer();
    expect([target, answer.status]).toEqual([target, 308]);
  }
});

it('answers HEAD with 308 and no body', async () => {
  const connection = send(`HEAD /b HTTP/1.1\n${host()}\n\n`);
  const answer = await connection.answer('HEAD');
  expect([answer.status, answer.headers.location]).toEqual([308, 'https://s3.example.com:9443/b']);
  await connection.closed;
  expect(connection.text()).toBe('');
});

it.each(['PUT', 'POST', 'DELETE', 'OPTIONS'])(
  'answers %s with 308, which keeps the method',
  async (method) => {
    const connection = send(`${method} /b/k HTTP/1.1\n${host()}\nContent-Length: 4\n\nbody`);
    const answer = await connection.answer();
    expect([answer.status, code(answer)]).toEqual([308, 'InvalidRequest']);
    expect(answer.headers.location).toBe('https://s3.example.com:9443/b/k');
    await connection.closed;
  },
);

it('does not ask for a body that waits to be asked for', async () => {
  const connection = send(
    `PUT /b/k HTTP/1.1\n${host()}\nContent-Length: 4\nExpect: 100-continue\n\n`,
  );
  expect((await connection.answer()).status).toBe(308);
});

it('lets a client that sends a large body have the answer, and reads little of it', async () => {
  const connection = send(`PUT /b/k HTTP/1.1\n${host()}\nContent-Length: 1000000000\n\n`);
  const { socket } = connection;
  let sent = 0;
  const chunk = Buffer.alloc(64 * 1024);
  const more = (): void => {
    while (!socket.destroyed && socket.write(chunk)) sent += chunk.length;
  };
  socket.on('drain', more);
  more();
  expect((await connection.answer()).status).toBe(308);
  await connection.closed;
  expect(sent).toBeLessThan(100_000_000);
});

it.each([
  ['no host', 'GET / HTTP/1.1\n\n'],
  ['a host that is none', 'GET / HTTP/1.1\nHost: a/b\n\n'],
  ['two hosts', 'GET / HTTP/1.1\nHost: a\nHost: b\n\n'],
  ['a query that is none', 'GET /?%zz HTTP/1.1\nHost: a\n\n'],
])('refuses a request with %s', async (_, text) => {
  const answer = await send(text).answer();
  expect(answer.status).toBe(400);
  expect(answer.headers.location).toBeUndefined();
});

it('closes connections beyond its limit', async () => {
  for (let n = 0; n < maxRedirectConnections; n++) send('');
  const beyond = send('');
  await beyond.closed;
  expect(beyond.text()).toBe('');
});
