/**
 * Downloads of any size: ranges that are fetched at once, all of the same state of the object, verified and, after a
 * crash, gone on with.
 */
import { GetObject } from '../../model/operations.gen.ts';
import { openVerifier } from '../codec/verify-body.ts';
import { ObjectBody } from '../object-body.ts';
import type { ResponseBody } from '../runtime.ts';
import { S3Error } from '../s3-error.ts';
import type { Sender } from '../sender.ts';
import type { ClientOutput } from '../types.ts';
import { downloadToFile } from './download-to-file.ts';
import { asS3Error } from './in-parallel.ts';
import {
  checkOptions,
  chosenConcurrency,
  chosenPartBytes,
  optionNames,
  type TransferOptions,
} from './options.ts';
import { orderedBody } from './ordered-body.ts';
import { createProgress, type Progress } from './progress.ts';
import { type DownloadInput, findObject, type RemoteObject, sameObject } from './remote-object.ts';

export type DownloadOptions = TransferOptions;

/** What HeadObject answers. */
export type DownloadOutput = ClientOutput<'HeadObject'> & {
  readonly $transfer: {
    readonly bytes: number;
    /** Of these, what an earlier run had fetched. */
    readonly resumedBytes: number;
  };
};

export type OpenDownload = ClientOutput<'HeadObject'> & { readonly Body: ObjectBody };

/**
 * Downloads an object to a file by its path, or to a web stream, which gets the bytes in order.
 *
 * It is found first (HeadObject), then fetched in ranges, with `If-Match`: an object that is replaced meanwhile ends
 * it with TransferFailed. The whole is compared with its checksum if the server has one that isn't a checksum of
 * parts' checksums. The file appears under its name when it is complete and verified.
 *
 * With `resumeFrom`, which is for files, what has come stays beside the file until the same call ends well; it
 * begins anew if the object or the size of parts have changed. A state of another object, file or of something else
 * is refused.
 * @throws S3Error; TransferFailed where a file or stream failed, or several things; the signal's reason
 */
export async function download(
  sender: Sender,
  input: DownloadInput,
  target: string | WritableStream<Uint8Array>,
  options: DownloadOptions = {},
): Promise<DownloadOutput> {
  const { signal } = options;
  try {
    if (typeof target === 'string') {
      checkOptions(options, new Set(optionNames));
      const object = await findObject(sender, input, signal);
      const resumedBytes = await downloadToFile(object, target, options);
      return { ...object.head, $transfer: { bytes: object.size, resumedBytes } };
    }
    const { Body, ...head } = await openDownload(sender, input, options);
    let bytes = 0;
    const counting = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        bytes += chunk.length;
        controller.enqueue(chunk);
      },
    });
    await Body.stream().pipeThrough(counting).pipeTo(target, { signal });
    return { ...head, $transfer: { bytes, resumedBytes: 0 } };
  } catch (error) {
    throw signal?.aborted && error === signal.reason ? error : asS3Error(error);
  }
}

/**
 * The same with a body to be read: in order, while as many ranges are fetched ahead as `concurrency` says, which are
 * held in memory.
 */
export async function openDownload(
  sender: Sender,
  input: DownloadInput,
  options: DownloadOptions = {},
): Promise<OpenDownload> {
  checkOptions(options, new Set(optionNames));
  if (options.resumeFrom !== undefined) {
    throw new S3Error('InvalidInput', 'resumeFrom: only a download to a file can be gone on with');
  }
  const { signal, onProgress } = options;
  const object = await findObject(sender, input, signal);
  const { head, size, checksum } = object;
  const { runtime } = sender;
  if (isUnpacked(object)) {
    const { Body } = await sender.send(GetObject, sameObject(object), { signal });
    const body = counted(Body, createProgress(undefined, onProgress));
    return { ...head, Body: new ObjectBody(body, undefined, runtime) };
  }
  const body = orderedBody(object, {
    rangeBytes: chosenPartBytes(options),
    concurrency: chosenConcurrency(options),
    progress: createProgress(size, onProgress),
    signal,
  });
  const verifier = await openVerifier(checksum, runtime);
  return { ...head, Body: new ObjectBody(body, verifier, runtime) };
}

/** Browsers undo a Content-Encoding, for which they need the whole. */
const isUnpacked = ({ head: { ContentEncoding }, sender }: RemoteObject): boolean =>
  ContentEncoding !== undefined && sender.runtime.files === undefined;

function counted(body: ObjectBody, progress: Progress): ResponseBody {
  return {
    async *[Symbol.asyncIterator]() {
      for await (const chunk of body) {
        progress.add(chunk.length);
        yield chunk;
      }
    },
    async bytes() {
      const bytes = await body.bytes();
      progress.add(bytes.length);
      return bytes;
    },
    cancel: () => body.cancel(),
  };
}
