/**
 * The S3 port: a node:http server with explicit limits, what it does about connections that misbehave or
 * fall silent, and its orderly end.
 */
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { S3Error } from '../protocol/errors.ts';
import type { ServerTls } from '../tls/server-contexts.ts';
import { answerBadRequest, type ConnectionError } from './bad-request.ts';
import type { Exchange } from './exchange.ts';
import type { Pipeline } from './pipeline.ts';
import { whenConnected } from './pipelined-answers.ts';
import { lingerMs } from './respond.ts';
import type { HandshakeFailure } from './secure-server.ts';

export interface ListenerLimits {
  /** Open connections; further ones are closed at once. */
  readonly maxConnections: number;
  /** Request line and headers together, in bytes. */
  readonly maxHeaderBytes: number;
  /** How long the headers of a request may take to arrive. */
  readonly headersTimeoutMs: number;
  /** How long a connection may stay without a byte in either direction while a request is under way. */
  readonly idleTimeoutMs: number;
  /** How long one request may take from its first byte to the last of its answer, give or take a second. */
  readonly requestTimeoutMs: number;
}

export const defaultListenerLimits: ListenerLimits = {
  maxConnections: 10_000,
  maxHeaderBytes: 32 * 1024,
  headersTimeoutMs: 15_000,
  idleTimeoutMs: 60_000,
  requestTimeoutMs: 6 * 3_600_000,
};

/** Longer than load balancers keep idle connections (60 s as a rule), so that it is they who close. */
const keepAliveTimeoutMs = 65_000;
/** How often connections are held against their timeouts. */
const checkIntervalMs = 1000;
const idleSweepMs = 50;
/** In a rolling restart, for clients to come off their connections with their next request. */
const comeOffMs = 1500;
const maxHeaders = 1000;
const bufferedBytes = 64 * 1024;

export interface ListenOptions {
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  readonly pipeline: Pipeline;
  readonly limits?: Partial<ListenerLimits>;
  readonly newRequestId: () => string;
  readonly hostId: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly connections?: ConnectionObserver;
  /** Absent: the port speaks plain HTTP. */
  readonly tls?: ServerTls | undefined;
}

export interface ConnectionObserver {
  opened(): void;
  closed(): void;
  /** Closed at once, because there were too many. */
  refused(): void;
  /** Ended before TLS was agreed on. */
  handshakeFailed(reason: HandshakeFailure): void;
}

export interface Listener {
  readonly host: string;
  readonly port: number;
  /**
   * Accepts nothing new, closes idle connections, and resolves when the requests in flight have ended.
   * What is still open after `deadlineMs` is cut. `rolling`: a successor serves already; before anything
   * else every answer closes its connection for a while, as an idle connection that is closed on a client
   * in the very moment of its next request costs it that request.
   */
  drain(deadlineMs: number, rolling?: boolean): Promise<void>;
  /** Cuts everything at once. */
  close(): Promise<void>;
}

export async function listen(options: ListenOptions): Promise<Listener> {
  const { host, pipeline } = options;
  const limits = { ...defaultListenerLimits, ...options.limits };
  const checkMs = Math.min(checkIntervalMs, limits.headersTimeoutMs, limits.requestTimeoutMs);
  const { server, httpEvent, endHandshakes } = await createEdge(options, {
    maxHeaderSize: limits.maxHeaderBytes,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: Math.max(limits.requestTimeoutMs, limits.headersTimeoutMs),
    keepAliveTimeout: keepAliveTimeoutMs,
    connectionsCheckingInterval: checkMs,
    highWaterMark: bufferedBytes,
    noDelay: true,
    requireHostHeader: false,
    insecureHTTPParser: false,
  });
  server.maxConnections = limits.maxConnections;
  server.maxHeadersCount = maxHeaders;
  server.timeout = limits.idleTimeoutMs;
  const exchanges = watchConnections(server, options);
  cutOverlongAnswers(server, exchanges, {
    limitMs: limits.requestTimeoutMs,
    checkMs,
    httpEvent,
  });
  if (options.connections !== undefined) countConnections(server, options.connections);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port: options.port }, () => {
      server.off('error', reject);
      resolve();
    });
  });

  let ended: Promise<void> | undefined;
  const end = (): Promise<void> => {
    ended ??= new Promise((resolve) => server.close(() => resolve()));
    return ended;
  };
  return {
    host,
    port: (server.address() as AddressInfo).port,
    async drain(deadlineMs, rolling = false) {
      pipeline.drain();
      if (rolling) await delay(Math.min(comeOffMs, deadlineMs));
      const closed = end();
      server.closeIdleConnections();
      const timer = setTimeout(() => {
        server.closeAllConnections();
        endHandshakes();
      }, deadlineMs);
      // An answer that had begun before may leave its connection open.
      const sweep = setInterval(() => server.closeIdleConnections(), idleSweepMs);
      await closed;
      clearInterval(sweep);
      clearTimeout(timer);
    },
    async close() {
      pipeline.drain();
      const closed = end();
      server.closeAllConnections();
      endHandshakes();
      await closed;
    },
  };
}

