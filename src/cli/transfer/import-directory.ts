/**
 * Plain files as objects of a bucket: each under its path, or under the key that an export noted for it. What
 * the bucket has already, with the same size and ETag, is not sent again.
 */
import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { objectPath } from '../../client/list-objects.ts';
import type { Retry } from '../../client/retries.ts';
import { S3RequestError, type S3Requests } from '../../client/s3-requests.ts';
import { digestParts, multipartEtag, plainEtag } from './file-digests.ts';
import { kistFolder, openSidecar, type SidecarEntry } from './sidecar.ts';
import { emptyTally, fail, inParallel, type Tally } from './tally.ts';
import { type UploadLimits, uploadFile, uploadLimits } from './upload-file.ts';

/** Files that are handed out at a time. */
const batchFiles = 1000;

type AnswerHeaders = Awaited<ReturnType<S3Requests['send']>>['headers'];

interface Source {
  /** Below the directory, with `/`. */
  readonly path: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
}

export async function importDirectory(deps: {
  readonly requests: S3Requests;
  readonly retry: Retry;
  readonly directory: string;
  readonly bucket: string;
  readonly signal: AbortSignal;
  /** Counts as it goes on. */
  readonly tally?: Tally;
  readonly limits?: UploadLimits;
}): Promise<Tally> {
  const { requests, retry, directory, bucket, signal } = deps;
  const { tally = emptyTally(), limits = uploadLimits } = deps;
  const { byKey } = await openSidecar(directory);
  const byPath = new Map([...byKey.values()].map((entry) => [entry.path, entry]));

  async function importOne({ path: file, key, headers }: Source): Promise<void> {
    const path = objectPath(bucket, key);
    const from = join(directory, file);
    const found = await lstat(from);
    if (!found.isFile()) throw new Error('neither a file nor a directory');
    const { size } = found;
    if (await isThere(path, from, size)) {
      tally.skipped++;
      return;
    }
    await uploadFile({ requests, retry, file: from, size, path, headers, signal, limits });
    tally.done++;
    tally.bytes += size;
  }

  async function headOf(path: string, query = ''): Promise<AnswerHeaders | undefined> {
    try {
      const request = { method: 'HEAD', path, query };
      const answer = await retry(() => requests.send(request, undefined, signal), signal);
      answer.resume();
      return answer.headers;
    } catch (error) {
      if (error instanceof S3RequestError && error.status === 404) return undefined;
      throw error;
    }
  }

  /**
   * The ETag of an object that came in parts depends on their length. That of the first is asked for: most tools
   * send all but the last alike. Where they didn't, the ETag differs, and the file is sent again.
   */
  async function isThere(path: string, file: string, size: number): Promise<boolean> {
    const head = await headOf(path);
    if (head === undefined || Number(head['content-length']) !== size) return false;
    if (!/-\d+"$/.test(head.etag ?? '')) {
      const [whole] = await digestParts(file, size, size, signal);
      return head.etag === plainEtag(whole!.md5);
    }
    const first = await headOf(path, 'partNumber=1');
    const partBytes = Number(first?.['content-length'] ?? 0);
    if (!(partBytes > 0) || !head.etag?.endsWith(`-${Math.ceil(size / partBytes)}"`)) return false;
    return head.etag === multipartEtag(await digestParts(file, size, partBytes, signal));
  }

  const sourceOf = (path: string, entry: SidecarEntry | undefined): Source => ({
    path,
    key: entry?.key ?? path,
    headers: entry?.headers ?? {},
  });
  const flush = (batch: readonly Source[]) =>
    inParallel(batch, tally, ({ path }) => path, importOne, signal);

  let batch: Source[] = [];
  const add = async (source: Source) => {
    batch.push(source);
    if (batch.length < batchFiles) return;
    await flush(batch);
    batch = [];
  };
  for await (const path of filesOf(directory, '', tally)) {
    await add(sourceOf(path, byPath.get(path)));
  }
  for (const entry of byKey.values()) {
    if (entry.path.startsWith(`${kistFolder}/`)) await add(sourceOf(entry.path, entry));
  }
  await flush(batch);
  return tally;
}

/** Paths of all files in order of name; links and what else is no file are failures, told by name. */
async function* filesOf(root: string, below: string, tally: Tally): AsyncGenerator<string> {
  let entries: Dirent[];
  try {
    entries = await readdir(join(root, below), { withFileTypes: true });
  } catch (error) {
    // One that may not be read, or is gone by now, is a failure of its own.
    if (below === '') throw error;
    fail(tally, below, error);
    return;
  }
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (path === kistFolder) continue;
    // What is no UTF-8 was read with stand-ins, and would be looked for in vain.
    if (entry.name.includes('\ufffd')) fail(tally, path, 'its name is not UTF-8');
    else if (entry.isDirectory()) yield* filesOf(root, path, tally);
    else if (entry.isFile()) yield path;
    else fail(tally, path, 'neither a file nor a directory');
  }
}
