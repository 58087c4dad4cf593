/**
 * An upload in parts: begun, its parts sent at once, completed or aborted.
 *
 * API reference, "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload", "AbortMultipartUpload".
 */
import { isCombinable } from '../../digest/combine-crc.ts';
import {
  AbortMultipartUpload,
  CreateMultipartUpload,
  UploadPart,
} from '../../model/operations.gen.ts';
import { assertSame, checksumIn } from '../codec/verify-body.ts';
import { S3Error } from '../s3-error.ts';
import type { ClientInput } from '../types.ts';
import { checksumMember, checksumOf } from './checksums.ts';
import { inParallel } from './in-parallel.ts';
import { maxParts } from './part-plan.ts';
import { held, type Part } from './parts.ts';
import type { Progress } from './progress.ts';
import { membersFor, type UploadRequest } from './upload-request.ts';

/** Who has given up doesn't wait longer for what is left to be cleared away. */
const abortTimeoutMs = 30_000;

export interface SentPart {
  readonly number: number;
  readonly size: number;
  readonly etag: string;
  /** Base64; undefined where none is sent. */
  readonly checksum: string | undefined;
}

export async function createUpload(request: UploadRequest): Promise<string> {
  const { sender, algorithm, signal } = request;
  const { UploadId } = await sender.send(
    CreateMultipartUpload,
    {
      ...membersFor(request, CreateMultipartUpload),
      ...(algorithm !== undefined && {
        ChecksumAlgorithm: algorithm,
        ChecksumType: isCombinable(algorithm) ? 'FULL_OBJECT' : 'COMPOSITE',
      }),
    },
    { signal },
  );
  if (!UploadId) throw new S3Error('MalformedResponse', 'the server gave no UploadId');
  return UploadId;
}

/**
 * Sends all parts but those that are there, and gives all, in order.
 * @throws as inParallel
 */
export async function sendParts(
  request: UploadRequest,
  uploadId: string,
  parts: Iterator<Part, void> | AsyncIterator<Part, void>,
  there: ReadonlyMap<number, SentPart>,
  progress: Progress,
): Promise<readonly SentPart[]> {
  const sent: SentPart[] = [];
  await inParallel(parts, request.concurrency, request.signal, async (part, signal) => {
    const { number } = part;
    if (number > maxParts) {
      throw new S3Error('InvalidInput', `the stream is longer than ${maxParts} parts can hold`);
    }
    sent[number - 1] =
      there.get(number) ?? (await sendPart({ ...request, signal }, uploadId, part, progress));
  });
  return sent;
}

async function sendPart(
  request: UploadRequest & { readonly signal: AbortSignal },
  uploadId: string,
  part: Part,
  progress: Progress,
): Promise<SentPart> {
  const { sender, algorithm, signal } = request;
  const { number, size } = part;
  const body = await held(part, signal);
  const { given, checksum } = await digested({ body, size }, request, signal);
  const reached = progress.ofPiece();
  const output = await sender.send(
    UploadPart,
    {
      ...membersFor(request, UploadPart),
      ...given,
      UploadId: uploadId,
      PartNumber: number,
      Body: counted(body, reached),
    },
    { signal },
  );
  reached(size);
  if (!output.ETag)
    throw new S3Error('MalformedResponse', `the server gave no ETag of part ${number}`);
  const theirs = algorithm && checksumIn(output, algorithm);
  if (theirs) assertSame({ algorithm, value: checksum! }, theirs, `the bytes of part ${number}`);
  return { number, size, etag: output.ETag, checksum };
}

/** A checksum, or the MD5 that servers knew before there were any; base64. */
export interface Digested {
  readonly checksum: string | undefined;
  readonly md5: string | undefined;
  /** The members that bring it. */
  readonly given: Pick<ClientInput<'UploadPart'>, 'ContentMD5'> | ReturnType<typeof checksumMember>;
}

export async function digested(
  part: Pick<Part, 'body' | 'size'>,
  { sender, algorithm }: UploadRequest,
  signal: AbortSignal,
): Promise<Digested> {
  const { hashes } = sender.runtime;
  const value = await checksumOf(part, algorithm ?? 'MD5', hashes, signal);
  return algorithm === undefined
    ? { checksum: undefined, md5: value, given: { ContentMD5: value } }
    : { checksum: value, md5: undefined, given: checksumMember(algorithm, value) };
}

/** What is read while it is sent tells how far it is. */
export function counted(body: Part['body'], reached: (bytes: number) => void): Part['body'] {
  if (body instanceof Uint8Array) return body;
  return {
    size: body.size,
    async *open(start, end) {
      let at = start;
      for await (const chunk of body.open(start, end)) {
        yield chunk;
        at += chunk.length;
        reached(at);
      }
    },
  };
}

/** Whatever the transfer's signal says. That it is gone already is no error. */
export async function abortUpload(request: UploadRequest, uploadId: string): Promise<void> {
  const members = membersFor(request, AbortMultipartUpload);
  const signal = AbortSignal.timeout(abortTimeoutMs);
  try {
    await request.sender.send(AbortMultipartUpload, { ...members, UploadId: uploadId }, { signal });
  } catch (error) {
    if (!(error instanceof S3Error && error.code === 'NoSuchUpload')) throw error;
  }
}
