/**
 * The coded body of a streamed upload: chunks with their sizes, signed or not, and a checksum after the last.
 *
 * API reference, "Transferring Payload in Multiple Chunks" and "Including Trailing Headers".
 */
import { type ChecksumAlgorithm, digestBytes } from '../../digest/algorithms.ts';
import { toBase64 } from '../../protocol/byte-string.ts';
import { checksums } from '../../protocol/checksum-headers.ts';
import { concat } from '../body.ts';
import type { Hashes } from '../runtime.ts';
import type { ChunkSigner } from './signer.ts';

/** Of every chunk but the last. S3 wants 8 KiB at least. */
const chunkBytes = 64 * 1024;
const signatureDigits = 64;

const utf8 = new TextEncoder();
const crlf = utf8.encode('\r\n');
const extension = ';chunk-signature=';

/** How long the coded body of `size` bytes is. */
export function codedLength(
  size: number,
  isSigned: boolean,
  checksum: ChecksumAlgorithm | undefined,
): number {
  const perChunk = 4 + (isSigned ? extension.length + signatureDigits : 0);
  const header = (bytes: number) => bytes.toString(16).length + perChunk;
  const whole = Math.floor(size / chunkBytes);
  const rest = size % chunkBytes;
  let length = whole * (header(chunkBytes) + chunkBytes);
  if (rest > 0) length += header(rest) + rest;
  // The last chunk is empty and has one line break instead of two.
  length += header(0) - 2;
  if (checksum !== undefined) {
    const base64 = Math.ceil(digestBytes(checksum) / 3) * 4;
    length += checksums[checksum].header.length + 1 + base64 + 2;
    if (isSigned) length += 'x-amz-trailer-signature:'.length + signatureDigits + 2;
  }
  return length + 2;
}

export async function* encodeAwsChunked(
  source: AsyncIterable<Uint8Array>,
  {
    signer,
    checksum,
    hashes,
  }: {
    readonly signer: ChunkSigner | undefined;
    readonly checksum: ChecksumAlgorithm | undefined;
    readonly hashes: Hashes;
  },
): AsyncGenerator<Uint8Array, void, undefined> {
  const digest = checksum === undefined ? undefined : await hashes.openDigest(checksum);
  const header = (data: Uint8Array): Uint8Array => {
    const size = data.length.toString(16);
    return utf8.encode(
      signer === undefined ? `${size}\r\n` : `${size}${extension}${signer.sign(data)}\r\n`,
    );
  };
  for await (const data of inChunks(source)) {
    digest?.update(data);
    yield header(data);
    yield data;
    yield crlf;
  }
  let end = header(new Uint8Array(0));
  if (checksum !== undefined) {
    const name = checksums[checksum].header;
    const value = toBase64(digest!.digest());
    let lines = `${name}:${value}\r\n`;
    if (signer !== undefined) {
      lines += `x-amz-trailer-signature:${signer.signTrailer(`${name}:${value}\n`)}\r\n`;
    }
    const coded = utf8.encode(lines);
    end = concat([end, coded], end.length + coded.length);
  }
  yield end;
  yield crlf;
}

/** The same bytes in chunks of one size, so that the coded length is known before. */
async function* inChunks(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let held: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of source) {
    let rest = chunk;
    while (length + rest.length >= chunkBytes) {
      const taken = rest.subarray(0, chunkBytes - length);
      yield length === 0 ? taken : concat([...held, taken], chunkBytes);
      rest = rest.subarray(taken.length);
      held = [];
      length = 0;
    }
    if (rest.length > 0) held.push(rest);
    length += rest.length;
  }
  if (length > 0) yield concat(held, length);
}
