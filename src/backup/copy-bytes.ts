/** Copies a range of a file to the same place of another one, with the checksum of all up to its end. */
import { open } from 'node:fs/promises';
import { BackupError } from './backup-error.ts';
import { type Crc32c, writeFully } from './durable-write.ts';

const copyBytesAtOnce = 1024 * 1024;

export interface CopyRange {
  readonly source: string;
  readonly target: string;
  /** The target has what is before; 0 makes it anew. */
  readonly from: number;
  readonly to: number;
  /** CRC32C of the bytes before `from`. */
  readonly checksum: number;
  readonly crc32c: Crc32c;
  readonly signal: AbortSignal;
  readonly onBytes?: (count: number) => void;
}

/** The target's bytes are on disk when it resolves (its name is not yet); CRC32C of bytes 0 to `to`. */
export async function copyRange(range: CopyRange): Promise<number> {
  const { from, to, crc32c } = range;
  const source = await open(range.source, 'r');
  try {
    const target = await open(range.target, from === 0 ? 'w' : 'r+', 0o600);
    try {
      const buffer = Buffer.allocUnsafe(Math.max(1, Math.min(copyBytesAtOnce, to - from)));
      let checksum = range.checksum;
      for (let at = from; at < to; ) {
        range.signal.throwIfAborted();
        const { bytesRead } = await source.read(buffer, 0, Math.min(buffer.length, to - at), at);
        if (bytesRead === 0) {
          throw new BackupError(`${range.source} ends after ${at} of ${to} bytes.`);
        }
        const bytes = buffer.subarray(0, bytesRead);
        checksum = crc32c(bytes, checksum);
        await writeFully(target, bytes, at);
        at += bytesRead;
        range.onBytes?.(bytesRead);
      }
      await target.datasync();
      return checksum;
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}
