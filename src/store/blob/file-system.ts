/**
 * What the store asks of a file system, and Node's answer. A port, so that the simulator can own the files:
 * hold their writes back until they are flushed, tear them, and cut the power between any two calls.
 */

import { closeSync, openSync, read, readSync } from 'node:fs';
import {
  appendFile,
  mkdir,
  open,
  readdir,
  readFile,
  stat,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

/** An open file; `FileHandle` is one. */
export interface StoreFile {
  /** May take less than it was given. */
  writev(buffers: readonly Buffer[], position: number): Promise<{ readonly bytesWritten: number }>;
  read(
    bytes: Buffer,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }>;
  stat(): Promise<{ readonly size: number }>;
  datasync(): Promise<void>;
  /** Of a directory: makes its names durable. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** Errors are Node's, told apart by their `code`. */
export interface FileSystem {
  /** @param flags as of open(2), in Node's letters: `r` (also directories), `w`, `wx` */
  open(path: string, flags: string): Promise<StoreFile>;
  /** With its parents; one that exists is fine. Gives the first that was made. */
  mkdir(path: string): Promise<string | undefined>;
  readdir(path: string): Promise<readonly string[]>;
  readText(path: string): Promise<string>;
  writeText(path: string, text: string): Promise<void>;
  appendText(path: string, text: string): Promise<void>;
  stat(path: string): Promise<{ readonly size: number; readonly mtimeMs: number }>;
  unlink(path: string): Promise<void>;
  /** For reading, by number: reads from the page cache are faster than a turn of the thread pool. */
  openSync(path: string): number;
  closeSync(fd: number): void;
  readSync(fd: number, bytes: Buffer, offset: number, length: number, position: number): number;
  read(
    fd: number,
    bytes: Buffer,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }>;
}

/**
 * A directory with its parents; gives the first that was made. Not Node's own `recursive`, which makes ENOENT of
 * errors that it does not expect: of a file system that has become read-only, above all.
 */
export async function makeDirectories(
  path: string,
  makeOne: (path: string) => Promise<unknown> = mkdir,
): Promise<string | undefined> {
  const parent = dirname(path);
  /** False if there was one. */
  async function make(): Promise<boolean> {
    try {
      await makeOne(path);
      return true;
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return false;
      throw error;
    }
  }
  try {
    return (await make()) ? path : undefined;
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || parent === path) throw error;
  }
  const first = await makeDirectories(parent, makeOne);
  return (await make()) ? (first ?? path) : first;
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined;

export const nodeFileSystem: FileSystem = {
  open: (path, flags) => open(path, flags, 0o640),
  mkdir: (path) => makeDirectories(path),
  readdir: (path) => readdir(path),
  readText: (path) => readFile(path, 'utf8'),
  writeText: (path, text) => writeFile(path, text),
  appendText: (path, text) => appendFile(path, text),
  stat: (path) => stat(path),
  unlink,
  openSync: (path) => openSync(path, 'r'),
  closeSync,
  readSync,
  read: promisify(read),
};
