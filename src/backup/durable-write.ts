/** Files that are whole or not there, and on disk when the promise resolves. */
import { type FileHandle, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** CRC32C of the bytes, continuing from that of what came before them. */
export type Crc32c = (bytes: Buffer, previous?: number) => number;

export async function writeFully(file: FileHandle, bytes: Buffer, position: number) {
  for (let done = 0; done < bytes.length; ) {
    const rest = bytes.length - done;
    done += (await file.write(bytes, done, rest, position + done)).bytesWritten;
  }
}

export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** Content for this user alone, in place of what is there. */
export async function writeDurably(path: string, content: string | Buffer): Promise<void> {
  const temporary = `${path}.new`;
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  await syncDirectory(dirname(path));
}

/** Runs `work` on all items, a few at a time; the first failure ends it once those under way have. */
export async function forEachOf<T>(
  items: Iterable<T>,
  concurrency: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items[Symbol.iterator]();
  let failed = false;
  const worker = async () => {
    for (let next = queue.next(); !next.done && !failed; next = queue.next()) {
      try {
        await work(next.value);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const workers = await Promise.allSettled(Array.from({ length: concurrency }, worker));
  for (const one of workers) if (one.status === 'rejected') throw one.reason;
}
