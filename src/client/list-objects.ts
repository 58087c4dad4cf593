/** All objects of a bucket, page by page (ListObjectsV2). */
import { uriEncode } from '../protocol/sigv4/percent-encoding.ts';
import { childText, type S3Requests } from './s3-requests.ts';

export interface ListedObject {
  readonly key: string;
  readonly size: number;
  /** With its quotes. */
  readonly etag: string;
}

export async function* listObjects(
  requests: Pick<S3Requests, 'document'>,
  bucket: string,
  signal?: AbortSignal,
  prefix = '',
): AsyncGenerator<readonly ListedObject[]> {
  const within = prefix === '' ? '' : `&prefix=${uriEncode(prefix)}`;
  for (let token: string | undefined = ''; token !== undefined; ) {
    const after = token === '' ? '' : `&continuation-token=${uriEncode(token)}`;
    const query = `list-type=2&encoding-type=url${within}${after}`;
    const page = await requests.document({ method: 'GET', path: `/${bucket}`, query }, signal);
    yield page.children
      .filter(({ name }) => name === 'Contents')
      .map((entry) => ({
        key: decodeURIComponent((childText(entry, 'Key') ?? '').replaceAll('+', ' ')),
        size: Number(childText(entry, 'Size')),
        etag: childText(entry, 'ETag') ?? '',
      }));
    const isTruncated = childText(page, 'IsTruncated') === 'true';
    token = isTruncated ? childText(page, 'NextContinuationToken') : undefined;
  }
}

/** The path of an object, path style. */
export const objectPath = (bucket: string, key: string): string =>
  `/${bucket}/${key.split('/').map(uriEncode).join('/')}`;
