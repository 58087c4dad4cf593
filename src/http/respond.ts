/**
 * Writing an answer: small ones in one go, streams with back-pressure. A stream that fails or falls short
 * destroys the connection, so that nobody takes half an object for a whole one.
 */
import type { StreamingBody } from '../model/streaming-body.ts';
import type { EncodedResponse } from '../protocol/encode.ts';
import type { Exchange } from './exchange.ts';

/** Bytes of an unread body that are read off to keep a connection; with more to come it is closed. */
export const maxDrainBytes = 1024 * 1024;
/** How long a client may go on sending to a connection that is about to be closed. */
export const lingerMs = 2000;

export interface AnswerHeaders {
  readonly hostId: string;
  /** The server takes no further requests on this connection. */
  readonly draining: boolean;
  /** Milliseconds, never going back. */
  readonly monotonicNow: () => number;
}

const bodiless: ReadonlySet<number> = new Set([204, 304]);

/** Resolves when everything was handed to the connection, or it is gone. */
export function respond(
  exchange: Exchange,
  encoded: EncodedResponse,
  base: AnswerHeaders,
): Promise<void> | undefined {
  const { body } = encoded;
  if (body === undefined || Buffer.isBuffer(body)) {
    respondAtOnce(exchange, { ...encoded, body }, base);
    return undefined;
  }
  if (exchange.closed) return abandon(body);
  const rest = writeHead(exchange, encoded, base);
  return stream(exchange, body, contentLength(encoded.headers), rest, base);
}

/** An answer whose body, if any, is at hand. */
export function respondAtOnce(
  exchange: Exchange,
  encoded: EncodedResponse & { readonly body: Buffer | undefined },
  base: AnswerHeaders,
): void {
  if (exchange.closed) return;
  const { status, headers, body } = encoded;
  const { response } = exchange;
  const isHead = exchange.incoming.method === 'HEAD';
  const measured =
    isHead || bodiless.has(status) || contentLength(headers) !== undefined
      ? headers
      : [...headers, 'Content-Length', String(body?.length ?? 0)];
  const rest = writeHead(exchange, { status, headers: measured, body }, base);
  const bytes = isHead ? undefined : body;
  exchange.bytesOut = bytes?.length ?? 0;
  if (rest === 'much') {
    linger(exchange, bytes);
    return;
  }
  response.end(bytes);
  // A body that its reader gave up is paused: what little is left of it must not hold the connection up.
  if (exchange.body?.begun === true && !exchange.incoming.complete) exchange.incoming.resume();
}

function writeHead(
  exchange: Exchange,
  { status, headers }: EncodedResponse,
  { hostId, draining, monotonicNow }: AnswerHeaders,
): RestOfBody {
  const rest = restOfBody(exchange);
  const head = [
    'x-amz-id-2',
    hostId,
    'x-amz-request-id',
    exchange.requestId,
    'Server',
    'Kist',
    ...exchange.edgeHeaders,
    ...headers,
  ];
  if (draining || exchange.broken || rest !== 'little') head.push('Connection', 'close');
  exchange.response.writeHead(status, head);
  exchange.firstByteAt = monotonicNow();
  return rest;
}

/**
 * What the client may still send of its body: nothing that matters, more than is worth reading off, or
 * nothing unless it gives up waiting for `100 Continue`.
 */
type RestOfBody = 'little' | 'much' | 'held back';

function restOfBody(exchange: Exchange): RestOfBody {
  const { incoming, body, awaitsContinue } = exchange;
  if (incoming.complete || body?.ended === true) return 'little';
  if (awaitsContinue && body?.begun !== true) return 'held back';
  const headers = exchange.headers ?? incoming.headers;
  if (headers['transfer-encoding'] !== undefined) return 'much';
  const declared = Number(headers['content-length'] ?? 0);
  return declared - (body?.receivedBytes ?? 0) > maxDrainBytes ? 'much' : 'little';
}

/**
 * Sends the answer, then reads on for a while before closing: closing over unread bytes would make the
 * kernel reset the connection, and the client could lose the answer.
 */
function linger({ response, incoming }: Exchange, bytes: Buffer | undefined): void {
  if (bytes === undefined || bytes.length === 0) response.flushHeaders();
  else response.write(bytes);
  let received = 0;
  const end = (): void => {
    clearTimeout(timer);
    incoming.off('data', count);
    incoming.off('end', end);
    incoming.off('close', end);
    response.end();
  };
  const count = (chunk: Buffer): void => {
    received += chunk.length;
    if (received > maxDrainBytes) end();
  };
  const timer = setTimeout(end, lingerMs);
  incoming.on('end', end);
  incoming.on('close', end);
  incoming.on('data', count);
  incoming.resume();
}

async function stream(
  exchange: Exchange,
  body: StreamingBody | AsyncIterable<Buffer>,
  length: number | undefined,
  rest: RestOfBody,
  { monotonicNow }: AnswerHeaders,
): Promise<void> {
  const { response } = exchange;
  let sent = 0;
  let wake: (() => void) | undefined;
  response.on('close', () => wake?.());
  const reader = body[Symbol.asyncIterator]();
  const recycle = 'recycle' in body ? body.recycle : undefined;
  try {
    for (;;) {
      const { done, value } = await reader.next();
      if (done) break;
      // The head waits for the body's beginning and goes out with it.
      if (sent === 0) exchange.firstByteAt = monotonicNow();
      sent += value.length;
      exchange.bytesOut = sent;
      // The kernel holds enough to send while the next chunk is fetched; one more here would be there for
      // each client that takes its time.
      await new Promise<void>((resolve) => {
        wake = resolve;
        response.write(value, (error) => {
          if (error == null) recycle?.(value);
          resolve();
        });
        if (exchange.closed) resolve();
      });
      if (exchange.closed) {
        await reader.return?.();
        return;
      }
    }
    if (length !== undefined && sent !== length) {
      throw new Error(`the body of an answer has ${sent} bytes, ${length} were announced`);
    }
    if (rest === 'much') linger(exchange, undefined);
    else response.end();
  } catch (error) {
    // Whoever is gone does not care.
    if (exchange.closed) return;
    response.destroy();
    throw error;
  }
}

async function abandon(body: AsyncIterable<Buffer>): Promise<void> {
  await body[Symbol.asyncIterator]().return?.();
}

function contentLength(headers: readonly string[]): number | undefined {
  for (let i = 0; i < headers.length; i += 2) {
    if (isContentLength(headers[i]!)) return Number(headers[i + 1]);
  }
  return undefined;
}

const contentLengthName = 'content-length';

function isContentLength(name: string): boolean {
  return name.length === contentLengthName.length && name.toLowerCase() === contentLengthName;
}
