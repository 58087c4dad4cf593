/** Files by their paths. */
import { createReadStream } from 'node:fs';
import { open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import type { BodySource } from '../body.ts';
import type { Files } from '../runtime.ts';

const readBytes = 256 * 1024;

export const nodeFiles: Files = {
  async open(path) {
    const handle = await open(path, 'r');
    const { size, mtimeNs, ino } = await handle.stat({ bigint: true });
    return {
      size: Number(size),
      version: `${size}-${mtimeNs}-${ino}`,
      read: (start, end) =>
        start === end
          ? nothing()
          : handle.createReadStream({
              start,
              end: end - 1,
              autoClose: false,
              highWaterMark: readBytes,
            }),
      close: () => handle.close(),
    };
  },
  async openForWriting(path) {
    const handle = await open(path, 'a').then(async (made) => {
      await made.close();
      return open(path, 'r+');
    });
    return {
      async write(bytes, at) {
        for (let done = 0; done < bytes.length; ) {
          const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, at + done);
          done += bytesWritten;
        }
      },
      async close() {
        try {
          await handle.datasync();
        } finally {
          await handle.close();
        }
      },
    };
  },
  async readText(path) {
    try {
      return await readFile(path, 'utf8');
    } catch (error) {
      if ((error as { code?: string }).code === 'ENOENT') return undefined;
      throw error;
    }
  },
  async writeText(path, text) {
    const partial = `${path}.${process.pid}.part`;
    await writeFile(partial, text, { mode: 0o600, flush: true });
    await rename(partial, path);
  },
  rename,
  remove: (path) => rm(path, { force: true }),
};

async function* nothing(): AsyncGenerator<Uint8Array, void, undefined> {}

/** A file as the body of a request: read from the disk while it is sent, again if it must be sent again. */
export async function fromFile(path: string): Promise<BodySource> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    return {
      size,
      open: (start, end) =>
        start === end
          ? nothing()
          : createReadStream(path, { start, end: end - 1, highWaterMark: readBytes }),
    };
  } finally {
    await handle.close();
  }
}
