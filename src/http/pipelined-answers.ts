/**
 * Requests that follow each other on a connection without waiting for answers (RFC 9112, section 9.3.2): each is
 * begun when the answer before it is out. Begun at once, a DELETE could be overtaken by the PUT before it, and
 * one connection that takes no answers could have thousands of them in memory.
 *
 * When a connection closes, Node tells the answer that it is at and forgets those behind: their requests would
 * never end, nor give back what they hold. Here they are closed, too.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Requests that may wait on one connection. */
export const maxWaiting = 64;

const behind = new WeakMap<Socket, Set<ServerResponse>>();

/** Calls back once the answer has its connection; never if that closes before. */
export function whenConnected(response: ServerResponse, callback: () => void): void {
  if (response.socket !== null) callback();
  // Node has not finished handing the connection over.
  else response.once('socket', () => process.nextTick(callback));
}

/**
 * Sees to it that an answer without a connection is closed with that of its request. False if so many wait there
 * that this one is not to.
 */
export function mayWait({ socket }: IncomingMessage, response: ServerResponse): boolean {
  if (response.socket !== null) return true;
  const waiting = behind.get(socket) ?? closedWith(socket);
  waiting.add(response);
  response.once('socket', () => waiting.delete(response));
  return waiting.size <= maxWaiting;
}

function closedWith(socket: Socket): Set<ServerResponse> {
  const waiting = new Set<ServerResponse>();
  behind.set(socket, waiting);
  socket.once('close', () => {
    for (const response of waiting) {
      response.destroy();
      response.emit('close');
    }
  });
  return waiting;
}
