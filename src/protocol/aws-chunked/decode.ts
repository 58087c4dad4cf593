/**
 * The aws-chunked content coding: `size[;chunk-signature=…]CRLF data CRLF …`, a chunk of size 0, then
 * trailers and an empty line.
 *
 * API reference, "Transferring Payload in Multiple Chunks" and "Including Trailing Headers". Bytes are
 * passed on as they come, by reference, before their chunk's signature is known: whoever stores them
 * must not commit before the iteration has ended without an error.
 *
 * Lenient where clients are: trailer lines may end in a bare LF, and empty lines between them are
 * skipped (minio-go writes both).
 */

import { createHash, type Hash } from 'node:crypto';
import type { StreamingBody } from '../../model/streaming-body.ts';
import { S3Error } from '../errors.ts';
import { signChunk, signTrailer } from '../sigv4/chunk-signature.ts';
import { signatureMismatch } from '../sigv4/mismatch.ts';
import { sameSignature, sha256Hex } from '../sigv4/signing-key.ts';
import type { SigningContext } from '../sigv4/verify.ts';

/** The line before a chunk, CRLF included. */
export const maxChunkHeaderBytes = 1024;
/** All that follows the last chunk. */
export const maxTrailerBytes = 8192;
export const maxTrailers = 16;
/** Of every chunk but the last. */
export const minChunkBytes = 8192;

export interface AwsChunkedOptions {
  /** x-amz-decoded-content-length: what the chunks must add up to. */
  readonly decodedLength: number;
  /** Lower-case names announced by x-amz-trailer: these and no others have to come. */
  readonly trailerNames: readonly string[];
  /** Undefined for STREAMING-UNSIGNED-PAYLOAD-TRAILER. */
  readonly signing?: SigningContext;
  /** Is the trailer signed too (STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER)? */
  readonly signedTrailer?: boolean;
}

export interface AwsChunkedBody extends StreamingBody {
  readonly length: number;
  /** Lower-case name → value; empty until the iteration has ended. */
  readonly trailers: ReadonlyMap<string, string>;
}

/** The decoded body of `source`, to be iterated once. */
export function decodeAwsChunked(
  source: AsyncIterable<Buffer>,
  options: AwsChunkedOptions,
): AwsChunkedBody {
  const decoder = new AwsChunkedDecoder(options);
  async function* decode(): AsyncGenerator<Buffer, void, undefined> {
    for await (const input of source) {
      const pieces = decoder.push(input);
      for (const piece of pieces) yield piece;
    }
    decoder.end();
  }
  const iterable = decode();
  return {
    length: options.decodedLength,
    trailers: decoder.trailers,
    [Symbol.asyncIterator]: () => iterable,
  };
}

const carriageReturn = 0x0d;
const lineFeed = 0x0a;
const trailerSignatureName = 'x-amz-trailer-signature';

/** Where in the coding the next byte stands. */
type Expecting = 'header' | 'data' | 'data-cr' | 'data-lf' | 'trailer';

/** One body's decoding: `push` all of its bytes, then `end`. Both throw S3Error. */
export class AwsChunkedDecoder {
  readonly trailers: ReadonlyMap<string, string>;
  readonly #trailers = new Map<string, string>();
  readonly #options: AwsChunkedOptions;
  #expecting: Expecting = 'header';
  /** The beginning of a header line that is not complete yet, or the trailer so far. */
  #pending: Buffer = Buffer.alloc(0);
  #chunkCount = 0;
  #chunkBytes = 0;
  #chunkRemaining = 0;
  #chunkSignature = '';
  #chunkHash: Hash | undefined;
  #previousSignature: string;
  /** Sum of the sizes of all chunks so far. */
  #declaredBytes = 0;

  constructor(options: AwsChunkedOptions) {
    this.#options = options;
    this.#previousSignature = options.signing?.seedSignature ?? '';
    this.trailers = this.#trailers;
  }

