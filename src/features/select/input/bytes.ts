/** An object's bytes in small pieces, decompressed and counted. */
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { S3Error } from '../../../protocol/errors.ts';
import { pieceBytes } from '../limits.ts';
import type { ByteCount } from './byte-count.ts';

export type Bytes = Buffer | AsyncIterable<Buffer>;

export type Compression = 'NONE' | 'GZIP';

/** @throws S3Error InvalidCompressionFormat, TruncatedInput */
export async function* openBytes(
  bytes: Bytes,
  compression: Compression,
  count: ByteCount,
): AsyncGenerator<Buffer> {
  const pieces = scanned(bytes, count);
  for await (const piece of compression === 'GZIP' ? gunzipped(pieces) : pieces) {
    count.processed += piece.length;
    yield piece;
  }
}

async function* scanned(bytes: Bytes, count: ByteCount): AsyncGenerator<Buffer> {
  for await (const chunk of Buffer.isBuffer(bytes) ? [bytes] : bytes) {
    for (let at = 0; at < chunk.length; at += pieceBytes) {
      const piece = chunk.subarray(at, at + pieceBytes);
      count.scanned += piece.length;
      yield piece;
    }
  }
}

async function* gunzipped(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: pieceBytes });
  // A failure of either end is thrown where the bytes are read.
  pipeline(pieces, gunzip, () => {});
  try {
    for await (const piece of gunzip) yield piece as Buffer;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'Z_BUF_ERROR') throw new S3Error('TruncatedInput', { cause: error });
    if (code === 'Z_DATA_ERROR') throw new S3Error('InvalidCompressionFormat', { cause: error });
    throw error;
  } finally {
    gunzip.destroy();
  }
}

/** Pieces of UTF-8 → text. @throws S3Error InvalidTextEncoding */
export async function* decoded(pieces: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decode = (piece?: Buffer): string => {
    try {
      return piece === undefined ? decoder.decode() : decoder.decode(piece, { stream: true });
    } catch (cause) {
      throw new S3Error('InvalidTextEncoding', { cause });
    }
  };
  for await (const piece of pieces) yield decode(piece);
  yield decode();
}
