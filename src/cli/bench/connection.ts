/**
 * One connection to an S3 server with one request at a time: a raw socket, opened again after it was
 * closed. Node's own HTTP client costs several times as much for each request, which would make it the
 * thing that is measured.
 */
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type AnswerParser, createAnswerParser } from './answer-parser.ts';

/** Without a byte in either direction for as long, a request has failed. */
const idleTimeoutMs = 60_000;
const readBufferBytes = 256 * 1024;
/** Bodies up to this go out in one piece with their head: a copy is cheaper than a second write. */
const maxJoinedBytes = 64 * 1024;

export interface Peer {
  readonly tls: boolean;
  readonly hostname: string;
  readonly port: number;
}

export interface OutgoingRequest {
  /** Up to and with the empty line; one character per byte. */
  readonly head: string;
  readonly toHead?: boolean;
  /** Bytes of the body; 0 for none. */
  readonly bodyBytes: number;
  /** The body, repeated until it is long enough. */
  readonly body?: Buffer;
  readonly keepBody?: boolean;
}

/** `failure` says why there is no answer; without it, `answer` has it until the next request. */
export type OnAnswer = (failure: ConnectionError | undefined) => void;

export interface Connection {
  /** The answer to the last request. */
  readonly answer: Pick<AnswerParser, 'status' | 'bodyBytes' | 'body'>;
  send(request: OutgoingRequest, done: OnAnswer): void;
  close(): void;
}

export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
  /** As statistics name it. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export function createConnection(peer: Peer): Connection {
  const parser = createAnswerParser();
  let socket: Socket | undefined;
  let waiting: OnAnswer | undefined;
  let sending = false;

  function drop(): void {
    const dropped = socket;
    socket = undefined;
    sending = false;
    dropped?.destroy();
  }

  function settle(failure: ConnectionError | undefined): void {
    const done = waiting;
    waiting = undefined;
    // With some of the body unsent, the server would take the rest for the next request.
    if (failure !== undefined || sending || !parser.keepsAlive()) drop();
    done?.(failure);
  }

  function receive(data: Buffer): void {
    if (waiting === undefined) {
      // Nothing was asked: whatever this is, the connection is out of step.
      drop();
      return;
    }
    try {
      if (parser.take(data)) settle(undefined);
    } catch (error) {
      settle(new ConnectionError('MalformedAnswer', String(error)));
    }
  }

  function open(): Socket {
    const { hostname, port } = peer;
    const opened = peer.tls
      ? connectTls({ host: hostname, port, servername: hostname, ALPNProtocols: ['http/1.1'] })
      : connectTcp({
          host: hostname,
          port,
          // One buffer for all that arrives, instead of a new one each time.
          onread: {
            buffer: Buffer.allocUnsafeSlow(readBufferBytes),
            callback: (length, buffer) => {
              if (opened === socket) receive((buffer as Buffer).subarray(0, length));
              return true;
            },
          },
        });
    const isCurrent = () => opened === socket;
    opened.setNoDelay(true);
    opened.setTimeout(idleTimeoutMs, () => {
      if (isCurrent()) settle(new ConnectionError('Timeout', 'Nothing moved in time.'));
    });
    if (peer.tls) opened.on('data', (data) => isCurrent() && receive(data));
    opened.on('error', (error: NodeJS.ErrnoException) => {
      if (isCurrent()) settle(new ConnectionError(error.code ?? error.name, error.message));
    });
    opened.on('close', () => {
      if (!isCurrent()) return;
      socket = undefined;
      if (waiting === undefined) return;
      const failure = new ConnectionError('ConnectionClosed', 'The server closed the connection.');
      settle(parser.end() ? undefined : failure);
    });
    return opened;
  }

  /** As fast as the connection takes it. */
  function pour(into: Socket, body: Buffer, bytes: number): void {
    let rest = bytes;
    sending = true;
    while (rest > 0) {
      const part = rest >= body.length ? body : body.subarray(0, rest);
      rest -= part.length;
      if (into.write(part) || rest === 0) continue;
      into.once('drain', () => {
        if (into === socket) pour(into, body, rest);
      });
      return;
    }
    sending = false;
  }

  return {
    answer: parser,
    send({ head, toHead = false, bodyBytes, body, keepBody = false }, done) {
      parser.expect(toHead, keepBody);
      waiting = done;
      socket ??= open();
      if (body === undefined || bodyBytes === 0) {
        socket.write(head, 'latin1');
      } else if (bodyBytes <= maxJoinedBytes && bodyBytes <= body.length) {
        const joined = Buffer.allocUnsafe(head.length + bodyBytes);
        joined.write(head, 0, 'latin1');
        body.copy(joined, head.length, 0, bodyBytes);
        socket.write(joined);
      } else {
        socket.cork();
        socket.write(head, 'latin1');
        pour(socket, body, bodyBytes);
        socket.uncork();
      }
    },
    close: drop,
  };
}
