/**
 * A request's body as a stream of buffers, read straight from the parser's events.
 *
 * Nothing is read before somebody asks for the first chunk, so a refused upload is refused before
 * `100 Continue`. At most `maxQueuedBytes` wait for a slow reader; then the socket is paused.
 */
import type { IncomingMessage } from 'node:http';
import type { StreamingBody } from '../model/streaming-body.ts';
import { S3Error } from '../protocol/errors.ts';

/** Bytes that may wait for the reader before the socket is paused. */
export const maxQueuedBytes = 128 * 1024;

type State = 'unread' | 'reading' | 'ended' | 'failed' | 'abandoned';

interface Waiting {
  resolve(result: IteratorResult<Buffer, undefined>): void;
  reject(error: unknown): void;
}

const done: IteratorResult<Buffer, undefined> = { value: undefined, done: true };

/** One body, read at most once. */
export class RequestBody implements StreamingBody, AsyncIterator<Buffer, undefined> {
  readonly length: number | undefined;
  readonly #incoming: IncomingMessage;
  readonly #begin: (() => void) | undefined;
  readonly #queue: Buffer[] = [];
  #queuedBytes = 0;
  #paused = false;
  #waiting: Waiting | undefined;
  #state: State = 'unread';
  #begun = false;
  #error: unknown;
  #receivedBytes = 0;

  /**
   * @param length from Content-Length; undefined for a chunked body
   * @param begin called once, before the first byte is asked for
   */
  constructor(incoming: IncomingMessage, length: number | undefined, begin?: () => void) {
    this.#incoming = incoming;
    this.length = length;
    this.#begin = begin;
  }

  /** Bytes that came from the client so far. */
  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  /** Somebody has asked for bytes. */
  get begun(): boolean {
    return this.#begun;
  }

  /** Somebody waits for bytes that have not come. */
  get waiting(): boolean {
    return this.#waiting !== undefined;
  }

  /** The client has sent the whole body and it was taken. */
  get ended(): boolean {
    return this.#state === 'ended';
  }

  [Symbol.asyncIterator](): AsyncIterator<Buffer, undefined> {
    if (this.#begun) throw new Error('A request body can be read once.');
    this.#begun = true;
    const incoming = this.#incoming;
    if (incoming.destroyed && !incoming.readableEnded) this.fail(new S3Error('IncompleteBody'));
    if (this.#state === 'failed') return this;
    this.#state = 'reading';
    this.#begin?.();
    incoming.on('end', this.#onEnd);
    incoming.on('error', this.#onBroken);
    incoming.on('close', this.#onBroken);
    incoming.on('data', this.#onData);
    return this;
  }

  next(): Promise<IteratorResult<Buffer, undefined>> {
    const chunk = this.#queue.shift();
    if (chunk !== undefined) {
      this.#queuedBytes -= chunk.length;
      if (this.#paused && this.#queuedBytes < maxQueuedBytes / 2) {
        this.#paused = false;
        this.#incoming.resume();
      }
      return Promise.resolve({ value: chunk, done: false });
    }
    switch (this.#state) {
      case 'failed':
        return Promise.reject(this.#error);
      case 'reading':
        return new Promise((resolve, reject) => {
          this.#waiting = { resolve, reject };
        });
      default:
        return Promise.resolve(done);
    }
  }

  /** The reader wants no more; what is still to come is the connection's affair. */
  return(): Promise<IteratorResult<Buffer, undefined>> {
    if (this.#state === 'reading') {
      this.#state = 'abandoned';
      this.#detach();
      this.#incoming.pause();
    }
    this.#queue.length = 0;
    this.#queuedBytes = 0;
    return Promise.resolve(done);
  }

  /** Ends the body with an error after what was received; does nothing once it has ended. */
  fail(error: unknown): void {
    if (this.#state !== 'reading' && this.#state !== 'unread') return;
    this.#state = 'failed';
    this.#error = error;
    this.#detach();
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.reject(error);
  }

  #detach(): void {
    const incoming = this.#incoming;
    incoming.off('data', this.#onData);
    incoming.off('end', this.#onEnd);
    incoming.off('error', this.#onBroken);
    incoming.off('close', this.#onBroken);
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#receivedBytes += chunk.length;
    const waiting = this.#waiting;
    if (waiting !== undefined) {
      this.#waiting = undefined;
      waiting.resolve({ value: chunk, done: false });
      return;
    }
    this.#queue.push(chunk);
    this.#queuedBytes += chunk.length;
    if (!this.#paused && this.#queuedBytes >= maxQueuedBytes) {
      this.#paused = true;
      this.#incoming.pause();
    }
  };

  readonly #onEnd = (): void => {
    this.#state = 'ended';
    this.#detach();
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve(done);
  };

  /** The connection went away, or its bytes stopped making sense, before the body's end. */
  readonly #onBroken = (): void => {
    this.fail(new S3Error('IncompleteBody'));
  };
}

export interface DeclaredBody {
  /** Undefined for a chunked body. */
  readonly length: number | undefined;
}

/** What Content-Length and Transfer-Encoding say; undefined if neither is there. */
export function declaredBody(headers: {
  readonly 'content-length'?: string | undefined;
  readonly 'transfer-encoding'?: string | undefined;
}): DeclaredBody | undefined {
  const encoding = headers['transfer-encoding'];
  if (encoding !== undefined) {
    if (encoding.toLowerCase() !== 'chunked') throw transferEncodingRefused();
    return chunkedBody;
  }
  const length = headers['content-length'];
  // The parser has refused anything but one row of digits.
  return length === undefined ? undefined : { length: Number(length) };
}

const chunkedBody: DeclaredBody = { length: undefined };

export function transferEncodingRefused(): S3Error {
  return new S3Error('NotImplemented', { fields: { Header: 'Transfer-Encoding' } });
}

/** The whole body in one buffer. */
export async function readWhole(
  body: StreamingBody,
  maxBytes: number,
  tooLarge: () => S3Error,
): Promise<Buffer> {
  if (body.length !== undefined && body.length > maxBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length);
}
