/** Requests over Node's own HTTP client, on connections that are kept. */
import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
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
      const end: Ending = { host: origin.host, signal, reason: undefined };
      return new Promise<TransportResponse>((resolve, reject) => {
        sent.once('response', (message) => resolve(responseOf(message, end)));
        sent.once('error', (error) => reject(failure(error, end)));
        limitTime(sent, timeouts, end);
        if (expectsContinue) whenContinued(sent, () => writeBody(sent, body, end));
        else writeBody(sent, body, end);
      });
    },
    close() {
      plain.destroy();
      secure.destroy();
    },
  };
}

/** Why a request was ended from here, before its time. */
interface Ending {
  readonly host: string;
  readonly signal: AbortSignal | undefined;
  /** That it took too long, or that its body failed. */
  reason: unknown;
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

function writeBody(sent: ClientRequest, body: TransportRequest['body'], end: Ending): void {
  if (body === undefined) sent.end();
  else if (body instanceof Uint8Array) sent.end(body);
  else {
    writeChunks(sent, body).catch((error: unknown) => {
      end.reason = error;
      sent.destroy();
    });
  }
}

/** A refusal may come, and close the connection, before the body was sent: the answer then counts. */
async function writeChunks(sent: ClientRequest, body: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of body) {
    if (sent.destroyed) return;
    if (!sent.write(chunk)) await drained(sent);
  }
  sent.end();
}

const drained = (sent: ClientRequest): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      sent.off('drain', done);
      sent.off('close', done);
      resolve();
    };
    sent.on('drain', done);
    sent.on('close', done);
    if (sent.destroyed) done();
  });

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
  sent.once('response', (message) => {
    clearTimeout(timer);
    // It was refused: the body stays here, and the connection can't be used for another request.
    if (!begun) message.once('close', () => sent.destroy());
    begun = true;
  });
  sent.once('close', () => clearTimeout(timer));
  sent.flushHeaders();
}

function limitTime(sent: ClientRequest, { connectMs, idleMs }: Timeouts, end: Ending): void {
  const expire = (what: string) => () => {
    end.reason = new S3Error('TimeoutError', `${end.host}: ${what}`);
    sent.destroy();
  };
  sent.setTimeout(idleMs, expire(`nothing came or went for ${idleMs / 1000} seconds`));
  sent.once('socket', (socket) => {
    if (!socket.connecting) return;
    const timer = setTimeout(expire(`no connection within ${connectMs / 1000} seconds`), connectMs);
    socket.once('connect', () => clearTimeout(timer));
    socket.once('close', () => clearTimeout(timer));
  });
}

function failure(error: Error, { host, signal, reason }: Ending): unknown {
  if (signal?.aborted) return signal.reason;
  return reason ?? new S3Error('NetworkError', `${host}: ${error.message}`, { cause: error });
}

function responseOf(message: IncomingMessage, end: Ending): TransportResponse {
  const { statusCode: status = 0, headers } = message;
  return {
    status,
    headers: headers as Readonly<Record<string, string | undefined>>,
    body: new NodeBody(message, end),
  };
}

class NodeBody implements ResponseBody {
  readonly #message: IncomingMessage;
  readonly #end: Ending;

  constructor(message: IncomingMessage, end: Ending) {
    this.#message = message;
    this.#end = end;
  }

  bytes(): Promise<Uint8Array> {
    const message = this.#message;
    return new Promise((resolve, reject) => {
      const cutOff = () => reject(this.#failure(new Error('the answer was cut off')));
      // Whoever reads later than it was closed would wait for ever.
      if (message.destroyed && !message.readableEnded) return cutOff();
      const chunks: Buffer[] = [];
      let length = 0;
      message.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        length += chunk.length;
      });
      message.once('end', () => resolve(concat(chunks, length)));
      message.once('error', (error) => reject(this.#failure(error)));
      message.once('close', () => {
        if (!message.complete) cutOff();
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

  #failure(error: Error): unknown {
    return failure(error, this.#end);
  }
}
