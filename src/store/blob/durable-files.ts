/** The few file operations that durability rests on. */

import { dirname } from 'node:path';
import type { FileSystem, StoreFile } from './file-system.ts';

/** Told of each fdatasync: how long it took and how many bodies it made durable. */
export type OnSync = (ms: number, bodies: number) => void;

/** fdatasync, measured. */
export async function sync(
  file: StoreFile,
  bodies: number,
  onSync: OnSync | undefined,
): Promise<void> {
  const started = performance.now();
  await file.datasync();
  onSync?.(performance.now() - started, bodies);
}

/** Writes all of the buffers at a position, whatever the system takes at a time. */
export async function writeAll(
  file: StoreFile,
  buffers: readonly Buffer[],
  position: number,
): Promise<void> {
  let rest = buffers.filter((buffer) => buffer.length > 0);
  let at = position;
  while (rest.length > 0) {
    const { bytesWritten } = await file.writev(rest, at);
    if (bytesWritten === 0) throw new Error('the file system took no bytes and gave no reason');
    at += bytesWritten;
    rest = dropBytes(rest, bytesWritten);
  }
}

/**
 * Fills the buffer, and gives fewer bytes only at the end of the file: the system may give fewer anywhere,
 * above all before a place that it cannot read.
 */
export async function readAll(
  file: Pick<StoreFile, 'read'>,
  bytes: Buffer,
  position: number,
): Promise<number> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesRead } = await file.read(bytes, done, bytes.length - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return done;
}

function dropBytes(buffers: readonly Buffer[], count: number): Buffer[] {
  let skip = count;
  const rest: Buffer[] = [];
  for (const buffer of buffers) {
    if (skip >= buffer.length) skip -= buffer.length;
    else {
      rest.push(skip > 0 ? buffer.subarray(skip) : buffer);
      skip = 0;
    }
  }
  return rest;
}

/** Makes the names in a directory durable: a file is found after a crash only if its name is on disk. */
export async function syncDirectory(fileSystem: FileSystem, path: string): Promise<void> {
  const directory = await fileSystem.open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** A directory with its parents, all there; the names of those that were made are durable. */
export async function ensureDirectories(fileSystem: FileSystem, path: string): Promise<void> {
  const first = dirname((await fileSystem.mkdir(path)) ?? path);
  for (let parent = dirname(path); ; parent = dirname(parent)) {
    await syncDirectory(fileSystem, parent);
    if (parent.length <= first.length) return;
  }
}

/** A directory that exists and whose own name is durable. */
export async function ensureDirectory(
  fileSystem: FileSystem,
  parent: string,
  name: string,
): Promise<void> {
  await fileSystem.mkdir(`${parent}/${name}`);
  await syncDirectory(fileSystem, parent);
}

/** Gone afterwards, whether it was there or not. */
export async function removeFile(fileSystem: FileSystem, path: string): Promise<void> {
  try {
    await fileSystem.unlink(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

/** The device cannot give what is there: other places of it may still be read. */
export function isUnreadable(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EIO';
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
