/** Pulling a body's chunks by hand, so that a write can stop waiting for the next one. */

export interface ChunkSource {
  /** Undefined at the end. Rejects with the signal's reason as soon as it aborts. */
  next(): Promise<Buffer | undefined>;
  /** Tells the source that no more is wanted. */
  stop(): void;
}

export function createChunkSource(
  bytes: Buffer | AsyncIterable<Buffer>,
  signal: AbortSignal | undefined,
): ChunkSource {
  if (Buffer.isBuffer(bytes)) {
    let given = false;
    return {
      async next() {
        signal?.throwIfAborted();
        if (given) return undefined;
        given = true;
        return bytes;
      },
      stop() {},
    };
  }

  const iterator = bytes[Symbol.asyncIterator]();
  let rejectAborted: ((reason: unknown) => void) | undefined;
  const onAbort = () => rejectAborted?.(signal?.reason);
  signal?.addEventListener('abort', onAbort);

  return {
    async next() {
      signal?.throwIfAborted();
      const step = iterator.next();
      const result = signal
        ? await Promise.race([
            step,
            new Promise<never>((_, reject) => {
              rejectAborted = reject;
            }),
          ])
        : await step;
      if (!result.done) return result.value;
      signal?.removeEventListener('abort', onAbort);
      return undefined;
    },
    stop() {
      signal?.removeEventListener('abort', onAbort);
      // A source that hangs may never answer; nobody waits for it.
      iterator.return?.()?.catch(() => {});
    },
  };
}

/** A body that ends early or late was damaged on its way here. */
export function expectLength(source: ChunkSource, length: number): ChunkSource {
  let seen = 0;
  return {
    async next() {
      const chunk = await source.next();
      seen += chunk?.length ?? 0;
      if (seen > length || (chunk === undefined && seen < length)) {
        throw new Error(`body of ${seen} bytes or more, announced were ${length}`);
      }
      return chunk;
    },
    stop: source.stop,
  };
}
