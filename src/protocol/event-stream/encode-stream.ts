/**
 * The body of an answer that is an event stream. What fails on the way becomes the stream's last message, so
 * that the client learns why; the HTTP status has gone out before.
 */
import type { Shape } from '../../model/shape.ts';
import type { StreamingBody } from '../../model/streaming-body.ts';
import { S3Error } from '../errors.ts';
import { encodeErrorMessage, encodeEvent } from './events.ts';

/**
 * Errors that S3 has no words for break the connection instead, as with any other body.
 * @param union the shape that lists the events
 */
export function encodeEventStream(union: Shape, events: AsyncIterable<object>): StreamingBody {
  const source = events[Symbol.asyncIterator]();
  let isOver = false;
  const over: IteratorResult<Buffer, void> = { done: true, value: undefined };
  const iterator: AsyncIterator<Buffer, void> = {
    async next() {
      if (isOver) return over;
      try {
        const { done, value } = await source.next();
        if (done !== true)
          return { value: encodeEvent(union, value as Readonly<Record<string, unknown>>) };
        isOver = true;
        return over;
      } catch (error) {
        isOver = true;
        if (!(error instanceof S3Error)) throw error;
        return { value: encodeErrorMessage(error) };
      }
    },
    // Also where nothing was read: a generator that hasn't begun would not pass this on.
    async return() {
      isOver = true;
      await source.return?.();
      return over;
    },
  };
  return { length: undefined, [Symbol.asyncIterator]: () => iterator };
}
