/**
 * A node:http server that speaks TLS. Connections whose handshake is under way are not yet HTTP's: here they are
 * bounded in time, counted when they fail, and ended with the server.
 */
import type { Server, ServerOptions } from 'node:http';
import { createServer } from 'node:https';
import type { Socket } from 'node:net';
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
  server.on('secureConnection', (socket) => pending.delete(peerOf(socket)));

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
