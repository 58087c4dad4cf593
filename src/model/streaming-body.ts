/** A streamed payload (`Body` members): chunks of bytes, with the length where it is known. */
export interface StreamingBody extends AsyncIterable<Buffer> {
  /** Exact length in bytes of all chunks together; undefined if the sender did not say. */
  readonly length: number | undefined;
  /** Nobody reads this chunk any more: whoever made it may fill it anew. */
  readonly recycle?: ((chunk: Buffer) => void) | undefined;
}
