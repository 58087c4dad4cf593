/**
 * Uploads of any size: in one request, or in parts that are sent at once, verified and, after a crash, gone on with.
 *
 * S3 User Guide, "Uploading and copying objects using multipart upload".
 */
import { PutObject } from '../../model/operations.gen.ts';
import { type BodySource, bodyOf, sourceOf } from '../body.ts';
import { assertSame, checksumIn } from '../codec/verify-body.ts';
import { S3Error } from '../s3-error.ts';
import type { Sender } from '../sender.ts';
import { type CompletedObject, completeUpload } from './complete-upload.ts';
import { asS3Error, together, unlessAborted } from './in-parallel.ts';
import {
  abortUpload,
  counted,
  createUpload,
  digested,
  type SentPart,
  sendParts,
} from './multipart.ts';
import {
  checkOptions,
  chosenConcurrency,
  chosenPartBytes,
  optionNames,
  type TransferOptions,
  wholeNumber,
} from './options.ts';
import { maxPartBytes, partBytesOf } from './part-plan.ts';
import { held, type Part, partsOfSource, partsOfStream } from './parts.ts';
import { createProgress, type Progress } from './progress.ts';
import {
  membersFor,
  requestOf,
  type UploadInput,
  type UploadOutput,
  type UploadRequest,
} from './upload-request.ts';
import { openResumableUpload, type ResumableUpload } from './upload-state.ts';

export interface UploadOptions extends TransferOptions {
  /** A body that can be read from any place goes in one request up to this size; `partBytes` if undefined. */
  readonly multipartFromBytes?: number | undefined;
}

/**
 * Uploads a body, in parts if it is large: `upload(client, { Bucket, Key, Body: await fromFile(path) })`.
 *
 * Every part goes with its checksum (CRC32 unless the input names another), and the whole with one that is combined
 * from them: the server refuses what it has not got right, and what it answers is compared. With `requestChecksums:
 * 'whenRequired'`, and none named, parts go with their Content-MD5 instead.
 *
 * What fails leaves no parts behind, but for an upload with `resumeFrom`: that stays, to be gone on with, until the
 * same call ends well or finds that the file, its settings or the size of parts have changed and begins anew. A
 * state of another object or of something else is refused.
 * @throws S3Error; TransferFailed where a file or stream failed, or several things; the signal's reason
 */
export async function upload(
  sender: Sender,
  input: UploadInput,
  options: UploadOptions = {},
): Promise<UploadOutput> {
  const { signal } = options;
  checkOptions(options, new Set([...optionNames, 'multipartFromBytes']));
  wholeNumber('multipartFromBytes', options.multipartFromBytes, maxPartBytes);
  const request = requestOf(sender, input, { concurrency: chosenConcurrency(options), signal });
  signal?.throwIfAborted();
  try {
    const source = sourceOf(input.Body);
    return source === undefined
      ? await uploadStream(request, input, options)
      : await uploadSource(request, source, input.ContentLength, options);
  } catch (error) {
    throw signal?.aborted && error === signal.reason ? error : asS3Error(error);
  }
}

async function uploadSource(
  request: UploadRequest,
  source: BodySource,
  length: number | undefined,
  options: UploadOptions,
): Promise<UploadOutput> {
  const { size } = source;
  if (length !== undefined && length !== size) {
    throw new S3Error('InvalidInput', `ContentLength is ${length}, and the body has ${size} bytes`);
  }
  const partBytes = partBytesOf(size, chosenPartBytes(options));
  const { resumeFrom: path, multipartFromBytes = partBytes, onProgress } = options;
  const resumable =
    path === undefined ? undefined : openResumableUpload(request, path, source, partBytes);
  if (size <= multipartFromBytes) {
    const earlier = await resumable?.find();
    if (earlier !== undefined) await giveUp(request, earlier.uploadId, resumable);
    const [whole = nothing] = partsOfSource(source, Math.max(1, size));
    return await putWhole(request, whole, createProgress(size, onProgress));
  }
  const earlier = await resumable?.find();
  const there = earlier?.there ?? new Map<number, SentPart>();
  const resumed = [...there.values()];
  const progress = createProgress(size, onProgress, bytesOf(resumed));
  const uploadId = earlier?.uploadId ?? (await begin(request, resumable));
  const parts = partsOfSource(source, partBytes);
  return await uploadParts(request, { uploadId, resumable, parts, there, progress });
}

