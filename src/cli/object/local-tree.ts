/** Files below a directory, in the order of S3's keys. */
import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { compareKeys } from '../../client/transfer/key-order.ts';

export interface LocalFile {
  /** Its path below the directory, with `/`. */
  readonly Key: string;
  readonly Size: number;
  readonly LastModified: Date;
  /** Changes whenever its content does. */
  readonly version: string;
  readonly path: string;
}

/** @param passOver told what is no file, or can't be read, and why */
export async function* localTree(
  directory: string,
  passOver: (path: string, why: string) => void,
): AsyncGenerator<LocalFile, void, undefined> {
  yield* below(directory, '', passOver);
}

async function* below(
  root: string,
  folder: string,
  passOver: (path: string, why: string) => void,
): AsyncGenerator<LocalFile, void, undefined> {
  let entries: Dirent[];
  try {
    entries = await readdir(join(root, folder), { withFileTypes: true });
  } catch (error) {
    if (folder === '') throw error;
    // A directory that went away meanwhile has nothing.
    if (codeOf(error) !== 'ENOENT') passOver(join(root, folder), reasonOf(error));
    return;
  }
  for (const entry of entries.sort((a, b) => compareKeys(placeOf(a), placeOf(b)))) {
    const key = folder === '' ? entry.name : `${folder}/${entry.name}`;
    const path = join(root, key);
    // What is no UTF-8 was read with stand-ins, and would be looked for in vain.
    if (entry.name.includes('\ufffd')) passOver(path, 'its name is not UTF-8');
    else if (entry.isDirectory()) yield* below(root, key, passOver);
    else if (entry.isFile()) {
      const file = await fileAt(path, key, passOver);
      if (file !== undefined) yield file;
    } else
      passOver(path, entry.isSymbolicLink() ? 'a symbolic link' : 'neither file nor directory');
  }
}

/** Undefined if it is gone by now. */
async function fileAt(
  path: string,
  Key: string,
  passOver: (path: string, why: string) => void,
): Promise<LocalFile | undefined> {
  try {
    const { size, mtimeNs, mtime, ino } = await lstat(path, { bigint: true });
    const Size = Number(size);
    return { Key, Size, LastModified: mtime, version: `${size}-${mtimeNs}-${ino}`, path };
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') passOver(path, reasonOf(error));
    return undefined;
  }
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined;
const reasonOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** All that is in a directory goes on with a slash after its name, which comes after `-` and `.`. */
const placeOf = (entry: Dirent): string => (entry.isDirectory() ? `${entry.name}/` : entry.name);

/**
 * The path of a key below a directory; undefined for keys that are no paths: what would lead out of the directory,
 * stands for another key's path, or is a folder's mark.
 */
export function pathOfKey(directory: string, key: string): string | undefined {
  const parts = key.split('/');
  const isPath = parts.every(
    (part) =>
      part !== '' && part !== '.' && part !== '..' && !part.includes('\0') && !part.includes(sep),
  );
  // On Windows a key may hold what is a drive or a stream there.
  const isPlain = sep === '/' || !/[\\:*?"<>|]/.test(key);
  return isPath && isPlain ? join(directory, ...parts) : undefined;
}
