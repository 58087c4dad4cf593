/**
 * Plain files as objects of a bucket: each under its path, or under the key that an export noted for it. What
 * the bucket has already, with the same size and ETag, is not sent again.
 */
import { join } from 'node:path';
import type { Sender } from '../../client/sender.ts';
import { planSync, type SyncAction } from '../../client/transfer/plan-sync.ts';
import { HeadObject } from '../../model/operations.gen.ts';
import { type BucketObject, bucketObjects } from './bucket-objects.ts';
import { digestParts, multipartEtag, plainEtag } from './file-digests.ts';
import { type LocalFile, localFiles } from './local-files.ts';
import { openSidecar } from './sidecar.ts';
import { emptyTally, inParallel, type Tally } from './tally.ts';
import { type UploadLimits, uploadFile, uploadLimits } from './upload-file.ts';

type Step = Exclude<SyncAction<LocalFile, BucketObject>, { readonly action: 'delete' }>;

export async function importDirectory(deps: {
  readonly sender: Sender;
  readonly directory: string;
  readonly bucket: string;
  readonly signal: AbortSignal;
  /** Counts as it goes on. */
  readonly tally?: Tally;
  readonly limits?: UploadLimits;
}): Promise<Tally> {
  const { sender, directory, bucket, signal } = deps;
  const { tally = emptyTally(), limits = uploadLimits } = deps;
  const { byKey } = await openSidecar(directory);
  let wanted = '';

  async function* files(): AsyncGenerator<LocalFile, void, undefined> {
    for await (const file of localFiles(directory, byKey, tally)) {
      wanted = file.Key;
      yield file;
    }
  }

  async function* steps(): AsyncGenerator<Step, void, undefined> {
    const objects = bucketObjects(sender, bucket, () => wanted, signal);
    for await (const step of planSync(files(), objects, { compare: 'size' })) {
      if (step.action !== 'delete') yield step;
    }
  }

  async function importOne({ action, key, source, target }: Step): Promise<void> {
    const file = join(directory, source.path);
    if (action === 'skip' && (await hasBytesOf(file, source.Size, target))) {
      tally.skipped++;
      return;
    }
    const { headers } = source;
    tally.bytes += await uploadFile({ sender, file, bucket, key, headers, signal, limits });
    tally.done++;
  }

  /**
   * The ETag of an object that came in parts depends on their length. That of the first is asked for: most tools
   * send all but the last alike. Where they didn't, the ETag differs, and the file is sent again.
   */
  async function hasBytesOf(file: string, size: number, object: BucketObject): Promise<boolean> {
    const { Key, ETag } = object;
    const count = /-(\d+)"$/.exec(ETag)?.[1];
    if (count === undefined) {
      const [whole] = await digestParts(file, size, size, signal);
      return ETag === plainEtag(whole!.md5);
    }
    const input = { Bucket: bucket, Key, PartNumber: 1 };
    const { ContentLength: partBytes = 0 } = await sender.send(HeadObject, input, { signal });
    if (!(partBytes > 0) || Math.ceil(size / partBytes) !== Number(count)) return false;
    return ETag === multipartEtag(await digestParts(file, size, partBytes, signal));
  }

  await inParallel(steps(), tally, ({ source }) => source.path, importOne, signal);
  return tally;
}
