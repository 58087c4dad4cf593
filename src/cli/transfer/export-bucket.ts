/** Objects of a bucket as plain files; what is there already, with the same size and ETag, stays. */
import { createHash } from 'node:crypto';
import { type FileHandle, lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type ListedObject, listObjects, objectPath } from '../../client/list-objects.ts';
import type { Retry } from '../../client/retries.ts';
import type { S3Requests } from '../../client/s3-requests.ts';
import { asidePath, headersToKeep, kistFolder, naturalPath, openSidecar } from './sidecar.ts';
import { emptyTally, inParallel, type Tally } from './tally.ts';

/** What is being written, in `.kist/`; a killed export leaves it behind for the next one to remove. */
const partialPrefix = 'partial-';

export async function exportBucket(deps: {
  readonly requests: S3Requests;
  readonly retry: Retry;
  readonly bucket: string;
  readonly directory: string;
  readonly signal: AbortSignal;
  /** Counts as it goes on. */
  readonly tally?: Tally;
}): Promise<Tally> {
  const { requests, retry, bucket, directory, signal, tally = emptyTally() } = deps;
  await mkdir(join(directory, kistFolder), { recursive: true });
  await removePartials();
  const sidecar = await openSidecar(directory);
  let placing: Promise<void> = Promise.resolve();
  let partials = 0;
  /** Own paths of keys under way, so that it is the first key of the list that gets a place, not the fastest. */
  const underWay = new Set<string>();

  async function exportOne(object: ListedObject): Promise<void> {
    const { key } = object;
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
  async function exportTo(object: ListedObject, own: string | undefined): Promise<void> {
    const { key } = object;
    const before = sidecar.byKey.get(key);
    if (before?.etag === object.etag && before.size === object.size) {
      if ((await sizeOf(join(directory, before.path))) === object.size) {
        tally.skipped++;
        if (before.path !== key) tally.aside.push(key);
        return;
      }
    }
    const partial = join(directory, kistFolder, `${partialPrefix}${partials++}`);
    // From the beginning where an answer broke off.
    const { size, headers } = await retry(() => download(key, partial), signal);
    const { etag = '', 'last-modified': lastModified = '' } = headers;
    const facts = { size, etag, lastModified, headers: headersToKeep(headers) };
    // One at a time, so that no two keys take one path.
    const placed = placing.then(() => place(key, partial, { earlier: before?.path, own }, facts));
    placing = placed.catch(() => {});
    await placed;
    tally.done++;
    tally.bytes += size;
  }

  async function download(key: string, partial: string) {
    const path = objectPath(bucket, key);
    const answer = await requests.send({ method: 'GET', path }, undefined, signal);
    const hash = createHash('md5');
    const file = await open(partial, 'w');
    let size = 0;
    try {
      for await (const chunk of answer as AsyncIterable<Buffer>) {
        hash.update(chunk);
        await writeFully(file, chunk);
        size += chunk.length;
      }
      await file.datasync();
    } finally {
      await file.close();
    }
    assertWhole(answer.headers, size, hash.digest('hex'));
    return { size, headers: answer.headers };
  }

  async function place(
    key: string,
    partial: string,
    { earlier, own }: { readonly earlier: string | undefined; readonly own: string | undefined },
    facts: { size: number; etag: string; lastModified: string; headers: Record<string, string> },
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

  const document: S3Requests['document'] = (request) =>
    retry(() => requests.document(request, signal), signal);
  for await (const page of listObjects({ document }, bucket, signal)) {
    await inParallel(page, tally, ({ key }) => key, exportOne, signal);
  }
  await removePartials();
  return tally;
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

function assertWhole(headers: Readonly<Record<string, unknown>>, size: number, md5: string): void {
  const announced = headers['content-length'];
  if (announced !== undefined && Number(announced) !== size) {
    throw new Error(`it ended after ${size} of ${announced} bytes`);
  }
  const etag = /^"([0-9a-f]{32})"$/.exec(String(headers.etag))?.[1];
  // The ETag of what is encrypted need not be the MD5 of what is read.
  const isMd5 = etag !== undefined && headers['x-amz-server-side-encryption'] === undefined;
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

async function writeFully(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await file.write(bytes, done)).bytesWritten;
  }
}
