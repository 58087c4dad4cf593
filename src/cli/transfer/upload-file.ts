/**
 * A file as an object: in one request, or from some size on in parts (S3 takes at most 5 GiB in one). Every byte is
 * read twice, first for the MD5 that the server compares with; memory is that of a few streams, whatever the size.
 */
import { lstat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import {
  abortUpload,
  beginUpload,
  completeUpload,
  type MultipartUpload,
  partQuery,
} from '../../client/multipart-upload.ts';
import type { Retry } from '../../client/retries.ts';
import { S3RequestError, type S3Requests } from '../../client/s3-requests.ts';
import { bytesOfFile, digestParts, multipartEtag, type PartDigest } from './file-digests.ts';

const MiB = 1024 ** 2;
/** Files larger than this go in parts. */
export const multipartFromBytes = 64 * MiB;
/** Of all parts but the last; more where the parts would become too many. */
const minPartBytes = 16 * MiB;
/** As S3 allows. */
const maxParts = 10_000;
/** Parts of a file that are sent at once. */
const partsAtOnce = 4;

export interface Upload {
  readonly requests: S3Requests;
  readonly retry: Retry;
  readonly file: string;
  readonly size: number;
  /** Of the object, as in a request. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly limits: UploadLimits;
}

/** Smaller ones than S3's make tests quick. */
export interface UploadLimits {
  readonly multipartFromBytes: number;
  readonly minPartBytes: number;
}

export const uploadLimits: UploadLimits = { multipartFromBytes, minPartBytes };

export async function uploadFile(upload: Upload): Promise<void> {
  const { file, size, signal, limits } = upload;
  const before = await lstat(file);
  const isWhole = size <= limits.multipartFromBytes;
  const partBytes = isWhole ? size : partBytesOf(size, limits);
  const parts = await digestParts(file, size, partBytes, signal);
  const after = await lstat(file);
  if (after.size !== size || after.mtimeMs !== before.mtimeMs) {
    throw new Error('it changed while it was read');
  }
  if (isWhole) {
    await put(upload, parts[0]!, { headers: upload.headers });
    return;
  }
  await uploadParts(upload, parts);
}

function partBytesOf(size: number, { minPartBytes }: UploadLimits): number {
  if (size <= minPartBytes * maxParts) return minPartBytes;
  return Math.ceil(size / maxParts / MiB) * MiB;
}

/** The server refuses bytes that are not those of the digest. Gives the ETag. */
async function put(
  { requests, retry, file, path, signal }: Upload,
  { from, to, md5 }: PartDigest,
  more: { readonly query?: string; readonly headers?: Readonly<Record<string, string>> },
): Promise<string> {
  const headers = {
    ...more.headers,
    'content-length': String(to - from),
    'content-md5': md5.toString('base64'),
  };
  return await retry(async () => {
    const body = Readable.from(bytesOfFile(file, from, to, signal), { objectMode: false });
    const answer = await requests.send({ method: 'PUT', path, ...more, headers }, body, signal);
    answer.resume();
    return answer.headers.etag ?? '';
  }, signal);
}

async function uploadParts(file: Upload, parts: readonly PartDigest[]): Promise<void> {
  const { requests, retry, path, headers, signal } = file;
  const upload = await retry(() => beginUpload(requests, path, headers, signal), signal);
  try {
    const etags = await sendParts(file, parts, upload);
    await complete(file, parts, upload, etags);
  } catch (error) {
    // Its parts would stay for ever. What went wrong is told, not that this did, too.
    await abortUpload(requests, upload).catch(() => {});
    throw error;
  }
}

async function sendParts(
  file: Upload,
  parts: readonly PartDigest[],
  upload: MultipartUpload,
): Promise<readonly string[]> {
  const failing = new AbortController();
  const signal = AbortSignal.any([file.signal, failing.signal]);
  const etags: string[] = [];
  const queue = parts.entries();
  const sender = async () => {
    for (const [i, part] of queue) {
      signal.throwIfAborted();
      etags[i] = await put({ ...file, signal }, part, { query: partQuery(upload, i + 1) });
    }
  };
  const senders = Array.from({ length: partsAtOnce }, () =>
    sender().catch((error: unknown) => failing.abort(error)),
  );
  await Promise.all(senders);
  signal.throwIfAborted();
  return etags;
}

async function complete(
  { requests, retry, path, signal }: Upload,
  parts: readonly PartDigest[],
  upload: MultipartUpload,
  etags: readonly string[],
): Promise<void> {
  try {
    await retry(() => completeUpload(requests, upload, etags, signal), signal);
  } catch (error) {
    // An answer may have been lost: it is there, or it is not.
    if (!(error instanceof S3RequestError && error.code === 'NoSuchUpload')) throw error;
    const found = await requests.send({ method: 'HEAD', path }, undefined, signal);
    found.resume();
    if (found.headers.etag !== multipartEtag(parts)) throw error;
  }
}
