/**
 * What a download that can be resumed notes of itself: of which state of the object it is, and the checksums of the
 * ranges that its unfinished file has. Whether it has them still is found out by reading them.
 */
import type { ChecksumAlgorithm } from '../../digest/algorithms.ts';
import { S3Error } from '../s3-error.ts';
import { checksumOf } from './checksums.ts';
import { type ByteRange, rangesOf } from './part-plan.ts';
import type { RemoteObject } from './remote-object.ts';
import { filesOf, openStateFile, type StateFile } from './state-file.ts';

interface DownloadState {
  readonly target: string;
  /** Of the unfinished file's name. */
  readonly suffix: string;
  readonly versionId: string | null;
  readonly etag: string;
  readonly size: number;
  readonly rangeBytes: number;
  readonly algorithm: ChecksumAlgorithm;
  /** Index of the range and its checksum in base64. */
  readonly ranges: readonly (readonly [number, string])[];
}

/** The state is written so many times at most, and once more at the end. */
const maxWrites = 200;
const suffixPattern = /^[a-z0-9]{1,8}$/;

export interface ResumableDownload {
  readonly partial: string;
  /** What is there: of the range of each index its checksum. */
  readonly there: ReadonlyMap<number, string>;
  note(range: ByteRange, checksum: string): Promise<void>;
  /** Notes what has come since the last time. */
  flush(): Promise<void>;
  forget(): Promise<void>;
}

/** @throws S3Error InvalidInput if the file is the state of something else */
export async function openResumableDownload(
  object: RemoteObject,
  options: {
    readonly path: string;
    readonly target: string;
    readonly rangeBytes: number;
    readonly algorithm: ChecksumAlgorithm;
    readonly newSuffix: string;
    readonly signal: AbortSignal | undefined;
  },
): Promise<ResumableDownload> {
  const { sender, input, size, etag } = object;
  const { path, target, rangeBytes, algorithm, newSuffix } = options;
  const { Bucket: bucket, Key: key, VersionId: versionId = null } = input;
  const files = filesOf(sender);
  const { host } = sender.locate(bucket).origin;
  const name = { kind: 'kist download', host, bucket, key } as const;
  const file: StateFile<DownloadState> = openStateFile(files, path, name, isState);
  const fixed = { target, versionId, etag, size, rangeBytes, algorithm };
  const found = await file.read();
  if (found !== undefined && (found.target !== target || found.versionId !== versionId)) {
    throw new S3Error('InvalidInput', `${path} is the state of a download to ${found.target}`);
  }
  const fits =
    found !== undefined &&
    (['etag', 'size', 'rangeBytes', 'algorithm'] as const).every((m) => found[m] === fixed[m]);
  if (found !== undefined && !fits) await files.remove(partialOf(target, found.suffix));
  const suffix = fits ? found.suffix : newSuffix;
  const partial = partialOf(target, suffix);
  const noted = new Map(fits ? await rangesThere(object, partial, found, options.signal) : []);
  const there = new Map(noted);
  const step = Math.ceil(size / rangeBytes / maxWrites);
  let written = noted.size;
  let writing = file.write({ ...fixed, suffix, ranges: [...noted] });
  await writing;
  const write = (): Promise<void> => {
    written = noted.size;
    writing = writing.then(() => file.write({ ...fixed, suffix, ranges: [...noted] }));
    return writing;
  };

  return {
    partial,
    there,
    async note({ index }, checksum) {
      noted.set(index, checksum);
      if (noted.size - written >= step) await write();
    },
    async flush() {
      if (noted.size > written) await write();
    },
    async forget() {
      await writing;
      await file.remove();
    },
  };
}

export const partialOf = (target: string, suffix: string): string => `${target}.${suffix}.part`;

function isState(found: Readonly<Record<string, unknown>>): boolean {
  const { target, suffix, versionId, ranges } = found;
  return (
    typeof target === 'string' &&
    typeof suffix === 'string' &&
    suffixPattern.test(suffix) &&
    (versionId === null || typeof versionId === 'string') &&
    Array.isArray(ranges) &&
    ranges.every(
      (one) => Array.isArray(one) && Number.isInteger(one[0]) && typeof one[1] === 'string',
    )
  );
}

/** A machine that went down may have lost what was written last: only what is read back counts. */
async function rangesThere(
  { sender }: RemoteObject,
  partial: string,
  { ranges, size, rangeBytes, algorithm }: DownloadState,
  signal: AbortSignal = new AbortController().signal,
): Promise<(readonly [number, string])[]> {
  const noted = new Map(ranges);
  const file = await filesOf(sender)
    .open(partial)
    .catch(() => undefined);
  if (file === undefined) return [];
  const there: (readonly [number, string])[] = [];
  try {
    for (const { index, start, end } of rangesOf(size, rangeBytes)) {
      const checksum = noted.get(index);
      if (checksum === undefined || end > file.size) continue;
      const body = { size: end - start, open: () => file.read(start, end) };
      const { hashes } = sender.runtime;
      const found = await checksumOf({ body, size: end - start }, algorithm, hashes, signal);
      if (found === checksum) there.push([index, checksum]);
    }
  } finally {
    await file.close();
  }
  return there;
}