  /** The data in `input`, as views of it. */
  push(input: Buffer): readonly Buffer[] {
    const pieces: Buffer[] = [];
    let at = 0;
    while (at < input.length) {
      switch (this.#expecting) {
        case 'header':
          at = this.#readHeader(input, at);
          break;
        case 'data': {
          const end = Math.min(at + this.#chunkRemaining, input.length);
          const piece = input.subarray(at, end);
          this.#chunkHash?.update(piece);
          this.#chunkRemaining -= piece.length;
          pieces.push(piece);
          at = end;
          if (this.#chunkRemaining === 0) this.#expecting = 'data-cr';
          break;
        }
        case 'data-cr':
          if (input[at++] !== carriageReturn) throw incompleteBody();
          this.#expecting = 'data-lf';
          break;
        case 'data-lf':
          if (input[at++] !== lineFeed) throw incompleteBody();
          this.#verifyChunk();
          this.#expecting = 'header';
          break;
        case 'trailer':
          this.#pending = append(this.#pending, input.subarray(at), maxTrailerBytes);
          at = input.length;
          break;
      }
    }
    return pieces;
  }

  /** The body is over: checks that it is whole and reads the trailers. */
  end(): void {
    if (this.#expecting !== 'trailer') throw incompleteBody();
    const text = this.#pending.toString('latin1');
    this.#pending = Buffer.alloc(0);
    const signature = this.#readTrailers(text);
    const { trailerNames, signedTrailer } = this.#options;
    const asAnnounced =
      trailerNames.length === this.#trailers.size &&
      trailerNames.every((name) => this.#trailers.has(name));
    if (!asAnnounced) throw malformedTrailer();
    if (signedTrailer === true) this.#verifyTrailer(signature);
    else if (signature !== undefined) throw malformedTrailer();
  }

  #readHeader(input: Buffer, from: number): number {
    const newline = input.indexOf(lineFeed, from);
    const to = newline < 0 ? input.length : newline + 1;
    const part = input.subarray(from, to);
    const line = append(this.#pending, part, maxChunkHeaderBytes);
    if (newline < 0) {
      this.#pending = line;
    } else {
      this.#pending = Buffer.alloc(0);
      this.#startChunk(line);
    }
    return to;
  }

  #startChunk(line: Buffer): void {
    if (line[line.length - 2] !== carriageReturn) throw incompleteBody();
    const text = line.toString('latin1', 0, line.length - 2);
    const semicolon = text.indexOf(';');
    const size = parseSize(semicolon < 0 ? text : text.slice(0, semicolon));
    const extension = semicolon < 0 ? '' : text.slice(semicolon + 1);
    const isSigned = this.#options.signing !== undefined;
    if (isSigned ? !chunkSignature.test(extension) : extension !== '') throw incompleteBody();

    const isLast = size === 0;
    if (!isLast && this.#chunkCount > 0 && this.#chunkBytes < minChunkBytes) {
      // S3 counts the chunk whose header gives the small one away.
      throw new S3Error('InvalidChunkSizeError', {
        fields: { Chunk: String(this.#chunkCount + 1), BadChunkSize: String(this.#chunkBytes) },
      });
    }
    this.#declaredBytes += size;
    const { decodedLength } = this.#options;
    if (isLast ? this.#declaredBytes !== decodedLength : this.#declaredBytes > decodedLength) {
      throw new S3Error('IncompleteBody');
    }
    this.#chunkCount += 1;
    this.#chunkBytes = size;
    this.#chunkRemaining = size;
    this.#chunkSignature = extension.slice('chunk-signature='.length);
    this.#chunkHash = isSigned ? createHash('sha256') : undefined;
    this.#expecting = isLast ? 'trailer' : 'data';
    if (isLast) this.#verifyChunk();
  }

  #verifyChunk(): void {
    const { signing } = this.#options;
    if (signing === undefined || this.#chunkHash === undefined) return;
    const dataSha256 = this.#chunkHash.digest('hex');
    const expected = signChunk(signing, this.#previousSignature, dataSha256);
    verify(signing, expected, this.#chunkSignature);
    this.#previousSignature = expected.signature;
  }

  /** Fills `trailers`; answers the trailer's signature if there is one. */
  #readTrailers(text: string): string | undefined {
    const lines = text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
    // The last line is empty and ended: after it, the split leaves one more empty text.
    if (lines.length < 2 || lines.at(-1) !== '' || lines.at(-2) !== '') throw incompleteBody();
    let signature: string | undefined;
    for (const line of lines) {
      if (line === '') continue;
      const colon = line.indexOf(':');
      const name = line.slice(0, Math.max(colon, 0)).toLowerCase();
      const value = line.slice(colon + 1).replace(whitespaceAround, '');
      if (name === '' || name !== name.trim()) throw malformedTrailer();
      if (controlCharacter.test(value)) throw malformedTrailer();
      // The signature comes last, and nothing comes twice.
      if (signature !== undefined || this.#trailers.has(name)) throw malformedTrailer();
      if (name === trailerSignatureName) signature = value;
      else this.#trailers.set(name, value);
      if (this.#trailers.size > maxTrailers) throw malformedTrailer();
    }
    return signature;
  }

  #verifyTrailer(signature: string | undefined): void {
    const { signing } = this.#options;
    if (signing === undefined) return;
    // Without an announced trailer there is nothing to sign.
    if (signature === undefined) {
      if (this.#trailers.size === 0) return;
      throw malformedTrailer();
    }
    let canonical = '';
    for (const [name, value] of this.#trailers) canonical += `${name}:${value}\n`;
    verify(signing, signTrailer(signing, this.#previousSignature, sha256Hex(canonical)), signature);
  }
}

const chunkSignature = /^chunk-signature=[0-9a-f]{64}$/;
const hexSize = /^[0-9a-fA-F]{1,13}$/;
const whitespaceAround = /^[ \t]+|[ \t]+$/g;
/** What no field value may hold (RFC 9110, section 5.5): a tab is white space. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const controlCharacter = /[\x00-\x08\x0a-\x1f\x7f]/;

/** 13 hex digits are a safe integer. */
function parseSize(text: string): number {
  const digits = text.replace(/^0+(?=.)/, '');
  if (!hexSize.test(digits)) throw incompleteBody();
  return Number.parseInt(digits, 16);
}

function append(pending: Buffer, part: Buffer, maxBytes: number): Buffer {
  if (pending.length + part.length > maxBytes) {
    throw maxBytes === maxTrailerBytes ? malformedTrailer() : incompleteBody();
  }
  return pending.length === 0 ? part : Buffer.concat([pending, part]);
}

function verify(
  signing: SigningContext,
  expected: { readonly stringToSign: string; readonly signature: string },
  provided: string,
): void {
  if (sameSignature(expected.signature, provided)) return;
  throw signatureMismatch({
    accessKeyId: signing.accessKeyId,
    stringToSign: expected.stringToSign,
    signatureProvided: provided,
  });
}

function incompleteBody(): S3Error {
  return new S3Error('IncompleteBody', { message: 'The request body terminated unexpectedly' });
}

function malformedTrailer(): S3Error {
  return new S3Error('MalformedTrailerError');
}
