/**
 * How a body is sent: as it is or in signed or counted chunks (aws-chunked), and which checksum goes with it.
 *
 * API reference, "Checking object integrity" and "Authenticating Requests: Using the Authorization Header".
 */
import type { ChecksumAlgorithm } from '../digest/algorithms.ts';
import { toBase64 } from '../protocol/byte-string.ts';
import { checksums } from '../protocol/checksum-headers.ts';
import { emptySha256 } from '../protocol/sigv4/chunk-signature.ts';
import { assertLength, type Body } from './body.ts';
import type { EncodedInput } from './codec/encode-input.ts';
import type { Hashes } from './runtime.ts';
import { S3Error } from './s3-error.ts';
import { codedLength, encodeAwsChunked } from './signing/aws-chunked.ts';
import type { ChunkSigner } from './signing/signer.ts';
import type { Operation } from './types.ts';

export interface PayloadOptions {
  /** Version 2 knows neither hashes of payloads nor chunks. */
  readonly version: 's3v4' | 's3';
  /** The bytes are part of the signature: where the connection isn't encrypted. */
  readonly signsPayload: boolean;
  /** Checksums where they may be, or only where S3 insists. */
  readonly checksums: 'whenSupported' | 'whenRequired';
}

export interface Payload {
  /** What the signature says of it. */
  readonly declaration: string;
  /** Lower-case names; beside those of the input. */
  readonly headers: Readonly<Record<string, string>>;
  readonly replayable: boolean;
  /** @param signer that of the request, where its chunks are signed */
  open(signer: ChunkSigner | undefined): Uint8Array | AsyncIterable<Uint8Array> | undefined;
}

const unsigned = 'UNSIGNED-PAYLOAD';
const algorithmHeader = 'x-amz-sdk-checksum-algorithm';

const noPayload: Payload = {
  declaration: emptySha256,
  headers: {},
  replayable: true,
  open: () => undefined,
};

const emptyPayload: Payload = { ...noPayload, headers: { 'content-length': '0' } };

/** @param body of `encoded`, its length known */
export async function payloadOf(
  operation: Operation,
  { headers, isDocument }: EncodedInput,
  body: Body | undefined,
  hashes: Hashes,
  options: PayloadOptions,
): Promise<Payload> {
  if (body === undefined) {
    return operation.method === 'PUT' || operation.method === 'POST' ? emptyPayload : noPayload;
  }
  const checksum = algorithmFor(operation, headers, body, isDocument, options);
  if (body.kind === 'bytes') return wholePayload(body.bytes, checksum, hashes, options);
  return streamPayload(body, checksum, headers, hashes, options);
}

/** `md5` means `Content-MD5`; undefined that there is none, or that the caller has brought it. */
function algorithmFor(
  { input }: Operation,
  headers: Readonly<Record<string, string>>,
  body: Body,
  isDocument: boolean,
  { version, checksums: wanted }: PayloadOptions,
): ChecksumAlgorithm | 'md5' | undefined {
  for (const name in headers) {
    if (name === 'content-md5' || name.startsWith('x-amz-checksum-')) return undefined;
  }
  const asked = headers[algorithmHeader];
  if (asked !== undefined) return asked.toUpperCase() as ChecksumAlgorithm;
  const mayAsk = input.members.some(({ wire }) => wire === algorithmHeader);
  const isSendable = version === 's3v4' || body.kind === 'bytes' || body.replayable;
  if (mayAsk && isSendable && wanted === 'whenSupported') return 'CRC32';
  // S3 insists on one for most documents and for objects that are locked. Version 2 signs no bytes, and its servers
  // may know only of MD5.
  const mayHaveMd5 = mayAsk || input.members.some(({ name }) => name === 'ContentMD5');
  return mayHaveMd5 && (isDocument || version === 's3') ? 'md5' : undefined;
}

async function wholePayload(
  bytes: Uint8Array,
  checksum: ChecksumAlgorithm | 'md5' | undefined,
  hashes: Hashes,
  { version, signsPayload }: PayloadOptions,
): Promise<Payload> {
  const headers: Record<string, string> = { 'content-length': String(bytes.length) };
  if (checksum === 'md5') headers['content-md5'] = hashes.md5Base64(bytes);
  else if (checksum !== undefined) {
    const digest = await hashes.openDigest(checksum);
    digest.update(bytes);
    Object.assign(headers, checksumHeaders(checksum, digest.digest()));
  }
  const isHashed = signsPayload && version === 's3v4';
  return {
    declaration: isHashed ? hashes.sha256Hex(bytes) : unsigned,
    headers,
    replayable: true,
    open: () => bytes,
  };
}

const checksumHeaders = (checksum: ChecksumAlgorithm, digest: Uint8Array) => ({
  [algorithmHeader]: checksum,
  [checksums[checksum].header]: toBase64(digest),
});

const noTrailer =
  'with Signature Version 2 the checksum of a stream that can be read only once must come with it: pass ChecksumCRC32 or the like, or a file, a Blob or bytes';

async function digestOf(
  chunks: AsyncIterable<Uint8Array>,
  checksum: ChecksumAlgorithm,
  hashes: Hashes,
): Promise<Uint8Array> {
  const digest = await hashes.openDigest(checksum);
  for await (const chunk of chunks) digest.update(chunk);
  return digest.digest();
}

async function streamPayload(
  body: Body & { readonly kind: 'stream' },
  checksum: ChecksumAlgorithm | 'md5' | undefined,
  given: Readonly<Record<string, string>>,
  hashes: Hashes,
  { version, signsPayload }: PayloadOptions,
): Promise<Payload> {
  const size = body.size!;
  const { replayable } = body;
  const plain = () => withLength(body.open(), size);
  if (version === 's3' && checksum !== undefined && checksum !== 'md5') {
    // Without chunks there is nothing after the body: the checksum goes before it.
    if (!replayable) throw new S3Error('InvalidInput', noTrailer);
    return {
      declaration: unsigned,
      headers: {
        'content-length': String(size),
        ...checksumHeaders(checksum, await digestOf(plain(), checksum, hashes)),
      },
      replayable,
      open: plain,
    };
  }
  if (version === 's3' || checksum === 'md5' || (checksum === undefined && !signsPayload)) {
    return {
      declaration: unsigned,
      headers: { 'content-length': String(size) },
      replayable,
      open: plain,
    };
  }
  const trailerName = checksum === undefined ? undefined : checksums[checksum].header;
  const kind = signsPayload ? 'AWS4-HMAC-SHA256-PAYLOAD' : 'UNSIGNED-PAYLOAD';
  const declaration = `STREAMING-${kind}${trailerName === undefined ? '' : '-TRAILER'}`;
  const headers: Record<string, string> = {
    'content-encoding': ['aws-chunked', given['content-encoding']].filter(Boolean).join(','),
    // Of requests that nobody signs, too.
    'x-amz-content-sha256': declaration,
    'x-amz-decoded-content-length': String(size),
    'content-length': String(codedLength(size, signsPayload, checksum)),
  };
  if (trailerName !== undefined) {
    headers['x-amz-trailer'] = trailerName;
    headers[algorithmHeader] = checksum!;
  }
  return {
    declaration,
    headers,
    replayable,
    open: (signer) => encodeAwsChunked(plain(), { signer, checksum, hashes }),
  };
}

/** A stream that is shorter or longer than it was said to be must not be taken for the whole. */
async function* withLength(
  chunks: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > size) break;
    yield chunk;
  }
  assertLength(length, size);
}
