/**
 * An object that is downloaded: found once, then read in ranges, of which all must be of the same state of it.
 *
 * API reference, "GetObject": `Range` with `If-Match`.
 */
import { GetObject, HeadObject } from '../../model/operations.gen.ts';
import { type ObjectChecksum, objectChecksum } from '../codec/verify-body.ts';
import type { ObjectBody } from '../object-body.ts';
import { createRetries } from '../retry.ts';
import { S3Error } from '../s3-error.ts';
import type { Sender } from '../sender.ts';
import type { ClientInput, ClientOutput } from '../types.ts';

/** As GetObject takes it, without the ways to ask for a piece. */
export type DownloadInput = Omit<ClientInput<'GetObject'>, 'Range' | 'PartNumber'>;

export interface RemoteObject {
  readonly sender: Sender;
  readonly input: DownloadInput;
  readonly head: ClientOutput<'HeadObject'>;
  readonly size: number;
  readonly etag: string;
  /** Of the whole; undefined where the server has none. */
  readonly checksum: ObjectChecksum | undefined;
}

/** @throws S3Error NotFound and what else HeadObject answers, without a document and so with few words */
export async function findObject(
  sender: Sender,
  input: DownloadInput,
  signal: AbortSignal | undefined,
): Promise<RemoteObject> {
  for (const name of ['Range', 'PartNumber']) {
    if (!(name in input)) continue;
    throw new S3Error('InvalidInput', `download: there is no ${name}`, { operation: 'download' });
  }
  const asks = sender.config.responseChecksums === 'whenSupported';
  const ChecksumMode = input.ChecksumMode ?? (asks ? 'ENABLED' : undefined);
  const head = await sender.send(HeadObject, { ...input, ChecksumMode }, { signal });
  const { ContentLength: size, ETag: etag } = head;
  if (size === undefined || !etag) {
    throw new S3Error('MalformedResponse', 'the server gave no length or no ETag of the object');
  }
  return { sender, input, head, size, etag, checksum: objectChecksum(head) };
}

/** What the conditions of the input were asked of has been found: from now on it must be just that. */
export const sameObject = ({ input, etag }: RemoteObject): DownloadInput => ({
  ...input,
  IfMatch: etag,
  IfNoneMatch: undefined,
  IfModifiedSince: undefined,
  IfUnmodifiedSince: undefined,
});

/**
 * The bytes from `start` up to before `end`, each once: where an answer breaks off, the rest is asked for.
 * @throws S3Error TransferFailed if the object has been replaced
 */
export async function* readRange(
  object: RemoteObject,
  start: number,
  end: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const retries = createRetries(object.sender, signal);
  for (let at = start; at < end; ) {
    const body = await askFor(object, at, end, signal);
    try {
      for await (const chunk of body) {
        at += chunk.length;
        if (at > end) throw new S3Error('MalformedResponse', 'the server sent more than the range');
        retries.reset();
        yield chunk;
      }
      if (at < end) throw new S3Error('NetworkError', 'the answer ended before the range did');
    } catch (error) {
      await retries.afterFailure(error);
    }
  }
}

async function askFor(
  object: RemoteObject,
  start: number,
  end: number,
  signal: AbortSignal,
): Promise<ObjectBody> {
  const { sender, size, etag } = object;
  const range = `bytes=${start}-${end - 1}`;
  const input = { ...sameObject(object), Range: range };
  let output: ClientOutput<'GetObject'>;
  try {
    output = await sender.send(GetObject, input, { signal });
  } catch (error) {
    throw error instanceof S3Error && error.status === 412 ? replaced(error) : error;
  }
  const { Body, ContentRange, ETag, $metadata } = output;
  const isWhole = $metadata.httpStatusCode === 200 && start === 0 && end === size;
  if (ETag === etag && (isWhole || ContentRange === `bytes ${start}-${end - 1}/${size}`))
    return Body;
  Body.cancel();
  if (ETag !== etag) throw replaced(undefined);
  throw new S3Error('MalformedResponse', `the server answered ${ContentRange}, not ${range}`);
}

const replaced = (cause: S3Error | undefined): S3Error =>
  new S3Error('TransferFailed', 'the object was replaced while it was downloaded', {
    status: cause?.status ?? 0,
    requestId: cause?.requestId,
    cause,
  });
