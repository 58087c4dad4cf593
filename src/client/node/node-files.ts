/** Files by their paths. */
import { type BigIntStats, createReadStream } from 'node:fs';
import { open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import type { BodySource } from '../body.ts';
import type { Files } from '../runtime.ts';
import { S3Error } from '../s3-error.ts';

const readBytes = 256 * 1024;

export const nodeFiles: Files = {
  async open(path) {
    const handle = await open(path, 'r');
    const { size, version } = stateOf(await handle.stat({ bigint: true }));
    return {
      size,
      version,
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
      async write(chunks, at) {
        let place = at;
        for (let left = chunks; left.length > 0; ) {
          const { bytesWritten } = await handle.writev(left, place);
          place += bytesWritten;
          left = withoutFirst(left, bytesWritten);
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

/** What is left of chunks after so many bytes of them. */
export function withoutFirst(chunks: readonly Uint8Array[], bytes: number): readonly Uint8Array[] {
  let rest = bytes;
  let index = 0;
  for (; index < chunks.length && chunks[index]!.length <= rest; index++) {
    rest -= chunks[index]!.length;
  }
  const left = chunks.slice(index);
  if (rest > 0) left[0] = left[0]!.subarray(rest);
  return left;
}

async function* nothing(): AsyncGenerator<Uint8Array, void, undefined> {}

/**
 * A file as the body of a request: read from the disk while it is sent, again if it must be sent again.
 * @throws S3Error InvalidInput when it is read, if it has changed since
 */
export async function fromFile(path: string): Promise<BodySource> {
  const { size, version } = await stateAt(path);
  const assertSame = async (): Promise<void> => {
    if ((await stateAt(path)).version === version) return;
    throw new S3Error('InvalidInput', `${path} changed while it was read`);
  };
  return {
    size,
    version,
    async *open(start, end) {
      if (start < end) {
        yield* createReadStream(path, { start, end: end - 1, highWaterMark: readBytes });
      }
      await assertSame();
    },
    async read(start, end) {
      const bytes = await readFully(path, start, end - start);
      await assertSame();
      return bytes;
    },
  };
}

/** Less if the file ends before. */
async function readFully(path: string, start: number, length: number): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafeSlow(length);
  const handle = await open(path, 'r');
  try {
    for (let done = 0; done < length; ) {
      const { bytesRead } = await handle.read(bytes, done, length - done, start + done);
      if (bytesRead === 0) return bytes.subarray(0, done);
      done += bytesRead;
    }
    return bytes;
  } finally {
    await handle.close();
  }
}

interface FileState {
  readonly size: number;
  readonly version: string;
}

const stateAt = async (path: string): Promise<FileState> =>
  stateOf(await stat(path, { bigint: true }));

const stateOf = ({ size, mtimeNs, ino }: BigIntStats): FileState => ({
  size: Number(size),
  version: `${size}-${mtimeNs}-${ino}`,
});
