/** Bytes as the shapes have them: at hand, and as a stream. */

/** Node's buffers where its types are known; plain bytes in programs for browsers, which have none. */
export type Bytes = typeof globalThis extends {
  Buffer: { isBuffer(value: unknown): value is infer NodeBytes };
}
  ? NodeBytes
  : Uint8Array;

/** A streamed payload (`Body` members): chunks of bytes, with the length where it is known. */
export interface StreamingBody extends AsyncIterable<Bytes> {
  /** Exact length in bytes of all chunks together; undefined if the sender did not say. */
  readonly length: number | undefined;
  /** Nobody reads this chunk any more: whoever made it may fill it anew. */
  readonly recycle?: ((chunk: Bytes) => void) | undefined;
}
