/** An object's bytes in order, from ranges that are fetched at once: ahead of the reader, but not far. */
import type { ResponseBody } from '../runtime.ts';
import { unlessAborted } from './in-parallel.ts';
import { rangesOf } from './part-plan.ts';
import type { Progress } from './progress.ts';
import { type RemoteObject, readRange } from './remote-object.ts';
import { createStops } from './stops.ts';

export interface LookAhead {
  /** Bytes of a range. */
  readonly rangeBytes: number;
  /** Ranges that are under way or wait to be read. */
  readonly concurrency: number;
  readonly progress: Progress;
  readonly signal: AbortSignal | undefined;
}

/** Nothing is asked for before it is read. */
export function orderedBody(object: RemoteObject, look: LookAhead): ResponseBody {
  const { rangeBytes, concurrency, progress, signal: outer } = look;
  const { size } = object;
  const cancelled = new AbortController();

  const fetched = async (start: number, end: number, signal: AbortSignal) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of readRange(object, start, end, signal)) {
      chunks.push(chunk);
      progress.add(chunk.length);
    }
    return chunks;
  };

  async function* inOrder(): AsyncGenerator<Uint8Array, void, undefined> {
    outer?.throwIfAborted();
    const stops = createStops(outer);
    cancelled.signal.addEventListener('abort', () => stops.stop(cancelled.signal.reason));
    const ranges = rangesOf(size, rangeBytes);
    const ahead: Promise<readonly Uint8Array[]>[] = [];
    const fetchNext = (): void => {
      const { done, value } = ranges.next();
      if (done) return;
      const chunks = fetched(value.start, value.end, stops.open());
      // Its failure counts when its turn has come.
      chunks.catch(() => {});
      ahead.push(chunks);
    };
    try {
      for (let count = 0; count < concurrency; count++) fetchNext();
      for (let next = ahead.shift(); next !== undefined; next = ahead.shift()) {
        yield* await unlessAborted(next, outer);
        fetchNext();
      }
    } finally {
      stops.stop(new Error('the download was given up'));
      stops.release();
    }
  }

  return {
    [Symbol.asyncIterator]: inOrder,
    async bytes() {
      const bytes = new Uint8Array(size);
      let at = 0;
      for await (const chunk of inOrder()) {
        bytes.set(chunk, at);
        at += chunk.length;
      }
      return bytes;
    },
    cancel: () => cancelled.abort(new Error('the body was cancelled')),
  };
}
