/**
 * A node:http server that speaks TLS. Connections whose handshake is under way are not yet HTTP's: here they are
 * bounded in time, counted when they fail, and ended with the server.
 */
import type { Server, ServerOptions } from 'node:http';
import { createServer } from 'node:https';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { type ServerTls, serverContexts } from '../tls/server-contexts.ts';

export type HandshakeFailure = 'timeout' | 'plain-http' | 'closed' | 'refused';

export interface SecureServer {
  /** Its event for connections that HTTP has is 'secureConnection'. */
  readonly server: Server;
  /** Cuts connections whose handshake is under way. */
  endHandshakes(): void;
}

export function createSecureServer(
  options: ServerOptions,
  tls: ServerTls,
  purpose: string,
  onFailure: (reason: HandshakeFailure) => void = () => {},
): SecureServer {
  const contexts = serverContexts(tls, purpose);
  const server = createServer({ ...options, ...contexts.options });
  contexts.follow(server);

  /** TCP connections that are not yet HTTP's, by their remote address and port. */
  const pending = new Map<string, Socket>();
  server.on('connection', (socket: Socket) => {
    const id = peerOf(socket);
    pending.set(id, socket);
    socket.on('close', () => {
      if (pending.get(id) === socket) pending.delete(id);
    });
  });
  server.on('secureConnection', (socket) => {
    pending.delete(peerOf(socket));
    neverFull(socket);
  });

  // Node would hand a failed handshake to 'clientError', which is for those who speak HTTP.
  server.removeAllListeners('tlsClientError');
  server.on('tlsClientError', (error, socket) => {
    onFailure(failureOf(error));
    socket.destroy();
  });
  return {
    // Beside what TLS adds it is the same: https.Server has all of http.Server's methods and events.
    server: server as unknown as Server,
    endHandshakes() {
      for (const socket of pending.values()) socket.destroy();
    },
  };
}

/**
 * A request that arrives before the end of the answer before it has left has node:http pause its parser, while TLS
 * goes on to deliver what it has decrypted: the parser fails with HPE_PAUSED, and the connection is cut in the midst
 * of a request (seen with Node 20: clients need only be quicker than the server's last look at the socket). It asks
 * the socket whether it is full, so here it never is. That takes no back-pressure away: bodies of
 * objects wait for each write's callback, other answers are small, and how many requests may come without waiting for
 * answers is bounded (pipelined-answers.ts).
 */
function neverFull(socket: TLSSocket): void {
  const { _writableState: state } = socket as TLSSocket & {
    readonly _writableState: { highWaterMark: number };
  };
  state.highWaterMark = Number.POSITIVE_INFINITY;
}

/** One connection at a time has it. */
function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

function failureOf(error: Error & { readonly code?: string }): HandshakeFailure {
  switch (error.code) {
    case 'ERR_TLS_HANDSHAKE_TIMEOUT':
      return 'timeout';
    case 'ERR_SSL_HTTP_REQUEST':
      return 'plain-http';
    case 'ECONNRESET':
    case 'EPIPE':
      return 'closed';
    default:
      return 'refused';
  }
}
