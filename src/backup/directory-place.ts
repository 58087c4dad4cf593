/** A backup in a directory: a mounted disk, a share. Files are written aside and get their names when they are whole. */
import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, rmdir, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BackupError } from './backup-error.ts';
import { forEachOf, syncDirectory } from './durable-write.ts';
import type { BackupPlace, PlacedFile } from './place.ts';

/** What is being written. Left behind by a backup that was killed, it is removed by the next one. */
const partialFolder = 'partial';
/** Files looked at or removed at once. */
const concurrency = 16;

export function openDirectoryPlace(directory: string): BackupPlace {
  const pathOf = (name: string) => join(directory, name);
  /** Directories that have got names since they were last flushed. */
  const dirty = new Set<string>();
  const made = new Map<string, Promise<void>>();

  /** Makes a directory of the place; the place itself, too. */
  const make = (path: string): Promise<void> => {
    const under = made.get(path) ?? makeOnce(path);
    made.set(path, under);
    return under;
  };
  const makeOnce = async (path: string): Promise<void> => {
    const first = await mkdir(path, { recursive: true, mode: 0o700 });
    if (first === undefined) return;
    for (let at = path; at.length >= first.length; at = dirname(at)) dirty.add(dirname(at));
  };
  let clearing: Promise<void> | undefined;
  const clearPartials = async () => {
    await rm(pathOf(partialFolder), { recursive: true, force: true });
    await make(pathOf(partialFolder));
  };

  /** Removes a directory if nothing is left in it, and those it was alone in. */
  const prune = async (path: string): Promise<void> => {
    if (path === directory) return;
    try {
      await rmdir(path);
    } catch {
      // Something is in it, or another took it away.
      return;
    }
    made.delete(path);
    dirty.delete(path);
    dirty.add(dirname(path));
    await prune(dirname(path));
  };

  const place: BackupPlace = {
    title: directory,

    put: (name, content, signal) =>
      told(pathOf(name), async () => {
        clearing ??= clearPartials();
        await clearing;
        const path = pathOf(name);
        const partial = join(pathOf(partialFolder), randomBytes(8).toString('hex'));
        const file = await open(partial, 'wx', 0o600);
        try {
          await file.writeFile(content, { signal });
          await file.datasync();
        } finally {
          await file.close();
        }
        await make(dirname(path));
        await rename(partial, path);
        dirty.add(dirname(path));
      }),

    get: (name, signal) =>
      told(pathOf(name), () => unlessMissing(() => readFile(pathOf(name), { signal }))),

    async *list(folder, signal) {
      const folders = [folder];
      for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
        signal.throwIfAborted();
        const below = next;
        const path = pathOf(below.slice(0, -1));
        const entries = await told(path, () =>
          unlessMissing(() => readdir(path, { withFileTypes: true })),
        );
        const names: string[] = [];
        // A backup that was killed may have left names that are seen and not yet on disk.
        if (entries !== undefined) dirty.add(path);
        for (const entry of entries ?? []) {
          const name = `${below}${entry.name}`;
          if (!entry.isDirectory()) names.push(name);
          else if (name !== partialFolder) folders.push(`${name}/`);
        }
        const page: PlacedFile[] = [];
        await forEachOf(names, concurrency, async (name) => {
          const found = await told(pathOf(name), () => unlessMissing(() => stat(pathOf(name))));
          // A link that leads nowhere is something, too.
          page.push({ name, bytes: found?.size ?? 0 });
        });
        if (page.length > 0) yield page;
      }
    },

    async remove(names, signal) {
      await forEachOf(names, concurrency, async (name) => {
        signal.throwIfAborted();
        await told(pathOf(name), () => unlessMissing(() => unlink(pathOf(name))));
        dirty.add(dirname(pathOf(name)));
      });
      for (const path of new Set(names.map((name) => dirname(pathOf(name))))) await prune(path);
      await place.flush();
    },

    async flush() {
      const paths = [...dirty];
      dirty.clear();
      await forEachOf(paths, concurrency, (path) => told(path, () => syncDirectory(path)));
    },

    close() {},
  };
  return place;
}

async function unlessMissing<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** What the operating system refuses is told with the path, in a line. */
async function told<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!(cause instanceof Error && 'errno' in cause && 'code' in cause)) throw cause;
    throw new BackupError(`${path} cannot be used: ${String(cause.code)}.`, { cause });
  }
}
