/**
 * A backup under a prefix of a bucket, on any S3 server. Each file is one object, put with its Content-MD5: the
 * server refuses it if a bit changed on the way. Requests that failed for a passing reason are sent again.
 */
import { createHash } from 'node:crypto';
import { deleteObjects, keysPerDelete } from '../client/delete-objects.ts';
import { listObjects, objectPath } from '../client/list-objects.ts';
import type { Retry } from '../client/retries.ts';
import { S3RequestError, type S3Requests } from '../client/s3-requests.ts';
import { BackupError } from './backup-error.ts';
import type { BackupPlace } from './place.ts';

/** More than any file of a backup has. */
const maxObjectBytes = 64 * 1024 * 1024;

export function openS3Place(deps: {
  readonly requests: S3Requests;
  readonly retry: Retry;
  readonly bucket: string;
  /** Without slashes around; may be empty. */
  readonly prefix: string;
}): BackupPlace {
  const { requests, retry, bucket, prefix } = deps;
  const base = prefix === '' ? '' : `${prefix}/`;
  const title = `s3://${bucket}${prefix === '' ? '' : `/${prefix}`}`;
  const pathOf = (name: string) => objectPath(bucket, `${base}${name}`);

  return {
    title,

    put: (name, content, signal) =>
      told(`${title}/${name}`, async () => {
        const headers = { 'content-length': String(content.length), 'content-md5': md5(content) };
        const request = { method: 'PUT', path: pathOf(name), headers };
        await retry(() => requests.content(request, { body: content, signal }), signal);
      }),

    get: (name, signal) =>
      told(`${title}/${name}`, async () => {
        const options = { signal, maxBytes: maxObjectBytes };
        try {
          const request = { method: 'GET', path: pathOf(name) };
          return await retry(() => requests.content(request, options), signal);
        } catch (error) {
          if (error instanceof S3RequestError && error.code === 'NoSuchKey') return undefined;
          throw error;
        }
      }),

    async *list(folder, signal) {
      const document: S3Requests['document'] = (request) =>
        told(title, () => retry(() => requests.document(request, signal), signal));
      for await (const page of listObjects({ document }, bucket, signal, `${base}${folder}`)) {
        yield page.map(({ key, size }) => ({ name: key.slice(base.length), bytes: size }));
      }
    },

    async remove(names, signal) {
      const document: S3Requests['document'] = (request, _signal, body) =>
        retry(() => requests.document(request, signal, body), signal);
      for (let at = 0; at < names.length; at += keysPerDelete) {
        const keys = names.slice(at, at + keysPerDelete).map((name) => `${base}${name}`);
        const [left] = await told(title, () => deleteObjects({ document }, bucket, keys));
        if (left === undefined) continue;
        throw new BackupError(`${title}: ${left.key} cannot be removed: ${left.code}.`);
      }
    },

    // An object is durable when its put is answered.
    async flush() {},
    close: () => requests.close(),
  };
}

const md5 = (content: Buffer): string => createHash('md5').update(content).digest('base64');

/** What the server refuses, or the network, is told with the name of what it was for, in a line. */
async function told<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const isTheirs = cause instanceof S3RequestError || (cause instanceof Error && 'code' in cause);
    const isAbort = cause instanceof Error && cause.name === 'AbortError';
    if (!isTheirs || isAbort) throw cause;
    const reason =
      cause.message === '' ? String((cause as { code?: unknown }).code) : cause.message;
    throw new BackupError(`${name}: ${reason}`, { cause });
  }
}
