/** A transport that sends and receives no more than so many bytes a second, bodies of all requests together. */
import type {
  ResponseBody,
  Runtime,
  Transport,
  TransportRequest,
  TransportResponse,
} from '../client/runtime.ts';

/** A body is let through in pieces of this size at most, so that a small rate stays even. */
const pieceBytes = 64 * 1024;
/** What was not used is saved up for so long. */
const burstMs = 250;

/** @param rate bytes a second */
export function limitedRate(runtime: Runtime, rate: number): Runtime {
  let free = runtime.now();
  /** Waits until that many bytes may go. */
  const take = async (bytes: number, signal?: AbortSignal): Promise<void> => {
    const now = runtime.now();
    free = Math.max(free, now - burstMs) + (bytes / rate) * 1000;
    if (free > now) await runtime.sleep(free - now, signal);
  };

  async function* slowly(
    chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of chunks) {
      for (let at = 0; at < chunk.length; at += pieceBytes) {
        const piece = chunk.subarray(at, at + pieceBytes);
        await take(piece.length, signal);
        yield piece;
      }
    }
  }

  const sent = ({ body, signal }: TransportRequest): TransportRequest['body'] => {
    if (body === undefined) return undefined;
    if (body instanceof Uint8Array) return body.length === 0 ? body : slowly([body], signal);
    return slowly(body, signal);
  };

  const received = (response: TransportResponse, signal?: AbortSignal): TransportResponse => {
    const { body } = response;
    const slow: ResponseBody = {
      [Symbol.asyncIterator]: () => slowly(body, signal),
      async bytes() {
        const bytes = await body.bytes();
        await take(bytes.length, signal);
        return bytes;
      },
      cancel: () => body.cancel(),
      ...(body.isDecoded !== undefined && { isDecoded: body.isDecoded }),
    };
    return { ...response, body: slow };
  };

  const limited = (transport: Transport): Transport => ({
    send: async (request) =>
      received(await transport.send({ ...request, body: sent(request) }), request.signal),
    close: () => transport.close(),
  });
  return { ...runtime, createTransport: (options) => limited(runtime.createTransport(options)) };
}
