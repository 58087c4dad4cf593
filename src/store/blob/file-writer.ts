/**
 * Writes one large body into a file of its own: large writes, one under way while the next one fills,
 * checksums behind the bytes, everything on disk before it is acknowledged. Names are unique, so no
 * temporary name is needed: the record that names the file publishes it.
 */

import type { ChunkSource } from './chunks.ts';
import {
  ensureDirectory,
  type OnSync,
  removeFile,
  sync,
  syncDirectory,
  writeAll,
} from './durable-files.ts';
import type { FileSystem } from './file-system.ts';
import { type Crc32c, createBlockChecksums, encodeFileFooter } from './layout.ts';

/**
 * Bytes gathered for one write: one block of checksums. A body holds at most this twice, and its last chunk;
 * larger writes are no faster.
 */
const writeBytes = 256 * 1024;

export interface FileWriterOptions {
  /** Directory of the files' directories. */
  readonly dir: string;
  readonly crc32c: Crc32c;
  readonly now: () => number;
  readonly fileSystem: FileSystem;
  readonly onSync?: OnSync | undefined;
}

export interface FileWriter {
  /**
   * Gives the length. The chunks already taken from the source come first; none may change until it
   * resolves.
   */
  write(id: string, first: readonly Buffer[], rest: ChunkSource): Promise<number>;
}

/** Directory of a file: the last byte of its id, which is random, so that directories stay small. */
export function fileDirectory(id: string): string {
  return id.slice(-2);
}

export function createFileWriter(options: FileWriterOptions): FileWriter {
  const { dir, crc32c, now, fileSystem } = options;
  const madeDirectories = new Map<string, Promise<void>>();

  async function makeDirectory(name: string): Promise<void> {
    const made = madeDirectories.get(name) ?? ensureDirectory(fileSystem, dir, name);
    madeDirectories.set(name, made);
    try {
      await made;
    } catch (error) {
      madeDirectories.delete(name);
      throw error;
    }
  }

  return {
    async write(id, first, rest) {
      const directory = fileDirectory(id);
      await makeDirectory(directory);
      const path = `${dir}/${directory}/${id}.blob`;
      const file = await fileSystem.open(path, 'wx');
      let writing = Promise.resolve();
      try {
        // The name is independent of the bytes; its flush runs beside them.
        const named = syncDirectory(fileSystem, `${dir}/${directory}`);
        named.catch(() => {});
        const checksums = createBlockChecksums(crc32c);
        let length = 0;
        let position = 0;
        let gathered: Buffer[] = [];
        let gatheredBytes = 0;

        async function flush(): Promise<void> {
          await writing;
          const buffers = gathered;
          const at = position;
          position += gatheredBytes;
          gathered = [];
          gatheredBytes = 0;
          writing = writeAll(file, buffers, at);
          // Its failure is the next flush's; until then it is nobody's.
          writing.catch(() => {});
        }

        async function add(chunk: Buffer): Promise<void> {
          for (let at = 0; at < chunk.length; ) {
            const piece = chunk.subarray(at, at + writeBytes - gatheredBytes);
            checksums.add(piece);
            gathered.push(piece);
            gatheredBytes += piece.length;
            length += piece.length;
            at += piece.length;
            if (gatheredBytes === writeBytes) await flush();
          }
        }

        for (const chunk of first) await add(chunk);
        for (let chunk = await rest.next(); chunk; chunk = await rest.next()) await add(chunk);
        const footer = encodeFileFooter(
          checksums.finish(),
          { id, length, writtenAt: now() },
          crc32c,
        );
        gathered.push(footer);
        gatheredBytes += footer.length;
        await flush();
        await writing;
        await sync(file, 1, options.onSync);
        await named;
        await file.close();
        return length;
      } catch (error) {
        rest.stop();
        await writing.catch(() => {});
        // What cannot be cleaned up is an orphan, which the sweep finds; the cause is what counts.
        await file.close().catch(() => {});
        await removeFile(fileSystem, path).catch(() => {});
        throw error;
      }
    },
  };
}