const nothing: Part = { number: 1, size: 0, isLast: true, body: new Uint8Array(0) };

const bytesOf = (parts: readonly SentPart[]): number =>
  parts.reduce((sum, { size }) => sum + size, 0);

async function begin(
  request: UploadRequest,
  resumable: ResumableUpload | undefined,
): Promise<string> {
  const uploadId = await createUpload(request);
  try {
    await resumable?.note(uploadId);
  } catch (error) {
    throw await abortedBy(error, request, uploadId);
  }
  return uploadId;
}

async function uploadStream(
  request: UploadRequest,
  { Body, ContentLength: length }: UploadInput,
  options: UploadOptions,
): Promise<UploadOutput> {
  for (const name of ['resumeFrom', 'multipartFromBytes'] as const) {
    if (options[name] === undefined) continue;
    throw new S3Error('InvalidInput', `${name}: a stream can be read only once, from its start`);
  }
  const asked = chosenPartBytes(options);
  const body = bodyOf(Body, length);
  if (body.kind !== 'stream') throw new Error('what is no stream is a source');
  const partBytes = length === undefined ? asked : partBytesOf(length, asked);
  const parts = partsOfStream(body.open(), length, partBytes);
  try {
    const progress = createProgress(length, options.onProgress);
    const first = await unlessAborted(parts.next(), request.signal);
    if (first.done) throw new Error('a stream has a first part');
    if (first.value.isLast) return await putWhole(request, first.value, progress);
    const uploadId = await begin(request, undefined);
    const all = withFirst(first.value, parts);
    const none = { resumable: undefined, there: new Map() };
    return await uploadParts(request, { uploadId, parts: all, progress, ...none });
  } finally {
    // Not waited for: one that stands still would never end.
    parts.return().catch(() => {});
  }
}

async function* withFirst(first: Part, others: AsyncGenerator<Part, void>) {
  yield first;
  yield* others;
}

async function putWhole(
  request: UploadRequest,
  part: Part,
  progress: Progress,
): Promise<UploadOutput> {
  const { sender, algorithm, signal = new AbortController().signal } = request;
  const { size } = part;
  const body = await held(part, signal);
  const { given, checksum } = await digested({ body, size }, request, signal);
  const reached = progress.ofPiece();
  const output = await sender.send(
    PutObject,
    {
      ...membersFor(request, PutObject),
      ...given,
      Body: counted(body, reached),
    },
    { signal },
  );
  reached(size);
  const theirs = algorithm && checksumIn(output, algorithm);
  if (theirs) assertSame({ algorithm, value: checksum! }, theirs, 'the bytes that were sent');
  return { ...output, $transfer: { bytes: size, parts: 0, resumedParts: 0 } };
}

interface BegunUpload {
  readonly uploadId: string;
  readonly resumable: ResumableUpload | undefined;
  readonly parts: Iterator<Part, void> | AsyncIterator<Part, void>;
  readonly there: ReadonlyMap<number, SentPart>;
  readonly progress: Progress;
}

async function uploadParts(request: UploadRequest, begun: BegunUpload): Promise<UploadOutput> {
  const { uploadId, resumable, parts, there, progress } = begun;
  try {
    const sent = await sendParts(request, uploadId, parts, there, progress);
    const output: CompletedObject = await completeUpload(request, uploadId, sent);
    await resumable?.forget();
    const $transfer = { bytes: bytesOf(sent), parts: sent.length, resumedParts: there.size };
    return { ...output, $transfer };
  } catch (error) {
    if (resumable !== undefined && !isUseless(error)) throw error;
    throw await abortedBy(error, request, uploadId, resumable);
  }
}

/** The parts that are there don't make the object, however often it is tried. */
const isUseless = (error: unknown): boolean =>
  error instanceof S3Error &&
  ['BadDigest', 'ChecksumMismatch', 'InvalidPart', 'InvalidPartOrder'].includes(error.code);

/** What went wrong, and what went wrong then. */
async function abortedBy(
  error: unknown,
  request: UploadRequest,
  uploadId: string,
  resumable?: ResumableUpload,
): Promise<unknown> {
  try {
    await giveUp(request, uploadId, resumable);
    return error;
  } catch (left) {
    return together([error, left]);
  }
}

async function giveUp(
  request: UploadRequest,
  uploadId: string,
  resumable: ResumableUpload | undefined,
): Promise<void> {
  await abortUpload(request, uploadId);
  await resumable?.forget();
}
