/** One connection against servers that behave, and some that don't. */
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type Connection, createConnection, type OutgoingRequest } from './connection.ts';

const servers: Server[] = [];
const connections: Connection[] = [];
afterEach(() => {
  for (const connection of connections.splice(0)) connection.close();
  for (const server of servers.splice(0)) server.close();
});

/** A connection to a server that does `serve` with each socket. */
async function connectionTo(serve: (socket: Socket) => void): Promise<Connection> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    serve(socket);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { readonly port: number };
  const connection = createConnection({ tls: false, hostname: '127.0.0.1', port });
  connections.push(connection);
  return connection;
}

const get: OutgoingRequest = { head: 'GET / HTTP/1.1\r\n\r\n', bodyBytes: 0 };

/** The answer's status, or the code of why there is none. */
function sent(connection: Connection, request = get): Promise<number | string> {
  return new Promise((resolve) => {
    connection.send(request, (failure) => resolve(failure?.code ?? connection.answer.status()));
  });
}

const answer = (headers = '') => `HTTP/1.1 200 OK\r\n${headers}Content-Length: 0\r\n\r\n`;

describe('a connection', () => {
  it('carries one request after the other', async () => {
    let opened = 0;
    const connection = await connectionTo((socket) => {
      opened++;
      socket.on('data', () => socket.write(answer()));
    });
    expect([await sent(connection), await sent(connection)]).toEqual([200, 200]);
    expect(opened).toBe(1);
  });

  it('is opened anew after the server asked to close it', async () => {
    let opened = 0;
    const connection = await connectionTo((socket) => {
      opened++;
      socket.on('data', () => socket.write(answer('Connection: close\r\n')));
    });
    expect([await sent(connection), await sent(connection)]).toEqual([200, 200]);
    expect(opened).toBe(2);
  });

  it('tells by code when no answer comes, and recovers', async () => {
    let broken = true;
    const connection = await connectionTo((socket) => {
      socket.on('data', () => (broken ? socket.end('HTTP/1.1 2') : socket.write(answer())));
    });
    expect(await sent(connection)).toBe('ConnectionClosed');
    broken = false;
    expect(await sent(connection)).toBe(200);
  });

  it('tells by code when nobody listens or nonsense comes back', async () => {
    const connection = await connectionTo((socket) => {
      socket.on('data', () => socket.write('220 mail.example.com ESMTP\r\n\r\n'));
    });
    expect(await sent(connection)).toBe('MalformedAnswer');
    const server = servers.pop()!;
    connections.pop()!.close();
    await new Promise((resolve) => server.close(resolve));
    expect(await sent(connection)).toBe('ECONNREFUSED');
  });

  it('sends bodies of any length from one buffer, whole', async () => {
    const body = Buffer.alloc(100_000, 'x');
    for (const bodyBytes of [1, 4096, 100_000, 1_050_000]) {
      let received = 0;
      const wanted = get.head.length + bodyBytes;
      const connection = await connectionTo((socket) => {
        socket.on('data', (data) => {
          received += data.length;
          if (received >= wanted) socket.write(answer());
        });
      });
      expect(await sent(connection, { ...get, bodyBytes, body })).toBe(200);
      expect(received).toBe(wanted);
    }
  });

  it('does not go on after an answer that came before the whole body was sent', async () => {
    let opened = 0;
    const connection = await connectionTo((socket) => {
      opened++;
      socket.once('data', () => {
        socket.pause();
        socket.write('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
      });
    });
    const body = Buffer.alloc(1024 * 1024);
    const large = { ...get, bodyBytes: 512 * 1024 * 1024, body };
    expect(await sent(connection, large)).toBe(403);
    expect(await sent(connection)).toBe(403);
    expect(opened).toBe(2);
  });
});
