/** The few file operations that durability rests on. */

import { type FileHandle, mkdir, open } from 'node:fs/promises';

/** Opens a file for the store's writes; tests give one that fails. */
export type OpenFile = (path: string, flags: string) => Promise<FileHandle>;

/** Told of each fdatasync: how long it took and how many bodies it made durable. */
export type OnSync = (ms: number, bodies: number) => void;

/** fdatasync, measured. */
export async function sync(
  file: FileHandle,
  bodies: number,
  onSync: OnSync | undefined,
): Promise<void> {
  const started = performance.now();
  await file.datasync();
  onSync?.(performance.now() - started, bodies);
}

export const openFile: OpenFile = (path, flags) => open(path, flags, 0o640);

/** Writes all of the buffers at a position, whatever the system takes at a time. */
export async function writeAll(
  file: FileHandle,
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
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** A directory that exists and whose own name is durable. */
export async function ensureDirectory(parent: string, name: string): Promise<void> {
  await mkdir(`${parent}/${name}`, { recursive: true });
  await syncDirectory(parent);
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
