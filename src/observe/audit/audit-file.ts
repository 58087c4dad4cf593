/**
 * A file that several processes append lines to, whole ones: each write is one call with O_APPEND, which the system
 * orders among processes. It is rotated at a size, FILE to FILE.1 and so on; a file that somebody moved away is made
 * anew at the next line, so that tools like logrotate need no signal.
 */
import { constants, type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import type { AuditTarget } from './audit-queue.ts';

export interface AuditFileSettings {
  readonly path: string;
  /** A file that has grown to this is rotated before the next line. */
  readonly maxBytes: number;
  /** How many rotated files are kept. */
  readonly keptFiles: number;
}

/** A lock that is older was left by a process that ended. */
const rotationLockMs = 10_000;
const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT;
const mode = 0o600;

export interface AuditFile extends AuditTarget {
  close(): Promise<void>;
}

export function createAuditFile({ path, maxBytes, keptFiles }: AuditFileSettings): AuditFile {
  let file: { readonly handle: FileHandle; readonly inode: bigint } | undefined;
  /** A line was cut off, as by a full disk: the next write has to begin on a line of its own. */
  let torn = false;

  async function current(): Promise<FileHandle> {
    const there = await inodeOf(path);
    if (file !== undefined && there?.inode === file.inode && there.size < maxBytes) {
      return file.handle;
    }
    if (there?.isFile && there.size >= maxBytes) await rotate(there.inode);
    await file?.handle.close();
    file = undefined;
    const handle = await open(path, flags, mode);
    file = { handle, inode: (await handle.stat({ bigint: true })).ino };
    return handle;
  }

  /** One process of several rotates; the others find the new file afterwards. */
  async function rotate(inode: bigint): Promise<void> {
    const lock = `${path}.rotating`;
    let held: FileHandle;
    try {
      held = await open(lock, 'wx', mode);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
      const left = await stat(lock).catch(() => undefined);
      if (left !== undefined && Date.now() - left.mtimeMs > rotationLockMs) {
        await rm(lock, { force: true });
      }
      return;
    }
    try {
      // Another one may have done it between the look and the lock.
      if ((await inodeOf(path))?.inode !== inode) return;
      // Up to the first place that is free, or over the oldest.
      let last = 1;
      while (last < keptFiles && (await inodeOf(`${path}.${last}`)) !== undefined) last++;
      for (let at = Math.min(last, keptFiles); at >= 1; at--) {
        const from = at === 1 ? path : `${path}.${at - 1}`;
        await rename(from, `${path}.${at}`).catch(ignoreMissing);
      }
      if (keptFiles === 0) await rm(path, { force: true });
    } finally {
      await held.close();
      await rm(lock, { force: true });
    }
  }

  return {
    name: 'file',
    async deliver(lines) {
      const handle = await current();
      const bytes = Buffer.from(`${torn ? '\n' : ''}${lines.join('')}`);
      let bytesWritten = 0;
      try {
        ({ bytesWritten } = await handle.write(bytes));
      } finally {
        torn = bytesWritten === bytes.length ? false : torn || bytesWritten > 0;
      }
      if (bytesWritten < bytes.length) throw new Error(`${path} took a part of a line: it is full`);
    },
    async close() {
      await file?.handle.close();
      file = undefined;
    },
  };
}

async function inodeOf(path: string) {
  try {
    const { ino, size, isFile } = await stat(path, { bigint: true }).then((found) => ({
      ino: found.ino,
      size: Number(found.size),
      isFile: found.isFile(),
    }));
    return { inode: ino, size, isFile };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined;

function ignoreMissing(error: unknown): void {
  if (codeOf(error) !== 'ENOENT') throw error;
}
