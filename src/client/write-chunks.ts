/** What comes in small pieces, written to a file in few large ones, none of which is copied. */
import type { WritableFile } from './runtime.ts';

/** With less there are more calls; with more, chunks live so long that the garbage collector takes them for lasting. */
const writeBytes = 256 * 1024;
/** As many as a system takes in one call (Linux, IOV_MAX). */
const maxChunks = 1024;

/**
 * @param at of the file's bytes the first
 * @param passed sees each chunk before it is written
 */
export async function writeChunks(
  file: WritableFile,
  at: number,
  chunks: AsyncIterable<Uint8Array>,
  passed?: (chunk: Uint8Array) => void,
): Promise<void> {
  let place = at;
  let gathered: Uint8Array[] = [];
  let length = 0;
  const write = async (): Promise<void> => {
    await file.write(gathered, place);
    place += length;
    gathered = [];
    length = 0;
  };
  for await (const chunk of chunks) {
    passed?.(chunk);
    gathered.push(chunk);
    length += chunk.length;
    if (length >= writeBytes || gathered.length >= maxChunks) await write();
  }
  if (length > 0) await write();
}
