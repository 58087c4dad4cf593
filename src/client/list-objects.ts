/** All objects of a bucket, page by page (ListObjectsV2). */
import { uriEncode } from '../protocol/sigv4/percent-encoding.ts';
import { childText, S3RequestError, type S3Requests } from './s3-requests.ts';

export interface ListedObject {
  readonly key: string;
  readonly size: number;
  /** With its quotes. */
  readonly etag: string;
}

/** @throws S3RequestError for a list that is none or has no end, too: what it leaves out would be taken for gone */
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
    if (page.name !== 'ListBucketResult') throw unusable(`it is a ${page.name}`);
    const isEncoded = childText(page, 'EncodingType') === 'url';
    yield page.children
      .filter(({ name }) => name === 'Contents')
      .map((entry) => ({
        key: keyOf(childText(entry, 'Key') ?? '', isEncoded),
        size: Number(childText(entry, 'Size')),
        etag: childText(entry, 'ETag') ?? '',
      }));
    const isTruncated = childText(page, 'IsTruncated') === 'true';
    const next = isTruncated ? (childText(page, 'NextContinuationToken') ?? '') : undefined;
    if (next === '' || (next !== undefined && next === token)) {
      throw unusable('it is cut off and does not say how it goes on');
    }
    token = next;
  }
}

const unusable = (why: string) =>
  new S3RequestError(200, 'UnusableList', `the server's list of objects: ${why}`);

const keyOf = (text: string, isEncoded: boolean): string =>
  isEncoded ? decodeURIComponent(text.replaceAll('+', ' ')) : text;

/** The path of an object, path style. */
export const objectPath = (bucket: string, key: string): string =>
  `/${bucket}/${key.split('/').map(uriEncode).join('/')}`;
