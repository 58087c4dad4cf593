/**
 * Buffers that bodies are streamed through, used again and again: new memory for every block costs more than
 * reading it, as the kernel clears it page by page and the collector gives it back.
 *
 * Who has no more use of a buffer may give it back; who never does costs an allocation and nothing else.
 */

export interface BufferPool {
  /** A buffer of `length` bytes, at most those of the pool; what is in it is left from others. */
  take(length: number): Buffer;
  /** Of a buffer that `take` gave, or a view of one: nobody reads it any more. Anything else is left alone. */
  give(bytes: Buffer): void;
}

export interface BufferPoolOptions {
  /** Size of each buffer. */
  readonly bytes: number;
  /** How many wait to be used again. */
  readonly maxIdle: number;
}

export function createBufferPool({ bytes, maxIdle }: BufferPoolOptions): BufferPool {
  // The one that came back last goes out first: it is still in the processor's cache.
  const idle: Buffer[] = [];
  const lent = new WeakMap<ArrayBufferLike, Buffer>();
  return {
    take(length) {
      if (length > bytes)
        throw new RangeError(`a buffer of ${length} bytes from those of ${bytes}`);
      const buffer = idle.pop() ?? Buffer.allocUnsafeSlow(bytes);
      lent.set(buffer.buffer, buffer);
      return length === bytes ? buffer : buffer.subarray(0, length);
    },
    give({ buffer: memory }) {
      const buffer = lent.get(memory);
      if (buffer === undefined) return;
      lent.delete(memory);
      if (idle.length < maxIdle) idle.push(buffer);
    },
  };
}
