/**
 * The client's side of aws-chunked, for tests: data in, coded body out.
 *
 * API reference, "Transferring Payload in Multiple Chunks" and "Including Trailing Headers".
 */

import { createHash } from 'node:crypto';
import { signChunk, signTrailer } from '../sigv4/chunk-signature.ts';
import { sha256Hex } from '../sigv4/signing-key.ts';
import type { SigningContext } from '../sigv4/verify.ts';

export interface AwsChunkedEncoding {
  /** Undefined for STREAMING-UNSIGNED-PAYLOAD-TRAILER. */
  readonly signing?: SigningContext;
  /** Lower-case name → value, asked for after the data. */
  readonly trailers?: () => Readonly<Record<string, string>>;
}

/** One chunk for each Buffer of `source`; S3 wants 8 KiB at least of all but the last. */
export async function* encodeAwsChunked(
  source: AsyncIterable<Buffer> | Iterable<Buffer>,
  encoding: AwsChunkedEncoding,
): AsyncGenerator<Buffer, void, undefined> {
  const { signing } = encoding;
  let previousSignature = signing?.seedSignature ?? '';

  const header = (data: Buffer) => {
    const size = data.length.toString(16);
    if (signing === undefined) return Buffer.from(`${size}\r\n`, 'latin1');
    const dataSha256 = createHash('sha256').update(data).digest('hex');
    previousSignature = signChunk(signing, previousSignature, dataSha256).signature;
    return Buffer.from(`${size};chunk-signature=${previousSignature}\r\n`, 'latin1');
  };

  for await (const data of source) {
    if (data.length === 0) continue;
    yield header(data);
    yield data;
    yield crlf;
  }
  yield header(Buffer.alloc(0));
  const trailers = Object.entries(encoding.trailers?.() ?? {});
  let canonical = '';
  let lines = '';
  for (const [name, value] of trailers) {
    canonical += `${name}:${value}\n`;
    lines += `${name}:${value}\r\n`;
  }
  if (signing !== undefined && trailers.length > 0) {
    const { signature } = signTrailer(signing, previousSignature, sha256Hex(canonical));
    lines += `x-amz-trailer-signature:${signature}\r\n`;
  }
  yield Buffer.from(`${lines}\r\n`, 'latin1');
}

const crlf = Buffer.from('\r\n');
