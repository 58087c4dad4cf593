/**
 * Plain files as objects of a bucket: each under its path, or under the key that an export noted for it. What
 * the bucket has already, with the same size and MD5, is not sent again.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { objectPath } from '../../client/list-objects.ts';
import { S3RequestError, type S3Requests } from '../../client/s3-requests.ts';
import { kistFolder, openSidecar, type SidecarEntry } from './sidecar.ts';
import { emptyTally, inParallel, type Tally } from './tally.ts';

/** Files that are handed out at a time. */
const batchFiles = 1000;

interface Source {
  /** Below the directory, with `/`. */
  readonly path: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
}

export async function importDirectory(deps: {
  readonly requests: S3Requests;
  readonly directory: string;
  readonly bucket: string;
  readonly signal: AbortSignal;
  /** Counts as it goes on. */
  readonly tally?: Tally;
}): Promise<Tally> {
  const { requests, directory, bucket, signal, tally = emptyTally() } = deps;
  const { byKey } = await openSidecar(directory);
  const byPath = new Map([...byKey.values()].map((entry) => [entry.path, entry]));

  async function importOne({ path: file, key, headers }: Source): Promise<void> {
    const path = objectPath(bucket, key);
    const from = join(directory, file);
    const found = await lstat(from);
    if (!found.isFile()) throw new Error('neither a file nor a directory');
    const { size } = found;
    const hash = createHash('md5');
    for await (const chunk of createReadStream(from, { signal })) hash.update(chunk as Buffer);
    const md5 = hash.digest();
    if (await isThere(path, size, md5.toString('hex'))) {
      tally.skipped++;
      return;
    }
    const answer = await requests.send(
      {
        method: 'PUT',
        path,
        headers: {
          ...headers,
          'content-length': String(size),
          // A file that changes meanwhile is refused.
          'content-md5': md5.toString('base64'),
        },
      },
      createReadStream(from),
      signal,
    );
    answer.resume();
    tally.done++;
    tally.bytes += size;
  }

  async function isThere(path: string, size: number, md5: string): Promise<boolean> {
    try {
      const { headers } = await requests.send({ method: 'HEAD', path }, undefined, signal);
      return Number(headers['content-length']) === size && headers.etag === `"${md5}"`;
    } catch (error) {
      if (error instanceof S3RequestError && error.status === 404) return false;
      throw error;
    }
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
  const entries = await readdir(join(root, below), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (path === kistFolder) continue;
    if (entry.isDirectory()) yield* filesOf(root, path, tally);
    else if (entry.isFile()) yield path;
    else {
      tally.failed++;
      tally.failures.push({ name: path, reason: 'neither a file nor a directory' });
    }
  }
}
