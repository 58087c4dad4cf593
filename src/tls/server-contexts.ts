/**
 * Certificates as node:tls serves them. A new state holds for connections from then on; those that are open keep
 * what they began with.
 */
import { constants } from 'node:crypto';
import { createSecureContext, type SecureContext, type Server, type TlsOptions } from 'node:tls';
import { chooserOf } from './certificate-choice.ts';
import type { TlsSource, TlsState } from './tls-source.ts';

export interface ServerTls {
  readonly source: TlsSource;
  /** The oldest version of the protocol that is spoken. */
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
  /** How long the handshake of a connection may take. */
  readonly handshakeTimeoutMs: number;
}

export interface ServerContexts {
  /** To create the server with. */
  readonly options: TlsOptions;
  /** Has the server follow the source until it is closed. */
  follow(server: Server): void;
}

/** @param purpose keeps sessions of one server from being resumed at another one that has the same ticket keys */
export function serverContexts(tls: ServerTls, purpose: string): ServerContexts {
  const { source, minVersion } = tls;
  let contexts = contextsOf(source.current(), minVersion);

  const secured = (state: TlsState) => ({
    ...ownOptions(state, 0, minVersion),
    ticketKeys: Buffer.from(state.ticketKeys, 'base64'),
    sessionIdContext: purpose,
  });

  return {
    options: {
      ...secured(source.current()),
      handshakeTimeout: tls.handshakeTimeoutMs,
      ALPNProtocols: ['http/1.1'],
      SNICallback: (serverName, done) => {
        try {
          done(null, contexts(serverName));
        } catch (error) {
          done(error as Error);
        }
      },
    },
    follow(server) {
      const end = source.onChange((state) => {
        contexts = contextsOf(state, minVersion);
        server.setSecureContext(secured(state));
      });
      server.once('close', end);
    },
  };
}

function ownOptions({ pairs }: TlsState, index: number, minVersion: ServerTls['minVersion']) {
  const { certificate, key } = pairs[index]!;
  // A client that negotiates anew and anew would cost a handshake each time.
  const secureOptions = constants.SSL_OP_NO_RENEGOTIATION;
  return { cert: certificate, key, minVersion, secureOptions };
}

/** By the name that a client asks for; undefined is what the server has for those that ask for none. */
function contextsOf(
  state: TlsState,
  minVersion: ServerTls['minVersion'],
): (serverName: string) => SecureContext | undefined {
  const choose = chooserOf(state.pairs);
  const made = new Map<number, SecureContext>();
  return (serverName) => {
    const index = choose(serverName);
    if (index === 0) return undefined;
    const context = made.get(index) ?? createSecureContext(ownOptions(state, index, minVersion));
    made.set(index, context);
    return context;
  };
}
