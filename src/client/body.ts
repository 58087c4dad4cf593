/** What a caller gives as a body, told apart: bytes at hand, or a stream that may be opened once or often. */
import { S3Error } from './s3-error.ts';

/** A body that can be read from any place, again and again: files, above all (`fromFile`). */
export interface BodySource {
  /** Bytes. */
  readonly size: number;
  /** Changes with every change of the bytes; without it, an upload can't be gone on with later (`resumeFrom`). */
  readonly version?: string | undefined;
  /** The bytes from `start` up to before `end`. */
  open(start: number, end: number): AsyncIterable<Uint8Array>;
  /** The same in one piece, where that is cheaper. */
  read?(start: number, end: number): Promise<Uint8Array>;
}

export type BodyInput =
  | string
  | Uint8Array
  | ArrayBuffer
  | Blob
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array | string>
  | BodySource;

export type Body =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | {
      readonly kind: 'stream';
      /** Bytes; undefined if nobody knows. */
      readonly size: number | undefined;
      /** Whether `open` may be called again. */
      readonly replayable: boolean;
      open(): AsyncIterable<Uint8Array>;
    };

const utf8 = new TextEncoder();

/** @param contentLength the caller's word for how long a stream is */
export function bodyOf(input: BodyInput, contentLength?: number): Body {
  if (typeof input === 'string') return { kind: 'bytes', bytes: utf8.encode(input) };
  if (input instanceof Uint8Array) return { kind: 'bytes', bytes: input };
  if (input instanceof ArrayBuffer) return { kind: 'bytes', bytes: new Uint8Array(input) };
  const source = sourceOf(input);
  if (source !== undefined) {
    const { size } = source;
    return { kind: 'stream', size, replayable: true, open: () => source.open(0, size) };
  }
  const stream = iterableOf(input);
  if (stream === undefined) throw new S3Error('InvalidInput', 'Body is of no kind that is known');
  let opened = false;
  return {
    kind: 'stream',
    size: contentLength,
    replayable: false,
    open() {
      if (opened) throw new S3Error('InvalidInput', 'this body can be read only once');
      opened = true;
      return stream;
    },
  };
}

/** A body that can be read in pieces: of bytes, blobs and files. */
export function sourceOf(input: BodyInput): BodySource | undefined {
  if (typeof input === 'string') return sourceOf(utf8.encode(input));
  if (input instanceof ArrayBuffer) return sourceOf(new Uint8Array(input));
  if (input instanceof Uint8Array) {
    return {
      size: input.length,
      open: (start, end) => oneChunk(input.subarray(start, end)),
      read: async (start, end) => input.subarray(start, end),
    };
  }
  if (typeof Blob !== 'undefined' && input instanceof Blob) {
    return {
      size: input.size,
      open: (start, end) => streamChunks(input.slice(start, end).stream()),
    };
  }
  return 'open' in input && 'size' in input ? input : undefined;
}

function iterableOf(input: object): AsyncIterable<Uint8Array> | undefined {
  if (Symbol.asyncIterator in input) {
    return binaryChunks(input as AsyncIterable<Uint8Array | string>);
  }
  // Web streams have no iterator in some browsers.
  if ('getReader' in input) return streamChunks(input as ReadableStream<Uint8Array>);
  return undefined;
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  if (bytes.length > 0) yield bytes;
}

async function* binaryChunks(
  chunks: AsyncIterable<Uint8Array | string>,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of chunks) yield typeof chunk === 'string' ? utf8.encode(chunk) : chunk;
}

export async function* streamChunks(
  stream: ReadableStream<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = stream.getReader();
  let ended = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      ended = done;
      if (done) return;
      yield value;
    }
  } finally {
    if (!ended) await reader.cancel().catch(() => {});
    reader.releaseLock();
  }
}

/**
 * A stream whose length nobody knows, read to its end: S3 wants the length first.
 * @throws S3Error InvalidInput if there is more than `maxBytes`
 */
export async function collect(body: Body, maxBytes: number): Promise<Body> {
  if (body.kind === 'bytes' || body.size !== undefined) return body;
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body.open()) {
    length += chunk.length;
    if (length > maxBytes) {
      throw new S3Error(
        'InvalidInput',
        `a stream of more than ${maxBytes} bytes needs its ContentLength, or upload()`,
      );
    }
    chunks.push(chunk);
  }
  return { kind: 'bytes', bytes: concat(chunks, length) };
}

/** @throws S3Error InvalidInput for a body that has more or less bytes than it was said to have */
export function assertLength(length: number, size: number): void {
  if (length === size) return;
  throw new S3Error(
    'InvalidInput',
    `the body has ${length > size ? 'more' : 'less'} than the ${size} bytes that it should`,
  );
}

export function concat(chunks: readonly Uint8Array[], length: number): Uint8Array {
  if (chunks.length === 1) return chunks[0]!;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
