/** Bodies as `fetch` takes and gives them. */
import { concat, streamChunks } from '../body.ts';
import type { ResponseBody } from '../runtime.ts';
import { S3Error } from '../s3-error.ts';
import type { Watch } from './watch.ts';

/** A stream that can't be sent as it comes is held up to this. */
const maxHeldBytes = 512 * 1024 * 1024;
/** Held in blobs of this size, which browsers move to the disk when there are many. */
const blobBytes = 4 * 1024 * 1024;

/**
 * @param length bytes; what Content-Length says
 * @param moved called with each chunk; throws to end it
 * @throws S3Error InvalidInput for what is too large
 */
export async function holdStream(
  chunks: AsyncIterable<Uint8Array>,
  length: number,
  moved: () => void,
): Promise<Blob | Uint8Array<ArrayBuffer>> {
  if (length > maxHeldBytes) {
    throw new S3Error(
      'InvalidInput',
      `no more than ${maxHeldBytes} bytes can be sent in one request from here: use upload()`,
    );
  }
  const blobs: Blob[] = [];
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  for await (const chunk of chunks) {
    moved();
    // A copy: who made the chunk may write into it again.
    held.push(chunk.slice());
    heldBytes += chunk.length;
    if (heldBytes < blobBytes) continue;
    blobs.push(new Blob([joined(held, heldBytes)]));
    held = [];
    heldBytes = 0;
  }
  const rest = joined(held, heldBytes);
  return blobs.length === 0 ? rest : new Blob([...blobs, rest]);
}

const joined = (chunks: readonly Uint8Array[], length: number) =>
  concat(chunks, length) as Uint8Array<ArrayBuffer>;

/** A stream that `fetch` reads while it sends. What goes wrong in it is kept in `failure`. */
export interface SentStream {
  readonly stream: ReadableStream<Uint8Array>;
  readonly failure: unknown;
}

/** @param moved called with each chunk */
export function openStream(chunks: AsyncIterable<Uint8Array>, moved: () => void): SentStream {
  const iterator = chunks[Symbol.asyncIterator]();
  let failure: unknown;
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await iterator.next();
        moved();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        failure = error;
        controller.error(error);
      }
    },
    async cancel() {
      await iterator.return?.();
    },
  });
  return {
    stream,
    get failure() {
      return failure;
    },
  };
}

/** What `fetch` undoes by itself. */
const codings = /\b(gzip|deflate|br|zstd)\b/;

export class FetchBody implements ResponseBody {
  readonly #response: Response;
  readonly #watch: Watch;
  readonly #idleMs: number;
  readonly #length: string | undefined;
  #isDecoded: boolean;

  constructor(response: Response, watch: Watch, idleMs: number) {
    this.#response = response;
    this.#watch = watch;
    this.#idleMs = idleMs;
    this.#length = response.headers.get('content-length') ?? undefined;
    this.#isDecoded = codings.test(response.headers.get('content-encoding') ?? '');
    // From here on it is the reader's turn.
    if (response.body === null) watch.end();
    else watch.rest();
  }

  /** A page may not see Content-Encoding; bytes that aren't as many as were sent tell of it, too. */
  get isDecoded(): boolean {
    return this.#isDecoded;
  }

  async bytes(): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of this) {
      chunks.push(chunk);
      length += chunk.length;
    }
    return concat(chunks, length);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    const watch = this.#watch;
    let length = 0;
    try {
      watch.within(this.#idleMs);
      for await (const chunk of chunksOf(this.#response)) {
        watch.rest();
        length += chunk.length;
        yield chunk;
        watch.within(this.#idleMs);
      }
    } catch (error) {
      throw watch.failure(error);
    } finally {
      watch.end();
    }
    if (this.#length !== undefined && this.#length !== String(length)) this.#isDecoded = true;
  }

  cancel(): void {
    this.#watch.abandon();
  }
}

/** Where answers have no stream, as in React Native, they come as a whole. */
async function* chunksOf(response: Response): AsyncGenerator<Uint8Array, void, undefined> {
  if (response.body) yield* streamChunks(response.body);
  else {
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (bytes.length > 0) yield bytes;
  }
}
