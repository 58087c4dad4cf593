/**
 * A backup under a prefix of a bucket, on any S3 server. Each file is one object, put with its Content-MD5: the
 * server refuses it if a bit changed on the way. Requests that failed for a passing reason are sent again.
 */
import { createHash } from 'node:crypto';
import { paginate } from '../client/paginate.ts';
import { askAndRead } from '../client/retry.ts';
import { errorText, S3Error } from '../client/s3-error.ts';
import type { Sender } from '../client/sender.ts';
import { DeleteObjects, GetObject, ListObjectsV2, PutObject } from '../model/operations.gen.ts';
import { BackupError } from './backup-error.ts';
import type { BackupPlace } from './place.ts';

/** More than any file of a backup has. */
const maxObjectBytes = 64 * 1024 * 1024;
/** As S3 allows. */
const keysPerDelete = 1000;

export function openS3Place(deps: {
  readonly sender: Sender;
  readonly bucket: string;
  /** Without slashes around; may be empty. */
  readonly prefix: string;
}): BackupPlace {
  const { sender, bucket: Bucket, prefix } = deps;
  const base = prefix === '' ? '' : `${prefix}/`;
  const title = `s3://${Bucket}${prefix === '' ? '' : `/${prefix}`}`;
  const keyOf = (name: string) => `${base}${name}`;

  const read = (name: string, signal: AbortSignal): Promise<Buffer> =>
    askAndRead(
      sender,
      signal,
      () => sender.send(GetObject, { Bucket, Key: keyOf(name) }, { signal }),
      async ({ Body, ContentLength = 0 }) => {
        if (ContentLength > maxObjectBytes) {
          Body.cancel();
          throw new BackupError(`${title}/${name}: it is larger than ${maxObjectBytes} bytes.`);
        }
        const { buffer, byteOffset, length } = await Body.bytes();
        return Buffer.from(buffer, byteOffset, length);
      },
    );

  return {
    title,

    put: (name, content, signal) =>
      told(`${title}/${name}`, async () => {
        const ContentMD5 = createHash('md5').update(content).digest('base64');
        const input = { Bucket, Key: keyOf(name), Body: content, ContentMD5 };
        await sender.send(PutObject, input, { signal });
      }),

    get: (name, signal) =>
      told(`${title}/${name}`, async () => {
        try {
          return await read(name, signal);
        } catch (error) {
          if (error instanceof S3Error && error.code === 'NoSuchKey') return undefined;
          throw error;
        }
      }),

    async *list(folder, signal) {
      const input = { Bucket, Prefix: keyOf(folder) };
      const pages = paginate(sender, ListObjectsV2, input, { signal })[Symbol.asyncIterator]();
      for (;;) {
        const { done, value: page } = await told(title, () => pages.next());
        if (done) return;
        const { Contents = [] } = page;
        yield Contents.map(({ Key = '', Size = 0 }) => ({
          name: Key.slice(base.length),
          bytes: Size,
        }));
      }
    },

    async remove(names, signal) {
      for (let at = 0; at < names.length; at += keysPerDelete) {
        const Objects = names.slice(at, at + keysPerDelete).map((name) => ({ Key: keyOf(name) }));
        const input = { Bucket, Delete: { Objects, Quiet: true } };
        const { Errors: [left] = [] } = await told(title, () =>
          sender.send(DeleteObjects, input, { signal }),
        );
        if (left === undefined) continue;
        throw new BackupError(`${title}: ${left.Key} cannot be removed: ${left.Code}.`);
      }
    },

    // An object is durable when its put is answered.
    async flush() {},
    close: () => sender.close(),
  };
}

/** What the server refuses, or the network, is told with the name of what it was for, in a line. */
async function told<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!(cause instanceof S3Error)) throw cause;
    throw new BackupError(`${name}: ${errorText(cause)}`, { cause });
  }
}
