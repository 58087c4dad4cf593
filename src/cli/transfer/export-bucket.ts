/** Objects of a bucket as plain files; what is there already, with the same size and ETag, stays. */
import { createHash } from 'node:crypto';
import { type FileHandle, lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ObjectBody } from '../../client/object-body.ts';
import { paginate } from '../../client/paginate.ts';
import { askAndRead } from '../../client/retry.ts';
import type { Sender } from '../../client/sender.ts';
import type { ClientOutput } from '../../client/types.ts';
import { GetObject, ListObjectsV2 } from '../../model/operations.gen.ts';
import type { BucketObject } from './bucket-objects.ts';
import { headersOf } from './object-headers.ts';
import { asidePath, kistFolder, naturalPath, openSidecar } from './sidecar.ts';
import { emptyTally, inParallel, type Tally } from './tally.ts';

/** What is being written, in `.kist/`; a killed export leaves it behind for the next one to remove. */
const partialPrefix = 'partial-';

export async function exportBucket(deps: {
  readonly sender: Sender;
  readonly bucket: string;
  readonly directory: string;
  readonly signal: AbortSignal;
  /** Counts as it goes on. */
  readonly tally?: Tally;
}): Promise<Tally> {
  const { sender, bucket, directory, signal, tally = emptyTally() } = deps;
  await mkdir(join(directory, kistFolder), { recursive: true });
  await removePartials();
  const sidecar = await openSidecar(directory);
  let placing: Promise<void> = Promise.resolve();
  let partials = 0;
  /** Own paths of keys under way, so that it is the first key of the list that gets a place, not the fastest. */
  const underWay = new Set<string>();

  async function exportOne(object: BucketObject): Promise<void> {
    const { Key: key } = object;
    const own = naturalPath(key);
    if (own === undefined || [...underWay].some((path) => areOneWay(path, own))) {
      return await exportTo(object, undefined);
    }
    underWay.add(own);
    try {
      await exportTo(object, own);
    } finally {
      underWay.delete(own);
    }
  }

  /** @param own where it belongs; undefined if that is no path or another's */
  async function exportTo(object: BucketObject, own: string | undefined): Promise<void> {
    const { Key: key, Size, ETag } = object;
    const before = sidecar.byKey.get(key);
    if (before?.etag === ETag && before.size === Size) {
      if ((await sizeOf(join(directory, before.path))) === Size) {
        tally.skipped++;
        if (before.path !== key) tally.aside.push(key);
        return;
      }
    }
    const partial = join(directory, kistFolder, `${partialPrefix}${partials++}`);
    const facts = await download(key, partial);
    // One at a time, so that no two keys take one path.
    const placed = placing.then(() => place(key, partial, { earlier: before?.path, own }, facts));
    placing = placed.catch(() => {});
    await placed;
    tally.done++;
    tally.bytes += facts.size;
  }

  const download = (key: string, partial: string): Promise<Facts> =>
    askAndRead(
      sender,
      signal,
      () => sender.send(GetObject, { Bucket: bucket, Key: key }, { signal }),
      async (answer) => {
        const { size, md5 } = await save(answer.Body, partial);
        assertWhole(answer, size, md5);
        const { ETag: etag = '', LastModified } = answer;
        const lastModified = LastModified?.toUTCString() ?? '';
        return { size, etag, lastModified, headers: headersOf(answer) };
      },
    );

  async function place(
    key: string,
    partial: string,
    { earlier, own }: { readonly earlier: string | undefined; readonly own: string | undefined },
    facts: Facts,
  ): Promise<void> {
    const isFree = earlier === undefined && own !== undefined && (await isFreePath(directory, own));
    const path = earlier ?? (isFree ? own : asidePath(key));
    await mkdir(dirname(join(directory, path)), { recursive: true });
    // Were the earlier file there still, with the new one's line, it would be taken for the new one.
    if (earlier !== undefined) await rm(join(directory, earlier), { force: true });
    // The line first: a file without one would be another object to an import.
    await sidecar.add({ key, path, ...facts });
    await rename(partial, join(directory, path));
    if (path !== key) tally.aside.push(key);
  }

  async function removePartials(): Promise<void> {
    for (const name of await readdir(join(directory, kistFolder))) {
      if (name.startsWith(partialPrefix)) await rm(join(directory, kistFolder, name));
    }
  }

  async function* objects(): AsyncGenerator<BucketObject, void, undefined> {
    const list = paginate(sender, ListObjectsV2, { Bucket: bucket }, { signal }).items();
    for await (const { Key = '', Size = 0, ETag = '' } of list) yield { Key, Size, ETag };
  }
  await inParallel(objects(), tally, ({ Key }) => Key, exportOne, signal);
  await removePartials();
  return tally;
}

interface Facts {
  readonly size: number;
  readonly etag: string;
  readonly lastModified: string;
  /** As a sidecar notes them. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Whether one is the other, or a directory on the way to it. */
const areOneWay = (a: string, b: string): boolean =>
  a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`);

/** Neither a file nor a directory is there, nor a file on the way. */
async function isFreePath(directory: string, path: string): Promise<boolean> {
  try {
    if ((await sizeOf(join(directory, path))) !== undefined) return false;
    await mkdir(dirname(join(directory, path)), { recursive: true });
    return true;
  } catch (error) {
    const codes = ['EEXIST', 'ENOTDIR', 'ENAMETOOLONG', 'EILSEQ', 'EINVAL'];
    if (error instanceof Error && 'code' in error && codes.includes(String(error.code)))
      return false;
    throw error;
  }
}

async function save(body: ObjectBody, partial: string): Promise<{ size: number; md5: string }> {
  const hash = createHash('md5');
  const file = await open(partial, 'w');
  let size = 0;
  try {
    for await (const chunk of body) {
      hash.update(chunk);
      await writeFully(file, chunk);
      size += chunk.length;
    }
    await file.datasync();
  } finally {
    await file.close();
  }
  return { size, md5: hash.digest('hex') };
}

function assertWhole(object: ClientOutput<'GetObject'>, size: number, md5: string): void {
  const { ContentLength, ETag = '', ServerSideEncryption } = object;
  if (ContentLength !== undefined && ContentLength !== size) {
    throw new Error(`it ended after ${size} of ${ContentLength} bytes`);
  }
  const etag = /^"([0-9a-f]{32})"$/.exec(ETag)?.[1];
  // The ETag of what is encrypted need not be the MD5 of what is read.
  const isMd5 = etag !== undefined && ServerSideEncryption === undefined;
  if (isMd5 && etag !== md5) throw new Error(`its bytes have MD5 ${md5}, its ETag is ${etag}`);
}

/** Undefined if nothing is there. */
async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await lstat(path)).size;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function writeFully(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await file.write(bytes, done)).bytesWritten;
  }
}
