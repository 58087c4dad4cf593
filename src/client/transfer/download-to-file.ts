/** A download to a file: ranges at once, each written where it belongs; it gets its name when it is complete. */
import { isCombinable } from '../../digest/combine-crc.ts';
import { toBase64 } from '../../protocol/byte-string.ts';
import { assertSame } from '../codec/verify-body.ts';
import type { WritableFile } from '../runtime.ts';
import { S3Error } from '../s3-error.ts';
import { writeChunks } from '../write-chunks.ts';
import { checksumOf, combined } from './checksums.ts';
import { openResumableDownload, partialOf, type ResumableDownload } from './download-state.ts';
import { inParallel, together } from './in-parallel.ts';
import { chosenConcurrency, chosenPartBytes, type TransferOptions } from './options.ts';
import { type ByteRange, partBytesOf, rangesOf } from './part-plan.ts';
import { createProgress } from './progress.ts';
import { type RemoteObject, readRange } from './remote-object.ts';
import { filesOf } from './state-file.ts';

/** Gives how many bytes an earlier run had fetched. */
export async function downloadToFile(
  object: RemoteObject,
  target: string,
  options: TransferOptions,
): Promise<number> {
  const { sender, size, checksum: expected } = object;
  const { signal, resumeFrom: path } = options;
  const files = filesOf(sender);
  const rangeBytes = partBytesOf(size, chosenPartBytes(options));
  const combines = expected !== undefined && isCombinable(expected.algorithm);
  const algorithm = combines ? expected.algorithm : 'CRC32';
  const newSuffix = sender.runtime.random().toString(36).slice(2, 10) || '0';
  const resumable =
    path === undefined
      ? undefined
      : await openResumableDownload(object, {
          path,
          target,
          rangeBytes,
          algorithm,
          newSuffix,
          signal,
        });
  const partial = resumable?.partial ?? partialOf(target, newSuffix);
  const checksums = new Map(resumable?.there);
  const ranges = [...rangesOf(size, rangeBytes)];
  const missing = ranges.filter(({ index }) => !checksums.has(index));
  const resumedBytes = size - lengthOf(missing);
  const progress = createProgress(size, options.onProgress, resumedBytes);

  const fetchOne = async (
    file: WritableFile,
    range: ByteRange,
    own: AbortSignal,
  ): Promise<void> => {
    const isDigested = combines || resumable !== undefined;
    const digest = isDigested ? await sender.runtime.hashes.openDigest(algorithm) : undefined;
    const { start, end } = range;
    await writeChunks(file, start, readRange(object, start, end, own), (chunk) => {
      digest?.update(chunk);
      progress.add(chunk.length);
    });
    if (digest === undefined) return;
    const checksum = toBase64(digest.digest());
    checksums.set(range.index, checksum);
    await resumable?.note(range, checksum);
  };

  const assertWhole = async (): Promise<void> => {
    if (expected === undefined) return;
    const inOrder = ranges.map(({ index, start, end }) => ({
      checksum: checksums.get(index)!,
      size: end - start,
    }));
    const value =
      isCombinable(expected.algorithm) && ranges.length > 0
        ? combined(expected.algorithm, inOrder)
        : await readBack(object, partial, expected.algorithm, signal);
    assertSame({ ...expected, value }, expected.value, 'the bytes that came');
  };

  try {
    const file = await files.openForWriting(partial);
    try {
      const work = (range: ByteRange, own: AbortSignal) => fetchOne(file, range, own);
      await inParallel(missing.values(), chosenConcurrency(options), signal, work);
    } finally {
      await file.close();
    }
    await assertWhole();
    await files.rename(partial, target);
  } catch (error) {
    throw await cleared(error, resumable, () => files.remove(partial));
  }
  await resumable?.forget();
  return resumedBytes;
}

const lengthOf = (ranges: readonly ByteRange[]): number =>
  ranges.reduce((sum, { start, end }) => sum + end - start, 0);

/** What can be gone on with is kept; not what differs from its checksum. Gives the error, with what failed then. */
async function cleared(
  error: unknown,
  resumable: ResumableDownload | undefined,
  removePartial: () => Promise<void>,
): Promise<unknown> {
  const isUseless = error instanceof S3Error && error.code === 'ChecksumMismatch';
  try {
    if (resumable !== undefined && !isUseless) {
      await resumable.flush();
      return error;
    }
    await removePartial();
    await resumable?.forget();
    return error;
  } catch (left) {
    return together([error, left]);
  }
}

/** Digests that don't combine need the bytes in order. */
async function readBack(
  { sender, size }: RemoteObject,
  partial: string,
  algorithm: Parameters<typeof checksumOf>[1],
  signal: AbortSignal = new AbortController().signal,
): Promise<string> {
  const file = await filesOf(sender).open(partial);
  try {
    const body = { size, open: (start: number, end: number) => file.read(start, end) };
    return await checksumOf({ body, size }, algorithm, sender.runtime.hashes, signal);
  } finally {
    await file.close();
  }
}
