/**
 * The client process of `slow-clients.ts`: each connection downloads, or uploads, some bytes a second. It
 * answers on a port of its own once all of them are under way, and goes on until it is ended.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { SlowLoad } from './slow-clients.ts';

/** Each connection has its turn once a second; the turns are spread over it. */
const turnsPerSecond = 10;

const load = JSON.parse(process.argv[2] ?? '') as SlowLoad;
const heads = readFileSync(load.requestsFile, 'latin1').split('\0').slice(0, -1);
const piece = Buffer.alloc(load.bytesPerSecond, 's');

function fail(error: Error): never {
  console.error(`a slow connection: ${error.message}`);
  process.exit(1);
}

/** Resolves when the exchange is under way: with what to do each second. */
function start(head: string): Promise<() => void> {
  return new Promise((resolve) => {
    const socket: Socket = connect({ host: load.host, port: load.port });
    socket.on('error', fail);
    socket.on('close', () => fail(new Error('the server closed it')));
    socket.write(head, 'latin1');
    if (head.startsWith('PUT')) {
      socket.on('connect', () => resolve(() => socket.write(piece)));
      // An answer before the end of the body is a refusal.
      socket.on('data', (data) => fail(new Error(data.toString('latin1').slice(0, 300))));
    } else {
      // What was received and not read fills the socket's buffers, and the server has to wait.
      const take = (): void => {
        const length = Math.min(socket.readableLength, piece.length);
        if (length > 0) socket.read(length);
      };
      socket.once('readable', () => resolve(take));
    }
  });
}

const turns = await Promise.all(heads.map(start));
let turn = 0;
setInterval(() => {
  for (let n = turn; n < turns.length; n += turnsPerSecond) turns[n]!();
  turn = (turn + 1) % turnsPerSecond;
}, 1000 / turnsPerSecond);
createServer((_, response) => response.end()).listen(load.readyPort, '127.0.0.1');