interface Edge {
  readonly server: Server;
  /** The server's event for a connection that HTTP has from now on; with TLS that is after the handshake. */
  readonly httpEvent: 'connection' | 'secureConnection';
  endHandshakes(): void;
}

async function createEdge(options: ListenOptions, http: ServerOptions): Promise<Edge> {
  const { tls, connections } = options;
  if (tls === undefined) {
    return { server: createServer(http), httpEvent: 'connection', endHandshakes: () => {} };
  }
  // Late: most servers of a machine of their own speak plain HTTP, and start sooner without it.
  const { createSecureServer } = await import('./secure-server.ts');
  const secure = createSecureServer(http, tls, 's3', connections?.handshakeFailed);
  return { ...secure, httpEvent: 'secureConnection' };
}

function countConnections(server: Server, observer: ConnectionObserver): void {
  server.on('connection', (socket) => {
    observer.opened();
    socket.on('close', () => observer.closed());
  });
  server.on('drop', () => observer.refused());
}

/**
 * `requestTimeout` of node:http ends with the last byte of the request; this sees to the rest. Connections are
 * looked at every so often: a timer for each request would cost more than most of them do.
 */
function cutOverlongAnswers(
  server: Server,
  exchanges: Exchanges,
  {
    limitMs,
    checkMs,
    httpEvent,
  }: { readonly limitMs: number; readonly checkMs: number; readonly httpEvent: Edge['httpEvent'] },
): void {
  /** What was under way on each connection at the last look, and for how long it had been. */
  const seen = new Map<Socket, { exchange: Exchange | undefined; ms: number }>();
  server.on(httpEvent, (socket: Socket) => {
    seen.set(socket, { exchange: undefined, ms: 0 });
    socket.on('close', () => seen.delete(socket));
  });
  const timer = setInterval(() => {
    for (const [socket, known] of seen) {
      const exchange = exchanges.get(socket);
      if (exchange !== known.exchange || exchange?.closed !== false) {
        known.exchange = exchange;
        known.ms = 0;
      } else {
        known.ms += checkMs;
        if (known.ms > limitMs && exchange.incoming.complete) socket.destroy();
      }
    }
  }, checkMs);
  timer.unref();
  server.on('close', () => clearInterval(timer));
}

/** The request that each connection is at. */
type Exchanges = WeakMap<object, Exchange>;

function watchConnections(server: Server, options: ListenOptions): Exchanges {
  const { pipeline, newRequestId, hostId, now } = options;
  const exchanges: Exchanges = new WeakMap();
  /** Connections that were told what is wrong and are on their way out. */
  const refused = new WeakSet<object>();

  const begin = (incoming: IncomingMessage, response: ServerResponse, awaitsContinue = false) => {
    const exchange = pipeline.handle(incoming, response, awaitsContinue);
    whenConnected(response, () => exchanges.set(incoming.socket, exchange));
  };
  server.on('request', (incoming, response) => begin(incoming, response));
  server.on('checkContinue', (incoming, response) => begin(incoming, response, true));
  // An expectation that means nothing to us is not met and not refused either, as with S3 (RFC 9110
  // leaves it open).
  server.on('checkExpectation', (incoming, response) => begin(incoming, response));

  server.on('clientError', (error: ConnectionError, socket) => {
    if (refused.has(socket)) return;
    const exchange = exchanges.get(socket);
    if (exchange !== undefined && !exchange.closed) {
      const isLate = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
      breakExchange(exchange, socket as Socket, isLate ? 'RequestTimeout' : 'IncompleteBody');
      return;
    }
    if (!socket.writable || error.code === 'ECONNRESET') {
      socket.destroy();
      return;
    }
    refused.add(socket);
    answerBadRequest(socket, error, { requestId: newRequestId(), hostId, now: now() });
    // Read on for a while, for the answer's sake: see `linger` in respond.ts.
    const timer = setTimeout(() => socket.destroy(), lingerMs);
    socket.on('close', () => clearTimeout(timer));
  });

  server.on('timeout', (socket) => {
    const exchange = exchanges.get(socket);
    if (exchange === undefined || exchange.closed) {
      socket.destroy();
    } else if (exchange.body?.waiting === true) {
      exchange.broken = true;
      exchange.body.fail(new S3Error('RequestTimeout'));
    } else if (exchange.response.writableLength > 0 || exchange.response.writableEnded) {
      // Bytes wait for the client, however few.
      socket.destroy();
    } else {
      // The operation takes its time; the client is not to blame.
      socket.setTimeout(server.timeout);
    }
  });
  return exchanges;
}

/** A request is under way on bytes that make no sense any more, end too soon or take too long. */
function breakExchange(
  exchange: Exchange,
  socket: Socket,
  code: 'IncompleteBody' | 'RequestTimeout',
): void {
  exchange.broken = true;
  if (!exchange.incoming.complete) exchange.body?.fail(new S3Error(code));
  if (exchange.response.headersSent || !socket.writable) {
    exchange.response.once('finish', () => socket.destroySoon());
    if (!socket.writable) socket.destroy();
  }
}
