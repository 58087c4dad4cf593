/**
 * Open files for reading, shared and counted: the hot ones stay open, a bounded number of them, and
 * none is closed while a reader uses it. Idle ones are closed after a while, because an open file
 * that was removed still takes its space on disk.
 */

import { closeSync, openSync } from 'node:fs';

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

export function createOpenFiles(now: () => number): OpenFiles {
  // Insertion order is order of use.
  const files = new Map<string, OpenFile>();

  function drop(path: string, file: OpenFile): void {
    files.delete(path);
    file.dropped = true;
    if (file.readers === 0) closeSync(file.fd);
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
      if (file) files.delete(path);
      else file = { fd: openSync(path, 'r'), readers: 0, usedAt: 0, dropped: false };
      files.set(path, file);
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
          if (leased.dropped && leased.readers === 0) closeSync(leased.fd);
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
