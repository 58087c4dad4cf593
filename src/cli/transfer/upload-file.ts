/**
 * A file as an object: in one request, or from some size on in parts (S3 takes at most 5 GiB in one). Every byte is
 * read twice, first for the MD5 that the server compares with; memory is that of a few streams, whatever the size.
 */
import { fromFile } from '../../client/node/node-files.ts';
import type { Sender } from '../../client/sender.ts';
import { upload } from '../../client/transfer/upload.ts';
import { membersOf } from './object-headers.ts';

const MiB = 1024 ** 2;
/** Parts of a file that are sent at once. */
const partsAtOnce = 4;

/** Smaller ones than S3's make tests quick. */
export interface UploadLimits {
  /** Files larger than this go in parts. */
  readonly multipartFromBytes: number;
  /** Of all parts but the last; more where the parts would become too many. */
  readonly minPartBytes: number;
}

export const uploadLimits: UploadLimits = { multipartFromBytes: 64 * MiB, minPartBytes: 16 * MiB };

export interface FileUpload {
  readonly sender: Sender;
  readonly file: string;
  readonly bucket: string;
  readonly key: string;
  /** As a sidecar notes them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly limits: UploadLimits;
}

/** Gives how many bytes it has. */
export async function uploadFile(request: FileUpload): Promise<number> {
  const { sender, file, bucket, key, headers, signal, limits } = request;
  const { $transfer } = await upload(
    sender,
    { Bucket: bucket, Key: key, Body: await fromFile(file), ...membersOf(headers) },
    {
      signal,
      concurrency: partsAtOnce,
      partBytes: limits.minPartBytes,
      multipartFromBytes: limits.multipartFromBytes,
    },
  );
  return $transfer.bytes;
}
