/**
 * Hands requests of the console port that are for the admin API, or for IAM and STS, to the process that serves
 * these. The first process has no store and does nothing of its own with them: it bounds them, and says who the
 * client is. While that process is away, they are answered 503.
 *
 * A body is read whole before a connection is opened, so that a slow client holds nothing but its own memory, and
 * what is passed on has one length, whatever a client said in which way.
 */
import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { Log } from '../observe/log.ts';
import {
  type ApiHandler,
  clientAddressHeader,
  clientTlsHeader,
  isClientHeader,
} from './api-listener.ts';

export const maxApiBodyBytes = 1024 * 1024;
/** What is read and thrown away of a body that is too large. */
const maxDiscardedBytes = 8 * 1024 * 1024;
/** Of all clients at once. */
export const maxApiRequests = 64;
/** From the end of a request to the beginning of its answer, and between two pieces of that. */
const apiAnswerTimeoutMs = 60_000;
const retryAfterSeconds = 1;

/** About the connection that a request came on, not about the request. */
const connectionHeaders: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** @param socketNow where the API is served, undefined while it isn't */
export function createApiProxy(
  socketNow: () => string | undefined,
  log: Pick<Log, 'warn'>,
): ApiHandler {
  let underWay = 0;

  async function pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(incoming);
    if (response.destroyed) return;
    if (body === 'too large') {
      const message = `A body has at most ${maxApiBodyBytes} bytes.`;
      return refuse(response, 413, 'RequestTooLarge', message, []);
    }
    const socketPath = socketNow();
    if (socketPath === undefined) return unavailable(response);
    const outgoing = request({
      socketPath,
      agent: false,
      method: incoming.method,
      path: incoming.url,
      headers: headersFor(incoming, body) as never,
      timeout: apiAnswerTimeoutMs,
    });
    response.once('close', () => outgoing.destroy());
    outgoing.on('timeout', () => outgoing.destroy(new Error('it did not answer in time')));
    outgoing.on('error', (error) => {
      if (response.destroyed || response.writableEnded) return;
      log.warn('the admin API did not answer', { reason: error.message });
      if (response.headersSent) response.destroy();
      else unavailable(response);
    });
    outgoing.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, headersBack(answer.rawHeaders));
      answer.on('error', () => response.destroy());
      answer.pipe(response);
    });
    outgoing.end(body);
  }

  return (incoming, response) => {
    if (underWay >= maxApiRequests) {
      incoming.resume();
      unavailable(response);
      return;
    }
    underWay++;
    response.once('close', () => {
      underWay--;
    });
    pass(incoming, response).catch(() => response.destroy());
  };
}

/** @throws Error if the client goes away, or sends far too much: its connection is cut */
async function bodyOf(incoming: IncomingMessage): Promise<Buffer | 'too large'> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Whoever sends too much is told so, which needs the connection; who goes on and on is not.
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxApiBodyBytes + maxDiscardedBytes) throw new Error('the body has no end');
    if (bytes <= maxApiBodyBytes) chunks.push(chunk);
  }
  return bytes > maxApiBodyBytes ? 'too large' : Buffer.concat(chunks, bytes);
}

/** In the order sent, as signatures and repeated headers want it. */
function headersFor({ rawHeaders, headers, socket }: IncomingMessage, body: Buffer): string[] {
  const passed: string[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const lower = rawHeaders[i]!.toLowerCase();
    if (connectionHeaders.has(lower) || isClientHeader(lower)) continue;
    passed.push(rawHeaders[i]!, rawHeaders[i + 1]!);
  }
  const hasBody = headers['content-length'] !== undefined || body.length > 0;
  if (hasBody) passed.push('Content-Length', String(body.length));
  passed.push(clientAddressHeader, socket.remoteAddress ?? '');
  const tls = (socket as Partial<TLSSocket>).encrypted === true;
  if (tls) passed.push(clientTlsHeader, (socket as TLSSocket).getProtocol() ?? 'TLS');
  return passed;
}

function headersBack(rawHeaders: readonly string[]): string[] {
  const passed: string[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const lower = rawHeaders[i]!.toLowerCase();
    // The length of an answer is known, and stays.
    if (connectionHeaders.has(lower) && lower !== 'content-length') continue;
    passed.push(rawHeaders[i]!, rawHeaders[i + 1]!);
  }
  return passed;
}

function unavailable(response: ServerResponse): void {
  const message = 'The admin API is starting again. Try again in a moment.';
  refuse(response, 503, 'Unavailable', message, ['Retry-After', String(retryAfterSeconds)]);
}

function refuse(
  response: ServerResponse,
  status: number,
  code: string,
  message: string,
  headers: readonly string[],
): void {
  const body = `${JSON.stringify({ code, message })}\n`;
  response.writeHead(status, [
    ...['Content-Type', 'application/json', 'Cache-Control', 'no-store'],
    ...['Content-Length', String(Buffer.byteLength(body)), ...headers],
  ]);
  response.end(body);
}
