/**
 * What an upload that can be resumed notes of itself: which upload it is, and of what. Which parts are there the
 * server tells (ListParts); they count if they have the checksums of what would be sent now.
 */
import { ListParts } from '../../model/operations.gen.ts';
import type { BodySource } from '../body.ts';
import { checksumIn } from '../codec/verify-body.ts';
import { paginate } from '../paginate.ts';
import { S3Error } from '../s3-error.ts';
import { inParallel } from './in-parallel.ts';
import { abortUpload, digested, type SentPart } from './multipart.ts';
import { isEtagOf } from './part-etags.ts';
import { partsOfSource } from './parts.ts';
import { filesOf, openStateFile } from './state-file.ts';
import { membersFor, type UploadRequest } from './upload-request.ts';

interface UploadState {
  readonly uploadId: string;
  readonly partBytes: number;
  readonly size: number;
  /** Of the body. */
  readonly version: string;
  /** SHA-256 of what else was asked for: keys and values that are nobody's business stay out of the file. */
  readonly settings: string;
}

export interface EarlierUpload {
  readonly uploadId: string;
  readonly there: ReadonlyMap<number, SentPart>;
}

export interface ResumableUpload {
  /**
   * What an earlier run left, if it fits. If the body, the size of parts or anything else that was asked for has
   * changed since then, that upload is aborted.
   */
  find(): Promise<EarlierUpload | undefined>;
  note(uploadId: string): Promise<void>;
  forget(): Promise<void>;
}

/** @throws S3Error InvalidInput for a body that doesn't tell whether it has changed */
export function openResumableUpload(
  request: UploadRequest,
  path: string,
  source: BodySource,
  partBytes: number,
): ResumableUpload {
  const { sender, members, bucket, key, algorithm } = request;
  const { size, version } = source;
  if (version === undefined) {
    throw new S3Error(
      'InvalidInput',
      'resumeFrom: only a file (fromFile) can be gone on with later',
    );
  }
  const { host } = sender.locate(bucket).origin;
  const text = new TextEncoder().encode(canonicalText(members, algorithm));
  const settings = sender.runtime.hashes.sha256Hex(text);
  const state = { partBytes, size, version, settings };
  const name = { kind: 'kist upload', host, bucket, key } as const;
  const file = openStateFile<UploadState>(filesOf(sender), path, name, isState);

  return {
    async find() {
      const found = await file.read();
      if (found === undefined) return undefined;
      const { uploadId } = found;
      const fits = stateMembers.every((member) => found[member] === state[member]);
      const there = fits ? await partsThere(request, uploadId, source, partBytes) : undefined;
      if (there !== undefined) return { uploadId, there };
      await abortUpload(request, uploadId);
      await file.remove();
      return undefined;
    },
    note: (uploadId) => file.write({ uploadId, ...state }),
    forget: () => file.remove(),
  };
}

const stateMembers = ['partBytes', 'size', 'version', 'settings'] as const;

const isState = (found: Readonly<Record<string, unknown>>): boolean =>
  typeof found.uploadId === 'string' && stateMembers.every((member) => member in found);

function canonicalText(members: UploadRequest['members'], algorithm: string | undefined): string {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([algorithm, entries]);
}

/** Those that have the bytes that they should. Undefined if the upload is gone. */
async function partsThere(
  request: UploadRequest,
  uploadId: string,
  source: BodySource,
  partBytes: number,
): Promise<ReadonlyMap<number, SentPart> | undefined> {
  const listed = await listedParts(request, uploadId);
  if (listed === undefined) return undefined;
  const there = new Map<number, SentPart>();
  const all = [...partsOfSource(source, partBytes)];
  const found = all.filter(({ number, size }) => listed.get(number)?.size === size);
  await inParallel(found.values(), request.concurrency, request.signal, async (part, signal) => {
    const sent = listed.get(part.number)!;
    const { checksum, md5 } = await digested(part, request, signal);
    const isSame = md5 === undefined ? checksum === sent.checksum : isEtagOf(sent.etag, md5);
    if (isSame) there.set(part.number, sent);
  });
  return there;
}

async function listedParts(
  request: UploadRequest,
  uploadId: string,
): Promise<ReadonlyMap<number, SentPart> | undefined> {
  const { sender, algorithm, signal } = request;
  const listed = new Map<number, SentPart>();
  const input = { ...membersFor(request, ListParts), UploadId: uploadId };
  try {
    for await (const part of paginate(sender, ListParts, input, { signal }).items()) {
      const { PartNumber: number = 0, ETag: etag = '', Size: size = 0 } = part;
      listed.set(number, {
        number,
        size,
        etag,
        checksum: algorithm && checksumIn(part, algorithm),
      });
    }
  } catch (error) {
    if (error instanceof S3Error && error.code === 'NoSuchUpload') return undefined;
    throw error;
  }
  return listed;
}
