/**
 * BlobStore: the half of the storage engine that keeps bytes.
 *
 * Bytes are written once under a new locator and never change. A locator is opaque to everyone but
 * the adapter that made it, and is never reused. Adapters: `files.ts` (packs and files), `memory.ts`.
 * All of them pass `store/contract/blob.ts`.
 */

/** Where bytes are, in the adapter's own encoding; at most `maxLocatorBytes`. */
export type BlobLocator = Buffer;

export const maxLocatorBytes = 64;

export interface BlobHint {
  /**
   * The blob's name in the records (16 bytes, never reused). It is kept beside the bytes, in the
   * pack entry's header or as the file's name, so that the orphan sweep and the doctor can go from
   * bytes to record. The adapter makes one up where it is absent.
   */
  readonly id?: Buffer;
  /** Exact length in bytes where it is known before the first byte arrives. */
  readonly length?: number;
  /** Stops the write; what was written so far becomes an orphan or is removed at once. */
  readonly signal?: AbortSignal;
}

export interface BlobListEntry {
  /** The id that `BlobHint.id` gave. */
  readonly id: Buffer;
  readonly locator: BlobLocator;
  readonly length: number;
  /** Milliseconds since the epoch, no later than when the bytes became durable. */
  readonly writtenAt: number;
  /** The process that wrote it has ended: if no record refers to it, none ever will. */
  readonly writerIsGone?: true;
}

export interface BlobPage {
  readonly entries: readonly BlobListEntry[];
  /** Pass to the next call; undefined after the last page. */
  readonly next: string | undefined;
}

/** Bytes in chunks, to be iterated once. */
export interface ByteStream extends AsyncIterable<Buffer> {
  /**
   * Nobody reads this chunk any more, the stream may fill it anew. Who keeps chunks, or doesn't know, doesn't
   * call it.
   */
  readonly recycle?: (chunk: Buffer) => void;
}

export interface WrittenBlob {
  readonly locator: BlobLocator;
  /** Bytes written. */
  readonly length: number;
}

export interface BlobStore {
  /** Durable when it resolves. If `bytes` throws, nothing is kept and the error goes up. */
  write(bytes: Buffer | AsyncIterable<Buffer>, hint?: BlobHint): Promise<WrittenBlob>;
  /**
   * Bytes [start, end) of a blob of `length` bytes. A small range may come as one buffer. Checksums
   * are verified block by block before a byte is handed out: a mismatch or missing bytes is
   * `BlobCorruptError`, never a short read. A reader that started before `remove` may finish. What is at
   * hand may come without a promise; errors are rejections all the same.
   */
  read(
    locator: BlobLocator,
    length: number,
    start: number,
    end: number,
    signal?: AbortSignal,
  ): Buffer | Promise<Buffer | ByteStream>;
  /** Absent is success. */
  remove(locator: BlobLocator): Promise<void>;
  /** Every blob the adapter holds, in a stable order, a page at a time. */
  list(cursor?: string): Promise<BlobPage>;
  /** Throws if the engine cannot serve (disk full, read-only, gone). */
  health(): Promise<void>;
  /** Waits for writes under way, then closes. */
  close(): Promise<void>;
}

/** What an adapter can verify besides the bytes of a blob. */
export interface FrameStore {
  /**
   * What surrounds a body, and that the body has its length; its bytes are not read.
   * @throws BlobFrameError, BlobCorruptError
   */
  verifyFrame(locator: BlobLocator, length: number): Promise<void>;
  /** Damage of what belongs to no body. */
  flaws(): Promise<readonly { readonly id: string; readonly why: string }[]>;
}

/** Stored bytes are missing or differ from their checksum. */
export class BlobCorruptError extends Error {
  override readonly name: string = 'BlobCorruptError';
  readonly locator: BlobLocator;
  constructor(message: string, locator: BlobLocator, options?: ErrorOptions) {
    super(message, options);
    this.locator = locator;
  }
}

/** Bytes can be read, but what the adapter keeps around them is damaged. */
export class BlobFrameError extends BlobCorruptError {
  override readonly name = 'BlobFrameError';
}

/** Too many writes wait already. Nothing was kept; the caller may try again later. */
export class BlobBusyError extends Error {
  override readonly name = 'BlobBusyError';
}

/** Every blob that a store holds, a page at a time. */
export async function* listPages(
  blobs: Pick<BlobStore, 'list'>,
  signal?: AbortSignal,
): AsyncGenerator<readonly BlobListEntry[]> {
  let cursor: string | undefined;
  do {
    signal?.throwIfAborted();
    const page = await blobs.list(cursor);
    yield page.entries;
    cursor = page.next;
  } while (cursor !== undefined);
}
