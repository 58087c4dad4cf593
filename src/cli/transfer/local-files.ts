/** Files below a directory in the order of S3's keys, each with the key that it is to have. */
import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { compareKeys } from '../../client/transfer/key-order.ts';
import { kistFolder, type SidecarEntry } from './sidecar.ts';
import { fail, type Tally } from './tally.ts';

export interface LocalFile {
  readonly Key: string;
  readonly Size: number;
  /** Below the directory, with `/`. */
  readonly path: string;
  /** As a sidecar notes them. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Each file under its path, and what lies aside under the key that was noted for it. What is no file, or can't be
 * read, is a failure, told by name.
 */
export async function* localFiles(
  directory: string,
  noted: ReadonlyMap<string, SidecarEntry>,
  tally: Tally,
): AsyncGenerator<LocalFile, void, undefined> {
  const aside = [...noted.values()]
    .filter(({ path }) => path.startsWith(`${kistFolder}/`))
    .sort((a, b) => compareKeys(a.key, b.key))
    .values();
  let nextAside = aside.next();
  for await (const path of pathsOf(directory, '', tally)) {
    while (!nextAside.done && compareKeys(nextAside.value.key, path) < 0) {
      yield* found(directory, nextAside.value, tally);
      nextAside = aside.next();
    }
    if (!nextAside.done && nextAside.value.key === path) {
      fail(tally, path, `its key is that of ${nextAside.value.path}`);
      continue;
    }
    const headers = noted.get(path)?.headers ?? {};
    yield* found(directory, { key: path, path, headers }, tally);
  }
  for (; !nextAside.done; nextAside = aside.next()) yield* found(directory, nextAside.value, tally);
}

async function* found(
  directory: string,
  { key, path, headers }: Pick<SidecarEntry, 'key' | 'path' | 'headers'>,
  tally: Tally,
): AsyncGenerator<LocalFile, void, undefined> {
  try {
    const status = await lstat(join(directory, path));
    if (!status.isFile()) throw new Error('neither a file nor a directory');
    yield { Key: key, Size: status.size, path, headers };
  } catch (error) {
    fail(tally, path, error);
  }
}

async function* pathsOf(root: string, below: string, tally: Tally): AsyncGenerator<string> {
  let entries: Dirent[];
  try {
    entries = await readdir(join(root, below), { withFileTypes: true });
  } catch (error) {
    // One that may not be read, or is gone by now, is a failure of its own.
    if (below === '') throw error;
    fail(tally, below, error);
    return;
  }
  for (const entry of entries.sort((a, b) => compareKeys(placeOf(a), placeOf(b)))) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (path === kistFolder) continue;
    // What is no UTF-8 was read with stand-ins, and would be looked for in vain.
    if (entry.name.includes('\ufffd')) fail(tally, path, 'its name is not UTF-8');
    else if (entry.isDirectory()) yield* pathsOf(root, path, tally);
    else if (entry.isFile()) yield path;
    else fail(tally, path, 'neither a file nor a directory');
  }
}

/** All that is in a directory goes on with a slash after its name, which comes after `-` and `.`. */
const placeOf = (entry: Dirent): string => (entry.isDirectory() ? `${entry.name}/` : entry.name);
