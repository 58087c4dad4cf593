/**
 * The chunks of a body, one after the other, as an iterator that frees what it reads from however it ends.
 *
 * As long as chunks are at hand, each is read when it is asked for: a slow reader holds none. Once one had
 * to be waited for, the one after it is read ahead.
 */

import type { ByteStream } from './port.ts';

export interface ByteStreamOptions {
  /** Was read already. */
  readonly first: Buffer;
  /** The next chunk, undefined after the last; called again only when it has come. */
  readonly read: () => Buffer | Promise<Buffer> | undefined;
  /** Once, when nothing is read any more. */
  readonly release: () => void;
  readonly recycle: (chunk: Buffer) => void;
  readonly signal?: AbortSignal | undefined;
}

const over: IteratorResult<Buffer, undefined> = { value: undefined, done: true };

export function createByteStream(options: ByteStreamOptions): ByteStream {
  const { read, release, recycle, signal } = options;
  let held: Buffer | Promise<Buffer> | undefined = options.first;
  /** What has not come back yet from the disk. */
  let reading: Promise<unknown> | undefined;
  let started = false;
  let ended = false;

  function begin(): Buffer | Promise<Buffer> | undefined {
    const bytes = read();
    if (bytes instanceof Promise) {
      const settled = (): void => {
        reading = undefined;
      };
      reading = bytes.then(settled, settled);
    }
    return bytes;
  }

  /** A failure of what is read ahead is the next turn's. */
  function beginAhead(): Buffer | Promise<Buffer> | undefined {
    try {
      return begin();
    } catch (error) {
      const failed = Promise.reject(error);
      failed.catch(() => {});
      return failed;
    }
  }

  function end(): void {
    if (ended) return;
    ended = true;
    held = undefined;
    signal?.removeEventListener('abort', endUnstarted);
    // The file is in use until the read under way has come back.
    if (reading === undefined) release();
    else void reading.then(release);
  }

  function endUnstarted(): void {
    if (!started) end();
  }

  async function next(): Promise<IteratorResult<Buffer, undefined>> {
    started = true;
    if (ended) {
      // Aborted before the first turn: what comes now must not look like the end of the body.
      signal?.throwIfAborted();
      return over;
    }
    try {
      signal?.throwIfAborted();
      const coming = held ?? begin();
      held = undefined;
      const late = coming instanceof Promise;
      const bytes = late ? await coming : coming;
      if (ended || bytes === undefined) {
        end();
        return over;
      }
      if (late) held = beginAhead();
      return { value: bytes, done: false };
    } catch (error) {
      end();
      throw error;
    }
  }

  signal?.addEventListener('abort', endUnstarted);
  const iterator: AsyncIterator<Buffer, undefined> = {
    next,
    async return() {
      end();
      await reading;
      return over;
    },
  };
  return { recycle, [Symbol.asyncIterator]: () => iterator };
}
