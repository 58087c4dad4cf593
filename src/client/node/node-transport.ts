/** Requests over Node's own HTTP client, on connections that are kept. */
import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { pipeline, Readable } from 'node:stream';
import { concat } from '../body.ts';
import type {
  ResponseBody,
  Timeouts,
  Transport,
  TransportOptions,
  TransportRequest,
  TransportResponse,
} from '../runtime.ts';
import { S3Error } from '../s3-error.ts';

/** From here on a body is sent when the server has agreed to take it, or has said nothing for a second. */
const expectContinueFromBytes = 1024 * 1024;
const continueTimeoutMs = 1000;

export function createNodeTransport({ maxConnections }: TransportOptions): Transport {
  const options = { keepAlive: true, maxSockets: maxConnections, noDelay: true } as const;
  const plain = new HttpAgent(options);
  const secure = new HttpsAgent(options);

  return {
    send(request) {
      const { origin, method, path, headers, body, signal, timeouts } = request;
      const expectsContinue = Number(headers['content-length'] ?? 0) >= expectContinueFromBytes;
      const sent = (origin.secure ? httpsRequest : httpRequest)({
        agent: origin.secure ? secure : plain,
        hostname: origin.hostname,
        port: origin.port,
        method,
        path,
        // As a list they are written as they are, without a lookup each.
        headers: headerList(headers, expectsContinue) as unknown as Record<string, string>,
        ...(signal === undefined ? {} : { signal }),
      });
      return new Promise<TransportResponse>((resolve, reject) => {
        sent.once('response', (message) => resolve(responseOf(message, signal)));
        sent.once('error', (error) => reject(failure(error, request)));
        limitTime(sent, timeouts);
        if (expectsContinue) whenContinued(sent, () => writeBody(sent, body));
        else writeBody(sent, body);
      });
    },
    close() {
      plain.destroy();
      secure.destroy();
    },
  };
}

function headerList(
  headers: Readonly<Record<string, string>>,
  expectsContinue: boolean,
): readonly string[] {
  const list: string[] = [];
  for (const name in headers) list.push(name, headers[name]!);
  if (expectsContinue) list.push('expect', '100-continue');
  return list;
}

function writeBody(sent: ClientRequest, body: TransportRequest['body']): void {
  if (body === undefined) sent.end();
  else if (body instanceof Uint8Array) sent.end(body);
  else {
    // A refusal may come, and close the connection, before the body was sent: the answer then counts.
    pipeline(Readable.from(body, { objectMode: false }), sent, (error) => {
      if (error && !sent.destroyed) sent.destroy(error);
    });
  }
}

function whenContinued(sent: ClientRequest, write: () => void): void {
  let begun = false;
  const begin = () => {
    clearTimeout(timer);
    if (begun || sent.destroyed) return;
    begun = true;
    write();
  };
  const timer = setTimeout(begin, continueTimeoutMs);
  sent.once('continue', begin);
  sent.once('response', () => {
    clearTimeout(timer);
    // It was refused: the body stays here, and the connection can't be used for another request.
    if (!begun) sent.destroy();
  });
  sent.once('close', () => clearTimeout(timer));
  sent.flushHeaders();
}

function limitTime(sent: ClientRequest, { connectMs, idleMs }: Timeouts): void {
  const expire = (what: string) => () =>
    sent.destroy(Object.assign(new Error(what), { code: 'ETIMEDOUT' }));
  sent.setTimeout(idleMs, expire(`nothing came or went for ${idleMs / 1000} seconds`));
  sent.once('socket', (socket) => {
    if (!socket.connecting) return;
    const timer = setTimeout(expire(`no connection within ${connectMs / 1000} seconds`), connectMs);
    socket.once('connect', () => clearTimeout(timer));
    socket.once('close', () => clearTimeout(timer));
  });
}

function failure(error: Error & { code?: string }, { origin, signal }: TransportRequest): unknown {
  if (signal?.aborted) return signal.reason;
  if (error instanceof S3Error) return error;
  const code = error.code === 'ETIMEDOUT' ? 'TimeoutError' : 'NetworkError';
  return new S3Error(code, `${origin.host}: ${error.message}`, { cause: error });
}

function responseOf(message: IncomingMessage, signal: AbortSignal | undefined): TransportResponse {
  const { statusCode: status = 0, headers } = message;
  return {
    status,
    headers: headers as Readonly<Record<string, string | undefined>>,
    body: new NodeBody(message, signal),
  };
}

class NodeBody implements ResponseBody {
  readonly #message: IncomingMessage;
  readonly #signal: AbortSignal | undefined;

  constructor(message: IncomingMessage, signal: AbortSignal | undefined) {
    this.#message = message;
    this.#signal = signal;
  }

  bytes(): Promise<Uint8Array> {
    const message = this.#message;
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      let length = 0;
      message.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        length += chunk.length;
      });
      message.once('end', () => resolve(concat(chunks, length)));
      message.once('error', (error) => reject(this.#failure(error)));
      message.once('close', () => {
        if (!message.complete) reject(this.#failure(new Error('the answer was cut off')));
      });
    });
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      yield* this.#message as AsyncIterable<Uint8Array>;
    } catch (error) {
      throw this.#failure(error as Error);
    }
  }

  cancel(): void {
    this.#message.destroy();
  }

  #failure(error: Error & { code?: string }): unknown {
    if (this.#signal?.aborted) return this.#signal.reason;
    const code = error.code === 'ETIMEDOUT' ? 'TimeoutError' : 'NetworkError';
    return new S3Error(code, error.message, { cause: error });
  }
}
