/**
 * Open files for reading, shared and counted: the hot ones stay open, a bounded number of them, and
 * none is closed while a reader uses it. Idle ones are closed after a while, because an open file
 * that was removed still takes its space on disk.
 */

import type { FileSystem } from './file-system.ts';

/** Most files that stay open without a reader. */
const maxIdleFiles = 128;
/** How long a file stays open without a reader. */
const idleFileMs = 10_000;

interface OpenFile {
  readonly fd: number;
  readers: number;
  usedAt: number;
  /** Closed as soon as its last reader leaves. */
  dropped: boolean;
}

export interface FileLease {
  readonly fd: number;
  /** Once. */
  release(): void;
}

export interface OpenFiles {
  /** Throws what opening throws. */
  acquire(path: string): FileLease;
  /** Forgets a file: readers under way finish. */
  drop(path: string): void;
  close(): void;
}

/** Told of each file that is asked for: whether it was open. */
export type OnFileLookup = (hit: boolean) => void;

export function createOpenFiles(
  fileSystem: FileSystem,
  now: () => number,
  onLookup?: OnFileLookup,
): OpenFiles {
  // Insertion order is order of use.
  const files = new Map<string, OpenFile>();

  let latest: OpenFile | undefined;

  function drop(path: string, file: OpenFile): void {
    files.delete(path);
    file.dropped = true;
    if (file.readers === 0) fileSystem.closeSync(file.fd);
  }

  /** Where the process has too many open files, those without a reader make room for one with. */
  function openAnyway(path: string): number {
    try {
      return fileSystem.openSync(path);
    } catch (error) {
      if (!isDescriptorShortage(error)) throw error;
      const idle = [...files].filter(([, file]) => file.readers === 0);
      if (idle.length === 0) throw error;
      for (const [idlePath, file] of idle) drop(idlePath, file);
      return fileSystem.openSync(path);
    }
  }

  const sweep = setInterval(() => {
    for (const [path, file] of files) {
      if (file.readers === 0 && now() - file.usedAt >= idleFileMs) drop(path, file);
    }
  }, idleFileMs);
  sweep.unref();

  return {
    acquire(path) {
      let file = files.get(path);
      onLookup?.(file !== undefined);
      // Mostly it is the one that was last already, and moving it there again makes the map rehash.
      if (file === undefined || file !== latest) {
        if (file) files.delete(path);
        else file = { fd: openAnyway(path), readers: 0, usedAt: 0, dropped: false };
        files.set(path, file);
        latest = file;
      }
      file.readers++;
      file.usedAt = now();
      if (files.size > maxIdleFiles) {
        for (const [oldestPath, oldest] of files) {
          if (oldest.readers > 0) continue;
          drop(oldestPath, oldest);
          break;
        }
      }
      const leased = file;
      return {
        fd: leased.fd,
        release() {
          leased.readers--;
          if (leased.dropped && leased.readers === 0) fileSystem.closeSync(leased.fd);
        },
      };
    },
    drop(path) {
      const file = files.get(path);
      if (file) drop(path, file);
    },
    close() {
      clearInterval(sweep);
      for (const [path, file] of files) drop(path, file);
    },
  };
}

function isDescriptorShortage(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    (error.code === 'EMFILE' || error.code === 'ENFILE')
  );
}
