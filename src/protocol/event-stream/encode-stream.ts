/**
 * The body of an answer that is an event stream. What fails on the way becomes the stream's last message, so
 * that the client learns why; the HTTP status has gone out before.
 */
import type { StreamingBody } from '../../model/streaming-body.ts';
import { S3Error } from '../errors.ts';
import { encodeErrorMessage, encodeEvent } from './events.ts';

/**
 * Errors that S3 has no words for break the connection instead, as with any other body.
 * @param union the row of `shapes.gen.ts` that lists the events
 */
export function encodeEventStream(union: string, events: AsyncIterable<object>): StreamingBody {
  return {
    length: undefined,
    async *[Symbol.asyncIterator]() {
      try {
        for await (const event of events) {
          yield encodeEvent(union, event as Readonly<Record<string, unknown>>);
        }
      } catch (error) {
        if (!(error instanceof S3Error)) throw error;
        yield encodeErrorMessage(error);
      }
    },
  };
}
