/**
 * The console port: health and metrics for monitors, answered here; the admin API, and IAM and STS, which another
 * process serves.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerHealth, type HealthSource } from '../observe/health.ts';
import type { Log } from '../observe/log.ts';
import type { ServerTls } from '../tls/server-contexts.ts';
import type { ApiHandler } from './api-listener.ts';
import type { Address } from './supervisor-messages.ts';

const maxConsoleConnections = 256;
const consoleTimeoutMs = 10_000;

export interface ConsoleListener {
  readonly address: Address;
  close(): Promise<void>;
}

/** IAM and STS are asked by forms that are posted to `/`. */
const isForApi = (method: string, path: string): boolean =>
  path.startsWith('/api/') || (path === '/' && method === 'POST');

export async function listenForConsole(
  at: Address,
  source: HealthSource,
  log: Log,
  tls?: ServerTls,
  api?: ApiHandler,
): Promise<ConsoleListener> {
  const options = {
    maxHeaderSize: 16 * 1024,
    headersTimeout: consoleTimeoutMs,
    requestTimeout: consoleTimeoutMs,
    keepAliveTimeout: consoleTimeoutMs,
  };
  const { server, endHandshakes } =
    tls === undefined
      ? { server: createServer(options), endHandshakes: () => {} }
      : (await import('./secure-server.ts')).createSecureServer(options, tls, 'console');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const path = (request.url ?? '/').split('?', 1)[0]!;
    const method = request.method ?? 'GET';
    if (api !== undefined && isForApi(method, path)) {
      api(request, response);
      return;
    }
    // Bodies are not for us; reading them off keeps the connection usable.
    request.resume();
    answerHealth(method, path, source).then(
      ({ status, contentType, body }) => {
        response.writeHead(status, {
          'Content-Type': contentType,
          'Content-Length': Buffer.byteLength(body),
          'Cache-Control': 'no-store',
        });
        response.end(method === 'HEAD' ? undefined : body);
      },
      (error: unknown) => {
        log.error('console request failed', { method, path, error });
        response.writeHead(500).end();
      },
    );
  });
  server.maxConnections = maxConsoleConnections;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: at.host, port: at.port, exclusive: true }, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    address: { host: at.host, port },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        endHandshakes();
      }),
  };
}
