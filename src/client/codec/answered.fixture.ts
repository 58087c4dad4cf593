/** Answers of the server as a transport hands them on, for tests of both ends together. */
import { nodeRuntime } from '../node/node-runtime.ts';
import type { ResponseBody, TransportResponse } from '../runtime.ts';
import type { DecodingContext } from './decode-output.ts';

export const plainContext: DecodingContext = {
  runtime: nodeRuntime,
  decodesKeys: false,
  verifiesChecksums: true,
};

/** @param headers names and values in turn */
export function answered(
  status: number,
  headers: readonly string[],
  body: Uint8Array | string | undefined,
): TransportResponse {
  const parsed: Record<string, string> = {};
  for (let at = 0; at < headers.length; at += 2) {
    parsed[headers[at]!.toLowerCase()] = headers[at + 1]!;
  }
  return { status, headers: parsed, body: bodyOf(Buffer.from(body ?? '')) };
}

export const document = (text: string, status = 200): TransportResponse =>
  answered(status, ['Content-Type', 'application/xml'], text);

/** In small pieces, where it is read as a stream. */
function bodyOf(bytes: Uint8Array): ResponseBody {
  return {
    bytes: async () => bytes,
    cancel() {},
    async *[Symbol.asyncIterator]() {
      for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
    },
  };
}
