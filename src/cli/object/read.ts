/** `kist object cat` and `kist object head`: objects on standard output. */
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { openDownload } from '../../client/transfer/download.ts';
import { parseObject } from '../location.ts';
import { inSession } from '../session.ts';
import { customerKey } from './copy-settings.ts';
import { inWords } from './in-words.ts';

export interface ReadFlags {
  readonly versionId?: string;
  readonly sseCKeyFile?: string;
  readonly limitRate?: number;
}

export interface HeadFlags extends ReadFlags {
  readonly lines: number;
  readonly bytes?: number;
}

const partsAtOnce = 4;

/** One after the other. Gives the exit code */
export const catObjects = (paths: readonly string[], flags: ReadFlags): Promise<number> =>
  inSession(flags, async ({ connect, signal }) => {
    for (const path of paths) {
      const { alias, bucket: Bucket, key: Key } = parseObject(path);
      const client = connect(alias);
      const input = { Bucket, Key, ...readMembers(flags) };
      const { Body } = await inWords({ client }, input, signal, () =>
        openDownload(client, input, { signal, concurrency: partsAtOnce }),
      );
      await pipeline(Readable.from(Body), process.stdout, { end: false, signal });
    }
  });

/** The first lines or bytes; the rest of the object isn't fetched. */
export const headObject = (path: string, flags: HeadFlags): Promise<number> =>
  inSession(flags, async ({ connect, signal }) => {
    const { alias, bucket: Bucket, key: Key } = parseObject(path);
    const input = { Bucket, Key, ...readMembers(flags) };
    const { Body } = await connect(alias).getObject(input, { signal });
    for await (const piece of firstOf(Body, flags)) {
      if (!process.stdout.write(piece)) await once(process.stdout, 'drain', { signal });
    }
    Body.cancel();
  });

const readMembers = ({ versionId, sseCKeyFile }: ReadFlags) => ({
  ...(versionId !== undefined && { VersionId: versionId }),
  ...customerKey(sseCKeyFile),
});

const lineFeed = 0x0a;

/** Up to so many bytes, if they are said, else lines. */
export async function* firstOf(
  chunks: AsyncIterable<Uint8Array>,
  { lines, bytes }: Pick<HeadFlags, 'lines' | 'bytes'>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let left = bytes ?? lines;
  if (left <= 0) return;
  for await (const chunk of chunks) {
    if (bytes !== undefined) {
      yield chunk.subarray(0, left);
      left -= chunk.length;
    } else {
      let at = 0;
      while (left > 0 && at < chunk.length) {
        const end = chunk.indexOf(lineFeed, at);
        at = end < 0 ? chunk.length : end + 1;
        if (end >= 0) left -= 1;
      }
      yield chunk.subarray(0, at);
    }
    if (left <= 0) return;
  }
}
