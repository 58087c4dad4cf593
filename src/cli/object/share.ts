/** `kist object share`: URLs and forms that let others read or write an object for a while, without a key. */

import type { Client } from '../../client/create-client.ts';
import type { PostCondition } from '../../client/post-policy.ts';
import { type PresignedRequest, presignRequest } from '../../client/presign.ts';
import { DeleteObject, GetObject, HeadObject, PutObject } from '../../model/operations.gen.ts';
import { usageError } from '../command-error.ts';
import { formatRemote, parseObject, type RemotePlace } from '../location.ts';
import { inSession } from '../session.ts';

export const shareMethods = ['get', 'head', 'put', 'post', 'delete'] as const;

export interface ShareFlags {
  readonly method: (typeof shareMethods)[number];
  /** Milliseconds. */
  readonly expires: number;
  readonly versionId?: string;
  readonly contentType?: string;
  readonly downloadAs?: string;
  /** Bytes, of a form's file. */
  readonly maxSize?: number;
  readonly signatureVersion?: 's3v4' | 's3';
  readonly json?: boolean;
}

/** Gives the exit code. */
export const shareObject = (path: string, flags: ShareFlags): Promise<number> =>
  inSession(flags, async ({ out, connect }) => {
    const place = parseObject(path);
    checkFlags(flags);
    const client = connect(place.alias);
    const expiresIn = Math.floor(flags.expires / 1000);
    const expires = new Date(Date.now() + expiresIn * 1000).toISOString();
    const said = { type: 'share', path: formatRemote(place), method: flags.method, expires };
    if (flags.method === 'post') {
      const { url, fields } = await formFor(client, place, flags, expiresIn);
      out.record({ ...said, url, fields }, curlForm(url, fields));
      return;
    }
    const { url, headers } = await urlFor(client, place, flags, expiresIn);
    const others = Object.entries(headers).filter(([name]) => name !== 'host');
    out.record({ ...said, url, headers: Object.fromEntries(others) }, url);
    for (const [name, value] of others) {
      if (!out.json) out.note(`whoever opens it has to send the header "${name}: ${value}".`);
    }
  });

function checkFlags({ method, contentType, downloadAs, maxSize, versionId }: ShareFlags): void {
  const only = (flag: string, isGiven: boolean, methods: readonly string[]): void => {
    if (isGiven && !methods.includes(method)) {
      throw usageError(`${flag} is for --method ${methods.join(' and ')}.`);
    }
  };
  only('--content-type', contentType !== undefined, ['put', 'post']);
  only('--download-as', downloadAs !== undefined, ['get']);
  only('--max-size', maxSize !== undefined, ['post']);
  only('--version-id', versionId !== undefined, ['get', 'head', 'delete']);
}

function urlFor(
  client: Client,
  { bucket: Bucket, key: Key }: RemotePlace,
  { method, versionId, contentType, downloadAs }: ShareFlags,
  expiresIn: number,
): Promise<PresignedRequest> {
  const at = { Bucket, Key, ...(versionId !== undefined && { VersionId: versionId }) };
  const options = { expiresIn };
  if (method === 'put') {
    return presignRequest(client, PutObject, { Bucket, Key, ContentType: contentType }, options);
  }
  if (method === 'delete') return presignRequest(client, DeleteObject, at, options);
  if (method === 'head') return presignRequest(client, HeadObject, at, options);
  const ResponseContentDisposition = downloadAs === undefined ? undefined : disposition(downloadAs);
  return presignRequest(client, GetObject, { ...at, ResponseContentDisposition }, options);
}

/** RFC 6266, with RFC 8187 for names that aren't ASCII. */
function disposition(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\]/g, '_');
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16)}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

function formFor(
  client: Client,
  { bucket: Bucket, key: Key }: RemotePlace,
  { contentType, maxSize }: ShareFlags,
  expiresIn: number,
) {
  const Conditions: PostCondition[] =
    maxSize === undefined ? [] : [['content-length-range', 0, maxSize]];
  const Fields = contentType === undefined ? undefined : { 'Content-Type': contentType };
  return client.createPresignedPost({ Bucket, Key, Conditions, Fields, expiresIn });
}

/** As it can be pasted into a shell. */
function curlForm(url: string, fields: Readonly<Record<string, string>>): string {
  const parts = Object.entries(fields).map(([name, value]) => `-F ${quoted(`${name}=${value}`)}`);
  return ['curl', ...parts, '-F file=@FILE', quoted(url)].join(' ');
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
